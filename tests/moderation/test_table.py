"""Every action on an essay at the desks, by every state of it and every person.

What is an action is found in the code. Each is tried with what it needs besides the permission
given to whoever tries: a claim on the essay, an appeal, a case of reports. So that somebody holds
it is never what lets them in. By organisers in conflict: ``organising/test_conflicts``.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib import import_module
from inspect import signature
from pkgutil import walk_packages
from types import FunctionType
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.config import Settings
from app.contributions.invitations.models import Answer, Invitation
from app.contributions.models import AuthorAffiliation, Contribution, TakeDown
from app.contributions.states import State
from app.core import clock
from app.core.policy import NOBODY, Actor, Role
from app.editions.models import Edition, Track
from app.moderation.appeals import handing as appeal_handing
from app.moderation.appeals import operations as appealing
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims import handing
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.conflicts.operations import declare, lift
from app.moderation.decisions import operations as deciding
from app.moderation.decisions import releasing, tracks
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind, Standing
from app.moderation.decisions.seconding import second
from app.moderation.decisions.undoing import rework, undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.looks import operations as looking
from app.moderation.organising import operations as organising
from app.moderation.reports import operations as reporting
from app.moderation.reports.models import CaseOutcome, Complaint, ReportCase
from app.moderation.talk import operations as talking
from app.moderation.talk.models import Audience, Message
from tests.access import ACCESS, Access
from tests.factories import Cast, make_account, make_contribution, make_edition, make_essay
from tests.http import Browser
from tests.moderation.test_operations import refusal_of

UNKNOWN: Final = "contribution.unknown"
MOVED_ON: Final = "contribution.moved_on"
NO_APPEAL: Final = "appeal.unknown"
NO_CASE: Final = "case.unknown"
FORBIDDEN: Final = "forbidden"
NOWHERE: Final = 999_999

ORGANISERS: Final = ("organiser", "administrator")
#: ``moderator`` made the last decision there is.
MODERATORS: Final = ("moderator", "jurist_moderator")
#: Moderators of its language and track, each with a conflict of interest of another kind;
#: ``overruled`` decided before an appeal that was granted.
CONFLICTED: Final = ("co_author", "asked_co_author", "declared", "affiliated", "overruled")
#: ``former`` moderated, and has it in hand.
OUTSIDERS: Final = ("stranger", "visitor", "wrong_language", "wrong_track", "former")
PEOPLE: Final = ("author", *MODERATORS, *ORGANISERS, *CONFLICTED, *OUTSIDERS)

PRIVATE: Final = {State.DRAFT, State.WITHDRAWN}
ENDED: Final = (State.REJECTED, State.SPAM)

By = dict[State, str]


def at(outcome: str, *states: State, else_: str = MOVED_ON) -> By:
    """That outcome in those states, and in all others another one."""
    return {state: outcome if state in states else else_ for state in State}


def but(known: By, outcome: str, *states: State) -> By:
    """The same, except in those states."""
    return known | dict.fromkeys(states, outcome)


def of(people: tuple[str, ...] | str, by: By) -> dict[str, By]:
    return dict.fromkeys((people,) if isinstance(people, str) else people, by)


@dataclass(frozen=True)
class Scene:
    """An essay, the last decision on it (None where nothing was handed in), and who is there."""

    essay: Contribution
    made: Decision | None
    people: dict[str, Actor]
    colleague: int

    @property
    def id(self) -> int:
        return self.essay.id

    @property
    def decision(self) -> int:
        return self.made.id if self.made else NOWHERE


Given = Callable[[Session, Actor, Scene], int]


def nothing(_session: Session, _who: Actor, _it: Scene) -> int:
    return NOWHERE


def in_hand(session: Session, who: Actor, it: Scene) -> int:
    """It is in the hands of whoever tries."""
    if who.id is not None:
        claiming.give(session, it.id, who.id, clock.now() + timedelta(minutes=5))
    return NOWHERE


def proposed(session: Session, who: Actor, it: Scene) -> int:
    in_hand(session, who, it)
    return decided(session, it, standing=Standing.PROPOSED)


def another_track(session: Session, _who: Actor, it: Scene) -> int:
    return decided(session, it, verdict=Verdict.WRONG_TRACK, new_track="digital_actor")


def told(session: Session, _who: Actor, it: Scene) -> int:
    return decided(session, it)


def decided(session: Session, it: Scene, **changes: Any) -> int:
    """Another decision by the same moderator, which counts at once unless changed."""
    if it.made is None:
        return NOWHERE
    values = {"standing": Standing.FINAL, **changes}
    return rejected(session, it.essay, it.made.moderator_id, **values).id


def appealed(session: Session, _who: Actor, it: Scene) -> int:
    if it.made is None:
        return NOWHERE
    made = Appeal(contribution_id=it.id, decision_id=it.decision, words="Non.", language="fr")
    session.add(made)
    session.flush()
    return made.id


def appeal_in_hand(session: Session, who: Actor, it: Scene) -> int:
    in_hand(session, who, it)
    return appealed(session, who, it)


def addressed(session: Session, _who: Actor, it: Scene) -> int:
    session.add(
        Message(
            contribution_id=it.id,
            audience=Audience.AUTHOR.value,
            sender_id=it.people["moderator"].id,
            words="Hm?",
            language="fr",
        )
    )
    return NOWHERE


def reported(session: Session, _who: Actor, it: Scene) -> int:
    if it.made is None:
        return NOWHERE
    case = ReportCase(contribution_id=it.id)
    session.add(case)
    session.flush()
    return case.id


def taken_down(session: Session, _who: Actor, it: Scene) -> int:
    """By that case, if it is down."""
    if it.made is None:
        return NOWHERE
    case = ReportCase(
        contribution_id=it.id, outcome=CaseOutcome.REMOVED.value, closed_at=clock.now()
    )
    case.take_down_id = take_down(session, it)
    session.add(case)
    session.flush()
    return case.id


def take_down(session: Session, it: Scene) -> int | None:
    """Id of the taking down of it, if it is down."""
    return session.scalar(select(TakeDown.id).where(TakeDown.contribution_id == it.id))


def down(session: Session, _who: Actor, it: Scene) -> int:
    return take_down(session, it) or NOWHERE


@dataclass(frozen=True)
class Action:
    """``act`` does it with the id of what is ``given``.

    ``theirs`` is what those get whose business it is, and ``others`` what everybody else gets.
    """

    operation: Any
    act: Callable[[Session, Actor, Scene, int], object]
    theirs: dict[str, By]
    others: str = UNKNOWN
    given: Given = nothing


def more_time(session: Session, who: Actor, it: Scene, _given: int) -> None:
    until = clock.now() + timedelta(days=900)
    organising.extend(session, who, it.id, until=until, reason="Ill.")


WAITING: Final = but(at("done", State.SUBMITTED), UNKNOWN, State.DRAFT)
SEEN: Final = but(at("done", *State), UNKNOWN, *PRIVATE)
SUBMITTED_ONCE: Final = but(at("done", *State), UNKNOWN, State.DRAFT)
UNDONE: Final = but(
    at("done", State.DECIDED, State.REJECTED, else_="decision.answered"),
    "decision.published",
    State.PUBLISHED,
    State.REMOVED,
) | {State.DRAFT: UNKNOWN}
NOT_KEPT: Final = but(at("done", State.DECIDED, else_="decision.not_kept"), UNKNOWN, State.DRAFT)
APPEALED: Final = but(at("done", *ENDED, else_="appeal.answered"), NO_APPEAL, State.DRAFT)
ONLY_APART: Final = of("jurist_moderator", APPEALED)
EVERYBODY: Final = tuple(name for name in PEOPLE if name != "visitor")
DESK: Final = (*MODERATORS, *ORGANISERS)
REJECTION: Final[dict[str, Any]] = {"reasons": ["unclear"], "words": "Non.", "words_language": "fr"}
REPLY: Final = {"reply": "Oui.", "language": "fr"}

ACTIONS: Final[dict[str, Action]] = {
    "claim": Action(
        claiming.claim, lambda s, who, it, _: claiming.claim(s, who, it.id), of(MODERATORS, WAITING)
    ),
    "renew": Action(
        claiming.renew,
        lambda s, who, it, _: claiming.renew(s, who, it.id),
        of(MODERATORS, WAITING),
        given=in_hand,
    ),
    "release nothing": Action(
        claiming.release,
        lambda s, who, it, _: claiming.release(s, who, it.id),
        of(MODERATORS, SUBMITTED_ONCE),
    ),
    # What one holds one may let go of, whatever has become of it and of oneself.
    "release": Action(
        claiming.release,
        lambda s, who, it, _: claiming.release(s, who, it.id),
        of(EVERYBODY, at("done", *State)),
        given=in_hand,
    ),
    "release_and_next": Action(
        claiming.release_and_next,
        lambda s, who, it, _: claiming.release_and_next(s, who, it.id),
        of(EVERYBODY, at("done", *State)),
        given=in_hand,
    ),
    "hand_over": Action(
        handing.hand_over,
        lambda s, who, it, _: handing.hand_over(s, who, it.id, to=it.colleague),
        of(MODERATORS, WAITING),
        given=in_hand,
    ),
    "assign": Action(
        handing.assign,
        lambda s, who, it, _: handing.assign(s, who, it.id, to=it.colleague, holder_seen=None),
        of(ORGANISERS, WAITING),
    ),
    "decide": Action(
        deciding.decide,
        lambda s, who, it, _: deciding.decide(
            s, who, it.id, Verdict.REJECT, revision_seen=1, **REJECTION
        ),
        of(MODERATORS, WAITING),
        given=in_hand,
    ),
    "claim_and_decide": Action(
        deciding.claim_and_decide,
        lambda s, who, it, _: deciding.claim_and_decide(s, who, it.id, Verdict.SPAM),
        of(MODERATORS, WAITING),
    ),
    "second": Action(
        second,
        lambda s, who, it, id: second(s, who, it.id, id),
        {
            "moderator": WAITING | {State.SUBMITTED: "decision.own_proposal"},
            "jurist_moderator": WAITING,
        },
        given=proposed,
    ),
    "undo": Action(
        undo,
        lambda s, who, it, _: undo(s, who, it.decision, "Too early."),
        of(("moderator", *ORGANISERS), UNDONE),
    ),
    # By organisers only if they moderate such essays: it is to be decided anew.
    "rework": Action(
        rework,
        lambda s, who, it, _: rework(s, who, it.decision, "Too early."),
        of("moderator", NOT_KEPT) | of(ORGANISERS, NOT_KEPT | {State.DECIDED: UNKNOWN}),
    ),
    "tell": Action(
        releasing.release_one,
        lambda s, who, it, _: releasing.release_one(s, who, it.id, decision_seen=it.decision),
        of(ORGANISERS, at("done", State.DECIDED)),
        FORBIDDEN,
    ),
    "move": Action(
        tracks.move_to_track,
        lambda s, who, it, _: tracks.move_to_track(s, who, it.id),
        of("author", at("done", State.CHANGES_REQUESTED)),
        given=another_track,
    ),
    "stay": Action(
        tracks.keep_in_track,
        lambda s, who, it, _: tracks.keep_in_track(s, who, it.id, words="It is law."),
        of("author", at("done", State.CHANGES_REQUESTED)),
        given=another_track,
    ),
    "declare": Action(
        declare,
        lambda s, who, it, _: declare(s, who, it.id, ConflictKind.RIVALRY),
        of(MODERATORS, SEEN),
    ),
    "lift": Action(
        lift,
        lambda s, who, it, _: lift(s, who, it.id, it.people["declared"].id or NOWHERE),
        of(ORGANISERS, at("done", *State)),
        FORBIDDEN,
    ),
    "appeal": Action(
        appealing.file,
        lambda s, who, _it, id: appealing.file(s, who, id, words="Non.", language="fr"),
        of("author", but(at("done", *ENDED, else_="appeal.too_late"), UNKNOWN, State.DRAFT)),
        given=told,
    ),
    "appeal_against_taking_down": Action(
        appealing.file_against_take_down,
        lambda s, who, _it, id: appealing.file_against_take_down(
            s, who, id, words="Non.", language="fr"
        ),
        of("author", at("done", State.REMOVED, else_=UNKNOWN)),
        given=down,
    ),
    "claim_appeal": Action(
        appealing.claim,
        lambda s, who, _it, id: appealing.claim(s, who, id),
        ONLY_APART,
        NO_APPEAL,
        appealed,
    ),
    "renew_appeal": Action(
        appealing.renew,
        lambda s, who, _it, id: appealing.renew(s, who, id),
        ONLY_APART,
        NO_APPEAL,
        appeal_in_hand,
    ),
    "release_appeal": Action(
        appealing.release,
        lambda s, who, _it, id: appealing.release(s, who, id),
        of("jurist_moderator", but(at("done", *State), NO_APPEAL, State.DRAFT)),
        NO_APPEAL,
        appeal_in_hand,
    ),
    "answer_appeal": Action(
        appealing.answer,
        lambda s, who, _it, id: appealing.answer(s, who, id, Outcome.UPHELD, **REPLY),
        ONLY_APART,
        NO_APPEAL,
        appealed,
    ),
    "hand_over_appeal": Action(
        appeal_handing.hand_over,
        lambda s, who, it, id: appeal_handing.hand_over(s, who, id, to=it.colleague),
        ONLY_APART,
        NO_APPEAL,
        appeal_in_hand,
    ),
    "assign_appeal": Action(
        appeal_handing.assign,
        lambda s, who, it, id: appeal_handing.assign(s, who, id, to=it.colleague, holder_seen=None),
        of(ORGANISERS, APPEALED),
        NO_APPEAL,
        appealed,
    ),
    "report": Action(
        reporting.file,
        lambda s, who, it, _: reporting.file(
            s, who, it.essay.number or "", Complaint.FALSE, words="Faux.", language="fr"
        ),
        of(PEOPLE, at("done", State.PUBLISHED, else_=UNKNOWN)),
    ),
    "keep": Action(
        reporting.keep,
        lambda s, who, _it, id: reporting.keep(s, who, id, words="Non.", language="fr"),
        of(DESK, but(at("done", State.PUBLISHED), NO_CASE, State.DRAFT)),
        NO_CASE,
        reported,
    ),
    "take_down": Action(
        reporting.remove,
        lambda s, who, _it, id: reporting.remove(
            s, who, id, reason="Oui.", words="", language="fr"
        ),
        of(DESK, but(at("done", State.PUBLISHED, State.REMOVED), NO_CASE, State.DRAFT)),
        NO_CASE,
        reported,
    ),
    "put_back": Action(
        reporting.reverse,
        lambda s, who, _it, id: reporting.reverse(s, who, id),
        of(DESK, but(at("done", State.REMOVED), NO_CASE, State.DRAFT)),
        NO_CASE,
        taken_down,
    ),
    "look": Action(
        looking.note,
        lambda s, who, it, _: looking.note(s, who, it.id, revision=1, signs=()),
        of(MODERATORS, SUBMITTED_ONCE),
    ),
    "note": Action(
        talking.note,
        lambda s, who, it, _: talking.note(s, who, it.id, "Hm.", language="fr"),
        of(DESK, SEEN),
    ),
    "write": Action(
        talking.write_to_author,
        lambda s, who, it, _: talking.write_to_author(s, who, it.id, "Hm?", language="fr"),
        of(DESK, but(SEEN, MOVED_ON, State.SPAM)),
    ),
    "answer": Action(
        talking.answer,
        lambda s, who, it, _: talking.answer(s, who, it.id, "Oui.", language="fr"),
        of(("author", "co_author"), but(at("done", *State), MOVED_ON, *PRIVATE, State.SPAM)),
        given=addressed,
    ),
    "publish": Action(
        organising.release,
        lambda s, who, it, _: organising.release(s, who, it.id),
        of(ORGANISERS, at("done", State.ACCEPTED)),
        FORBIDDEN,
    ),
    "correct": Action(
        organising.correct,
        lambda s, who, it, _: organising.correct(s, who, it.id, make_essay("fr"), note="A date."),
        of(ORGANISERS, at("done", State.PUBLISHED)),
        FORBIDDEN,
    ),
    "remove": Action(
        organising.remove,
        lambda s, who, it, _: organising.remove(
            s, who, it.id, reason="A court order.", language="en"
        ),
        of(ORGANISERS, at("done", State.PUBLISHED)),
        FORBIDDEN,
    ),
    "restore": Action(
        organising.restore,
        lambda s, who, it, _: organising.restore(s, who, it.id),
        of(ORGANISERS, at("done", State.REMOVED)),
        FORBIDDEN,
    ),
    "extend": Action(organising.extend, more_time, of(ORGANISERS, at("done", *PRIVATE)), FORBIDDEN),
}
#: What operations have in common: they hold the essay and say for whom it is there.
STEPS: Final = {
    claiming.entrusted,
    claiming.must_hold,
    appealing.answerable,
    organising.organised,
}
READS: Final = {"queries", "policy", "foreseeing", "preparing", "inserting", "declared", "views"}
ABOUT_ONE: Final = {
    *("contribution_id", "decision_id", "take_down_id"),
    *("appeal_id", "case_id", "number"),
}


def everybody(session: Session, cast: Cast) -> dict[str, Account]:
    """All :data:`PEOPLE` who have an account."""
    make = partial(make_account, session)
    found = {
        "author": cast.author,
        **{name: getattr(cast, name) for name in (*MODERATORS, *ORGANISERS)},
        **{name: make(f"{name}@example.org", Role.MODERATOR) for name in CONFLICTED},
        "stranger": cast.stranger,
        "wrong_language": make("arabic@example.org", Role.MODERATOR, reads=["ar"]),
        "wrong_track": make("digital@example.org", Role.MODERATOR, serves=["digital_actor"]),
        "former": make("former@example.org"),
    }
    # Moderates, too, but never an essay of their own.
    found["author"].roles = list({*cast.author.roles, *cast.moderator.roles})
    found["author"].reads, found["author"].serves = ["fr"], ["jurist"]
    found["former"].reads, found["former"].serves = ["fr"], ["jurist"]
    found["affiliated"].affiliation = "Université de Genève"
    return found


def scene(
    session: Session, cast: Cast, edition: Edition, state: State, accounts: dict[str, Account]
) -> Scene:
    """The author's essay in that state, which the moderator rejected, pending."""
    essay = make_contribution(session, cast.author, edition=edition, state=state)
    into_conflict(session, cast, essay, accounts)
    made = None
    if essay.revision_id is not None:
        made = rejected(session, essay, cast.moderator.id)
    session.flush()
    people = {name: account.actor for name, account in accounts.items()}
    return Scene(essay, made, people | {"visitor": NOBODY}, cast.other_moderator.id)


