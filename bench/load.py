"""A small load generator: some processes, each with a few connections that are never idle.

It shares the processors with the server it presses. So it sends bytes made beforehand and reads
just enough of an answer to know its status and its end; what it still costs makes every ratio look
a little better than it is, which is why ratios of the server's own processor time stand beside it.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing.pool import Pool
from statistics import median, quantiles
from typing import Final

from bench.stack import CannotMeasure, Served

PROCESSES: Final = 2
CONNECTIONS: Final = 4
"""In each process: together they keep two workers of four threads busy."""

_TIMEOUT_SECONDS: Final = 20
_PAUSE_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class Aim:
    """What to ask for, on this machine, in turn."""

    port: int
    paths: tuple[str, ...]
    cookie: str = ""

    def requests(self) -> list[bytes]:
        """The requests as they are sent."""
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        return [
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{cookie}\r\n".encode()
            for path in self.paths
        ]


@dataclass(slots=True)
class Tally:
    """What one process saw: seconds of each answer, how many of each status, how long it took."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds


class _Connection:
    """One connection with at most one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.missing: int | None = None
        self.status = 0
        self.sent = 0.0

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.missing = None
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Read what has come; whether the answer is complete."""
        data = self.socket.recv(262_144)
        if not data:
            raise CannotMeasure("the server closed a connection")
        if self.missing is not None:
            self.missing -= len(data)
            return self.missing <= 0
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.received[:end]).lower()
        self.status = int(head[9:12])
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        self.missing = int(length) - (len(self.received) - end - 4)
        return self.missing <= 0


def _connect(port: int) -> Iterator[_Connection]:
    """Connections one after another: of those that come at once, one worker would take all."""
    for _ in range(CONNECTIONS):
        time.sleep(_PAUSE_SECONDS)
        yield _Connection(port)


def press(aim: Aim, seconds: float, offset: int) -> Tally:
    """Ask as fast as it answers, for so long. Raises CannotMeasure."""
    requests = aim.requests()
    start = offset * len(requests) // PROCESSES
    following = cycle(requests[start:] + requests[:start])
    connections = list(_connect(aim.port))
    tally = Tally()
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for each in connections:
            selector.register(each.socket, selectors.EVENT_READ, each)
            each.send(next(following))
        while time.perf_counter() - began < seconds:
            for key, _ in selector.select(_TIMEOUT_SECONDS):
                connection: _Connection = key.data
                if connection.is_answered():
                    tally.latencies.append(time.perf_counter() - connection.sent)
                    tally.statuses[connection.status] += 1
                    connection.send(next(following))
    tally.seconds = time.perf_counter() - began
    for each in connections:
        each.socket.close()
    return tally


@dataclass(slots=True)
class Figures:
    """What was measured of one page over all rounds.

    Attributes:
        rates: answers a second, of each round.
        cpu: seconds of the server's processor time, and answers, over all rounds.
    """

    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second: the median of the rounds."""
        return median(self.rates)

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of the server's processor time for one answer."""
        return 1000 * self.cpu / len(self.latencies)

    def percentile_ms(self, percent: int) -> float:
        """The time within which that many of a hundred answers came."""
        return 1000 * quantiles(self.latencies, n=100)[percent - 1]

    def ratio(self, floor: "Figures") -> float:
        """How many times as fast as the floor: the median over rounds that ran side by side."""
        return median(mine / theirs for mine, theirs in zip(self.rates, floor.rates, strict=True))

    def cpu_ratio(self, floor: "Figures") -> float:
        """The same by the servers' processor time, which other programs' load does not change."""
        return floor.cpu_ms / self.cpu_ms


def compare(
    pool: Pool, sides: Mapping[str, tuple[Served, Aim]], *, rounds: int, seconds: float
) -> dict[str, Figures]:
    """Press one after another, again and again, so that a slow moment hits all alike.

    The first round only warms up. Raises CannotMeasure for any answer but 200.
    """
    found = {name: Figures() for name in sides}
    for number in range(rounds + 1):
        for name, (server, aim) in sides.items():
            before = server.cpu_seconds()
            tasks = [(aim, seconds if number else 0.3, offset) for offset in range(PROCESSES)]
            tallies = pool.starmap(press, tasks, chunksize=1)
            used = server.cpu_seconds() - before
            if others := {status for each in tallies for status in each.statuses} - {200}:
                raise CannotMeasure(f"{name}: answered with {sorted(others)}")
            if number:
                found[name].rates.append(sum(each.rate for each in tallies))
                found[name].latencies += [x for each in tallies for x in each.latencies]
                found[name].cpu += used
    return found
