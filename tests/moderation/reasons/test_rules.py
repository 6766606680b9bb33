"""The rules of the charter that decisions rest on, from reasons to authors' pages and mails."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.errors import Invalid
from app.core.languages import CODES
from app.core.policy import SYSTEM
from app.demonstration.content import site
from app.documents.anchors import anchors
from app.editions import pages
from app.editions.models import Edition
from app.moderation.decisions.models import Decision
from app.moderation.decisions.queries import decisions_for_author
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.reasons import operations, queries
from app.moderation.reasons.models import CodedReason
from app.moderation.reasons.rules import RULES, rules_of
from app.notifications.mails import render
from tests.factories import Cast
from tests.http import Browser, Open
from tests.moderation.conftest import mails
from tests.moderation.desk import page_of, take
from tests.moderation.reasons.conftest import add, track_of

CHARTER = "## Les sources {#sources}\n\n## Le droit {#law}"
LIST = "/en/organise/editions/standing/tracks/jurist/reasons/"


def write(session: Session, body: str = CHARTER) -> None:
    pages.save(session, SYSTEM, "charter", "fr", title="Charte", body=body)


def test_every_standard_reason_rests_on_a_rule() -> None:
    assert set(RULES) == set(Reason)
    assert rules_of(["relevant", "off_topic", "sources"], {}) == ("question", "sources")
    assert rules_of(["own", "other", "sources"], {"own": "law"}) == ("law", "sources")


@pytest.mark.parametrize("language", CODES)
def test_the_demonstration_s_charter_has_them_all(language: str) -> None:
    body = site()[language]["pages"]["charter"]["body"]
    assert set(RULES.values()) <= set(anchors(body))
    assert list(anchors(body)) == list(anchors(site()["en"]["pages"]["charter"]["body"]))


def test_a_decision_keeps_the_rule_it_was_made_with(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    decide: Callable[..., Decision],
) -> None:
    write(session)
    organiser, jurists = cast.actor("organiser"), track_of(session, edition)
    add(session, organiser, jurists, rule="law")
    given = ["not-in-force", Reason.SOURCES]
    made = decide("moderator", essay, Verdict.REJECT, reasons=given)
    assert made.reason_rules == {"not-in-force": "law"}
    [mail] = mails(session)
    assert mail.data["rules"] == [
        {"rule": "sources", "title": {"fr": "Les sources"}},
        {"rule": "law", "title": {"fr": "Le droit"}},
    ]
    change = {"verdicts": (), "is_offered": True}
    operations.change_reason(session, organiser, jurists, "not-in-force", rule="sources", **change)
    [told] = decisions_for_author(session, essay.id)
    assert told.rules == ("sources", "law")


def test_a_rule_is_one_of_the_charter_s(session: Session, cast: Cast, edition: Edition) -> None:
    write(session)
    organiser, jurists = cast.actor("organiser"), track_of(session, edition)
    with pytest.raises(Invalid, match=r"rule\.unknown"):
        add(session, organiser, jurists, rule="gone")
    add(session, organiser, jurists, rule="law")
    write(session, "## Les sources {#sources}")
    change: dict[str, Any] = {"verdicts": ["reject"], "is_offered": True}
    operations.change_reason(session, organiser, jurists, "not-in-force", rule="law", **change)
    with pytest.raises(Invalid, match=r"rule\.unknown"):
        operations.change_reason(session, organiser, jurists, "not-in-force", rule="no", **change)
    operations.change_reason(session, organiser, jurists, "not-in-force", rule="", **change)
    # A standard one's rule is the code's.
    operations.change_reason(session, organiser, jurists, "unclear", rule="sources", **change)
    found = {each.code: each.rests_on for each in queries.of_track(session, jurists.id)}
    assert (found["not-in-force"], found["unclear"]) == ("", "clarity")


def test_an_organiser_chooses_the_rule_and_the_author_is_led_to_it(
    app: Flask,
    browser: Open,
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
) -> None:
    write(db)
    db.commit()
    organiser = browser("organiser@example.org")
    organiser.get(f"{LIST}new")
    fields = {"code": "no-law", "language": "fr", "text": "Droit caduc.", "rule": "none"}
    assert organiser.submit(fields).status_code == 422
    assert organiser.submit({**fields, "rule": "sources"}).status_code == 303
    organiser.get(f"{LIST}no-law/offer")
    [shown] = organiser.tree.xpath("//select[@name='rule']/option[@selected]/@value")
    assert shown == "sources"
    assert organiser.submit({"rule": "law"}).status_code == 303
    db.rollback()
    assert db.scalars(select(CodedReason.rule)).one() == "law"
    organiser.get(LIST)
    law = "/en/pages/charter/#charter-law"
    assert organiser.tree.xpath("//section[@aria-labelledby='own']//a[@href=$a]", a=law)
    organiser.get(f"{LIST}unclear/offer")
    assert not organiser.tree.xpath("//select[@name='rule']")

    take(moderator, waiting)
    decided = {
        "verdict": "reject",
        "reasons": ["no-law"],
        "words": "Non.",
        "words_language": "fr",
    }
    decided["revision_seen"] = "1"
    moderator.post(page_of(waiting), {**decided, "preview": "1"})
    assert moderator.tree.xpath("//main//a[@href=$a]", a=law)
    assert moderator.post(page_of(waiting), decided).status_code == 303
    author = browser("author@example.org")
    author.get(f"/en/my/contributions/{waiting.id}/")
    [link] = author.tree.xpath("//section[@aria-labelledby='statement']//a[@href=$a]", a=law)
    assert link.xpath("span[@lang='fr']/text()") == ["Le droit"]
    db.rollback()
    [mail] = mails(db)
    with app.test_request_context():
        written = render(mail, "https://site.example")
    assert f"https://site.example{law}" in written.text
    assert '<bdi lang="fr" dir="ltr">Le droit</bdi>' in written.html
    # The charter is rewritten without it: what was decided leads to the page.
    write(db, "## Autre chose {#other}")
    db.commit()
    author.get(f"/en/my/contributions/{waiting.id}/")
    hrefs = author.tree.xpath("//section[@aria-labelledby='statement']//a/@href")
    assert "/en/pages/charter/" in hrefs
    assert not [each for each in hrefs if "#" in each]