def into_conflict(
    session: Session, cast: Cast, essay: Contribution, accounts: dict[str, Account]
) -> None:
    """Give each of those their conflict of interest with the essay."""
    for name, answer in (("co_author", Answer.CONFIRMED), ("asked_co_author", Answer.WAITING)):
        confirmed = answer is Answer.CONFIRMED
        session.add(
            Invitation(
                contribution_id=essay.id,
                author_key=name,
                email="" if confirmed else accounts[name].email,
                language="en",
                state=answer.value,
                account_id=accounts[name].id if confirmed else None,
                invited_by_id=cast.author.id,
                expires_at=clock.now() + timedelta(days=9),
            )
        )
    essay.co_authors = {str(accounts["co_author"].id): False}
    kind = ConflictKind.RIVALRY.value
    declared = accounts["declared"].id
    session.add(Conflict(account_id=declared, contribution_id=essay.id, kind=kind))
    key = accounts["affiliated"].affiliation_key
    session.add(AuthorAffiliation(contribution_id=essay.id, key=key))
    if essay.revision_id is not None:
        before = rejected(session, essay, accounts["overruled"].id)
        session.add(
            Appeal(
                contribution_id=essay.id,
                decision_id=before.id,
                words="Non.",
                language="fr",
                outcome=Outcome.GRANTED.value,
                answered_at=clock.now(),
            )
        )
        session.add(DecisionMark(decision_id=before.id, kind=MarkKind.UNDONE.value))


