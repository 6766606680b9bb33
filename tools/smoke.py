"""Does ``make run`` serve, does one Ctrl-C end it, does it start again, and how soon?

With a data folder and a port of its own.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PORT: Final = os.environ.get("PORT", "5917")
SITE: Final = f"http://127.0.0.1:{PORT}"
FIRST_SECONDS: Final = 120
STOP_SECONDS: Final = 15


class Failed(Exception):
    """What is wrong, for the person who reads it."""


def page(path: str) -> str:
    """The page's text; "" while nobody answers."""
    try:
        with urllib.request.urlopen(SITE + path, timeout=5) as answer:  # noqa: S310 - our own
            return str(answer.read().decode())
    except OSError:
        return ""


def run(folder: Path, path: str) -> float:
    """Start, wait for that page, look, interrupt; the seconds until the page answered."""
    begun = time.monotonic()
    with (folder / "log").open("ab") as output:
        process = subprocess.Popen(
            ["make", "run"],  # noqa: S607 - the one a person types
            cwd=ROOT,
            env=os.environ | {"JSI_DATA_DIR": f"{folder}/var", "PORT": PORT},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not page(path):
            if process.poll() is not None or time.monotonic() - begun > FIRST_SECONDS:
                raise Failed(f"{path} does not answer")
            time.sleep(0.05)
        seconds = time.monotonic() - begun
        if 'dir="rtl"' not in page("/ar/"):
            raise Failed("no Arabic home page")
    finally:
        interrupt(process)
    return seconds


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """What a terminal does at Ctrl-C: the signal goes to the whole group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise Failed(f"still there {STOP_SECONDS} seconds after Ctrl-C") from None
    if page("/healthz"):
        raise Failed("something still answers after Ctrl-C")


def main() -> str:
    """Start twice in one folder; what there is to say."""
    with tempfile.TemporaryDirectory(prefix="jsi-smoke-") as name:
        folder = Path(name)
        try:
            run(folder, "/readyz")
            # Said, not judged: how long it takes is the machine's affair as well (four are meant).
            seconds = run(folder, "/healthz")
        except Failed as failed:
            sys.exit(f"smoke: {failed}\n{(folder / 'log').read_text()}")
    return f"smoke: serves in Arabic, stops, and answers again after {seconds:.1f} seconds"


if __name__ == "__main__":
    print(main())
