"""Figures: who may bring them, put them into the text and let go of them."""

import pytest
from obstore.store import ObjectStore
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.figures import operations as figure_operations
from app.contributions.figures import queries as figure_queries
from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.models import Contribution
from app.contributions.moves import move
from app.contributions.states import State
from app.core import storage
from app.core.audit import AuditAction
from app.core.errors import Conflict, Invalid, NotFound, Several
from app.core.policy import SYSTEM
from app.documents.parse import parse as parse_text
from app.documents.text import problems
from tests.contributions.figures.samples import DRAWING, RED, body, bring, submitted
from tests.factories import Cast, make_contribution, make_edition


def test_add_figure(session: Session, cast: Cast, mine: Contribution, store: ObjectStore) -> None:
    made = bring(
        session, cast.author.actor, mine.id, RED, store=store, alternative="Red", caption="Ours"
    )
    assert (made.digest, made.kind, made.width, made.height) == (RED.id, "png", 40, 30)
    assert storage.read(store, made.key) == RED.data
    (link,) = figure_queries.of_contribution(session, mine.id)
    assert (link.alternative, link.caption, link.account_id) == ("Red", "Ours", cast.author.id)
    assert link.is_public is False


def test_add_figure_twice_and_by_two_keeps_one(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    other = make_contribution(
        session, cast.stranger, edition=make_edition(session, "2025"), state=State.DRAFT
    )
    for person, contribution in ((cast.author, mine), (cast.author, mine), (cast.stranger, other)):
        bring(session, person.actor, contribution.id, RED, store=store)
    assert session.scalar(select(func.count()).select_from(Figure)) == 1
    assert session.scalar(select(func.count()).select_from(ContributionFigure)) == 2


def test_add_figure_by_a_stranger(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    for name in ("stranger", "moderator", "organiser"):
        with pytest.raises(NotFound):
            bring(session, cast.actor(name), mine.id, RED, store=store)
    assert session.scalar(select(func.count()).select_from(Figure)) == 0


def test_add_figure_once_submitted(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    submitted(session, cast, mine)
    with pytest.raises(Conflict, match=r"contribution\.moved_on"):
        bring(session, cast.author.actor, mine.id, RED, store=store)


def test_add_figure_one_too_many(
    session: Session,
    cast: Cast,
    mine: Contribution,
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figure_operations, "MOST_FIGURES", 1)
    author = cast.author.actor
    bring(session, author, mine.id, RED, store=store)
    with pytest.raises(Invalid, match=r"figure\.too_many"):
        bring(session, author, mine.id, DRAWING, store=store)
    bring(session, author, mine.id, RED, store=store)


@pytest.mark.parametrize("words", ["two\nlines", "tur\u202ened", "\x00"])
def test_add_figure_with_words_that_are_no_line(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        bring(session, cast.author.actor, mine.id, RED, store=store, alternative=words)
    assert refused.value.field == "alternative"


@pytest.mark.parametrize(
    ("alternative", "caption"),
    [
        ("Plain", ""),
        ('A "quoted" \\ [word](link) *and* <more> & `code`', 'Source: "X", p. 3 ] & [^1]'),
        ("图：归因的五个步骤", "来源：作者"),
        ("خطوات الإسناد", "المصدر: المؤلف"),
        ("ends in \\", "ends in \\"),
    ],
)
def test_line_is_read_back_as_written(alternative: str, caption: str) -> None:
    text = figure_operations.line(RED.id, alternative, caption)
    assert not problems(text)
    (figure,) = parse_text(text).tokens
    assert figure.attrs == {"id": RED.id, "alternative": alternative, "caption": caption}


def test_append_figure(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    bring(session, author, mine.id, RED, store=store, alternative="Red")
    draft = figure_operations.append_figure(session, author, mine.id, RED.id)
    tokens = parse_text(draft.body).tokens
    assert (tokens[-1].type, tokens[-1].attrs["alternative"]) == ("figure", "Red")
    assert "La paix a besoin" in draft.body
    with pytest.raises(NotFound):
        figure_operations.append_figure(session, cast.stranger.actor, mine.id, RED.id)
    with pytest.raises(Conflict):
        figure_operations.append_figure(session, author, mine.id, DRAWING.id)


def test_append_figure_without_words(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    bring(session, author, mine.id, RED, store=store)
    with pytest.raises(Invalid, match="required"):
        figure_operations.append_figure(session, author, mine.id, RED.id)


def test_remove_figure(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    bring(session, author, mine.id, RED, store=store)
    body(session, mine, f"![Red](figure:{RED.id})")
    with pytest.raises(Conflict, match=r"figure\.in_use"):
        figure_operations.remove_figure(session, author, mine.id, RED.id)
    body(session, mine, "Words")
    with pytest.raises(NotFound):
        figure_operations.remove_figure(session, cast.stranger.actor, mine.id, RED.id)
    figure_operations.remove_figure(session, author, mine.id, RED.id)
    assert figure_queries.of_contribution(session, mine.id) == []


def test_remove_figure_that_a_revision_shows(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    bring(session, author, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    submitted(session, cast, mine)
    move(session, SYSTEM, mine, State.CHANGES_REQUESTED, AuditAction.CONTRIBUTION_DECIDED)
    body(session, mine, "Words")
    with pytest.raises(Conflict, match=r"figure\.in_use"):
        figure_operations.remove_figure(session, author, mine.id, RED.id)


def test_submit_with_a_figure_of_somebody_elses(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    other = make_contribution(
        session, cast.stranger, edition=make_edition(session, "2025"), state=State.DRAFT
    )
    bring(session, cast.stranger.actor, other.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    with pytest.raises(Several) as refused:
        submitted(session, cast, mine)
    (error,) = refused.value.errors
    assert (error.code, error.field, error.data["line"]) == ("figure.unknown", "body", 3)


def test_submit_without_an_alternative_text(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    bring(session, cast.author.actor, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![](figure:{RED.id})\n")
    with pytest.raises(Several) as refused:
        submitted(session, cast, mine)
    assert [error.code for error in refused.value.errors] == ["figure.alternative_missing"]
