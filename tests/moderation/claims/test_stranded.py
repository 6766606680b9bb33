"""Essays that wait though none of the moderators who serve them may decide on them."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.core import clock
from app.core.outbox import MailKind
from app.core.policy import Role
from app.editions.models import Edition, Track
from app.moderation.claims import stranded
from app.moderation.claims.stranded import Stranded, stranded_essays
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.digests import operations as digests
from app.notifications.mails import render
from tests.factories import Cast, make_account, make_contribution, make_edition
from tests.http import Open
from tests.moderation.conftest import COMPLETE, in_conflict
from tests.notifications.mails import put


def serving(cast: Cast) -> list[Account]:
    """Who serves the essay's language and track."""
    return [cast.moderator, cast.other_moderator, cast.jurist_moderator]


def found(session: Session, cast: Cast, name: str = "organiser") -> list[str]:
    session.flush()
    return [each.number for each in stranded_essays(session, cast.actor(name))]


def told(session: Session, cast: Cast, name: str = "organiser") -> Any:
    return digests.contents(session, cast.actor(name), clock.now())["stranded_essays"]


def test_an_essay_is_stranded_once_nobody_is_left(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    in_conflict(session, essay, *serving(cast)[:2])
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


def test_a_new_moderator_can_decide_unless_locked_out_or_of_another_lane(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    in_conflict(session, essay, *serving(cast))
    make_account(session, "arabic@example.org", Role.MODERATOR, reads=["ar"])
    make_account(session, "actors@example.org", Role.MODERATOR, serves=["digital_actor"])
    assert found(session, cast) == [essay.number]
    new = make_account(session, "new@example.org", Role.MODERATOR)
    assert found(session, cast) == []
    new.active = False
    assert found(session, cast) == [essay.number]
    for each in session.scalars(select(Account)):
        each.active = each.id == cast.organiser.id
    assert found(session, cast) == []


def test_who_proposed_the_rejection_can_not_second_it(
    session: Session, cast: Cast, edition: Edition, essay: Contribution
) -> None:
    jurists = select(Track).where(Track.edition_id == edition.id, Track.code == "jurist")
    session.scalars(jurists).one().wants_second_opinion = True
    in_conflict(session, essay, *serving(cast)[1:])
    assert found(session, cast) == []
    said = COMPLETE[Verdict.REJECT]
    made = claim_and_decide(session, cast.actor("moderator"), essay.id, Verdict.REJECT, **said)
    assert found(session, cast) == [essay.number]
    undo(session, cast.actor("moderator"), made.id, "Too early.")
    assert found(session, cast) == []


@pytest.mark.parametrize("why", ["decided", "served by nobody"])
def test_other_essays_are_not_stranded(
    session: Session, cast: Cast, essay: Contribution, why: str
) -> None:
    if why == "decided":
        said = COMPLETE[Verdict.REJECT]
        claim_and_decide(session, cast.actor("moderator"), essay.id, Verdict.REJECT, **said)
    else:
        for each in serving(cast):
            each.reads = ["ar"]
    in_conflict(session, essay, *serving(cast))
    assert found(session, cast) == []


def test_the_longest_waiting_comes_first_with_as_many_queries_for_any_number(
    session: Session, engine: Engine, cast: Cast, edition: Edition, count_queries: Any
) -> None:
    organiser = cast.actor("organiser")
    essays: list[Contribution] = []
    for number in (1, 3):
        for _ in range(number):
            essay = make_contribution(session, cast.author, edition=edition)
            essay.waiting_since -= len(essays) * timedelta(days=1)
            in_conflict(session, essay, *serving(cast))
            essays.append(essay)
        numbers = [essay.number for essay in reversed(essays)]
        session.expire_all()
        with count_queries(engine) as statements:
            listed = stranded_essays(session, organiser)
        assert [each.number for each in listed] == numbers
        assert len(statements) == 4


def test_what_only_some_are_kept_away_from_is_not_read(
    session: Session, cast: Cast, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    essays = [make_contribution(session, cast.author, edition=edition) for _ in range(5)]
    for essay in essays:
        in_conflict(session, essay, *serving(cast)[:2])
    in_conflict(session, essays[3], cast.jurist_moderator)
    read = []

    def note(*columns: Any) -> Stranded:
        read.append(columns[0])
        return Stranded(*columns)

    monkeypatch.setattr(stranded, "Stranded", note)
    assert found(session, cast) == [essays[3].number]
    assert {*read} == {essays[3].id}


def test_organisers_are_shown_and_told_which_essays_are_stranded(
    app: Flask, db: Session, people: Cast, browser: Open
) -> None:
    essay = make_contribution(db, people.author, edition=make_edition(db), title="De la paix")
    db.commit()
    organiser = browser("organiser@example.org")
    workload = "/en/organise/moderation/"
    assert "nobody can decide on" not in organiser.get(workload).text
    in_conflict(db, essay, *serving(people))
    db.commit()
    organiser.get(workload)
    [shown] = organiser.tree.xpath("//section[@aria-labelledby='stranded-essays']")
    assert shown.xpath("string(h2)") == "An essay that nobody can decide on"
    [link] = shown.xpath(".//li/a")
    assert link.get("href") == f"/en/organise/contributions/{essay.id}/"
    assert link.text_content() == "De la paix"
    assert "Waiting for" in shown.text_content()
    mail = put(db, MailKind.DIGEST, stranded_essays=1, organises=True)
    with app.test_request_context():
        text = " ".join(render(mail, "https://site.example").text.split())
    assert "Nobody can decide on 1 essay: every moderator who reads its language" in text
