"""Help with a decision before it is made: a message to begin from, and how the author reads it."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

from app.core import clock
from app.core.languages import LANGUAGES
from app.editions import charter
from app.moderation.appeals.authors import Chance
from app.moderation.decisions.forms import DecisionForm
from app.moderation.decisions.models import Standing
from app.moderation.decisions.verdicts import Verdict
from app.moderation.item.foreseeing import foresee
from app.moderation.item.queries import Item, item
from app.moderation.letters import Letter
from app.moderation.policy import can_decide
from app.moderation.talk.queries import author_language
from app.web.database import db
from app.web.language import speaking
from app.web.people import actor


@dataclass(frozen=True, slots=True)
class Preview:
    """What an author would find on their page, in the language of the mail, and in the mail."""

    statement: Markup
    letter: Letter


def insert(contribution_id: int, form: DecisionForm) -> None:
    """Put the chosen template behind what has been written, in the author's language.

    Raises NotFound for whom the essay is none of their business, Invalid where none is chosen.
    """
    shown = item(db, actor(), contribution_id)
    language = author_language(db, shown.contribution, sees_authors=shown.sees_authors)
    form.put_template(form.words, form.words_language, shown.contribution, language)


def preview(contribution_id: int, form: DecisionForm) -> Preview:
    """What the author would read. Raises what :func:`foresee` raises."""
    foreseen = foresee(db, actor(), contribution_id, **decision_of(form))
    with speaking(LANGUAGES[foreseen.mail.language]):
        statement = render_template(
            "moderation/decision_foreseen.html",
            decided=foreseen.decided,
            charter=charter.rules(db),
            chance=Chance(0, foreseen.until) if foreseen.until else None,
        )
    return Preview(
        statement=Markup(statement),  # noqa: S704 - the template has escaped
        letter=Letter.of(foreseen.mail, guessed=foreseen.guessed, published=foreseen.published),
    )


def begin_anew(form: DecisionForm, shown: Item) -> bool:
    """Begin with a kept decision that whoever has it in hand made or took back; whether it did."""
    last = shown.history[-1] if shown.history else None
    if last is None or last.told_at is not None or last.undone_at is None:
        return False
    # A proposal of which nobody said anything was never kept.
    if last.standing is Standing.PROPOSED and not last.is_seconded:
        return False
    if last.revision != shown.revision.number:
        return False
    if actor().id not in {last.moderator_id, last.undone_by_id}:
        return False
    if not can_decide(actor(), shown.contribution, shown.claim, clock.now()):
        return False
    form.show(last)
    return True


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
