"""A mail server that takes everything and keeps nothing, so that the worker has mail to send."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.stack import free_port


@dataclass
class MailServer:
    """Where it listens, and how many mails it has taken."""

    url: str
    taken: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        """Called by aiosmtpd for each mail."""
        self.taken += 1
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """One on this machine, in a thread of this process."""
    port = free_port()
    server = MailServer(f"smtp://127.0.0.1:{port}")
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
