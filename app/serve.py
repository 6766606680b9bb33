"""The whole site: ``python -m app.serve`` migrates, then runs web and worker until told to stop.

One Ctrl-C, or SIGTERM to this process alone, stops both. A worker that dies is started again; when
the web server dies, all ends with exit code 1. Both end when this process is killed.

Web and worker are forked from this process, which has read the whole program by then: that makes
the start short and lets them share memory. It must therefore have no threads and no connections.

Source: prctl(2) (PR_SET_PDEATHSIG).
"""

import ctypes
import errno
import gc
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import create_app, migrate, worker
from app.config import LOOPBACK, Settings, SettingsError
from app.core.db import make_engine
from app.core.queue import make_queue
from app.demonstration import is_loaded, load
from app.web.database import transaction

GRACE_SECONDS: Final = 8
GARBAGE_THRESHOLD: Final = 20_000
WEB_GRACE_SECONDS: Final = 4
POLL_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 30
_PR_SET_PDEATHSIG: Final = 1
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_fork = get_context("fork")


class CannotStart(Exception):
    """Something has to be put right first; the message is one line that says what."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the site listens."""

    host: str
    port: int

    @classmethod
    def from_environment(cls, *, demo: bool) -> "Address":
        """``HOST`` and ``PORT``, by default 127.0.0.1 and 5000. Raises CannotStart."""
        host, given = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "5000"
        if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
            raise CannotStart(f"PORT={given} is not a port: it must be a number from 1 to 65535.")
        if demo and host not in LOOPBACK:
            raise CannotStart(
                f"The demonstration does not listen on {host}: its accounts are open to everybody. "
                "Leave HOST away, or start without the demonstration (JSI_DEMO=0)."
            )
        return cls(host, int(given))

    @property
    def bind(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def near(self) -> str:
        """The host as this machine reaches it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def url(self) -> str:
        return f"http://{Address(self.near, self.port).bind}"

    def check(self) -> None:
        """Whether one can listen there. Raises CannotStart."""
        try:
            family, kind, protocol, _, where = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
                probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"Port {self.port} is taken by another program. "
                    f"Choose another one, for example: make run PORT={self.port + 1}"
                ) from None
            raise CannotStart(
                f"Cannot listen on {self.bind}: {error.strerror}. HOST and PORT set the address."
            ) from None

    def answers(self) -> bool:
        """Whether the site answers there by now."""
        connection = http.client.HTTPConnection(self.near, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _settle(_arbiter: Any, _worker: Any) -> None:
    """Keep the garbage collector from the whole program's objects, which never become garbage.

    A page makes some thousand objects and leaves no cycles; at the usual threshold the collector
    would walk through everything several times for each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


class Web(BaseApplication):  # type: ignore[misc]
    """gunicorn, two processes of four threads, bound to one address."""

    def __init__(self, address: Address) -> None:
        self.address = address
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self.address.bind,
            "workers": 2,
            "worker_class": "gthread",
            "threads": 4,
            "preload_app": True,
            "graceful_timeout": WEB_GRACE_SECONDS,
            "timeout": 60,
            "loglevel": "warning",
            # A search of the longest kind in Chinese, with nine characters for each of its own.
            "limit_request_line": 8190,
            "control_socket_disable": True,
            "post_fork": _settle,
            # A worker's sign of life must not wait for a slow disk.
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app()


class Child:
    """A part of the site in a process of its own."""

    def __init__(self, name: str, work: Callable[[], Any]) -> None:
        self.name = name
        self.work = work
        self.deaths = 0
        self.start()

    def start(self) -> None:
        self.process = _fork.Process(target=_live, args=(self.work, os.getpid()), name=self.name)
        self.process.start()
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    def stop(self, deadline: float) -> None:
        """Wait for the end it has been asked for, and enforce it at the deadline."""
        self.process.join(max(deadline - time.monotonic(), 0))
        if self.alive:
            self.process.kill()
            self.process.join()

    @property
    def pause(self) -> float:
        """Seconds to wait before a restart: longer with each quick death."""
        return float(min(2**self.deaths - 1, LONGEST_PAUSE_SECONDS))


def _live(work: Callable[[], Any], parent: int) -> None:
    """What a child does first: die with its parent, and leave Ctrl-C to it."""
    for signum in _SIGNALS:
        signal.signal(signum, signal.SIG_DFL)
    # In a group of its own, a Ctrl-C in the terminal reaches only the parent, which stops all.
    os.setpgid(0, 0)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)
    sys.exit(work())


