"""The lease, giving and the workload, over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.editions.models import Edition
from app.moderation.claims import operations
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.search.language import MOST_CHARACTERS
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution
from tests.http import Browser, Open
from tests.moderation.conftest import answer

NOON = datetime(2126, 11, 22, 12, tzinfo=UTC)
At = Callable[[datetime], None]


@pytest.fixture
def waiting(db: Session, people: Cast, at: At) -> Contribution:
    """The author's, in French, for jurists."""
    at(NOON)
    contribution = make_contribution(db, people.author, edition=make_edition(db))
    db.commit()
    return contribution


@pytest.fixture
def moderator(browser: Open, people: Cast) -> Browser:
    return browser("moderator@example.org")


def claimed(db: Session, people: Cast, contribution: Contribution, name: str = "moderator") -> None:
    operations.claim(db, people.actor(name), contribution.id)
    db.commit()


def holder(db: Session, contribution: Contribution) -> int | None:
    db.rollback()
    found = db.get(Claim, contribution.id)
    return found.moderator_id if found else None


def said(visitor: Browser) -> str:
    notices = visitor.tree.xpath("//div[contains(@class, 'notice')]")
    return " ".join(" ".join(notice.text_content().split()) for notice in notices)


def test_renew_answers_a_script(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser, at: At
) -> None:
    claimed(db, people, waiting)
    moderator.get(f"/en/moderation/{waiting.id}/")
    [lease] = moderator.tree.xpath("//*[@id='lease']")
    assert (lease.get("data-seconds"), lease.get("data-renew")) == (
        "1800",
        f"/en/moderation/{waiting.id}/renew",
    )
    at(NOON + timedelta(minutes=10))
    token = {"X-CSRFToken": lease.get("data-token")}
    given = moderator.client.post(lease.get("data-renew"), headers=token)
    assert given.status_code == 200
    assert given.json == {
        "until": "2126-11-22T12:40:00+00:00",
        "shown": "22 November 2126, 12:40 UTC",
        "seconds": 1800,
    }
    assert moderator.client.post(lease.get("data-renew")).status_code == 400
    at(NOON + timedelta(minutes=10) + LEASE)
    refused = moderator.client.post(lease.get("data-renew"), headers=token)
    assert refused.status_code == 409
    assert refused.json is not None
    assert "no longer" in refused.json["message"]


