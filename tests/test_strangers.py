"""Who may open and who may write what: every route, by everybody, over HTTP.

The routes are those the application has, so one that is added is refused here until it is put into
``ACCESS``.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.contributions.byline import Author
from app.contributions.invitations import operations as invitations
from app.contributions.models import DraftSave
from app.contributions.states import State
from app.contributions.uploads import operations as upload_operations
from app.core import outbox
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import SYSTEM, Role, TrackCode
from app.library import pages
from app.moderation.claims import operations as claiming
from app.proceedings import contents, operations
from tests.factories import Cast, make_account, make_contribution, make_edition
from tests.factories.volumes import make_volume
from tests.http import Browser


class Access(Enum):
    """Whom a route is for."""

    PUBLIC = auto()
    SIGNED_IN = auto()
    OWNER = auto()  # of the contribution; to others it is not there
    MODERATORS = auto()
    ENTRUSTED = auto()  # moderators of the essay's language and track; to others it is not there
    ORGANISERS = auto()
    ADMINISTRATORS = auto()
    DEMONSTRATION = auto()


P, S, O, A = Access.PUBLIC, Access.SIGNED_IN, Access.ORGANISERS, Access.ADMINISTRATORS  # noqa: E741

ACCESS: Final[dict[str, Access]] = {
    "static": P,
    "health.alive": P,
    "health.ready": P,
    "language.choose": P,
    "language.remember": P,
    "library.home": P,
    "library.questions": P,
    "library.question": P,
    "library.contributions": P,
    "library.contribution": P,
    "library.page": P,
    "library.feed": P,
    "library.robots": P,
    "library.sitemap": P,
    "library.sitemap_pages": P,
    "library.sitemap_essays": P,
    "proceedings.volumes": P,
    "proceedings.volume": P,
    "proceedings.download": P,
    "security.login": P,
    "security.logout": P,
    "security.register": P,
    "security.forgot_password": P,
    "security.reset_password": P,
    "security.send_confirmation": P,
    "security.confirm_email": P,
    "security.change_email_confirm": P,
    "security.change_password": S,
    "security.change_email": S,
    "security.verify": S,
    "accounts.profile": S,
    "reminders.stop": P,
    "accounts.sign_out_everywhere": S,
    "accounts.my_data": S,
    "accounts.download": S,
    "accounts.delete": S,
    "contributions.track": P,
    "contributions.mine": S,
    "contributions.show": Access.OWNER,
    "contributions.revision": Access.OWNER,
    "contributions.edit": Access.OWNER,
    "contributions.versions": Access.OWNER,
    "contributions.version": Access.OWNER,
    "contributions.take_back": Access.OWNER,
    "autosave.save": Access.OWNER,
    "contributions.references": Access.OWNER,
    "contributions.reference": Access.OWNER,
    "contributions.arrange_references": Access.OWNER,
    "contributions.discard": Access.OWNER,
    "contributions.upload": Access.OWNER,
    "contributions.uploaded": Access.OWNER,
    "contributions.take_upload": Access.OWNER,
    "contributions.discard_upload": Access.OWNER,
    "contributions.figures": Access.OWNER,
    "contributions.upload_figure": Access.OWNER,
    "contributions.append_figure": Access.OWNER,
    "contributions.remove_figure": Access.OWNER,
    "contributions.figure": P,
    "contributions.withdraw": Access.OWNER,
    "contributions.revive": Access.OWNER,
    "contributions.compare_own": Access.OWNER,
    "contributions.compare_organised": O,
    "contributions.revision_organised": O,
    "contributions.extensions": O,
    "contributions.extend": O,
    "contributions.co_authors": Access.OWNER,
    "contributions.revoke_co_author": Access.OWNER,
    "contributions.let_co_author_edit": Access.OWNER,
    "contributions.invitation": P,
    "contributions.decline_invitation": P,
    "contributions.confirm_mine": Access.OWNER,
    "contributions.decline_mine": Access.OWNER,
    "moderation.queue": Access.MODERATORS,
    "moderation.take_next": Access.MODERATORS,
    "moderation.item": Access.ENTRUSTED,
    "moderation.compare": Access.ENTRUSTED,
    "moderation.revision": Access.ENTRUSTED,
    "moderation.claim": Access.ENTRUSTED,
    "moderation.release": Access.ENTRUSTED,
    "moderation.spam": Access.ENTRUSTED,
    "organise.desk": O,
    "organise.editions": O,
    "organise.new_edition": O,
    "organise.edition": O,
    "organise.edition_settings": O,
    "organise.edition_texts": O,
    "organise.track_rules": O,
    "organise.track_texts": O,
    "themes.new": O,
    "themes.settings": O,
    "themes.texts": O,
    "themes.move": O,
    "themes.delete": O,
    "themes.new_question": O,
    "themes.question_settings": O,
    "themes.question_texts": O,
    "themes.move_question": O,
    "themes.delete_question": O,
    "pages.index": O,
    "pages.edit": O,
    "contributions.organise": O,
    "contributions.organise_one": O,
    "contributions.correct": O,
    "contributions.correct_references": O,
    "contributions.release": O,
    "contributions.remove": O,
    "contributions.restore": O,
    "proceedings.organise_volumes": O,
    "proceedings.organise_volume": O,
    "proceedings.texts": O,
    "proceedings.fill": O,
    "proceedings.add_entry": O,
    "proceedings.move_entry": O,
    "proceedings.remove_entry": O,
    "proceedings.update_pin": O,
    "proceedings.add_section": O,
    "proceedings.section": O,
    "proceedings.move_section": O,
    "proceedings.remove_section": O,
    "proceedings.publish": O,
    "proceedings.unpublish": O,
    "proceedings.request_build": O,
    "proceedings.builds": O,
    "proceedings.export": O,
    "accounts.people": O,
    "accounts.person": O,
    "accounts.active": A,
    "notifications.mails": A,
    "notifications.retry": A,
    "notifications.mailbox": Access.DEMONSTRATION,
}
#: What everybody may look at but only some may send.
POSTS: Final[dict[str, Access]] = {"contributions.track": S}

EVERYBODY: Final = (
    "visitor",
    "stranger",
    "author",
    "strange_moderator",
    "moderator",
    "organiser",
    "administrator",
)
MAY: Final[dict[Access, set[str]]] = {
    Access.PUBLIC: set(EVERYBODY),
    Access.SIGNED_IN: set(EVERYBODY) - {"visitor"},
    Access.OWNER: {"author"},
    Access.MODERATORS: {"strange_moderator", "moderator"},
    Access.ENTRUSTED: {"moderator"},
    Access.ORGANISERS: {"organiser", "administrator"},
    Access.ADMINISTRATORS: {"administrator"},
    Access.DEMONSTRATION: set(),
}
HIDDEN: Final = {Access.OWNER, Access.ENTRUSTED, Access.DEMONSTRATION}
#: How a route that was let through answers: shown, sent on, refused for what the form lacks.
DONE: Final = {200, 302, 303, 400, 409, 422}


class World:
    """A site with one of everything, put back as it was after each request."""

    def __init__(self, app: Flask, db: Session, people: Cast, path: Path) -> None:
        self.app, self.path = app, path
        make_account(
            db,
            "strange.moderator@example.org",
            Role.MODERATOR,
            reads=["fr"],
            serves=["digital_actor"],
        )
        edition = make_edition(db)
        make = {"edition": edition, "track": TrackCode.JURIST, "language": "fr"}
        states = (
            State.DRAFT,
            State.SUBMITTED,
            State.ACCEPTED,
            State.PUBLISHED,
            State.REMOVED,
            State.WITHDRAWN,
        )
        essays = {each: make_contribution(db, people.author, state=each, **make) for each in states}
        volume = make_volume(db, people)
        section = contents.add_section(db, SYSTEM, volume, "en", "Empty")
        operations.publish(db, SYSTEM, volume)
        pages.save(db, SYSTEM, "about", "en", title="About", body="About us.")
        claiming.claim(db, people.actor("moderator"), essays[State.SUBMITTED].id)
        mail = outbox.put(
            db,
            MailKind.RECEIPT,
            key="x",
            recipient="author@example.org",
            recipient_id=None,
            language="en",
            data={},
        )
        upload = upload_operations.receive(
            db, people.actor("author"), essays[State.DRAFT].id, filename="essay.docx", size=1
        )
        upload.state, upload.body = "ready", "Text."
        db.flush()
        theirs = make_contribution(
            db,
            people.stranger,
            state=State.DRAFT,
            authors=(Author("S", key="owner"), Author("A", key="guest")),
            **make,
        )
        asked = invitations.invite(
            db,
            people.stranger.actor,
            theirs.id,
            "guest",
            email=people.author.email,
            language="en",
            may_edit=False,
        )
        token = db.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
        entry_id = db.connection().exec_driver_sql("SELECT min(id) FROM volume_entry").scalar()
        self.values = {
            "lang": "en",
            "filename": "site.css",
            "part": 0,
            "token": "none",
            "slug": edition.slug,
            "code": "prevention",
            "track": "jurist",
            "number": 1,
            "reference": "ref-1",
            "account_id": people.stranger.id,
            "contribution_id": essays[State.SUBMITTED].id,
            "invitation_id": asked.id,
            "mail_id": mail.id,
            "entry_id": entry_id,
            "section_id": section.id,
        }
        saves = select(DraftSave.id).where(DraftSave.contribution_id == essays[State.DRAFT].id)
        saved = {"contribution_id": essays[State.DRAFT].id, "save_id": db.scalars(saves).first()}
        uploaded = {"contribution_id": essays[State.DRAFT].id, "upload_id": upload.id}
        question = {"slug": "standing-prevention"}
        published = {"contribution_id": essays[State.PUBLISHED].id}
        self.special: dict[str, dict[str, Any]] = {
            "library.contribution": {"number": essays[State.PUBLISHED].number},
            "library.question": question,
            "library.page": {"slug": "about"},
            "pages.edit": {"slug": "about"},
            "proceedings.download": {"filename": "2017-fr-1.epub"},
            "organise.track_rules": {"code": "jurist"},
            "organise.track_texts": {"code": "jurist"},
            "contributions.edit": {"contribution_id": essays[State.DRAFT].id},
            "contributions.discard": {"contribution_id": essays[State.DRAFT].id},
            "contributions.versions": saved,
            "contributions.version": saved,
            "contributions.take_back": saved,
            "autosave.save": saved,
            "contributions.upload": {"contribution_id": essays[State.DRAFT].id},
            "contributions.uploaded": uploaded,
            "contributions.take_upload": uploaded,
            "contributions.discard_upload": uploaded,
            "contributions.revive": {"contribution_id": essays[State.WITHDRAWN].id},
            "contributions.extend": {"contribution_id": essays[State.DRAFT].id},
            **{
                f"contributions.{name}": {"contribution_id": essays[State.DRAFT].id}
                for name in ("figures", "upload_figure", "append_figure", "remove_figure")
            },
            **{
                f"contributions.{name}": {"token": token.data["link"].split("/")[3]}
                for name in ("invitation", "decline_invitation")
            },
            "contributions.figure": {"digest": "0" * 32, "kind": "png"},
            "contributions.organise_one": published,
            "contributions.correct": published,
            "contributions.correct_references": published,
            "contributions.remove": published,
            "contributions.release": {"contribution_id": essays[State.ACCEPTED].id},
            "contributions.restore": {"contribution_id": essays[State.REMOVED].id},
            **{
                rule.endpoint: question
                for rule in app.url_map.iter_rules()
                if "/organise/questions/" in rule.rule
            },
        }
        self.volume = volume.slug
        db.commit()
        self.kept = self._read()

    def address(self, rule: Rule) -> str:
        values = self.values | self.special.get(rule.endpoint, {})
        if rule.endpoint.startswith("proceedings.") and "slug" in rule.arguments:
            values = values | {"slug": self.volume}
        with self.app.test_request_context():
            adapter = self.app.url_map.bind("localhost")
            return adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})

    def _read(self) -> bytes:
        with closing(sqlite3.connect(self.path)) as database:
            return database.serialize()

    def changes(self) -> list[str]:
        """Tables in which anything is different; parked forms are anybody's to leave."""
        with closing(sqlite3.connect(":memory:")) as before:
            before.deserialize(_unlogged(self.kept))
            with closing(sqlite3.connect(self.path)) as now:
                names = [name for (name,) in now.execute(_TABLES) if name != "parked_form"]
                return [name for name in names if _rows(before, name) != _rows(now, name)]

    def restore(self) -> None:
        with closing(sqlite3.connect(":memory:")) as before:
            before.deserialize(_unlogged(self.kept))
            with closing(sqlite3.connect(self.path)) as now:
                before.backup(now)


