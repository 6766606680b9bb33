"""One's own data: taken along whole, and gone with the account."""

import io
import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import String, cast, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from app import KEEPERS
from app.accounts import personal
from app.accounts.models import Account
from app.contributions import operations as contributing
from app.contributions.byline import Author
from app.contributions.invitations import operations as invitations
from app.contributions.models import Contribution, Draft, DraftSave, PublishedText, Revision
from app.contributions.moves import lock
from app.contributions.states import State
from app.core import storage
from app.core.audit import AuditEntry
from app.core.db import Base, begin_write, writing
from app.core.errors import Forbidden, Invalid
from app.core.outbox import MailKind, OutboxMail, put
from app.core.policy import SYSTEM
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Reason, Verdict
from app.proceedings import contents
from app.proceedings import operations as proceedings
from tests.factories import PASSWORD, Cast, make_contribution, make_edition
from tests.http import Open

ADDRESS = "amina.personal@example.org"
NAME = "Amina Unverwechselbar"


@pytest.fixture
def person(session: Session, cast: Cast, sessions: sessionmaker[Session]) -> Account:
    """Somebody with one of everything, in the database of the test."""
    author = cast.author
    author.email, author.name, author.latin_name = ADDRESS, NAME, NAME
    author.affiliation = "Institut Unverwechselbar"
    authors = (
        Author(NAME, NAME, affiliation="Institut Unverwechselbar", contact=ADDRESS, key="owner"),
        Author("Wang Fang", key="wang"),
    )
    edition = make_edition(session, "2017")
    make: dict[str, Any] = {"edition": edition, "authors": authors}
    states = (
        State.DRAFT,
        State.SUBMITTED,
        State.CHANGES_REQUESTED,
        State.ACCEPTED,
        State.REJECTED,
        State.PUBLISHED,
        State.REMOVED,
    )
    essays = {each: make_contribution(session, author, state=each, **make) for each in states}
    volume = proceedings.create_volume(session, SYSTEM, edition, "v", {"fr": "Actes"})
    contents.fill(session, SYSTEM, volume)
    guest = invitations.invite(
        session,
        author.actor,
        essays[State.DRAFT].id,
        "wang",
        email="wang@example.net",
        language="zh",
        may_edit=True,
    )
    assert guest.email
    theirs = make_contribution(
        session,
        cast.stranger,
        edition=edition,
        state=State.PUBLISHED,
        authors=(Author("Stranger", key="owner"), Author(NAME, contact="", key="amina")),
    )
    theirs.state = State.SUBMITTED.value
    asked = invitations.invite(
        session,
        cast.stranger.actor,
        theirs.id,
        "amina",
        email=ADDRESS,
        language="fr",
        may_edit=True,
    )
    theirs.state = State.PUBLISHED.value
    invitations.confirm(session, author, asked.id)
    put(
        session,
        MailKind.CONFIRM_NEW_ADDRESS,
        key="x",
        recipient="amina.new@example.org",
        recipient_id=author.id,
        language="fr",
        data={"link": "/x", "hours": 3},
    )
    claiming.claim(session, cast.actor("moderator"), essays[State.SUBMITTED].id)
    deciding.decide(
        session,
        cast.actor("moderator"),
        essays[State.SUBMITTED].id,
        Verdict.CHANGES,
        reasons=[Reason.UNCLEAR],
        words="Say it more clearly.",
        words_language="en",
        revision_seen=1,
    )
    session.commit()
    return author


@pytest.fixture
def leave(app: Flask, session: Session) -> Callable[..., None]:
    def go(person: Account, *, anonymous: bool = False, password: str = PASSWORD) -> None:
        with app.app_context():
            personal.delete_account(
                session, person.actor, person, KEEPERS, password=password, anonymous=anonymous
            )
        session.commit()

    return go


def everything(session: Session) -> dict[str, str]:
    """Every table's rows as one text."""
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = session.execute(select(*(cast_(column) for column in table.columns))).all()
        found[table.name] = json.dumps([list(row) for row in rows], ensure_ascii=False, default=str)
    return found


def cast_(column: Any) -> Any:
    return cast(column, String)


def holding(session: Session, what: str) -> set[str]:
    escaped = json.dumps(what)[1:-1]
    return {name for name, rows in everything(session).items() if what in rows or escaped in rows}


@pytest.mark.parametrize("anonymous", [False, True])
def test_the_address_is_gone_from_every_table(
    session: Session, person: Account, leave: Callable[..., None], anonymous: bool
) -> None:
    assert {"account", "revision", "published_text", "outbox_mail"} <= holding(session, ADDRESS)
    leave(person, anonymous=anonymous)
    assert holding(session, ADDRESS) == set()
    assert holding(session, "amina.new@example.org") == set()
    assert holding(session, "wang@example.net") == set()


