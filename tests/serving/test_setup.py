"""``tools/setup``: a virtual environment on machines that lack this or that.

The Pythons here are real ones: the interpreter that runs the tests, with parts of its library left
out, as distributions do.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Collection
from pathlib import Path

import pytest

from app.config import ROOT

VERSION = f"python3.{sys.version_info.minor}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the set-up's files, and nothing to install."""
    (tmp_path / "project" / "tools").mkdir(parents=True)
    for name in ("tools/setup", "tools/setup.py"):
        shutil.copy(ROOT / name, tmp_path / "project" / name)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / "project" / name).write_text("# nothing\n")
    return tmp_path / "project"


@pytest.fixture
def bin_(tmp_path: Path) -> Path:
    """A PATH of its own, without any Python, apt-get or uv."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "env", "dirname"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def python_without(folder: Path, missing: Collection[str]) -> Path:
    """This Python, with some modules missing from its library and its site-packages."""
    library = folder / "lib" / VERSION
    library.mkdir(parents=True)
    for item in Path(sysconfig.get_path("stdlib")).iterdir():
        if item.name not in {*missing, "site-packages", "dist-packages", "__pycache__"}:
            (library / item.name).symlink_to(item)
    (folder / "bin").mkdir()
    executable = folder / "bin" / VERSION
    shutil.copy(Path(getattr(sys, "_base_executable", sys.executable)).resolve(), executable)
    if "pip" not in missing:
        import pip

        (library / "site-packages").mkdir()
        (library / "site-packages" / "pip").symlink_to(Path(pip.__file__).parent)
    return executable


def set_up(
    project: Path, bin_: Path, kind: str = "run", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(project / "tools" / "setup"), kind],
        env={"PATH": str(bin_), "HOME": str(project), **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


def works(project: Path) -> bool:
    python = project / ".venv" / "bin" / "python"
    return subprocess.run([python, "-c", ""], check=False).returncode == 0


def test_setup_makes_an_environment_and_its_stamp(project: Path, bin_: Path) -> None:
    (bin_ / "python3").symlink_to(python_without(bin_.parent / "whole", ()))
    done = set_up(project, bin_)
    assert done.returncode == 0, done.stderr
    assert "Installing the packages of requirements.txt" in done.stdout
    assert works(project)
    assert (project / ".venv" / ".run").exists()
    assert not (project / ".venv" / ".dev").exists()
    assert set_up(project, bin_, "dev").returncode == 0
    assert (project / ".venv" / ".dev").exists()


def test_setup_without_ensurepip_uses_another_pip(project: Path, bin_: Path) -> None:
    python = python_without(bin_.parent / "debian", {"ensurepip"})
    bare = subprocess.run(
        [python, "-m", "venv", str(bin_.parent / "try")], capture_output=True, check=False
    )
    assert bare.returncode != 0, "the simulation holds"
    done = set_up(project, bin_, PYTHON=str(python))
    assert done.returncode == 0, done.stderr
    assert works(project)


def test_setup_without_any_way_says_what_to_install(project: Path, bin_: Path) -> None:
    python = python_without(bin_.parent / "poor", {"ensurepip", "pip"})
    done = set_up(project, bin_, PYTHON=str(python))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"apt-get install {VERSION}-venv" in line
    assert not (project / ".venv" / ".run").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs Debian's packages")
def test_setup_as_root_on_debian_installs_what_is_missing(project: Path, bin_: Path) -> None:
    """The installation itself is Debian's: here it puts back the module it would bring."""
    python = python_without(bin_.parent / "debian", {"ensurepip", "pip"})
    source = Path(sysconfig.get_path("stdlib")) / "ensurepip"
    target = python.parent.parent / "lib" / VERSION / "ensurepip"
    put_back = f"{shutil.which('ln')} -s {source} {target}"
    (bin_ / "apt-get").write_text(
        f'#!/bin/sh\n[ "$*" = "install -y {VERSION}-venv" ] && {put_back}\nexit 0\n'
    )
    (bin_ / "apt-get").chmod(0o755)
    done = set_up(project, bin_, PYTHON=str(python))
    assert done.returncode == 0, done.stderr
    assert f"Installing {VERSION}-venv" in done.stdout
    assert works(project)


def test_setup_mends_an_environment_whose_python_is_gone(project: Path, bin_: Path) -> None:
    (bin_ / "python3").symlink_to(python_without(bin_.parent / "whole", ()))
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    assert set_up(project, bin_).returncode == 0
    assert works(project)


OLD = '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n'


def test_setup_with_an_old_python_says_so(project: Path, bin_: Path) -> None:
    (bin_ / "python3").write_text(OLD)
    (bin_ / "python3").chmod(0o755)
    done = set_up(project, bin_)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("jesuisinternet needs Python 3.11 or newer; here is Python 3.9.2.")


def test_setup_passes_over_an_old_python_and_a_broken_one(project: Path, bin_: Path) -> None:
    for name in ("python3.13", "python3"):
        (bin_ / name).write_text(OLD)
        (bin_ / name).chmod(0o755)
    if VERSION == "python3.13":
        (bin_ / "python3.13").unlink()
    (bin_ / VERSION).symlink_to(python_without(bin_.parent / "whole", ()))
    assert set_up(project, bin_).returncode == 0
    assert works(project)


def test_setup_with_a_named_python_that_is_too_old_says_so(project: Path, bin_: Path) -> None:
    (bin_ / "old").write_text(OLD)
    (bin_ / "old").chmod(0o755)
    done = set_up(project, bin_, PYTHON=str(bin_ / "old"))
    assert done.returncode == 1
    assert done.stderr == f"PYTHON={bin_ / 'old'} is not a Python 3.11 or newer.\n"


def test_setup_whose_packages_cannot_be_installed_leaves_no_stamp(
    project: Path, bin_: Path
) -> None:
    (bin_ / "python3").symlink_to(python_without(bin_.parent / "whole", ()))
    (project / "requirements.txt").write_text("flask==3.1.3\n")  # without its hash
    done = set_up(project, bin_)
    assert done.returncode == 1
    assert "The packages could not be installed" in done.stderr
    assert not (project / ".venv" / ".run").exists()


def test_make_sets_up_once(project: Path, bin_: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    (bin_ / VERSION).symlink_to(python_without(bin_.parent / "whole", ()))
    shutil.copy(ROOT / "Makefile", project / "Makefile")
    command = [make, ".venv/.run"]
    environment = {"PATH": str(bin_), "HOME": str(project)}
    said = [
        subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert "Installing" in said[0]
    assert "Installing" not in said[1]
