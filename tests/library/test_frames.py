"""Pages of essays made ready by the worker: the same as those made when they are read, or none."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session

from app.config import Settings
from app.contributions import personal
from app.contributions.byline import OWNER, Author
from app.contributions.models import Contribution, EssayFrame, PublishedText
from app.contributions.states import State
from app.core.languages import CODES
from app.core.policy import SYSTEM
from app.editions.models import Edition, Question, Theme
from app.library import frames, jobs, queries
from app.moderation.organising import operations as organising
from app.proceedings import contents, operations
from app.proceedings.models import Volume
from tests.factories import Cast, make_contribution, make_edition
from tests.factories.contributions import make_essay
from tests.http import Open
from tests.library.conftest import publish, tree

NAME = "Amina Auteur"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The site's own address is the one the tests' visitor uses."""
    return replace(settings, base_url="http://localhost")


@pytest.fixture
def make_ready(app: Flask, db: Session) -> Callable[[], int]:
    """Let the worker make all that is due; gives the number of essays."""

    def make() -> int:
        with app.app_context():
            waiting = jobs.due(db)
            db.rollback()
            for text_id in waiting:
                jobs.run_frame(text_id)
            return len(waiting)

    return make


def read(client: FlaskClient, number: str | None, code: str = "fr") -> str:
    page = client.get(f"/{code}/contributions/{number}/")
    assert page.status_code == 200
    return page.text


def count(db: Session) -> int:
    db.rollback()
    return db.scalar(select(func.count()).select_from(EssayFrame)) or 0


@pytest.fixture
def volume(db: Session, edition: Edition) -> Volume:
    title = {"fr": "Les actes", "ar": "أعمال المؤتمر"}
    return operations.create_volume(db, SYSTEM, edition, "2017", title)


@pytest.fixture
def essay(db: Session, people: Cast, edition: Edition) -> Contribution:
    """An essay with everything that a page can show; it responds to one and is responded to."""
    authors = (
        Author(NAME, NAME, "Auteur, Amina", "Institut & <b>", "FR", key=OWNER),
        Author("王芳", "Wang Fang", country="CN", personal_capacity=True, biography="作者。"),
    )
    target = publish(db, people, edition, language="ar")
    made = publish(
        db,
        people,
        edition,
        authors=authors,
        responds_to_id=target.id,
        title="Paix & <droit>",
        previously_published="Revue",
    )
    publish(db, people, edition, language="zh", responds_to_id=made.id)
    db.execute(
        update(PublishedText)
        .where(PublishedText.contribution_id == made.id)
        .values(
            html='<p>Voir.</p><figure><img src="/figures/a.png" alt="Un plan"></figure>',
            references_html="<ul><li>Une œuvre</li></ul>",
            etag="rich",
        )
    )
    db.commit()
    return made


@pytest.mark.parametrize("code", CODES)
def test_page_made_ready_is_the_one_made_when_it_is_read(
    app: Flask,
    client: FlaskClient,
    db: Session,
    essay: Contribution,
    volume: Volume,
    make_ready: Callable[[], int],
    count_queries: Any,
    code: str,
) -> None:
    contents.fill(db, SYSTEM, volume)
    operations.publish(db, SYSTEM, volume)
    db.commit()
    others = db.scalars(select(Contribution).where(Contribution.id != essay.id)).all()
    numbers = [each.number for each in (essay, *others)]
    made = {each: read(client, each, code) for each in numbers}
    address = f"/{code}/contributions/{numbers[0]}/"
    kept = {"If-None-Match": client.get(address).headers["ETag"]}
    assert count(db) == 0
    assert make_ready() == len(made)
    assert count(db) == len(made) * len(CODES)
    with count_queries(app.extensions["jsi_engine"]) as statements:
        assert {each: read(client, each, code) for each in made} == made
    assert len(statements) == len(made)
    assert client.get(address, headers=kept).status_code == 304
    page = tree(client.get(address))
    assert page.xpath("//figure/img/@alt") == ["Un plan"]
    assert page.xpath("//section[@aria-labelledby='answers']//a")
    assert page.xpath("//section[@aria-labelledby='responds-to']//a")
    assert page.xpath("string(//h1)") == "Paix & <droit>"
    assert page.xpath("string(//title)").startswith("Paix & <droit> – ")


