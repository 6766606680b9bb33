"""What readers are served: rendered once, at publication, and taken down with a trace."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.contributions.essay import EssayInput, unfit
from app.contributions.figures import queries as figure_queries
from app.contributions.figures.operations import show_to_readers
from app.contributions.mails import tell_authors, tell_owner
from app.contributions.models import Contribution, EssayFrame, PublishedText, Revision, TakeDown
from app.contributions.moves import move
from app.contributions.operations import add_revision
from app.contributions.references.formatted import Formatted
from app.contributions.states import RevisionKind, State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Invalid, Several
from app.core.languages import CODES
from app.core.outbox import MailKind
from app.core.policy import Actor
from app.documents.labels import NOTE_LABELS
from app.documents.parse import parse
from app.documents.plain import plain
from app.documents.profile import PROFILE_VERSION
from app.documents.references.items import Item
from app.documents.render import render, render_paragraphs
from app.documents.text import unkeepable
from app.editions import charter
from app.editions.models import Edition, Theme
from app.editions.policy import appeal_until

TEASER_CHARACTERS: Final = 320
LIST_SEPARATORS: Final = {"ar": "، ", "zh": "、"}

#: Changes with the text format, the parser and the cleaner; texts made with another are stale.
RENDERER: Final = f"{PROFILE_VERSION}/{version('markdown-it-py')}/{version('nh3')}"


def publish(session: Session, actor: Actor, contribution: Contribution) -> PublishedText:
    """Make the accepted essay readable: its newest revision is rendered, and its state moves on.

    A step of a decision or a release, whose permission is checked there. Raises Conflict where the
    essay is not accepted.
    """
    if contribution.state != State.ACCEPTED:
        raise Conflict("contribution.moved_on", state=contribution.state)
    revision = session.get_one(Revision, contribution.revision_id)
    contribution.published_revision_id = revision.id
    move(session, actor, contribution, State.PUBLISHED, AuditAction.CONTRIBUTION_PUBLISHED)
    return _write(session, contribution, revision)


def correct(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    essay: EssayInput,
    *,
    note: str,
    seen: int | None = None,
    bibliography: Sequence[Item] | None = None,
    references: Formatted | None = None,
) -> Revision:
    """Replace the published text by a corrected one: a new revision, rendered at once.

    ``note`` says what was wrong; the references stay unless a ``bibliography`` is given. ``seen``
    is the number of the revision that was corrected; None for whichever there is. ``references``
    are those it will have, formatted before; needed where they, or the language, change. The same
    correction sent twice is one.

    A step of what organisers do; who may is asked there. Raises Conflict unless published, where
    another correction was published meanwhile (``correction.other_since``, with its ``number``) or
    the references are others meanwhile (``references.changed``), Several for an unfit text or a
    missing note.
    """
    if contribution.state != State.PUBLISHED:
        raise Conflict("contribution.moved_on", state=contribution.state)
    found = [*unfit(essay), *figure_queries.problems(session, contribution.id, essay.body)]
    found += [
        Invalid("required", field=name)
        for name, value in (("note", note), ("title", essay.title), ("body", essay.body))
        if not value.strip()
    ]
    if found:
        raise Several(found)
    kind = RevisionKind.CORRECTION
    before = session.get_one(Revision, contribution.published_revision_id)
    kept = before.bibliography if bibliography is None else bibliography
    essay = replace(essay, bibliography=tuple(kept))
    if seen is not None and before.number != seen:
        if _says(before, actor, essay, note):
            return before
        raise Conflict("correction.other_since", number=before.number)
    listed = references or Formatted(
        tuple(before.bibliography), before.language, contribution.track, before.reference_list
    )
    revision = add_revision(session, actor, contribution, essay, kind, listed, note=note.strip())
    contribution.published_revision_id = revision.id
    _write(session, contribution, revision)
    record(
        session,
        actor,
        AuditAction.CONTRIBUTION_CORRECTED,
        contribution.id,
        revision=revision.number,
    )
    return revision


def _says(revision: Revision, actor: Actor, essay: EssayInput, note: str) -> bool:
    """Whether the actor has made that revision of that very essay, with that note."""
    said = essay.columns() | {"note": note.strip(), "bibliography": list(essay.bibliography)}
    own = revision.created_by_id == actor.id
    return own and all(getattr(revision, name) == value for name, value in said.items())


def take_down(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    *,
    reason: str,
    language: str,
    rule: str = "",
    **facts: Any,
) -> TakeDown:
    """Take a published essay down; its address keeps a tombstone with the reason and the date.

    A step of what organisers do, and of closing a case of reports. ``reason`` is in ``language``;
    ``rule`` is that of the charter it rests on. Its author may appeal.

    Who may is asked there. ``facts`` are what the author is told besides. Raises Invalid without a
    reason or for an unknown language or rule, Conflict unless published.
    """
    if not reason.strip():
        raise Invalid("required", field="reason")
    for problem in unkeepable(reason):
        raise Invalid(problem.code, field="reason")
    if language not in CODES:
        raise Invalid("language.unknown", field="language")
    if contribution.state != State.PUBLISHED:
        raise Conflict("contribution.moved_on", state=contribution.state)
    made = TakeDown(
        contribution_id=contribution.id,
        account_id=actor.id,
        reason=reason.strip(),
        language=language,
        rule=charter.known_rule(session, rule),
        taken_at=clock.now(),
    )
    session.add(made)
    session.flush()
    action = AuditAction.CONTRIBUTION_REMOVED
    move(session, actor, contribution, State.REMOVED, action, take_down=made.id)
    contribution.removed_at = made.taken_at
    _drop_frames(session, contribution.id)
    session.execute(delete(PublishedText).where(PublishedText.contribution_id == contribution.id))
    show_to_readers(session, contribution.id, "")
    _tell_of(session, contribution, made, facts)
    return made


def _tell_of(
    session: Session, contribution: Contribution, made: TakeDown, facts: dict[str, Any]
) -> None:
    """Owe the authors what was done, on which facts and rule; its owner, until when to appeal."""
    edition = session.get_one(Edition, contribution.edition_id)
    until = appeal_until(edition, made.taken_at)
    done = facts | {
        "reason": made.reason,
        "words_language": made.language,
        "rules": charter.named(session, [made.rule]),
        "decided_at": made.taken_at.isoformat(),
        "zone": edition.time_zone,
    }
    deadline = until.isoformat() if until else ""
    tell_owner(session, MailKind.REMOVED, contribution, made.id, appeal_until=deadline, **done)
    owner = [contribution.owner_id]
    tell_authors(session, MailKind.REMOVED, contribution, made.id, but=owner, **done)


def put_back(
    session: Session, actor: Actor, contribution: Contribution, *, told: Collection[int] = ()
) -> PublishedText:
    """Put a removed essay back where it was, and tell its authors; not those ``told`` otherwise.

    A step of what organisers do, of reversing a case of reports and of answering an appeal.

    Who may is asked there. Raises Conflict unless removed.
    """
    if contribution.state != State.REMOVED:
        raise Conflict("contribution.moved_on", state=contribution.state)
    move(session, actor, contribution, State.PUBLISHED, AuditAction.CONTRIBUTION_PUBLISHED)
    contribution.removed_at = None
    now = clock.now()
    session.execute(
        update(TakeDown)
        .where(TakeDown.contribution_id == contribution.id, TakeDown.reversed_at.is_(None))
        .values(reversed_at=now)
    )
    occasion = f"{contribution.id}:{now.isoformat()}"
    tell_authors(session, MailKind.RESTORED, contribution, occasion, but=told)
    revision = session.get_one(Revision, contribution.published_revision_id)
    return _write(session, contribution, revision)


def stale(session: Session) -> Iterator[int]:
    """Ids of the published texts made by another version of the renderer or the cleaner."""
    yield from session.scalars(
        select(PublishedText.id)
        .where(PublishedText.renderer != RENDERER)
        .order_by(PublishedText.id)
    )


def render_again(session: Session, text_id: int) -> None:
    """Make one published text anew from its revision, with today's renderer."""
    text = session.get_one(PublishedText, text_id)
    contribution = session.get_one(Contribution, text.contribution_id)
    _write(session, contribution, session.get_one(Revision, text.revision_id))