def test_one_presses_take_in_hand_in_the_queue(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    moderator.get("/en/moderation/")
    [button] = moderator.tree.xpath("//ol[@class='entries']//button[@form='claims']")
    described = button.get("aria-describedby")
    assert moderator.tree.xpath(f"//a[@id='{described}']")[0].text_content() == "De la paix"
    moderator.post(button.get("formaction"))
    assert holder(db, waiting) == people.moderator.id
    moderator.get("/en/moderation/")
    assert moderator.tree.xpath("//section[@aria-labelledby='in-hand']//a/@href") == [
        f"/en/moderation/{waiting.id}/"
    ]
    assert not moderator.tree.xpath("//button[@form='claims']")


def test_release_and_next(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    claimed(db, people, waiting)
    moderator.get(f"/en/moderation/{waiting.id}/")
    moderator.submit({}, form="/release-and-next", follow_redirects=True)
    assert "Nothing else is left." in said(moderator)
    other = make_contribution(db, people.author, edition=db.get_one(Edition, waiting.edition_id))
    claimed(db, people, waiting)
    answered = moderator.post(f"/en/moderation/{waiting.id}/release-and-next")
    assert answered.location == f"/en/moderation/{other.id}/"
    claimed(db, people, waiting, "other_moderator")
    moderator.post(f"/en/moderation/{waiting.id}/release-and-next", follow_redirects=True)
    assert "Other Moderator has this in hand" in said(moderator)


def test_release_and_next_of_a_search_nobody_can_read_lets_go_of_nothing(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    make_contribution(db, people.author, edition=db.get_one(Edition, waiting.edition_id))
    claimed(db, people, waiting)
    address = f"/en/moderation/{waiting.id}/"
    answered = moderator.post(f"{address}release-and-next", {"q": "lang:xx"})
    assert answered.location.partition("?")[0] == address
    assert [claim.contribution_id for claim in db.scalars(select(Claim))] == [waiting.id]


@pytest.mark.parametrize(("length", "kept"), [(MOST_CHARACTERS, True), (200_000, False)])
def test_addresses_carry_on_no_more_than_a_search(
    waiting: Contribution, moderator: Browser, length: int, kept: bool
) -> None:
    answered = moderator.post(f"/en/moderation/{waiting.id}/claim", {"q": "x" * length})
    assert answered.location.endswith("?q=" + "x" * length) is kept
    assert kept or answered.location == f"/en/moderation/{waiting.id}/"


def test_hand_over_offers_colleagues_and_gives_it(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    claimed(db, people, waiting)
    address = f"/en/moderation/{waiting.id}/hand-over"
    assert moderator.get(address).status_code == 200
    labels = [
        " ".join(each.text_content().split())
        for each in moderator.tree.xpath("//fieldset[@id='to']//label")
    ]
    assert labels == ["Jurist Moderator 0 in hand", "Other Moderator 0 in hand"]
    assert moderator.submit({"to": str(people.author.id)}).status_code == 422
    moderator.get(address)
    assert moderator.submit({}).status_code == 422
    moderator.get(address)
    moderator.submit({"to": str(people.other_moderator.id)}, follow_redirects=True)
    assert "Your colleague is being told." in said(moderator)
    assert holder(db, waiting) == people.other_moderator.id
    moderator.get(address, follow_redirects=True)
    assert "You no longer have this essay in hand." in said(moderator)


def test_assign_from_the_workload(
    db: Session, people: Cast, waiting: Contribution, organiser: Browser
) -> None:
    claimed(db, people, waiting)
    page = organiser.get("/en/organise/moderation/")
    assert page.status_code == 200
    rows = organiser.tree.xpath("//table[.//a[contains(@href, '/people/')]]/tbody/tr")
    assert [" ".join(row.xpath("./th")[0].text_content().split()) for row in rows] == [
        "Jurist Moderator",
        "Moderator",
        "Other Moderator",
    ]
    [link] = organiser.tree.xpath(
        f"//a[contains(@href, '/organise/moderation/{waiting.id}/')]/@href"
    )
    organiser.get(link)
    assert "Moderator has it in hand until" in " ".join(organiser.tree.text_content().split())
    # Somebody else takes it meanwhile.
    operations.release(db, people.actor("moderator"), waiting.id)
    claimed(db, people, waiting, "other_moderator")
    organiser.submit({"to": str(people.jurist_moderator.id)}, follow_redirects=True)
    assert "Other Moderator has this in hand" in said(organiser)
    organiser.submit({"to": str(people.jurist_moderator.id)}, follow_redirects=True)
    assert "has been given to the moderator" in said(organiser)
    assert holder(db, waiting) == people.jurist_moderator.id


def test_notes_that_come_too_late_are_shown_to_be_copied(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    organiser: Browser,
    at: At,
) -> None:
    claimed(db, people, waiting)
    note = {"to": str(people.jurist_moderator.id), "note": "Merci de relire."}
    moderator.get(f"/en/moderation/{waiting.id}/hand-over")
    organiser.get(f"/en/organise/moderation/{waiting.id}/")
    at(NOON + LEASE)
    given = moderator.page
    assert moderator.submit(note).status_code == 409
    assert moderator.tree.xpath("string(//textarea[@readonly])") == note["note"]
    moderator.page = given
    # Without words there is nothing to keep.
    assert moderator.submit(note | {"note": ""}).location == f"/en/moderation/{waiting.id}/"
    claimed(db, people, waiting, "other_moderator")
    asked = organiser.page
    assert organiser.submit(note).status_code == 409
    assert organiser.tree.xpath("string(//textarea[@readonly])") == note["note"]
    waiting.state = State.WITHDRAWN.value
    db.commit()
    organiser.page = asked
    assert organiser.submit(note).status_code == 409
    assert organiser.tree.xpath("string(//textarea[@readonly])") == note["note"]


def test_assign_of_what_does_not_wait_leads_back(
    db: Session, people: Cast, waiting: Contribution, organiser: Browser
) -> None:
    edition = db.get_one(Edition, waiting.edition_id)
    accepted = make_contribution(db, people.author, edition=edition, state=State.ACCEPTED)
    db.commit()
    answered = organiser.get(f"/en/organise/moderation/{accepted.id}/")
    assert answered.location == "/en/organise/moderation/"
    assert organiser.get("/en/organise/moderation/999999/").status_code == 404


def test_item_leads_to_what_changed_since_the_moderator_looked(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser, browser: Open
) -> None:
    me = people.actor("moderator")
    operations.claim(db, me, waiting.id)
    deciding.decide(
        db,
        me,
        waiting.id,
        Verdict.CHANGES,
        reasons=[Reason.SOURCES],
        words="Citez.",
        revision_seen=1,
    )
    answer(db, people, waiting)
    db.commit()
    moderator.get(f"/en/moderation/{waiting.id}/")
    [link] = moderator.tree.xpath("//section[@aria-labelledby='since']//a/@href")
    assert link == f"/en/moderation/{waiting.id}/compare?from=1&to=2"
    assert moderator.get(link).status_code == 200
    other = browser("other.moderator@example.org")
    assert "Since you last looked" not in other.get(f"/en/moderation/{waiting.id}/").text


def test_keys_are_listed_on_queue_and_item(waiting: Contribution, moderator: Browser) -> None:
    for address in ("/en/moderation/", f"/en/moderation/{waiting.id}/"):
        moderator.get(address)
        keys = moderator.tree.xpath("//dialog[@id='keys']//kbd")
        assert [key.text for key in keys] == ["?", "j", "k", "Enter", *"crrn/d[]", "Esc"]
