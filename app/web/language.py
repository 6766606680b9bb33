"""Languages in addresses: every page lives under ``/<lang>/`` with one of the ten codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from gettext import NullTranslations
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

from babel import Locale, negotiate_locale
from babel.numbers import format_decimal
from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from flask_babel import Babel, Domain, force_locale, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from app.core.languages import CODES, DEFAULT, LANGUAGES, Language
from app.web.addresses import is_local

PREFIX: Final = f"/<any({', '.join(CODES)}):lang>"
COOKIE: Final = "language"
PAGE_WORDS: Final = "page_words"
"""What templates know the page's words by; no view may pass a variable of that name."""

_SAFE: Final = "/:@!$'()*,;=-._~"
_YEAR_SECONDS: Final = 365 * 24 * 3600

# Parsed once, and the same objects each time, which are quickly found in caches.
_LOCALES: Final = {each.code: Locale.parse(each.locale) for each in LANGUAGES.values()}

blueprint = Blueprint("language", __name__)


def init_app(app: Flask) -> None:
    """Route by language, and let Babel follow the address."""
    babel = Babel(app, locale_selector=lambda: _LOCALES[current().code])
    babel.domain_instance = _Catalogs()
    app.extensions["jsi_words"] = {}
    app.context_processor(lambda: {PAGE_WORDS: words()})
    # In place of Flask-Babel's, and for macros, which have no part in a page's context.
    app.jinja_env.globals.update(
        _=_gettext,
        gettext=_gettext,
        ngettext=_ngettext,
        pgettext=_pgettext,
        npgettext=_npgettext,
        **{PAGE_WORDS: LocalProxy(words)},
    )
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.register_blueprint(blueprint)


class _Catalogs(Domain):  # type: ignore[misc]
    """The catalogs by language.

    Flask-Babel's own writes the locale's name out at each look, which costs more than the word.
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_language: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """That of the page, or of the mail, that is being made."""
        locale = get_locale()
        if locale is None or locale.language not in self._by_language:
            found: NullTranslations = super().get_translations()
            if locale is None:
                return found
            self._by_language[locale.language] = found
        return self._by_language[locale.language]


class Words(dict[str | tuple[str, str], Markup]):
    """A language's words as HTML, by the English ones, or by what these mean there and them.

    Each is looked up in the catalog once.
    """

    def __init__(self, catalog: NullTranslations) -> None:
        super().__init__()
        self.catalog = catalog

    def __missing__(self, key: str | tuple[str, str]) -> Markup:
        found = self.catalog.gettext(key) if isinstance(key, str) else self.catalog.pgettext(*key)
        word = Markup(found)  # noqa: S704 - our own words
        # As gettext does for Jinja: a doubled percent sign stands for one.
        self[key] = word % {} if "%" in word else word
        return self[key]


def words() -> Words:
    """The words of this page's language.

    Flask-Babel looks the language and its catalog up again for each of a page's fifty words, which
    took a quarter of the page's time.
    """
    kept: dict[str, Words] = current_app.extensions["jsi_words"]
    name = cast(Locale, get_locale()).language
    if name not in kept:
        kept[name] = Words(get_translations())
    return kept[name]


@pass_eval_context
def _gettext(context: EvalContext, text: str, /, **values: Any) -> str:
    return _filled(context, words().catalog.gettext(text), values)


@pass_eval_context
def _ngettext(context: EvalContext, singular: str, plural: str, num: int, /, **values: Any) -> str:
    values.setdefault("num", decimal(num, get_locale()))
    return _filled(context, words().catalog.ngettext(singular, plural, num), values)


@pass_eval_context
def _pgettext(context: EvalContext, meant: str, text: str, /, **values: Any) -> str:
    return _filled(context, words().catalog.pgettext(meant, text), values)


@pass_eval_context
def _npgettext(
    context: EvalContext, meant: str, singular: str, plural: str, num: int, /, **values: Any
) -> str:
    values.setdefault("num", decimal(num, get_locale()))
    return _filled(context, words().catalog.npgettext(meant, singular, plural, num), values)


@lru_cache(maxsize=4096)
def decimal(value: int, locale: Locale) -> str:
    """The number as that language writes it."""
    return format_decimal(value, locale=locale)


def _filled(context: EvalContext, text: str, values: dict[str, Any]) -> str:
    """As Jinja's "newstyle" functions: in HTML our words are HTML, and values are escaped."""
    text = Markup(text) if context.autoescape else text  # noqa: S704 - our own words
    return text % values if values or "%" in text else text


def current() -> Language:
    """The language this request is answered in."""
    code = g.get("lang")
    return LANGUAGES[code] if code else negotiate()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Render what is rendered inside as a page in that language shows it, links included."""
    before = g.get("lang")
    g.lang = language.code
    try:
        with force_locale(language.locale):
            yield
    finally:
        g.lang = before


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


def below(path: str = "", code: str | None = None, **said: object) -> str:
    """The address ``path`` under the language's prefix; cheaper than ``url_for``.

    What is ``said`` stands in its query, without what is empty.
    """
    query = urlencode({name: value for name, value in said.items() if value})
    mark = "?" if query else ""
    return f"{request.script_root}/{code or current().code}/{path}{mark}{query}"


def tail() -> str:
    """What follows the language in this page's address, its query included, quoted."""
    if "tail" not in g:
        g.tail = _tail()
    return cast(str, g.tail)


def _tail() -> str:
    if g.get("lang") is None or request.url_rule is None:
        return ""
    path = quote(request.path.split("/", 2)[2], safe=_SAFE)
    query = quote(request.query_string, safe=_SAFE + "?&%+")
    return f"{path}?{query}" if query else path


def same_page(code: str) -> str:
    """This page's address in another language, with its query."""
    return below(tail(), code)


def absolute(address: str) -> str:
    """The whole address of a page, with scheme and host."""
    if "base_url" not in g:
        here = current_app.config["JSI"].base_url
        g.base_url = here or f"{request.scheme}://{request.host}"
    return f"{g.base_url}{address}"


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
    response = redirect(target if is_local(target) else home(current().code), 303)
    response.set_cookie(
        COOKIE,
        current().code,
        max_age=_YEAR_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response
