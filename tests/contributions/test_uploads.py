"""A document becomes a draft: the operations, the pages, what strangers see, what is swept."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from obstore.store import ObjectStore
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.figures import operations as figure_operations
from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.models import Contribution, Draft
from app.contributions.saving import operations as saving
from app.contributions.states import State
from app.contributions.uploads import operations as upload_operations
from app.contributions.uploads.labels import FINDINGS, items
from app.contributions.uploads.models import KEPT_FOR, Upload, UploadState
from app.contributions.uploads.views import AT_ONCE_BELOW
from app.core import clock, storage
from app.core.errors import Conflict, NotFound
from app.documents.importing import MOST_BYTES, Imported, Refused, read
from app.editions.models import Edition
from tests.documents.importing.files import (
    archive,
    by_pandoc,
    docx,
    image_rels,
    paragraph,
    picture,
    png,
    run,
    unpacked,
)
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser

TEXT = "# Nouveau titre\n\nUn texte venu d’ailleurs[^1].\n\n[^1]: Une note."


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return storage.make_store(f"file://{tmp_path / 'files'}")


@pytest.fixture
def draft(session: Session, cast: Cast) -> Contribution:
    return make_contribution(session, cast.author, edition=make_edition(session), state=State.DRAFT)


def imported(tmp_path: Path, content: bytes | None = None) -> Imported:
    folder = tmp_path / "images"
    folder.mkdir(exist_ok=True)
    return read(io.BytesIO(content or by_pandoc(TEXT, "docx")), "essay.docx", folder)


def with_image() -> bytes:
    return docx(
        paragraph(run("Before")) + paragraph(picture('r:embed="rId7"', "A square")),
        more={
            "word/_rels/document.xml.rels": image_rels("media/image1.png"),
            "word/media/image1.png": png(),
        },
    )


def received(
    session: Session, cast: Cast, draft: Contribution, found: Imported, store: ObjectStore
) -> Upload:
    upload = upload_operations.receive(
        session, cast.actor("author"), draft.id, filename="essay.docx", size=9
    )
    upload_operations.finish(session, upload.id, 0, found, store=store)
    return upload


# -- operations ------------------------------------------------------------------------------


def test_receive_closes_the_upload_before_it(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    author = cast.actor("author")
    first = upload_operations.receive(session, author, draft.id, filename="a", size=1)
    second = upload_operations.receive(session, author, draft.id, filename="b", size=1)
    assert (first.state, second.state) == (UploadState.CLOSED, UploadState.WAITING)
    assert upload_operations.over(session) == [first.id]


def test_receive_is_refused_to_a_stranger_and_after_submission(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    with pytest.raises(NotFound):
        upload_operations.receive(session, cast.actor("stranger"), draft.id, filename="a", size=1)
    sent = make_contribution(
        session, cast.author, edition=session.get_one(Edition, draft.edition_id)
    )
    with pytest.raises(Conflict):
        upload_operations.receive(session, cast.actor("author"), sent.id, filename="a", size=1)


def test_take_over_replaces_the_text_and_keeps_the_one_before(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    before = session.get_one(Draft, draft.id)
    old, version = before.body, before.version
    taken = upload_operations.take_over(
        session,
        cast.actor("author"),
        draft.id,
        upload.id,
        seen_version=version,
        with_title=True,
        with_abstract=True,
    )
    assert (taken.title, taken.abstract) == ("Nouveau titre", "An abstract.")
    assert taken.body.startswith("Un texte venu d’ailleurs[^1].")
    kept = saving.base_of(session, draft.id, version)
    assert kept is not None
    assert kept.body == old
    assert upload.state == UploadState.CLOSED
    assert upload.body == ""


def test_take_over_leaves_the_title_where_it_is_not_asked_for(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    version = session.get_one(Draft, draft.id).version
    taken = upload_operations.take_over(
        session,
        cast.actor("author"),
        draft.id,
        upload.id,
        seen_version=version,
        with_title=False,
        with_abstract=False,
    )
    assert taken.title == "De la paix"


def test_take_over_sees_another_save(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    with pytest.raises(Conflict) as caught:
        upload_operations.take_over(
            session,
            cast.actor("author"),
            draft.id,
            upload.id,
            seen_version=0,
            with_title=True,
            with_abstract=True,
        )
    assert caught.value.code == "draft.changed_elsewhere"
    assert session.get_one(Draft, draft.id).title == "De la paix"


@pytest.mark.parametrize("name", ["stranger", "moderator", "organiser", "administrator"])
def test_nobody_else_can_look_at_take_over_or_discard_an_upload(
    session: Session,
    cast: Cast,
    draft: Contribution,
    store: ObjectStore,
    tmp_path: Path,
    name: str,
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    actor = cast.actor(name)
    with pytest.raises(NotFound):
        upload_operations.of_owner(session, actor, draft.id, upload.id)
    with pytest.raises(NotFound):
        upload_operations.discard(session, actor, draft.id, upload.id)
    with pytest.raises(NotFound):
        upload_operations.take_over(
            session,
            actor,
            draft.id,
            upload.id,
            seen_version=2,
            with_title=True,
            with_abstract=True,
        )
    assert upload.state == UploadState.READY


def test_a_co_author_who_may_edit_brings_a_document_of_their_own(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    draft.co_authors = {str(cast.stranger.id): True}
    session.flush()
    theirs = upload_operations.receive(
        session, cast.actor("stranger"), draft.id, filename="a", size=1
    )
    upload_operations.finish(session, theirs.id, 0, imported(tmp_path), store=store)
    with pytest.raises(NotFound):
        upload_operations.of_owner(session, cast.actor("author"), draft.id, theirs.id)
    upload_operations.receive(session, cast.actor("author"), draft.id, filename="b", size=1)
    assert theirs.state == UploadState.READY
    draft.co_authors = {str(cast.stranger.id): False}
    session.flush()
    with pytest.raises(Conflict):
        upload_operations.receive(session, cast.actor("stranger"), draft.id, filename="c", size=1)


def test_an_upload_belongs_to_one_draft(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    other = make_contribution(
        session, cast.author, edition=session.get_one(Edition, draft.edition_id), state=State.DRAFT
    )
    with pytest.raises(NotFound):
        upload_operations.of_owner(session, cast.actor("author"), other.id, upload.id)


def test_finish_gives_the_draft_the_figures(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path, with_image()), store)
    [figure] = session.scalars(select(Figure))
    assert upload.figures == [figure.digest]
    assert f"![A square](figure:{figure.digest})" in upload.body
    assert storage.size(store, figure.key) == figure.size


def test_finish_shows_words_for_figures_that_are_too_many(
    session: Session,
    cast: Cast,
    draft: Contribution,
    store: ObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figure_operations, "MOST_FIGURES", 0)
    upload = received(session, cast, draft, imported(tmp_path, with_image()), store)
    assert upload.body.strip() == "Before\n\nA square"
    assert [finding["code"] for finding in upload.findings] == ["image.refused"]


def test_sweep_removes_a_discarded_upload_with_its_file_and_figures(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path, with_image()), store)
    upload.file_key = "uploads/x"
    storage.put(store, "uploads/x", b"document")
    upload_operations.discard(session, cast.actor("author"), draft.id, upload.id)
    assert upload_operations.over(session) == [upload.id]
    upload_operations.sweep(session, upload.id, store)
    assert session.scalars(select(Upload)).all() == []
    assert session.scalars(select(ContributionFigure)).all() == []
    with pytest.raises(FileNotFoundError):
        storage.size(store, "uploads/x")


def test_sweep_leaves_figures_that_were_taken_over(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path, with_image()), store)
    version = session.get_one(Draft, draft.id).version
    upload_operations.take_over(
        session,
        cast.actor("author"),
        draft.id,
        upload.id,
        seen_version=version,
        with_title=True,
        with_abstract=True,
    )
    upload_operations.sweep(session, upload.id, store)
    assert len(session.scalars(select(ContributionFigure)).all()) == 1
    assert session.scalars(select(Upload)).all() == []


def test_an_upload_expires_and_is_swept(
    session: Session,
    cast: Cast,
    draft: Contribution,
    store: ObjectStore,
    tmp_path: Path,
    at: Callable[[Any], None],
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    now = clock.now()
    assert upload_operations.over(session) == []
    upload_operations.sweep(session, upload.id, store)
    assert session.get(Upload, upload.id) is not None
    at(now + KEPT_FOR + timedelta(minutes=1))
    with pytest.raises(NotFound):
        upload_operations.of_owner(session, cast.actor("author"), draft.id, upload.id)
    assert upload_operations.over(session) == [upload.id]
    upload_operations.sweep(session, upload.id, store)
    assert session.get(Upload, upload.id) is None


def test_an_upload_of_a_draft_that_is_gone_is_swept(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore
) -> None:
    from app.contributions import operations

    upload = upload_operations.receive(
        session, cast.actor("author"), draft.id, filename="a", size=1, file_key="uploads/y"
    )
    storage.put(store, "uploads/y", b"document")
    operations.discard(session, cast.actor("author"), draft.id)
    session.expire_all()
    assert upload_operations.over(session) == [upload.id]
    upload_operations.sweep(session, upload.id, store)
    with pytest.raises(FileNotFoundError):
        storage.size(store, "uploads/y")


def test_take_lets_one_worker_read_and_another_after_its_death(
    session: Session, cast: Cast, draft: Contribution, at: Callable[[Any], None]
) -> None:
    upload = upload_operations.receive(
        session, cast.actor("author"), draft.id, filename="a", size=1, file_key="k"
    )
    now = clock.now()
    for attempt in range(1, upload_operations.MOST_ATTEMPTS + 1):
        at(now + attempt * 2 * upload_operations.SILENCE)
        assert upload_operations.due(session) == [upload.id]
        taken = upload_operations.take(session, upload.id)
        assert taken is not None
        assert taken.attempt == attempt
        assert upload_operations.take(session, upload.id) is None
    at(now + 10 * upload_operations.SILENCE)
    assert upload_operations.take(session, upload.id) is None
    session.expire_all()
    assert (upload.state, upload.error["code"]) == ("refused", "upload.too_complex")


def test_a_worker_that_was_thought_dead_changes_nothing(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = upload_operations.receive(
        session, cast.actor("author"), draft.id, filename="a", size=1, file_key="k"
    )
    upload_operations.take(session, upload.id)
    upload_operations.finish(session, upload.id, 0, imported(tmp_path), store=store)
    upload_operations.refuse(session, upload.id, 0, Refused("upload.damaged"))
    session.expire_all()
    assert upload.state == UploadState.RUNNING


# -- pages -----------------------------------------------------------------------------------


class Desk:
    """The author at the upload page of a draft."""

    def __init__(self, db: Session, people: Cast, person: Browser) -> None:
        draft = make_contribution(db, people.author, edition=make_edition(db), state=State.DRAFT)
        db.commit()
        self.db, self.browser, self.id = db, person, draft.id
        self.address = f"/fr/my/contributions/{draft.id}/upload/"

    def send(self, content: bytes, name: str = "essai.docx", **kwargs: Any) -> Any:
        return self.browser.post(self.address, {"file": (io.BytesIO(content), name)}, **kwargs)

    @property
    def body(self) -> str:
        self.db.rollback()
        self.db.expire_all()
        return self.db.get_one(Draft, self.id).body

    def uploads(self) -> list[Upload]:
        self.db.rollback()
        return list(self.db.scalars(select(Upload).order_by(Upload.id)))


@pytest.fixture
def desk(db: Session, people: Cast, browser: Callable[..., Browser]) -> Desk:
    return Desk(db, people, browser("author@example.org"))


def stored(app: Flask, tmp_path: Path) -> list[str]:
    folder = tmp_path / "files"
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_upload_of_a_small_document_is_previewed_and_taken_over(
    app: Flask, desk: Desk, work: Callable[[], int], tmp_path: Path
) -> None:
    old = desk.body
    answer = desk.send(by_pandoc(TEXT, "docx"))
    assert answer.status_code == 303
    page = desk.browser.get(answer.location)
    assert "Un texte venu d’ailleurs" in page.text
    assert 'role="doc-noteref"' in page.text
    assert desk.body == old
    assert desk.browser.get(desk.address).text.count(answer.location.rstrip("/")) == 1
    desk.browser.get(answer.location)
    done = desk.browser.submit({"title": "y"}, form="/take")
    assert done.status_code == 303
    assert done.location.endswith("/edit")
    assert desk.body.startswith("Un texte venu d’ailleurs[^1].")
    assert desk.db.get_one(Draft, desk.id).title == "Nouveau titre"
    assert desk.browser.get(answer.location).status_code == 404
    work()
    assert desk.uploads() == []
    assert stored(app, tmp_path) == []


def test_upload_says_what_could_not_be_kept(desk: Desk) -> None:
    body = paragraph(run("Souligné", '<w:u w:val="single"/>') + "<w:r><w:object/></w:r>")
    page = desk.browser.get(desk.send(docx(body)).location)
    codes = [finding["code"] for finding in desk.uploads()[0].findings]
    assert codes == ["object.dropped", "formatting.underline"]
    items = desk.browser.tree.xpath("//ul[@class='findings']/li")
    assert len(items) == 2
    assert page.text.count("<q ") == 2


def test_upload_hints_at_another_language(desk: Desk) -> None:
    english = "Peace in cyberspace needs rules that everybody knows and can check. " * 4
    page = desk.browser.get(desk.send(by_pandoc(english, "docx")).location)
    assert "English" in page.text.partition('class="notice warn"')[2][:300]
    french = "La paix a besoin de règles que chacun connaît et peut vérifier. " * 4
    page = desk.browser.get(desk.send(by_pandoc(french, "docx")).location)
    assert 'class="notice warn"' not in page.text


def test_upload_can_be_discarded(
    app: Flask, desk: Desk, work: Callable[[], int], tmp_path: Path
) -> None:
    old = desk.body
    location = desk.send(with_image()).location
    assert desk.browser.get(location).text.count("<figure><img ") == 1
    assert len(stored(app, tmp_path)) == 1
    assert desk.browser.submit({}, form="/discard").status_code == 303
    assert desk.body == old
    assert desk.browser.get(location).status_code == 404
    work()
    assert desk.uploads() == []
    app.extensions["jsi_sweep"]()
    work()
    assert stored(app, tmp_path) == []


def large(text: str = TEXT) -> bytes:
    """The same document with an image that a request does not wait for."""
    import os

    noise = os.urandom(AT_ONCE_BELOW + 1)
    return archive({**unpacked(by_pandoc(text, "docx")), "word/media/image9.bmp": noise})


def test_upload_of_a_large_document_is_read_by_the_worker(
    app: Flask, desk: Desk, work: Callable[[], int], tmp_path: Path
) -> None:
    location = desk.send(large()).location
    assert "data-running" in desk.browser.get(location).text
    assert len(stored(app, tmp_path)) == 1
    assert work() == 1
    page = desk.browser.get(location)
    assert "data-running" not in page.text
    assert "Un texte venu d’ailleurs" in page.text
    assert stored(app, tmp_path) == []


def test_upload_that_nobody_told_the_worker_of_is_found_by_the_sweep(
    app: Flask, desk: Desk, work: Callable[[], int]
) -> None:
    location = desk.send(large()).location
    app.extensions["jsi_queue"].flush()
    app.extensions["jsi_sweep"]()
    assert work() == 1
    assert "Un texte venu d’ailleurs" in desk.browser.get(location).text


def test_upload_that_the_worker_refuses_says_why_and_leaves_nothing(
    app: Flask, desk: Desk, work: Callable[[], int], tmp_path: Path
) -> None:
    content = archive(
        {**unpacked(large()), "word/styles.xml": "<!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>"}
    )
    location = desk.send(content).location
    work()
    page = desk.browser.get(location)
    assert page.status_code == 200
    assert 'class="notice bad"' in page.text
    assert desk.uploads()[0].error["code"] == "upload.entities"
    assert stored(app, tmp_path) == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.docx"),
        (b"MZ\x90\x00" + b"\0" * 200, "program.docx"),
        (b"%PDF-1.7\n", "essay.pdf"),
        (by_pandoc("x", "docx")[:-50], "cut.docx"),
        (docx(paragraph(run("x")), more={"word/vbaProject.bin": b"x"}), "macros.docx"),
        (docx(paragraph(run("x")), prologue="<!DOCTYPE x>"), "entities.docx"),
        (docx(paragraph(run("x")), more={"../x": "x"}), "paths.docx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_upload_refuses_beside_the_field_and_keeps_nothing(
    app: Flask, desk: Desk, tmp_path: Path, content: bytes, name: str
) -> None:
    answer = desk.send(content, name)
    assert answer.status_code == 422
    assert desk.browser.tree.xpath("//div[@id='file-error']/p")
    assert desk.uploads() == []
    assert stored(app, tmp_path) == []


def test_upload_without_a_file_says_so(desk: Desk) -> None:
    assert desk.browser.post(desk.address, {}).status_code == 422
    assert desk.browser.tree.xpath("//div[@id='file-error']/p")


def test_upload_of_26_megabytes_is_refused_with_the_limit(desk: Desk) -> None:
    for size in (MOST_BYTES + 1, MOST_BYTES + 1024 * 1024):
        answer = desk.send(b"a" * size, "long.txt")
        assert answer.status_code in {413, 422}
        assert "25" in answer.text
    assert desk.uploads() == []


def test_a_request_of_a_gigabyte_is_refused_before_it_is_read(app: Flask, desk: Desk) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.taken += len(buffer)
            return len(buffer)

    source = Endless()
    answer = desk.browser.client.post(
        desk.address,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": source, "CONTENT_LENGTH": str(1024**3)},
    )
    assert answer.status_code == 413
    assert source.taken <= 65 * 1024 * 1024  # drained, not kept, so that browsers show the answer


def test_other_forms_stay_small(desk: Desk) -> None:
    answer = desk.browser.post(f"/fr/my/contributions/{desk.id}/edit", {"body": "a" * 9_000_000})
    assert answer.status_code == 413


def test_upload_answers_the_script_with_data(desk: Desk) -> None:
    headers = {"Accept": "application/json"}
    done = desk.send(by_pandoc(TEXT, "docx"), headers=headers)
    assert (done.status_code, done.mimetype) == (201, "application/json")
    assert desk.browser.get(done.json["location"]).status_code == 200
    refused = desk.send(b"%PDF-1.7", headers=headers)
    assert (refused.status_code, "PDF" in refused.json["error"]) == (422, True)


def test_an_upload_is_not_there_for_anybody_else(
    desk: Desk, browser: Callable[..., Browser]
) -> None:
    location = desk.send(by_pandoc(TEXT, "docx")).location
    for email in ("stranger", "moderator", "organiser", "administrator"):
        other = browser(f"{email}@example.org")
        assert other.get(desk.address).status_code == 404
        assert other.get(location).status_code == 404
        assert other.post(f"{location}take").status_code == 404
        assert other.post(f"{location}discard").status_code == 404
        sent = {"file": (io.BytesIO(by_pandoc(TEXT, "docx")), "x.docx")}
        assert other.post(desk.address, sent).status_code == 404
    assert browser().get(location).status_code == 302
    assert [upload.state for upload in desk.uploads()] == ["ready"]


def test_take_over_after_another_save_asks_again(desk: Desk, people: Cast) -> None:
    location = desk.send(by_pandoc(TEXT, "docx")).location
    desk.browser.get(location)
    old = desk.body
    answer = desk.browser.submit({"version": "1"}, form="/take")
    assert answer.location == location
    assert desk.body == old
    desk.browser.get(location)
    assert desk.browser.submit({}, form="/take").location.endswith("/edit")
    assert desk.body != old


def test_the_editors_button_saves_before_it_leads_to_the_upload(desk: Desk) -> None:
    desk.browser.get(f"/fr/my/contributions/{desk.id}/edit")
    answer = desk.browser.submit(
        {"body": "Not yet saved.", "action": "upload"}, form=f"{desk.id}/edit"
    )
    assert (answer.status_code, answer.location) == (303, desk.address)
    assert desk.body == "Not yet saved."


def test_the_tracks_page_begins_with_a_document(desk: Desk) -> None:
    desk.browser.get("/fr/contribute/jurist/")
    answer = desk.browser.submit({"begin": "document"})
    assert answer.status_code == 303
    assert answer.location.endswith("/upload/")


def test_every_finding_has_its_words() -> None:
    import re

    from app.config import ROOT

    sources = (ROOT / "app/documents/importing").glob("*.py")
    groups = "changes|characters|comment|element|encoding|field|formatting|formula|heading|image"
    groups += "|link|list|markup|nesting|object|page|table"
    used = {
        code
        for source in sources
        for code in re.findall(rf'"((?:{groups})\.[a-z_]+)"', source.read_text("utf-8"))
    }
    assert used - set(FINDINGS) == set()
    assert len(used) > 30


def test_items_group_findings_with_their_places(app: Flask) -> None:
    found = [
        {"code": "table.merged", "place": "B", "data": {}},
        {"code": "link.dropped", "place": "A", "data": {"link": "file:///x"}},
        *({"code": "table.merged", "place": f"{n}", "data": {}} for n in range(20)),
    ]
    with app.test_request_context("/en/"):
        [link, table] = items(found)
    assert (link.code, link.places[0].detail) == ("link.dropped", "file:///x")
    assert (table.count, len(table.places), table.more) == (21, 12, 9)
