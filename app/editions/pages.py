"""The site's own pages: about, charter, moderation, privacy, accessibility, in ten languages."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.audit import AuditAction, record
from app.core.db import hold
from app.core.errors import NotFound
from app.core.policy import Actor
from app.documents.labels import NOTE_LABELS
from app.documents.render import render
from app.editions.models import Page
from app.editions.texts import allow, assign, flush, write

SLUGS: Final = ("about", "charter", "moderation", "privacy", "accessibility")
"""The pages there are, in order; each has its row once something was written."""


def page(session: Session, slug: str) -> Page | None:
    """That page, None while nothing was written on it. One query."""
    return session.scalar(select(Page).where(Page.slug == slug))


def pages(session: Session) -> dict[str, Page | None]:
    """All pages by slug, in order; None for one that nothing was written on. One query."""
    known = {page.slug: page for page in session.scalars(select(Page))}
    return {slug: known.get(slug) for slug in SLUGS}


def save(
    session: Session, actor: Actor, slug: str, language: str, *, title: str, body: str
) -> Page:
    """Set the page's texts in one language, and render the body; the first save makes the page.

    An empty title and body take the language away. Raises Forbidden; NotFound for another slug;
    Invalid: see ``texts.write``.
    """
    allow(actor)
    if slug not in SLUGS:
        raise NotFound("page.unknown")
    saved = page(session, slug)
    if saved is None:
        saved = Page(slug=slug, title={}, body={}, html={}, position=SLUGS.index(slug))
        session.add(saved)
        names = write(saved, language, {"title": title, "body": body})
        flush(session)
    else:
        hold(session, saved)
        names = write(saved, language, {"title": title, "body": body})
    if names:
        saved.html = rendered(saved)
        saved.changed_at = clock.now()
        flush(session)
        record(session, actor, AuditAction.PAGE_CHANGED, saved.id, language=language, fields=names)
    return saved


def rendered(page: Page) -> dict[str, str]:
    """The body as HTML in each of its languages."""
    return {
        language: render(
            text, language=language, prefix=page.slug, labels=NOTE_LABELS[language], anchors=True
        )
        for language, text in page.body.items()
    }


def render_pages(session: Session) -> int:
    """Render all pages anew, after a change of renderer; the number of pages that changed."""
    found = session.scalars(select(Page).with_for_update()).all()
    return sum(bool(assign(page, html=rendered(page))) for page in found)
