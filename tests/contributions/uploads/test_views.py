"""A document becomes a draft: the pages."""

import io
from collections.abc import Callable

from flask import Flask

from app.contributions.models import Draft
from tests.contributions.uploads.conftest import Desk
from tests.contributions.uploads.samples import TEXT, stored, with_image
from tests.documents.importing.files import (
    by_pandoc,
    docx,
    paragraph,
    run,
)
from tests.factories import Cast
from tests.http import Browser


def test_upload_of_a_small_document_is_previewed_and_taken_over(
    app: Flask, desk: Desk, work: Callable[[], int]
) -> None:
    old = desk.body
    answer = desk.send(by_pandoc(TEXT, "docx"))
    assert answer.status_code == 303
    page = desk.browser.get(answer.location)
    assert "Un texte venu d’ailleurs" in page.text
    assert 'role="doc-noteref"' in page.text
    assert desk.body == old
    assert desk.browser.get(desk.address).text.count(answer.location.rstrip("/")) == 1
    desk.browser.get(answer.location)
    done = desk.browser.submit({"title": "y"}, form="/take")
    assert done.status_code == 303
    assert done.location.endswith("/edit")
    assert desk.body.startswith("Un texte venu d’ailleurs[^1].")
    assert desk.db.get_one(Draft, desk.id).title == "Nouveau titre"
    assert desk.browser.get(answer.location).status_code == 404
    work()
    assert desk.uploads() == []
    assert stored(app) == []


def test_upload_says_what_could_not_be_kept(desk: Desk) -> None:
    body = paragraph(run("Souligné", '<w:u w:val="single"/>') + "<w:r><w:object/></w:r>")
    page = desk.browser.get(desk.send(docx(body)).location)
    codes = [finding["code"] for finding in desk.uploads()[0].findings]
    assert codes == ["object.dropped", "formatting.underline"]
    items = desk.browser.tree.xpath("//ul[@class='findings']/li")
    assert len(items) == 2
    assert page.text.count("<q ") == 2


def test_upload_hints_at_another_language(desk: Desk) -> None:
    english = "Peace in cyberspace needs rules that everybody knows and can check. " * 4
    page = desk.browser.get(desk.send(by_pandoc(english, "docx")).location)
    assert "English" in page.text.partition('class="notice warn"')[2][:300]
    french = "La paix a besoin de règles que chacun connaît et peut vérifier. " * 4
    page = desk.browser.get(desk.send(by_pandoc(french, "docx")).location)
    assert 'class="notice warn"' not in page.text


def test_upload_can_be_discarded(app: Flask, desk: Desk, work: Callable[[], int]) -> None:
    old = desk.body
    location = desk.send(with_image()).location
    assert desk.browser.get(location).text.count("<figure><img ") == 1
    assert len(stored(app)) == 1
    assert desk.browser.submit({}, form="/discard").status_code == 303
    assert desk.body == old
    assert desk.browser.get(location).status_code == 404
    work()
    assert desk.uploads() == []
    app.extensions["jsi_sweep"]()
    work()
    assert stored(app) == []


def test_upload_answers_the_script_with_data(desk: Desk) -> None:
    headers = {"Accept": "application/json"}
    done = desk.send(by_pandoc(TEXT, "docx"), headers=headers)
    assert (done.status_code, done.mimetype) == (201, "application/json")
    assert desk.browser.get(done.json["location"]).status_code == 200
    refused = desk.send(b"%PDF-1.7", headers=headers)
    assert (refused.status_code, "PDF" in refused.json["error"]) == (422, True)


def test_an_upload_is_not_there_for_anybody_else(
    desk: Desk, browser: Callable[..., Browser]
) -> None:
    location = desk.send(by_pandoc(TEXT, "docx")).location
    for email in ("stranger", "moderator", "organiser", "administrator"):
        other = browser(f"{email}@example.org")
        assert other.get(desk.address).status_code == 404
        assert other.get(location).status_code == 404
        assert other.post(f"{location}take").status_code == 404
        assert other.post(f"{location}discard").status_code == 404
        sent = {"file": (io.BytesIO(by_pandoc(TEXT, "docx")), "x.docx")}
        assert other.post(desk.address, sent).status_code == 404
    assert browser().get(location).status_code == 302
    assert [upload.state for upload in desk.uploads()] == ["ready"]


def test_take_over_after_another_save_asks_again(desk: Desk, people: Cast) -> None:
    location = desk.send(by_pandoc(TEXT, "docx")).location
    desk.browser.get(location)
    old = desk.body
    answer = desk.browser.submit({"version": "1"}, form="/take")
    assert answer.location == location
    assert desk.body == old
    desk.browser.get(location)
    assert desk.browser.submit({}, form="/take").location.endswith("/edit")
    assert desk.body != old


def test_the_editors_button_saves_before_it_leads_to_the_upload(desk: Desk) -> None:
    desk.browser.get(f"/fr/my/contributions/{desk.id}/edit")
    answer = desk.browser.submit(
        {"body": "Not yet saved.", "action": "upload"}, form=f"{desk.id}/edit"
    )
    assert (answer.status_code, answer.location) == (303, desk.address)
    assert desk.body == "Not yet saved."


def test_the_tracks_page_begins_with_a_document(desk: Desk) -> None:
    desk.browser.get("/fr/contribute/jurist/")
    answer = desk.browser.submit({"begin": "document"})
    assert answer.status_code == 303
    assert answer.location.endswith("/upload/")
