"""Co-authors: invited by mail, confirming, declining, let in and out again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import operations, policy, queries
from app.contributions.byline import Author
from app.contributions.invitations import jobs as invitation_jobs
from app.contributions.invitations import operations as invitations
from app.contributions.invitations import queries as invitation_queries
from app.contributions.invitations.models import Answer, Invitation
from app.contributions.models import Contribution, Draft
from app.contributions.states import State
from app.core.audit import AuditEntry
from app.core.errors import Conflict, DomainError, Invalid, NotFound, Several
from app.core.languages import CODES
from app.core.outbox import MailKind, OutboxMail
from app.editions.choices import Check
from app.editions.models import Track
from app.moderation.claims import operations as claiming
from app.notifications import mails
from tests.factories import Cast, make_contribution, make_edition, make_essay
from tests.http import Browser

Open = Callable[..., Browser]
NOON = datetime(2017, 3, 1, 12, tzinfo=UTC)
GUEST = "stranger@example.org"
AUTHORS = (
    Author("Amina Auteur", affiliation="I", key="owner"),
    Author("ليلى", "Layla", affiliation="J", key="layla"),
    Author("王芳", affiliation="K", key="wang"),
)


@pytest.fixture
def essay(session: Session, cast: Cast) -> Contribution:
    return make_contribution(
        session,
        cast.author,
        edition=make_edition(session),
        state=State.DRAFT,
        authors=AUTHORS,
    )


def ask(session: Session, cast: Cast, essay: Contribution, **changes: Any) -> Invitation:
    values = {"email": GUEST, "language": "ar", "may_edit": False} | changes
    key = values.pop("key", "layla")
    return invitations.invite(session, cast.author.actor, essay.id, key, **values)


def sent(session: Session) -> list[OutboxMail]:
    return list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def token(mail: OutboxMail) -> str:
    return str(mail.data["link"]).rstrip("/").rpartition("/")[2]


def test_invite_owes_one_mail_in_the_chosen_language_and_keeps_no_token(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    asked = ask(session, cast, essay)
    (mail,) = sent(session)
    assert (mail.kind, mail.recipient, mail.language) == (MailKind.CO_AUTHOR_INVITED, GUEST, "ar")
    assert mail.data["link"].startswith("/ar/invitations/")
    assert asked.token_hash == invitations.digest(token(mail))
    assert token(mail) not in repr([asked.__dict__])
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.data) == ("co_author:invited", {"contribution": essay.id})


def test_confirm_lets_read_and_write_only_as_the_owner_allows(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    guest = cast.stranger
    asked = ask(session, cast, essay)
    assert not policy.can_read(guest.actor, essay)
    invitations.confirm(session, guest, asked.id)
    assert policy.can_read(guest.actor, essay)
    assert not policy.can_write(guest.actor, essay)
    assert [row.id for row in queries.mine(session, guest.actor).rows] == [essay.id]
    invitations.let_edit(session, cast.author.actor, essay.id, "layla", True)
    operations.save_draft(
        session, guest.actor, essay.id, make_essay("fr", authors=AUTHORS), seen_version=2
    )
    for forbidden in (operations.submit, operations.discard):
        with pytest.raises(NotFound):
            forbidden(session, guest.actor, essay.id)
    invitations.let_edit(session, cast.author.actor, essay.id, "layla", False)
    with pytest.raises(DomainError):
        operations.save_draft(session, guest.actor, essay.id, make_essay("fr"), seen_version=3)
    answered = sent(session)[-1]
    assert (answered.kind, answered.recipient) == ("co_author_answered", cast.author.email)
    assert (answered.data["answer"], answered.data["co_author"]) == ("confirmed", "ليلى")


def test_only_the_invited_and_proven_address_confirms(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    asked = ask(session, cast, essay)
    with pytest.raises(NotFound):
        invitations.confirm(session, cast.moderator, asked.id)
    cast.stranger.confirmed_at = None
    with pytest.raises(NotFound):
        invitations.confirm(session, cast.stranger, asked.id)
    assert invitation_queries.waiting_for(session, cast.actor("stranger")) == []


def test_an_answer_is_given_once(session: Session, cast: Cast, essay: Contribution) -> None:
    asked = ask(session, cast, essay)
    secret = token(sent(session)[0])
    invitations.confirm(session, cast.stranger, asked.id)
    with pytest.raises(NotFound):
        invitations.decline(session, cast.stranger.actor, asked.id, secret)
    with pytest.raises(NotFound):
        invitation_queries.invited(session, secret)
    with pytest.raises(Conflict):
        ask(session, cast, essay)


def test_decline_needs_only_the_link_and_forgets_the_address(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    asked = ask(session, cast, essay)
    secret = token(sent(session)[0])
    with pytest.raises(NotFound):
        invitations.decline(session, cast.stranger.actor, asked.id, "guessed")
    invitations.decline(session, cast.stranger.actor, asked.id, secret)
    assert (asked.state, asked.email, asked.token_hash) == ("declined", "", None)
    assert GUEST not in {mail.recipient for mail in sent(session)}
    assert sent(session)[-1].data["answer"] == "declined"


def test_the_address_is_forgotten_when_nobody_answers_in_time(
    session: Session, cast: Cast, essay: Contribution, at: Callable[[Any], None]
) -> None:
    at(NOON)
    asked = ask(session, cast, essay)
    assert list(invitation_jobs.due(session)) == []
    at(NOON + timedelta(days=31))
    assert list(invitation_jobs.due(session)) == [asked.id]
    with pytest.raises(Conflict):
        invitations.confirm(session, cast.stranger, asked.id)
    invitations.expire(session, asked.id)
    assert (asked.state, asked.email, asked.token_hash) == ("expired", "", None)
    assert list(invitation_jobs.due(session)) == []
    ask(session, cast, essay)
    assert asked.state == Answer.WAITING


def test_invited_again_the_former_link_leads_nowhere_and_not_too_often(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    ask(session, cast, essay)
    first = token(sent(session)[0])
    for _ in range(2):
        ask(session, cast, essay)
    (last,) = sent(session)
    with pytest.raises(NotFound):
        invitation_queries.invited(session, first)
    assert invitation_queries.invited(session, token(last)).is_open
    with pytest.raises(Invalid, match="too_often"):
        ask(session, cast, essay)


def test_invite_is_limited_per_account_and_day(
    session: Session, cast: Cast, essay: Contribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST_A_DAY", 1)
    ask(session, cast, essay)
    with pytest.raises(Invalid, match="too_many"):
        ask(session, cast, essay, key="wang", email="wang@example.org")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "author@example.org"}, "invitation.own"),
        ({"email": "nobody"}, "email.form"),
        ({"language": "la"}, "language.unknown"),
        ({"key": "nobody"}, "author.unknown"),
    ],
)
def test_invite_refuses(
    session: Session, cast: Cast, essay: Contribution, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        ask(session, cast, essay, **changes)
    assert refused.value.code == code
    assert sent(session) == []


def test_revoke_takes_link_and_access_back(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    asked = ask(session, cast, essay, may_edit=True)
    invitations.confirm(session, cast.stranger, asked.id)
    invitations.revoke(session, cast.author.actor, essay.id, "layla")
    assert not policy.can_read(cast.stranger.actor, essay)
    assert (asked.state, asked.account_id, essay.co_authors) == ("revoked", None, {})


@pytest.mark.parametrize("who", ["stranger", "moderator", "organiser", "administrator"])
@pytest.mark.parametrize("state", list(State))
def test_nobody_but_the_owner_invites_in_any_state(
    session: Session, cast: Cast, who: str, state: State
) -> None:
    essay = make_contribution(session, cast.author, edition=make_edition(session), state=state)
    actor = cast.actor(who)
    key = session.get_one(Draft, essay.id).authors[0]["key"]
    for attempt in (
        lambda: invitations.invite(
            session, actor, essay.id, key, email=GUEST, language="fr", may_edit=True
        ),
        lambda: invitations.revoke(session, actor, essay.id, key),
        lambda: invitations.let_edit(session, actor, essay.id, key, True),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_a_co_author_does_not_moderate_the_essay(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    essay = make_contribution(session, cast.author, edition=edition, authors=AUTHORS)
    asked = ask(session, cast, essay, email=cast.moderator.email)
    invitations.confirm(session, cast.moderator, asked.id)
    with pytest.raises(DomainError):
        claiming.claim(session, cast.actor("moderator"), essay.id)
    claiming.claim(session, cast.actor("other_moderator"), essay.id)


def test_a_track_may_insist_on_confirmation(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    track = session.scalars(
        select(Track).where(Track.edition_id == essay.edition_id, Track.code == essay.track)
    ).one()
    track.required_checks = [Check.CO_AUTHORS.value]
    session.flush()
    with pytest.raises(Several) as refused:
        operations.submit(session, cast.author.actor, essay.id)
    assert "authors.unconfirmed" in {error.code for error in refused.value.errors}
    track.required_checks = []
    session.flush()
    operations.submit(session, cast.author.actor, essay.id)


# Over HTTP


@pytest.fixture
def draft(db: Session, people: Cast) -> Contribution:
    made = make_contribution(
        db, people.author, edition=make_edition(db), state=State.DRAFT, authors=AUTHORS
    )
    db.commit()
    return made


def authors_page(draft: Contribution, code: str = "en") -> str:
    return f"/{code}/my/contributions/{draft.id}/authors/"


def invited(owner: Browser, draft: Contribution, db: Session, email: str = GUEST) -> str:
    owner.get(authors_page(draft))
    answer = owner.submit({"author": "layla", "email": email, "language": "ar", "may_edit": "y"})
    assert answer.status_code == 303, answer.text
    db.rollback()
    return str(sent(db)[-1].data["link"])


def test_a_guest_confirms_and_edits(
    browser: Open, people: Cast, draft: Contribution, db: Session
) -> None:
    owner, visitor, guest = browser(people.author.email), browser(), browser(GUEST)
    link = invited(owner, draft, db)
    assert guest.get(f"/ar/my/contributions/{draft.id}/edit").status_code == 404
    assert visitor.get(link).status_code == 200
    assert not visitor.tree.xpath("//form[contains(@action, 'confirm')]")
    guest.get(link)
    assert guest.submit({}, form="confirm").status_code == 303
    assert guest.get(f"/ar/my/contributions/{draft.id}/edit").status_code == 200
    assert not guest.tree.xpath("//button[@value='submit']")
    said = guest.get(f"/en/my/contributions/{draft.id}/edit").text
    assert "It is submitted by the author who began it." in said
    assert "The call is closed" not in said
    assert "A draft is yours alone." not in said
    owner.get(authors_page(draft))
    assert "Confirmed" in owner.tree.xpath("string(//main)")
    owner.submit({}, form="editing")
    assert guest.get(f"/ar/my/contributions/{draft.id}/edit").status_code == 303
    owner.get(authors_page(draft))
    owner.submit({}, form="revoke")
    assert guest.get(f"/ar/my/contributions/{draft.id}/").status_code == 404


def test_a_guest_with_a_new_account_finds_the_invitation(
    browser: Open, people: Cast, draft: Contribution, db: Session
) -> None:
    invited(browser(people.author.email), draft, db)
    guest = browser(GUEST)
    guest.get("/fr/my/contributions/")
    assert guest.submit({}, form="decline").status_code == 303
    assert guest.get("/fr/my/contributions/").status_code == 200
    assert not guest.tree.xpath("//form[contains(@action, 'decline')]")


def test_a_visitor_declines_without_an_account(
    browser: Open, people: Cast, draft: Contribution, db: Session
) -> None:
    link = invited(browser(people.author.email), draft, db, "nobody@example.net")
    visitor = browser()
    visitor.get(link)
    assert visitor.submit({}, form="decline").status_code == 303
    assert visitor.get(link).status_code == 404
    db.rollback()
    assert db.scalars(select(Invitation.email)).one() == ""


def test_a_stranger_opens_and_changes_nothing(
    browser: Open, people: Cast, draft: Contribution, db: Session
) -> None:
    invited(browser(people.author.email), draft, db, "nobody@example.net")
    stranger = browser(GUEST)
    number = db.scalars(select(Invitation.id)).one()
    assert stranger.get(authors_page(draft)).status_code == 404
    for address in (
        authors_page(draft),
        f"{authors_page(draft)}revoke",
        f"{authors_page(draft)}editing",
        f"/en/my/invitations/{number}/confirm",
        f"/en/my/invitations/{number}/decline",
        "/en/invitations/guessed/decline",
    ):
        fields = {"author": "layla", "email": "x@example.org", "language": "en", "allowed": "yes"}
        assert stranger.post(address, fields).status_code == 404
    db.rollback()
    assert db.scalars(select(Invitation.state)).one() == "waiting"


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("answer", ["confirmed", "declined"])
def test_mails_are_whole_in_every_language(
    app: Flask, db: Session, people: Cast, draft: Contribution, code: str, answer: str
) -> None:
    asked = invitations.invite(
        db,
        people.author.actor,
        draft.id,
        "layla",
        email=GUEST,
        language=code,
        may_edit=False,
    )
    asked_mail = sent(db)
    db.expunge_all()
    asked = db.get_one(Invitation, asked.id)
    db.get_one(Account, people.author.id).ui_language = code
    if answer == "confirmed":
        invitations.confirm(db, people.stranger, asked.id)
    else:
        invitations.decline_mine(db, people.stranger, asked.id)
    waiting = sent(db)
    with app.app_context():
        for mail in (*asked_mail, *waiting):
            made = mails.render(mail, "https://site.example")
            assert "ليلى" in made.text
            assert f"https://site.example/{code}/" in made.text
            assert "{{" not in made.text + made.subject
