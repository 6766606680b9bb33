"""The record page: every act with its seal, and no name the reader may not know."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.policy import NOBODY
from app.editions.models import Edition, Track
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.models import ConflictKind
from app.moderation.conflicts.operations import declare, lift
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from app.moderation.record.labels import RECORDED, SAID, act_title
from app.moderation.record.queries import Act, acts
from app.moderation.record.timeline import timeline
from app.moderation.reports import operations as reporting
from app.moderation.reports.models import Complaint, ReportCase
from app.moderation.talk import operations as talking
from app.moderation.talk.models import Audience
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser, Open

Decide = Callable[..., Decision]
BESIDES = {str(label) for label in (*RECORDED.values(), *SAID.values())}


def test_acts_tell_everything_with_its_seal(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decide("moderator", essay, Verdict.ACCEPT)
    claims = [AuditAction.CONTRIBUTION_CLAIMED]
    session.commit()
    found = acts(session, essay, authors=True)
    told = [act.action for act in reversed(found)]
    assert told[:2] == [AuditAction.CONTRIBUTION_OPENED, AuditAction.CONTRIBUTION_SUBMITTED]
    assert told[2:3] == claims
    assert told[-1] == AuditAction.CONTRIBUTION_PUBLISHED
    seals = [act.seal for act in reversed(found)]
    assert seals == sorted(seal for seal in seals if seal)
    assert {act.name for act in found} == {"Amina Auteur", "Moderator"}
    assert (found[-2].before, found[-2].after) == ("draft", "submitted")


def test_acts_hide_authors_where_asked(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decide("moderator", essay, Verdict.CHANGES)
    session.commit()
    found = acts(session, essay, authors=False)
    assert {act.name for act in found} == {"", "Moderator"}
    assert [act.name for act in found if act.is_hidden] == ["", ""]


def test_acts_of_a_claim_that_was_only_kept_say_so(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    claiming.claim(session, cast.actor("moderator"), essay.id)
    action, moderator = AuditAction.CONTRIBUTION_CLAIMED, cast.actor("moderator")
    record(session, moderator, action, essay.id, before=moderator.id)
    session.commit()
    newest, before, *_rest = acts(session, essay, authors=True)
    assert (newest.is_renewal, before.is_renewal) == (True, False)


def test_acts_take_one_query(
    session: Session,
    cast: Cast,
    edition: Edition,
    decide: Decide,
    engine: Engine,
    count_queries: Any,
) -> None:
    for verdict in (Verdict.SPAM, Verdict.ACCEPT):
        essay = make_contribution(session, cast.author, edition=edition)
        decide("moderator", essay, verdict)
        session.commit()
        with count_queries(engine) as statements:
            acts(session, essay, authors=True)
        assert len(statements) == 1


@pytest.fixture
def waiting(db: Session, people: Cast) -> Contribution:
    essay = make_contribution(db, people.author, edition=make_edition(db))
    db.commit()
    claiming.claim(db, people.actor("moderator"), essay.id)
    db.commit()
    return essay


def rows(browser: Browser, address: str) -> list[tuple[int, str, str, str]]:
    """Seal, title, change of state and person of every act on the page."""
    assert browser.get(address).status_code == 200
    return [
        (
            int(act.xpath("string(ul/li[3])").removeprefix("Seal ")),
            act.xpath("string(h2)"),
            act.xpath("string(p)"),
            act.xpath("string(ul/li[2])"),
        )
        for act in browser.tree.xpath("//ol[@class='timeline']/li")
    ]


@pytest.mark.parametrize(
    ("who", "room"),
    [("moderator", "moderation"), ("organiser", "organise/contributions")],
)
def test_record_shows_who_did_what(
    browser: Open, waiting: Contribution, who: str, room: str
) -> None:
    shown = rows(browser(f"{who}@example.org"), f"/en/{room}/{waiting.id}/record")
    assert [row[1:] for row in shown] == [
        ("Taken in hand by a moderator", "", "Moderator"),
        ("Revision 1 submitted", "From “Draft” to “Submitted”", "Amina Auteur"),
        ("Draft begun", "", "Amina Auteur"),
    ]
    assert [row[0] for row in shown] == sorted((row[0] for row in shown), reverse=True)


def test_record_of_a_blind_track_names_no_author_to_moderators(
    browser: Open, waiting: Contribution, db: Session
) -> None:
    db.query(Track).update({"is_blind": True})
    db.commit()
    moderator = browser("moderator@example.org")
    shown = rows(moderator, f"/en/moderation/{waiting.id}/record")
    assert [row[3] for row in shown] == ["Moderator", "An author", "An author"]
    assert "Amina" not in moderator.get(f"/en/moderation/{waiting.id}/record").text
    organised = f"/en/organise/contributions/{waiting.id}/record"
    assert rows(browser("organiser@example.org"), organised)[1][3] == "Amina Auteur"


@pytest.mark.parametrize("who", ["author", "stranger", "organiser", "administrator"])
def test_record_is_not_there_for_others(browser: Open, waiting: Contribution, who: str) -> None:
    assert (
        browser(f"{who}@example.org").get(f"/en/moderation/{waiting.id}/record").status_code == 404
    )


@pytest.mark.parametrize("who", ["author", "stranger", "moderator"])
def test_record_of_the_organisers_is_theirs(browser: Open, waiting: Contribution, who: str) -> None:
    address = f"/en/organise/contributions/{waiting.id}/record"
    assert browser(f"{who}@example.org").get(address).status_code in {403, 404}


def an_act(action: AuditAction, **data: Any) -> Act:
    return Act(None, clock.now(), action, None, "", False, False, "", "", data)


ABOUT = {"contribution", "co_author", "appeal", "conflict", "message", "report", "case"}


@pytest.mark.parametrize(
    "action", [each for each in AuditAction if each.partition(":")[0] in ABOUT]
)
def test_every_act_that_concerns_a_contribution_has_words(action: AuditAction) -> None:
    subject = action.partition(":")[0]
    audiences = list(Audience) if subject == "message" else [""]
    for audience in audiences:
        title = act_title(an_act(action, audience=audience, revision=2))
        assert title
        assert ":" not in title.partition(" ")[0]
        assert "%(" not in title


def test_acts_besides_the_essay_s_own_are_told(
    session: Session, cast: Cast, edition: Edition, essay: Contribution, decide: Decide
) -> None:
    moderator, author = cast.actor("moderator"), cast.actor("author")
    talking.note(session, moderator, essay.id, "Cher collègue.", language="fr")
    talking.write_to_author(session, moderator, essay.id, "Une question.", language="fr")
    talking.answer(session, author, essay.id, "Une réponse.", language="fr")
    declare(session, cast.actor("other_moderator"), essay.id, ConflictKind.RIVALRY)
    lift(session, cast.actor("organiser"), essay.id, cast.other_moderator.id)
    decide("moderator", essay, Verdict.ACCEPT)
    filing = {"words": "Faux.", "language": "fr"}
    reporting.file(session, cast.actor("stranger"), essay.number, Complaint.FALSE, **filing)  # type: ignore[arg-type]
    reporting.file(session, NOBODY, essay.number, Complaint.OTHER, **filing)  # type: ignore[arg-type]
    case = session.scalars(select(ReportCase)).one()
    reporting.remove(session, moderator, case.id, reason="Faux.", **filing)
    reporting.reverse(session, moderator, case.id)
    other = make_contribution(session, cast.author, edition=edition)
    talking.note(session, moderator, other.id, "Ailleurs.", language="fr")
    session.commit()
    found = acts(session, essay, authors=False)
    told = [(act_title(act), act.name) for act in reversed(found)]
    assert [each for each in told if each[0] in BESIDES] == [
        ("Note written for moderators and organisers", "Moderator"),
        ("Message written to the author", "Moderator"),
        ("The author’s answer", ""),
        ("Conflict of interest declared", "Other Moderator"),
        ("Conflict of interest lifted", "Organiser"),
        ("Reported by a reader", ""),
        ("Reported by a reader", ""),
        ("Reports answered: the essay is taken down", "Moderator"),
        ("Taking down after reports undone", "Moderator"),
    ]
    assert all(act.seal for act in found)
    said = {act_title(act): act for act in found}
    assert said["The author’s answer"].is_hidden
    assert said["Reported by a reader"].is_reader
    assert not said["Reported by a reader"].is_system
    named = {act_title(act): act.name for act in acts(session, essay, authors=True)}
    assert named["The author’s answer"] == cast.author.name
    assert named["Reported by a reader"] == ""
    # None of it is in the author's timeline.
    events = timeline(session, essay, names=False)
    assert {event.action.partition(":")[0] for event in events} == {"contribution"}
