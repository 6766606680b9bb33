"""A real SMTP server in the test's own process, which can be told to refuse."""

import socket
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

USER, PASSWORD = "site", "p@ss:word/"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postbox:
    """What has been delivered. ``refuse`` is answered to every message as long as it is set."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.envelopes: list[Envelope] = []
        self.refuse = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.envelopes.append(envelope)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


class Server:
    """``with Server() as server:`` listens on a free port of loopback."""

    def __init__(
        self, *, auth: bool = False, tls: ssl.SSLContext | None = None, starttls: bool = False
    ) -> None:
        self.postbox = Postbox()
        options: dict[str, Any] = {}
        if auth:
            options |= {
                "authenticator": self._authenticate,
                "auth_required": True,
                "auth_require_tls": False,
            }
        if starttls:
            options |= {"tls_context": tls, "require_starttls": True}
        self.scheme = "smtp+starttls" if starttls else "smtps" if tls else "smtp"
        self.controller = Controller(
            self.postbox,
            hostname="127.0.0.1",
            port=free_port(),
            ssl_context=None if starttls else tls,
            **options,
        )

    def _authenticate(self, _s: Any, _se: Any, _e: Any, _mechanism: str, data: Any) -> AuthResult:
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.controller.port}"

    def __enter__(self) -> "Server":
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()
