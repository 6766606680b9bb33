"""What the site stands on: does each thing work, and what is there to do where it doesn't?"""

import platform
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import icu
import obstore
import pypandoc
import typst
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import migrate
from app.config import Settings
from app.core import chain, clock
from app.core.errors import DomainError
from app.core.outbox import MailState, OutboxMail
from app.documents import pandoc, tree
from app.notifications import post
from app.proceedings.formats import fonts
from app.web.limits import limiter

SAMPLE: Final = "Ää é ñ ç ü ø Ж السلام 和平 평화 — “ ”"
"""Some of each script of the ten languages."""

UNATTENDED: Final = timedelta(minutes=10)
"""Mail that has been due for longer says that no worker runs."""


class Health(StrEnum):
    """How something does. Only what fails keeps the site from working."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing, and what to do about it ("" where there is nothing to do)."""

    subject: str
    health: Health
    words: str
    advice: str = ""


class Trouble(Exception):
    """Something doesn't work: what was seen, and what to do."""

    def __init__(self, words: str, advice: str, health: Health = Health.FAILED) -> None:
        super().__init__(words)
        self.finding = (health, words, advice)


def examine(app: Flask) -> Iterator[Finding]:
    """Look at everything, one thing after the other."""
    for subject, check in CHECKS.items():
        try:
            yield Finding(subject, Health.OK, check(app))
        except Trouble as trouble:
            yield Finding(subject, *trouble.finding)
        except Exception as error:
            words = f"{type(error).__name__}: {' '.join(str(error).split())}"
            yield Finding(subject, Health.FAILED, words, _ADVICE.get(subject, REINSTALL))


REINSTALL: Final = "install the requirements again (make clean, make run)"
_ADVICE: Final = {
    "queue": "look at JSI_QUEUE_URL, and whether its server runs",
    "storage": "look at JSI_STORAGE_URL, and whether it may be written to",
    "rate limits": "look at JSI_LIMITER_URL, and whether its server runs",
}


def _settings(app: Flask) -> Settings:
    settings: Settings = app.config["JSI"]
    return settings


def _python(_app: Flask) -> str:
    return f"Python {platform.python_version()}, ICU {icu.ICU_VERSION}"


def _data_folder(app: Flask) -> str:
    folder = _settings(app).data_dir
    secret = folder / "secret"
    for path, mode in ((folder, 0o700), (secret, 0o600)):
        if path.exists() and path.stat().st_mode & 0o077:
            raise Trouble(
                f"{path} is open to other users of this machine",
                f"chmod {mode:o} {path}",
                Health.WARNING,
            )
    return str(folder)


def _fonts(app: Flask) -> str:
    folder = _settings(app).fonts_dir
    if folder and not Path(folder).is_dir():
        raise Trouble(f"{folder} is not a folder", "look at JSI_FONTS_DIR")
    extra = Path(folder) if folder else None
    try:
        missing = fonts.missing_glyphs(SAMPLE, extra)
    except DomainError as error:
        raise Trouble(f"{error.code} {error.data}", REINSTALL) from error
    if missing:
        raise Trouble(f"no font has {' '.join(missing)}", REINSTALL)
    return f"{len(fonts.font_files(extra))} files for all ten languages"


def _pandoc(_app: Flask) -> str:
    made = pandoc.run(tree.document([], {}), to="plain", timeout=30)
    if made.strip():
        raise Trouble("pandoc answers something else than it was asked for", REINSTALL)
    return f"pandoc {pypandoc.get_pandoc_version()}"


def _typst(_app: Flask) -> str:
    if not typst.compile(b"Peace", ignore_system_fonts=True).startswith(b"%PDF"):
        raise Trouble("typst makes no PDF", REINSTALL)
    return f"typst {fonts.versions()['typst']}"


def _database(app: Flask) -> str:
    engine: Engine = app.extensions["jsi_engine"]
    where = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise Trouble(f"{where}: {_said(error)}", "look at JSI_DATABASE_URL") from error
    return where


