"""Writing, submitting, taking back, importing."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import policy
from app.contributions.essay import EssayInput, incomplete, unfit
from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, Draft, Revision
from app.contributions.moves import move
from app.contributions.states import RevisionKind, State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Several
from app.core.languages import CODES
from app.core.outbox import MailKind
from app.core.policy import Actor, TrackCode
from app.documents.measure import count
from app.documents.profile import PROFILE_VERSION
from app.editions.models import Edition, Question, Theme, Track

LETTERS = {TrackCode.JURIST: "J", TrackCode.DIGITAL_ACTOR: "D"}


def lock(session: Session, contribution_id: int) -> Contribution:
    """The contribution, read anew and held until the transaction ends. Raises NotFound."""
    found = session.get(Contribution, contribution_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("contribution.unknown")
    return found


def open_draft(
    session: Session,
    actor: Actor,
    edition: Edition,
    track: TrackCode,
    *,
    language: str,
    question: Question | None = None,
) -> Contribution:
    """Begin an essay. Its owner stands as its first author.

    Raises Forbidden while the edition takes no drafts, Invalid for an unknown language.
    """
    if not policy.can_open(actor, edition, clock.now()):
        raise Forbidden("call.closed")
    if language not in CODES:
        raise Invalid("language.unknown", field="language")
    owner = session.get_one(Account, actor.id)
    contribution = Contribution(
        edition_id=edition.id,
        track=track.value,
        question_id=question.id if question else None,
        theme_id=question.theme_id if question else None,
        language=language,
        owner_id=owner.id,
        opened_at=clock.now(),
    )
    session.add(contribution)
    session.flush()
    first = {
        "name": owner.name,
        "latin": owner.latin_name,
        "sort_key": "",
        "affiliation": owner.affiliation,
        "country": owner.country,
        "personal_capacity": False,
    }
    session.add(
        Draft(
            contribution_id=contribution.id,
            language=language,
            question_id=contribution.question_id,
            authors=[first],
            saved_at=clock.now(),
        )
    )
    session.flush()
    record(session, actor, AuditAction.CONTRIBUTION_OPENED, contribution.id)
    return contribution


def save_draft(
    session: Session, actor: Actor, contribution_id: int, essay: EssayInput, *, seen_version: int
) -> Draft:
    """Keep what was written, complete or not.

    ``seen_version`` is the draft's version the writer had before them. Raises NotFound for a
    stranger, Conflict (``draft.changed_elsewhere``) where another save came between, Several where
    the text can't be kept.
    """
    contribution = lock(session, contribution_id)
    if not policy.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    if not policy.can_write(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    if found := unfit(essay):
        raise Several(found)
    draft = session.get_one(Draft, contribution_id)
    if draft.version != seen_version:
        raise Conflict("draft.changed_elsewhere", version=draft.version)
    for name, value in essay.columns().items():
        setattr(draft, name, value)
    draft.version += 1
    draft.saved_at = clock.now()
    contribution.title = draft.title
    contribution.language = draft.language
    contribution.question_id = draft.question_id
    contribution.theme_id = _theme_of(session, draft.question_id) or contribution.theme_id
    session.flush()
    return draft


def _theme_of(session: Session, question_id: int | None) -> int | None:
    question = session.get(Question, question_id) if question_id else None
    return question.theme_id if question else None


def submit(session: Session, actor: Actor, contribution_id: int, *, note: str = "") -> Revision:
    """Hand in the draft: a numbered revision is made of it, and it enters the queue.

    ``note`` is the author's answer to a request for changes. Raises NotFound for a stranger,
    Conflict when it was handed in already, Forbidden when the call has closed, Several with all
    that is missing.
    """
    contribution = lock(session, contribution_id)
    if not policy.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    if not policy.can_write(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    edition = session.get_one(Edition, contribution.edition_id)
    if not policy.can_submit(actor, contribution, edition, clock.now()):
        raise Forbidden("call.closed")
    essay = EssayInput.of(session.get_one(Draft, contribution_id))
    track = _track(session, contribution)
    question = session.get(Question, essay.question_id) if essay.question_id else None
    if found := [*unfit(essay), *incomplete(essay, track, question)]:
        raise Several(found)
    first = contribution.state == State.DRAFT
    kind = RevisionKind.SUBMISSION if first else RevisionKind.REQUESTED_CHANGE
    revision = add_revision(session, actor, contribution, essay, kind, note=note)
    _number(session, contribution)
    move(
        session,
        actor,
        contribution,
        State.SUBMITTED,
        AuditAction.CONTRIBUTION_SUBMITTED,
        revision=revision.number,
    )
    tell_owner(session, MailKind.RECEIPT, contribution, revision.id, track=contribution.track)
    return revision


def _track(session: Session, contribution: Contribution) -> Track:
    return session.scalars(
        select(Track).where(
            Track.edition_id == contribution.edition_id, Track.code == contribution.track
        )
    ).one()


def add_revision(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    essay: EssayInput,
    kind: RevisionKind,
    *,
    note: str = "",
) -> Revision:
    """Add the next numbered snapshot. A step of other operations: it checks no permission."""
    last = session.scalar(
        select(func.max(Revision.number)).where(Revision.contribution_id == contribution.id)
    )
    revision = Revision(
        contribution_id=contribution.id,
        number=(last or 0) + 1,
        kind=kind.value,
        length=count(essay.body, essay.language),
        note=note,
        profile_version=PROFILE_VERSION,
        created_by_id=actor.id,
        created_at=clock.now(),
        **essay.columns(),
    )
    session.add(revision)
    session.flush()
    contribution.revision_id = revision.id
    contribution.title = revision.title
    contribution.language = revision.language
    contribution.question_id = revision.question_id
    contribution.theme_id = _theme_of(session, revision.question_id) or contribution.theme_id
    return revision


def _number(session: Session, contribution: Contribution) -> None:
    """Give it its citable number, the next of its edition and track, once and for all."""
    if contribution.number is not None:
        return
    # Held until the end, so that two submissions at once get two numbers.
    edition = session.get_one(Edition, contribution.edition_id, with_for_update=True)
    last = session.scalar(
        select(func.max(Contribution.sequence)).where(
            Contribution.edition_id == edition.id, Contribution.track == contribution.track
        )
    )
    contribution.sequence = (last or 0) + 1
    letter = LETTERS[TrackCode(contribution.track)]
    contribution.number = f"{edition.prefix}-{letter}-{contribution.sequence:03d}"


def withdraw(session: Session, actor: Actor, contribution_id: int) -> None:
    """Take back what is not published yet. Raises NotFound for a stranger, Conflict if too late."""
    contribution = lock(session, contribution_id)
    if not policy.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    if not policy.can_withdraw(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    move(session, actor, contribution, State.WITHDRAWN, AuditAction.CONTRIBUTION_WITHDRAWN)


def discard(session: Session, actor: Actor, contribution_id: int) -> None:
    """Throw a draft away for good. Raises NotFound for a stranger, Conflict once submitted."""
    contribution = lock(session, contribution_id)
    if not policy.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    if not policy.can_discard(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    record(session, actor, AuditAction.CONTRIBUTION_DISCARDED, contribution.id)
    session.delete(session.get_one(Draft, contribution_id))
    session.flush()
    session.delete(contribution)


def import_essay(
    session: Session,
    actor: Actor,
    edition: Edition,
    track: TrackCode,
    theme: Theme,
    essay: EssayInput,
    *,
    owner: Account,
) -> tuple[Contribution, list[Invalid]]:
    """Bring in an essay that came another way: an organiser's act, outside the call window too.

    It is ``submitted`` at once. Gives the contribution and what its track would have asked for in
    addition, as warnings. Raises Forbidden, Several where the text can't be kept.
    """
    if not policy.can_organise(actor):
        raise Forbidden("forbidden")
    if found := unfit(essay):
        raise Several(found)
    contribution = Contribution(
        edition_id=edition.id,
        track=track.value,
        theme_id=theme.id,
        language=essay.language,
        owner_id=owner.id,
        opened_at=clock.now(),
    )
    session.add(contribution)
    session.flush()
    session.add(Draft(contribution_id=contribution.id, **essay.columns()))
    question = session.get(Question, essay.question_id) if essay.question_id else None
    warnings = incomplete(essay, _track(session, contribution), question)
    revision = add_revision(session, actor, contribution, essay, RevisionKind.SUBMISSION)
    _number(session, contribution)
    move(
        session,
        actor,
        contribution,
        State.SUBMITTED,
        AuditAction.CONTRIBUTION_IMPORTED,
        revision=revision.number,
    )
    session.flush()
    return contribution, warnings
