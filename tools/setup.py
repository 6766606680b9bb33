"""Make the virtual environment ``.venv`` and install the pinned requirements into it.

    python tools/setup.py run|dev

Called by ``make``. Uses nothing but the standard library, because nothing else is there yet. Debian
and others leave parts of ``venv`` out of Python, hence the several ways, tried in order.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
DEBIAN_PACKAGE = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"

Command = list[str]


def works(*command: str) -> bool:
    """Whether a command can be run and succeeds; what it says is kept quiet."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def bare() -> bool:
    """An environment without pip, which some other pip can fill."""
    return works(sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV))


def by_venv() -> bool:
    return works(sys.executable, "-m", "venv", "--clear", str(VENV))


def by_foreign_pip() -> bool:
    return bool(foreign_pip()) and bare()


def by_virtualenv() -> bool:
    return works(sys.executable, "-m", "virtualenv", "--clear", str(VENV)) or works(
        "virtualenv", "--clear", "--python", sys.executable, str(VENV)
    )


def by_uv() -> bool:
    return works("uv", "venv", "--clear", "--python", sys.executable, str(VENV))


def by_apt() -> bool:
    """On Debian and its kin, as root: install what is missing."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {DEBIAN_PACKAGE} …")
    works("apt-get", "update")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y"]
    return works(*quiet, DEBIAN_PACKAGE) and by_venv()


WAYS: tuple[Callable[[], bool], ...] = (by_venv, by_foreign_pip, by_virtualenv, by_uv, by_apt)


def foreign_pip() -> Command:
    """A pip outside the environment that can install into it (pip 22.3 or newer)."""
    for pip in ([sys.executable, "-m", "pip"], ["pip3"], ["pip"]):
        command = [*pip, "--python", str(PYTHON if PYTHON.exists() else sys.executable)]
        if works(*command, "--version"):
            return [*pip, "--python", str(PYTHON)]
    return []


def installer() -> Command:
    """How to install into the environment; empty when there is no way."""
    if works(str(PYTHON), "-m", "pip", "--version"):
        return [str(PYTHON), "-m", "pip"]
    if foreign_pip():
        return foreign_pip()
    if works("uv", "--version"):
        return ["env", f"VIRTUAL_ENV={VENV}", "uv", "pip"]
    return []


def make_environment() -> Command:
    """The way to install into a working environment, which is made if it isn't there."""
    if works(str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        found = installer()
        if found:
            return found
    say(f"Making the virtual environment .venv with Python {sys.version.split()[0]} …")
    for way in WAYS:
        if way() and (found := installer()):
            return found
    return []


def install(command: Command, kind: str) -> int:
    """Install the pinned requirements; the installer's own words are shown where it fails."""
    size = "a minute or two" if kind == "run" else "a few minutes"
    say(f"Installing the packages of {REQUIREMENTS[kind]} (once; {size}) …")
    options = ["--quiet", "--require-hashes", "-r", str(ROOT / REQUIREMENTS[kind])]
    if "uv" not in command:
        options.append("--use-pep517")  # else old pips complain of packages without wheels
    quiet = {"PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(
        [*command, "install", *options], env=os.environ | quiet, check=False
    ).returncode


def say(line: str) -> None:
    print(line, flush=True)


def main(kind: str) -> int:
    command = make_environment()
    if not command:
        print(
            "This Python can make no virtual environment. Install its venv module "
            f"(Debian, Ubuntu: apt-get install {DEBIAN_PACKAGE}; elsewhere: python -m pip install "
            "virtualenv) and try again.",
            file=sys.stderr,
        )
        return 1
    if install(command, kind) != 0:
        print("The packages could not be installed; the lines above say why.", file=sys.stderr)
        return 1
    (VENV / f".{kind}").touch()
    if kind == "dev":  # it holds everything that running needs
        (VENV / ".run").touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