def _said(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _migrations(app: Flask) -> str:
    try:
        current = migrate.is_current(app.extensions["jsi_engine"])
    except migrate.NewerDatabase as error:
        raise Trouble(
            f"the database is newer than this version ({error})",
            "start the version it was last used with, or restore a backup",
        ) from error
    if not current:
        raise Trouble("the database is behind this version", "flask --app app db upgrade")
    return "up to date"


def _queue(app: Flask) -> str:
    queue = app.extensions["jsi_queue"]
    return f"{type(queue).__name__}, {queue.pending_count()} jobs wait"


def _storage(app: Flask) -> str:
    store, key = app.extensions["jsi_store"], "doctor/visit"
    obstore.put(store, key, b"here")
    kept = bytes(obstore.get(store, key).bytes())
    obstore.delete(store, key)
    if kept != b"here":
        raise Trouble("what is stored comes back different", _ADVICE["storage"])
    return _settings(app).storage_url.partition("?")[0]


def _limits(_app: Flask) -> str:
    if not limiter.enabled:
        raise Trouble("off: passwords can be guessed", "unset RATELIMIT_ENABLED", Health.WARNING)
    if not limiter.storage.check():
        raise Trouble("what counts the tries does not answer", _ADVICE["rate limits"])
    return type(limiter.storage).__name__


def _mail(app: Flask) -> str:
    settings = _settings(app)
    if not settings.mail_url:
        if settings.demo:
            return "kept in the demonstration’s mailbox"
        raise Trouble(
            "no server is set: mail waits", "set JSI_MAIL_URL and JSI_MAIL_FROM", Health.WARNING
        )
    try:
        server = post.Server.parse(settings.mail_url)
        with server.connect() as smtp:
            smtp.noop()
    except post.BadMailAddress as error:
        raise Trouble(str(error), "set it, for example, to smtp://localhost:25") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Trouble(post.explain(error), "look at JSI_MAIL_URL and its account") from error
    return f"{server.scheme}://{server.host}:{server.port} takes mail from {settings.mail_from}"


def _outbox(app: Flask) -> str:
    overdue = clock.now() - UNATTENDED
    count = select(func.count()).select_from(OutboxMail)
    waiting = count.where(OutboxMail.state == MailState.WAITING, OutboxMail.due_at < overdue)
    try:
        with Session(app.extensions["jsi_engine"]) as session:
            late = session.scalar(waiting)
            failed = session.scalar(count.where(OutboxMail.state == MailState.FAILED))
    except SQLAlchemyError as error:
        raise Trouble(_said(error), "put the database right first") from error
    if late:
        raise Trouble(
            f"mails overdue: {late}",
            "is the worker running (python -m app.worker)?",
            Health.WARNING,
        )
    if failed:
        raise Trouble(
            f"mails given up: {failed}",
            "see /en/organise/mail/ as administrator",
            Health.WARNING,
        )
    return "nothing is overdue"


def _record(app: Flask) -> str:
    try:
        with Session(app.extensions["jsi_engine"]) as session:
            complete, (entries, last) = chain.is_complete(session), chain.head(session)
    except SQLAlchemyError as error:
        raise Trouble(_said(error), "put the database right first") from error
    if not complete:
        raise Trouble("not every act has its seal", "flask --app app audit verify says where")
    return f"acts with a seal: {entries}, last hash {last} (audit verify looks at each)"


def _links(app: Flask) -> str:
    settings = _settings(app)
    if not settings.base_url and not settings.demo:
        raise Trouble(
            "links in mails lead to this machine",
            "set JSI_BASE_URL to the site’s public address",
            Health.WARNING,
        )
    return settings.base_url or "this machine"


CHECKS: Final[dict[str, Callable[[Flask], str]]] = {
    "python": _python,
    "data folder": _data_folder,
    "database": _database,
    "migrations": _migrations,
    "record": _record,
    "queue": _queue,
    "storage": _storage,
    "rate limits": _limits,
    "fonts": _fonts,
    "pandoc": _pandoc,
    "typst": _typst,
    "mail": _mail,
    "outbox": _outbox,
    "public address": _links,
}
