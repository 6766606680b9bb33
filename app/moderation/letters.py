"""A mail as its reader would find it, for a page that shows it before anything is sent."""

from dataclasses import dataclass
from typing import Self

from flask import current_app

from app.core.languages import LANGUAGES, Language
from app.core.outbox import OutboxMail
from app.notifications.mails import Block, render


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to an author.

    Attributes:
        language: of the mail. ``quoted``: of the moderator's words in it.
        guessed: whether the author may have chosen another one, which isn't told.
    """

    language: Language
    subject: str
    blocks: tuple[Block, ...]
    quoted: Language | None
    guessed: bool

    @classmethod
    def of(cls, mail: OutboxMail, *, guessed: bool, published: bool = False) -> Self:
        """The mail in words; ``published``: whether everybody can read the essay then."""
        shown = render(mail, current_app.config["JSI"].address, published=published)
        quoted = LANGUAGES.get(mail.data["words_language"])
        return cls(LANGUAGES[mail.language], shown.subject, shown.blocks, quoted, guessed)
