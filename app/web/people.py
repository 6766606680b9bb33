"""Who is asking: whoever is signed in and their actor, read only where a page wants to know."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import abort, current_app, g, request, session
from flask_security import current_user
from werkzeug.wrappers import Response

from app.accounts.identity import Identity
from app.accounts.models import Account
from app.core.policy import NOBODY, ORGANISERS, Actor, Role
from app.web.database import db

P = ParamSpec("P")
R = TypeVar("R")


def is_signed_in() -> bool:
    """Whether somebody is signed in; costs nothing for a visitor without a session."""
    if "_user_id" not in session and "remember_token" not in request.cookies:
        return False
    return bool(current_user.is_authenticated)


def identity() -> Identity:
    """Who is signed in; only behind :func:`signed_in`."""
    user = current_user._get_current_object()
    return user if isinstance(user, Identity) else Identity.of(user)


def account() -> Account:
    """The signed-in account, to be changed; only behind :func:`signed_in`."""
    return db.get_one(Account, identity().id)


def actor() -> Actor:
    """On whose behalf this request acts."""
    if "actor" not in g:
        g.actor = identity().actor if is_signed_in() else NOBODY
    return cast(Actor, g.actor)


def signed_in(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send a visitor to the sign-in page and back; what they posted is kept (see ``parking``)."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if not is_signed_in():
            return cast(Response, current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
        return view(*args, **kwargs)

    return guarded


def needs(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Keep a whole desk to those who hold one of these roles; the operations check again."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        @signed_in
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if not actor().has(*roles):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


#: Keeps a view to who runs the organisers' desk.
organisers = needs(*ORGANISERS)
