"""Errors an operation may raise: each holds a code and data, never translated text.

Pages, the command line and jobs turn the code into words (``app/web/messages.py``).
"""

from typing import Any


class DomainError(Exception):
    """A rule said no.

    Attributes:
        code: a stable identifier, ``subject.what`` (``claim.held_by_other``).
        field: the form field it belongs to, where there is one.
        data: values the words need (limits, counts, dates), by name.
    """

    def __init__(self, code: str, *, field: str | None = None, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.data = data


class Forbidden(DomainError):
    """The actor may not do this."""


class NotFound(DomainError):
    """There is no such thing, or the actor may not know of it."""


class Conflict(DomainError):
    """Somebody else was first; the state is no longer what the actor saw."""


class Invalid(DomainError):
    """The input breaks a rule that needs the database, the clock or the text."""


class Several(Invalid):
    """Several rules said no at once; each is shown beside its own field."""

    def __init__(self, errors: "list[Invalid]") -> None:
        super().__init__("several")
        self.errors = errors
