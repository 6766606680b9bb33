"""The page around the formatted editor, and the form in which a draft is stored."""

import json
import re
from html import unescape

import pytest
from flask import Flask

from app.contributions.essay import EssayInput
from app.contributions.models import Contribution
from tests.contributions.pages import Open, page_of


def test_columns_hold_the_canonical_text() -> None:
    essay = EssayInput(language="en", body="Top\n===\n\n__a__ _b_\nc[^x]\n\n[^x]: d\n")
    assert essay.columns()["body"] == "## Top\n\n**a** *b* c[^1]\n\n[^1]: d"


def test_columns_keep_a_text_with_problems_as_it_was_written() -> None:
    body = "__a__[^x]\n\n[^y]: nobody refers to it"
    assert EssayInput(language="en", body=body).columns()["body"] == body


@pytest.mark.parametrize("built", [True, False])
def test_editor_page_offers_formatting_only_where_the_editor_was_built(
    app: Flask, browser: Open, draft: Contribution, built: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.jinja_env.globals, "is_built", lambda _name: built)
    monkeypatch.setitem(app.jinja_env.globals, "asset", lambda name: f"/static/{name}?v=1")
    page = browser("author@example.org").get(page_of(draft, language="ar")).text
    assert "<textarea" in page
    assert ('src="/static/built/editor.js?v=1"' in page) is built
    assert ('id="link-dialog"' in page) is built
    if built:
        found = re.search(r"data-words='([^']*)'", page)
        assert found
        words = json.loads(unescape(found[1]))
        assert all(words.values())
        assert words["undo"]
        assert f"/contributions/{draft.id}/figures/upload" in page
