"""Bringing essays in: written and handed in by an author, decided on by a moderator."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import operations as writing
from app.contributions.figures.operations import Picture, attach, put_file
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.policy import Actor, TrackCode
from app.demonstration.content import Essay, essays
from app.demonstration.plan import EDITIONS
from app.editions.models import Edition, Question
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Reason, Verdict

VERDICTS: Final = {
    State.PUBLISHED: (Verdict.ACCEPT, (Reason.RELEVANT,), ""),
    State.CHANGES_REQUESTED: (
        Verdict.CHANGES,
        (Reason.SOURCES, Reason.UNCLEAR),
        "Bitte belegen Sie die Aussage über die Staatenpraxis und führen Sie den letzten Abschnitt "
        "auf die Frage zurück.",
    ),
    State.REJECTED: (
        Verdict.REJECT,
        (Reason.OFF_TOPIC,),
        "Статья написана добросовестно, но посвящена праву потребителей, а не вопросу выпуска.",
    ),
}
WORDS_LANGUAGE: Final = {State.CHANGES_REQUESTED: "de", State.REJECTED: "ru"}


def bring_all(
    session: Session,
    edition: Edition,
    questions: Mapping[str, Question],
    people: Mapping[str, Account],
    store: ObjectStore,
) -> dict[str, Contribution]:
    """Those of an edition, by name: each written a day after the one before, then decided on."""
    plan = EDITIONS[edition.slug]
    brought = {}
    mine = [essay for essay in essays() if essay.edition == edition.slug]
    for days, essay in enumerate(mine):
        written = plan.written + timedelta(days=days)
        owner = people["jurist" if essay.track == TrackCode.JURIST else "actor"]
        with clock.standing_at(written):
            contribution = write(
                session, edition, questions[essay.question], essay, owner.actor, store
            )
        if essay.state in VERDICTS:
            with clock.standing_at(written + timedelta(days=plan.waits[days % len(plan.waits)])):
                _decide(session, contribution, essay.state, people["moderator"].actor)
        brought[essay.name] = contribution
    return brought


def write(
    session: Session,
    edition: Edition,
    question: Question,
    essay: Essay,
    author: Actor,
    store: ObjectStore,
) -> Contribution:
    """One essay, handed in unless it is to stay a draft."""
    contribution = writing.open_draft(
        session, author, edition, essay.track, language=essay.content.language, question=question
    )
    for image in essay.figures:
        picture = Picture.of(image)
        put_file(store, picture, image.data)
        attach(session, author, contribution.id, picture)
    content = replace(essay.content, question_id=question.id)
    writing.save_draft(session, author, contribution.id, content, seen_version=1)
    if essay.state != State.DRAFT:
        writing.submit(session, author, contribution.id)
    return contribution


def _decide(session: Session, contribution: Contribution, state: State, moderator: Actor) -> None:
    verdict, reasons, words = VERDICTS[state]
    deciding.claim_and_decide(
        session,
        moderator,
        contribution.id,
        verdict,
        reasons=reasons,
        words=words,
        words_language=WORDS_LANGUAGE.get(state, ""),
    )
