"""Figures that no text mentions, and files that nothing names, are let go of."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from obstore.store import ObjectStore
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.contributions import operations
from app.contributions.figures import jobs as figure_jobs
from app.contributions.figures import operations as figure_operations
from app.contributions.figures import queries as figure_queries
from app.contributions.figures.models import ContributionFigure, Figure, key
from app.contributions.figures.operations import Picture
from app.contributions.models import Contribution, Draft
from app.contributions.states import State
from app.core import clock, storage
from app.core.db import begin_write
from app.core.errors import Conflict, NotFound
from tests.contributions.figures.samples import (
    DRAWING,
    RED,
    body,
    bring,
    file,
    is_stored,
    later,
    page_of,
    picture,
)
from tests.factories import Cast, make_contribution, make_edition, make_essay
from tests.http import Browser

Open = Callable[..., Browser]


def test_add_figure_by_many_at_once_while_it_is_swept(
    sessions: sessionmaker[Session], session: Session, cast: Cast, store: ObjectStore
) -> None:
    edition = make_edition(session)
    drafts = [
        make_contribution(session, cast.author, edition=edition, state=State.DRAFT).id
        for _ in range(7)
    ]
    author = cast.author.actor
    forgotten = bring(session, author, drafts[0], RED, store=store)
    session.execute(delete(ContributionFigure))
    forgotten.sweep_at = clock.now()
    figure_id, key = forgotten.id, forgotten.key
    session.commit()

    def act(draft_id: int) -> None:
        with sessions() as own:
            begin_write(own)
            if draft_id == drafts[0]:
                figure_operations.sweep(own, figure_id, store)
                own.commit()
                return
            figure_operations.expect(own, author, draft_id, [Picture.of(RED)])
            own.commit()
            figure_operations.put_file(store, Picture.of(RED), RED.data)
            begin_write(own)
            figure_operations.add_figure(own, author, draft_id, Picture.of(RED))
            own.commit()

    with ThreadPoolExecutor(7) as pool:
        list(pool.map(act, drafts))
    assert session.scalar(select(func.count()).select_from(ContributionFigure)) == 6
    assert session.scalar(select(func.count()).select_from(Figure)) == 1
    assert storage.read(store, key) == RED.data


def sweep(session: Session, store: ObjectStore) -> None:
    session.flush()
    for figure_id in figure_queries.due(session, clock.now(), 100):
        figure_operations.sweep(session, figure_id, store)
    session.flush()


def test_sweep_lets_go_of_what_no_text_mentions(
    session: Session,
    cast: Cast,
    mine: Contribution,
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author = cast.author.actor
    unused = bring(session, author, mine.id, RED, store=store)
    used = bring(session, author, mine.id, DRAWING, store=store)
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
    figure = bring(session, author, mine.id, RED, store=store, alternative="Red")
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
    key = bring(session, cast.author.actor, mine.id, RED, store=store).key
    operations.discard(session, cast.author.actor, mine.id)
    session.expire_all()
    later(monkeypatch)
    sweep(session, store)
    assert not is_stored(store, key)
    assert session.scalar(select(func.count()).select_from(Figure)) == 0


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


def test_worker_sweeps_a_file_whose_figure_was_refused(
    app: Flask,
    draft: Contribution,
    browser: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figure_operations, "MOST_FIGURES", 0)
    author, store = browser("author@example.org"), app.extensions["jsi_store"]
    answer = author.post(page_of(draft, "upload"), {"file": file(picture())})
    assert answer.json["code"] == "figure.too_many"
    assert is_stored(store, key(RED.id, RED.kind))
    later(monkeypatch)
    with app.app_context():
        with app.extensions["jsi_sessions"]() as session:
            (due,) = figure_jobs.JOB.due(session)
        figure_jobs.JOB.run(due)
    assert not is_stored(store, key(RED.id, RED.kind))


def test_a_figure_whose_file_could_not_be_stored_is_not_the_drafts(
    app: Flask, db: Session, draft: Contribution, browser: Open, settings: Settings
) -> None:
    (settings.data_dir / "files" / "figures").write_text("no folder can be made here")
    author = browser("author@example.org")
    app.testing = False
    assert author.post(page_of(draft, "upload"), {"file": file(picture())}).status_code == 500
    assert figure_queries.of_contribution(db, draft.id) == []


def test_expect_by_a_stranger_and_once_submitted(
    session: Session, cast: Cast, mine: Contribution
) -> None:
    with pytest.raises(NotFound):
        figure_operations.expect(session, cast.stranger.actor, mine.id, [Picture.of(RED)])
    operations.submit(session, cast.author.actor, mine.id)
    with pytest.raises(Conflict):
        figure_operations.expect(session, cast.author.actor, mine.id, [Picture.of(RED)])
    assert session.scalar(select(func.count()).select_from(Figure)) == 0
