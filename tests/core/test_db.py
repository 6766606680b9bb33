"""Rows that others change meanwhile."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core.db import begin_write, hold
from app.core.errors import NotFound
from app.editions.models import Page


def test_hold_of_a_row_that_is_gone_is_not_found(session: Session) -> None:
    begin_write(session)
    page = Page(slug="about", title={}, body={}, html={}, position=0)
    session.add(page)
    session.flush()
    session.execute(
        delete(Page).where(Page.slug == "about").execution_options(synchronize_session=False)
    )
    with pytest.raises(NotFound):
        hold(session, page)


def test_hold_reads_anew_and_keeps_what_was_not_sent_yet(session: Session) -> None:
    begin_write(session)
    page = Page(slug="about", title={}, body={}, html={}, position=0)
    session.add(page)
    session.flush()
    page.position = 7
    hold(session, page)
    assert page.position == 7
