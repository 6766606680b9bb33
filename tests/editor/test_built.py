"""The built editor: its size, and what it must not contain."""

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html

from app.config import ROOT
from tests.required import left_out

BUILT = ROOT / "static" / "built" / "editor.js"


@pytest.fixture
def built() -> Path:
    if not BUILT.is_file():
        left_out("node", "the editor is not built (`make test` does it)")
    return BUILT


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def test_editor_leaves_room_in_what_its_first_page_may_transfer(built: Path) -> None:
    others = [path for path in (ROOT / "static").iterdir() if path.suffix in (".js", ".css")]
    assert compressed(built) < 170_000
    assert compressed(built) + sum(map(compressed, others)) < 230_000


@pytest.mark.parametrize("address", ["/en/", "/ar/contributions/", "/zh/proceedings/", "/fr/login"])
def test_page_without_the_editor_stays_small(client: FlaskClient, address: str) -> None:
    page = html.document_fromstring(client.get(address).text)
    named = page.xpath("//link[@rel='stylesheet']/@href | //script/@src")
    names = {urlsplit(each).path.removeprefix("/static/") for each in named}
    assert {"site.css", "menu.js"} <= names
    assert sum(compressed(ROOT / "static" / name) for name in names) < 60_000


def test_editor_brings_neither_styles_nor_addresses_of_its_own(built: Path) -> None:
    text = built.read_text()
    assert 'createElement("style")' not in text
    assert "sourceMappingURL" not in text
    assert str(ROOT) not in text


def test_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