def renamed(model: Any) -> Callable[..., None]:
    def rename(db: Session, _people: Cast, essay: Contribution, _volume: Volume) -> None:
        row = {
            Edition: lambda: db.get_one(Edition, essay.edition_id),
            Theme: lambda: db.get_one(Theme, essay.theme_id),
            Question: lambda: db.get_one(Question, essay.question_id),
        }[model]()
        row.title = {**row.title, "fr": "Le nouveau nom"}

    return rename


def corrected(db: Session, people: Cast, essay: Contribution, title: str) -> None:
    now = make_essay("fr", title=title, question_id=essay.question_id)
    organising.correct(db, people.organiser.actor, essay.id, now, note="Une faute.")


def responded(db: Session, people: Cast, essay: Contribution, _volume: Volume) -> None:
    edition = db.get_one(Edition, essay.edition_id)
    publish(db, people, edition, title="Le nouveau nom", responds_to_id=essay.id)


def answer_corrected(db: Session, people: Cast, essay: Contribution, _volume: Volume) -> None:
    answer = db.scalars(select(Contribution).where(Contribution.language == "zh")).one()
    now = make_essay(
        "zh", title="Le nouveau nom", question_id=essay.question_id, responds_to_id=essay.id
    )
    organising.correct(db, people.organiser.actor, answer.id, now, note="Une faute.")


def target_corrected(db: Session, people: Cast, essay: Contribution, _volume: Volume) -> None:
    target = db.scalars(select(Contribution).where(Contribution.language == "ar")).one()
    now = make_essay("ar", title="Le nouveau nom", question_id=essay.question_id)
    organising.correct(db, people.organiser.actor, target.id, now, note="Une faute.")


def volume_published(db: Session, _people: Cast, _essay: Contribution, volume: Volume) -> None:
    contents.fill(db, SYSTEM, volume)
    volume.title = {"fr": "Le nouveau nom"}
    operations.publish(db, SYSTEM, volume)


CHANGES: dict[str, Callable[[Session, Cast, Contribution, Volume], None]] = {
    "edition": renamed(Edition),
    "theme": renamed(Theme),
    "question": renamed(Question),
    "correction": lambda db, people, essay, _: corrected(db, people, essay, "Le nouveau nom"),
    "response": responded,
    "response corrected": answer_corrected,
    "target corrected": target_corrected,
    "volume": volume_published,
}


@pytest.mark.parametrize("change", CHANGES)
def test_page_made_ready_of_something_older_is_passed_over(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    essay: Contribution,
    volume: Volume,
    make_ready: Callable[[], int],
    change: str,
) -> None:
    db.commit()
    make_ready()
    before = client.get(f"/fr/contributions/{essay.number}/")
    assert "Le nouveau nom" not in before.text
    CHANGES[change](db, people, essay, volume)
    db.commit()
    kept = {"If-None-Match": before.headers["ETag"]}
    page = client.get(f"/fr/contributions/{essay.number}/", headers=kept)
    assert "Le nouveau nom" in page.text
    text_id = db.scalars(
        select(PublishedText.id).where(PublishedText.contribution_id == essay.id)
    ).one()
    with app.app_context():
        assert text_id in jobs.due(db)
    assert make_ready()
    assert make_ready() == 0
    assert read(client, essay.number) == page.text
    db.execute(delete(EssayFrame))
    db.commit()
    assert read(client, essay.number) == page.text


def test_page_made_ready_goes_with_the_essay(
    client: FlaskClient,
    db: Session,
    people: Cast,
    essay: Contribution,
    make_ready: Callable[[], int],
) -> None:
    make_ready()
    assert count(db) == 3 * len(CODES)
    organising.remove(db, people.organiser.actor, essay.id, reason="Retiré.", language="en")
    db.commit()
    # Those of the two others named it.
    assert count(db) == 0
    assert client.get(f"/fr/contributions/{essay.number}/").status_code == 410
    organising.restore(db, people.organiser.actor, essay.id)
    db.commit()
    restored = read(client, essay.number)
    assert make_ready() == 3
    assert read(client, essay.number) == restored


@pytest.mark.parametrize("anonymous", [True, False])
def test_page_made_ready_goes_when_an_author_leaves(
    client: FlaskClient,
    db: Session,
    people: Cast,
    essay: Contribution,
    make_ready: Callable[[], int],
    anonymous: bool,
) -> None:
    make_ready()
    personal.erase(db, people.author.id, anonymous)
    db.commit()
    assert count(db) == 0
    make_ready()
    assert count(db) == 3 * len(CODES)
    assert (NAME in read(client, essay.number)) is not anonymous


