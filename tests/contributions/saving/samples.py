"""What the script of a draft's page sends."""

from typing import Any

from werkzeug.test import TestResponse

from app.contributions.models import Contribution
from tests.contributions.pages import page_of
from tests.http import Browser


def autosave(author: Browser, draft: Contribution, **fields: Any) -> TestResponse:
    """Open the editor and send what it holds, changed so, as its script does."""
    author.get(page_of(draft))
    form = author.tree.get_element_by_id("essay-form")
    values = {name: value.removeprefix("\n") for name, value in form.form_values()}
    return author.client.post(page_of(draft, "autosave"), data=values | fields)
