"""Writing, submitting, taking back, importing."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import affiliations, policy, titles
from app.contributions.byline import OWNER
from app.contributions.checks import contribution as checking
from app.contributions.essay import EssayInput, incomplete, unfit
from app.contributions.figures import queries as figure_queries
from app.contributions.following.operations import withdraw as withdraw  # noqa: PLC0414 - known from here
from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, Draft, Revision
from app.contributions.moves import lock, move, theme_of
from app.contributions.numbering import number
from app.contributions.references.formatted import NO_REFERENCES, Formatted
from app.contributions.saving.operations import remember
from app.contributions.saving.operations import save_draft as save_draft  # noqa: PLC0414 - one of them
from app.contributions.states import RevisionKind, State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Several
from app.core.languages import CODES
from app.core.outbox import MailKind
from app.core.policy import Actor, TrackCode, can_organise
from app.documents.measure import count
from app.documents.profile import PROFILE_VERSION
from app.editions.models import Edition, Question, Theme
from app.editions.queries import track_of

MOST_DRAFTS = 100
"""Of one person that were never submitted."""


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

    Raises Forbidden while the edition takes no drafts and where the person has too many already
    (``drafts.too_many``), Invalid for an unknown language.
    """
    if not policy.can_open(actor, edition, clock.now()):
        raise Forbidden("call.closed")
    if language not in CODES:
        raise Invalid("language.unknown", field="language")
    owner = session.get_one(Account, actor.id)
    unfinished = select(func.count()).where(
        Contribution.owner_id == owner.id, Contribution.state == State.DRAFT.value
    )
    if (session.scalar(unfinished) or 0) >= MOST_DRAFTS:
        raise Forbidden("drafts.too_many", limit=MOST_DRAFTS)
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
        "corresponding": True,
        "key": OWNER,
    }
    draft = Draft(
        contribution_id=contribution.id,
        language=language,
        question_id=contribution.question_id,
        authors=[first],
        saved_at=clock.now(),
    )
    session.add(draft)
    session.flush()
    remember(session, actor, draft, EssayInput.of(draft).columns())
    record(session, actor, AuditAction.CONTRIBUTION_OPENED, contribution.id)
    return contribution


def submit(
    session: Session,
    actor: Actor,
    contribution_id: int,
    *,
    note: str = "",
    references: Formatted = NO_REFERENCES,
) -> Revision:
    """Hand in the draft: a numbered revision is made of it, and it enters the queue.

    ``note`` is the author's answer to a request for changes, where it isn't the draft's;
    ``references`` what the draft refers to, formatted before. Raises NotFound for a stranger,
    Conflict when it was handed in already or refers to something else meanwhile
    (``references.changed``), Forbidden when the call has closed, Several with all that is missing.
    """
    contribution = lock(session, contribution_id)
    if not policy.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    if not policy.can_write(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    edition = session.get_one(Edition, contribution.edition_id)
    if not policy.can_submit(actor, contribution, edition, clock.now()):
        raise Forbidden("call.closed")
    draft = session.get_one(Draft, contribution_id)
    essay = EssayInput.of(draft)
    track = track_of(session, contribution.edition_id, contribution.track)
    question = session.get(Question, essay.question_id) if essay.question_id else None
    unknown = figure_queries.problems(session, contribution_id, essay.body)
    checked = checking.refusals(session, contribution, essay, track)
    if found := [*unfit(essay), *incomplete(essay, track, question), *unknown, *checked]:
        raise Several(found)
    kind = _kind_of(contribution)
    revision = add_revision(session, actor, contribution, essay, kind, references, note=note)
    draft.note, draft.answers = "", []
    number(session, contribution)
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


def _kind_of(contribution: Contribution) -> RevisionKind:
    if contribution.revision_id is None:
        return RevisionKind.SUBMISSION
    if contribution.state == State.CHANGES_REQUESTED:
        return RevisionKind.REQUESTED_CHANGE
    return RevisionKind.RESUBMISSION


def add_revision(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    essay: EssayInput,
    kind: RevisionKind,
    references: Formatted,
    *,
    note: str = "",
) -> Revision:
    """Add the next numbered snapshot. A step of other operations: it checks no permission.

    Raises Conflict where ``references`` are not the essay's (``references.changed``).
    """
    listed = references.text_of(essay.bibliography, essay.language, contribution.track)
    last = session.scalar(
        select(func.max(Revision.number)).where(Revision.contribution_id == contribution.id)
    )
    revision = Revision(
        contribution_id=contribution.id,
        number=(last or 0) + 1,
        kind=kind.value,
        length=count(essay.body, essay.language),
        bibliography=list(essay.bibliography),
        reference_list=listed,
        profile_version=PROFILE_VERSION,
        created_by_id=actor.id,
        created_at=clock.now(),
        **(essay.columns() | ({"note": note} if note else {})),
    )
    session.add(revision)
    session.flush()
    contribution.revision_id = revision.id
    contribution.inspect_at = revision.created_at
    titles.name(session, contribution, revision.title)
    contribution.language = revision.language
    contribution.question_id = revision.question_id
    contribution.theme_id = theme_of(session, revision.question_id) or contribution.theme_id
    affiliations.note(session, contribution)
    return revision


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
    references: Formatted = NO_REFERENCES,
) -> tuple[Contribution, list[Invalid]]:
    """Bring in an essay that came another way: an organiser's act, outside the call window too.

    It is ``submitted`` at once; ``references`` are its bibliography, formatted. Gives the
    contribution and what its track would have asked for in addition, as warnings. Raises Forbidden,
    Several where the text can't be kept.
    """
    if not can_organise(actor):
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
    listed = list(essay.bibliography)
    session.add(Draft(contribution_id=contribution.id, bibliography=listed, **essay.columns()))
    question = session.get(Question, essay.question_id) if essay.question_id else None
    warnings = incomplete(
        essay, track_of(session, contribution.edition_id, contribution.track), question
    )
    kind = RevisionKind.SUBMISSION
    revision = add_revision(session, actor, contribution, essay, kind, references)
    number(session, contribution)
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
