"""What searches find."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Revision
from app.core.policy import Actor
from app.editions.models import Edition, Track
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.queue import queries as queue
from app.moderation.search.conditions import conditions
from app.moderation.search.language import Search
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.moderation.conftest import answer

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def find(session: Session, actor: Actor, text: str) -> list[int]:
    """Ids of all that a search finds, whatever its state."""
    found = select(Contribution.id).where(*conditions(Search.parse(text), actor))
    return list(session.scalars(found.order_by(Contribution.id)))


@pytest.fixture
def essays(
    session: Session, cast: Cast, edition: Edition, at: Callable[[datetime], None]
) -> dict[str, int]:
    """Three essays, handed in five, two and no days ago; id by language."""
    made = {}
    for language, days in (("fr", 5), ("ru", 2), ("ar", 0)):
        at(NOON - timedelta(days=days))
        essay = make_contribution(session, cast.author, edition=edition, language=language)
        made[language] = essay.id
    at(NOON + timedelta(minutes=1))
    return made


def test_titles_are_found_without_their_case(
    session: Session, cast: Cast, essays: dict[str, int]
) -> None:
    actor = cast.actor("moderator")
    title = session.get_one(Contribution, essays["ru"]).title
    assert title.upper() != title
    assert find(session, actor, f'"{title.upper()}"') == [essays["ru"]]
    assert find(session, actor, "السلام") == [essays["ar"]]
    assert find(session, actor, "100%") == []


@pytest.mark.parametrize(
    ("title", "found", "missed"),
    [
        ("Straßen des Friedens", "STRASSEN", "strase"),
        ("La paix à l’ÉCOLE", "à l’école", "ecole"),
        ("Вопросы МИРА", "мира", "мир а"),
        ("网络空间的和平", "和平", "平和"),
        ("사이버공간의 평화", "공간의", "공간이"),
        ("السلام السيبراني", "سيبران", "سبران"),
        ("ΕΙΡΉΝΗΣ ΛΌΓΟΣ", "λόγος", "λόγοσε"),
        ("100 % of 2_3", "% of 2_", "2.3"),
    ],
)
def test_titles_are_found_by_any_part_in_every_script(
    session: Session, cast: Cast, edition: Edition, title: str, found: str, missed: str
) -> None:
    actor = cast.actor("moderator")
    essay = make_contribution(session, cast.author, edition=edition, title=title)
    assert find(session, actor, f'"{found}"') == [essay.id]
    assert find(session, actor, f'"{missed}"') == find(session, actor, f'-"{found}"') == []


def test_titles_are_found_as_they_are_now(
    session: Session, cast: Cast, edition: Edition, decide: Callable[..., Decision]
) -> None:
    essay = make_contribution(session, cast.author, edition=edition, title="Avant la paix")
    actor = cast.actor("moderator")
    decide("moderator", essay, Verdict.CHANGES)
    answer(session, cast, essay)
    assert essay.title == "De la paix, revu"
    assert find(session, actor, "avant") == []
    assert find(session, actor, "REVU") == [essay.id]


def test_ages(session: Session, cast: Cast, essays: dict[str, int]) -> None:
    actor = cast.actor("moderator")
    assert find(session, actor, "age:>3d") == [essays["fr"]]
    assert find(session, actor, "age:>36h age:<4d") == [essays["ru"]]
    assert find(session, actor, "age:<1h") == [essays["ar"]]
    assert find(session, actor, "-age:>1d") == [essays["ar"]]


def test_what_is_in_hand(session: Session, cast: Cast, essays: dict[str, int]) -> None:
    actor = cast.actor("moderator")
    claiming.claim(session, cast.actor("other_moderator"), essays["fr"])
    claiming.claim(session, actor, essays["ru"])
    assert find(session, actor, "is:claimed") == [essays["fr"], essays["ru"]]
    assert find(session, actor, "is:mine") == [essays["ru"]]
    assert find(session, actor, "is:free") == [essays["ar"]]
    assert find(session, actor, "is:free,mine") == [essays["ru"], essays["ar"]]
    waiting = queue.waiting_ids(session, actor, Search.parse("-is:claimed"), limit=9)
    assert list(waiting) == [essays["ar"]]


def test_reasons_and_new_revisions(session: Session, cast: Cast, essays: dict[str, int]) -> None:
    actor = cast.actor("moderator")
    deciding.claim_and_decide(
        session, actor, essays["fr"], Verdict.CHANGES, reasons=[Reason.SOURCES], words="Citez."
    )
    answer(session, cast, session.get_one(Contribution, essays["fr"]))
    session.flush()
    assert find(session, actor, "reason:sources") == [essays["fr"]]
    assert find(session, actor, "reason:unclear") == []
    assert find(session, actor, "is:resubmitted") == [essays["fr"]]


def test_numbers_editions_and_states(
    session: Session, cast: Cast, edition: Edition, essays: dict[str, int]
) -> None:
    actor = cast.actor("moderator")
    number = session.get_one(Contribution, essays["ar"]).number
    assert find(session, actor, f"number:{str(number).lower()}") == [essays["ar"]]
    others = set(essays.values()) - {essays["ar"]}
    assert set(find(session, actor, f"-number:{number}")) == others
    assert len(find(session, actor, f"edition:{edition.slug} state:submitted")) == 3
    assert find(session, actor, "edition:other") == []
    assert find(session, actor, "-state:submitted") == []


def test_authors_are_found_by_the_beginnings_of_their_names(
    session: Session, cast: Cast, essays: dict[str, int]
) -> None:
    actor = cast.actor("moderator")
    essay = session.get_one(Contribution, essays["fr"])
    [author, *_] = session.get_one(Revision, essay.revision_id).authors
    first, *_ = author["name"].split()
    assert essays["fr"] in find(session, actor, f"author:{first.upper()}")
    assert essays["fr"] in find(session, actor, f"author:{first[:3]}")
    assert find(session, actor, f"author:x{first}") == []


def test_a_blind_track_gives_no_author_away(
    session: Session, cast: Cast, edition: Edition, essays: dict[str, int]
) -> None:
    for track in session.scalars(select(Track).where(Track.edition_id == edition.id)):
        track.is_blind = True
    session.flush()
    moderator, organiser = cast.actor("moderator"), cast.actor("organiser")
    essay = session.get_one(Contribution, essays["fr"])
    [author, *_] = session.get_one(Revision, essay.revision_id).authors
    first, *_ = author["name"].split()
    assert essays["fr"] in find(session, organiser, f"author:{first}")
    assert find(session, moderator, f"author:{first}") == []
    assert len(find(session, moderator, f"-author:{first}")) == 3
