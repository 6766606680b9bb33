"""Lists that were looked at and not confirmed: changed, expired, removed; over HTTP."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.moderation.bulk import models
from app.moderation.bulk.models import BulkItem, BulkRun
from tests.factories import Cast
from tests.http import Open
from tests.moderation.bulk.test_views import HERE, REJECT, run_id


def test_what_was_chosen_can_be_changed(
    browser: Open, db: Session, people: Cast, essays: list[Contribution]
) -> None:
    moderator = browser(people.moderator.email)
    chosen = REJECT | {"action": "changes", "points": "Une source\nUne date"}
    moderator.post(HERE + "?q=lang:fr", chosen)
    shown = moderator.get(f"{HERE}runs/{run_id(db)}/")
    assert "Une date" in shown.text
    [back] = moderator.tree.xpath("//a[contains(@href, 'like=')]/@href")
    again = moderator.get(back)
    assert again.status_code == 200
    assert "Hors sujet.</textarea>" in again.text
    assert moderator.tree.xpath("//input[@value='changes']/@checked")
    assert moderator.tree.xpath("//input[@value='off_topic']/@checked")
    assert moderator.tree.xpath("//textarea[@name='points']")[0].text.split() == [
        "Une", "source", "Une", "date"
    ]  # fmt: skip
    theirs = browser(people.organiser.email).get(back).text
    assert "There is no such bulk action." in theirs
    assert "Hors sujet." not in theirs


def test_what_was_not_confirmed_in_time_is_found_anew_and_removed(
    app: Flask,
    browser: Open,
    db: Session,
    people: Cast,
    essays: list[Contribution],
    work: Callable[[], int],
) -> None:
    moderator = browser(people.moderator.email)
    moderator.post(HERE + "?q=lang:fr", REJECT)
    id = run_id(db)
    address = f"{HERE}runs/{id}/"
    assert "Can be confirmed until" in moderator.get(address).text
    row = db.get_one(BulkRun, id)
    row.asked_at -= models.KEPT_UNCONFIRMED
    db.commit()
    app.extensions["jsi_sweep"]()
    work()
    for open_late in (
        lambda: moderator.post(address + "start", {}),
        lambda: moderator.get(address),
    ):
        late = open_late()
        assert late.location == f"{HERE}?q=lang:fr&like={id}"
        again = moderator.get(late.location).text
        assert "This list was made more than a day ago." in again
        assert moderator.tree.xpath("//input[@value='reject']/@checked")
        assert "Hors sujet.</textarea>" in again
    listed = moderator.get(HERE + "runs/").text
    assert ("Expired</span>" in listed, "Not confirmed" in listed) == (True, False)
    db.rollback()
    db.get_one(BulkRun, id).asked_at -= models.KEPT_EXPIRED
    db.commit()
    app.extensions["jsi_sweep"]()
    work()
    db.rollback()
    assert db.scalars(select(BulkItem)).all() == db.scalars(select(BulkRun)).all() == []
    tails = ("start", "without", "stop")
    answers = [moderator.get(address), *(moderator.post(address + tail, {}) for tail in tails)]
    removed = "One that is not confirmed expires after a day and is removed a week later."
    for gone in answers:
        assert gone.status_code == 404
        assert removed in gone.text
    anew = moderator.get(f"{HERE}?q=lang:fr&like={id}")
    assert anew.status_code == 200
    assert removed in anew.text
    assert "60 contributions." in anew.text
    assert removed not in moderator.get(HERE).text
    assert {each.state for each in db.scalars(select(Contribution))} == {State.SUBMITTED}