def test_page_made_ready_is_for_every_reader_but_not_for_every_address(
    app: Flask,
    client: FlaskClient,
    browser: Open,
    db: Session,
    essay: Contribution,
    make_ready: Callable[[], int],
    count_queries: Any,
) -> None:
    make_ready()
    stranger = browser("stranger@example.org")
    own = stranger.get(f"/fr/contributions/{essay.number}/")
    assert own.headers["Cache-Control"].startswith("private")
    assert tree(own).xpath("//form[@action='/fr/logout']")
    assert not tree(client.get(f"/fr/contributions/{essay.number}/")).xpath(
        "//form[@action='/fr/logout']"
    )
    beneath = client.get(
        f"/fr/contributions/{essay.number}/", base_url="http://localhost/conference"
    )
    crumb = tree(beneath).xpath("//nav[@class='crumbs']//a/@href")[0]
    assert crumb == "/conference/fr/contributions/"
    app.extensions["jsi_release"] = "another"
    number = essay.number
    with count_queries(app.extensions["jsi_engine"]) as statements:
        read(client, number)
    assert len(statements) == 3  # whether it is ready, the essay, its responses
    assert make_ready() == 3


def test_run_frame_leaves_what_changed_meanwhile(
    app: Flask, client: FlaskClient, db: Session, people: Cast, essay: Contribution
) -> None:
    text_id = db.scalars(
        select(PublishedText.id).where(PublishedText.contribution_id == essay.id)
    ).one()
    edition_id = essay.edition_id
    db.rollback()
    engine = app.extensions["jsi_engine"]

    def meanwhile(_connection: Any) -> None:
        """An organiser writes between reading, which is given up, and the transaction."""
        with Session(engine) as other:
            other.execute(update(Edition).where(Edition.id == edition_id).values(position=7))
            other.commit()

    event.listen(engine, "rollback", meanwhile, once=True)
    with app.app_context():
        jobs.run_frame(text_id)
        assert count(db) == 0
        jobs.run_frame(text_id)
        assert count(db) == len(CODES)
        jobs.run_frame(text_id)
        assert count(db) == len(CODES)
        organising.remove(db, people.organiser.actor, essay.id, reason="Retiré.", language="en")
        db.commit()
        jobs.run_frame(text_id)
    assert count(db) == 0


def test_sweep_makes_pages_ready_and_no_more_than_it_may(
    app: Flask,
    client: FlaskClient,
    db: Session,
    essay: Contribution,
    work: Callable[[], int],
) -> None:
    with app.app_context():
        assert len(jobs.due(db, most=2)) == 2
    db.rollback()
    app.extensions["jsi_sweep"]()
    work()
    assert count(db) == 3 * len(CODES)
    with app.app_context():
        assert not jobs.due(db)


def test_render_stale_makes_pages_ready(app: Flask, db: Session, essay: Contribution) -> None:
    db.rollback()
    done = app.test_cli_runner().invoke(args=["contributions", "render", "--stale"])
    assert done.exit_code == 0, done.output
    assert count(db) == 3 * len(CODES)


def test_ready_on_both_databases(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    made = make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
    assert made.number is not None
    mark = queries.essay_mark(session, made.number)
    text = session.scalars(select(PublishedText)).one()
    assert queries.unready(session, "here", most=9) == [text.id]
    for code in CODES:
        content = frames.packed("\0".join("abcd"))
        frame = EssayFrame(text_id=text.id, language=code, mark=mark, content=content)
        frame.made_for = "here"
        session.add(frame)
    session.flush()
    found = queries.ready(session, made.number, "ko", "here")
    assert found is not None
    assert (found.mark, found.html) == (mark, text.html)
    assert frames.parts(frames.unpacked(found.frame)) == ("a", "b", "c", "d")
    assert queries.ready(session, made.number, "ko", "there") is None
    assert queries.unready(session, "here", most=9) == []
    assert queries.unready(session, "there", most=9) == [text.id]
    edition.title = {"en": "Another"}
    session.flush()
    assert edition.version == 2
    assert queries.ready(session, made.number, "ko", "here") is None
    assert queries.unready(session, "here", most=9) == [text.id]
    session.execute(delete(PublishedText))
    assert not session.scalar(select(func.count()).select_from(EssayFrame))