def _write(session: Session, contribution: Contribution, revision: Revision) -> PublishedText:
    """Write what readers are served of that revision, in place of what they were served before."""
    session.execute(
        delete(PublishedText).where(
            PublishedText.contribution_id == contribution.id,
            PublishedText.is_source,
            PublishedText.language != revision.language,
        )
    )
    text = session.scalar(
        select(PublishedText).where(
            PublishedText.contribution_id == contribution.id,
            PublishedText.language == revision.language,
        )
    ) or PublishedText(contribution_id=contribution.id, language=revision.language)
    content = _frame(session, contribution) | _content(session, contribution, revision)
    for name, value in content.items():
        setattr(text, name, value)
    session.add(text)
    show_to_readers(session, contribution.id, revision.body)
    session.flush()
    _drop_frames(session, contribution.id)
    return text


def _drop_frames(session: Session, contribution_id: int) -> None:
    """Drop what was made ready of its page, and of pages that name it: it may hold a name less.

    The worker makes them anew; until then the pages are made when they are read.
    """
    responds_to = select(Revision.responds_to_id).where(Revision.contribution_id == contribution_id)
    answers = select(Revision.id).where(Revision.responds_to_id == contribution_id)
    texts = select(PublishedText.id).where(
        or_(
            PublishedText.contribution_id == contribution_id,
            PublishedText.contribution_id.in_(responds_to),
            PublishedText.revision_id.in_(answers),
        )
    )
    session.execute(delete(EssayFrame).where(EssayFrame.text_id.in_(texts)))


