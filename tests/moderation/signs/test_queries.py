"""What a moderator is told of essays that repeat each other, on both databases."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.signs import queries
from app.moderation.signs.inspecting import Sign
from app.moderation.signs.models import Inspection, Sketch
from app.moderation.signs.queries import Duplicate
from tests.factories import Cast, make_contribution
from tests.moderation.signs.conftest import LONG

CountQueries = Callable[[Engine], AbstractContextManager[list[str]]]


def test_noticed_is_four_queries_and_leads_to_what_may_be_read(
    session: Session,
    engine: Engine,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    count_queries: CountQueries,
) -> None:
    reader = cast.jurist_moderator
    others = [
        make_contribution(session, owner, edition=edition, **more)
        for owner, more in (
            (cast.stranger, {"state": State.WITHDRAWN}),
            (cast.stranger, {"track": TrackCode.DIGITAL_ACTOR}),
            (reader, {}),
            (cast.stranger, {}),
        )
    ]
    _withdrawn, elsewhere, own, readable = others
    noticed = Inspection(
        contribution_id=essay.id, revision_id=essay.revision_id, inspected_at=clock.now(), signs=[]
    )
    session.add(noticed)
    expected = [
        Duplicate(readable.id, readable.number or "", 50, is_later=True),
        Duplicate(None, own.number or "", 51, is_later=True),
        Duplicate(None, elsewhere.number or "", 52, is_later=True),
    ]
    for number in (1, 4):
        noticed.signs = [
            {"kind": "duplicate", "contribution": other.id, "percent": 50 + index}
            for index, other in enumerate(others[::-1][:number])
        ]
        session.flush()
        session.expunge_all()
        with count_queries(engine) as statements:
            found = queries.noticed(session, reader.actor, essay)
        assert found.duplicates == expected[:number]
        assert len(statements) == 4
        noticed = session.merge(noticed)


def test_the_earlier_essay_shows_what_resembles_it(
    session: Session, cast: Cast, edition: Edition, inspect: Callable[[int], list[Sign]]
) -> None:
    actor = cast.jurist_moderator.actor
    earlier, later = (
        make_contribution(session, cast.stranger, edition=edition, body=LONG) for _ in range(2)
    )
    inspect(earlier.id)
    assert queries.noticed(session, actor, earlier).duplicates == []
    assert queries.kinds(session, earlier) == ["history"]
    inspect(later.id)
    assert queries.noticed(session, actor, earlier).duplicates == [
        Duplicate(later.id, later.number or "", 50, is_later=True)
    ]
    assert queries.noticed(session, actor, later).duplicates == [
        Duplicate(earlier.id, earlier.number or "", 50, is_later=False)
    ]
    assert queries.kinds(session, earlier) == ["duplicate", "history"]
    # What was taken back resembles nothing any more.
    later.state = State.WITHDRAWN.value
    session.flush()
    assert queries.noticed(session, actor, earlier).duplicates == []
    assert queries.kinds(session, earlier) == []


def test_what_resembles_nothing_any_more_is_forgotten(
    session: Session, cast: Cast, edition: Edition, inspect: Callable[[int], list[Sign]]
) -> None:
    earlier, later = (
        make_contribution(session, cast.stranger, edition=edition, body=LONG) for _ in range(2)
    )
    inspect(earlier.id)
    inspect(later.id)
    session.execute(delete(Sketch).where(Sketch.contribution_id == earlier.id))
    later.inspect_at = clock.now()
    session.commit()
    inspect(later.id)
    found = queries.noticed(session, cast.jurist_moderator.actor, earlier)
    assert found.duplicates == []
