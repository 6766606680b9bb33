"""Figures in the export and in the books made of a volume, on both databases."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from app.contributions import operations, publishing
from app.contributions.figures import operations as figure_operations
from app.contributions.models import Contribution
from app.contributions.moves import move
from app.contributions.states import State
from app.core import storage
from app.core.audit import AuditAction
from app.core.policy import SYSTEM
from app.documents import images
from app.editions.models import Edition
from app.proceedings import assemble, contents, export, labels, queries
from app.proceedings import operations as volumes
from tests.contributions.figures.samples import bring
from tests.factories import Cast, make_contribution, make_edition

DRAWING = images.safe(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>'
)
OTHER = images.safe(DRAWING.data.replace(b'"4"', b'"2"'))


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return storage.make_store(f"file://{tmp_path / 'files'}")


@pytest.fixture
def essays(session: Session, cast: Cast, store: ObjectStore) -> list[Contribution]:
    """Two published essays that show the same drawing, one of them has another beside."""
    edition = make_edition(session, "2017")
    made = []
    for _ in range(2):
        essay = make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
        for image in (DRAWING, OTHER):
            bring(session, cast.author.actor, essay.id, image, store=store, alternative="A drawing")
        figure_operations.append_figure(session, cast.author.actor, essay.id, DRAWING.id)
        operations.submit(session, cast.author.actor, essay.id)
        move(session, SYSTEM, essay, State.ACCEPTED, AuditAction.CONTRIBUTION_DECIDED)
        publishing.publish(session, SYSTEM, essay)
        made.append(essay)
    return made


def test_export_packs_figures_once_and_markdown_leads_to_them(
    session: Session, essays: list[Contribution], store: ObjectStore
) -> None:
    data = b"".join(export.archive(export.rows(session, SYSTEM), store))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = f"figures/{DRAWING.id}.svg"
        assert archive.namelist() == [
            f"contributions/{essays[0].number}-fr.md",
            name,
            f"contributions/{essays[1].number}-fr.md",
            "contributions.csv",
            "contributions.json",
        ]
        assert archive.read(name) == DRAWING.data
        for essay in essays:
            text = archive.read(f"contributions/{essay.number}-fr.md").decode()
            assert f"![A drawing](../{name})" in text
        objects = json.loads(archive.read("contributions.json"))
        assert [each["figures"] for each in objects] == [[name], [name]]
    assert data == b"".join(export.archive(export.rows(session, SYSTEM), store))


def test_export_without_a_lost_figure(
    session: Session, essays: list[Contribution], store: ObjectStore
) -> None:
    storage.delete(store, f"figures/{DRAWING.id[:2]}/{DRAWING.id}.svg")
    data = b"".join(export.archive(export.rows(session, SYSTEM), store))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 2 + len(essays)


def test_book_has_the_figures_of_its_essays(
    app: Flask, session: Session, essays: list[Contribution], store: ObjectStore
) -> None:
    edition = session.get_one(Edition, essays[0].edition_id)
    made = volumes.create_volume(session, SYSTEM, edition, "2017", {"en": "Proceedings"})
    contents.fill(session, SYSTEM, made)
    session.flush()
    with app.app_context():
        volume = queries.volume(session, "2017")
        book = assemble.book(session, volume, "fr", labels.words, store=store)
        without = assemble.book(session, volume, "fr", labels.words)
    assert len(book.essays) == len(essays)
    for each in book.essays:
        assert set(each.figures) == {DRAWING.id, OTHER.id}
        figure = each.figures[DRAWING.id]
        assert (figure.name, figure.load()) == (f"{DRAWING.id}.svg", DRAWING.data)
    assert not any(each.figures for each in without.essays)
