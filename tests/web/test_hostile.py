"""HTML and script in every field a person fills in: no page takes it for its own."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Table, select, text, update
from sqlalchemy.orm import Session

from app.config import Settings
from app.contributions.models import Contribution
from app.core.db import Base
from app.core.policy import Role
from app.moderation.appeals import operations as appeals
from app.moderation.appeals.models import Outcome
from app.moderation.reports import operations as reports
from app.moderation.talk import operations as talk
from tests.access import ACCESS, MAY, Access
from tests.factories import Cast, make_account
from tests.http import Open
from tests.test_strangers import routes
from tests.world import World

FIELDS: Final = {
    "account": ("name", "latin_name", "affiliation"),
    "appeal": ("words", "reply"),
    "conflict": ("words",),
    "contribution": ("title", "withdrawal_reason"),
    "decision": ("words", "points"),
    "draft": ("title", "abstract", "summary", "body", "keywords", "authors", "extra"),
    "edition": ("title", "description"),
    "message": ("words",),
    "message_template": ("title", "text"),
    "page": ("title",),
    "published_text": ("title", "byline", "authors", "keywords", "teaser"),
    "question": ("title", "context"),
    "report": ("words",),
    "report_case": ("words",),
    "take_down": ("reason",),
    "revision": ("title", "abstract", "summary", "body", "keywords", "authors", "extra", "note"),
    "theme": ("title", "context"),
    "track": ("title", "audience"),
    "upload": ("filename", "title"),
    "volume": ("title", "subtitle"),
    "volume_section": ("title",),
}
"""What people write, by table."""
WRITTEN: Final = [f"{table}.{column}" for table, columns in FIELDS.items() for column in columns]
CODES: Final = {"key", "country", "orcid", "contact"}
"""Of an author: not words."""
READERS: Final = ("author", "moderator", "organiser")


def hostile(name: str) -> str:
    """Text that would run, or leave its attribute, if it were not escaped."""
    return f"<script>alert({name})</script><b>\"' onload=alert(1)"


def poisoned(value: Any, by: str) -> Any:
    """That value with each of its texts replaced."""
    if isinstance(value, dict):
        old = value or {"en": ""}
        return {key: each if key in CODES else poisoned(each, by) for key, each in old.items()}
    if isinstance(value, list):
        return [poisoned(each, by) for each in value] or [by]
    return by if isinstance(value, str) else value


def poison(db: Session, table: Table, column: str) -> None:
    """Write it over that column of every row."""
    keys = list(table.primary_key.columns)
    for value, *row in db.execute(select(table.c[column], *keys)).all():
        its_own = (key == each for key, each in zip(keys, row, strict=True))
        new = poisoned(value, hostile(f"{table.name}.{column}"))
        db.execute(update(table).where(*its_own).values({column: new}))


@pytest.fixture
def world(app: Flask, db: Session, people: Cast, settings: Settings) -> World:
    """A site with one of everything, in all of it what an attacker would write."""
    world = World(app, db, people, settings.data_dir / "app.db")
    moderator, submitted = people.actor("moderator"), world.values["contribution_id"]
    talk.note(db, moderator, submitted, "A note.", language="en")
    talk.write_to_author(db, moderator, submitted, "A question.", language="en")
    reports.keep(db, people.actor("organiser"), world.values["case_id"], words=".", language="en")
    third, appeal = make_account(db, "third@example.org", Role.MODERATOR), world.values["appeal_id"]
    appeals.answer(db, third.actor, appeal, Outcome.UPHELD, reply="It stands.", language="en")
    kept = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'"
    for trigger in db.scalars(text(kept)).all():
        db.execute(text(f"DROP TRIGGER {trigger}"))
    tables = Base.metadata.tables
    db.execute(update(tables["decision"]).values(words_language="en"))
    for table, columns in FIELDS.items():
        for column in columns:
            poison(db, tables[table], column)
    db.commit()
    return world


def pages(world: World, db: Session) -> Iterator[tuple[str, str]]:
    """A reader and an address: every page, and every essay's own."""
    for rule in routes(world.app, "GET"):
        needed = ACCESS[rule.endpoint]
        readers = READERS[:1] if needed is Access.PUBLIC else READERS
        for name in MAY[needed].intersection(readers):
            yield name, world.address(rule)
    for id in db.scalars(select(Contribution.id)):
        yield "author", f"/en/my/contributions/{id}/"
        yield "organiser", f"/en/organise/contributions/{id}/"


def test_what_people_write_is_text_on_every_page(world: World, db: Session, browser: Open) -> None:
    readers = {name: browser(f"{name}@example.org").client for name in READERS}
    shown = ""
    for name, address in pages(world, db):
        answer = readers[name].get(address, buffered=True)
        if answer.mimetype == "text/html":
            shown += answer.text
            assert "<script>alert" not in answer.text, (name, address)
            assert html.document_fromstring(answer.text).xpath("//@onload") == [], (name, address)
    assert [each for each in WRITTEN if f"&lt;script&gt;alert({each})" not in shown] == []
