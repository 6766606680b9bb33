"""A track's reasons: the organisers' pages, the decision's form, the author's page and mail."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.editions.models import Edition, Track
from app.moderation.decisions.models import Decision
from app.moderation.reasons import operations, queries
from app.moderation.reasons.models import CodedReason
from app.notifications.mails import render
from tests.factories import Cast
from tests.http import Browser, Open
from tests.moderation.conftest import mails
from tests.moderation.desk import WORDS as MESSAGE
from tests.moderation.desk import page_of, state, take
from tests.moderation.reasons.conftest import WORDS, add

LIST = "/en/organise/editions/standing/tracks/jurist/reasons/"
NASTY = '"><script>alert(1)</script> & {{ 7 * 7 }} %(words)s {0}'


def test_an_organiser_makes_a_reason_in_pages(
    browser: Open, db: Session, people: Cast, standing: Edition
) -> None:
    organiser = browser("organiser@example.org")
    organiser.get("/en/organise/editions/standing/")
    assert LIST in organiser.tree.xpath("//main//a/@href")
    organiser.get(f"{LIST}new")
    fields = {"code": "No Code", "language": "fr", "text": "Droit caduc.", "verdicts": ["reject"]}
    assert organiser.submit(fields).status_code == 422
    [wrong] = organiser.tree.xpath("//*[@id='code-error']")
    assert "Lower-case" in wrong.text_content() or wrong.text_content().strip()
    assert organiser.submit({"code": "no-code"}).headers["Location"] == LIST
    page = organiser.get(LIST).text
    assert "Droit caduc." in page
    assert "It does not address the question or the theme." in page
    [words] = organiser.tree.xpath("//section[@aria-labelledby='own']//p/span[@lang='fr']")
    assert words.text_content() == "Droit caduc."
    organiser.get(f"{LIST}no-code/texts?in=ar")
    assert organiser.submit({"text": "قانون\nملغى."}).status_code == 303
    organiser.get(f"{LIST}no-code/offer")
    assert organiser.tree.xpath("//input[@name='verdicts'][@checked]/@value") == ["reject"]
    assert organiser.submit({"verdicts": ["reject", "changes"]}).status_code == 303
    db.rollback()
    made = db.scalars(select(CodedReason)).one()
    assert made.text == {"fr": "Droit caduc.", "ar": "قانون ملغى."}
    assert (made.verdicts, made.is_offered) == (["changes", "reject"], True)
    form = organiser.get(f"{LIST}no-code/offer")
    [chosen] = organiser.tree.xpath("//main//form[.//input[@name='is_offered']]")
    chosen.xpath(".//input[@name='is_offered']")[0].checked = False
    values = dict(chosen.form_values())
    values.pop("is_offered", None)
    assert form.status_code == 200
    assert organiser.client.post(f"{LIST}no-code/offer", data=values).status_code == 303
    assert "Not offered" in organiser.get(LIST).text


def test_a_standard_reason_gets_other_words_and_its_usual_ones_again(
    browser: Open, db: Session, standing: Edition
) -> None:
    organiser = browser("organiser@example.org")
    page = organiser.get(f"{LIST}off_topic/texts?in=en").text
    assert "It does not address the question or the theme." in page
    assert organiser.submit({"text": "Read the question again."}).status_code == 303
    assert "Read the question again." in organiser.get(LIST).text
    organiser.get(f"{LIST}off_topic/texts?in=en")
    assert organiser.submit({"text": ""}).status_code == 303
    assert "It does not address the question or the theme." in organiser.get(LIST).text


def test_pages_of_what_is_not_there(browser: Open, standing: Edition) -> None:
    organiser = browser("organiser@example.org")
    for tail in ("unknown/texts", "unknown/offer", "spam/offer"):
        assert organiser.get(LIST + tail).status_code == 404
    assert organiser.post(f"{LIST}unknown/move").status_code == 404
    assert organiser.get(LIST.replace("jurist", "poet")).status_code == 404


def test_the_decision_s_form_offers_the_track_s_reasons(
    db: Session, people: Cast, track: Track, waiting: Contribution, moderator: Browser
) -> None:
    organiser = people.actor("organiser")
    operations.change_reason(db, organiser, track, "language", verdicts=(), is_offered=False)
    operations.change_reason(
        db, organiser, track, "not-in-force", verdicts=["changes", "reject"], is_offered=True
    )
    db.commit()
    take(moderator, waiting)
    moderator.get(page_of(waiting))
    offered = moderator.tree.xpath("//input[@name='reasons']/@value")
    assert offered == [
        *("relevant", "off_topic", "unclear", "sources", "conduct", "duplicate", "not-in-force")
    ]
    [label] = moderator.tree.xpath("//label[contains(., 'not in force')]")
    assert "Only for: Changes requested and Rejected" in " ".join(label.text_content().split())
    said = {"verdict": "accept", "reasons": ["not-in-force"]}
    assert moderator.submit(said, form="#decision").status_code == 422
    [wrong] = moderator.tree.xpath("//*[@id='reasons-error']")
    assert "not offered for this decision" in wrong.text_content()
    said = {"verdict": "reject", "reasons": ["language"], "words": MESSAGE}
    assert moderator.submit(said, form="#decision").status_code == 422
    said = {"verdict": "reject", "reasons": ["not-in-force"], "words": MESSAGE}
    assert moderator.submit(said, form="#decision").status_code == 303
    assert db.scalars(select(Decision)).one().reasons == ["not-in-force"]


@pytest.mark.parametrize(
    ("language", "own", "words"),
    [("en", "en", WORDS["en"]), ("ar", "ar", WORDS["ar"]), ("fr", "en", WORDS["en"])],
)
def test_author_reads_the_words_it_was_decided_with(
    app: Flask,
    db: Session,
    people: Cast,
    track: Track,
    waiting: Contribution,
    moderator: Browser,
    browser: Open,
    language: str,
    own: str,
    words: str,
) -> None:
    people.author.ui_language = language
    db.commit()
    take(moderator, waiting)
    said = {"verdict": "reject", "reasons": ["not-in-force"], "words": MESSAGE}
    moderator.submit(said, form="#decision")
    organiser = people.actor("organiser")
    operations.write_reason(db, organiser, track, "not-in-force", own, text="Afterwards.")
    db.commit()
    author = browser("author@example.org")
    author.get(f"/{language}/my/contributions/{waiting.id}/")
    [reason] = author.tree.xpath("//section[@aria-labelledby='statement']//ul/li")
    assert reason.text_content().strip() == words
    marked = reason.xpath("./span/@lang")
    assert marked == ([] if own == language else [own])
    [mail] = mails(db)
    with app.app_context():
        letter = render(mail, "https://site.example")
    assert words in letter.text
    assert "Afterwards." not in letter.text
    assert ('<bdi lang="en" dir="ltr">' in letter.html) == (own != language)


def test_what_organisers_write_is_no_code(
    app: Flask,
    db: Session,
    people: Cast,
    track: Track,
    waiting: Contribution,
    moderator: Browser,
    browser: Open,
) -> None:
    for language in ("en", "ar"):
        operations.write_reason(
            db, people.actor("organiser"), track, "not-in-force", language, text=NASTY
        )
    db.commit()
    take(moderator, waiting)
    moderator.get(page_of(waiting))
    said = {"verdict": "reject", "reasons": ["not-in-force"], "words": MESSAGE}
    assert moderator.submit(said, form="#decision").status_code == 303
    author, organiser = browser("author@example.org"), browser("organiser@example.org")
    for visitor, address in (
        (author, f"/en/my/contributions/{waiting.id}/"),
        (author, f"/fr/my/contributions/{waiting.id}/"),
        (moderator, page_of(waiting)),
        (moderator, "/en/moderation/?narrow=1"),
        (moderator, "/en/moderation/all/"),
        (organiser, LIST),
        (organiser, f"{LIST}not-in-force/texts?in=fr"),
        (organiser, f"/en/organise/contributions/{waiting.id}/"),
    ):
        page = visitor.get(address)
        assert page.status_code == 200, address
        assert "alert(1)" in page.text or "all/" in address, address
        assert "<script>alert(1)" not in page.text, address
        assert "49 " not in page.text.split("alert(1)")[-1][:40], address
    [mail] = mails(db)
    with app.app_context():
        letter = render(mail, "https://site.example")
    assert "<script>" not in letter.html
    assert NASTY in letter.text


def test_search_finds_by_a_track_s_own_reason_and_offers_it(
    db: Session, people: Cast, track: Track, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    said = {"verdict": "changes", "reasons": ["not-in-force"], "words": MESSAGE}
    moderator.submit(said, form="#decision")
    moderator.get("/en/moderation/?narrow=1")
    [option] = moderator.tree.xpath("//select[@name='reason']/option[@value='not-in-force']")
    assert option.text_content() == WORDS["en"]
    from app.core import clock
    from app.moderation.search.conditions import conditions
    from app.moderation.search.language import Search

    actor = people.actor("moderator")
    assert clock.now()
    for line, found in (("reason:not-in-force", 1), ("reason:not-in", 0), ("reason:sources", 0)):
        where = conditions(Search.parse(line), actor)
        assert len(db.scalars(select(Contribution).where(*where)).all()) == found


def test_search_offers_only_reasons_of_one_s_own_tracks(
    db: Session, people: Cast, track: Track, browser: Open, standing: Edition
) -> None:
    from tests.moderation.reasons.conftest import track_of

    actors = track_of(db, standing, "digital_actor")
    add(db, people.actor("organiser"), actors, code="only-actors")
    db.commit()
    jurist = browser("jurist.moderator@example.org")
    jurist.get("/en/moderation/?narrow=1")
    offered = jurist.tree.xpath("//select[@name='reason']/option/@value")
    assert "not-in-force" in offered
    assert "only-actors" not in offered
    organiser = browser("organiser@example.org")
    organiser.get("/en/organise/contributions/?narrow=1")
    assert "only-actors" in organiser.tree.xpath("//select[@name='reason']/option/@value")


def test_the_list_costs_the_same_with_more_reasons(
    app: Flask,
    db: Session,
    people: Cast,
    track: Track,
    browser: Open,
    count_queries: Callable[[Engine], Any],
) -> None:
    organiser = browser("organiser@example.org")
    for more in (0, 2):
        for number in range(more):
            add(db, people.actor("organiser"), track, code=f"more-{number}")
        db.commit()
        with count_queries(app.extensions["jsi_engine"]) as statements:
            assert organiser.get(LIST).status_code == 200
        assert len(statements) == 8
    assert len(queries.of_track(db, track.id)) == 12


def test_bulk_refuses_an_essay_whose_track_lacks_the_reason(
    app: Flask, db: Session, people: Cast, track: Track, waiting: Contribution, standing: Edition
) -> None:
    from app.core.policy import TrackCode
    from app.moderation.bulk import jobs, operations
    from app.moderation.bulk.acts import Action
    from app.moderation.bulk.models import BulkItem
    from app.moderation.search.language import EVERYTHING
    from tests.factories import make_contribution

    other = make_contribution(db, people.author, edition=standing, track=TrackCode.DIGITAL_ACTOR)
    choices = {"reasons": ["not-in-force"], "words": "Non.", "words_language": "fr"}
    run = operations.prepare(db, people.actor("moderator"), Action.REJECT, EVERYTHING, choices)
    assert operations.confirm(db, people.actor("moderator"), run.id)
    db.commit()
    with app.app_context():
        jobs.run(run.id)
    db.rollback()
    items = {item.contribution_id: item for item in db.scalars(select(BulkItem))}
    assert (items[waiting.id].state, items[waiting.id].code) == ("done", "")
    refused = items[other.id]
    assert (refused.state, refused.code) == ("refused", "decision.reason_not_offered")
    assert state(db, other) == "submitted"
