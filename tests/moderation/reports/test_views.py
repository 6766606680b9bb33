"""Reports over HTTP: the reader's form, the list, a case."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import NOBODY
from app.editions.models import Edition
from app.moderation.reports import operations
from app.moderation.reports.models import Complaint, Report, ReportCase
from app.web.limits import limiter
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser, Open

WORDS = "The second paragraph names a private person."


@pytest.fixture
def published(db: Session, people: Cast) -> Contribution:
    essay = make_contribution(db, people.author, edition=make_edition(db), state=State.PUBLISHED)
    db.commit()
    return essay


@pytest.fixture
def case(db: Session, published: Contribution) -> ReportCase:
    made = operations.file(
        db, NOBODY, published.number or "", Complaint.PRIVACY, words=WORDS, language="en"
    )
    db.commit()
    return db.get_one(ReportCase, made.case_id)


@pytest.fixture
def moderator(browser: Open, people: Cast) -> Browser:
    return browser("moderator@example.org")


def test_reader_reports_signed_out(db: Session, browser: Open, published: Contribution) -> None:
    reader = browser()
    here = f"/fr/contributions/{published.number}/report/"
    page = reader.get(f"/fr/contributions/{published.number}/")
    assert reader.tree.xpath("//aside//a[@href=$a]", a=here)
    assert reader.get(here).status_code == 200
    page = reader.submit({"words": WORDS})
    assert page.status_code == 422
    page = reader.submit({"reason": "privacy", "words": WORDS, "email": "nobody"})
    assert page.status_code == 422
    page = reader.submit(
        {"reason": "privacy", "words": WORDS, "email": "reader@example.org"}, follow_redirects=True
    )
    assert page.status_code == 200
    assert reader.tree.xpath("//main//*[@role='status']")
    assert not reader.tree.xpath("//main//form")
    [made] = db.scalars(select(Report)).all()
    assert (made.words, made.language, made.email, made.reporter_id) == (
        WORDS,
        "fr",
        "reader@example.org",
        None,
    )


def test_report_of_what_is_not_published_is_not_there(
    db: Session, browser: Open, people: Cast, published: Contribution
) -> None:
    edition = db.get_one(Edition, published.edition_id)
    hidden = make_contribution(db, people.author, edition=edition)
    db.commit()
    for number in (hidden.number, "S-J-999"):
        assert browser().get(f"/en/contributions/{number}/report/").status_code == 404


def test_reports_from_one_address_are_limited(settings: Settings, published: Contribution) -> None:
    app = create_app(replace(settings, testing=False))
    reader = Browser(app.test_client())
    here = f"/en/contributions/{published.number}/report/"
    try:
        fields = {"csrf_token": reader.token(here), "reason": "other"}
        answers = [
            reader.client.post(here, data=fields | {"words": f"{index}"}).status_code
            for index in range(6)
        ]
    finally:
        limiter.enabled = False
        app.extensions["jsi_engine"].dispose()
    assert answers == [303] * 5 + [429]


def test_case_is_listed_counted_and_kept(db: Session, moderator: Browser, case: ReportCase) -> None:
    page = moderator.get("/en/moderation/")
    [link] = moderator.tree.xpath("//main//a[@href='/en/moderation/reports/']")
    assert link.text_content() == "1 essay is reported by readers."
    page = moderator.get("/en/moderation/reports/")
    assert "1 report" in page.text
    here = f"/en/moderation/reports/{case.id}/"
    page = moderator.get(here)
    assert WORDS in page.text
    assert moderator.submit({"outcome": "kept"}).status_code == 422
    page = moderator.submit(
        {"outcome": "kept", "words": "All of it is public."}, follow_redirects=True
    )
    assert "The case is closed." in page.text
    assert "No case is open." in page.text
    assert here in moderator.get("/en/moderation/reports/?closed=1").text
    assert "All of it is public." in moderator.get(here).text


def test_case_takes_down_and_puts_back(
    db: Session, browser: Open, moderator: Browser, case: ReportCase, published: Contribution
) -> None:
    here = f"/en/moderation/reports/{case.id}/"
    moderator.get(here)
    assert moderator.submit({"outcome": "removed"}).status_code == 422
    moderator.submit({"outcome": "removed", "reason": "It names a private person."})
    public = f"/en/contributions/{published.number}/"
    gone = browser().get(public)
    assert gone.status_code == 410
    assert "It names a private person." in gone.text
    moderator.get(here)
    page = moderator.submit({}, form="/reverse", follow_redirects=True)
    assert "The essay is published again." in page.text
    assert browser().get(public).status_code == 200


def test_case_that_was_closed_meanwhile_keeps_what_was_written(
    db: Session, people: Cast, moderator: Browser, case: ReportCase
) -> None:
    moderator.get(f"/en/moderation/reports/{case.id}/")
    operations.keep(db, people.organiser.actor, case.id, words="No.", language="en")
    db.commit()
    said = {"reason": "It names somebody.", "words": "Nothing wrong."}
    page = moderator.submit({"outcome": "kept"} | said)
    assert page.status_code == 422
    assert "This case has been closed already." in page.text
    [kept] = moderator.tree.xpath("//textarea[@readonly]")
    assert kept.text.split("\n\n") == ["It names somebody.", "Nothing wrong."]
    moderator.get(f"/en/moderation/reports/{case.id}/")
    assert not moderator.tree.xpath("//textarea")


@pytest.mark.parametrize("name", ["author", "stranger"])
def test_case_is_not_there_for_others(browser: Open, case: ReportCase, name: str) -> None:
    visitor = browser(f"{name}@example.org")
    here = f"/en/moderation/reports/{case.id}/"
    assert visitor.get(here).status_code == 404
    assert visitor.post(here, {"outcome": "kept", "words": "x"}).status_code == 404
    assert visitor.post(f"{here}reverse", {}).status_code == 404
    assert visitor.get("/en/moderation/reports/").status_code == 403


def test_organisers_find_the_cases_on_their_desk(browser: Open, people: Cast) -> None:
    organiser = browser("organiser@example.org")
    organiser.get("/en/organise/")
    assert organiser.tree.xpath("//main//a[@href='/en/moderation/reports/']")


def test_cases_are_searched(moderator: Browser, case: ReportCase, published: Contribution) -> None:
    here = f"/en/moderation/reports/{case.id}/"
    for found in (f"number:{published.number}", "state:published", "age:<1d"):
        assert here in moderator.get(f"/en/moderation/reports/?q={found}").text
    for missed in ("lang:ar", "age:>1d", "state:removed"):
        page = moderator.get(f"/en/moderation/reports/?q={missed}")
        assert "No case matches this search." in page.text
