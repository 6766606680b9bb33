"""Volumes as readers meet them: the pages and the files."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.following.operations import withdraw
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import SYSTEM
from app.editions.models import Edition
from app.moderation.decisions.models import Decision
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.organising import operations as organising
from app.proceedings import contents, jobs, operations
from app.proceedings.models import Build, Volume, VolumeEntry
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.factories.volumes import make_volume
from tests.proceedings.conftest import DESK, FILE


def test_volumes_lists_only_what_is_published(
    client: FlaskClient, db: Session, volume: Volume
) -> None:
    assert "Tome I" not in client.get("/fr/proceedings/").text

    operations.publish(db, SYSTEM, volume)
    db.commit()

    page = client.get("/fr/proceedings/").text
    assert "Tome I" in page
    assert "/fr/proceedings/2017/" in page


@pytest.mark.parametrize("address", ["", "2017-fr-1.epub"])
@pytest.mark.parametrize("who", [None, "stranger@example.org", "moderator@example.org"])
def test_an_unpublished_volume_does_not_exist_for_others(
    browser: Callable[..., Any], epub: Build, who: str | None, address: str
) -> None:
    assert browser(who).get(f"/fr/proceedings/2017/{address}").status_code == 404


def test_organisers_see_a_volume_before_it_is_published(organiser: Any, epub: Build) -> None:
    assert organiser.get("/fr/proceedings/2017/").status_code == 200
    answer = organiser.get("/fr/proceedings/2017/2017-fr-1.epub")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_published_volume_shows_foreword_contents_and_files(
    client: FlaskClient, epub: Build, published: Volume
) -> None:
    answer = client.get("/fr/proceedings/2017/")

    page = html.document_fromstring(answer.text)
    assert page.xpath("string(//h1)") == "Actes"
    assert page.xpath("//*[@class='essay']//em[text()='Bonjour.']")
    assert [item.text_content() for item in page.xpath("//h3")] == ["Juristes – Prévention"]
    links = page.xpath("//ol//h4/a/@href")
    assert links == [
        "/fr/contributions/2017-J-001/",
        "/fr/contributions/2017-J-002/",
    ]
    arabic = page.xpath("//h4//span[@lang='ar']")[0]
    assert arabic.get("dir") == "rtl"
    assert page.xpath("//a[@href='/fr/proceedings/2017/2017-fr-1.epub']")
    assert epub.sha256 is not None
    assert epub.sha256 in answer.text
    assert client.get(links[0]).status_code == 200


def test_an_unchanged_volume_is_not_sent_again(client: FlaskClient, published: Volume) -> None:
    first = client.get("/fr/proceedings/2017/")

    again = client.get("/fr/proceedings/2017/", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, no-cache"
    assert again.status_code == 304


def take_down_first(db: Session, people: Cast) -> Contribution:
    """The first essay of the volume is removed."""
    first = db.scalars(select(Contribution).order_by(Contribution.id).limit(1)).one()
    organising.remove(db, people.actor("organiser"), first.id, reason="Rights.", language="en")
    return first


def test_a_removed_essay_leaves_the_public_page(
    client: FlaskClient, db: Session, people: Cast, published: Volume
) -> None:
    take_down_first(db, people)
    db.commit()

    page = client.get("/fr/proceedings/2017/").text

    assert "De la paix" not in page
    assert "في السلام" in page


def test_a_build_with_a_removed_essay_is_for_organisers_alone(
    client: FlaskClient,
    organiser: Any,
    db: Session,
    people: Cast,
    epub: Build,
    published: Volume,
) -> None:
    tag = client.get(FILE).headers["ETag"]
    take_down_first(db, people)
    db.commit()

    assert client.get(FILE).status_code == 404
    assert client.get(FILE, headers={"If-None-Match": tag}).status_code == 404
    assert "2017-fr-1.epub" not in client.get("/fr/proceedings/2017/").text
    kept = organiser.get(FILE)
    assert (kept.status_code, kept.headers["Cache-Control"]) == (200, "private, no-store")


def test_a_build_stays_withdrawn_when_the_removed_essay_leaves_the_volume(
    client: FlaskClient,
    organiser: Any,
    db: Session,
    people: Cast,
    epub: Build,
    published: Volume,
) -> None:
    first = take_down_first(db, people)
    entry = db.scalars(select(VolumeEntry).where(VolumeEntry.contribution_id == first.id)).one()
    contents.remove_entry(db, people.actor("organiser"), published, entry.id)
    db.commit()

    assert client.get(FILE).status_code == 404
    assert "2017-fr-1.epub" not in client.get("/fr/proceedings/2017/").text
    builds = organiser.get(DESK).text.partition('id="builds"')[2]
    assert "Withdrawn from readers" in builds
    assert f"<bdi>{first.number}</bdi> of this edition has been taken down or" in builds


@pytest.mark.parametrize("how", ["withdrawn", "undone"])
def test_a_build_with_an_essay_that_is_accepted_no_longer_is_for_organisers_alone(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    epub: Build,
    published: Volume,
    how: str,
) -> None:
    edition = db.get_one(Edition, published.edition_id)
    edition.release_later = True
    moderator = people.actor("moderator")
    waits, undecided = (
        make_contribution(db, people.author, edition=edition, state=State.SUBMITTED)
        for _ in range(2)
    )

    def accept(essay: Contribution) -> Decision:
        return claim_and_decide(db, moderator, essay.id, Verdict.ACCEPT, reasons=["relevant"])

    def leave(essay: Contribution, made: Decision) -> None:
        if how == "undone":
            undo(db, moderator, made.id, "Trop tôt.")
        else:
            withdraw(db, people.author.actor, essay.id)
        db.commit()

    # What was accepted and left after the first build was made is not in that one.
    leave(undecided, accept(undecided))
    assert client.get(FILE).status_code == 200
    made = accept(waits)
    contents.fill(db, people.actor("organiser"), published)
    db.commit()
    build = operations.request_build(db, SYSTEM, published, "fr", "epub")
    db.commit()
    with app.app_context():
        jobs.run(build.id)
    second = FILE.replace("-1.epub", "-2.epub")
    assert client.get(second).status_code == 200
    leave(waits, made)
    assert client.get(second).status_code == 404
    assert client.get(FILE).status_code == 200
    if how == "undone":
        accept(waits)
        db.commit()
        assert client.get(second).status_code == 200
        organiser = people.actor("organiser")
        organising.release(db, organiser, waits.id)
        organising.remove(db, organiser, waits.id, reason="Rights.", language="en")
        db.commit()
        assert client.get(second).status_code == 404


def test_a_build_is_not_withdrawn_for_an_essay_accepted_after_it(
    client: FlaskClient,
    organiser: Any,
    db: Session,
    people: Cast,
    epub: Build,
    published: Volume,
) -> None:
    edition = db.get_one(Edition, published.edition_id)
    late = make_contribution(db, people.author, edition=edition, state=State.PUBLISHED)
    organising.remove(db, people.actor("organiser"), late.id, reason="Rights.", language="en")
    db.commit()

    assert client.get(FILE).status_code == 200
    assert "Withdrawn from readers" not in organiser.get(DESK).text


def test_a_build_made_after_an_essay_was_removed_is_for_everyone(
    app: Flask, client: FlaskClient, db: Session, people: Cast, epub: Build, published: Volume
) -> None:
    take_down_first(db, people)
    db.commit()
    build = operations.request_build(db, SYSTEM, published, "fr", "epub")
    db.commit()
    with app.app_context():
        jobs.run(build.id)

    assert client.get("/fr/proceedings/2017/2017-fr-2.epub").status_code == 200
    assert client.get(FILE).status_code == 404


def test_the_newest_build_is_the_one_to_download(
    app: Flask, client: FlaskClient, db: Session, epub: Build, published: Volume
) -> None:
    build = operations.request_build(db, SYSTEM, published, "fr", "epub")
    db.commit()
    with app.app_context():
        jobs.run(build.id)

    page = client.get("/fr/proceedings/2017/").text

    assert "2017-fr-2.epub" in page
    assert "2017-fr-1.epub" not in page


def test_the_books_in_the_readers_language_come_first(
    app: Flask, client: FlaskClient, db: Session, epub: Build, published: Volume
) -> None:
    wanted = [
        operations.request_build(db, SYSTEM, published, each, "epub") for each in ("multi", "de")
    ]
    db.commit()
    with app.app_context():
        for build in wanted:
            jobs.run(build.id)

    for code, order in (("fr", ["fr-1", "multi-2", "de-3"]), ("de", ["de-3", "multi-2", "fr-1"])):
        page = html.document_fromstring(client.get(f"/{code}/proceedings/2017/").text)
        links = page.xpath("//a[@download]/@href")
        assert links == [f"/{code}/proceedings/2017/2017-{name}.epub" for name in order]


@pytest.mark.parametrize("languages", [("fr",), ("fr", "ar", "zh")])
def test_a_volume_costs_the_same_queries_however_many_essays(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    count_queries: Any,
    languages: tuple[str, ...],
) -> None:
    volume = make_volume(db, people, languages=languages)
    operations.publish(db, SYSTEM, volume)
    db.commit()
    client.get("/fr/proceedings/2017/")

    with count_queries(app.extensions["jsi_engine"]) as statements:
        client.get("/fr/proceedings/2017/")

    assert len(statements) == 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_of_volumes_are_one_query(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    count_queries: Any,
    count: int,
) -> None:
    for number in range(count):
        volume = make_volume(db, people, languages=("fr",), slug=f"v{number}")
        operations.publish(db, SYSTEM, volume)
    db.commit()

    with count_queries(app.extensions["jsi_engine"]) as statements:
        page = client.get("/fr/proceedings/").text

    assert len(statements) == 1
    assert page.count('<a href="/fr/proceedings/v') == count


def test_download_sends_the_file_with_what_browsers_need(
    client: FlaskClient, epub: Build, published: Volume
) -> None:
    answer = client.get("/fr/proceedings/2017/2017-fr-1.epub")

    assert answer.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    headers = answer.headers
    assert headers["Content-Type"] == "application/epub+zip"
    assert headers["Content-Disposition"] == "attachment; filename=2017-fr-1.epub"
    assert int(headers["Content-Length"]) == len(answer.data) == epub.file_size
    assert headers["ETag"] == f'"{epub.sha256}"'
    assert headers["Cache-Control"] == "public, no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff"
    kept = client.get(
        "/fr/proceedings/2017/2017-fr-1.epub", headers={"If-None-Match": headers["ETag"]}
    )
    assert (kept.status_code, kept.data) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "2017-fr-2.epub",
        "2017-ar-1.epub",
        "2017-fr-1.pdf",
        "2017-fr-01.epub",
        "2017-fr-99999999999999999999.epub",
        "2017-fr-１.epub",
        "..%2Fsecret",
        "x",
    ],
)
def test_download_of_any_other_name_is_404(
    client: FlaskClient, epub: Build, published: Volume, name: str
) -> None:
    assert client.get(f"/fr/proceedings/2017/{name}").status_code == 404


def test_download_of_a_lost_file_is_404(
    client: FlaskClient, settings: Any, epub: Build, published: Volume
) -> None:
    (settings.data_dir / "files" / str(epub.file_key)).unlink()

    assert client.get("/fr/proceedings/2017/2017-fr-1.epub").status_code == 404
