"""The reasons of decisions on many: those of the tracks that the essays are in."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Invalid
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.bulk import operations, tracks
from app.moderation.bulk.acts import Action
from app.moderation.decisions.models import Decision
from app.moderation.reasons import operations as reasons
from app.moderation.search.language import EVERYTHING, Search
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser, Open
from tests.moderation.bulk.conftest import REJECT, Many, answers, do_all, start
from tests.moderation.reasons.conftest import track_of

HERE = "/en/moderation/all/"
JURISTS, ACTORS = "jurist", "digital_actor"
ACTOR = TrackCode.DIGITAL_ACTOR


def own(session: Session, cast: Cast, edition: Edition, **texts: str) -> None:
    """The reason “scope” of each of these tracks' own."""
    for code, text in texts.items():
        track, organiser = track_of(session, edition, code), cast.actor("organiser")
        reasons.create_reason(session, organiser, track, code="scope", language="en", text=text)


def withdraw(session: Session, cast: Cast, edition: Edition, code: str, *of: str) -> None:
    for each in of:
        track = track_of(session, edition, each)
        reasons.change_reason(
            session, cast.actor("organiser"), track, code, verdicts=(), is_offered=False
        )


def test_an_essay_whose_track_lacks_the_reason_is_left_alone_and_reported(
    session: Session, cast: Cast, edition: Edition, many: Many
) -> None:
    [jurists], [actors] = many(1), many(1, track=ACTOR)
    own(session, cast, edition, jurist="The law is not in force.")
    session.commit()
    asked = REJECT | {"reasons": ["scope", "off_topic"]}
    run_id = start(session, cast, "moderator", Action.REJECT, EVERYTHING, asked)
    do_all(session, run_id)
    assert answers(session, run_id) == {
        jurists.id: ("done", ""),
        actors.id: ("refused", "decision.reason_not_offered"),
    }


def test_a_reason_of_two_tracks_says_in_each_what_that_track_says(
    session: Session, cast: Cast, edition: Edition, many: Many
) -> None:
    [jurists], [actors] = many(1), many(1, track=ACTOR)
    own(session, cast, edition, jurist="No law of ours.", digital_actor="No network of ours.")
    session.commit()
    asked = REJECT | {"reasons": ["scope"]}
    do_all(session, start(session, cast, "moderator", Action.REJECT, EVERYTHING, asked))
    made = session.execute(select(Decision.contribution_id, Decision.reason_texts)).all()
    assert dict(map(tuple, made)) == {
        jurists.id: {"scope": {"en": "No law of ours."}},
        actors.id: {"scope": {"en": "No network of ours."}},
    }


def test_a_reason_that_no_track_of_them_offers_for_the_decision_is_refused(
    session: Session, cast: Cast, edition: Edition, many: Many
) -> None:
    many(1)
    own(session, cast, edition, digital_actor="No network of ours.")
    withdraw(session, cast, edition, "off_topic", JURISTS)
    jurists = track_of(session, edition)
    reasons.change_reason(
        session, cast.actor("organiser"), jurists, "unclear", verdicts=["changes"], is_offered=True
    )
    session.commit()
    for code in ("scope", "off_topic", "unclear", "none-such"):
        asked = REJECT | {"reasons": [code]}
        with pytest.raises(Invalid, match=r"bulk\.reason_not_offered"):
            operations.prepare(session, cast.actor("moderator"), Action.REJECT, EVERYTHING, asked)
        session.rollback()
    asked = REJECT | {"reasons": ["unclear"]}
    assert operations.prepare(session, cast.actor("moderator"), Action.CHANGES, EVERYTHING, asked)


