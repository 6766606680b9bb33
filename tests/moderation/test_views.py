"""The desk's addresses, to those they are none of the business of."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import Role
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.conflicts.models import Conflict
from app.moderation.decisions.models import Decision
from app.moderation.talk.models import Message
from tests.factories import Cast, make_account
from tests.factories.contributions import make_contribution
from tests.http import Browser
from tests.moderation.desk import REJECTION, Open, number, page_of, state, take

POSTS: dict[str, dict[str, Any]] = {
    "": REJECTION | {"revision_seen": "1"},
    "claim": {},
    "release": {},
    "spam": {"revision_seen": "1"},
    "renew": {},
    "release-and-next": {},
    "hand-over": {"to": "1"},
    "second": {"decision": "1"},
    "decisions/1/undo": {"words": "Too early."},
    "conflict": {"conflict_kind": "rivalry"},
    "messages/": {"audience": "moderators", "message": "Hm.", "message_language": "fr"},
}


@pytest.fixture
def strangers(db: Session, people: Cast, browser: Open) -> dict[str, Browser]:
    """Everybody who has an account, and no business with the author's French essay for jurists."""
    make_account(db, "other.author@example.org")
    make_account(db, "arabic@example.org", Role.MODERATOR, reads=["ar"])
    make_account(db, "digital@example.org", Role.MODERATOR, serves=["digital_actor"])
    db.commit()
    names = (
        "author",
        "stranger",
        "other.author",
        "organiser",
        "administrator",
        "arabic",
        "digital",
    )
    return {name: browser(f"{name}@example.org") for name in names}


@pytest.mark.parametrize("at_state", list(State))
def test_strangers_find_no_page_and_change_nothing(
    db: Session,
    people: Cast,
    standing: Edition,
    strangers: dict[str, Browser],
    browser: Open,
    at_state: State,
) -> None:
    contribution = make_contribution(db, people.author, edition=standing, state=at_state)
    if at_state is State.SUBMITTED:
        claiming.claim(db, people.actor("moderator"), contribution.id)
    mine = make_contribution(db, people.moderator, edition=standing, state=at_state)
    db.commit()
    attempts = [(name, visitor, contribution) for name, visitor in strangers.items()]
    attempts.append(("owner", browser("moderator@example.org"), mine))
    for name, visitor, target in attempts:
        assert visitor.get(page_of(target)).status_code == 404, name
        for tail, fields in POSTS.items():
            if tail == "conflict" and name in {"organiser", "administrator"}:
                continue  # Whoever organises may say that they should have no part in it.
            assert visitor.post(page_of(target, tail), fields).status_code == 404, (name, tail)
    assert state(db, contribution) == state(db, mine) == at_state
    assert number(db, Decision) == number(db, Message) == number(db, Conflict) == 0
    assert number(db, Claim) == (at_state is State.SUBMITTED)


def test_visitors_are_asked_to_sign_in(db: Session, browser: Open, waiting: Contribution) -> None:
    visitor = browser()
    assert "/login" in visitor.get(page_of(waiting)).headers["Location"]
    for tail, fields in POSTS.items():
        assert "/login" in visitor.post(page_of(waiting, tail), fields).headers["Location"]
    assert "/login" in visitor.post("/en/moderation/next").headers["Location"]
    assert state(db, waiting) == State.SUBMITTED


def test_posts_with_a_forged_token_change_nothing(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    for tail, fields in POSTS.items():
        answered = moderator.client.post(page_of(waiting, tail), data=fields | {"csrf_token": "x"})
        assert answered.status_code == 400
    assert moderator.client.post("/en/moderation/next").status_code == 400
    assert state(db, waiting) == State.SUBMITTED
    assert number(db, Claim) == 1