class Site:
    """Web and worker, kept running until a signal asks for the end."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.stopping = False
        for signum in _SIGNALS:
            signal.signal(signum, self._ask_to_stop)

    def _ask_to_stop(self, _signum: int, _frame: object) -> None:
        self.stopping = True

    def run_once(self, name: str, work: Callable[[], Any]) -> bool:
        """Let a child do something and wait for it; whether it succeeded."""
        child = Child(name, work)
        while child.alive and not self.stopping:
            time.sleep(POLL_SECONDS)
        self._stop(child)
        return child.process.exitcode == 0

    def run(self) -> int:
        """Serve until asked to stop (0) or until the web server is gone (1)."""
        web, jobs = Child("web", Web(self.address).run), Child("worker", worker.main)
        announced = False
        while not self.stopping and web.alive:
            if not announced and self.address.answers():
                announced = True
                say(f"jesuisinternet is at {self.address.url} (Ctrl-C stops it)")
            if not jobs.alive:
                self._restart(jobs)
            time.sleep(POLL_SECONDS)
        code = 0 if self.stopping else 1
        if code:
            complain("The web server has ended unexpectedly; everything is stopped.")
        self._stop(web, jobs)
        return code

    def _restart(self, child: Child) -> None:
        if time.monotonic() - child.started > LONGEST_PAUSE_SECONDS:
            child.deaths = 0
        if time.monotonic() - child.started < child.pause:
            return
        complain(f"The {child.name} has ended unexpectedly; it is started again.")
        child.deaths += 1
        child.start()

    @staticmethod
    def _stop(*children: Child) -> None:
        for child in children:
            child.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in children:
            child.stop(deadline)


def prepare(settings: Settings, site: Site) -> None:
    """Migrate, and load the demonstration on its first start. Raises CannotStart."""
    engine = make_engine(settings.database_url)
    try:
        migrate.upgrade(engine)
        with Session(engine) as session:
            first_start = not is_loaded(session)
    except migrate.NewerDatabase as error:
        raise CannotStart(
            f"The database is newer than this version of jesuisinternet (it is at {error}). "
            "Start the version it was last used with, or restore a backup."
        ) from None
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise CannotStart(
            f"The database {where} cannot be used: {str(error.orig).splitlines()[0]}"
        ) from None
    finally:
        engine.dispose()
    try:
        make_queue(settings.queue_url)
    except Exception as error:
        raise CannotStart(
            f"The queue cannot be used (JSI_QUEUE_URL): {' '.join(str(error).split())}"
        ) from None
    if settings.demo and first_start and not site.stopping:
        say("Loading the demonstration content (on the first start only) …")
        if not site.run_once("demonstration", _load_demonstration) and not site.stopping:
            raise CannotStart("The demonstration content could not be loaded; see above.")


def _load_demonstration() -> None:
    app = create_app()
    with app.app_context(), transaction() as session:
        load(session, app.extensions["jsi_store"])


def warn(settings: Settings) -> None:
    """Say what is missing for a site that others are to use."""
    if settings.demo:
        return
    if not settings.mail_url:
        complain(
            "Warning: JSI_MAIL_URL is not set, so no mail is sent (confirmations, receipts and "
            "decisions wait). Example: JSI_MAIL_URL=smtp+starttls://user:password@host:587"
        )
    if not settings.base_url:
        complain(
            "Warning: JSI_BASE_URL is not set, so links in mails lead to this machine. "
            "Example: JSI_BASE_URL=https://jesuisinternet.example"
        )


def main() -> int:
    """Start the site of the environment's settings; the exit code."""
    try:
        settings = Settings.from_environment()
        address = Address.from_environment(demo=settings.demo)
        address.check()
        site = Site(address)
        prepare(settings, site)
    except (CannotStart, SettingsError) as error:
        complain(str(error))
        return 1
    except PermissionError as error:
        complain(f"{error.filename} cannot be written. JSI_DATA_DIR sets where data are kept.")
        return 1
    if site.stopping:
        return 0
    warn(settings)
    return site.run()


def say(line: str) -> None:
    print(line, flush=True)


def complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
