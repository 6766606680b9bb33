"""Decisions that are drawn by lot, and looked at a second time."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.policy import TrackCode
from app.demonstration.plan import rules
from app.demonstration.stage import Stage
from app.editions import operations as organising
from app.editions.models import Track
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from app.moderation.sampling import operations as sampling
from app.moderation.sampling.drawing import draw

#: What was decided on these long ago is looked at again; on the last two somebody has.
DRAWN: Final = (
    "fr/la-diligence-entre-norme-et-obligation",
    "zh/security-by-design-in-practice",
    "en/giving-reasons-for-attribution",
)
ALL: Final = 100
#: From today on; what visitors of the demonstration decide may be drawn.
SOME: Final = 20


def drawn(session: Session, stage: Stage, percent: int, *, days: float) -> None:
    """So many of a hundred decisions are, in both tracks."""
    of_edition = select(Track).where(Track.edition_id == stage.edition.id)
    for track in session.scalars(of_edition).all():
        with stage.ago(days):
            organising.change_track(
                session,
                stage.actor("organiser"),
                track,
                **rules(stage.edition.slug, TrackCode(track.code)),
                wants_second_opinion=track.wants_second_opinion,
                sampled_percent=percent,
            )


def looked_at(session: Session, stage: Stage) -> None:
    """One would have been decided in the same way, one otherwise; one waits."""
    with stage.ago(26):
        for name in DRAWN:
            draw(session, stage.brought[name], _decision(session, stage, name))
    said, (_waits, same, otherwise) = stage.words["otherwise"], DRAWN
    for days, name, verdict, words in (
        (13, same, Verdict.ACCEPT, ""),
        (12, otherwise, Verdict.CHANGES, said["words"]),
    ):
        with stage.ago(days):
            sampling.look(
                session,
                stage.actor("moderator-zh"),
                _decision(session, stage, name).id,
                verdict,
                words=words,
                language=said["language"],
            )


def _decision(session: Session, stage: Stage, name: str) -> Decision:
    of_it = select(Decision).where(Decision.contribution_id == stage.essay(name))
    return session.scalars(of_it).one()
