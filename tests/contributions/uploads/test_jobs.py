"""Large documents are read by the worker."""

from collections.abc import Callable

from flask import Flask

from tests.contributions.uploads.conftest import Desk
from tests.contributions.uploads.samples import large, stored
from tests.documents.importing.files import archive, unpacked


def test_upload_of_a_large_document_is_read_by_the_worker(
    app: Flask, desk: Desk, work: Callable[[], int]
) -> None:
    location = desk.send(large()).location
    assert "data-running" in desk.browser.get(location).text
    assert len(stored(app)) == 1
    assert work() == 1
    page = desk.browser.get(location)
    assert "data-running" not in page.text
    assert "Un texte venu d’ailleurs" in page.text
    assert stored(app) == []


def test_upload_that_nobody_told_the_worker_of_is_found_by_the_sweep(
    app: Flask, desk: Desk, work: Callable[[], int]
) -> None:
    location = desk.send(large()).location
    app.extensions["jsi_queue"].flush()
    app.extensions["jsi_sweep"]()
    assert work() >= 1  # the sweep finds what else is due, too
    assert "Un texte venu d’ailleurs" in desk.browser.get(location).text


def test_upload_that_the_worker_refuses_says_why_and_leaves_nothing(
    app: Flask, desk: Desk, work: Callable[[], int]
) -> None:
    content = archive(
        {**unpacked(large()), "word/styles.xml": "<!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>"}
    )
    location = desk.send(content).location
    work()
    page = desk.browser.get(location)
    assert page.status_code == 200
    assert 'class="notice bad"' in page.text
    assert desk.uploads()[0].error["code"] == "upload.entities"
    assert stored(app) == []
