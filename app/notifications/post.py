"""Handing a mail to the SMTP server of ``JSI_MAIL_URL``.

Addresses: ``smtp://host:25`` (without encryption), ``smtp+starttls://host:587``,
``smtps://host:465``; each may carry ``user:password@`` (percent-encoded) before the host.

Sources: RFC 5321 (SMTP), RFC 8314 (implicit TLS), RFC 6531 (addresses beyond ASCII).
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS: Final = 20
"""For each step of the conversation; all of them together stay below a mail's lease."""

_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class BadMailAddress(ValueError):
    """``JSI_MAIL_URL`` can't be used; the message says why, without the password."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over: scheme, host, port and, if it asks for one, an account."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> "Server":
        """The server of such an address. Raises BadMailAddress."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS:
            raise BadMailAddress(
                "JSI_MAIL_URL must start with smtp://, smtp+starttls:// or smtps://"
            )
        try:
            port = parts.port
        except ValueError:
            raise BadMailAddress("JSI_MAIL_URL: the port is not a number") from None
        if not parts.hostname:
            raise BadMailAddress("JSI_MAIL_URL names no host")
        return cls(
            parts.scheme,
            parts.hostname,
            port or _PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    @contextmanager
    def connect(self) -> Iterator[smtplib.SMTP]:
        """A conversation with the server, signed in. Raises OSError, smtplib.SMTPException."""
        where = (self.host, self.port)
        smtp: smtplib.SMTP
        if self.scheme == "smtps":
            context = ssl.create_default_context()
            smtp = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
        try:
            if self.scheme == "smtp+starttls":
                smtp.starttls(context=ssl.create_default_context())
            if self.user:
                smtp.login(self.user, self.password)
            yield smtp
        finally:
            # A server that goes away without a proper farewell has still taken the message.
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def deliver(self, message: EmailMessage) -> None:
        """Hand over one message. Raises OSError, smtplib.SMTPException."""
        with self.connect() as smtp:
            smtp.send_message(message)


def explain(error: Exception) -> str:
    """One line on why a mail was not taken, for the administrator."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()))
            return f"{code} {_decode(said)}"
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {_decode(error.smtp_error)}"
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _decode(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
