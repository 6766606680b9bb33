"""Putting essays into a volume, ordering and pinning them, on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.states import State
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.policy import SYSTEM, TrackCode
from app.editions.models import Edition, Question
from app.moderation.organising import operations as organising
from app.proceedings import contents, operations, queries
from app.proceedings.models import Volume, VolumeEntry
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution, make_essay
from tests.factories.volumes import make_volume


def shown(session: Session, volume: Volume) -> list[tuple[str, list[str]]]:
    """English section titles with the numbers of their essays."""
    session.flush()
    return [
        (section.title["en"], [entry.number for entry in section.entries])
        for section in queries.contents(session, volume)
    ]


def empty_volume(session: Session) -> tuple[Volume, list[Question]]:
    edition = make_edition(session, "2017")
    volume = operations.create_volume(session, SYSTEM, edition, "2017", {"en": "Proceedings"})
    questions = session.scalars(select(Question).order_by(Question.id)).all()
    return volume, list(questions)


def test_fill_sorts_by_track_and_theme_then_number(session: Session, cast: Cast) -> None:
    volume, (prevention, response, _) = empty_volume(session)
    edition = session.get_one(Edition, volume.edition_id)
    for track, question, state in (
        (TrackCode.DIGITAL_ACTOR, prevention, State.PUBLISHED),
        (TrackCode.JURIST, response, State.ACCEPTED),
        (TrackCode.JURIST, prevention, State.PUBLISHED),
        (TrackCode.JURIST, prevention, State.PUBLISHED),
        (TrackCode.JURIST, prevention, State.SUBMITTED),
        (TrackCode.JURIST, prevention, State.REJECTED),
        (TrackCode.JURIST, prevention, State.REMOVED),
    ):
        make_contribution(
            session, cast.author, edition=edition, track=track, question=question, state=state
        )

    assert contents.fill(session, cast.actor("organiser"), volume) == 4

    assert shown(session, volume) == [
        ("Jurists – Prevention", ["2017-J-002", "2017-J-003"]),
        ("Jurists – Response", ["2017-J-001"]),
        ("Digital actors – Prevention", ["2017-D-001"]),
    ]
    assert queries.contents(session, volume)[0].title["ar"] == "القانونيون – الوقاية"


def test_fill_again_adds_only_what_is_new(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast, languages=("fr",))
    version = volume.version
    assert contents.fill(session, SYSTEM, volume) == 0
    assert volume.version == version

    edition = session.get_one(Edition, volume.edition_id)
    make_contribution(session, cast.author, edition=edition, language="ar", state=State.PUBLISHED)
    assert contents.fill(session, SYSTEM, volume) == 1

    assert [numbers for _, numbers in shown(session, volume)] == [["2017-J-001", "2017-J-002"]]
    assert volume.version == version + 1


def test_add_entry_twice_adds_once(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)
    entry = session.scalars(select(VolumeEntry).order_by(VolumeEntry.id)).first()
    assert entry is not None
    contents.remove_entry(session, SYSTEM, volume, entry.id)
    own = contents.add_section(session, SYSTEM, volume, "en", "Mine")

    for _ in range(2):
        contents.add_entry(session, SYSTEM, volume, entry.contribution_id, own.id)

    assert shown(session, volume) == [
        ("Jurists – Prevention", ["2017-J-002"]),
        ("Mine", ["2017-J-001"]),
    ]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REMOVED, State.WITHDRAWN])
def test_add_entry_of_an_essay_that_is_not_accepted_is_refused(
    session: Session, cast: Cast, state: State
) -> None:
    volume = make_volume(session, cast)
    edition = session.get_one(Edition, volume.edition_id)
    other = make_contribution(session, cast.author, edition=edition, state=state)

    with pytest.raises(Invalid) as refused:
        contents.add_entry(session, SYSTEM, volume, other.id)

    assert refused.value.code == "contribution.not_accepted"


def test_move_entry_twice_moves_once(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast, languages=("fr", "ar", "zh"))
    section = queries.contents(session, volume)[0]
    version = volume.version

    for _ in range(2):
        contents.move_entry(
            session,
            SYSTEM,
            volume,
            section.entries[2].id,
            section_id=section.id,
            position=0,
        )

    assert [numbers for _, numbers in shown(session, volume)] == [
        ["2017-J-003", "2017-J-001", "2017-J-002"]
    ]
    assert volume.version == version + 1


def test_move_entry_into_another_section(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)
    own = contents.add_section(session, SYSTEM, volume, "en", "Mine")
    first = queries.contents(session, volume)[0].entries[0]

    contents.move_entry(session, SYSTEM, volume, first.id, section_id=own.id, position=10**6)

    assert shown(session, volume) == [
        ("Jurists – Prevention", ["2017-J-002"]),
        ("Mine", ["2017-J-001"]),
    ]


def test_another_volumes_rows_are_not_found(session: Session, cast: Cast) -> None:
    one = make_volume(session, cast, slug="one")
    other = make_volume(session, cast, slug="other")
    section = queries.contents(session, other)[0]
    entry = section.entries[0]

    for attempt in (
        lambda: contents.move_entry(
            session, SYSTEM, one, entry.id, section_id=section.id, position=0
        ),
        lambda: contents.update_pin(session, SYSTEM, one, entry.id),
        lambda: contents.move_section(session, SYSTEM, one, section.id, position=0),
        lambda: contents.write_section(session, SYSTEM, one, section.id, "en", "X"),
        lambda: contents.add_entry(session, SYSTEM, one, entry.contribution_id),
    ):
        with pytest.raises((NotFound, Invalid)):
            attempt()
    contents.remove_entry(session, SYSTEM, one, entry.id)
    contents.remove_section(session, SYSTEM, one, section.id)
    assert [len(numbers) for _, numbers in shown(session, other)] == [2]


def test_remove_entry_closes_the_gap_and_bears_a_second_press(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast, languages=("fr", "ar", "zh"))
    first = queries.contents(session, volume)[0].entries[0]
    version = volume.version

    for _ in range(2):
        contents.remove_entry(session, SYSTEM, volume, first.id)

    section = queries.contents(session, volume)[0]
    assert [(entry.number, entry.position) for entry in section.entries] == [
        ("2017-J-002", 0),
        ("2017-J-003", 1),
    ]
    assert volume.version == version + 1


def test_a_correction_makes_the_pin_outdated_until_it_is_updated(
    session: Session, cast: Cast
) -> None:
    volume = make_volume(session, cast, languages=("fr",))
    entry = queries.contents(session, volume)[0].entries[0]
    organising.correct(
        session,
        cast.actor("organiser"),
        entry.contribution_id,
        make_essay("fr", title="Corrigé"),
        note="A slip.",
    )

    before = queries.contents(session, volume)[0].entries[0]
    contents.update_pin(session, SYSTEM, volume, entry.id)
    after = queries.contents(session, volume)[0].entries[0]

    assert (before.title.text, before.is_outdated) == ("De la paix", True)
    assert (after.title.text, after.is_outdated) == ("Corrigé", False)


def test_a_removed_essay_is_left_out_for_readers(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)
    entry = queries.contents(session, volume)[0].entries[0]
    organising.remove(
        session, cast.actor("organiser"), entry.contribution_id, reason="Rights.", language="en"
    )
    session.flush()

    found = queries.contents(session, volume)

    assert [each.left_out for each in found[0].entries] == [True, False]
    assert [each.number for each in queries.for_readers(found)[0].entries] == ["2017-J-002"]


def test_sections_are_added_renamed_moved_and_removed(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)
    mine = contents.add_section(session, SYSTEM, volume, "en", "Mine")
    again = contents.add_section(session, SYSTEM, volume, "en", "Mine")
    assert again.id == mine.id

    contents.write_section(session, SYSTEM, volume, mine.id, "fr", "Les miens")
    for _ in range(2):
        contents.move_section(session, SYSTEM, volume, mine.id, position=0)
    session.flush()
    first, second = queries.contents(session, volume)
    assert first.title == {"en": "Mine", "fr": "Les miens"}

    with pytest.raises(Invalid) as refused:
        contents.remove_section(session, SYSTEM, volume, second.id)
    assert refused.value.code == "section.not_empty"
    for _ in range(2):
        contents.remove_section(session, SYSTEM, volume, mine.id)
    assert [title for title, _ in shown(session, volume)] == ["Jurists – Prevention"]


STEPS: dict[str, Callable[..., object]] = {
    "fill": lambda *a, **_: contents.fill(*a),
    "add_entry": lambda *a, **_: contents.add_entry(*a, 1),
    "move_entry": lambda *a, entry, section: contents.move_entry(
        *a, entry, section_id=section, position=0
    ),
    "remove_entry": lambda *a, entry, **_: contents.remove_entry(*a, entry),
    "update_pin": lambda *a, entry, **_: contents.update_pin(*a, entry),
    "add_section": lambda *a, **_: contents.add_section(*a, "en", "X"),
    "write_section": lambda *a, section, **_: contents.write_section(*a, section, "en", "X"),
    "move_section": lambda *a, section, **_: contents.move_section(*a, section, position=0),
    "remove_section": lambda *a, section, **_: contents.remove_section(*a, section),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["author", "moderator"])
def test_contents_are_the_organisers(session: Session, cast: Cast, step: str, who: str) -> None:
    volume = make_volume(session, cast, languages=("fr",))
    section = queries.contents(session, volume)[0]

    with pytest.raises(Forbidden):
        STEPS[step](
            session, cast.actor(who), volume, entry=section.entries[0].id, section=section.id
        )
