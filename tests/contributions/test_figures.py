"""Figures: who may bring them, who may see them, what becomes of them."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from limits import parse
from lxml import etree
from obstore.store import ObjectStore
from PIL import Image
from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.config import Settings
from app.contributions import operations, publishing
from app.contributions.figures import jobs as figure_jobs
from app.contributions.figures import operations as figure_operations
from app.contributions.figures import queries as figure_queries
from app.contributions.figures import views as figure_views
from app.contributions.figures.models import FORGOTTEN_AFTER, ContributionFigure, Figure
from app.contributions.models import Contribution, Draft, PublishedText
from app.contributions.moves import move
from app.contributions.states import State
from app.core import clock, storage
from app.core.audit import AuditAction
from app.core.db import begin_write
from app.core.errors import Conflict, Invalid, NotFound, Several
from app.core.policy import NOBODY, SYSTEM, Actor, Role, TrackCode
from app.documents import images
from app.documents.parse import parse as parse_text
from app.documents.text import problems
from app.web.limits import limiter
from tests.factories import Cast, make_account, make_contribution, make_edition, make_essay
from tests.http import Browser

Open = Callable[..., Browser]


def picture(colour: str = "red", form: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, form)
    return made.getvalue()


RED = images.safe(picture())
DRAWING = images.safe(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>'
)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return storage.make_store(f"file://{tmp_path / 'files'}")


@pytest.fixture
def mine(session: Session, cast: Cast) -> Contribution:
    """A draft of the author's."""
    return make_contribution(session, cast.author, edition=make_edition(session), state=State.DRAFT)


def body(session: Session, contribution: Contribution, text: str) -> None:
    session.get_one(Draft, contribution.id).body = text
    session.flush()


def submitted(session: Session, cast: Cast, contribution: Contribution) -> None:
    operations.submit(session, cast.author.actor, contribution.id)


def published(session: Session, cast: Cast, contribution: Contribution) -> PublishedText:
    submitted(session, cast, contribution)
    move(session, SYSTEM, contribution, State.ACCEPTED, AuditAction.CONTRIBUTION_DECIDED)
    return publishing.publish(session, SYSTEM, contribution)


def sees(session: Session, actor: Actor, figure: Figure) -> bool:
    try:
        figure_queries.served(session, actor, figure.digest, figure.kind)
    except NotFound:
        return False
    return True


# --- Operations, on both databases ----------------------------------------------------------------


def test_add_figure(session: Session, cast: Cast, mine: Contribution, store: ObjectStore) -> None:
    made = figure_operations.add_figure(
        session, cast.author.actor, mine.id, RED, store=store, alternative="Red", caption="Ours"
    )
    assert (made.digest, made.kind, made.width, made.height) == (RED.id, "png", 40, 30)
    assert storage.read(store, made.key) == RED.data
    (link,) = figure_queries.of_contribution(session, mine.id)
    assert (link.alternative, link.caption, link.account_id) == ("Red", "Ours", cast.author.id)
    assert link.is_public is False


