"""Languages in addresses: every page lives under ``/<lang>/`` with one of the ten codes."""

from typing import Any, Final
from urllib.parse import urlsplit

from babel import negotiate_locale
from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from flask_babel import Babel
from werkzeug.wrappers import Response

from app.core.languages import CODES, DEFAULT, LANGUAGES, Language

PREFIX: Final = f"/<any({', '.join(CODES)}):lang>"
COOKIE: Final = "language"
_YEAR_SECONDS: Final = 365 * 24 * 3600

blueprint = Blueprint("language", __name__)


def init_app(app: Flask) -> None:
    """Route by language, and let Babel follow the address."""
    Babel(app, locale_selector=lambda: current().locale)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.register_blueprint(blueprint)


def current() -> Language:
    """The language this request is answered in."""
    code = g.get("lang")
    return LANGUAGES[code] if code else negotiate()


def negotiate() -> Language:
    """What to use where the address doesn't say: a remembered choice, else the browser's wish."""
    remembered = request.cookies.get(COOKIE) if request else None
    if remembered in LANGUAGES:
        return LANGUAGES[remembered]
    wished = [tag.replace("-", "_") for tag in request.accept_languages.values()] if request else []
    found = negotiate_locale(wished, CODES) or next(
        (tag[:2].lower() for tag in wished if tag[:2].lower() in LANGUAGES), DEFAULT
    )
    return LANGUAGES[found]


def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    code = values.pop("lang", None) if values else None
    if code is None:
        # An address outside the routes (404) may still name a language.
        first = request.path.split("/", 2)[1:2]
        code = first[0] if first and first[0] in LANGUAGES else None
    g.lang = code


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current().code


def home(code: str) -> str:
    """The home page in that language."""
    if "library.home" not in current_app.view_functions:
        return f"/{code}/"
    return url_for("library.home", lang=code)


def same_page(code: str) -> str:
    """This page's address in another language, with its query."""
    if request.endpoint is None or g.get("lang") is None or request.url_rule is None:
        return home(code)
    arguments = dict(request.view_args or {}) | request.args.to_dict(flat=False)
    arguments.pop("lang", None)
    return url_for(request.endpoint, lang=code, **arguments)


@blueprint.get("/")
def choose() -> Response:
    """Send a newcomer to their language."""
    response = redirect(home(negotiate().code), 302)
    response.vary.update(("Accept-Language", "Cookie"))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get(f"{PREFIX}/language")
def remember() -> Response:
    """Remember a choice of language and go on to the page it was made on."""
    target = request.args.get("to", "")
    parts = urlsplit(target)
    local = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    response = redirect(target if local and "\\" not in target else home(current().code), 303)
    response.set_cookie(
        COOKIE,
        current().code,
        max_age=_YEAR_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response
