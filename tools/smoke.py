"""Does ``make run`` serve, and does one Ctrl-C end it? With a data folder and a port of its own."""

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


def page(path: str) -> str:
    """The page's text; "" while nobody answers."""
    try:
        with urllib.request.urlopen(SITE + path, timeout=5) as answer:  # noqa: S310 - our own
            return str(answer.read().decode())
    except OSError:
        return ""


def main() -> str:
    """Start, look, interrupt; the complaint, "" for none."""
    with tempfile.TemporaryDirectory(prefix="jsi-smoke-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["make", "run"],  # noqa: S607 - the one a person types
                cwd=ROOT,
                env=os.environ | {"JSI_DATA_DIR": f"{folder}/var", "PORT": PORT},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 120
        while not page("/readyz") and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.25)
        complaint = "" if 'dir="rtl"' in page("/ar/") else "no Arabic home page"
        # What a terminal does at Ctrl-C: the signal goes to the whole group.
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            complaint = "still there 15 seconds after Ctrl-C"
        if page("/healthz"):
            complaint = "something still answers after Ctrl-C"
        return complaint and f"{complaint}\n{log.read_text()}"


if __name__ == "__main__":
    if complaint := main():
        sys.exit(f"smoke: {complaint}")
    print("smoke: serves in Arabic, and stops")
