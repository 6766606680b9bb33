"""Servers as they run in production, each in processes of its own, and what these use.

Sources: proc(5) (``/proc/PID/stat``, ``smaps_rollup``, ``task/PID/children``), so Linux only.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.config import ROOT
from app.serve import Address
from bench import data

WORKERS: Final = 2
"""What app/serve.py tells gunicorn to start."""

ADDRESS: Final = "http://jesuisinternet.example"
"""Where the measured site says it is."""

_TICK: Final = os.sysconf("SC_CLK_TCK")
_START_SECONDS: Final = 90
_STOP_SECONDS: Final = 20


class CannotMeasure(Exception):
    """What was to be measured does not work; the message says what happened."""


@dataclass(slots=True)
class Served:
    """A running server.

    Attributes:
        web: ids of gunicorn's worker processes. ``jobs``: of the job worker, if there is one.
        log: what it has printed.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    web: list[int] = field(default_factory=list)
    jobs: int | None = None

    def cpu_seconds(self) -> float:
        """Processor time of gunicorn's workers since they started."""
        return sum(_cpu_seconds(pid) for pid in self.web)


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process, in megabytes: resident, and its share where pages are shared with others."""

    resident: float
    proportional: float


@contextmanager
def site(folder: Path, *, mail_url: str = "") -> Iterator[Served]:
    """Web and worker over that data, by the command that ``make run`` runs."""
    settings = {"JSI_MAIL_URL": mail_url, "JSI_BASE_URL": ADDRESS}
    with _served(["app.serve"], folder / "log", data.environment(folder) | settings) as served:
        # The first one forked is gunicorn's arbiter; app/serve.py says so.
        arbiter, served.jobs = _children(served.process.pid, 2)
        served.web = _children(arbiter, WORKERS)
        yield served


@contextmanager
def bare(folder: Path, sizes: Mapping[str, int | Path]) -> Iterator[Served]:
    """The floor with pages of those sizes (``row``: a file to write rows to)."""
    command = ["bench.bare", *(f"{name}={size}" for name, size in sizes.items())]
    with _served(command, folder / "bare.log", data.environment(folder)) as served:
        served.web = _children(served.process.pid, WORKERS)
        yield served


@contextmanager
def _served(command: Sequence[str], log: Path, environment: dict[str, str]) -> Iterator[Served]:
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment | {"PORT": str(port), "HOST": "127.0.0.1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, log)
        yield Served(process, port, log)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not Address("127.0.0.1", port).answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotMeasure(f"the server did not start: {log.read_text('utf-8')[-2000:]}")
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _children(pid: int, awaited: int) -> list[int]:
    """Ids of a process's children, in the order they were forked, once there are so many."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        if len(found) == awaited:
            return [int(each) for each in found]
        time.sleep(0.1)
    raise CannotMeasure(f"process {pid} should have {awaited} children")


def _cpu_seconds(pid: int) -> float:
    # The name, in brackets, may hold spaces; user and system time are fields 14 and 15.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory(pid: int) -> Memory:
    """What a process uses now."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {
        name: int(rest.split()[0]) / 1024 for name, _, rest in (x.partition(":") for x in lines)
    }
    return Memory(sizes["Rss"], sizes["Pss"])
