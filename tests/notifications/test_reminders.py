"""Reminders of drafts: from the moved clock through the worker to a real SMTP server; their end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.contributions import operations
from app.contributions.following import reminders
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.audit import AuditEntry
from app.editions.models import Edition
from app.moderation.organising import operations as organising
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Open
from tests.notifications.smtp import Postbox

OPENS = datetime(2026, 11, 1, 12, tzinfo=UTC)
CLOSES = datetime(2026, 11, 30, 12, tzinfo=UTC)
At = Callable[[datetime], None]


def before(days: float) -> datetime:
    return CLOSES - timedelta(days=days)


@pytest.fixture
def edition(db: Session, at: At) -> Edition:
    at(OPENS)
    return make_edition(db, closes_at=CLOSES)


@pytest.fixture
def draft(db: Session, people: Cast, edition: Edition) -> Contribution:
    """Begun by an author who reads Arabic, four weeks before the call closes."""
    people.author.ui_language = "ar"
    made = make_contribution(db, people.author, edition=edition, state=State.DRAFT)
    db.commit()
    return made


@pytest.fixture
def minute(app: Flask, work: Callable[[], int], at: At) -> Callable[[datetime], None]:
    """The worker's minute at that moment: sweeps, jobs, and the jobs that come of these."""

    def pass_at(moment: datetime) -> None:
        at(moment)
        app.extensions["jsi_sweep"]()
        while work():
            pass

    return pass_at


def test_worker_reminds_a_week_and_a_day_before_once_each(
    draft: Contribution, minute: Callable[[datetime], None], postbox: Postbox
) -> None:
    sent = []
    for days in (8, 7.01, 7, 6.5, 3, 1.01, 1, 0.9, 0.5, 0, -1):
        minute(before(days))
        minute(before(days))
        sent.append(len(postbox.messages))
    assert sent == [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    message = postbox.messages[0]
    assert message["To"] == "author@example.org"
    assert message["Content-Language"] == "ar"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"https://site.example/ar/my/contributions/{draft.id}/edit" in text


def test_worker_that_slept_reminds_of_the_last_day_only(
    draft: Contribution, minute: Callable[[datetime], None], postbox: Postbox
) -> None:
    minute(before(0.5))
    assert len(postbox.messages) == 1


@pytest.mark.parametrize(
    "why", ["submitted", "empty", "stopped", "closed account", "switched off", "begun since"]
)
def test_worker_does_not_remind(
    db: Session,
    people: Cast,
    edition: Edition,
    minute: Callable[[datetime], None],
    at: At,
    postbox: Postbox,
    why: str,
) -> None:
    at(before(0.8) if why == "begun since" else OPENS)
    changes = {"body": ""} if why == "empty" else {}
    draft = make_contribution(db, people.author, edition=edition, state=State.DRAFT, **changes)
    match why:
        case "submitted":
            operations.submit(db, people.author.actor, draft.id)
        case "stopped":
            people.author.wants_reminders = False
        case "closed account":
            people.author.active = False
        case "switched off":
            edition.is_open = False
    db.commit()
    for days in (7, 1, 0.5):
        if why != "begun since" or days < 0.8:
            minute(before(days))
    assert [each["Subject"] for each in postbox.messages if "edit" in str(each)] == []


def test_worker_reminds_of_more_time_a_day_before_it_ends(
    db: Session,
    people: Cast,
    draft: Contribution,
    minute: Callable[[datetime], None],
    at: At,
    postbox: Postbox,
) -> None:
    at(before(6.5))
    until = CLOSES + timedelta(days=3)
    organising.extend(db, people.actor("organiser"), draft.id, until=until, reason="Malade.")
    db.commit()
    for moment in (before(6.4), before(0.5), until - timedelta(days=2)):
        minute(moment)
    assert len(postbox.messages) == 1  # of the extension itself
    minute(until - timedelta(hours=20))
    minute(until - timedelta(hours=19))
    assert len(postbox.messages) == 2


def stop_link(postbox: Postbox) -> str:
    address = str(postbox.messages[0]["List-Unsubscribe"]).strip(" <>")
    return address.removeprefix("https://site.example")


def entries(db: Session) -> list[tuple[int | None, object]]:
    db.rollback()
    found = db.scalars(
        select(AuditEntry).where(AuditEntry.action == "account:reminders_changed")
    ).all()
    return [(entry.actor_id, entry.data["wanted"]) for entry in found]


def test_stop_by_one_click_needs_neither_session_nor_token_nor_redirect(
    db: Session,
    people: Cast,
    draft: Contribution,
    minute: Callable[[datetime], None],
    postbox: Postbox,
    client: FlaskClient,
) -> None:
    minute(before(7))
    for _ in range(2):
        answer = client.post(stop_link(postbox), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert entries(db) == [(people.author.id, False)]
    minute(before(1))
    assert len(postbox.messages) == 1


def test_stop_page_asks_first(
    db: Session,
    draft: Contribution,
    minute: Callable[[datetime], None],
    postbox: Postbox,
    browser: Open,
) -> None:
    minute(before(7))
    visitor = browser()
    link = stop_link(postbox)
    assert visitor.get(link).status_code == 200
    assert entries(db) == []
    assert visitor.client.post(link).status_code == 400
    assert visitor.client.post(link, data={"List-Unsubscribe": "Two"}).status_code == 400
    assert entries(db) == []
    answer = visitor.get(link) and visitor.submit({})
    assert answer.status_code == 200
    assert lxml_html.document_fromstring(answer.text).xpath("//main//*[@role='status']")
    assert len(entries(db)) == 1


@pytest.mark.parametrize("token", ["none", "MQ", "MQ.forged"])
def test_stop_with_a_forged_link_is_not_found(client: FlaskClient, token: str) -> None:
    assert client.get(f"/en/reminders/stop/{token}").status_code == 404
    one_click = {"List-Unsubscribe": "One-Click"}
    assert client.post(f"/en/reminders/stop/{token}", data=one_click).status_code == 404


def test_profile_wants_them_again(db: Session, people: Cast, browser: Open) -> None:
    people.author.wants_reminders = False
    db.commit()
    author = browser(people.author.email)
    author.get("/en/account")
    author.submit({"wants_reminders": "y"}, form=0)
    assert entries(db) == [(people.author.id, True)]


def test_due_takes_as_many_queries_for_any_number(
    session: Session, engine: Engine, cast: Cast, at: At, count_queries: Callable[..., object]
) -> None:
    edition = None
    for number in (1, 3):
        at(OPENS)
        edition = edition or make_edition(session, closes_at=CLOSES)
        for _ in range(number if number == 1 else number - 1):
            make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
        session.flush()
        at(before(7))
        with count_queries(engine) as statements:  # type: ignore[attr-defined]
            assert len(list(reminders.due(session))) == number
        assert len(statements) == 2
