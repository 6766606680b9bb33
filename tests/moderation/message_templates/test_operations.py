"""Preparing messages."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.audit import AuditEntry
from app.core.errors import Forbidden, Invalid
from app.editions.models import Edition
from app.moderation.message_templates import operations, queries
from tests.factories import Cast
from tests.moderation.message_templates.conftest import TEXT, prepare
from tests.moderation.reasons.conftest import track_of


def test_templates_stand_in_the_order_they_are_given(
    session: Session, cast: Cast, edition: Edition
) -> None:
    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    first, second = (prepare(session, organiser, jurists, title=title) for title in ("A", "B"))
    operations.move_template(session, organiser, second, -1)
    operations.move_template(session, organiser, second, -1)
    session.flush()
    assert queries.of_track(session, jurists.id) == [second, first]
    assert first.text == TEXT
    assert queries.of_track(session, track_of(session, edition, "digital_actor").id) == []
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == "message_template")
    ).all()
    assert actions == [
        *("message_template:created", "message_template:changed") * 2,
        "message_template:changed",
    ]


@pytest.mark.parametrize("name", ["author", "moderator", "stranger"])
def test_others_than_organisers_prepare_nothing(
    session: Session, cast: Cast, edition: Edition, name: str
) -> None:
    jurists, actor = track_of(session, edition), cast.actor(name)
    made = prepare(session, cast.actor("organiser"), jurists)
    attempts: list[Callable[[], Any]] = [
        lambda: prepare(session, actor, jurists),
        lambda: operations.write_template(session, actor, made, "en", title="X", text="X"),
        lambda: operations.change_template(session, actor, made, verdicts=(), is_offered=False),
        lambda: operations.move_template(session, actor, made, 1),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert (made.text, made.is_offered) == (TEXT, True)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"text": "Dear {author}"}, "template.placeholder", "text"),
        ({"text": "a\x00b"}, "text.control_characters", "text"),
        ({"title": ""}, "title.missing", "title"),
        ({"language": "tlh"}, "language.unknown", "language"),
        ({"verdicts": ["publish"]}, "verdicts.unknown", "verdicts"),
    ],
)
def test_create_template_refuses(
    session: Session, cast: Cast, edition: Edition, changes: dict[str, Any], code: str, field: str
) -> None:
    jurists = track_of(session, edition)
    with pytest.raises(Invalid) as caught:
        prepare(session, cast.actor("organiser"), jurists, **changes)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert queries.of_track(session, jurists.id) == []


def test_write_template_refuses_an_unknown_placeholder_in_any_language(
    session: Session, cast: Cast, edition: Edition
) -> None:
    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    made = prepare(session, organiser, jurists)
    with pytest.raises(Invalid) as caught:
        operations.write_template(session, organiser, made, "fr", title="M", text="{numéro}")
    assert caught.value.data == {"found": "{", "known": "{number} {title} {question} {edition}"}


def test_offered_are_those_of_its_track_that_are_not_withdrawn(
    session: Session,
    engine: Engine,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    count_queries: Callable[..., Any],
) -> None:
    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    kept = [prepare(session, organiser, jurists, title=title) for title in "AB"]
    gone = prepare(session, organiser, jurists, title="C")
    prepare(session, organiser, track_of(session, edition, "digital_actor"), title="D")
    operations.change_template(session, organiser, gone, verdicts=(), is_offered=False)
    session.flush()
    with count_queries(engine) as statements:
        assert queries.offered(session, essay.id) == kept
    assert len(statements) == 1


def test_the_same_message_sent_twice_in_a_row_is_one(
    session: Session, cast: Cast, edition: Edition
) -> None:
    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    sent = {"language": "en", "title": "Thanks", "text": "Thank you."}
    once = operations.create_template(session, organiser, jurists, **sent)
    assert operations.create_template(session, organiser, jurists, **sent) is once
    other = operations.create_template(session, organiser, jurists, **(sent | {"title": "Again"}))
    assert queries.of_track(session, jurists.id) == [once, other]
