"""Opening an essay's page is a look at it; what only asks for it is none."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core import clock
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.looks.models import Look
from app.moderation.talk import operations as talking
from tests.factories import Cast
from tests.http import Browser, Open
from tests.moderation.conftest import answer
from tests.moderation.desk import page_of


def looks(db: Session) -> list[Look]:
    db.rollback()
    return list(db.scalars(select(Look)))


@pytest.fixture
def an_hour_later(at: Callable[[datetime], None]) -> Callable[[], None]:
    return lambda: at(clock.now() + timedelta(hours=1))


def test_opening_the_page_is_a_look(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    an_hour_later: Callable[[], None],
) -> None:
    moderator.get(page_of(waiting))
    [look] = looks(db)
    assert (look.moderator_id, look.revision, look.earlier_at) == (people.moderator.id, 1, None)
    an_hour_later()
    talking.note(db, people.actor("other_moderator"), waiting.id, "À relire.", language="fr")
    db.commit()
    for _ in range(2):
        # Also once it is taken in hand: it is the same look.
        moderator.get(page_of(waiting))
        [new] = moderator.tree.xpath("//section[@aria-labelledby='since']//li")
        assert new.text_content() == "1 note"
        assert moderator.tree.xpath("//ol[@class='talk']//span[.='New']")
        moderator.post(page_of(waiting, "claim"))
    an_hour_later()
    moderator.get(page_of(waiting))
    assert not moderator.tree.xpath("//section[@aria-labelledby='since']")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Dest": "empty"},
    ],
)
def test_looking_ahead_is_no_look(
    db: Session, waiting: Contribution, moderator: Browser, headers: dict[str, str]
) -> None:
    assert moderator.get(page_of(waiting), headers=headers).status_code == 200
    assert looks(db) == []
    assert (
        moderator.get(page_of(waiting), headers={"Sec-Fetch-Dest": "document"}).status_code == 200
    )
    assert len(looks(db)) == 1


def test_asking_for_the_head_or_posting_is_no_look(
    db: Session, waiting: Contribution, moderator: Browser
) -> None:
    assert moderator.client.head(page_of(waiting)).status_code == 200
    assert moderator.post(page_of(waiting), {"verdict": "accept"}).status_code in {409, 422}
    assert looks(db) == []


def test_a_stranger_leaves_no_look(
    db: Session, people: Cast, waiting: Contribution, browser: Open
) -> None:
    for name in ("author", "stranger", "organiser"):
        assert browser(f"{name}@example.org").get(page_of(waiting)).status_code == 404
    assert looks(db) == []


def test_a_new_revision_is_led_to_from_where_one_looked(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    an_hour_later: Callable[[], None],
) -> None:
    moderator.get(page_of(waiting))
    an_hour_later()
    moderator.get(page_of(waiting))
    an_hour_later()
    deciding.claim_and_decide(
        db,
        people.actor("other_moderator"),
        waiting.id,
        Verdict.CHANGES,
        reasons=[Reason.SOURCES],
        words="Citez.",
    )
    answer(db, people, waiting)
    db.commit()
    moderator.get(page_of(waiting))
    links = moderator.tree.xpath("//section[@aria-labelledby='since']//a")
    assert [link.get("href") for link in links] == [
        page_of(waiting, "compare?from=1&to=2"),
        "#history",
    ]
    assert moderator.tree.xpath("//*[@id='history']")
