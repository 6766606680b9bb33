"""Themes and questions: who may change them, what is refused, and what keeps them."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.errors import Forbidden, Invalid
from app.editions import queries
from app.editions import theme_operations as operations
from app.editions.models import Edition, Question, Theme
from tests.factories import Cast, make_contribution, make_edition


def codes(session: Session, edition: Edition) -> list[str]:
    session.flush()
    session.expire_all()
    return [theme.code for theme in queries.themes_with_questions(session, edition)]


def slugs(session: Session, edition: Edition) -> list[str]:
    session.flush()
    session.expire_all()
    return [question.slug for question in queries.questions_of(session, edition, "jurist")]


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def ask(session: Session, cast: Cast, theme: Theme, **values: Any) -> Question:
    defaults: dict[str, Any] = {"slug": "new", "tracks": ["jurist"], "language": "en"}
    return operations.create_question(
        session, cast.actor("organiser"), theme, **(defaults | {"title": "What?"} | values)
    )


def test_create_theme_is_the_last(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    theme = operations.create_theme(
        session, cast.actor("organiser"), edition, code="peace", language="ru", title="Мир"
    )
    assert theme.title == {"ru": "Мир"}
    assert codes(session, edition) == ["prevention", "response", "governance", "peace"]
    assert actions(session) == ["theme:created"]


def test_create_theme_of_the_same_code_in_another_edition(session: Session, cast: Cast) -> None:
    make_edition(session)
    other = Edition(slug="x", prefix="X", title={"en": "X"})
    session.add(other)
    session.flush()
    operations.create_theme(
        session, cast.actor("organiser"), other, code="response", language="en", title="Response"
    )
    assert codes(session, other) == ["response"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"code": "Peace!"}, "slug.pattern", "code"),
        ({"code": "response"}, "theme.code_taken", "code"),
        ({"title": ""}, "title.last", "title"),
    ],
)
def test_create_theme_refuses(
    session: Session, cast: Cast, values: dict[str, str], code: str, field: str
) -> None:
    edition = make_edition(session)
    given = {"code": "peace", "language": "en", "title": "Peace"} | values
    with pytest.raises(Invalid) as refusal:
        operations.create_theme(session, cast.actor("organiser"), edition, **given)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_change_theme_gives_another_code(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    operations.change_theme(session, cast.actor("organiser"), edition.themes[0], code="before")
    assert codes(session, edition)[0] == "before"
    assert actions(session) == ["theme:changed"]


def test_change_theme_keeps_a_used_code(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    theme = edition.themes[0]
    make_contribution(session, cast.author, edition=edition, question=theme.questions[0])
    with pytest.raises(Invalid) as refusal:
        operations.change_theme(session, cast.actor("organiser"), theme, code="before")
    assert (refusal.value.code, refusal.value.field) == ("theme.in_use", "code")


def test_write_theme_sets_one_language(session: Session, cast: Cast) -> None:
    theme = make_edition(session).themes[0]
    operations.write_theme(
        session, cast.actor("organiser"), theme, "zh", title="预防", context="背景"
    )
    assert theme.title["zh"] == "预防"
    assert theme.context["zh"] == "背景"
    assert theme.title["fr"] == "Prévention"


def test_move_theme_swaps_neighbours(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    first, _second, third = edition.themes
    organiser = cast.actor("organiser")
    operations.move_theme(session, organiser, third, -1)
    assert codes(session, edition) == ["prevention", "governance", "response"]
    operations.move_theme(session, organiser, first, 1)
    assert codes(session, edition) == ["governance", "prevention", "response"]
    assert actions(session) == ["theme:changed"] * 2


def test_move_theme_at_the_end_does_nothing(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    first, _second, third = edition.themes
    operations.move_theme(session, cast.actor("organiser"), first, -1)
    operations.move_theme(session, cast.actor("organiser"), third, 1)
    assert codes(session, edition) == ["prevention", "response", "governance"]
    assert actions(session) == []


def test_delete_theme_without_questions(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    theme = edition.themes[1]
    with pytest.raises(Invalid) as refusal:
        operations.delete_theme(session, cast.actor("organiser"), theme)
    assert refusal.value.code == "theme.has_questions"
    operations.delete_question(session, cast.actor("organiser"), theme.questions[0])
    operations.delete_theme(session, cast.actor("organiser"), theme)
    assert codes(session, edition) == ["prevention", "governance"]
    assert actions(session) == ["question:deleted", "theme:deleted"]


def test_delete_theme_that_is_used_is_refused(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    theme = edition.themes[1]
    contribution = make_contribution(session, cast.author, edition=edition)
    contribution.theme_id = theme.id
    session.delete(theme.questions[0])
    session.flush()
    with pytest.raises(Invalid) as refusal:
        operations.delete_theme(session, cast.actor("organiser"), theme)
    assert refusal.value.code == "theme.in_use"


def test_create_question_is_the_last_of_its_theme(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    question = ask(session, cast, edition.themes[0], tracks=["digital_actor", "jurist"])
    assert question.tracks == ["jurist", "digital_actor"]
    assert slugs(session, edition)[:2] == ["standing-prevention", "new"]
    assert actions(session) == ["question:created"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"slug": "two words"}, "slug.pattern", "slug"),
        ({"slug": "standing-response"}, "slug.taken", "slug"),
        ({"tracks": []}, "tracks.none", "tracks"),
        ({"tracks": ["poet"]}, "tracks.unknown", "tracks"),
        ({"title": ""}, "title.last", "title"),
    ],
)
def test_create_question_refuses(
    session: Session, cast: Cast, values: dict[str, Any], code: str, field: str
) -> None:
    theme = make_edition(session).themes[0]
    with pytest.raises(Invalid) as refusal:
        ask(session, cast, theme, **values)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_change_question_moves_it_to_another_theme(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    first, second, _third = edition.themes
    operations.change_question(
        session,
        cast.actor("organiser"),
        first.questions[0],
        slug="asked",
        theme=second,
        tracks=["jurist"],
    )
    assert slugs(session, edition) == ["standing-response", "asked", "standing-governance"]


def test_change_question_that_is_used_keeps_its_address_and_theme(
    session: Session, cast: Cast
) -> None:
    edition = make_edition(session)
    first, second, _third = edition.themes
    question = first.questions[0]
    make_contribution(session, cast.author, edition=edition, question=question)
    organiser = cast.actor("organiser")
    for slug, theme, code in (
        ("other", first, "slug.in_use"),
        (question.slug, second, "question.in_use"),
    ):
        with pytest.raises(Invalid) as refusal:
            operations.change_question(
                session, organiser, question, slug=slug, theme=theme, tracks=["jurist"]
            )
        assert refusal.value.code == code
    operations.change_question(
        session, organiser, question, slug=question.slug, theme=first, tracks=["jurist"]
    )
    assert question.tracks == ["jurist"]


def test_write_question_sets_one_language(session: Session, cast: Cast) -> None:
    question = make_edition(session).themes[0].questions[0]
    operations.write_question(
        session, cast.actor("organiser"), question, "de", title="Wie?", context=""
    )
    assert question.title["de"] == "Wie?"
    assert len(question.title) == 4


def test_move_question_swaps_neighbours(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    question = ask(session, cast, edition.themes[0])
    operations.move_question(session, cast.actor("organiser"), question, -1)
    assert slugs(session, edition)[:2] == ["new", "standing-prevention"]
    operations.move_question(session, cast.actor("organiser"), question, -1)
    assert slugs(session, edition)[:2] == ["new", "standing-prevention"]
    assert actions(session) == ["question:created", "question:changed"]


def test_delete_question_that_is_used_is_refused(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    question = edition.themes[0].questions[0]
    make_contribution(session, cast.author, edition=edition, question=question)
    with pytest.raises(Invalid) as refusal:
        operations.delete_question(session, cast.actor("organiser"), question)
    assert refusal.value.code == "question.in_use"
    assert "standing-prevention" in slugs(session, edition)


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_themes_and_questions_by_others_are_forbidden(
    session: Session, cast: Cast, who: str
) -> None:
    edition = make_edition(session)
    theme, actor = edition.themes[0], cast.actor(who)
    question = theme.questions[0]
    texts = {"title": "Mine", "context": ""}
    attempts = [
        lambda: operations.create_theme(
            session, actor, edition, code="mine", language="en", **texts
        ),
        lambda: operations.change_theme(session, actor, theme, code="mine"),
        lambda: operations.write_theme(session, actor, theme, "en", **texts),
        lambda: operations.move_theme(session, actor, theme, 1),
        lambda: operations.delete_theme(session, actor, theme),
        lambda: operations.create_question(
            session, actor, theme, slug="mine", tracks=["jurist"], language="en", **texts
        ),
        lambda: operations.change_question(
            session, actor, question, slug="mine", theme=theme, tracks=["jurist"]
        ),
        lambda: operations.write_question(session, actor, question, "en", **texts),
        lambda: operations.move_question(session, actor, question, 1),
        lambda: operations.delete_question(session, actor, question),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert codes(session, edition) == ["prevention", "response", "governance"]
    assert actions(session) == []
