"""Documents that are refused, with a word, and nothing kept."""

import io
from typing import Any

import pytest
from flask import Flask

from app.documents.importing import MOST_BYTES
from tests.contributions.uploads.conftest import Desk
from tests.contributions.uploads.samples import stored
from tests.documents.importing.files import (
    by_pandoc,
    docx,
    paragraph,
    run,
)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.docx"),
        (b"MZ\x90\x00" + b"\0" * 200, "program.docx"),
        (b"%PDF-1.7\n", "essay.pdf"),
        (by_pandoc("x", "docx")[:-50], "cut.docx"),
        (docx(paragraph(run("x")), more={"word/vbaProject.bin": b"x"}), "macros.docx"),
        (docx(paragraph(run("x")), prologue="<!DOCTYPE x>"), "entities.docx"),
        (docx(paragraph(run("x")), more={"../x": "x"}), "paths.docx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_upload_refuses_beside_the_field_and_keeps_nothing(
    app: Flask, desk: Desk, content: bytes, name: str
) -> None:
    answer = desk.send(content, name)
    assert answer.status_code == 422
    assert desk.browser.tree.xpath("//div[@id='file-error']/p")
    assert desk.uploads() == []
    assert stored(app) == []


def test_upload_without_a_file_says_so(desk: Desk) -> None:
    assert desk.browser.post(desk.address, {}).status_code == 422
    assert desk.browser.tree.xpath("//div[@id='file-error']/p")


def test_upload_of_26_megabytes_is_refused_with_the_limit(desk: Desk) -> None:
    for size in (MOST_BYTES + 1, MOST_BYTES + 1024 * 1024):
        answer = desk.send(b"a" * size, "long.txt")
        assert answer.status_code in {413, 422}
        assert "25" in answer.text
    assert desk.uploads() == []


def test_a_request_of_a_gigabyte_is_refused_before_it_is_read(app: Flask, desk: Desk) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.taken += len(buffer)
            return len(buffer)

    source = Endless()
    answer = desk.browser.client.post(
        desk.address,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": source, "CONTENT_LENGTH": str(1024**3)},
    )
    assert answer.status_code == 413
    assert source.taken <= 65 * 1024 * 1024  # drained, not kept, so that browsers show the answer


def test_other_forms_stay_small(desk: Desk) -> None:
    answer = desk.browser.post(f"/fr/my/contributions/{desk.id}/edit", {"body": "a" * 9_000_000})
    assert answer.status_code == 413
