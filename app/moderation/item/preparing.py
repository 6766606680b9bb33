"""Help with a decision before it is made: a message to begin from, and how the author reads it."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from app.core.errors import Invalid
from app.core.languages import LANGUAGES, Language
from app.moderation.appeals.queries import Chance
from app.moderation.decisions.forms import DecisionForm
from app.moderation.decisions.verdicts import Verdict
from app.moderation.item.foreseeing import author_language, foresee
from app.moderation.item.queries import item
from app.moderation.message_templates.filling import filled
from app.moderation.message_templates.queries import offered
from app.notifications.mails import Block, render
from app.web.database import db
from app.web.language import speaking
from app.web.people import actor


@dataclass(frozen=True, slots=True)
class Preview:
    """What an author would find on their page and in their mail.

    Attributes:
        language: of both. ``quoted``: of the moderator's words in the mail.
        guessed: whether the author may have chosen another one, which isn't told.
    """

    language: Language
    statement: Markup
    subject: str
    blocks: tuple[Block, ...]
    quoted: Language | None
    guessed: bool


def insert(contribution_id: int, form: DecisionForm) -> None:
    """Put the chosen template behind what has been written, in the author's language.

    Raises NotFound for whom the essay is none of their business, Invalid where none is chosen.
    """
    shown = item(db, actor(), contribution_id)
    templates = {str(each.id): each for each in offered(db, contribution_id)}
    template = templates.get(form.template.data or "")
    if template is None:
        raise Invalid("template.none_chosen", field="template")
    found = filled(template.text, shown.contribution, author_language(db, shown))
    before = (form.words.data or "").rstrip()
    form.words.data = f"{before}\n\n{found.text}" if before else found.text
    form.words_language.data = found.language.code
    form.template.data = ""


def preview(contribution_id: int, form: DecisionForm) -> Preview:
    """What the author would read. Raises what :func:`foresee` raises."""
    foreseen = foresee(db, actor(), contribution_id, **decision_of(form))
    language = LANGUAGES[foreseen.mail.language]
    with speaking(language):
        statement = render_template(
            "moderation/decision_foreseen.html",
            decided=foreseen.decided,
            chance=Chance(0, foreseen.until) if foreseen.until else None,
        )
    address = current_app.config["JSI"].address
    letter = render(foreseen.mail, address, published=foreseen.published)
    return Preview(
        language=language,
        statement=Markup(statement),  # noqa: S704 - the template has escaped
        subject=letter.subject,
        blocks=letter.blocks,
        quoted=LANGUAGES.get(foreseen.decided.words_language),
        guessed=foreseen.guessed,
    )


def decision_of(form: DecisionForm) -> dict[str, Any]:
    """What a filled form says, as operations take it."""
    return {
        "verdict": Verdict(form.verdict.data),
        "reasons": form.reasons.data or (),
        "words": form.words.data or "",
        "words_language": form.words_language.data or "",
        "points": form.asked,
        "duplicate_of": form.duplicate_of.data or "",
    }
