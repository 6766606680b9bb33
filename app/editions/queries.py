"""Reading editions, tracks, themes and questions; only what a function names is loaded."""

from datetime import datetime

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, raiseload, selectinload

from app.core.db import Base
from app.editions.models import Edition, Question, Theme, Track

_NEWEST_FIRST = (Edition.position.desc(), Edition.id.desc())


def _editions() -> Select[Edition]:
    """Editions with their tracks, the newest first."""
    return (
        select(Edition)
        .options(selectinload(Edition.tracks).raiseload("*"), raiseload("*"))
        .order_by(*_NEWEST_FIRST)
    )


def editions(session: Session) -> list[Edition]:
    """All editions with their tracks, the newest first. Two queries."""
    return list(session.scalars(_editions()))


def edition_by_slug(session: Session, slug: str) -> Edition | None:
    """That edition with its tracks. Two queries."""
    return session.scalar(_editions().where(Edition.slug == slug))


def open_editions(session: Session, now: datetime) -> list[Edition]:
    """The editions whose call is open (see ``policy.call_state``), with their tracks.

    The newest first. Two queries.
    """
    return list(
        session.scalars(
            _editions().where(
                Edition.is_open,
                or_(Edition.opens_at.is_(None), Edition.opens_at <= now),
                or_(Edition.closes_at.is_(None), Edition.closes_at > now),
            )
        )
    )


def newest_open_edition(session: Session, now: datetime) -> Edition | None:
    """The newest edition whose call is open, with its tracks. Two queries at most."""
    return next(iter(open_editions(session, now)), None)


def current_edition(session: Session, now: datetime) -> Edition | None:
    """The newest open edition, else the newest of all: what a home page speaks of."""
    return newest_open_edition(session, now) or next(iter(editions(session)), None)


def track(session: Session, edition: Edition, code: str) -> Track | None:
    """That track of the edition. One query."""
    return session.scalar(
        select(Track)
        .where(Track.edition_id == edition.id, Track.code == code)
        .options(raiseload("*"))
    )


def track_of(session: Session, edition_id: int, code: str) -> Track:
    """That track of an edition that has it. One query."""
    return session.scalars(
        select(Track).where(Track.edition_id == edition_id, Track.code == code)
    ).one()


def themes_with_questions(session: Session, edition: Edition) -> list[Theme]:
    """The edition's themes and their questions, each in order. Two queries."""
    return list(
        session.scalars(
            select(Theme)
            .where(Theme.edition_id == edition.id)
            .options(selectinload(Theme.questions).raiseload("*"), raiseload("*"))
            .order_by(Theme.position, Theme.id)
        )
    )


def theme(session: Session, edition: Edition, code: str) -> Theme | None:
    """The edition's theme of that code. One query."""
    return session.scalar(
        select(Theme)
        .where(Theme.edition_id == edition.id, Theme.code == code)
        .options(raiseload("*"))
    )


def question_by_slug(session: Session, slug: str) -> Question | None:
    """That question with its theme and its edition. One query."""
    return session.scalar(
        select(Question)
        .where(Question.slug == slug)
        .options(joinedload(Question.theme).joinedload(Theme.edition), raiseload("*"))
    )


def questions_of(session: Session, edition: Edition, track_code: str) -> list[Question]:
    """The questions the track is asked, each with its theme, in order. One query."""
    found = session.scalars(
        select(Question)
        .join(Question.theme)
        .where(Theme.edition_id == edition.id)
        .options(contains_eager(Question.theme).raiseload("*"), raiseload("*"))
        .order_by(Theme.position, Theme.id, Question.position, Question.id)
    )
    # There are few of them, and no way to look into a JSON list that both databases share.
    return [question for question in found if track_code in question.tracks]


def is_used(session: Session, row: Edition | Theme | Question) -> bool:
    """Whether anything outside this room refers to the row. One query.

    What may refer to it lies in higher rooms, which this one does not know: the schema does.
    """
    key = Base.metadata.tables[row.__tablename__].c.id
    own = {Track.__tablename__, Theme.__tablename__, Question.__tablename__}
    referring = [
        exists().where(column == row.id)
        for table in Base.metadata.sorted_tables
        if table.name not in own
        for column in table.columns
        if column.references(key)
    ]
    return bool(session.scalar(select(or_(*referring))))