def test_add_figure_twice_and_by_two_keeps_one(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    other = make_contribution(
        session, cast.stranger, edition=make_edition(session, "2025"), state=State.DRAFT
    )
    for person, contribution in ((cast.author, mine), (cast.author, mine), (cast.stranger, other)):
        figure_operations.add_figure(session, person.actor, contribution.id, RED, store=store)
    assert session.scalar(select(func.count()).select_from(Figure)) == 1
    assert session.scalar(select(func.count()).select_from(ContributionFigure)) == 2


def test_add_figure_by_a_stranger(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    for name in ("stranger", "moderator", "organiser"):
        with pytest.raises(NotFound):
            figure_operations.add_figure(session, cast.actor(name), mine.id, RED, store=store)
    assert session.scalar(select(func.count()).select_from(Figure)) == 0


def test_add_figure_once_submitted(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    submitted(session, cast, mine)
    with pytest.raises(Conflict, match=r"contribution\.moved_on"):
        figure_operations.add_figure(session, cast.author.actor, mine.id, RED, store=store)


def test_add_figure_one_too_many(
    session: Session,
    cast: Cast,
    mine: Contribution,
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figure_operations, "MOST_FIGURES", 1)
    author = cast.author.actor
    figure_operations.add_figure(session, author, mine.id, RED, store=store)
    with pytest.raises(Invalid, match=r"figure\.too_many"):
        figure_operations.add_figure(session, author, mine.id, DRAWING, store=store)
    figure_operations.add_figure(session, author, mine.id, RED, store=store)


@pytest.mark.parametrize("words", ["two\nlines", "tur\u202ened", "\x00"])
def test_add_figure_with_words_that_are_no_line(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        figure_operations.add_figure(
            session, cast.author.actor, mine.id, RED, store=store, alternative=words
        )
    assert refused.value.field == "alternative"


@pytest.mark.parametrize(
    ("alternative", "caption"),
    [
        ("Plain", ""),
        ('A "quoted" \\ [word](link) *and* <more> & `code`', 'Source: "X", p. 3 ] & [^1]'),
        ("图：归因的五个步骤", "来源：作者"),
        ("خطوات الإسناد", "المصدر: المؤلف"),
        ("ends in \\", "ends in \\"),
    ],
)
def test_line_is_read_back_as_written(alternative: str, caption: str) -> None:
    text = figure_operations.line(RED.id, alternative, caption)
    assert not problems(text)
    (figure,) = parse_text(text).tokens
    assert figure.attrs == {"id": RED.id, "alternative": alternative, "caption": caption}


def test_append_figure(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    figure_operations.add_figure(session, author, mine.id, RED, store=store, alternative="Red")
    draft = figure_operations.append_figure(session, author, mine.id, RED.id)
    tokens = parse_text(draft.body).tokens
    assert (tokens[-1].type, tokens[-1].attrs["alternative"]) == ("figure", "Red")
    assert "La paix a besoin" in draft.body
    with pytest.raises(NotFound):
        figure_operations.append_figure(session, cast.stranger.actor, mine.id, RED.id)
    with pytest.raises(Conflict):
        figure_operations.append_figure(session, author, mine.id, DRAWING.id)


def test_append_figure_without_words(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    figure_operations.add_figure(session, author, mine.id, RED, store=store)
    with pytest.raises(Invalid, match="required"):
        figure_operations.append_figure(session, author, mine.id, RED.id)


def test_remove_figure(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    figure_operations.add_figure(session, author, mine.id, RED, store=store)
    body(session, mine, f"![Red](figure:{RED.id})")
    with pytest.raises(Conflict, match=r"figure\.in_use"):
        figure_operations.remove_figure(session, author, mine.id, RED.id)
    body(session, mine, "Words")
    with pytest.raises(NotFound):
        figure_operations.remove_figure(session, cast.stranger.actor, mine.id, RED.id)
    figure_operations.remove_figure(session, author, mine.id, RED.id)
    assert figure_queries.of_contribution(session, mine.id) == []


def test_remove_figure_that_a_revision_shows(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    figure_operations.add_figure(session, author, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    submitted(session, cast, mine)
    move(session, SYSTEM, mine, State.CHANGES_REQUESTED, AuditAction.CONTRIBUTION_DECIDED)
    body(session, mine, "Words")
    with pytest.raises(Conflict, match=r"figure\.in_use"):
        figure_operations.remove_figure(session, author, mine.id, RED.id)


def test_submit_with_a_figure_of_somebody_elses(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    other = make_contribution(
        session, cast.stranger, edition=make_edition(session, "2025"), state=State.DRAFT
    )
    figure_operations.add_figure(session, cast.stranger.actor, other.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    with pytest.raises(Several) as refused:
        submitted(session, cast, mine)
    (error,) = refused.value.errors
    assert (error.code, error.field, error.data["line"]) == ("figure.unknown", "body", 3)


def test_submit_without_an_alternative_text(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    figure_operations.add_figure(session, cast.author.actor, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![](figure:{RED.id})\n")
    with pytest.raises(Several) as refused:
        submitted(session, cast, mine)
    assert [error.code for error in refused.value.errors] == ["figure.alternative_missing"]


def test_publish_shows_the_figures_of_the_text_and_no_others(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    shown = figure_operations.add_figure(session, author, mine.id, RED, store=store)
    unused = figure_operations.add_figure(session, author, mine.id, DRAWING, store=store)
    body(session, mine, f'Words\n\n![Red & *more*](figure:{RED.id} "Ours")\n')
    assert not sees(session, NOBODY, shown)
    text = published(session, cast, mine)
    address = figure_queries.address(RED.id, "png")
    assert (
        f'<figure><img src="{address}" alt="Red &amp; more" width="40" height="30" loading="lazy">'
        "<figcaption>Ours</figcaption></figure>" in text.html
    )
    assert "Red & more" in text.plain
    assert sees(session, NOBODY, shown)
    assert not sees(session, NOBODY, unused)
    publishing.remove(session, SYSTEM, mine.id, reason="A reason.")
    assert not sees(session, NOBODY, shown)
    assert sees(session, author, shown)
    publishing.restore(session, SYSTEM, mine.id)
    assert sees(session, NOBODY, shown)


def test_correct_without_the_figure_hides_it(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    shown = figure_operations.add_figure(session, cast.author.actor, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    published(session, cast, mine)
    publishing.correct(session, SYSTEM, mine.id, make_essay(), note="Without the figure.")
    assert not sees(session, NOBODY, shown)
    essay = make_essay(body=f"![Other](figure:{DRAWING.id})")
    with pytest.raises(Several, match="several"):
        publishing.correct(session, SYSTEM, mine.id, essay, note="With a figure it has not.")


def test_served_before_publication(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    figure = figure_operations.add_figure(session, cast.author.actor, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    unentrusted = make_account(
        session, "other@example.org", Role.MODERATOR, reads=["zh"], serves=[TrackCode.JURIST]
    ).actor
    people = {name: cast.actor(name) for name in ("author", "stranger", "moderator", "organiser")}
    people |= {"visitor": NOBODY, "unentrusted": unentrusted}

    def who_sees() -> set[str]:
        return {name for name, actor in people.items() if sees(session, actor, figure)}

    assert who_sees() == {"author"}
    submitted(session, cast, mine)
    assert who_sees() == {"author", "moderator", "organiser"}
    operations.withdraw(session, cast.author.actor, mine.id)
    assert who_sees() == {"author", "organiser"}


def test_served_with_another_extension_or_name(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    figure_operations.add_figure(session, author, mine.id, RED, store=store)
    for digest, kind in ((RED.id, "svg"), (DRAWING.id, "svg")):
        with pytest.raises(NotFound):
            figure_queries.served(session, author, digest, kind)


def test_add_figure_by_many_at_once_while_it_is_swept(
    sessions: sessionmaker[Session], session: Session, cast: Cast, store: ObjectStore
) -> None:
    edition = make_edition(session)
    drafts = [
        make_contribution(session, cast.author, edition=edition, state=State.DRAFT).id
        for _ in range(7)
    ]
    author = cast.author.actor
    forgotten = figure_operations.add_figure(session, author, drafts[0], RED, store=store)
    session.execute(delete(ContributionFigure))
    forgotten.sweep_at = clock.now()
    figure_id, key = forgotten.id, forgotten.key
    session.commit()

    def act(draft_id: int) -> None:
        with sessions() as own:
            begin_write(own)
            if draft_id == drafts[0]:
                figure_operations.sweep(own, figure_id, store)
            else:
                figure_operations.add_figure(own, author, draft_id, RED, store=store)
            own.commit()

    with ThreadPoolExecutor(7) as pool:
        list(pool.map(act, drafts))
    assert session.scalar(select(func.count()).select_from(ContributionFigure)) == 6
    assert session.scalar(select(func.count()).select_from(Figure)) == 1
    assert storage.read(store, key) == RED.data


# --- The sweep ------------------------------------------------------------------------------------


def sweep(session: Session, store: ObjectStore) -> None:
    session.flush()
    for figure_id in figure_queries.due(session, clock.now(), 100):
        figure_operations.sweep(session, figure_id, store)
    session.flush()


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now() + FORGOTTEN_AFTER + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: now)


def is_stored(store: ObjectStore, key: str) -> bool:
    try:
        return storage.size(store, key) > 0
    except FileNotFoundError:
        return False


def test_sweep_lets_go_of_what_no_text_mentions(
    session: Session,
    cast: Cast,
    mine: Contribution,
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author = cast.author.actor
    unused = figure_operations.add_figure(session, author, mine.id, RED, store=store)
    used = figure_operations.add_figure(session, author, mine.id, DRAWING, store=store)
    body(session, mine, f"![Drawing](figure:{DRAWING.id})")
    key = unused.key
    sweep(session, store)
    assert is_stored(store, key)
    later(monkeypatch)
    sweep(session, store)
    assert not is_stored(store, key)
    assert is_stored(store, used.key)
    assert [link.figure.digest for link in figure_queries.of_contribution(session, mine.id)] == [
        DRAWING.id
    ]
    sweep(session, store)  # with nothing left to do


def test_sweep_keeps_what_a_writer_can_go_back_to(
    session: Session,
    cast: Cast,
    mine: Contribution,
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author = cast.author.actor
    figure = figure_operations.add_figure(
        session, author, mine.id, RED, store=store, alternative="Red"
    )
    figure_operations.append_figure(session, author, mine.id, RED.id)
    draft = session.get_one(Draft, mine.id)
    operations.save_draft(session, author, mine.id, make_essay(), seen_version=draft.version)
    later(monkeypatch)
    sweep(session, store)
    assert is_stored(store, figure.key)


def test_sweep_after_a_discarded_draft(
    session: Session,
    cast: Cast,
    mine: Contribution,
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = figure_operations.add_figure(session, cast.author.actor, mine.id, RED, store=store).key
    operations.discard(session, cast.author.actor, mine.id)
    session.expire_all()
    later(monkeypatch)
    sweep(session, store)
    assert not is_stored(store, key)
    assert session.scalar(select(func.count()).select_from(Figure)) == 0


def test_files_of_a_text_in_one_query(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    text = ""
    counts = []
    for colour in ("red", "green", "blue"):
        image = images.safe(picture(colour))
        figure_operations.add_figure(session, cast.author.actor, mine.id, image, store=store)
        text += f"![{colour}](figure:{image.id})\n\n"
        statements: list[str] = []
        connection = session.connection()

        def note(*arguments: object, seen: list[str] = statements) -> None:
            seen.append(str(arguments[2]))

        event.listen(connection, "before_cursor_execute", note)
        found = figure_queries.files(session, mine.id, text)
        event.remove(connection, "before_cursor_execute", note)
        counts.append((len(found), len(statements)))
    assert counts == [(1, 1), (2, 1), (3, 1)]
    assert figure_queries.files(session, mine.id, "No figure") == {}


# --- Over HTTP ------------------------------------------------------------------------------------


@pytest.fixture
def draft(db: Session, people: Cast) -> Contribution:
    made = make_contribution(db, people.author, edition=make_edition(db), state=State.DRAFT)
    db.commit()
    return made


def page_of(draft: Contribution, tail: str = "") -> str:
    return f"/fr/my/contributions/{draft.id}/figures/{tail}"


def file(data: bytes, name: str = "a.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_page_uploads_without_scripts(draft: Contribution, browser: Open, db: Session) -> None:
    author = browser("author@example.org")
    assert author.get(page_of(draft)).status_code == 200
    fields = {"file": file(picture()), "alternative": "Un carré rouge", "caption": "Le nôtre"}
    assert author.submit(fields).status_code == 303
    author.get(page_of(draft))
    (line,) = author.tree.xpath("//main//input[@readonly]/@value")
    assert line == f'![Un carré rouge](figure:{RED.id} "Le nôtre")'
    (image,) = author.tree.xpath("//main//li/img")
    assert (image.get("src"), image.get("alt")) == (f"/figures/{RED.id}.png", "Un carré rouge")
    author.submit({}, form="append")
    assert line in db.get_one(Draft, draft.id).body
    assert not author.get(page_of(draft)).text.count('name="figure"')


def test_page_puts_the_figure_into_the_essay_if_asked(
    draft: Contribution, browser: Open, db: Session
) -> None:
    author = browser("author@example.org")
    author.get(page_of(draft))
    author.submit({"file": file(picture()), "alternative": "Rouge", "append": "y"})
    assert f"\n\n![Rouge](figure:{RED.id})\n" in db.get_one(Draft, draft.id).body
    shown = author.get(f"/fr/my/contributions/{draft.id}/edit")
    assert page_of(draft) in shown.text
    preview = author.submit({"action": "preview"}, form="edit")
    assert f'src="/figures/{RED.id}.png" alt="Rouge"' in preview.text


def test_page_removes(draft: Contribution, browser: Open, db: Session) -> None:
    author = browser("author@example.org")
    author.get(page_of(draft))
    author.submit({"file": file(picture()), "alternative": "Rouge"})
    author.get(page_of(draft))
    assert author.submit({}, form="remove").status_code == 303
    assert not db.scalars(select(ContributionFigure)).all()


@pytest.mark.parametrize(
    "fields",
    [
        {"alternative": "Rouge"},
        {"file": (io.BytesIO(b"GIF89a"), "a.png"), "alternative": "x"},
        {"file": (io.BytesIO(picture()), "a.png"), "alternative": ""},
        {"file": (io.BytesIO(picture()), "a.png"), "alternative": "a\u202eb"},
    ],
)
def test_page_refuses(
    draft: Contribution, browser: Open, db: Session, fields: dict[str, object]
) -> None:
    author = browser("author@example.org")
    author.get(page_of(draft))
    answer = author.submit(fields)
    assert answer.status_code == 422
    assert author.tree.xpath("//main//*[@role='alert']//a")
    assert not db.scalars(select(Figure)).all()


def test_upload_answers_the_editor(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    address = page_of(draft, "upload")
    answer = author.post(address, {"file": file(picture())})
    assert answer.status_code == 201
    assert answer.json == {
        "id": RED.id,
        "url": f"/figures/{RED.id}.png",
        "width": 40,
        "height": 30,
    }
    refused = author.post(address, {"file": file(b"MZ")})
    assert refused.status_code == 422
    assert refused.json is not None
    assert refused.json["code"] == "image.unknown_kind"
    assert refused.json["error"]
    assert author.post(address).json["code"] == "image.empty"


def test_upload_of_a_large_file(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    data = picture() + bytes(images.MAX_BYTES - len(picture()))
    assert author.post(page_of(draft, "upload"), {"file": file(data)}).status_code == 201
    answer = author.post(page_of(draft, "upload"), {"file": file(data + b"1")})
    assert (answer.status_code, answer.json["code"]) == (422, "image.too_large")
    assert (
        author.post(page_of(draft, "upload"), {"file": file(data + bytes(200_000))}).status_code
        == 413
    )


def test_upload_without_a_token(draft: Contribution, browser: Open, db: Session) -> None:
    author = browser("author@example.org")
    answer = author.client.post(page_of(draft, "upload"), data={"file": file(picture())})
    assert answer.status_code == 400
    assert not db.scalars(select(Figure)).all()


def test_upload_by_a_stranger(draft: Contribution, browser: Open, db: Session) -> None:
    for email in ("stranger@example.org", "moderator@example.org", "organiser@example.org"):
        stranger = browser(email)
        assert stranger.get(page_of(draft)).status_code == 404
        for tail in ("", "upload", "append", "remove"):
            fields = {"file": file(picture()), "alternative": "x", "figure": RED.id}
            assert stranger.post(page_of(draft, tail), fields).status_code == 404
    assert not db.scalars(select(Figure)).all()


def test_upload_too_often(
    settings: Settings, people: Cast, draft: Contribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_views, "HOW_OFTEN", parse("1 per hour"))
    application = create_app(replace(settings, testing=False))
    application.config["WTF_CSRF_ENABLED"] = True
    try:
        author = Browser(application.test_client())
        author.sign_in(people.author.email)
        answers = [
            author.post(page_of(draft, "upload"), {"file": file(picture())}).status_code
            for _ in range(2)
        ]
    finally:
        limiter.enabled = False
        application.extensions["jsi_engine"].dispose()
    assert answers == [201, 429]


def test_figure_of_a_draft_is_its_authors_alone(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    address = author.post(page_of(draft, "upload"), {"file": file(picture())}).json["url"]
    answer = author.get(address)
    assert (answer.status_code, answer.data) == (200, RED.data)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    for stranger in (browser(), browser("stranger@example.org"), browser("organiser@example.org")):
        assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("image", [RED, DRAWING], ids=["png", "svg"])
def test_figure_of_a_published_essay_is_everybodys(
    app: Flask,
    db: Session,
    people: Cast,
    draft: Contribution,
    browser: Open,
    image: images.Image,
) -> None:
    contribution = db.get_one(Contribution, draft.id)
    store = app.extensions["jsi_store"]
    figure_operations.add_figure(db, people.author.actor, draft.id, image, store=store)
    body(db, contribution, f"Words\n\n![Alternative](figure:{image.id})\n")
    published(db, people, contribution)
    db.commit()
    visitor = browser()
    visitor.get(f"/fr/contributions/{contribution.number}/")
    (address,) = visitor.tree.xpath("//article//figure/img/@src")
    answer = visitor.get(address)
    assert answer.data == image.data
    assert answer.mimetype == images.MEDIA_TYPES[image.kind]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("public")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    etag = answer.headers["ETag"]
    assert visitor.get(address, headers={"If-None-Match": etag}).status_code == 304
    publishing.remove(db, SYSTEM, draft.id, reason="A reason.")
    db.commit()
    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize(
    "path", ["/figures/x.png", f"/figures/{'0' * 32}.gif", "/figures/..%2f..%2fapp.db", "/figures/"]
)
def test_figure_that_is_none(browser: Open, path: str) -> None:
    assert browser().get(path).status_code == 404


def test_figure_whose_file_is_lost(app: Flask, draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    address = author.post(page_of(draft, "upload"), {"file": file(picture())}).json["url"]
    storage.delete(app.extensions["jsi_store"], f"figures/{RED.id[:2]}/{RED.id}.png")
    assert author.get(address).status_code == 404
    author.post(page_of(draft, "upload"), {"file": file(picture())})  # mends it
    assert author.get(address).status_code == 200


def test_drawing_is_a_drawing_to_a_reader(draft: Contribution, browser: Open) -> None:
    author = browser("author@example.org")
    hostile = DRAWING.data.replace(b"<rect", b'<script>alert(1)</script><rect onload="alert(1)"')
    answer = author.post(page_of(draft, "upload"), {"file": file(hostile, "a.svg")})
    assert answer.json["id"] == DRAWING.id
    assert etree.fromstring(author.get(answer.json["url"]).data).tag.endswith("svg")


def test_worker_sweeps(
    app: Flask, draft: Contribution, browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = browser("author@example.org")
    address = author.post(page_of(draft, "upload"), {"file": file(picture())}).json["url"]
    later(monkeypatch)
    with app.app_context():
        sessions: sessionmaker[Session] = app.extensions["jsi_sessions"]
        with sessions() as session:
            (due,) = figure_jobs.JOB.due(session)
        figure_jobs.JOB.run(due)
        figure_jobs.JOB.run(due)
        with sessions() as session:
            begin_write(session)
            assert not session.scalars(select(Figure)).all()
    assert author.get(address).status_code == 404