def _frame(session: Session, contribution: Contribution) -> dict[str, object]:
    """What lists filter by."""
    theme = session.get(Theme, contribution.theme_id) if contribution.theme_id else None
    return {
        "number": contribution.number,
        "edition_id": contribution.edition_id,
        "track": contribution.track,
        "theme_id": contribution.theme_id,
        "theme_code": theme.code if theme else "",
        "question_id": contribution.question_id,
        "published_at": contribution.published_at,
    }


def _content(session: Session, contribution: Contribution, revision: Revision) -> dict[str, object]:
    """What pages and lists show."""
    body = parse(revision.body)
    figures = figure_queries.files(session, contribution.id, body)
    abstract = plain(revision.abstract)
    comma = LIST_SEPARATORS.get(revision.language, ", ")
    content: dict[str, object] = {
        "is_source": True,
        "revision_id": revision.id,
        "title": revision.title,
        "byline": comma.join(author["name"] for author in revision.authors),
        "authors": revision.authors,
        "keywords": revision.keywords,
        "licence": revision.licence,
        "html": render(
            body,
            language=revision.language,
            prefix=f"c{contribution.id}-",
            labels=NOTE_LABELS[revision.language],
            figures=figures,
        ),
        "abstract_html": render_paragraphs(revision.abstract),
        "summary_html": render_paragraphs(revision.summary),
        "references_html": render_paragraphs(revision.reference_list),
        "teaser": _teaser(abstract or plain(body)),
        "plain": "\n\n".join((revision.title, abstract, plain(body))),
        "length": revision.length,
    }
    etag = sha256(repr(sorted(content.items())).encode()).hexdigest()[:32]
    return {**content, "rendered_at": clock.now(), "renderer": RENDERER, "etag": etag}


def _teaser(text: str) -> str:
    """The beginning of a text, cut between words where there are any."""
    line = " ".join(text.split())
    if len(line) <= TEASER_CHARACTERS:
        return line
    start = line[:TEASER_CHARACTERS]
    return (start.rpartition(" ")[0] or start) + "…"
