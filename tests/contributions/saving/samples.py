"""Pages of a draft, and what their script sends."""

from typing import Any

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.contributions.models import Contribution, Draft
from tests.http import Browser


def page_of(draft: Contribution, name: str = "edit", language: str = "en") -> str:
    return f"/{language}/my/contributions/{draft.id}/{name}"


def fresh(db: Session, draft: Contribution) -> Draft:
    draft_id = draft.id
    db.rollback()
    return db.get_one(Draft, draft_id, populate_existing=True)


def autosave(author: Browser, draft: Contribution, **fields: Any) -> TestResponse:
    """Open the editor and send what it holds, changed so, as its script does."""
    author.get(page_of(draft))
    form = author.tree.get_element_by_id("essay-form")
    values = {name: value.removeprefix("\n") for name, value in form.form_values()}
    return author.client.post(page_of(draft, "autosave"), data=values | fields)