@pytest.mark.parametrize("number", [1, 3])
def test_tracks_are_those_of_what_is_found(
    session: Session,
    cast: Cast,
    edition: Edition,
    many: Many,
    count_queries: Callable[..., Any],
    number: int,
) -> None:
    many(number)
    many(1, track=ACTOR, language="ar")
    make_contribution(session, cast.author, edition=make_edition(session, slug="2031"))
    session.commit()
    actor = cast.actor("jurist_moderator")

    def found(text: str) -> list[tuple[str, str]]:
        with count_queries(session.get_bind()) as made:
            rows = tracks.of_search(session, actor, Search.parse(text))
        assert len(made) == 2
        return [(each.edition["en"], each.code) for each in rows]

    # Of the other track and of Arabic they find nothing.
    assert len(found("")) == 2
    assert [code for _edition, code in found(f"edition:{edition.slug}")] == [JURISTS]
    assert found("lang:ar") == []


@pytest.fixture
def offered(browser: Open, people: Cast) -> Callable[..., dict[str, str]]:
    """Which reasons the page offers, and in what words."""

    def look(query: str = "", address: str = "") -> dict[str, str]:
        visitor: Browser = browser(people.moderator.email)
        visitor.get(address or HERE + query)
        boxes = visitor.tree.xpath("//input[@name='reasons']")
        labels = {each.get("value"): each.get("id") for each in boxes}
        return {
            code: "|".join(visitor.tree.xpath(f"//label[@for='{id}']//text()"))
            for code, id in labels.items()
        }

    return look


def test_page_offers_the_reasons_of_the_tracks_that_were_found(
    db: Session, people: Cast, standing: Edition, offered: Callable[..., dict[str, str]]
) -> None:
    for track in TrackCode:
        make_contribution(db, people.author, edition=standing, track=track)
    own(db, people, standing, jurist="No law of ours.", digital_actor="No network of ours.")
    withdraw(db, people, standing, "conduct", JURISTS, ACTORS)
    withdraw(db, people, standing, "sources", ACTORS)
    jurists = track_of(db, standing)
    reasons.write_reason(
        db, people.actor("organiser"), jurists, "off_topic", "en", text="Not about peace."
    )
    reasons.change_reason(
        db, people.actor("organiser"), jurists, "unclear", verdicts=["changes"], is_offered=True
    )
    db.commit()
    both = offered()
    assert "conduct" not in both
    assert both["language"] == "The language needs revision."
    usual = "It does not address the question or the theme."
    assert both["off_topic"] == f"Jurists: Not about peace.|Digital actors: {usual}"
    own_words = "Jurists: No law of ours.|Digital actors: No network of ours."
    assert both["scope"] == own_words
    assert both["sources"].startswith("Jurists: Statements lack sources")
    hard = "The argument is hard to follow."
    only = "(Only for: Changes requested.)"
    assert both["unclear"] == f"Jurists: {hard} |{only}|Digital actors: {hard}"
    alone = offered("?q=track:digital_actor")
    assert alone["scope"] == "No network of ours."
    assert alone["off_topic"] == usual
    assert "sources" not in alone


def test_page_names_the_edition_where_a_track_is_in_several(
    db: Session, people: Cast, standing: Edition, offered: Callable[..., dict[str, str]]
) -> None:
    other = make_edition(db, slug="2031")
    other.title = {"en": "Edition of 2031"}
    for edition in (standing, other):
        make_contribution(db, people.author, edition=edition)
    own(db, people, other, jurist="No law of ours.")
    db.commit()
    assert offered()["scope"] == "Jurists (Edition of 2031): No law of ours."
    assert offered(f"?q=edition:{standing.slug}").keys().isdisjoint({"scope"})


def test_what_was_asked_for_is_shown_in_the_words_of_the_tracks(
    browser: Open, db: Session, people: Cast, standing: Edition
) -> None:
    make_contribution(db, people.author, edition=standing)
    own(db, people, standing, jurist="No law of ours.", digital_actor="No network of ours.")
    db.commit()
    visitor = browser(people.moderator.email)
    asked = {"action": "reject", "reasons": "scope", "words": "Non.", "words_language": "fr"}
    address = visitor.post(HERE, asked).location
    withdraw(db, people, standing, "scope", JURISTS)
    db.commit()
    shown = visitor.get(address).text
    assert "No law of ours." in shown
    assert "No network of ours." not in shown
