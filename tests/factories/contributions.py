"""Contributions in any state, brought there by the operations themselves."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import operations, publishing
from app.contributions.byline import Author
from app.contributions.essay import EssayInput
from app.contributions.models import Contribution
from app.contributions.moves import move
from app.contributions.states import State
from app.core.audit import AuditAction
from app.core.policy import SYSTEM, TrackCode
from app.editions.models import Edition, Question, Theme
from app.moderation.organising import operations as organising

BODY = {
    "fr": "## Un titre\n\nLa paix a besoin de règles[^1] que chacun connaît.\n\n"
    "[^1]: Voir la Charte.\n",
    "ar": "## عنوان\n\nالسلام يحتاج إلى قواعد[^1] يعرفها الجميع.\n\n[^1]: انظر الميثاق.\n",
    "zh": "## 标题\n\n和平需要人人知晓的规则[^1]。\n\n[^1]: 见宪章。\n",
}
TITLE = {"fr": "De la paix", "ar": "في السلام", "zh": "论和平"}


def make_essay(language: str = "fr", **changes: Any) -> EssayInput:
    """A complete essay, as far as a track of :func:`make_edition` asks."""
    values: dict[str, Any] = {
        "language": language,
        "title": TITLE.get(language, "On peace"),
        "abstract": "An abstract.",
        "summary": "A summary.",
        "body": BODY.get(
            language, "Peace needs rules[^1] everybody knows.\n\n[^1]: The Charter.\n"
        ),
        "keywords": ("peace", "law"),
        "authors": (Author("Amina Auteur", "Amina Auteur", "Auteur, Amina", "Institut", "FR"),),
        "extra": {
            "field_of_law": "public international law",
            "jurisdiction": "France",
            "sector": "research",
            "role": "engineer",
        },
        "licence": "CC-BY-4.0",
        "consent_publication": True,
    }
    return EssayInput(**(values | changes))


def make_contribution(
    session: Session,
    owner: Account,
    *,
    edition: Edition,
    track: TrackCode = TrackCode.JURIST,
    language: str = "fr",
    state: State = State.SUBMITTED,
    question: Question | None = None,
    **changes: Any,
) -> Contribution:
    """A contribution in that state; further arguments change its essay."""
    question = (
        question
        or session.scalars(
            select(Question)
            .join(Theme)
            .where(Theme.edition_id == edition.id)
            .order_by(Theme.position, Question.position)
            .limit(1)
        ).one()
    )
    contribution = operations.open_draft(
        session, owner.actor, edition, track, language=language, question=question
    )
    essay = make_essay(language, **({"question_id": question.id} | changes))
    operations.save_draft(session, owner.actor, contribution.id, essay, seen_version=1)
    if state == State.DRAFT:
        return contribution
    operations.submit(session, owner.actor, contribution.id)
    session.flush()
    decided = {State.CHANGES_REQUESTED, State.REJECTED, State.SPAM, State.ACCEPTED}
    if state in decided | {State.DECIDED}:
        move(session, SYSTEM, contribution, state, AuditAction.CONTRIBUTION_DECIDED)
    if state == State.WITHDRAWN:
        operations.withdraw(session, owner.actor, contribution.id)
    if state in {State.PUBLISHED, State.REMOVED}:
        move(session, SYSTEM, contribution, State.ACCEPTED, AuditAction.CONTRIBUTION_DECIDED)
        publishing.publish(session, SYSTEM, contribution)
    if state == State.REMOVED:
        organising.remove(
            session, SYSTEM, contribution.id, reason="Withdrawn by its author.", language="en"
        )
    session.flush()
    return contribution
