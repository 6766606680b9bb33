"""The author's answer to "this belongs in the other track": consent, or why it should stay."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.contributions import policy as writing
from app.contributions.essay import EssayInput
from app.contributions.following.operations import LONGEST_REASON
from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, Revision
from app.contributions.moves import lock, move
from app.contributions.numbering import change_track
from app.contributions.operations import add_revision
from app.contributions.references.formatted import NO_REFERENCES, Formatted
from app.contributions.states import RevisionKind, State
from app.core.audit import AuditAction
from app.core.errors import Conflict, NotFound
from app.core.outbox import MailKind
from app.core.policy import Actor, TrackCode
from app.documents.remarks import remark
from app.editions.models import Question
from app.moderation.decisions.queries import proposed_track


def move_to_track(
    session: Session,
    actor: Actor,
    contribution_id: int,
    *,
    references: Formatted = NO_REFERENCES,
) -> Revision:
    """Consent: it gets a number in the proposed track, and waits there with the text it had.

    ``references`` are those of its newest revision, formatted as the other track does. Its owner
    gets a receipt with the new number. Raises NotFound for a stranger, Conflict where no move is
    proposed (any more) or the references are others meanwhile (``references.changed``).
    """
    contribution, track = _proposed(session, actor, contribution_id)
    former = contribution.track
    change_track(session, contribution, track)
    essay = _essay(session, contribution)
    question = session.get(Question, essay.question_id) if essay.question_id else None
    if question is not None and track.value not in question.tracks:
        # The theme stays; this question is not asked in that track.
        essay = replace(essay, question_id=None)
    kind = RevisionKind.REQUESTED_CHANGE
    revision = add_revision(session, actor, contribution, essay, kind, references)
    move(
        session,
        actor,
        contribution,
        State.SUBMITTED,
        AuditAction.CONTRIBUTION_MOVED,
        revision=revision.number,
        track=track.value,
        former_track=former,
        former_number=contribution.former_number,
    )
    tell_owner(session, MailKind.RECEIPT, contribution, revision.id, track=contribution.track)
    return revision


def keep_in_track(session: Session, actor: Actor, contribution_id: int, *, words: str) -> Revision:
    """Say why it should stay: it waits again where it was, with the author's words beside it.

    Raises NotFound for a stranger, Conflict where no move is proposed (any more), Invalid for
    missing words or words that can't be kept.
    """
    contribution, _track = _proposed(session, actor, contribution_id)
    note = remark(words, "words", most=LONGEST_REASON)
    before = session.get_one(Revision, contribution.revision_id)
    listed = Formatted(
        tuple(before.bibliography), before.language, contribution.track, before.reference_list
    )
    essay = _essay(session, contribution)
    kind = RevisionKind.REQUESTED_CHANGE
    revision = add_revision(session, actor, contribution, essay, kind, listed, note=note)
    move(
        session,
        actor,
        contribution,
        State.SUBMITTED,
        AuditAction.CONTRIBUTION_SUBMITTED,
        revision=revision.number,
    )
    return revision


def _proposed(
    session: Session, actor: Actor, contribution_id: int
) -> tuple[Contribution, TrackCode]:
    """The contribution, locked, and the track proposed for it."""
    contribution = lock(session, contribution_id)
    if not writing.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    track = proposed_track(session, contribution)
    if track is None:
        raise Conflict("contribution.moved_on", state=contribution.state)
    return contribution, track


def _essay(session: Session, contribution: Contribution) -> EssayInput:
    """What was last handed in, without what was said about it then."""
    newest = session.get_one(Revision, contribution.revision_id)
    return replace(EssayInput.of(newest), note="", answers=())
