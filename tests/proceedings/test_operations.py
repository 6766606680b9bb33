"""Making, wording, publishing a volume, and asking for builds, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core.audit import AuditEntry
from app.core.db import begin_write
from app.core.errors import Forbidden, Invalid
from app.core.policy import NOBODY, SYSTEM
from app.editions.models import Edition
from app.proceedings import operations, personal
from app.proceedings.models import Build, Volume
from app.proceedings.states import BuildState
from tests.factories import Cast, make_edition
from tests.factories.volumes import make_volume
from tests.moderation.crowds import CROWD, at_once


def actions(session: Session, subject: str = "volume") -> list[str]:
    return list(
        session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
        )
    )


def test_create_volume_by_an_organiser_leaves_an_entry(session: Session, cast: Cast) -> None:
    edition = make_edition(session)

    volume = operations.create_volume(
        session, cast.actor("organiser"), edition, "2017", {"fr": "Actes", "en": "Proceedings"}
    )

    assert (volume.slug, volume.title, volume.version) == (
        "2017",
        {"fr": "Actes", "en": "Proceedings"},
        1,
    )
    assert actions(session) == ["volume:created"]


def test_create_volume_twice_gives_the_same_volume(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    first = operations.create_volume(session, SYSTEM, edition, "2017", {"fr": "Actes"})

    again = operations.create_volume(session, SYSTEM, edition, "2017", {"fr": "Actes"})

    assert again is first
    assert actions(session) == ["volume:created"]


def test_create_volume_by_two_clicks_gives_one_volume(
    sessions: sessionmaker[Session], session: Session
) -> None:
    edition_id = make_edition(session).id
    session.commit()
    together = Barrier(2)

    def press(_number: int) -> int:
        with sessions() as own:
            together.wait()
            begin_write(own)
            edition = own.get_one(Edition, edition_id)
            made = operations.create_volume(own, SYSTEM, edition, "2017", {"fr": "Actes"})
            time.sleep(0.2)
            own.commit()
            return made.id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(press, range(2)))) == 1
    assert actions(session) == ["volume:created"]


@pytest.mark.parametrize(
    ("slug", "title", "code"),
    [
        ("2017", {"fr": "Autre"}, "slug.taken"),
        ("Deux mille", {"fr": "Actes"}, "slug.pattern"),
        ("../x", {"fr": "Actes"}, "slug.pattern"),
        ("new", {}, "title.missing"),
        ("new", {"fr": "  "}, "title.missing"),
        ("new", {"fr": "A\u202eB"}, "text.bidi_override"),
        ("new", {"xx": "Actes"}, "language.unknown"),
    ],
)
def test_create_volume_with_unfit_values_is_refused(
    session: Session, slug: str, title: dict[str, str], code: str
) -> None:
    edition = make_edition(session)
    operations.create_volume(session, SYSTEM, edition, "2017", {"fr": "Actes"})

    with pytest.raises(Invalid) as refused:
        operations.create_volume(session, SYSTEM, edition, slug, title)

    assert refused.value.code == code
    assert session.scalars(select(Volume.slug)).all() == ["2017"]


@pytest.mark.parametrize("who", ["author", "stranger", "moderator"])
def test_volumes_are_the_organisers(session: Session, cast: Cast, who: str) -> None:
    volume = make_volume(session, cast)
    actor = cast.actor(who)

    for attempt in (
        lambda: operations.create_volume(session, actor, volume.edition_id, "x", {"en": "X"}),
        lambda: operations.write_volume(
            session, actor, volume, "en", title="X", subtitle="", foreword=""
        ),
        lambda: operations.publish(session, actor, volume),
        lambda: operations.unpublish(session, actor, volume),
        lambda: operations.request_build(session, actor, volume, "fr", "pdf"),
        lambda: operations.publish(session, NOBODY, volume),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_write_volume_renders_the_foreword_and_counts_the_change(
    session: Session, cast: Cast
) -> None:
    volume = make_volume(session, cast)
    before = volume.version

    for _ in range(2):
        operations.write_volume(
            session,
            cast.actor("organiser"),
            volume,
            "fr",
            title="Les actes",
            subtitle="Tome I",
            foreword="*Bonjour* <script>alert(1)</script>",
        )

    assert volume.title["fr"] == "Les actes"
    assert volume.subtitle == {"fr": "Tome I"}
    assert "<em>Bonjour</em>" in volume.foreword_html["fr"]
    assert "<script>" not in volume.foreword_html["fr"]
    assert volume.version == before + 1
    assert actions(session)[-1] == "volume:changed"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "", None),
        ("title", "two\nlines", "text.line_break"),
        ("foreword", "![x](https://example.org/x.png)", "image.not_allowed"),
        ("foreword", "[a](javascript:alert)", "link.scheme"),
    ],
)
def test_write_volume_with_an_unfit_text(
    session: Session, cast: Cast, field: str, value: str, code: str | None
) -> None:
    volume = make_volume(session, cast)
    texts = {"title": "T", "subtitle": "", "foreword": ""} | {field: value}

    if code is None:
        # Another language still has its title.
        operations.write_volume(session, SYSTEM, volume, "fr", **texts)
        assert "fr" not in volume.title
        return
    with pytest.raises(Invalid) as refused:
        operations.write_volume(session, SYSTEM, volume, "fr", **texts)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_publish_twice_publishes_once(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)

    operations.publish(session, SYSTEM, volume)
    since = volume.published_at
    operations.publish(session, SYSTEM, volume)

    assert since is not None
    assert volume.published_at == since
    assert actions(session).count("volume:published") == 1


def test_unpublish_takes_the_page_away_once(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)
    operations.publish(session, SYSTEM, volume)

    operations.unpublish(session, SYSTEM, volume)
    operations.unpublish(session, SYSTEM, volume)

    assert volume.published_at is None
    assert actions(session).count("volume:unpublished") == 1


def test_publish_an_empty_volume_is_refused(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast, languages=())

    with pytest.raises(Invalid) as refused:
        operations.publish(session, SYSTEM, volume)

    assert refused.value.code == "volume.empty"


def test_request_build_numbers_the_builds_and_asks_for_the_job(
    session: Session, cast: Cast
) -> None:
    volume = make_volume(session, cast)

    made = [
        operations.request_build(session, cast.actor("organiser"), volume, language, form)
        for language, form in (("fr", "pdf"), ("multi", "epub"))
    ]

    assert [build.number for build in made] == [1, 2]
    assert all(build.state == BuildState.WAITING for build in made)
    asked = [job for job in session.info["pending_jobs"] if job[0] == "proceedings.build"]
    assert asked == [("proceedings.build", build.id) for build in made]
    assert actions(session, "build") == ["build:requested"] * 2


def test_request_build_twice_asks_once(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)

    first = operations.request_build(session, SYSTEM, volume, "fr", "pdf")
    again = operations.request_build(session, SYSTEM, volume, "fr", "pdf")

    assert again.id == first.id
    assert len(session.scalars(select(Build)).all()) == 1


def test_request_build_after_a_change_is_another_build(session: Session, cast: Cast) -> None:
    volume = make_volume(session, cast)
    first = operations.request_build(session, SYSTEM, volume, "fr", "pdf")
    operations.write_volume(session, SYSTEM, volume, "fr", title="X", subtitle="", foreword="")

    second = operations.request_build(session, SYSTEM, volume, "fr", "pdf")

    assert (second.number, second.volume_version) == (2, first.volume_version + 1)


@pytest.mark.parametrize(
    ("languages", "language", "form", "code"),
    [
        ((), "fr", "pdf", "volume.empty"),
        (("fr",), "xx", "pdf", "language.unknown"),
        (("fr",), "fr", "docx", "format.unknown"),
    ],
)
def test_request_build_of_what_cannot_be_built_is_refused(
    session: Session,
    cast: Cast,
    languages: tuple[str, ...],
    language: str,
    form: str,
    code: str,
) -> None:
    volume = make_volume(session, cast, languages=languages)

    with pytest.raises(Invalid) as refused:
        operations.request_build(session, SYSTEM, volume, language, form)

    assert refused.value.code == code
    assert session.scalars(select(Build)).all() == []


def test_every_name_taken_out_of_a_volume_at_once_counts(
    sessions: sessionmaker[Session], session: Session, cast: Cast
) -> None:
    volume = make_volume(session, cast)
    before, author = volume.version, cast.author.id
    session.commit()

    at_once(
        sessions,
        [SYSTEM] * CROWD,
        lambda other, _actor: personal.erase(other, author, anonymous=True),
    )

    session.refresh(volume)
    assert volume.version == before + CROWD
