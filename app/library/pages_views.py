"""The organisers' editing of the site's own pages."""

from typing import Final

from flask import Blueprint, abort, render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from app.documents.profile import MAX_CHARACTERS
from app.editions import pages
from app.editions.models import Page
from app.web import translating
from app.web.database import db
from app.web.forms import MaxLength, essay_text, plain_line, required
from app.web.language import PREFIX
from app.web.navigation import PAGES
from app.web.people import actor, organisers

ALL: Final = f"{PREFIX}/organise/pages/"
TITLE: Final = 300

blueprint = Blueprint("pages", __name__)


class PageTexts(translating.TextsForm):
    """A page in one language."""

    names = ("title", "body")
    rendered = ("body",)
    anchors = True

    title = StringField(_l("Title"), [required(), MaxLength(TITLE), plain_line])
    body = TextAreaField(_l("Text"), [MaxLength(MAX_CHARACTERS), essay_text])


@blueprint.get(ALL)
@organisers
def index() -> str:
    """The pages there are, written or not."""
    labels = dict(PAGES)
    found = [(slug, labels[slug], page) for slug, page in pages.pages(db).items()]
    return render_template("library/organise_pages.html", pages=found)


@blueprint.route(f"{ALL}<slug>", methods=["GET", "POST"])
@organisers
def edit(slug: str) -> Response | tuple[str, int]:
    """One page in one language."""
    if slug not in pages.SLUGS:
        abort(404)

    def save(session: Session, language: str, texts: dict[str, str]) -> None:
        pages.save(session, actor(), slug, language, **texts)

    return translating.edit(
        PageTexts,
        pages.page(db, slug) or Page(slug=slug, title={}, body={}),
        save,
        "library/organise_page.html",
        label=dict(PAGES)[slug],
        slug=slug,
    )
