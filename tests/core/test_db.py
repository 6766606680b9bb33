"""Rows that others change meanwhile."""

from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.orm import Session

from app.core.db import begin_write, hold, reading, word
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


def test_reading_keeps_no_transaction_open(engine: Engine) -> None:
    number = select(func.count()).select_from(Page)
    with reading(engine).connect() as connection:
        assert connection.scalar(number) == 0
        with engine.begin() as other:
            other.execute(insert(Page).values(slug="a", title={}, body={}, html={}, position=0))
        assert connection.scalar(number) == 1
        if engine.dialect.name == "postgresql":
            driver: Any = connection.connection.dbapi_connection
            assert driver.info.transaction_status.name == "IDLE"


def test_reading_leaves_connections_as_they_were(engine: Engine) -> None:
    """It takes them from the same pool as whoever writes."""
    with reading(engine).connect() as connection:
        connection.execute(select(1))
    with engine.connect() as connection:
        connection.execute(insert(Page).values(slug="a", title={}, body={}, html={}, position=0))
        connection.rollback()
        assert connection.scalar(select(func.count()).select_from(Page)) == 0


@pytest.mark.parametrize("value", ["it's", "a b", "é", "-"])
def test_word_is_one_of_ours(value: str) -> None:
    with pytest.raises(ValueError, match="not a word of ours"):
        word(value)
