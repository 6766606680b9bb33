"""The editing of an edition's themes and questions."""

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.editions import queries
from app.editions import theme_operations as operations
from app.editions.forms import (
    NewQuestion,
    NewTheme,
    QuestionForm,
    QuestionTexts,
    ThemeForm,
    ThemeTexts,
    values,
)
from app.editions.models import Question, Theme
from app.editions.texts import Step
from app.editions.views import ONE, crumb, found_edition
from app.web import translating
from app.web.acts import done, saved
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, organisers
from app.web.templating import tr

THEME: Final = f"{ONE}themes/<code>/"
TEXTS: Final = ("language", "title", "context")
QUESTION: Final = f"{PREFIX}/organise/questions/<slug>/"

blueprint = Blueprint("themes", __name__)


def found_theme(session: Session, slug: str, code: str) -> Theme:
    """The theme of that edition, or 404."""
    return queries.theme(session, found_edition(session, slug), code) or abort(404)


def found_question(session: Session, slug: str) -> Question:
    """The question with its theme and edition, or 404."""
    return queries.question_by_slug(session, slug) or abort(404)


def step() -> Step:
    """Which way the pressed button moves."""
    return -1 if request.form.get("step") == "up" else 1


def back(slug: str) -> Response:
    """To the edition's page, where its themes are."""
    return redirect(url_for("organise.edition", slug=slug, _anchor="themes"), 303)


@blueprint.route(f"{ONE}themes/new", methods=["GET", "POST"])
@organisers
def new(slug: str) -> Response | tuple[str, int]:
    """Add a theme."""
    form, crumbs = NewTheme(), [crumb(found_edition(db, slug))]

    def create(session: Session) -> None:
        edition = found_edition(session, slug)
        operations.create_theme(session, actor(), edition, **values(form, "code", *TEXTS))

    if form.validate_on_submit() and saved(form, create):
        flash(_("The theme has been added."), "success")
        return back(slug)
    return render_template("editions/new_theme.html", form=form, crumbs=crumbs), form.status


@blueprint.route(f"{THEME}settings", methods=["GET", "POST"])
@organisers
def settings(slug: str, code: str) -> Response | tuple[str, int]:
    """A theme's short name."""
    theme = found_theme(db, slug, code)
    form, crumbs = ThemeForm(obj=theme), [crumb(found_edition(db, slug))]

    def change(session: Session) -> None:
        theme = found_theme(session, slug, code)
        operations.change_theme(session, actor(), theme, **values(form, "code"))

    if form.validate_on_submit() and saved(form, change):
        flash(_("The theme has been saved."), "success")
        return back(slug)
    return render_template("editions/theme.html", form=form, crumbs=crumbs), form.status


@blueprint.route(f"{THEME}texts", methods=["GET", "POST"])
@organisers
def texts(slug: str, code: str) -> Response | tuple[str, int]:
    """A theme's title and context in one language."""
    edition, theme = found_edition(db, slug), found_theme(db, slug, code)

    def save(session: Session, language: str, texts: dict[str, str]) -> None:
        theme = found_theme(session, slug, code)
        operations.write_theme(session, actor(), theme, language, **texts)

    return translating.edit(
        ThemeTexts,
        theme,
        save,
        "editions/texts.html",
        heading=_("Theme “%(title)s”", title=tr(theme.title)),
        crumbs=[crumb(edition)],
    )


@blueprint.post(f"{THEME}move")
@organisers
def move(slug: str, code: str) -> Response:
    """One place up or down."""
    with transaction() as session:
        operations.move_theme(session, actor(), found_theme(session, slug, code), step())
    return back(slug)


@blueprint.post(f"{THEME}delete")
@organisers
def delete(slug: str, code: str) -> Response:
    """Delete a theme that nothing uses."""

    def remove(session: Session) -> None:
        operations.delete_theme(session, actor(), found_theme(session, slug, code))

    if done(remove):
        flash(_("The theme has been deleted."), "success")
    return back(slug)


@blueprint.route(f"{THEME}questions/new", methods=["GET", "POST"])
@organisers
def new_question(slug: str, code: str) -> Response | tuple[str, int]:
    """Add a question to a theme."""
    theme = found_theme(db, slug, code)
    form, title = NewQuestion(), tr(theme.title)
    crumbs = [crumb(found_edition(db, slug))]

    def create(session: Session) -> None:
        theme = found_theme(session, slug, code)
        entered = values(form, "slug", "tracks", *TEXTS)
        operations.create_question(session, actor(), theme, **entered)

    if form.validate_on_submit() and saved(form, create):
        flash(_("The question has been added."), "success")
        return back(slug)
    page = render_template("editions/new_question.html", form=form, crumbs=crumbs, theme=title)
    return page, form.status


@blueprint.route(f"{QUESTION}settings", methods=["GET", "POST"])
@organisers
def question_settings(slug: str) -> Response | tuple[str, int]:
    """A question's address, theme and tracks."""
    question = found_question(db, slug)
    edition = question.theme.edition
    themes = [(each, str(tr(each.title))) for each in queries.themes_with_questions(db, edition)]
    form, crumbs = QuestionForm(question, themes), [crumb(edition)]
    edition_slug, title = edition.slug, tr(question.title)

    def change(session: Session) -> None:
        question = found_question(session, slug)
        theme = found_theme(session, edition_slug, form.theme.data)
        entered = values(form, "slug", "tracks")
        operations.change_question(session, actor(), question, theme=theme, **entered)

    if form.validate_on_submit() and saved(form, change):
        flash(_("The question has been saved."), "success")
        return back(edition_slug)
    page = render_template("editions/question.html", form=form, crumbs=crumbs, title=title)
    return page, form.status


@blueprint.route(f"{QUESTION}texts", methods=["GET", "POST"])
@organisers
def question_texts(slug: str) -> Response | tuple[str, int]:
    """A question and its context in one language."""
    question = found_question(db, slug)

    def save(session: Session, language: str, texts: dict[str, str]) -> None:
        question = found_question(session, slug)
        operations.write_question(session, actor(), question, language, **texts)

    return translating.edit(
        QuestionTexts,
        question,
        save,
        "editions/texts.html",
        heading=_("Question and context"),
        crumbs=[crumb(question.theme.edition)],
    )


@blueprint.post(f"{QUESTION}move")
@organisers
def move_question(slug: str) -> Response:
    """One place up or down within its theme."""
    with transaction() as session:
        question = found_question(session, slug)
        operations.move_question(session, actor(), question, step())
        edition = question.theme.edition.slug
    return back(edition)


@blueprint.post(f"{QUESTION}delete")
@organisers
def delete_question(slug: str) -> Response:
    """Delete a question that nothing uses."""
    edition = found_question(db, slug).theme.edition.slug

    def remove(session: Session) -> None:
        operations.delete_question(session, actor(), found_question(session, slug))

    if done(remove):
        flash(_("The question has been deleted."), "success")
    return back(edition)
