"""Figures: their page, what the editor uploads, the files themselves."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from limits import parse
from lxml import etree
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.contributions.figures import views as figure_views
from app.contributions.figures.models import ContributionFigure, Figure, key
from app.contributions.models import Contribution, Draft
from app.contributions.uploads.labels import FINDINGS
from app.core import storage
from app.core.policy import SYSTEM
from app.documents import images
from app.moderation.organising import operations as organising
from app.web.limits import limiter
from tests.contributions.figures.samples import (
    DRAWING,
    RED,
    body,
    bring,
    file,
    page_of,
    picture,
    published,
)
from tests.factories import Cast
from tests.http import Browser

Open = Callable[..., Browser]


def test_page_uploads_without_scripts(draft: Contribution, browser: Open, db: Session) -> None:
    author = browser("author@example.org")
    assert author.get(page_of(draft)).status_code == 200
    fields = {"file": file(picture()), "alternative": "Un carré rouge", "caption": "Le nôtre"}
    assert author.submit(fields).status_code == 303
    author.get(page_of(draft))
    (line,) = author.tree.xpath("//main//input[@readonly]/@value")
    assert line == f'![Un carré rouge](figure:{RED.id} "Le nôtre")'
    (image,) = author.tree.xpath("//main//li/img")
    assert (image.get("src"), image.get("alt")) == (f"/figures/{RED.id}.png", "Un carré rouge")
    author.submit({}, form="append")
    assert line in db.get_one(Draft, draft.id).body
    assert not author.get(page_of(draft)).text.count('name="figure"')


FILTERED = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    b'<rect width="1" height="1" filter="url(#f)"/></svg>'
)


def test_page_and_editor_are_told_what_a_drawing_lost(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    author.get(page_of(draft))
    author.submit({"file": file(FILTERED), "alternative": "Un carré"})
    lost = str(FINDINGS["image.effects"])
    author.get(page_of(draft).replace("/fr/", "/en/"))
    (notice,) = author.tree.xpath("//*[@role='status'][contains(@class, 'warn')]")
    assert notice.text_content().strip()
    answer = author.post(page_of(draft, "upload").replace("/fr/", "/en/"), {"file": file(FILTERED)})
    assert answer.status_code == 201
    assert answer.json["notice"] == lost


def test_page_puts_the_figure_into_the_essay_if_asked(
    draft: Contribution, browser: Open, db: Session
) -> None:
    author = browser("author@example.org")
    author.get(page_of(draft))
    author.submit({"file": file(picture()), "alternative": "Rouge", "append": "y"})
    assert f"\n\n![Rouge](figure:{RED.id})\n" in db.get_one(Draft, draft.id).body
    shown = author.get(f"/fr/my/contributions/{draft.id}/edit")
    assert page_of(draft) in shown.text
    preview = author.submit({"action": "preview"}, form="edit")
    assert f'src="/figures/{RED.id}.png" alt="Rouge"' in preview.text


def test_page_removes(draft: Contribution, browser: Open, db: Session) -> None:
    author = browser("author@example.org")
    author.get(page_of(draft))
    author.submit({"file": file(picture()), "alternative": "Rouge"})
    author.get(page_of(draft))
    assert author.submit({}, form="remove").status_code == 303
    assert not db.scalars(select(ContributionFigure)).all()


@pytest.mark.parametrize(
    "fields",
    [
        {"alternative": "Rouge"},
        {"file": (io.BytesIO(b"GIF89a"), "a.png"), "alternative": "x"},
        {"file": (io.BytesIO(picture()), "a.png"), "alternative": ""},
        {"file": (io.BytesIO(picture()), "a.png"), "alternative": "a\u202eb"},
    ],
)
def test_page_refuses(
    draft: Contribution, browser: Open, db: Session, fields: dict[str, object]
) -> None:
    author = browser("author@example.org")
    author.get(page_of(draft))
    answer = author.submit(fields)
    assert answer.status_code == 422
    assert author.tree.xpath("//main//*[@role='alert']//a")
    assert not db.scalars(select(Figure)).all()


def test_upload_answers_the_editor(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    address = page_of(draft, "upload")
    answer = author.post(address, {"file": file(picture())})
    assert answer.status_code == 201
    assert answer.json == {
        "id": RED.id,
        "url": f"/figures/{RED.id}.png",
        "width": 40,
        "height": 30,
        "notice": "",
    }
    refused = author.post(address, {"file": file(b"MZ")})
    assert refused.status_code == 422
    assert refused.json is not None
    assert refused.json["code"] == "image.unknown_kind"
    assert refused.json["error"]
    assert author.post(address).json["code"] == "image.empty"


def test_upload_of_a_large_file(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    data = picture() + bytes(images.MAX_BYTES - len(picture()))
    assert author.post(page_of(draft, "upload"), {"file": file(data)}).status_code == 201
    answer = author.post(page_of(draft, "upload"), {"file": file(data + b"1")})
    assert (answer.status_code, answer.json["code"]) == (422, "image.too_large")
    assert (
        author.post(page_of(draft, "upload"), {"file": file(data + bytes(200_000))}).status_code
        == 413
    )


def test_upload_without_a_token(draft: Contribution, browser: Open, db: Session) -> None:
    author = browser("author@example.org")
    answer = author.client.post(page_of(draft, "upload"), data={"file": file(picture())})
    assert answer.status_code == 400
    assert not db.scalars(select(Figure)).all()


def test_upload_by_a_stranger(draft: Contribution, browser: Open, db: Session) -> None:
    for email in ("stranger@example.org", "moderator@example.org", "organiser@example.org"):
        stranger = browser(email)
        assert stranger.get(page_of(draft)).status_code == 404
        for tail in ("", "upload", "append", "remove"):
            fields = {"file": file(picture()), "alternative": "x", "figure": RED.id}
            assert stranger.post(page_of(draft, tail), fields).status_code == 404
    assert not db.scalars(select(Figure)).all()


def test_upload_too_often(
    settings: Settings, people: Cast, draft: Contribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_views, "HOW_OFTEN", parse("1 per hour"))
    application = create_app(replace(settings, testing=False))
    application.config["WTF_CSRF_ENABLED"] = True
    try:
        author = Browser(application.test_client())
        author.sign_in(people.author.email)
        answers = [
            author.post(page_of(draft, "upload"), {"file": file(picture())}).status_code
            for _ in range(2)
        ]
    finally:
        limiter.enabled = False
        application.extensions["jsi_engine"].dispose()
    assert answers == [201, 429]


def test_figure_of_a_draft_is_its_authors_alone(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    address = author.post(page_of(draft, "upload"), {"file": file(picture())}).json["url"]
    answer = author.get(address)
    assert (answer.status_code, answer.data) == (200, RED.data)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    for stranger in (browser(), browser("stranger@example.org"), browser("organiser@example.org")):
        assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("image", [RED, DRAWING], ids=["png", "svg"])
def test_figure_of_a_published_essay_is_everybodys(
    app: Flask,
    db: Session,
    people: Cast,
    draft: Contribution,
    browser: Open,
    image: images.Image,
    count_queries: Callable[[Engine], Any],
) -> None:
    contribution = db.get_one(Contribution, draft.id)
    store = app.extensions["jsi_store"]
    bring(db, people.author.actor, draft.id, image, store=store)
    body(db, contribution, f"Words\n\n![Alternative](figure:{image.id})\n")
    published(db, people, contribution)
    db.commit()
    visitor = browser()
    visitor.get(f"/fr/contributions/{contribution.number}/")
    (address,) = visitor.tree.xpath("//article//figure/img/@src")
    answer = visitor.get(address)
    assert answer.data == image.data
    assert answer.mimetype == images.MEDIA_TYPES[image.kind]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    storage.delete(store, key(image.id, image.kind))  # not needed where somebody has a copy
    copy = {"If-None-Match": answer.headers["ETag"]}
    with count_queries(app.extensions["jsi_engine"]) as statements:
        again = visitor.get(address, headers=copy)
    assert (again.status_code, again.data, len(statements)) == (304, b"", 1)
    for header in ("Cache-Control", "Content-Security-Policy", "ETag"):
        assert again.headers[header] == answer.headers[header]
    organising.remove(db, SYSTEM, draft.id, reason="A reason.", language="en")
    db.commit()
    assert visitor.get(address, headers=copy).status_code == 404
    storage.put(store, key(image.id, image.kind), image.data)
    seen = browser("author@example.org").get(address, headers=copy)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize(
    "path", ["/figures/x.png", f"/figures/{'0' * 32}.gif", "/figures/..%2f..%2fapp.db", "/figures/"]
)
def test_figure_that_is_none(browser: Open, path: str) -> None:
    assert browser().get(path).status_code == 404


def test_figure_whose_file_is_lost(app: Flask, draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    address = author.post(page_of(draft, "upload"), {"file": file(picture())}).json["url"]
    storage.delete(app.extensions["jsi_store"], f"figures/{RED.id[:2]}/{RED.id}.png")
    assert author.get(address).status_code == 404
    author.post(page_of(draft, "upload"), {"file": file(picture())})  # mends it
    assert author.get(address).status_code == 200


def test_drawing_is_a_drawing_to_a_reader(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    hostile = DRAWING.data.replace(b"<rect", b'<script>alert(1)</script><rect onload="alert(1)"')
    answer = author.post(page_of(draft, "upload"), {"file": file(hostile, "a.svg")})
    assert answer.json["id"] == DRAWING.id
    assert etree.fromstring(author.get(answer.json["url"]).data).tag.endswith("svg")
