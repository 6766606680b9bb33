"""The organisers' desk of volumes: whose it is, contents by buttons, texts, builds."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.states import State
from app.core.policy import SYSTEM
from app.editions.models import Edition
from app.moderation.organising import operations as organising
from app.proceedings import contents, operations
from app.proceedings.models import Build, Volume, VolumeSection
from tests.factories import Cast
from tests.factories.contributions import make_contribution, make_essay
from tests.factories.volumes import make_volume
from tests.proceedings.conftest import DESK, reload

WRITES = [
    ("POST", "/en/organise/volumes/"),
    ("POST", f"{DESK}texts?in=fr"),
    ("POST", f"{DESK}fill"),
    ("POST", f"{DESK}entries"),
    ("POST", f"{DESK}entries/1/move"),
    ("POST", f"{DESK}entries/1/remove"),
    ("POST", f"{DESK}entries/1/pin"),
    ("POST", f"{DESK}sections"),
    ("POST", f"{DESK}sections/1"),
    ("POST", f"{DESK}sections/1/move"),
    ("POST", f"{DESK}sections/1/remove"),
    ("POST", f"{DESK}publish"),
    ("POST", f"{DESK}unpublish"),
    ("POST", f"{DESK}builds"),
    ("GET", DESK),
    ("GET", f"{DESK}builds/table"),
    ("GET", f"{DESK}texts"),
    ("GET", f"{DESK}sections/1"),
    ("GET", "/en/organise/volumes/"),
    ("GET", "/en/organise/contributions.zip"),
]
FIELDS = {
    "title": "X",
    "slug": "x",
    "edition": "2017",
    "section": "1",
    "position": "1",
    "contribution": "1",
    "language": "fr",
    "format": "epub",
}


@pytest.mark.parametrize(("method", "address"), WRITES)
@pytest.mark.parametrize("who", [None, "author@example.org", "moderator@example.org"])
def test_the_desk_is_the_organisers(
    browser: Callable[..., Any],
    db: Session,
    volume: Volume,
    who: str | None,
    method: str,
    address: str,
) -> None:
    before = (volume.version, volume.published_at)
    visitor = browser(who)

    answer = visitor.post(address, FIELDS) if method == "POST" else visitor.get(address)

    assert answer.status_code == (403 if who else 302 if method == "GET" else answer.status_code)
    assert answer.status_code in {302, 303, 403}
    db.rollback()
    db.refresh(volume)
    assert (volume.version, volume.published_at) == before
    assert db.scalars(select(Build)).all() == []
    assert db.scalars(select(Volume.slug)).all() == ["2017"]


def test_the_desk_knows_no_other_volume(organiser: Any, volume: Volume) -> None:
    for address in ("", "texts", "builds/table", "sections/999"):
        assert organiser.get(f"/en/organise/volumes/none/{address}").status_code == 404
    assert organiser.get(f"{DESK}sections/999").status_code == 404
    assert organiser.post(f"{DESK}entries/999/pin").status_code == 404


def test_a_volume_is_made_in_the_pages_language(organiser: Any, db: Session, people: Cast) -> None:
    make_volume(db, people, slug="old")
    db.commit()
    organiser.get("/fr/organise/volumes/")

    answer = organiser.submit({"edition": "old", "title": "Nouveaux actes", "slug": "new"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/fr/organise/volumes/new/"
    made = db.scalars(select(Volume).where(Volume.slug == "new")).one()
    assert made.title == {"fr": "Nouveaux actes"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"slug": "old"}, "slug"), ({"slug": "No!"}, "slug"), ({"title": ""}, "title")],
)
def test_a_volume_with_unfit_values_is_refused_beside_the_field(
    organiser: Any, db: Session, people: Cast, fields: dict[str, str], field: str
) -> None:
    make_volume(db, people, slug="old")
    db.commit()
    organiser.get("/en/organise/volumes/")

    answer = organiser.submit({"edition": "old", "title": "T", "slug": "new"} | fields)

    assert answer.status_code == 422
    assert organiser.tree.xpath(f"//*[@id='{field}-error']/p")


def test_essays_are_put_in_ordered_and_taken_out_by_buttons(
    organiser: Any, db: Session, people: Cast, volume: Volume
) -> None:
    edition = db.get_one(Edition, volume.edition_id)
    make_contribution(db, people.author, edition=edition, language="zh", state=State.PUBLISHED)
    db.commit()
    organiser.get(DESK)
    assert organiser.submit({}, form="/fill").status_code == 303
    assert reload(db) == [["2017-J-001", "2017-J-002", "2017-J-003"]]

    organiser.get(DESK)
    assert organiser.submit({"position": "0"}, form="entries/3/move").status_code == 303
    assert reload(db) == [["2017-J-003", "2017-J-001", "2017-J-002"]]

    organiser.post(f"{DESK}sections", {"title": "Mine"})
    db.rollback()
    section = db.scalars(select(VolumeSection).order_by(VolumeSection.id.desc())).first()
    assert section is not None
    organiser.post(f"{DESK}entries/1/move", {"section": section.id, "position": 100000})
    assert reload(db) == [["2017-J-003", "2017-J-002"], ["2017-J-001"]]

    organiser.post(f"{DESK}sections/{section.id}/move", {"position": 0})
    assert reload(db) == [["2017-J-001"], ["2017-J-003", "2017-J-002"]]

    refused = organiser.post(f"{DESK}sections/{section.id}/remove", follow_redirects=True)
    assert "This section still has essays." in refused.text

    organiser.post(f"{DESK}entries/1/remove")
    organiser.post(f"{DESK}sections/{section.id}/remove")
    assert reload(db) == [["2017-J-003", "2017-J-002"]]

    answer = organiser.post(f"{DESK}entries", {"contribution": 1, "section": ""})
    assert answer.status_code == 303
    assert reload(db) == [["2017-J-003", "2017-J-002", "2017-J-001"]]


@pytest.mark.parametrize("position", ["", "x", "99999999999999999999"])
def test_a_move_to_nowhere_is_a_bad_request(organiser: Any, volume: Volume, position: str) -> None:
    answer = organiser.post(f"{DESK}entries/1/move", {"section": 1, "position": position})

    assert answer.status_code == 400


def test_an_outdated_pin_is_marked_and_updated(
    organiser: Any, db: Session, people: Cast, volume: Volume
) -> None:
    organising.correct(
        db, people.actor("organiser"), 1, make_essay("fr", title="Corrigé"), note="A slip."
    )
    db.commit()
    assert "The volume has revision 1; the newest is 2." in organiser.get(DESK).text

    organiser.post(f"{DESK}entries/1/pin")

    page = organiser.get(DESK).text
    assert "Corrigé" in page
    assert "the newest is" not in page


def test_texts_are_edited_one_language_at_a_time(
    organiser: Any, db: Session, volume: Volume
) -> None:
    organiser.get(f"{DESK}texts?in=ar")
    answer = organiser.submit({"title": "الأعمال", "foreword": "تمهيد"})
    assert answer.status_code == 303

    db.expire_all()
    assert volume.title["ar"] == "الأعمال"
    assert volume.title["fr"] == "Actes"
    assert "<p>تمهيد</p>" in volume.foreword_html["ar"]

    organiser.get(f"{DESK}texts?in=fr")
    answer = organiser.submit({"foreword": "![x](https://example.org/x.png)"})
    assert answer.status_code == 422
    assert organiser.tree.xpath("//*[@id='foreword-error']")


def test_a_section_is_renamed(organiser: Any, db: Session, volume: Volume) -> None:
    organiser.get(f"{DESK}sections/1?in=ko")

    assert organiser.submit({"title": "법률가"}).status_code == 303

    db.expire_all()
    assert db.get_one(VolumeSection, 1).title["ko"] == "법률가"


def test_publish_and_unpublish_by_button(
    organiser: Any, client: FlaskClient, volume: Volume
) -> None:
    organiser.get(DESK)
    organiser.submit({}, form="/publish")
    assert client.get("/fr/proceedings/2017/").status_code == 200

    organiser.get(DESK)
    organiser.submit({}, form="/unpublish")
    assert client.get("/fr/proceedings/2017/").status_code == 404


def test_an_empty_volume_can_not_be_published_or_built(
    organiser: Any, db: Session, people: Cast
) -> None:
    make_volume(db, people, languages=())
    db.commit()

    refused = organiser.post(f"{DESK}publish", follow_redirects=True)
    assert "This volume has no essays yet." in refused.text
    answer = organiser.post(f"{DESK}builds", {"language": "fr", "format": "pdf"})
    assert answer.status_code == 422
    assert "This volume has no essays yet." in answer.text


def test_a_build_with_unknown_choices_is_refused(organiser: Any, volume: Volume) -> None:
    answer = organiser.post(f"{DESK}builds", {"language": "xx", "format": "docx"})

    assert answer.status_code == 422
    assert organiser.tree.xpath("//*[@id='format-error']")


def test_progress_is_shown_and_refreshed_while_a_build_runs(
    app: Flask, organiser: Any, db: Session, volume: Volume
) -> None:
    build = operations.request_build(db, SYSTEM, volume, "fr", "pdf")
    build.state, build.attempt = "running", 1
    build.steps = [{"step": "read", "at": "2026-11-21T12:00:00+00:00", "done": 1, "total": 2}]
    db.commit()

    organiser.get(DESK)
    progress = organiser.tree.xpath("//progress")[0]
    assert (progress.get("value"), progress.get("max")) == ("1", "2")
    assert organiser.tree.xpath("//a[text()='Refresh']")
    source = organiser.tree.xpath("//@data-source")[0]
    part = organiser.get(source).text
    assert "data-running" in part
    assert "Reading the essays" in part
    assert "<html" not in part

    build.state, build.file_key = "done", "builds/2017/1.pdf"
    build.finished_at = build.requested_at
    db.commit()
    part = organiser.get(source).text
    assert "data-running" not in part
    assert "2017-fr-1.pdf" in part


def test_the_desk_escapes_what_people_wrote(
    organiser: Any, client: FlaskClient, db: Session, people: Cast
) -> None:
    volume = make_volume(db, people, languages=())
    edition = db.get_one(Edition, volume.edition_id)
    bad = "<script>alert(1)</script>"
    make_contribution(db, people.author, edition=edition, title=bad, state=State.PUBLISHED)
    contents.fill(db, SYSTEM, volume)
    operations.write_volume(db, SYSTEM, volume, "en", title=bad, subtitle=bad, foreword=bad)
    operations.publish(db, SYSTEM, volume)
    db.commit()

    for page in (organiser.get(DESK), client.get("/en/proceedings/2017/")):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text


@pytest.mark.parametrize("languages", [("fr",), ("fr", "ar", "zh")])
def test_the_editor_costs_the_same_queries_however_many_essays(
    app: Flask,
    organiser: Any,
    db: Session,
    people: Cast,
    count_queries: Any,
    languages: tuple[str, ...],
) -> None:
    make_volume(db, people, languages=languages)
    db.commit()
    organiser.get(DESK)

    with count_queries(app.extensions["jsi_engine"]) as statements:
        organiser.get(DESK)

    own = [
        statement for statement in statements if not re.search(r"FROM (account|role)", statement)
    ]
    assert len(own) == 5


def test_the_list_of_contributions_downloads_as_one_zip(
    organiser: Any, db: Session, volume: Volume
) -> None:
    answer = organiser.get("/en/organise/contributions.zip?q=lang:ar+edition:2017")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename=contributions.zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist()[0] == "contributions/2017-J-002-ar.md"
        assert len(archive.namelist()) == 3
