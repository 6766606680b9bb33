"""Static files that were packed when they were made."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

TEXT = "'use strict';\n" * 100


@pytest.fixture
def built(app: Flask, tmp_path: Path) -> Path:
    """A folder of static files, one of them packed."""
    app.static_folder = str(tmp_path)
    (tmp_path / "plain.js").write_text(TEXT)
    (tmp_path / "made.js").write_text(TEXT)
    (tmp_path / "made.js.gz").write_bytes(gzip.compress(TEXT.encode()))
    return tmp_path


def test_packed_file_goes_to_who_unpacks_it(built: Path, client: FlaskClient) -> None:
    answer = client.get("/static/made.js?v=1", headers={"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(answer.data).decode() == TEXT
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Accept-Encoding" in answer.vary
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_packed_file_goes_plain_to_who_does_not(
    built: Path, client: FlaskClient, accepted: str
) -> None:
    answer = client.get("/static/made.js", headers={"Accept-Encoding": accepted})
    assert answer.text == TEXT
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.vary


def test_unpacked_file_is_sent_as_it_is(built: Path, client: FlaskClient) -> None:
    answer = client.get("/static/plain.js", headers={"Accept-Encoding": "gzip"})
    assert answer.text == TEXT
    assert "Content-Encoding" not in answer.headers


def test_packed_files_are_looked_for_in_their_folder_only(built: Path, client: FlaskClient) -> None:
    (built.parent / "secret.js.gz").write_bytes(b"x")
    assert client.get("/static/../secret.js").status_code == 404
    assert client.get("/static/..%2fsecret.js").status_code == 404
