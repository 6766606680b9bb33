"""Placeholders: what stands for them, and that nothing else does."""

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.editions.models import Edition
from app.moderation.item.queries import item
from app.moderation.message_templates.filling import PLACEHOLDERS, filled, unknown
from tests.factories import Cast


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("About {number}, “{title}”: {question} ({edition}), 100 % of $50 and {title}.", []),
        ("A closing } alone is a character.", []),
        ("{name}", ["{name}"]),
        ("{ number }", ["{"]),
        ("{{number}}", ["{"]),
        ("{number.__class__.__init__.__globals__}", ["{"]),
        ("{0} {} {number!r} {title:>9999999}", ["{", "{", "{", "{"]),
        ("{Number}", ["{"]),
        ("${number} %(title)s", []),
    ],
)
def test_unknown_names_what_is_no_placeholder(text: str, found: list[str]) -> None:
    assert list(unknown(text)) == found


@pytest.fixture
def shown(session: Session, cast: Cast, essay: Contribution) -> Contribution:
    return item(session, cast.actor("moderator"), essay.id).contribution


def test_filled_says_each_in_the_language_of_the_text(
    session: Session, shown: Contribution, edition: Edition
) -> None:
    texts = {"fr": "Votre essai {number} « {title} » répond à « {question} » ({edition})."}
    found = filled(texts, shown, "ko")
    assert found.language.code == "fr"
    assert found.text == (
        "Votre essai S-J-001 « De la paix » répond à "
        "« Comment prévenir les conflits dans le cyberespace ? » (Édition standing)."
    )


def test_filled_keeps_apart_what_runs_the_other_way(shown: Contribution) -> None:
    texts = {"ar": "{number} / {edition} / {title}"}
    found = filled(texts, shown, "ar")
    assert found.text == "\u2068S-J-001\u2069 / دورة standing / \u2068De la paix\u2069"


def test_filled_evaluates_nothing_an_author_wrote(shown: Contribution) -> None:
    shown.title = "{number} $edition %(x)s {question.__class__}\nand a second line"
    found = filled({"en": "“{title}”, {number}"}, shown, "en")
    assert found.text == (
        "“{number} $edition %(x)s {question.__class__} and a second line”, S-J-001"
    )


def test_filled_leaves_a_dash_where_there_is_no_question(shown: Contribution) -> None:
    shown.question = None
    every = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    assert filled({"en": every}, shown, "en").text == "S-J-001 De la paix – Edition standing"
