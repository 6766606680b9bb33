"""Reads of contributions: their owner's, the organisers', the command line's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import Session, joinedload, raiseload

from app.accounts.models import Account
from app.contributions import policy
from app.contributions.invitations.models import Answer, Invitation
from app.contributions.models import Contribution, Draft, PublishedText, Revision
from app.contributions.states import State, told
from app.core.errors import NotFound
from app.core.policy import Actor
from app.editions.models import Edition, Theme

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of contributions.

    Attributes:
        owner: the name of who began it, where the reader is only a co-author; None else.
        may_write: whether the reader's co-authorship, or owning it, lets them write.
    """

    id: int
    number: str | None
    title: str
    language: str
    track: str
    state: State
    edition: dict[str, str]
    edition_slug: str
    theme_code: str
    opened_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    owner: str | None = None
    may_write: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list, and where the next part begins (None at the end)."""

    rows: list[Row]
    after: int | None = None


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Contribution.id,
            Contribution.number,
            Contribution.title,
            Contribution.language,
            Contribution.track,
            Contribution.state,
            Edition.title.label("edition"),
            Edition.slug.label("edition_slug"),
            Theme.code.label("theme_code"),
            Contribution.opened_at,
            Contribution.submitted_at,
            Contribution.published_at,
        )
        .join(Edition, Edition.id == Contribution.edition_id)
        .outerjoin(Theme, Theme.id == Contribution.theme_id)
        .order_by(Contribution.id.desc())
    )


def _page(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    after: int | None,
    state: Callable[[State], State] = State,
) -> Page:
    """A part of it; ``state`` says which one is told of each."""
    if after is not None:
        statement = statement.where(Contribution.id < after)
    found = session.execute(statement.limit(PAGE + 1)).mappings().all()
    rows = [
        Row(**{**row, "state": state(State(row["state"])), "theme_code": row["theme_code"] or ""})
        for row in found[:PAGE]
    ]
    return Page(rows, rows[-1].id if len(found) > PAGE else None)


def authored_by(actor: Actor) -> ColumnElement[bool]:
    """Whether a contribution is the actor's own, or they have confirmed being an author of it."""
    return or_(Contribution.owner_id == actor.id, Contribution.id.in_(_co_authored(actor)))


def _co_authored(actor: Actor) -> Select[int]:
    return select(Invitation.contribution_id).where(
        Invitation.account_id == actor.id, Invitation.state == Answer.CONFIRMED.value
    )


def mine(session: Session, actor: Actor, *, after: int | None = None) -> Page:
    """The actor's own and those they are a co-author of, newest first, drafts included."""
    owned = Contribution.owner_id == actor.id
    may_edit = Contribution.id.in_(_co_authored(actor).where(Invitation.may_edit))
    rows = (
        _rows()
        .join(Account, Account.id == Contribution.owner_id)
        .add_columns(
            case((owned, None), else_=Account.name).label("owner"),
            or_(owned, may_edit).label("may_write"),
        )
        .where(authored_by(actor))
    )
    return _page(session, rows, after, told)


def organised(
    session: Session,
    actor: Actor,
    conditions: Sequence[ColumnElement[bool]],
    *,
    after: int | None = None,
) -> Page:
    """Everybody's that fulfil them, newest first, once submitted; ``me`` is the actor's account."""
    submitted = Contribution.state != State.DRAFT.value
    rows = _rows().where(submitted, *conditions).params(me=actor.id)
    return _page(session, rows, after)


def own(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    """A contribution the actor owns or is a co-author of, with its draft, edition and question.

    Raises NotFound.
    """
    found = session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id)
        .options(
            joinedload(Contribution.draft),
            joinedload(Contribution.edition),
            joinedload(Contribution.question),
            raiseload("*"),
        )
    )
    if found is None or not policy.can_read(actor, found):
        raise NotFound("contribution.unknown")
    return found


def any_submitted(session: Session, contribution_id: int) -> Contribution:
    """Anybody's contribution once submitted, for organisers. Raises NotFound."""
    found = session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id, Contribution.state != State.DRAFT.value)
        .options(
            joinedload(Contribution.edition), joinedload(Contribution.question), raiseload("*")
        )
    )
    if found is None:
        raise NotFound("contribution.unknown")
    return found


def revisions(session: Session, contribution_id: int) -> list[Revision]:
    """All of a contribution's revisions, newest first."""
    return list(
        session.scalars(
            select(Revision)
            .where(Revision.contribution_id == contribution_id)
            .order_by(Revision.number.desc())
            .options(raiseload("*"))
        )
    )


def revision(session: Session, contribution_id: int, number: int) -> Revision:
    """One revision by its number. Raises NotFound."""
    found = session.scalar(
        select(Revision).where(
            Revision.contribution_id == contribution_id, Revision.number == number
        )
    )
    if found is None:
        raise NotFound("revision.unknown")
    return found


def published_id(session: Session, number: str) -> int | None:
    """Id of the published contribution with that number, however it is spelt."""
    return session.scalar(
        select(PublishedText.contribution_id)
        .where(PublishedText.number == number.strip().upper(), PublishedText.is_source)
        .limit(1)
    )


def number_of(session: Session, contribution_id: int | None) -> str:
    """The citable number of a contribution; "" for none."""
    if contribution_id is None:
        return ""
    return (
        session.scalar(select(Contribution.number).where(Contribution.id == contribution_id)) or ""
    )


def as_records(session: Session) -> Iterator[dict[str, Any]]:
    """Every contribution as the command line lists it, oldest first, read in parts."""
    after = 0
    while True:
        part = session.execute(
            _rows()
            .add_columns(Draft.authors.label("authors"), Contribution.revision_id)
            .outerjoin(Draft, Draft.contribution_id == Contribution.id)
            .where(Contribution.id > after)
            .order_by(None)
            .order_by(Contribution.id)
            .limit(500)
        ).mappings()
        rows = part.all()
        if not rows:
            return
        ids = [row["id"] for row in rows]
        renditions = _renditions(session, ids)
        for row in rows:
            yield _record(dict(row), renditions.get(row["id"], {}))
        after = ids[-1]


def _renditions(session: Session, ids: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for contribution_id, language in session.execute(
        select(PublishedText.contribution_id, PublishedText.language).where(
            PublishedText.contribution_id.in_(ids)
        )
    ):
        found.setdefault(contribution_id, {})[language] = "published"
    return found


def _record(row: dict[str, Any], renditions: dict[str, str]) -> dict[str, Any]:
    published = row["state"] == State.PUBLISHED
    return {
        "id": row["id"],
        "number": row["number"],
        "edition": row["edition_slug"],
        "track": row["track"],
        "theme": row["theme_code"],
        "language": row["language"],
        "title": row["title"],
        "state": row["state"],
        "authors": [author["name"] for author in row["authors"] or []],
        "submitted_at": row["submitted_at"].isoformat() if row["submitted_at"] else None,
        "published_at": row["published_at"].isoformat() if row["published_at"] else None,
        "url": f"/{row['language']}/contributions/{row['number']}/" if published else None,
        "renditions": renditions,
    }


def theme_titles(session: Session) -> dict[str, dict[str, str]]:
    """By code, the titles of all themes there are, in order, as the newest edition words them."""
    found = session.execute(select(Theme.code, Theme.title).order_by(Theme.position, Theme.id))
    return dict(found.all())
