"""Looking at a decision a second time: by whom, once, and what it leaves as it was."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import Account
from app.contributions.models import AuthorAffiliation, Contribution
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Invalid, NotFound
from app.core.policy import Actor, Role
from app.editions.models import Edition, Track
from app.moderation import personal
from app.moderation.appeals import operations as appeals
from app.moderation.appeals import queries as appeal_queries
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.appeals.policy import APPEALABLE, appeal_until
from app.moderation.conflicts.models import Conflict as Declared
from app.moderation.decisions import operations as deciding
from app.moderation.decisions import releasing
from app.moderation.decisions.models import Decision, DecisionMark, Standing
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.looks import operations as looking
from app.moderation.record.queries import acts as recorded
from app.moderation.sampling import operations, queries
from app.moderation.sampling.models import SecondLook
from app.moderation.talk.models import Message
from tests.factories import Cast, make_account
from tests.moderation.conftest import entries, mails, state
from tests.moderation.crowds import at_once, crowd
from tests.moderation.sampling.conftest import WORDS, Decide, acts, all_drawn, look_at


def look(
    session: Session,
    cast: Cast,
    decision: Decision,
    verdict: Verdict,
    name: str = "other_moderator",
) -> SecondLook:
    return operations.look(
        session, cast.actor(name), decision.id, verdict, words=WORDS, language="fr"
    )


@pytest.mark.parametrize("verdict", list(Verdict))
def test_look_says_what_one_would_have_decided_and_changes_nothing(
    session: Session, cast: Cast, essay: Contribution, rejection: Decision, verdict: Verdict
) -> None:
    sent = len(mails(session))
    made = look(session, cast, rejection, verdict)
    assert (made.verdict, made.words, made.words_language) == (verdict, WORDS, "fr")
    assert made.looked_by_id == cast.other_moderator.id
    assert state(session, essay) == State.REJECTED
    assert len(mails(session)) == sent
    assert acts(session, rejection)[-1] == ("taken", cast.other_moderator.id)
    with pytest.raises(NotFound):
        operations.look(
            session, cast.actor("moderator"), rejection.id, verdict, words=WORDS, language="fr"
        )


def test_look_that_agrees_needs_no_words(session: Session, cast: Cast, rejection: Decision) -> None:
    other = cast.actor("other_moderator")
    with pytest.raises(Invalid) as caught:
        operations.look(session, other, rejection.id, Verdict.CHANGES, words=" ", language="fr")
    assert caught.value.field == "words"
    made = operations.look(session, other, rejection.id, Verdict.REJECT, words="", language="fr")
    assert (made.verdict, made.words, made.words_language) == (Verdict.REJECT, "", "")


def test_look_sent_twice_is_one(session: Session, cast: Cast, rejection: Decision) -> None:
    for _click in range(2):
        look(session, cast, rejection, Verdict.ACCEPT)
    assert [action for action, _by in acts(session, rejection)] == ["drawn", "taken"]
    # Whoever looked may read what they said, but not say something else.
    found = queries.second_look(session, cast.actor("other_moderator"), rejection.id)
    assert (found.look.verdict, found.waits) == (Verdict.ACCEPT, False)
    with pytest.raises(Conflict) as caught:
        look(session, cast, rejection, Verdict.REJECT)
    assert caught.value.code == "second_look.needless"
    assert look_at(session, rejection).verdict == Verdict.ACCEPT  # type: ignore[union-attr]


def test_look_comes_too_late_for_what_was_looked_at_or_left(
    session: Session, cast: Cast, rejection: Decision
) -> None:
    look(session, cast, rejection, Verdict.REJECT)
    with pytest.raises(Conflict, match="needless"):
        look(session, cast, rejection, Verdict.REJECT, "jurist_moderator")
    session.get_one(SecondLook, rejection.id).looked_at = None
    session.get_one(SecondLook, rejection.id).verdict = None
    session.get_one(SecondLook, rejection.id).looked_by_id = None
    session.flush()
    undo(session, cast.actor("moderator"), rejection.id, "Too early.")
    with pytest.raises(Conflict, match="needless"):
        look(session, cast, rejection, Verdict.REJECT, "jurist_moderator")


@pytest.mark.parametrize("name", ["moderator", "author", "stranger", "organiser", "administrator"])
def test_look_is_none_of_their_business(
    session: Session, cast: Cast, rejection: Decision, name: str
) -> None:
    actor = cast.actor(name)
    assert queries.second_looks(session, actor).items == []
    for act in (
        lambda: queries.second_look(session, actor, rejection.id),
        lambda: look(session, cast, rejection, Verdict.REJECT, name),
    ):
        with pytest.raises(NotFound):
            act()
    assert look_at(session, rejection).looked_at is None  # type: ignore[union-attr]


def test_look_is_not_for_decisions_that_were_not_drawn(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    made = decide("moderator", essay, Verdict.REJECT)
    with pytest.raises(NotFound):
        look(session, cast, made, Verdict.REJECT)


PARTS: dict[str, Callable[[Session, Contribution, Account, Decision], object]] = {
    "an act": lambda session, essay, who, _made: record(
        session, who.actor, AuditAction.CONTRIBUTION_RELEASED, essay.id
    ),
    "a note": lambda session, essay, who, _made: session.add(
        Message(
            contribution_id=essay.id,
            audience="moderators",
            sender_id=who.id,
            words="Hm.",
            language="fr",
        )
    ),
    "a mark": lambda session, _essay, who, made: session.add(
        DecisionMark(decision_id=made.id, kind="seconded", account_id=who.id)
    ),
    "an answer": lambda session, essay, who, made: session.add(
        Appeal(
            contribution_id=essay.id,
            decision_id=made.id,
            words="Non.",
            language="fr",
            outcome=Outcome.UPHELD.value,
            answered_by_id=who.id,
            answered_at=clock.now(),
        )
    ),
    "a conflict": lambda session, essay, who, _made: session.add(
        Declared(account_id=who.id, contribution_id=essay.id, kind="rivalry")
    ),
    "a place": lambda session, essay, who, _made: session.add(
        AuthorAffiliation(contribution_id=essay.id, key=who.affiliation_key)
    ),
    "another track": lambda _session, _essay, who, _made: setattr(who, "serves", ["digital_actor"]),
    "another language": lambda _session, _essay, who, _made: setattr(who, "reads", ["ar"]),
}


@pytest.mark.parametrize("part", PARTS)
def test_look_is_not_for_who_had_a_part(
    session: Session, cast: Cast, essay: Contribution, rejection: Decision, part: str
) -> None:
    """However long ago or since: nothing of it may have shaped what they think."""
    other = cast.other_moderator
    other.affiliation = "Université de Genève"
    assert [each.id for each in queries.second_looks(session, other.actor).items] == [rejection.id]
    PARTS[part](session, essay, other, rejection)
    session.flush()
    assert queries.second_looks(session, other.actor).items == []
    assert queries.count(session, other.actor).number == 0  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        look(session, cast, rejection, Verdict.REJECT)
    # Somebody else's part is none of the others'.
    assert queries.second_looks(session, cast.actor("jurist_moderator")).items


def test_look_is_not_for_who_opened_the_essay_since_the_decision(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    track: Track,
    decide: Decide,
    at: Callable[[datetime], None],
) -> None:
    """Its page at the desk says who decided. What they saw before does not."""
    start, other, jurist = clock.now(), cast.other_moderator.actor, cast.jurist_moderator.actor
    at(start)
    for each in (other, jurist):
        looking.note(session, each, essay.id, revision=1, signs=())
    at(start + timedelta(minutes=1))
    made = decide("moderator", essay, Verdict.REJECT)
    looking.note(session, jurist, essay.id, revision=1, signs=())
    assert [each.id for each in queries.second_looks(session, other).items] == [made.id]
    assert queries.second_looks(session, jurist).items == []
    with pytest.raises(NotFound):
        look(session, cast, made, Verdict.REJECT, "jurist_moderator")
    # It keeps nobody from answering an appeal.
    edition.appeal_days = 30
    appeal = appeals.file(session, cast.author.actor, made.id, words="Non.", language="fr")
    assert appeals.claim(session, jurist, appeal.id)
    appeals.answer(session, jurist, appeal.id, Outcome.UPHELD, reply="Non.", language="fr")
    assert look(session, cast, made, Verdict.REJECT)


@pytest.mark.parametrize("now", [{"language": "ar"}, {"track": "digital_actor"}])
def test_look_is_for_the_lane_of_what_was_decided_on(
    session: Session,
    cast: Cast,
    essay: Contribution,
    track: Track,
    decide: Decide,
    now: dict[str, str],
) -> None:
    """Whatever its author makes of the next draft."""
    made = decide("moderator", essay, Verdict.CHANGES)
    for name, value in now.items():
        setattr(essay, name, value)
    other, jurist = cast.other_moderator, cast.jurist_moderator
    other.reads, other.serves = [now.get("language", "fr")], [now.get("track", "jurist")]
    session.flush()
    assert queries.second_looks(session, other.actor).items == []
    with pytest.raises(NotFound):
        queries.second_look(session, other.actor, made.id)
    with pytest.raises(NotFound):
        look(session, cast, made, Verdict.ACCEPT)
    assert [each.id for each in queries.second_looks(session, jurist.actor).items] == [made.id]
    assert queries.second_look(session, jurist.actor, made.id).waits
    assert look(session, cast, made, Verdict.ACCEPT, "jurist_moderator")


def test_appeal_is_not_for_who_looked_at_the_decision_before(
    session: Session, cast: Cast, edition: Edition, rejection: Decision
) -> None:
    look(session, cast, rejection, Verdict.REJECT)
    edition.appeal_days = 30
    said = {"words": "Non.", "language": "fr"}
    appeal = appeals.file(session, cast.author.actor, rejection.id, **said)
    assert appeal_queries.appeals(session, cast.actor("other_moderator")).items == []
    with pytest.raises(NotFound):
        appeals.claim(session, cast.actor("other_moderator"), appeal.id)
    assert appeals.claim(session, cast.actor("jurist_moderator"), appeal.id)


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("kept", [False, True])
def test_decision_is_not_looked_at_while_its_author_may_appeal(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    track: Track,
    decide: Decide,
    at: Callable[[datetime], None],
    verdict: Verdict,
    kept: bool,
) -> None:
    """Lest nobody be left who may answer; until when, the rule of appeals says."""
    edition.appeal_days, edition.decides_together = 30, kept
    start = clock.now()
    at(start)
    made = decide("moderator", essay, verdict)
    if made.standing == Standing.PENDING:
        start += timedelta(days=3)
        at(start)
        releasing.release_one(session, cast.actor("organiser"), essay.id, decision_seen=made.id)
    until = start + timedelta(days=30) if verdict in APPEALABLE else None
    assert until == appeal_until(made, edition, start)

    def waits() -> bool:
        one = queries.second_look(session, cast.actor("other_moderator"), made.id).waits
        listed = queries.second_looks(session, cast.actor("other_moderator")).items
        assert [each.id for each in listed] == ([made.id] if one else [])
        return one

    if until is not None:
        at(until - timedelta(seconds=1))
        assert not waits()
        with pytest.raises(Conflict, match="needless"):
            look(session, cast, made, Verdict.REJECT)
        at(until)
    assert waits()
    assert look(session, cast, made, Verdict.REJECT)


def test_decision_is_not_looked_at_while_its_author_appeals(
    session: Session, cast: Cast, edition: Edition, rejection: Decision
) -> None:
    """Lest nobody be left who may answer."""
    edition.appeal_days = 30
    said = {"words": "Non.", "language": "fr"}
    appeal = appeals.file(session, cast.author.actor, rejection.id, **said)
    jurist = cast.actor("jurist_moderator")
    assert queries.second_looks(session, jurist).items == []
    assert not queries.second_look(session, jurist, rejection.id).waits
    with pytest.raises(Conflict, match="needless"):
        look(session, cast, rejection, Verdict.REJECT, "jurist_moderator")
    other, reply = cast.actor("other_moderator"), {"reply": "Non.", "language": "fr"}
    appeals.answer(session, other, appeal.id, Outcome.UPHELD, **reply)
    assert [each.id for each in queries.second_looks(session, jurist).items] == [rejection.id]
    assert queries.second_looks(session, other).items == []
    assert look(session, cast, rejection, Verdict.REJECT, "jurist_moderator")


def test_look_is_not_told_in_the_record_of_the_essay(
    session: Session, cast: Cast, essay: Contribution, rejection: Decision
) -> None:
    before = [each.action for each in recorded(session, essay, authors=True)]
    look(session, cast, rejection, Verdict.ACCEPT)
    assert [each.action for each in recorded(session, essay, authors=True)] == before
    assert not [each for each in before if each.startswith("second_look:")]
    assert entries(session, essay, "contribution:decided")[0]["actor"] == cast.moderator.id


def test_person_takes_their_looks_along_and_nobody_elses(
    session: Session, cast: Cast, rejection: Decision
) -> None:
    look(session, cast, rejection, Verdict.ACCEPT)

    def files(account: Account) -> dict[str, str]:
        parts = personal.collect(session, account.id, None)  # type: ignore[arg-type]
        return {each.path: str(each.content) for each in parts}

    assert WORDS in files(cast.other_moderator)["second-looks.json"]
    for somebody in (cast.author, cast.moderator):
        assert not [path for path, text in files(somebody).items() if WORDS in text]


def test_looks_by_many_at_once_are_one(sessions: sessionmaker[Session]) -> None:
    [first, *others], [essay] = crowd(sessions, 1)
    with sessions() as session:
        edition = session.get_one(Contribution, essay).edition_id
        all_drawn(session, session.get_one(Edition, edition))
        made = deciding.claim_and_decide(session, first, essay, Verdict.SPAM).id
        session.commit()

    def act(session: Session, actor: Actor) -> Verdict:
        verdict = list(Verdict)[others.index(actor) % len(Verdict)]
        operations.look(session, actor, made, verdict, words=str(actor.id), language="fr")
        return verdict

    results = at_once(sessions, others, act)
    assert results.count("second_look.needless") == len(others) - 1
    with sessions() as session:
        assert session.get_one(SecondLook, made).verdict in results


def test_look_of_a_blind_track_is_for_moderators_alike(
    session: Session, cast: Cast, track: Track, rejection: Decision
) -> None:
    track.is_blind = True
    third = make_account(session, "third.moderator@example.org", Role.MODERATOR)
    session.flush()
    assert operations.look(
        session, third.actor, rejection.id, Verdict.REJECT, words="", language="fr"
    )
