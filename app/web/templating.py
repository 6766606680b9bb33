"""What templates may use: dates, numbers, languages, addresses of our own static files."""

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

import flask.templating
import jinja2
from babel import Locale
from babel.dates import (
    format_date,
    format_skeleton,
    format_timedelta,
    get_datetime_format,
    get_timezone_gmt,
)
from babel.lists import format_list
from flask import Flask, request
from flask_babel import get_locale
from jinja2 import nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, new_context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]
from wtforms import Field

from app.config import ROOT
from app.core import clock
from app.core.languages import LANGUAGES
from app.core.localised import Localised, pick
from app.web import countries, language, people

STATIC: Final = ROOT / "static"


def escaped(value: Any) -> str:
    """What ``markupsafe.escape`` says, as a plain string.

    A template only joins it to others; to make a ``Markup`` of each of a list's thousand pieces
    took a fifth of the page's time.
    """
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    if hasattr(value, "__html__"):
        html: str = value.__html__()
        return html
    return _escape_inner(str(value))


class Template(jinja2.Template):
    """A template without globals of its own: it has those of the environment, like all others.

    Jinja provides for others: it copies the globals one by one at each rendering, and compares
    them at each import of macros, which together took a tenth of a page's time.
    """

    @classmethod
    def _from_namespace(
        cls,
        environment: jinja2.Environment,
        namespace: MutableMapping[str, Any],
        globals: MutableMapping[str, Any],
    ) -> jinja2.Template:
        namespace["escape"] = escaped
        return super()._from_namespace(environment, namespace, globals)

    def new_context(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> Context:
        """The variables of one rendering."""
        env = self.environment
        return new_context(env, self.name, self.blocks, vars, shared, env.globals, locals)

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class _PlainWords(NodeTransformer):
    """Turns each ``_("words")`` of a template into ``page_words["words"]``.

    And ``pgettext("meant", "words")`` into ``page_words["meant", "words"]``. A call from a template
    costs ten times a look into a dictionary, and a page has fifty of them.
    """

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        match node:
            case nodes.Call(
                node=nodes.Name(name="_"),
                args=[nodes.Const(value=str())],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ):
                return _looked_up(node, node.args[0])
            case nodes.Call(
                node=nodes.Name(name="pgettext"),
                args=[nodes.Const(value=str()), nodes.Const(value=str())],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ):
                return _looked_up(node, nodes.Tuple(node.args, "load", lineno=node.lineno))
        self.generic_visit(node)
        return node


def _looked_up(node: nodes.Call, key: nodes.Expr) -> nodes.Node:
    words = nodes.Name(language.PAGE_WORDS, "load", lineno=node.lineno)
    return nodes.Getitem(words, key, "load", lineno=node.lineno)


class Environment(flask.templating.Environment):
    """Flask's, with templates that are lighter to render."""

    template_class = Template

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if not (callable(self.autoescape) and self.autoescape(name)):
            return tree  # a mail's plain text, whose words are no HTML
        visited: nodes.Template = _PlainWords().visit(tree)
        return visited


def init_app(app: Flask) -> None:
    """Make them known to Jinja."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset,
        is_built=is_built,
        languages=LANGUAGES,
        page_language=language.current,
        page_locale=get_locale,
        same_page=language.same_page,
        page_address=language.below,
        is_signed_in=people.is_signed_in,
        actor=people.actor,
        identity=people.identity,
        demo=app.config["JSI"].demo,
        tr=tr,
        attributes=attributes,
    )
    app.jinja_env.filters.update(
        moment=moment,
        clock=moving_clock,
        day=day,
        iso=iso,
        iso_day=iso_day,
        numberformat=number,
        ago=ago,
        spoken=spoken,
        paragraphs=paragraphs,
        listed=listed,
        country=country,
    )


@cache
def _with_digest(name: str) -> str:
    return f"{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def asset(name: str) -> str:
    """A static file's address with its content's hash, so that it may be kept for ever."""
    return f"{request.script_root}/static/{_with_digest(name)}"


def is_built(name: str) -> bool:
    """Whether a static file that is made at set-up is there."""
    return (STATIC / name).is_file()


def attributes(field: Field, described: list[str], extra: dict[str, Any]) -> dict[str, Any]:
    """A control's attributes: those asked for, what describes it, and whether it is in error."""
    found = dict(extra)
    if described:
        found["aria-describedby"] = " ".join(described)
    if field.errors:
        found["aria-invalid"] = "true"
    return found


def tr(texts: Mapping[str, str]) -> Localised:
    """The text of a many-language field for this page."""
    return pick(texts, language.current().code)


def spoken(text: Localised) -> Markup:
    """The text, marked with its own language where that isn't the page's."""
    if text.language.code == language.current().code:
        return escape(text.text)
    own = text.language
    return Markup(  # noqa: S704 - escaped here
        f'<span lang="{own.tag}" dir="{own.direction}">{escape(text.text)}</span>'
    )


def paragraphs(text: Localised) -> Markup:
    """A plain text of several paragraphs, marked with its own language where not the page's."""
    lines = [line.strip() for line in text.text.splitlines()]
    marked = [spoken(Localised(line, text.language)) for line in lines if line]
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in marked)


