"""The worker: ``python -m app.worker`` does the jobs of the queue until it is told to stop.

SIGTERM or SIGINT: no new job is begun, running ones get a few seconds. What doesn't finish in them
is taken up again after a restart, because every job's row says that it isn't done.
"""

import logging
import signal
import sys
import traceback
from typing import Final

from flask import Flask
from huey.consumer import Consumer

from app import create_app
from app.config import SettingsError

THREADS: Final = 2
"""One for long jobs, so that there is always one for mail."""

POLL_SECONDS: Final = 0.5
FINISH_SECONDS: Final = 5
HEALTH_SECONDS: Final = 10
TIME: Final = "%Y-%m-%dT%H:%M:%S%z"

log = logging.getLogger(__name__)


class OneLine(logging.Formatter):
    """Each record on a line of its own: an error is its type, its words and its place."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record, TIME)} {record.levelname} {record.getMessage()}"
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line += f" {type(error).__name__}: {error}"
            for frame in traceback.extract_tb(error.__traceback__)[-1:]:
                line += f" ({frame.filename}:{frame.lineno} in {frame.name})"
        return " ".join(line.split())


def set_up_logging() -> None:
    """To stderr: what we say, and what the queue's library warns of."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO)


def run(app: Flask) -> None:
    """Do jobs until SIGTERM or SIGINT."""
    consumer = Consumer(
        app.extensions["jsi_queue"],
        workers=THREADS,
        initial_delay=0.1,
        max_delay=POLL_SECONDS,
        shutdown_timeout=FINISH_SECONDS,
    )
    try:
        consumer.start()
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, signal.default_int_handler)
        log.info("the worker is ready")
        while not consumer.stop_flag.wait(HEALTH_SECONDS):
            consumer.check_worker_health()
    except KeyboardInterrupt:
        log.info("the worker stops")
    consumer.stop(graceful=True)


def main() -> int:
    """Run the worker of the environment's settings; the exit code."""
    set_up_logging()
    try:
        app = create_app()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    run(app)
    return 0


if __name__ == "__main__":
    sys.exit(main())