def test_an_anonymous_leaver_is_named_in_no_table(
    session: Session, person: Account, leave: Callable[..., None]
) -> None:
    assert {"account", "draft", "revision", "published_text"} <= holding(session, NAME)
    leave(person, anonymous=True)
    assert holding(session, NAME) == set()
    assert holding(session, "Institut Unverwechselbar") == set()
    texts = session.scalars(select(PublishedText).order_by(PublishedText.id)).all()
    assert [text.byline for text in texts] == ["Anonyme, Wang Fang", "Stranger, Anonyme"]


def test_a_named_leaver_stays_only_where_readers_know_the_name(
    session: Session, person: Account, leave: Callable[..., None]
) -> None:
    leave(person, anonymous=False)
    assert holding(session, NAME) == {"draft", "revision", "published_text"}
    named = session.scalars(
        select(Contribution.state)
        .join(Revision, Revision.contribution_id == Contribution.id)
        .where(cast(Revision.authors, String).contains("Unverwechselbar"))
    ).all()
    assert set(named) == {"published", "removed"}


def states(session: Session) -> dict[int, str]:
    rows = session.execute(select(Contribution.id, Contribution.state))
    return {row.id: row.state for row in rows}


def test_what_becomes_of_essays(
    session: Session, person: Account, leave: Callable[..., None]
) -> None:
    own = session.scalars(select(Contribution.id).where(Contribution.owner_id == person.id)).all()
    before = states(session)
    leave(person)
    after = states(session)
    became = {(before[number], after.get(number, "deleted")) for number in own}
    assert became == {
        ("draft", "deleted"),
        ("changes_requested", "withdrawn"),
        ("accepted", "withdrawn"),
        ("rejected", "rejected"),
        ("published", "published"),
        ("removed", "removed"),
    }
    saves = session.scalars(select(DraftSave.contribution_id)).all()
    assert not set(saves) & set(own)


def test_the_row_that_stays_is_empty(
    session: Session, person: Account, leave: Callable[..., None]
) -> None:
    before = person.fs_uniquifier
    leave(person)
    left = session.get_one(Account, person.id)
    assert left.email == f"deleted-{left.id}@account.invalid"
    assert (left.name, left.password, left.active, left.roles) == ("", "", False, [])
    assert left.fs_uniquifier != before, "every session has ended"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account:deleted")).one()
    assert entry.actor_id == left.id


def test_volumes_ask_to_be_built_again(
    session: Session, person: Account, leave: Callable[..., None]
) -> None:
    from app.proceedings.models import Volume

    before = session.scalars(select(Volume.version)).one()
    leave(person, anonymous=True)
    assert session.scalars(select(Volume.version)).one() == before + 1


def test_delete_refuses_a_wrong_password_somebody_else_and_the_last_administrator(
    app: Flask, session: Session, cast: Cast, leave: Callable[..., None]
) -> None:
    with pytest.raises(Invalid, match=r"password\.wrong"):
        leave(cast.author, password="not the password")
    with pytest.raises(Invalid, match="last_administrator"):
        leave(cast.administrator)
    for name in ("stranger", "administrator"):
        with pytest.raises(Forbidden):
            personal.delete_account(
                session,
                cast.actor(name),
                cast.author,
                KEEPERS,
                password=PASSWORD,
                anonymous=False,
            )
    session.rollback()
    assert holding(session, "deleted-") == set()


def test_deleted_twice_is_deleted_once(
    session: Session, cast: Cast, leave: Callable[..., None]
) -> None:
    person = cast.author
    for _ in range(2):
        leave(person)
    acts = select(AuditEntry.action).where(AuditEntry.subject_id == person.id)
    assert session.scalars(acts).all().count("account:deleted") == 1


