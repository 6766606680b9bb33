"""In a blind track no page of the desk, no download and no mail tells who wrote an essay."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.outbox import OutboxMail
from app.core.policy import Role
from app.editions.models import Track
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Verdict
from app.notifications.mails import render
from tests.access import ACCESS, Access
from tests.factories import Cast, make_account
from tests.http import Open
from tests.moderation.blind.telling import WRITER, told
from tests.moderation.conftest import COMPLETE


def addresses(app: Flask, essay: Contribution) -> list[str]:
    """Every page of the desk that this essay has, and those that list it."""
    routes = app.url_map.bind("")
    values = {"lang": "en", "contribution_id": essay.id, "number": 1}
    found = []
    for rule in app.url_map.iter_rules():
        kind = ACCESS.get(rule.endpoint)
        if "GET" not in (rule.methods or ()) or kind not in {Access.ENTRUSTED, Access.MODERATORS}:
            continue
        if rule.arguments <= set(values):
            wanted = {name: values[name] for name in rule.arguments}
            found.append(routes.build(rule.endpoint, wanted))
    return found


def test_no_page_of_the_desk_tells(
    app: Flask, browser: Open, people: Cast, essay: Contribution
) -> None:
    moderator = browser("moderator@example.org")
    opened = 0
    for address in [
        *addresses(app, essay),
        f"/en/moderation/{essay.id}/compare?from=1&to=2",
        f"/en/moderation/{essay.id}/revisions/2/",
    ]:
        page = moderator.get(address)
        assert told(page.text) == [], address
        assert told(str(page.headers)) == [], address
        opened += page.status_code == 200
    assert opened >= 6


def test_organisers_who_moderate_see_them(
    browser: Open, db: Session, people: Cast, essay: Contribution
) -> None:
    make_account(db, "both@example.org", Role.MODERATOR, Role.ORGANISER)
    db.commit()
    page = browser("both@example.org").get(f"/en/moderation/{essay.id}/").text
    assert WRITER.name in page
    assert WRITER.biography[:10] in page


@pytest.mark.parametrize("tail", ["", "compare?from=1&to=2", "revisions/1/", "messages/"])
def test_other_tracks_tell(
    browser: Open, db: Session, essay: Contribution, track: Track, tail: str
) -> None:
    """Else the tests above would prove nothing."""
    track.is_blind = False
    db.commit()
    page = browser("moderator@example.org").get(f"/en/moderation/{essay.id}/{tail}").text
    assert told(page)


def test_what_is_published_tells(
    browser: Open, db: Session, people: Cast, essay: Contribution, track: Track
) -> None:
    deciding.decide(
        db,
        people.actor("moderator"),
        essay.id,
        Verdict.ACCEPT,
        revision_seen=2,
        **COMPLETE[Verdict.ACCEPT],
    )
    db.commit()
    page = browser("moderator@example.org").get(f"/en/moderation/{essay.id}/").text
    assert WRITER.name in page


def test_a_rejection_does_not_tell(
    browser: Open, db: Session, people: Cast, essay: Contribution
) -> None:
    deciding.decide(
        db,
        people.actor("moderator"),
        essay.id,
        Verdict.REJECT,
        revision_seen=2,
        **COMPLETE[Verdict.REJECT],
    )
    db.commit()
    page = browser("moderator@example.org").get(f"/en/moderation/{essay.id}/")
    assert page.status_code == 200
    assert told(page.text) == []


def test_no_mail_to_moderators_tells(
    app: Flask, db: Session, people: Cast, essay: Contribution
) -> None:
    moderators = (people.moderator.email, people.other_moderator.email)
    mails = db.scalars(select(OutboxMail).where(OutboxMail.recipient.in_(moderators))).all()
    assert mails
    for mail in mails:
        with app.test_request_context():
            rendered = render(mail, "https://site.example/")
        assert told(rendered.subject + rendered.text + rendered.html + str(mail.data)) == []
