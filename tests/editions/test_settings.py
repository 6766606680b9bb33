"""Settings of an edition, its themes and its questions, over HTTP."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.editions import queries
from app.editions.models import Edition
from tests.editions.conftest import DESK, reread
from tests.factories import Cast, make_contribution
from tests.http import Browser


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closes_at": "2027-01-01T08:00"}, "The call has to close after it opens."),
        ({"opens_at": "nonsense"}, "This value can’t be used here."),
        ({"opens_at": "0001-01-01T00:00"}, "Please check the year."),
        ({"opens_at": "2027-03-28T02:30"}, "this time does not exist there"),
        ({"time_zone": "Europe/Atlantis"}, "Please choose one of those offered."),
        ({"slug": "no spaces please"}, "Please use only lower-case letters"),
        ({"slug": ""}, "Please fill in this field."),
    ],
)
def test_settings_refuse_what_is_unfit(
    organiser: Browser, edition: Edition, fields: dict[str, str], words: str
) -> None:
    organiser.get(f"{DESK}editions/standing/settings")
    window = {"opens_at": "2027-01-01T09:00", "closes_at": "2027-12-01T09:00"}
    answer = organiser.submit(window | fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_settings_show_the_window_in_its_own_zone(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    row = db.merge(edition)
    row.opens_at, row.time_zone = datetime(2027, 1, 1, 0, tzinfo=UTC), "Asia/Seoul"
    db.commit()
    organiser.get(f"{DESK}editions/standing/settings")
    assert organiser.tree.get_element_by_id("opens_at").get("value") == "2027-01-01T09:00"
    assert organiser.submit({}).status_code == 303
    assert reread(db).opens_at == datetime(2027, 1, 1, 0, tzinfo=UTC)


def test_settings_without_the_box_switch_the_call_off(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/settings")
    form = organiser.tree.xpath("//main//form")[-1]
    fields = {name: value for name, value in form.form_values() if name != "is_open"}
    organiser.client.post(f"{DESK}editions/standing/settings", data=fields)
    assert not reread(db).is_open
    assert "The call closed on" in organiser.get(f"{DESK}editions/standing/").text


def test_settings_without_the_windows_fields_leave_it_as_it_is(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    row = db.merge(edition)
    row.opens_at, row.time_zone = datetime(2027, 1, 1, 0, tzinfo=UTC), "Asia/Seoul"
    db.commit()
    organiser.get(f"{DESK}editions/standing/settings")
    form = organiser.tree.xpath("//main//form")[-1]
    fields = {name: value for name, value in form.form_values() if not name.endswith("_at")}
    answer = organiser.client.post(f"{DESK}editions/standing/settings", data=fields)
    assert answer.status_code == 303
    assert reread(db).opens_at == datetime(2027, 1, 1, 0, tzinfo=UTC)


def test_settings_of_two_organisers_at_once_are_both_kept(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/settings")
    row = db.merge(edition)
    row.closes_at, row.release_later = datetime(2027, 6, 1, 12, tzinfo=UTC), True
    row.appeal_days = 20
    db.commit()
    assert organiser.submit({"appeal_days": "14", "opens_at": ""}).status_code == 303
    now = reread(db)
    assert (now.closes_at, now.release_later) == (datetime(2027, 6, 1, 12, tzinfo=UTC), True)
    assert (now.appeal_days, now.opens_at) == (14, None)


def test_a_moment_is_by_the_clocks_it_was_entered_beside(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/settings")
    row = db.merge(edition)
    row.opens_at, row.time_zone = datetime(2027, 1, 1, 0, tzinfo=UTC), "Asia/Seoul"
    db.commit()
    assert organiser.submit({"closes_at": "2027-06-01T14:00"}).status_code == 303
    now = reread(db)
    assert (now.opens_at, now.time_zone) == (datetime(2027, 1, 1, 0, tzinfo=UTC), "Asia/Seoul")
    assert now.closes_at == datetime(2027, 6, 1, 12, tzinfo=UTC)


def test_settings_shown_again_are_opened_with_what_they_show(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    address = f"{DESK}editions/standing/settings"
    organiser.get(address)
    row = db.merge(edition)
    row.closes_at, row.release_later = datetime(2027, 6, 1, 12, tzinfo=UTC), True
    row.appeal_days = 20
    db.commit()
    assert organiser.submit({"prefix": ""}).status_code == 422
    shown = dict(organiser.tree.xpath("//main//form")[-1].form_values())
    assert (shown["closes_at"], shown["appeal_days"]) == ("2027-06-01T14:00", "20")
    assert shown["release_later"] == "y"
    assert " " not in shown["opened"]
    # What the other one has switched on is seen now, and switched off on purpose.
    del shown["release_later"]
    answer = organiser.client.post(address, data=shown | {"prefix": "S", "closes_at": ""})
    assert answer.status_code == 303
    now = reread(db)
    assert (now.release_later, now.closes_at, now.appeal_days) == (False, None, 20)


def test_settings_of_a_page_that_did_not_say_how_it_was_opened_are_those_sent(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    address = f"{DESK}editions/standing/settings"
    organiser.get(address)
    fields = dict(organiser.tree.xpath("//main//form")[-1].form_values())
    del fields["opened"]
    sent = fields | {"appeal_days": "14", "prefix": ""}
    organiser.page = organiser.client.post(address, data=sent)
    assert organiser.page.status_code == 422
    assert organiser.submit({"prefix": "S"}).status_code == 303
    assert reread(db).appeal_days == 14


@pytest.mark.parametrize("opened", ["", "[]", "{", "[" * 100_000])
def test_settings_opened_nobody_knows_how_are_those_sent(
    organiser: Browser, edition: Edition, db: Session, opened: str
) -> None:
    organiser.get(f"{DESK}editions/standing/settings")
    assert organiser.submit({"appeal_days": "14", "opened": opened}).status_code == 303
    assert reread(db).appeal_days == 14


def test_rules_of_two_organisers_at_once_are_both_kept(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/tracks/jurist/rules")
    track = queries.track(db, db.merge(edition), "jurist")
    assert track is not None
    found, track.licences, track.is_blind = track.licences, ["CC-BY-4.0"], True
    db.commit()
    assert organiser.submit({"max_length": "7000", "licences": found[::-1]}).status_code == 303
    db.refresh(track)
    assert (track.licences, track.is_blind, track.max_length) == (["CC-BY-4.0"], True, 7000)


def test_settings_say_how_decisions_are_told(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/settings")
    assert organiser.submit({"appeal_days": "400"}).status_code == 422
    assert organiser.tree.xpath("//*[@id='appeal_days-error']")
    assert organiser.submit({"appeal_days": "14", "decides_together": "y"}).status_code == 303
    assert (reread(db).appeal_days, reread(db).decides_together) == (14, True)
    organiser.get(f"{DESK}editions/standing/settings")
    assert organiser.tree.get_element_by_id("decides_together").get("checked") is not None


def test_rules_say_how_a_track_is_moderated(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    address = f"{DESK}editions/standing/tracks/jurist/rules"
    organiser.get(address)
    assert organiser.tree.get_element_by_id("hides_moderators").get("checked") is not None
    assert organiser.submit({"is_blind": "y", "wants_second_opinion": "y"}).status_code == 303
    db.rollback()
    track = queries.track(db, reread(db), "jurist")
    assert track is not None
    assert (track.is_blind, track.wants_second_opinion, track.hides_moderators) == (
        True,
        True,
        True,
    )
    guidance = organiser.get("/en/contribute/jurist/").text
    assert "without being told who wrote them" in guidance
    assert "without being told" not in organiser.get("/en/contribute/digital_actor/").text


def test_themes_are_moved_and_deleted_by_buttons(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/")
    organiser.submit({}, form="themes/governance/move")
    themes = queries.themes_with_questions(db, reread(db))
    assert [theme.code for theme in themes] == ["prevention", "governance", "response"]

    organiser.get(f"{DESK}editions/standing/")
    answer = organiser.submit({}, form="themes/response/delete", follow_redirects=True)
    assert "This theme still has questions" in answer.text
    organiser.submit({}, form="questions/standing-response/delete")
    organiser.get(f"{DESK}editions/standing/")
    organiser.submit({}, form="themes/response/delete")
    themes = queries.themes_with_questions(db, reread(db))
    assert [theme.code for theme in themes] == ["prevention", "governance"]


def test_question_that_is_answered_stays(
    organiser: Browser, edition: Edition, people: Cast, db: Session
) -> None:
    make_contribution(db, people.author, edition=edition)
    db.commit()
    organiser.get(f"{DESK}editions/standing/")
    address = "questions/standing-prevention/delete"
    answer = organiser.submit({}, form=address, follow_redirects=True)
    assert "Contributions answer this question." in answer.text
    assert queries.question_by_slug(db, "standing-prevention") is not None


def test_question_changes_its_theme_and_tracks(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}questions/standing-response/settings")
    tracks = ["digital_actor"]
    answer = organiser.submit({"slug": "respond", "theme": "governance", "tracks": tracks})
    assert answer.status_code == 303
    reread(db)
    question = queries.question_by_slug(db, "respond")
    assert question is not None
    assert (question.theme.code, question.tracks) == ("governance", ["digital_actor"])
