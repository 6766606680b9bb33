"""Appeals that wait though everybody who could answer them had a part, or is in conflict."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.outbox import MailKind
from app.core.policy import Role
from app.editions.models import Edition
from app.moderation.appeals import operations
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.appeals.stranded import stranded
from app.moderation.decisions.models import Decision
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.digests import operations as digests
from app.moderation.organising import operations as organising
from app.moderation.talk import operations as talking
from app.notifications.mails import render
from tests.factories import Cast, make_account, make_contribution, make_edition
from tests.http import Open
from tests.moderation.appeals.conftest import WORDS, answered
from tests.moderation.conftest import in_conflict
from tests.notifications.mails import put

Decide = Callable[..., Decision]


def found(session: Session, cast: Cast, name: str = "organiser") -> list[str]:
    session.flush()
    return [each.number for each in stranded(session, cast.actor(name))]


def told(session: Session, cast: Cast, name: str = "organiser") -> Any:
    return digests.contents(session, cast.actor(name), clock.now())["stranded"]


def test_an_appeal_is_stranded_once_nobody_is_left(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal
) -> None:
    # The moderator decided; two others could answer.
    assert found(session, cast) == []
    in_conflict(session, essay, cast.other_moderator)
    assert found(session, cast) == []
    assert told(session, cast) == 0
    in_conflict(session, essay, cast.jurist_moderator)
    assert found(session, cast) == [essay.number]
    assert told(session, cast) == 1
    # Of moderators it is nobody's to know, nor of an organiser in conflict.
    assert told(session, cast, "moderator") == 0
    in_conflict(session, essay, cast.organiser)
    assert found(session, cast) == []
    assert found(session, cast, "administrator") == [essay.number]


def test_who_serves_another_track_or_language_or_is_locked_out_is_nobody(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal
) -> None:
    in_conflict(session, essay, cast.other_moderator, cast.jurist_moderator)
    for number, serving in enumerate(({"reads": ["ar"]}, {"serves": ["digital_actor"]})):
        make_account(session, f"{number}@example.org", Role.MODERATOR, **serving)  # type: ignore[arg-type]
    left = make_account(session, "left@example.org", Role.MODERATOR)
    assert found(session, cast) == []
    left.active = False
    assert found(session, cast) == [essay.number]


def test_what_was_done_for_the_answer_strands_nothing(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal
) -> None:
    in_conflict(session, essay, cast.jurist_moderator)
    talking.note(session, cast.other_moderator.actor, essay.id, "Hm.", language="fr")
    assert found(session, cast) == []


@pytest.mark.parametrize("why", ["answered", "undone"])
def test_what_needs_no_answer_is_not_stranded(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal, why: str
) -> None:
    if why == "answered":
        answered(session, cast, appeal, Outcome.UPHELD)
    else:
        undo(session, cast.organiser.actor, appeal.decision_id or 0, "Too early.")
    in_conflict(session, essay, cast.other_moderator, cast.jurist_moderator)
    assert found(session, cast) == []


def test_an_appeal_against_a_taking_down_is_stranded_too(
    session: Session, cast: Cast, edition: Edition
) -> None:
    essay = make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
    made = organising.remove(session, cast.organiser.actor, essay.id, reason="Why.", language="en")
    author = cast.author.actor
    operations.file_against_take_down(session, author, made.id, words=WORDS, language="fr")
    assert found(session, cast) == []
    in_conflict(session, essay, cast.moderator, cast.other_moderator, cast.jurist_moderator)
    assert found(session, cast) == [essay.number]
    organising.restore(session, cast.organiser.actor, essay.id)
    assert found(session, cast) == []


def test_stranded_takes_as_many_queries_for_any_number(
    session: Session,
    engine: Engine,
    cast: Cast,
    edition: Edition,
    decide: Decide,
    count_queries: Any,
) -> None:
    organiser = cast.actor("organiser")
    others = (cast.other_moderator, cast.jurist_moderator)
    listed = 0
    for number in (1, 3):
        for _ in range(number):
            essay = make_contribution(session, cast.author, edition=edition)
            made = decide("moderator", essay, Verdict.REJECT)
            operations.file(session, cast.author.actor, made.id, words=WORDS, language="fr")
            in_conflict(session, essay, *others)
        listed += number
        session.expire_all()
        with count_queries(engine) as statements:
            assert len(stranded(session, organiser)) == listed
        assert len(statements) == 5


def test_organisers_are_shown_and_told_what_is_stranded(
    app: Flask, db: Session, people: Cast, browser: Open
) -> None:
    essay = make_contribution(
        db, people.author, edition=make_edition(db), state=State.PUBLISHED, title="De la paix"
    )
    made = organising.remove(db, people.organiser.actor, essay.id, reason="Why.", language="en")
    said = {"words": WORDS, "language": "fr"}
    appeal = operations.file_against_take_down(db, people.author.actor, made.id, **said)
    db.commit()
    organiser = browser("organiser@example.org")
    workload = "/en/organise/moderation/"
    assert "nobody can answer" not in organiser.get(workload).text
    in_conflict(db, essay, people.moderator, people.other_moderator, people.jurist_moderator)
    db.commit()
    both = make_account(db, "both@example.org", Role.MODERATOR, Role.ORGANISER, reads=["ar"])
    db.commit()
    appeals = "/en/moderation/appeals/"
    for visitor, address in ((organiser, workload), (browser(both.email), appeals)):
        visitor.get(address)
        [shown] = visitor.tree.xpath("//section[@aria-labelledby='stranded']")
        assert shown.xpath("string(h2)") == "An appeal that nobody can answer"
        [link] = shown.xpath(".//li/a")
        assert link.get("href") == f"/en/organise/contributions/{essay.id}/"
        assert link.text_content() == "De la paix"
    giving = organiser.get(f"{workload}appeals/{appeal.id}/").text
    assert "There is no other moderator the appeal could be given to" in giving
    assert "nobody can answer" not in browser("moderator@example.org").get(appeals).text
    mail = put(db, MailKind.DIGEST, stranded=1, organises=True)
    with app.test_request_context():
        text = " ".join(render(mail, "https://site.example").text.split())
    assert "Nobody can answer 1 appeal: no moderator is left who reads its language" in text
