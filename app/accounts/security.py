"""Flask-Security, set up for our addresses, our tables, our words and our outbox."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

from flask import Flask, abort, current_app, g, redirect, render_template, request, session, url_for
from flask_login import user_logged_in
from flask_login.utils import _user_context_processor
from flask_security import Security, SQLAlchemySessionUserDatastore
from flask_security.signals import (
    change_email_confirmed,
    password_changed,
    password_reset,
    user_confirmed,
    user_not_registered,
)
from flask_security.utils import do_flash, get_message, uia_email_mapper
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.accounts import forms, links, mails, operations, passwords, queries, sessions, throttle
from app.accounts.identity import Identity
from app.accounts.models import Account, RoleRow
from app.accounts.texts import MESSAGES
from app.config import ROOT
from app.core import clock, queue
from app.core.db import begin_write
from app.web.addresses import splits
from app.web.database import db, reader
from app.web.language import PREFIX, current

SETTINGS: Final[dict[str, Any]] = {
    "SECURITY_URL_PREFIX": PREFIX,
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_REGISTERABLE": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_CHANGE_EMAIL": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [
        # Addresses are stored in lower case; comparing them as they are uses the index.
        {"email": {"mapper": uia_email_mapper, "case_insensitive": False}}
    ],
    "SECURITY_DATETIME_FACTORY": clock.now,
    # Its own comes out as "no-store=True", which no cache knows; ours stands on each page.
    "SECURITY_CACHE_CONTROL": {},
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # argon2 has its own salt; a second one from the secret key would tie passwords to that key.
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": passwords.MEMORY_KIB,
        "argon2__time_cost": passwords.PASSES,
        "argon2__parallelism": passwords.LANES,
    },
    "SECURITY_PASSWORD_NORMALIZE_FORM": passwords.NORMAL_FORM,
    "SECURITY_PASSWORD_LENGTH_MIN": passwords.SHORTEST,
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    # What is hashed into links (an address, another hash) needs no slow hash to be kept.
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
    "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
    "SECURITY_EMAIL_PLAINTEXT": False,
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "library.home",
    "SECURITY_POST_LOGOUT_VIEW": "library.home",
    "SECURITY_POST_REGISTER_VIEW": "security.login",
    "SECURITY_POST_CHANGE_VIEW": "accounts.profile",
    "SECURITY_POST_CHANGE_EMAIL_VIEW": "accounts.profile",
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_I18N_DOMAIN": "messages",
    "SECURITY_I18N_DIRNAME": [str(ROOT / "translations")],
    "REMEMBER_COOKIE_DURATION": sessions.LIFETIME,
    **{f"SECURITY_MSG_{key}": message for key, message in MESSAGES.items()},
}

#: Pages whose answer to a form that found no fault is the same page again: shown by a redirect.
_SHOWN_AGAIN: Final = frozenset(
    {"security.forgot_password", "security.send_confirmation", "security.change_email"}
)
#: What writes: the posts, but for those that only compare a password, and the links in mails.
_READ_ONLY: Final = frozenset({"security.login", "security.logout", "security.verify"})
_WRITING_LINKS: Final = frozenset({"security.confirm_email", "security.change_email_confirm"})


def _may_come(account: Account | Identity) -> bool:
    # Everybody knows the password of these: they are no one once the demonstration is over.
    return not account.is_demo or current_app.config["JSI"].demo


class Datastore(SQLAlchemySessionUserDatastore):
    """Flask-Security's reads and writes on our request's session; jobs leave after its commit."""

    def commit(self) -> None:
        db.commit()
        queue.dispatch(db, current_app.extensions["jsi_send_job"])

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        """By its token, for sessions and links; else by address."""
        if kwargs.keys() != {"fs_uniquifier"}:
            found = cast(Account | None, super().find_user(case_insensitive, **kwargs))
        else:
            found = sessions.find(db, kwargs["fs_uniquifier"])
        return found if found is None or _may_come(found) else None

    def create_user(self, **kwargs: Any) -> Account:
        """Called for a registration and nothing else."""
        try:
            account = operations.register(
                db,
                email=kwargs["email"],
                password_hash=kwargs["password"],
                name=kwargs["name"],
                ui_language=current().code,
            )
        except IntegrityError:
            # The button was pressed twice: the other request has opened the account by now.
            db.rollback()
            if self.find_user(email=kwargs["email"]) is None:
                raise
            do_flash(*get_message("CONFIRM_REGISTRATION", email=kwargs["email"]))
            abort(redirect(url_for("security.login"), 303))
        links.note_registration(account)
        return account


def init_app(app: Flask) -> None:
    """Sign-in, registration, confirmation, reset, change of password and address."""
    app.config.from_mapping(SETTINGS)
    security = Security(
        app,
        Datastore(db, Account, RoleRow),  # type: ignore[arg-type]
        mail_util_cls=mails.OutboxMailer,
        render_template=_render,  # type: ignore[arg-type]
        login_form=forms.SignInForm,
        register_form=forms.RegisterForm,
        forgot_password_form=forms.ForgottenForm,
        send_confirmation_form=forms.ResendForm,
        reset_password_form=forms.NewPasswordForm,
        change_password_form=forms.OtherPasswordForm,
        change_email_form=forms.OtherAddressForm,
        verify_form=forms.AgainForm,
    )
    # Flask-Principal would load the account at the start of each request, wanted or not; our
    # permissions are predicates over the actor. Nor do we hand out tokens.
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    # Flask-Login would load it for each template; ours ask ``is_signed_in`` and ``identity``.
    app.template_context_processors[None].remove(_user_context_processor)
    security.login_manager.request_loader(lambda _request: None)
    account_of = security.login_manager.user_callback
    security.login_manager.user_loader(partial(_signed_in, account_of))
    security.want_json(lambda _request: False)
    security.login_context_processor(_demonstration)
    app.before_request(_begin)
    sessions.init_app(app)
    for signal, listener in _LISTENERS:
        signal.connect(listener, app)


def _signed_in(loaded: Callable[[str], Account | None], value: str) -> Account | Identity | None:
    """Flask-Security's own pages change accounts, so they get one; others who is signed in."""
    if request.blueprint == "security":
        return loaded(value)
    found = sessions.find_identity(reader(), value)
    return found if found is None or _may_come(found) else None


