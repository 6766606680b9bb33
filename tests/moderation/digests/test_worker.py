"""Digests through the worker to a real SMTP server; stopped by a link; chosen in the profile."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Digest
from app.core.audit import AuditEntry
from tests.factories import Cast, make_edition
from tests.http import Open
from tests.moderation.digests.conftest import DAY, HOUR, MONDAY, At, one
from tests.notifications.conftest import postbox, server, settings  # noqa: F401
from tests.notifications.smtp import Postbox

Minute = Callable[[datetime], None]


@pytest.fixture
def minute(app: Flask, work: Callable[[], int], at: At) -> Minute:
    """The worker's minute at that moment: sweeps, jobs, and the jobs that come of these."""

    def pass_at(moment: datetime) -> None:
        at(moment)
        app.extensions["jsi_sweep"]()
        while work():
            pass

    return pass_at


@pytest.fixture
def waiting(db: Session, at: At, request: Any) -> Cast:
    at(MONDAY - 10 * DAY)
    people: Cast = request.getfixturevalue("people")
    one(db, people, make_edition(db))
    people.moderator.ui_language = "ar"
    db.commit()
    return people


def stop_link(postbox: Postbox) -> str:  # noqa: F811
    address = str(postbox.messages[-1]["List-Unsubscribe"]).strip(" <>")
    return address.removeprefix("https://site.example")


def changes(db: Session) -> list[tuple[int | None, object]]:
    db.rollback()
    found = db.scalars(select(AuditEntry).where(AuditEntry.action == "account:digest_changed"))
    return [(entry.actor_id, entry.data["digest"]) for entry in found]


def digests(postbox: Postbox) -> list[Any]:  # noqa: F811
    return [each for each in postbox.messages if each["List-Unsubscribe"]]


def test_worker_sends_one_a_day_in_the_moderator_s_language(
    db: Session,
    waiting: Cast,
    minute: Minute,
    postbox: Postbox,  # noqa: F811
) -> None:
    for hours in (-1, 0, 1, 2):
        minute(MONDAY + hours * HOUR)
    # One was due since Sunday's morning, the next since Monday's.
    assert len(digests(postbox)) == 2
    message = digests(postbox)[1]
    assert (message["To"], message["Content-Language"]) == ("moderator@example.org", "ar")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",)).get_content()
    assert "https://site.example/ar/moderation/1/" in text


def test_worker_tells_organisers_what_is_overdue(
    db: Session,
    waiting: Cast,
    minute: Minute,
    postbox: Postbox,  # noqa: F811
    client: FlaskClient,
) -> None:
    waiting.moderator.digest = Digest.NEVER.value
    waiting.organiser.digest = Digest.DAILY.value
    waiting.organiser.ui_language = "en"
    for each in ("moderator", "other_moderator", "jurist_moderator"):
        getattr(waiting, each).reads = ["zh"]
    db.commit()
    minute(MONDAY)
    [message] = digests(postbox)
    assert message["To"] == "organiser@example.org"
    text = " ".join(message.get_body(("plain",)).get_content().split())
    assert "Jurists, \u2068Français\u2069: 1, the longest for" in text
    assert "no moderator reads this language in this track" in text
    assert "https://site.example/en/organise/moderation/" in text
    assert "because you are an organiser" in text
    assert "Your queue is here" not in text
    assert (
        client.post(stop_link(postbox), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    )
    assert changes(db) == [(waiting.organiser.id, "never")]


def test_stop_by_one_click_needs_neither_session_nor_token(
    db: Session,
    waiting: Cast,
    minute: Minute,
    postbox: Postbox,  # noqa: F811
    client: FlaskClient,
) -> None:
    minute(MONDAY)
    link = stop_link(postbox)
    assert client.get(link).status_code == 200
    assert client.post(link).status_code == 400
    assert changes(db) == []
    for _ in range(2):
        answer = client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert changes(db) == [(waiting.moderator.id, "never")]
    minute(MONDAY + DAY)
    assert len(digests(postbox)) == 1


def test_links_of_reminders_do_not_stop_digests(
    app: Flask, waiting: Cast, client: FlaskClient
) -> None:
    from app.accounts.reminders import DIGEST, token

    with app.app_context():
        reminders, digest = token(waiting.moderator.id), token(waiting.moderator.id, DIGEST)
    assert client.get(f"/en/moderation/digest/stop/{reminders}").status_code == 404
    assert client.get(f"/en/reminders/stop/{digest}").status_code == 404


def test_profile_offers_the_rhythm_to_moderators_only(
    db: Session, waiting: Cast, browser: Open, at: At
) -> None:
    at(MONDAY)
    moderator = browser("jurist.moderator@example.org")
    moderator.get("/en/account")
    moderator.submit({"digest": "hourly"}, form=0)
    assert moderator.page is not None
    assert moderator.page.status_code == 422
    moderator.get("/en/account")
    moderator.submit({"digest": "daily"}, form=0)
    assert changes(db) == [(waiting.jurist_moderator.id, "daily")]
    db.refresh(waiting.jurist_moderator)
    assert waiting.jurist_moderator.digest_sent_at == MONDAY
    author = browser("author@example.org")
    assert 'name="digest"' not in author.get("/en/account").text