def rejected(session: Session, essay: Contribution, by: int, **changes: Any) -> Decision:
    """A pending rejection by that account, unless changed."""
    values: dict[str, Any] = {
        "verdict": Verdict.REJECT,
        "standing": Standing.PENDING,
        "reasons": ["sources"],
        "words": "Citez vos sources.",
        "words_language": "fr",
        **changes,
    }
    about = {"contribution_id": essay.id, "revision_id": essay.revision_id, "moderator_id": by}
    made = Decision(**about, **values)
    session.add(made)
    session.flush()
    return made


def differing(session: Session, it: Scene, state: State, people: tuple[str, ...]) -> dict[Any, Any]:
    """By action and person: what was found, and what had been expected instead."""
    wrong = {}
    for name, action in ACTIONS.items():
        for person in people:
            who = it.people[person]
            by = action.theirs.get(person)
            expected = by[state] if by else action.others

            def act(action: Action = action, who: Actor = who) -> None:
                action.act(session, who, it, action.given(session, who, it))

            found = refusal_of(session, act)
            if found != expected:
                wrong[name, person] = (found, expected)
    return wrong


@pytest.mark.parametrize("state", list(State))
def test_every_action_by_state_and_person(
    session: Session, cast: Cast, edition: Edition, state: State
) -> None:
    it = scene(session, cast, edition, state, everybody(session, cast))
    assert not differing(session, it, state, PEOPLE)
    # Who may be told nothing of the authors can do no less.
    is_own = Track.edition_id == edition.id, Track.code == it.essay.track
    session.scalars(select(Track).where(*is_own)).one().is_blind = True
    session.flush()
    assert not differing(session, it, state, MODERATORS)