_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"


def _rows(database: sqlite3.Connection, name: str) -> list[Any]:
    return database.execute(f"SELECT * FROM {name}").fetchall()


def _unlogged(content: bytes) -> bytes:
    """The same database for use in memory, where there is no write-ahead log (bytes 18 and 19)."""
    return content[:18] + b"\1\1" + content[20:]


@pytest.fixture
def world(app: Flask, db: Session, people: Cast, tmp_path: Path) -> World:
    return World(app, db, people, tmp_path / "app.db")


@pytest.fixture
def person(browser: Callable[..., Browser], db: Session, world: World) -> Callable[..., Browser]:
    """Somebody of ``EVERYBODY``, signed in."""

    def find(name: str) -> Browser:
        if name == "visitor":
            return browser()
        return browser(f"{name.replace('_', '.')}@example.org")

    return find


def routes(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield rule


def access(rule: Rule, method: str) -> Access:
    known = ACCESS[rule.endpoint]
    return POSTS.get(rule.endpoint, known) if method == "POST" else known


def verdict(name: str, needed: Access, answer: TestResponse) -> str:
    """What is wrong with that answer; "" when nothing is."""
    to_sign_in = answer.location is not None and "/login" in answer.location
    if name in MAY[needed]:
        if needed is Access.PUBLIC:
            right = answer.status_code in DONE or answer.status_code == 404
        else:
            right = answer.status_code in DONE and not to_sign_in
    elif needed is Access.DEMONSTRATION or (needed in HIDDEN and name != "visitor"):
        right = answer.status_code == 404
    elif name == "visitor" and answer.is_json:
        right = answer.status_code == 401
    elif name == "visitor":
        right = answer.status_code in {302, 303} and to_sign_in
    else:
        right = answer.status_code == 403
    return "" if right else f"{answer.status_code} {answer.location or ''}"


def test_every_route_says_whom_it_is_for(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ACCESS)


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_page_opens_for_those_it_is_for(
    world: World, person: Callable[..., Browser], name: str
) -> None:
    client = person(name).client
    wrong = {}
    for rule in routes(world.app, "GET"):
        needed = access(rule, "GET")
        answer = client.get(world.address(rule), buffered=True)
        if found := verdict(name, needed, answer) or _kept_wrongly(name, needed, answer):
            wrong[rule.endpoint] = found
        if name not in MAY[needed] and (changed := world.changes()):
            wrong[rule.endpoint] = f"wrote {changed}"
        world.restore()
    assert not wrong


def _kept_wrongly(name: str, needed: Access, answer: TestResponse) -> str:
    """Pages for somebody are kept by nobody; public ones by no proxy once a name stands on them."""
    kept = answer.headers["Cache-Control"]
    if needed is not Access.PUBLIC:
        return "" if kept == "private, no-store" else kept
    personal = name != "visitor" and answer.mimetype == "text/html"
    return kept if personal and "public" in kept else ""


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_form_is_taken_from_those_it_is_for(
    world: World, person: Callable[..., Browser], name: str
) -> None:
    somebody = person(name)
    token = {"csrf_token": somebody.token("/en/account" if somebody.signed_in else "/en/login")}
    cookies = somebody.client.get_cookie("session")
    wrong = {}
    for rule in routes(world.app, "POST"):
        needed = access(rule, "POST")
        assert cookies is not None
        somebody.client.set_cookie("session", cookies.value)
        answer = somebody.client.post(world.address(rule), data=token)
        if found := verdict(name, needed, answer):
            wrong[rule.endpoint] = found
        if name not in MAY[needed] and (changed := world.changes()):
            wrong[rule.endpoint] = f"wrote {changed}"
        world.restore()
    assert not wrong


@pytest.mark.parametrize(
    "form",
    [
        {"data": {}},
        {"data": {"csrf_token": "forged"}},
        {"json": {"csrf_token": "forged"}},
        {"data": "x", "content_type": "text/plain"},
    ],
    ids=["none", "forged", "json", "text"],
)
def test_nothing_is_taken_without_the_forgery_token(
    world: World, person: Callable[..., Browser], form: dict[str, Any]
) -> None:
    people = {name: person(name) for name in ("visitor", "author", "moderator", "administrator")}
    wrong = {}
    for rule in routes(world.app, "POST"):
        name = next(each for each in people if each in MAY[access(rule, "POST")])
        answer = people[name].client.post(world.address(rule), **form)
        if answer.status_code not in {400, 415} or world.changes():
            wrong[rule.endpoint] = f"{name}: {answer.status_code}, wrote {world.changes()}"
        world.restore()
    assert not wrong


def test_a_post_from_another_site_leaves_nothing_behind(world: World) -> None:
    """Nor a session, which would sign the person out, nor words in a form they open later."""
    for rule in routes(world.app, "POST"):
        answer = world.app.test_client().post(
            world.address(rule), data={"title": "planted"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code in {400, 401}, rule.endpoint
        assert "Set-Cookie" not in answer.headers, rule.endpoint
