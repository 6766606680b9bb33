"""Advertisements that somebody sent in, and how a moderator is rid of them all at once."""

import secrets
from typing import Final

from sqlalchemy.orm import Session

from app.accounts.operations import create_account
from app.contributions.byline import Author
from app.contributions.essay import EssayInput
from app.contributions.states import State
from app.core.policy import SYSTEM, TrackCode
from app.demonstration.content import Essay
from app.demonstration.essays import write
from app.demonstration.stage import Stage
from app.moderation.bulk import operations as bulk
from app.moderation.bulk.acts import Action
from app.moderation.search.language import Search

#: An advertisement says the same again and again, until it is long enough to be handed in.
SAID_AGAIN: Final = 32


def cleared(session: Session, stage: Stage) -> None:
    """Advertisements from one sender, marked as spam all together."""
    with stage.ago(2):
        sender = create_account(
            session,
            SYSTEM,
            email="offers@example.org",
            password=secrets.token_urlsafe(),
            name="Best Offers",
        )
    for text in stage.words["spam"]:
        with stage.ago(1.5):
            essay = _advertisement(**text)
            question = stage.questions[essay.question]
            write(session, stage.edition, question, essay, sender.actor, stage.store)
    moderator, search = stage.actor("moderator"), Search.parse('author:"Best Offers"')
    with stage.ago(1):
        run = bulk.prepare(session, moderator, Action.SPAM, search, {})
        bulk.confirm(session, moderator, run.id)
        bulk.take(session, run.id)
        while (contribution_id := bulk.next_item(session, run.id)) is not None:
            bulk.do(session, run.id, contribution_id)
        bulk.finish(session, run.id)


def _advertisement(language: str, title: str, body: str) -> Essay:
    return Essay(
        name="",
        edition="standing",
        track=TrackCode.JURIST,
        question="norms-into-practice",
        state=State.SUBMITTED,
        content=EssayInput(
            language=language,
            title=title,
            abstract=body,
            body=" ".join([body] * SAID_AGAIN),
            authors=(Author(name="Best Offers"),),
            extra={"field_of_law": title, "jurisdiction": title},
            licence="CC-BY-4.0",
            consent_publication=True,
        ),
    )