def test_every_action_is_somebodys_in_some_state() -> None:
    never = [
        name
        for name, action in ACTIONS.items()
        if not any("done" in by.values() for by in action.theirs.values())
    ]
    assert not never


def test_every_operation_about_an_essay_is_an_action() -> None:
    found = {
        function
        for info in walk_packages(import_module("app.moderation").__path__, "app.moderation.")
        if info.name.rpartition(".")[2] not in READS
        for function in about_one(info.name)
    }
    assert found - STEPS == {action.operation for action in ACTIONS.values()}


def about_one(name: str) -> Iterator[FunctionType]:
    """Its public functions that take a session, who acts, and an essay by an id."""
    module = import_module(name)
    for label, value in vars(module).items():
        if not isinstance(value, FunctionType) or value.__module__ != name or label[0] == "_":
            continue
        takes = [*signature(value).parameters]
        if takes[:2] == ["session", "actor"] and ABOUT_ONE & set(takes):
            yield value


#: What the forms of each answer to those whose business they are not.
FORMS: Final = {Access.ENTRUSTED: 404, Access.CASE: 404, Access.ORGANISERS: 403, Access.OWNER: 404}
WITHOUT: Final = ("stranger", "former", "wrong_track", "declared")
#: Last, since who has it in hand may let go of it.
LETTING_GO: Final = ("moderation.release", "moderation.release_and_next")


