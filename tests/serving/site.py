"""The whole site in processes of its own, as ``make run`` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection
from pathlib import Path

import psutil

from app.config import ROOT

PATIENCE_SECONDS = 90
"""Tests may run beside each other on a slow machine."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **changes: str) -> dict[str, str]:
    """No settings but these: data in that folder, no demonstration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JSI_")}
    return kept | {"JSI_DATA_DIR": str(data_dir), "JSI_DEMO": "0"} | changes


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that is bound to happen."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Site:
    """``with Site(folder) as site:`` runs ``python -m app.serve`` (or another module).

    ``through`` is a command that runs it, by which it becomes somebody else's.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        module: str = "app.serve",
        through: Sequence[str] = (),
        **changes: str,
    ) -> None:
        self.port = changes.setdefault("PORT", str(free_port()))
        self.log = data_dir.with_name(f"{data_dir.name}.{self.port}.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*through, sys.executable, "-m", module],
                cwd=ROOT,
                env=environment(data_dir, **changes),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """At once, with everything it started."""
        children = self.children(recursive=True)
        if self.process.poll() is None:
            self.process.kill()
        for child in children:
            if child.is_running():
                child.kill()
        self.process.wait()
        psutil.wait_procs(children, PATIENCE_SECONDS)

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self.log.read_text()

    def says(self, words: str) -> None:
        """Wait until it has printed that."""
        until(lambda: words in self.said or self.process.poll() is not None, words)
        assert words in self.said, self.said

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> "Site":
        """Wait until it says that it answers."""
        self.says(f"jesuisinternet is at {self.address}")
        return self

    def get(self, path: str) -> tuple[int, str]:
        """A page's status and text."""
        connection = HTTPConnection("127.0.0.1", int(self.port), timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def children(self, *, recursive: bool = False) -> list[psutil.Process]:
        """Its processes: the web server and the worker, in the order of their start."""
        try:
            return psutil.Process(self.process.pid).children(recursive=recursive)
        except psutil.NoSuchProcess:
            return []

    def stop(self, signum: signal.Signals = signal.SIGTERM, *, group: bool = False) -> int:
        """Ask for the end (``group``: as Ctrl-C in a terminal does); the exit code."""
        (os.killpg if group else os.kill)(self.process.pid, signum)
        return self.process.wait(PATIENCE_SECONDS)

    def end(self) -> int:
        """Wait for its own end; the exit code."""
        return self.process.wait(PATIENCE_SECONDS)