def test_an_account_is_deleted_while_its_draft_is_being_submitted(
    app: Flask, session: Session, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    """Each holds what the other one wants next; on PostgreSQL neither may be cut off for it."""
    person = cast.author
    draft = make_contribution(session, person, edition=make_edition(session), state=State.DRAFT)
    session.commit()
    begin_write(session)
    lock(session, draft.id)

    def leave_meanwhile() -> None:
        with app.app_context(), writing(sessions) as other:
            own = other.get_one(Account, person.id)
            personal.delete_account(
                other, person.actor, own, KEEPERS, password=PASSWORD, anonymous=False
            )

    with ThreadPoolExecutor(1) as pool:
        leaving = pool.submit(leave_meanwhile)
        with pytest.raises(TimeoutError):
            leaving.result(timeout=1.5)
        contributing.submit(session, person.actor, draft.id)
        session.commit()
        leaving.result(timeout=20)
    session.expire_all()
    assert session.get_one(Contribution, draft.id).state == State.WITHDRAWN
    assert session.get_one(Account, person.id).deleted_at is not None


def test_only_the_authors_of_a_revision_can_be_changed(session: Session, cast: Cast) -> None:
    make_contribution(session, cast.author, edition=make_edition(session))
    session.commit()
    session.execute(text("UPDATE revision SET authors = '[]'"))
    for column in Revision.__table__.columns:
        if column.name == "authors":
            continue
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(f"UPDATE revision SET {column.name} = {column.name}"))
        session.rollback()


def files(session: Session, person: Account, folder: Path) -> dict[str, str]:
    store = storage.make_store(f"file://{folder}")
    pieces = personal.archive(session, KEEPERS, person.id, store)
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_archive_has_everything_and_nobody_elses(
    session: Session, person: Account, tmp_path: Path
) -> None:
    found = files(session, person, tmp_path / "store")
    own = session.scalars(select(Contribution).where(Contribution.owner_id == person.id)).all()
    for essay in own:
        folder = f"contributions/{essay.number or f'draft-{essay.id}'}"
        assert f"{folder}/draft.md" in found
        assert ADDRESS in found[f"{folder}/draft.json"]
        if essay.number:
            assert found[f"{folder}/revision-1.md"].startswith("# ")
            assert "<p>" in found[f"{folder}/revision-1.html"]
    assert json.loads(found["account.json"])["email"] == ADDRESS
    assert "Say it more clearly." in found["decisions.json"]
    assert "moderator" not in found["decisions.json"]
    assert json.loads(found["mails.json"])
    assert json.loads(found["acts.json"])
    whole = "".join(found.values())
    assert person.password not in whole
    assert person.fs_uniquifier not in whole
    assert "stranger@example.org" not in whole


# Over HTTP
def test_data_are_downloaded_as_a_zip(browser: Open, people: Cast, db: Session) -> None:
    make_contribution(db, people.author, edition=make_edition(db), state=State.PUBLISHED)
    db.commit()
    person = browser(people.author.email)
    person.get("/fr/account/data/")
    answer = person.submit({}, form="download")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert "account.json" in archive.namelist()
    db.rollback()
    assert "account:data_downloaded" in db.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize(("names", "shown"), [("keep", "Amina Auteur"), ("remove", "Anonyme")])
def test_an_account_is_deleted_in_french(
    browser: Open, people: Cast, db: Session, names: str, shown: str
) -> None:
    essay = make_contribution(db, people.author, edition=make_edition(db), state=State.PUBLISHED)
    draft = make_contribution(
        db, people.author, edition=make_edition(db, "other"), state=State.DRAFT
    )
    number, draft_id = essay.number, draft.id
    revision = db.get_one(Revision, essay.published_revision_id)
    assert revision.authors[0]["name"] == "Amina Auteur"
    db.commit()
    person, other_device = browser(people.author.email), browser(people.author.email)
    person.get("/fr/account/delete")
    wrong = person.submit({"names": names, "password": "not my password"})
    assert wrong.status_code == 422
    assert person.tree.xpath("//*[@id='password-error']")
    assert person.submit({"names": names, "password": PASSWORD}).location == "/fr/"
    for device in (person, other_device):
        assert device.get("/fr/account").status_code == 302
    visitor = browser()
    page = html.document_fromstring(visitor.get(f"/fr/contributions/{number}/").text)
    assert shown in page.xpath("string(//ul[@class='authors'])")
    db.rollback()
    assert db.get(Draft, draft_id) is None
    visitor.get("/fr/login")
    assert visitor.submit({"email": "author@example.org", "password": PASSWORD}).status_code == 422
    organiser = browser(people.organiser.email)
    assert "account.invalid" not in organiser.get("/fr/organise/people/").text
    assert organiser.get(f"/fr/organise/people/{people.author.id}/").status_code == 404


def test_the_address_is_free_again(browser: Open, people: Cast, db: Session) -> None:
    person = browser(people.stranger.email)
    person.get("/en/account/delete")
    person.submit({"names": "keep", "password": PASSWORD})
    again = browser()
    again.get("/en/register")
    fields = {"name": "S", "email": "stranger@example.org", "password": PASSWORD}
    assert again.submit(fields).status_code == 302
    db.rollback()
    mail = db.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
    assert mail.kind == MailKind.CONFIRM_ADDRESS
