"""What the demonstration shows at the moderators' desk: asked as its pages ask."""

from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution, TakeDown
from app.core.policy import Actor, TrackCode
from app.editions.models import Edition, Track
from app.moderation.appeals import queries as appeals
from app.moderation.appeals.models import Appeal
from app.moderation.bulk import queries as bulk
from app.moderation.bulk.models import RunState
from app.moderation.claims.workload import workload
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.decisions import releasing
from app.moderation.decisions.verdicts import Verdict
from app.moderation.queue.queries import queue, waiting_ids
from app.moderation.reports import queries as reports
from app.moderation.sampling import queries as sampling
from app.moderation.sampling import results
from app.moderation.search.language import Search
from app.moderation.signs import queries as signs
from app.moderation.talk import queries as talk
from app.moderation.talk.models import Audience
from app.moderation.transparency import queries as transparency


def actor(session: Session, who: str) -> Actor:
    email = f"{who}@demo.example"
    return session.scalars(select(Account).where(Account.email == email)).one().actor


def essay(session: Session, title: str) -> Contribution:
    return session.scalars(select(Contribution).where(Contribution.title.startswith(title))).one()


@pytest.mark.parametrize("track", list(TrackCode))
@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
def test_every_lane_has_work_that_is_free(loaded: Session, track: TrackCode, language: str) -> None:
    search = Search.parse(f"track:{track} lang:{language}")
    moderator = actor(loaded, "moderator")
    assert waiting_ids(loaded, moderator, search, limit=1, only_free=True)


def test_appeals_wait_and_are_answered_both_ways(loaded: Session) -> None:
    assert set(loaded.scalars(select(Appeal.outcome))) == {"open", "upheld", "granted"}
    (waiting,) = appeals.appeals(loaded, actor(loaded, "moderator")).items
    assert (waiting.language, waiting.verdict) == ("fr", Verdict.REJECT)
    assert not appeals.appeals(loaded, actor(loaded, "moderator-fr")).items
    again = [item for item in queue(loaded, actor(loaded, "moderator")).items if item.after_appeal]
    assert [item.language for item in again] == ["zh"]


def test_readers_reports_are_one_case_and_one_left_a_tombstone(loaded: Session) -> None:
    moderator = actor(loaded, "moderator")
    (waiting,) = reports.cases(loaded, moderator).items
    assert len(reports.case(loaded, moderator, waiting.id).reports) == 2
    gone = loaded.scalars(select(Contribution).where(Contribution.state == "removed")).one()
    made = loaded.scalars(select(TakeDown).where(TakeDown.contribution_id == gone.id)).one()
    assert (made.language, made.rule) == ("en", "prudence")
    (appeal,) = appeals.appeals(loaded, actor(loaded, "moderator-zh")).items
    assert (appeal.number, appeal.verdict) == (gone.number, None)


def test_moderators_talk_among_themselves_and_with_an_author(loaded: Session) -> None:
    moderator, author = actor(loaded, "moderator"), actor(loaded, "jurist")
    noted = talk.at_desk(loaded, moderator, essay(loaded, "Ce qu’un exercice").id).said
    assert [(said.audience, said.name) for said in noted] == [
        (Audience.MODERATORS, "Samira Demonstrand"),
        (Audience.MODERATORS, "Olga Demonstrand"),
    ]
    answered = talk.of_author(loaded, author, essay(loaded, "العناية الواجبة").id).said
    assert [(said.audience, said.name) for said in answered] == [
        (Audience.AUTHOR, ""),
        (Audience.FROM_AUTHOR, "Claire Demonstrand"),
    ]


def test_a_rejection_wants_a_second_opinion(loaded: Session) -> None:
    def proposed(who: str) -> list[str]:
        items = queue(loaded, actor(loaded, who)).items
        return [item.title for item in items if item.wants_second_opinion]

    assert proposed("moderator") == ["A Glossary for Counsel"]
    assert proposed("moderator-zh") == []


def test_decisions_are_drawn_and_some_looked_at_again(loaded: Session) -> None:
    edition = loaded.scalars(select(Edition).where(Edition.slug == "standing")).one()
    tallies = results.tallies(loaded, actor(loaded, "organiser"), edition)
    numbers = [
        sum(getattr(each, name) for each in tallies)
        for name in ("drawn", "looked", "agreed", "left", "waiting")
    ]
    # One waits until its author’s appeal is answered.
    assert numbers == [6, 2, 1, 1, 3]
    waiting = sampling.second_looks(loaded, actor(loaded, "moderator-fr")).items
    # What was decided on in the other track is not this moderator’s.
    assert [item.verdict for item in waiting] == [Verdict.ACCEPT]
    percents = loaded.scalars(
        select(Track.sampled_percent).where(Track.edition_id == edition.id)
    ).all()
    assert percents == [20, 20]


def test_decisions_are_kept_until_they_are_announced(loaded: Session) -> None:
    edition = loaded.scalars(select(Edition).where(Edition.slug == "standing")).one()
    organiser = actor(loaded, "organiser")
    waiting = releasing.kept(loaded, organiser, edition)
    kept = {each.verdict: each.number for each in waiting}
    assert kept == {Verdict.ACCEPT: 1, Verdict.CHANGES: 1}
    assert not edition.decides_together


def test_a_conflict_of_interest_is_declared(loaded: Session) -> None:
    repeated = essay(loaded, "交付之后")
    assert is_conflicted(loaded, actor(loaded, "moderator-zh"), repeated.id)
    assert not is_conflicted(loaded, actor(loaded, "moderator"), repeated.id)


def test_one_track_is_blind_and_one_essay_has_changed_tracks(loaded: Session) -> None:
    blind = loaded.execute(
        select(Edition.slug, Track.code).join(Track.edition).where(Track.is_blind)
    ).all()
    assert blind == [("standing", "digital_actor")]
    moved = loaded.scalars(
        select(Contribution).where(Contribution.former_number.is_not(None))
    ).one()
    assert (moved.track, moved.state) == ("jurist", "submitted")


def test_a_near_duplicate_is_noticed(loaded: Session) -> None:
    noticed = signs.noticed(loaded, actor(loaded, "moderator"), essay(loaded, "交付之后"))
    (twin,) = noticed.duplicates
    assert twin.percent > 80
    assert essay(loaded, "交付并非终点").number == twin.number


def test_two_moderators_have_something_in_hand_and_something_behind_them(loaded: Session) -> None:
    seen = workload(loaded, actor(loaded, "organiser"))
    assert {each.name: each.in_hand for each in seen.moderators} == {
        "Jun Demonstrand": 1,
        "Luc Demonstrand": 1,
        "Samira Demonstrand": 0,
    }
    assert all(each.month for each in seen.moderators)


def test_a_bulk_run_has_come_to_its_end(loaded: Session) -> None:
    (run,), _before = bulk.runs(loaded, actor(loaded, "moderator"))
    assert (run.state, run.done, run.refused) == (RunState.DONE, 5, 0)
    spam = loaded.scalars(select(Contribution.state).where(Contribution.state == "spam")).all()
    assert len(spam) == 5


@pytest.mark.parametrize("slug", ["2017", "standing"])
def test_the_public_figures_show_numbers(loaded: Session, slug: str) -> None:
    counted = transparency.counted(loaded, slug)
    assert counted is not None
    assert counted.figures["days"] is not None
    shown = Counter(
        name
        for name, table in counted.figures["tables"].items()
        if any(number for _key, number in table["cells"])
    )
    assert {"tracks", "outcomes", "verdicts", "reasons"} <= set(shown)
