"""Editions and tracks: who may change them, and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core.audit import AuditEntry
from app.core.errors import Forbidden, Invalid
from app.core.policy import NOBODY, TrackCode
from app.editions import operations, queries
from app.editions.models import Edition
from tests.factories import Cast, make_contribution, make_edition

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def create(session: Session, cast: Cast, **values: Any) -> Edition:
    defaults = {"slug": "2027", "prefix": "2027", "language": "fr", "title": "Édition 2027"}
    return operations.create_edition(session, cast.actor("organiser"), **(defaults | values))


def change(session: Session, cast: Cast, edition: Edition, **values: Any) -> None:
    names = ("slug", "prefix", "opens_at", "closes_at", "time_zone", "is_open", "release_later")
    present = {name: getattr(edition, name) for name in names}
    operations.change_edition(session, cast.actor("organiser"), edition, **(present | values))


def change_track(session: Session, cast: Cast, edition: Edition, **values: Any) -> None:
    names = (
        *("min_length", "max_length", "min_characters", "max_characters"),
        *("required_fields", "licences"),
    )
    track = edition.tracks[0]
    present = {name: getattr(track, name) for name in names}
    operations.change_track(session, cast.actor("organiser"), track, **(present | values))


def entries(session: Session) -> list[tuple[str, dict[str, Any]]]:
    found = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.action, entry.data) for entry in found]


def test_create_edition_makes_both_tracks_and_leaves_the_call_off(
    session: Session, cast: Cast
) -> None:
    create(session, cast)
    session.commit()
    edition = queries.edition_by_slug(session, "2027")
    assert edition is not None
    assert [track.code for track in edition.tracks] == list(TrackCode)
    assert all(len(track.title) == 10 for track in edition.tracks)
    assert edition.title == {"fr": "Édition 2027"}
    assert edition.description == {}
    assert not edition.is_open
    assert entries(session) == [("edition:created", {"slug": "2027"})]


def test_create_edition_is_the_newest(session: Session, cast: Cast) -> None:
    create(session, cast)
    create(session, cast, slug="2028", prefix="2028")
    assert [edition.slug for edition in queries.editions(session)] == ["2028", "2027"]


@pytest.mark.parametrize("who", ["author", "stranger", "moderator"])
def test_create_edition_by_others_is_forbidden(session: Session, cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        operations.create_edition(
            session, cast.actor(who), slug="x", prefix="X", language="en", title="X"
        )
    assert queries.editions(session) == []


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"slug": "Édition"}, "slug.pattern", "slug"),
        ({"slug": ""}, "slug.pattern", "slug"),
        ({"slug": "2027\n"}, "slug.pattern", "slug"),
        ({"slug": "standing"}, "slug.taken", "slug"),
        ({"prefix": "s-1"}, "prefix.pattern", "prefix"),
        ({"prefix": "S"}, "prefix.taken", "prefix"),
        ({"title": "  "}, "title.last", "title"),
        ({"language": "nl"}, "language.unknown", "language"),
    ],
)
def test_create_edition_refuses(
    session: Session, cast: Cast, values: dict[str, str], code: str, field: str
) -> None:
    make_edition(session)
    with pytest.raises(Invalid) as refusal:
        create(session, cast, **values)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_change_edition_sets_the_window(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    closes = NOON + timedelta(days=30)
    change(session, cast, edition, opens_at=NOON, closes_at=closes, time_zone="Asia/Seoul")
    session.commit()
    session.expire_all()
    assert (edition.opens_at, edition.closes_at, edition.time_zone) == (NOON, closes, "Asia/Seoul")
    assert entries(session) == [
        ("edition:changed", {"fields": ["opens_at", "closes_at", "time_zone"]})
    ]


def test_change_edition_without_a_change_leaves_no_entry(session: Session, cast: Cast) -> None:
    change(session, cast, make_edition(session))
    assert entries(session) == []


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"opens_at": NOON, "closes_at": NOON}, "window.order", "closes_at"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone.unknown", "time_zone"),
        ({"slug": "2017"}, "slug.taken", "slug"),
        ({"prefix": "2017"}, "prefix.taken", "prefix"),
        ({"slug": "a b"}, "slug.pattern", "slug"),
    ],
)
def test_change_edition_refuses(
    session: Session, cast: Cast, values: dict[str, Any], code: str, field: str
) -> None:
    make_edition(session, "2017")
    edition = make_edition(session)
    with pytest.raises(Invalid) as refusal:
        change(session, cast, edition, **values)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_change_edition_notes_when_it_was_switched_off(
    session: Session, cast: Cast, at: Callable[[Any], None]
) -> None:
    edition = make_edition(session)
    at(NOON)
    change(session, cast, edition, is_open=False)
    assert edition.switched_off_at == NOON
    at(NOON + timedelta(hours=5))
    change(session, cast, edition, is_open=False, release_later=True)
    assert edition.switched_off_at == NOON
    change(session, cast, edition, is_open=True)
    assert edition.switched_off_at is None


def test_change_edition_keeps_its_names_once_it_has_contributions(
    session: Session, cast: Cast
) -> None:
    edition = make_edition(session)
    change(session, cast, edition, slug="permanent", prefix="P")
    make_contribution(session, cast.author, edition=edition)
    for name, value in (("slug", "other"), ("prefix", "O")):
        with pytest.raises(Invalid) as refusal:
            change(session, cast, edition, **{name: value})
        assert (refusal.value.code, refusal.value.field) == (f"{name}.in_use", name)
    change(session, cast, edition, release_later=True)
    assert edition.release_later


def test_change_edition_sets_how_decisions_are_told(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    change(session, cast, edition, decides_together=True, appeal_days=0)
    assert (edition.decides_together, edition.appeal_days) == (True, 0)
    for days in (-1, 366):
        with pytest.raises(Invalid) as refusal:
            change(session, cast, edition, appeal_days=days)
        assert (refusal.value.code, refusal.value.field) == ("appeal_days.limit", "appeal_days")


def test_change_edition_by_a_stranger_is_forbidden(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    values: dict[str, Any] = {"slug": "x", "prefix": "X", "opens_at": None, "closes_at": None}
    values |= {"time_zone": "UTC", "is_open": False, "release_later": False}
    for actor in (NOBODY, cast.actor("stranger"), cast.actor("moderator")):
        with pytest.raises(Forbidden):
            operations.change_edition(session, actor, edition, **values)
    assert edition.slug == "standing"


def test_write_edition_leaves_the_other_languages(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    operations.write_edition(
        session, cast.actor("organiser"), edition, "ko", title="상설", description=""
    )
    session.commit()
    session.expire_all()
    assert edition.title["ko"] == "상설"
    assert set(edition.title) == {"en", "fr", "ar", "ko"}
    assert set(edition.description) == {"en", "fr", "ar"}
    assert entries(session) == [("edition:changed", {"language": "ko", "fields": ["title"]})]


def test_write_edition_with_nothing_takes_the_language_away(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    operations.write_edition(
        session, cast.actor("organiser"), edition, "fr", title="", description=" "
    )
    assert "fr" not in edition.title
    assert "fr" not in edition.description


def test_write_edition_refuses_to_lose_the_last_title(session: Session, cast: Cast) -> None:
    edition = create(session, cast)
    with pytest.raises(Invalid) as refusal:
        operations.write_edition(
            session, cast.actor("organiser"), edition, "fr", title="", description=""
        )
    assert (refusal.value.code, refusal.value.field) == ("title.last", "title")
    assert edition.title == {"fr": "Édition 2027"}


def test_write_edition_needs_a_title_with_its_description(session: Session, cast: Cast) -> None:
    edition = create(session, cast)
    with pytest.raises(Invalid) as refusal:
        operations.write_edition(
            session, cast.actor("organiser"), edition, "en", title="", description="Text"
        )
    assert (refusal.value.code, refusal.value.field) == ("title.missing", "title")


def test_write_edition_in_two_languages_at_once_loses_neither(
    sessions: sessionmaker[Session], session: Session, cast: Cast
) -> None:
    make_edition(session)
    session.commit()
    organiser = cast.actor("organiser")
    with sessions() as first, sessions() as second:
        seen_first = queries.edition_by_slug(first, "standing")
        seen_second = queries.edition_by_slug(second, "standing")
        assert seen_first is not None
        assert seen_second is not None
        # Both have read the row; each then writes, one after the other.
        for each in (first, second):
            each.rollback()
        operations.write_edition(first, organiser, seen_first, "de", title="Eins", description="")
        first.commit()
        operations.write_edition(second, organiser, seen_second, "it", title="Due", description="")
        second.commit()
    session.expire_all()
    edition = queries.edition_by_slug(session, "standing")
    assert edition is not None
    assert (edition.title["de"], edition.title["it"]) == ("Eins", "Due")


def test_write_edition_by_a_stranger_is_forbidden(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    with pytest.raises(Forbidden):
        operations.write_edition(
            session, cast.actor("stranger"), edition, "en", title="Mine", description=""
        )


def test_change_track_sets_its_rules(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    change_track(
        session,
        cast,
        edition,
        min_length=200,
        max_length=4000,
        required_fields=["jurisdiction", "abstract"],
        licences=["permission", "CC-BY-4.0"],
    )
    session.commit()
    session.expire_all()
    track = queries.track(session, edition, "jurist")
    assert track is not None
    assert (track.min_length, track.max_length) == (200, 4000)
    assert track.required_fields == ["abstract", "jurisdiction"]
    assert track.licences == ["CC-BY-4.0", "permission"]
    assert entries(session)[0][0] == "track:changed"


def test_change_track_sets_how_it_is_moderated(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    track = edition.tracks[0]
    assert (track.is_blind, track.hides_moderators) == (False, True)
    change_track(
        session,
        cast,
        edition,
        is_blind=True,
        hides_moderators=False,
        wants_second_opinion=True,
        sampled_percent=25,
    )
    session.commit()
    session.refresh(track)
    assert (track.is_blind, track.hides_moderators, track.wants_second_opinion) == (
        True,
        False,
        True,
    )
    assert track.sampled_percent == 25
    assert entries(session)[-1][1] == {
        "fields": ["is_blind", "hides_moderators", "wants_second_opinion", "sampled_percent"]
    }


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"min_length": 10, "max_length": 9}, "length.order", "max_length"),
        ({"min_characters": 10, "max_characters": 9}, "length.order", "max_characters"),
        ({"min_length": -1}, "length.order", "max_length"),
        ({"min_length": 0, "max_length": 0}, "length.limit", "max_length"),
        ({"max_characters": 100_001}, "length.limit", "max_characters"),
        ({"required_fields": ["sector"]}, "required_fields.unknown", "required_fields"),
        ({"licences": []}, "licences.none", "licences"),
        ({"sampled_percent": -1}, "percent.limit", "sampled_percent"),
        ({"sampled_percent": 101}, "percent.limit", "sampled_percent"),
        ({"licences": ["WTFPL"]}, "licences.unknown", "licences"),
    ],
)
def test_change_track_refuses(
    session: Session, cast: Cast, values: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        change_track(session, cast, make_edition(session), **values)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_write_track_renders_the_guidance(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    operations.write_track(
        session,
        cast.actor("organiser"),
        edition.tracks[0],
        "es",
        title="Juristas",
        audience="Para quienes ejercen el Derecho.",
        guidance="Escriba **con claridad**. <script>x</script>",
    )
    session.commit()
    session.expire_all()
    track = queries.track(session, edition, "jurist")
    assert track is not None
    assert "<strong>con claridad</strong>" in track.guidance_html["es"]
    assert "<script" not in track.guidance_html["es"]
    assert track.guidance_html["fr"] == "<p>Écrivez clairement.</p>\n"


def test_track_by_a_stranger_is_forbidden(session: Session, cast: Cast) -> None:
    track, stranger = make_edition(session).tracks[0], cast.actor("stranger")
    with pytest.raises(Forbidden):
        operations.write_track(session, stranger, track, "en", title="x", audience="", guidance="")
    with pytest.raises(Forbidden):
        operations.change_track(
            session,
            stranger,
            track,
            min_length=1,
            max_length=2,
            min_characters=1,
            max_characters=2,
            required_fields=[],
            licences=["permission"],
        )


def test_render_guidance_renders_what_is_stale(session: Session) -> None:
    edition = make_edition(session)
    assert operations.render_guidance(session) == 2
    assert operations.render_guidance(session) == 0
    edition.tracks[1].guidance_html = {}
    session.flush()
    assert operations.render_guidance(session) == 1