def _begin() -> Response | None:
    if request.blueprint != "security":
        return None
    if request.is_json:
        abort(415)
    if not all(splits(each) for each in request.values.getlist("next")):
        abort(400)
    throttle.check()
    if answer := links.elsewhere() or links.onward():
        return answer
    # Flask-Security commits by itself: what writes does so from the start (see app/core/db.py).
    posts = request.method == "POST" and request.endpoint not in _READ_ONLY
    if posts or request.endpoint in _WRITING_LINKS:
        begin_write(db)
    return None


def _render(template: str, **context: Any) -> str | tuple[str, int] | Response:
    """One of Flask-Security's pages: 422 when its form has errors; our name for the form."""
    form = next(value for value in context.values() if isinstance(value, FlaskForm))
    if request.method != "POST":
        return render_template(template, form=form, **context)
    if not form.errors and request.endpoint in _SHOWN_AGAIN:
        return redirect(url_for(request.endpoint), 303)
    form.form_errors[:] = dict.fromkeys(form.form_errors)
    throttle.note_failure()
    return render_template(template, form=form, **context), 422


def _demonstration() -> dict[str, Any]:
    """In demonstration mode, who there is to sign in as."""
    if not current_app.config["JSI"].demo:
        return {}
    return {
        "demonstration_accounts": queries.demonstration_accounts(db),
        "demonstration_password": passwords.DEMONSTRATION,
        "role_labels": forms.ROLE_LABELS,
    }


# What Flask-Security leaves no other place to join in; it runs in its transaction.


def _on_confirmed(_app: Flask, user: Account, **_rest: Any) -> None:
    operations.note_confirmed(db, user)


def _on_known(_app: Flask, **_rest: Any) -> None:
    links.note_registration(None)


def _on_signed_in(_app: Flask, **_rest: Any) -> None:
    links.forget_wish()
    # A forgery token somebody got hold of before the sign-in is worth nothing after it.
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    generate_csrf()


def _on_reset(_app: Flask, user: Account, **_rest: Any) -> None:
    if user.confirmed_at is None:
        # The link came by mail, so it proves the address as the link to confirm it does.
        user.confirmed_at = clock.now()
        operations.note_confirmed(db, user)
    operations.note_password_changed(db, user)


def _on_password_changed(_app: Flask, user: Account, **_rest: Any) -> None:
    operations.note_password_changed(db, user)


def _on_email_changed(_app: Flask, user: Account, old_email: str, **_rest: Any) -> None:
    operations.note_email_changed(db, user)
    mails.address_changed(user, old_email)


_LISTENERS: Final = (
    (user_not_registered, _on_known),
    (user_confirmed, _on_confirmed),
    (password_reset, _on_reset),
    (user_logged_in, _on_signed_in),
    (password_changed, _on_password_changed),
    (change_email_confirmed, _on_email_changed),
)
