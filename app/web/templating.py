"""What templates may use: dates, numbers, languages, addresses of our own static files."""

from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_timedelta, get_datetime_format
from flask import Flask, url_for
from flask_babel import get_locale
from markupsafe import Markup
from wtforms import Field

from app.config import ROOT
from app.core import clock
from app.core.languages import LANGUAGES
from app.core.localised import Localised, pick
from app.web import language, people

STATIC: Final = ROOT / "static"


def init_app(app: Flask) -> None:
    """Make them known to Jinja."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset,
        languages=LANGUAGES,
        page_language=language.current,
        same_page=language.same_page,
        is_signed_in=people.is_signed_in,
        actor=people.actor,
        account=people.account,
        demo=app.config["JSI"].demo,
        tr=tr,
        attributes=attributes,
    )
    app.jinja_env.filters.update(moment=moment, day=day, ago=ago, spoken=spoken)


@cache
def _digest(path: Path, _modified: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """A static file's address with its content's hash, so that it may be kept for ever."""
    path = STATIC / name
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime_ns))


def attributes(field: Field, described: list[str], extra: dict[str, Any]) -> dict[str, Any]:
    """A control's attributes: those asked for, what describes it, and whether it is in error."""
    found = dict(extra)
    if described:
        found["aria-describedby"] = " ".join(described)
    if field.errors:
        found["aria-invalid"] = "true"
    return found


def tr(texts: dict[str, str]) -> Localised:
    """The text of a many-language field for this page."""
    return pick(texts, language.current().code)


def spoken(text: Localised) -> Markup:
    """The text, marked with its own language where that isn't the page's."""
    if text.language.code == language.current().code:
        return Markup("{}").format(text.text)
    return Markup('<span lang="{}" dir="{}">{}</span>').format(
        text.language.tag, text.language.direction, text.text
    )


def moment(value: datetime, zone: str | None = None) -> str:
    """Date and time in the page's language, with the name of the time zone."""
    here, local = ZoneInfo(zone or "UTC"), get_locale()
    pattern = str(get_datetime_format("long", locale=local))
    clock_time = format_skeleton("Hmv", value, tzinfo=here, locale=local)
    return pattern.replace("{1}", format_date(value.astimezone(here), "long", local)).replace(
        "{0}", clock_time
    )


def day(value: datetime) -> str:
    """The date in the page's language."""
    return format_date(value, "long", locale=get_locale())


def ago(value: datetime) -> str:
    """How long since, in the page's language ("3 days")."""
    return format_timedelta(clock.now() - value, locale=get_locale())
