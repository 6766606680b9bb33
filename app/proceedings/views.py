"""Volumes for readers: the list, a volume's page, its files."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, current_app, render_template, request, stream_with_context
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core import storage
from app.core.errors import NotFound
from app.core.languages import LANGUAGES
from app.core.localised import Localised, pick
from app.core.policy import can_organise
from app.proceedings import build_queries, builds, policy, queries, wording
from app.proceedings.book import MULTI
from app.proceedings.desk import register as register_desk
from app.proceedings.formats import FORMATS
from app.proceedings.models import Volume
from app.web import headers, people
from app.web.database import db
from app.web.language import PREFIX, absolute, current
from app.web.messages import words
from app.web.people import actor

blueprint = Blueprint("proceedings", __name__)
register_desk(blueprint)

REVALIDATED: Final = "public, no-cache"
"""A file never changes under its name, but it may be withdrawn: caches ask each time."""


@blueprint.app_context_processor
def labels() -> dict[str, object]:
    """Words that pages about volumes show."""
    return {
        "build_states": wording.BUILD_STATES,
        "build_tones": wording.BUILD_TONES,
        "build_steps": wording.STEPS,
        "format_names": wording.FORMAT_NAMES,
        "book_language": book_language,
        "what_broke": what_broke,
        "file_size": wording.file_size,
    }


def book_language(code: str) -> str | Markup:
    """The language of a build by its own name, or the words for a book in many."""
    if code == MULTI:
        return str(wording.EACH_ITS_OWN)
    language = LANGUAGES[code]
    return Markup('<span lang="{}" dir="{}">{}</span>').format(
        language.tag, language.direction, language.name
    )


def what_broke(error: dict[str, Any]) -> str:
    """Why a build failed, in words."""
    return words(builds.failure(error))


@dataclass(frozen=True, slots=True)
class VolumePage:
    """A volume as readers see it. ``foreword`` is ready HTML in ``foreword_in``."""

    volume: Volume
    sections: tuple[queries.SectionView, ...]
    downloads: list[build_queries.BuildView]
    foreword: Markup
    foreword_in: Localised

    @property
    def essays(self) -> int:
        return sum(len(section.entries) for section in self.sections)


@blueprint.get(f"{PREFIX}/proceedings/")
def volumes() -> Response:
    """The published volumes, the newest first."""
    html = render_template(
        "proceedings/volumes.html", volumes=queries.volumes(db, only_published=True)
    )
    return headers.public(html)


@blueprint.get(f"{PREFIX}/proceedings/<slug>/")
def volume(slug: str) -> Response:
    """One volume: foreword, contents, files, how to cite it; before publication for organisers."""
    found = _readable(slug)
    foreword = pick(found.foreword_html, current().code)
    page = VolumePage(
        found,
        queries.for_readers(queries.contents(db, found)),
        build_queries.downloads(db, found, current().code),
        Markup(foreword.text),  # noqa: S704 - cleaned when it was saved
        foreword,
    )
    html = render_template(
        "proceedings/volume.html",
        page=page,
        address=absolute(request.path),
        may_organise=can_organise(actor()),
    )
    return headers.public(html)


@blueprint.get(f"{PREFIX}/proceedings/<slug>/<filename>")
def download(slug: str, filename: str) -> Response:
    """A built file, for readers unless an essay was taken down since."""
    found = _readable(slug)
    build = build_queries.finished_build(db, found, filename, hidden=can_organise(actor()))
    try:
        pieces = storage.stream(current_app.extensions["jsi_store"], build.file_key or "")
    except FileNotFoundError as error:
        raise NotFound("build.unknown") from error
    response = current_app.response_class(
        stream_with_context(pieces), mimetype=FORMATS[build.format].media_type
    )
    response.content_length = build.file_size or 0
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["Cache-Control"] = (
        REVALIDATED if found.published_at and not people.is_signed_in() else "private, no-store"
    )
    response.set_etag(build.sha256 or "")
    return response.make_conditional(request)


def _readable(slug: str) -> Volume:
    found = queries.volume(db, slug)
    if not policy.can_read(actor(), found):
        raise NotFound("volume.unknown")
    return found
