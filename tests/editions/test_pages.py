"""The site's own pages: who may write them, one language at a time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.errors import Forbidden, Invalid, NotFound
from app.editions import pages
from app.editions.models import Page
from tests.factories import Cast


def save(session: Session, cast: Cast, language: str = "fr", **values: str) -> Page:
    given = {"slug": "about", "title": "À propos", "body": "Un **essai**."} | values
    slug = given.pop("slug")
    return pages.save(session, cast.actor("organiser"), slug, language, **given)


def test_save_makes_the_page_with_its_html(session: Session, cast: Cast) -> None:
    save(session, cast)
    session.commit()
    session.expire_all()
    page = pages.page(session, "about")
    assert page is not None
    assert page.title == {"fr": "À propos"}
    assert page.body == {"fr": "Un **essai**."}
    assert page.html == {"fr": "<p>Un <strong>essai</strong>.</p>\n"}
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("page:changed", page.id)
    assert entry.data == {"language": "fr", "fields": ["title", "body"]}


def test_save_leaves_the_other_languages(
    session: Session, cast: Cast, at: Callable[[Any], None]
) -> None:
    save(session, cast)
    moment = datetime(2026, 11, 21, 9, tzinfo=UTC)
    at(moment)
    save(session, cast, "ar", title="عن الموقع", body="مقال[^1].\n\n[^1]: هامش.")
    page = pages.page(session, "about")
    assert page is not None
    assert page.title == {"fr": "À propos", "ar": "عن الموقع"}
    assert page.html["fr"] == "<p>Un <strong>essai</strong>.</p>\n"
    assert "about-note-1" in page.html["ar"]
    assert page.changed_at == moment


def test_save_without_a_change_leaves_no_entry(session: Session, cast: Cast) -> None:
    save(session, cast)
    save(session, cast)
    assert len(session.scalars(select(AuditEntry)).all()) == 1


def test_save_with_nothing_takes_the_language_away(session: Session, cast: Cast) -> None:
    save(session, cast)
    save(session, cast, "en", title="About", body="An essay.")
    save(session, cast, "fr", title="", body="")
    page = pages.page(session, "about")
    assert page is not None
    assert page.title == {"en": "About"}
    assert page.html == {"en": "<p>An essay.</p>\n"}


def test_save_needs_a_title_in_one_language(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        save(session, cast, title=" ")
    assert (refusal.value.code, refusal.value.field) == ("title.missing", "title")


def test_save_of_an_unknown_page_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        save(session, cast, slug="imprint")


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_save_by_others_is_forbidden(session: Session, cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        pages.save(session, cast.actor(who), "about", "en", title="Mine", body="")
    assert pages.page(session, "about") is None


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_one_query(
    session: Session,
    engine: Engine,
    cast: Cast,
    count_queries: Callable[[Engine], Any],
    count: int,
) -> None:
    for slug in pages.SLUGS[:count]:
        save(session, cast, slug=slug)
    session.commit()
    session.expunge_all()
    with count_queries(engine) as statements:
        found = pages.pages(session)
    assert list(found) == list(pages.SLUGS)
    assert [slug for slug, page in found.items() if page] == list(pages.SLUGS[:count])
    assert len(statements) == 1


def test_render_pages_renders_what_is_stale(session: Session, cast: Cast) -> None:
    page = save(session, cast)
    assert pages.render_pages(session) == 0
    page.html = {"fr": "<p>alt</p>"}
    session.flush()
    assert pages.render_pages(session) == 1
    assert page.html == {"fr": "<p>Un <strong>essai</strong>.</p>\n"}