@pytest.fixture
def watching(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Whose ``data_version`` is another one whenever anybody else has written."""
    with closing(sqlite3.connect(settings.data_dir / "app.db")) as connection:
        yield connection


def version(watching: sqlite3.Connection) -> Any:
    return watching.execute("PRAGMA data_version").fetchone()


def test_every_form_by_state_is_refused_to_those_without_a_part(
    app: Flask,
    db: Session,
    people: Cast,
    browser: Callable[..., Browser],
    watching: sqlite3.Connection,
) -> None:
    edition, accounts = make_edition(db), everybody(db, people)
    addresses = {}
    for state in State:
        it = scene(db, people, edition, state, accounts)
        in_hand(db, it.people["former"], it)
        addresses[state] = forms(app, ids(db, it, accounts["declared"].id))
    db.commit()
    wrong = {}
    for person in WITHOUT:
        somebody = browser(accounts[person].email)
        token = {"csrf_token": somebody.token("/en/account")}
        for state, found in addresses.items():
            for endpoint, address in found:
                before = version(watching)
                answer = somebody.client.post(address, data=token).status_code
                wrote = version(watching) != before
                expected = FORMS[ACCESS[endpoint]], False
                if person == "former" and endpoint == LETTING_GO[0]:
                    expected = 303, True
                if (answer, wrote) != expected:
                    wrong[person, state.value, endpoint] = (answer, wrote)
    assert not wrong


def ids(db: Session, it: Scene, declared: int) -> dict[str, Any]:
    """What the addresses about it name."""
    nobody = it.people["visitor"]
    return {
        "lang": "en",
        "contribution_id": it.id,
        "decision_id": it.decision,
        "appeal_id": appealed(db, nobody, it),
        "case_id": reported(db, nobody, it),
        "account_id": declared,
    }


def forms(app: Flask, values: dict[str, Any]) -> list[tuple[str, str]]:
    """Endpoints and addresses of all forms of the desk, and of organisers, about that essay."""
    adapter = app.url_map.bind("localhost")
    found = [
        (rule.endpoint, adapter.build(rule.endpoint, {n: values[n] for n in rule.arguments}))
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and ABOUT_ONE & rule.arguments
        and rule.arguments <= values.keys()
        and (rule.endpoint.startswith("moderation.") or ACCESS[rule.endpoint] is Access.ORGANISERS)
    ]
    assert len(found) > 25
    return sorted(found, key=lambda each: each[0] in LETTING_GO)
