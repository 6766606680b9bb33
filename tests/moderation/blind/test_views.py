"""In a blind track no page of the desk, no download and no mail tells who wrote an essay."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import operations
from app.contributions.byline import Author
from app.contributions.models import Contribution
from app.core.outbox import OutboxMail
from app.core.policy import Role
from app.editions.models import Edition, Track
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Verdict
from app.moderation.talk import operations as talk
from app.notifications.mails import render
from tests.access import ACCESS, Access
from tests.factories import Cast, make_account, make_edition
from tests.factories.contributions import make_contribution, make_essay
from tests.http import Open
from tests.moderation.conftest import COMPLETE

NAMES = ("Zénobie", "Zenobie", "Quisaitout", "Palmyre", "z.q@palmyre.example", "0000-0002-1825")
TELLING = (*NAMES, "Née au désert", "Gazette du Sable", "archiviste en chef", "Syria")
WRITER = Author(
    "Zénobie Quisaitout",
    "Zenobie Quisaitout",
    "Quisaitout, Zénobie",
    "Université de Palmyre",
    "SY",
    orcid="0000-0002-1825-0097",
    biography="Née au désert.",
    corresponding=True,
    contact="z.q@palmyre.example",
    key="owner",
)
SECOND = Author("Quisaitout le Jeune", affiliation="Palmyre", key="guest")
FIELDS = {
    "authors": (WRITER, SECOND),
    "previously_published": "Gazette du Sable, 2016",
    "extra": {"field_of_law": "space law", "role": "archiviste en chef"},
}


@pytest.fixture
def track(db: Session, people: Cast) -> Track:
    make_edition(db)
    people.author.name, people.author.latin_name = WRITER.name, WRITER.latin
    people.author.affiliation = WRITER.affiliation
    for each in db.scalars(select(Track)):
        each.is_blind = True
    db.flush()
    return db.scalars(select(Track).where(Track.code == "jurist")).one()


@pytest.fixture
def essay(db: Session, people: Cast, track: Track) -> Contribution:
    """Decided once and changed, talked about, waiting again, in the moderator's hands."""
    edition = db.get_one(Edition, track.edition_id)
    made = make_contribution(db, people.author, edition=edition, **FIELDS)
    moderator = people.actor("moderator")
    claiming.claim(db, moderator, made.id)
    deciding.decide(
        db, moderator, made.id, Verdict.CHANGES, revision_seen=1, **COMPLETE[Verdict.CHANGES]
    )
    changed = make_essay(
        "fr",
        title="De la paix, revu",
        question_id=made.question_id,
        authors=(replace(WRITER, biography="Née au désert, dit-on."), SECOND),
        previously_published="Gazette du Sable, 2017",
        extra={"field_of_law": "space law", "role": "archiviste en chef, émérite"},
    )
    operations.save_draft(db, people.actor("author"), made.id, changed, seen_version=2)
    operations.submit(db, people.actor("author"), made.id, note="Voilà.")
    talk.write_to_author(db, moderator, made.id, "Source ?", language="fr")
    claiming.claim(db, moderator, made.id)
    talk.answer(db, people.actor("author"), made.id, "La Charte.", language="fr")
    db.commit()
    return made


def told(text: str) -> list[str]:
    return [each for each in TELLING if each in text]


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