def listed(names: Sequence[str]) -> Markup:
    """The names one after another, as the page's language joins a list, each isolated."""
    isolated = [f"<bdi>{escape(name)}</bdi>" for name in names]
    return Markup(format_list(isolated, locale=get_locale()))  # noqa: S704 - escaped above


def country(code: str) -> str:
    """The country's name in the page's language."""
    return countries.name(code, language.current().code)


def moment(value: datetime, zone: str | None = None) -> str:
    """Date and time in the page's language, with how far its time zone is from UTC on that day.

    Not the zone's name: that one is the same in summer and in winter, or wrong.
    """
    local, there = get_locale(), value.astimezone(ZoneInfo(zone or "UTC"))
    pattern = str(get_datetime_format("long", locale=local))
    clock_time = format_skeleton("Hm", there, tzinfo=there.tzinfo, locale=local)
    clock_time += f" {get_timezone_gmt(there, 'long', local) if there.utcoffset() else 'UTC'}"
    return pattern.replace("{1}", format_date(there, "long", local)).replace("{0}", clock_time)


def moving_clock(value: datetime, zone: str | None = None) -> Markup:
    """The same as an element that ``clock.js`` turns into the reader's own time zone."""
    return Markup('<time class="clock" datetime="{}">{}</time>').format(
        value.isoformat(), moment(value, zone)
    )


def day(value: datetime, locale: Locale | None = None) -> str:
    """The date in the page's language, whose locale a long list asks for once."""
    return _long_date(value.date(), locale or get_locale())


@lru_cache(maxsize=4096)
def _long_date(value: date, locale: Locale) -> str:
    return format_date(value, "long", locale=locale)


def iso(value: datetime) -> str:
    """The moment as a machine reads it (ISO 8601)."""
    return value.isoformat()


def iso_day(value: datetime) -> str:
    """The date as a machine reads it."""
    return value.date().isoformat()


def number(value: int, locale: Locale | None = None) -> str:
    """The number in the page's language, whose locale a long list asks for once."""
    return language.decimal(value, locale or get_locale())


def ago(value: datetime, locale: Locale | None = None) -> str:
    """How long since, in the page's language ("3 days"); a list asks for the locale once."""
    elapsed = int((clock.now() - value).total_seconds())
    # Rounded to no less than is shown, so that a long list's few different spans are made once.
    unit = 3600 if elapsed >= 86_400 else 60 if elapsed >= 3600 else 1
    return _span(elapsed // unit * unit, locale or get_locale())


@lru_cache(maxsize=4096)
def _span(seconds: int, locale: Locale) -> str:
    return format_timedelta(seconds, locale=locale)
