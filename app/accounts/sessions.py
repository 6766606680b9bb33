"""A sign-in has a name, so that it can be ended here: a copy of its cookies is worth nothing then.

The name stands behind the account's token in the session's cookie and in the one that keeps
somebody signed in. Both are signed; the question for the account asks for the name along with it.
"""

import secrets
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from flask import Flask, g, session
from flask_login import user_logged_in, user_logged_out
from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import Session, joinedload

from app.accounts import operations
from app.accounts.identity import Identity, identity
from app.accounts.models import Account, EndedSession
from app.core import clock
from app.core.db import Reader
from app.web.database import transaction

LIFETIME: Final = timedelta(days=30)
"""After that, a sign-in is worth nothing, ended or not."""


def init_app(app: Flask) -> None:
    """Name each sign-in, and note its end."""
    user_logged_in.connect(_name, app)
    user_logged_out.connect(_end, app)


def find(session: Session, value: str) -> Account | None:
    """The account of a session or, by its bare token, of a link."""
    named = _named(value)
    if named is None:
        return None
    found = session.execute(_account(), named)
    return found.unique().scalar_one_or_none()


def find_identity(reader: Reader, value: str) -> Identity | None:
    """Whose session it is. Each signed-in request asks."""
    named = _named(value)
    return identity(reader, _is_named(), named) if named else None


@cache
def _account() -> Select[Account]:
    return select(Account).where(_is_named()).options(joinedload(Account.roles))


@cache
def _is_named() -> ColumnElement[bool]:
    ended = exists().where(EndedSession.sign_in == bindparam("name"))
    return (Account.fs_uniquifier == bindparam("token")) & ~ended


def _named(value: str) -> dict[str, str] | None:
    """Token and name of a sign-in; None for one that began too long ago."""
    token, _, name = value.partition(".")
    if name:
        if _begun(name) <= clock.now() - LIFETIME:
            return None
        g.sign_in = name
    return {"token": token, "name": name}


def _name(_app: Flask, **_rest: Any) -> None:
    name = f"{int(clock.now().timestamp())}-{secrets.token_urlsafe(12)}"
    session["_user_id"] = f"{session['_user_id']}.{name}"
    g.sign_in = name


def _begun(name: str) -> datetime:
    return datetime.fromtimestamp(int(name.partition("-")[0]), UTC)


def _end(_app: Flask, **_rest: Any) -> None:
    if name := g.pop("sign_in", None):
        with transaction() as session:
            operations.end_session(session, name, forgotten_before=clock.now() - LIFETIME)
