"""What a moderator is told of essays that repeat each other, on both databases."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.signs import queries
from app.moderation.signs.models import Inspection
from app.moderation.signs.queries import Duplicate
from tests.factories import Cast, make_contribution

CountQueries = Callable[[Engine], AbstractContextManager[list[str]]]


def test_noticed_is_three_queries_and_leads_to_what_may_be_read(
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
        Duplicate(readable.id, readable.number or "", 50),
        Duplicate(None, own.number or "", 51),
        Duplicate(None, elsewhere.number or "", 52),
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
        assert len(statements) == 3
        noticed = session.merge(noticed)
