"""Flask-Security and WTForms speak with our words, in the page's language."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.support import Translations
from flask import Flask
from flask_security.core import _default_messages
from wtforms import IntegerField, SelectField

from app import create_app
from app.accounts.texts import MESSAGES, SWITCHED_OFF
from app.config import Settings
from app.core.languages import CODES, LANGUAGES
from app.web.forms import Form
from tests.factories import Cast
from tests.http import Open

PLACE = re.compile(r"%\((\w+)\)s")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """One of its own, since these tests give it other catalogs."""
    app = create_app(settings)
    yield app
    app.extensions["jsi_engine"].dispose()


def test_every_message_is_ours_or_switched_off() -> None:
    assert set(_default_messages) == set(MESSAGES) | SWITCHED_OFF
    assert set(MESSAGES).isdisjoint(SWITCHED_OFF)


def test_our_messages_ask_for_nothing_that_is_not_given() -> None:
    for key, (text, _category) in MESSAGES.items():
        given = set(PLACE.findall(str(_default_messages[key][0])))
        assert set(PLACE.findall(text)) <= given, key


def test_switched_off_parts_have_no_pages(app: Flask) -> None:
    ours = {
        "login", "logout", "register", "verify", "confirm_email", "send_confirmation",
        "forgot_password", "reset_password", "change_password", "change_email",
        "change_email_confirm",
    }  # fmt: skip
    found = {name for name in app.view_functions if name.startswith("security.")}
    assert found == {f"security.{name}" for name in ours}


def catalogue(app: Flask, code: str) -> None:
    """Let that language's catalog hold each of our messages with its code in front."""
    catalog = Catalog(locale=LANGUAGES[code].locale.partition("_")[0])
    texts = {text for text, _category in MESSAGES.values()}
    for text in texts | {"Please choose one of those offered.", "This value can’t be used here."}:
        catalog.add(text, f"[{code}] {text}")
    file = io.BytesIO()
    write_mo(file, catalog)
    key = (LANGUAGES[code].locale, "messages")
    with app.app_context():
        domains = [
            app.extensions["babel"].instance.domain_instance,
            app.extensions["security"].i18n_domain,
        ]
    for domain in domains:
        domain.cache[key] = Translations(io.BytesIO(file.getvalue()))


@pytest.mark.parametrize("code", CODES)
def test_sign_in_errors_come_from_our_catalog(
    app: Flask, browser: Open, people: Cast, code: str
) -> None:
    catalogue(app, code)
    visitor = browser()
    visitor.get(f"/{code}/login")
    fields = {"email": people.author.email, "password": "wrong password"}
    assert visitor.submit(fields, form="login").status_code == 422
    (said,) = visitor.tree.xpath("//*[@id='errors']//li/text()")
    assert said == f"[{code}] The e-mail address or the password is not right."


@pytest.mark.parametrize("code", ["ko", "zh", "ar"])
def test_flashes_come_from_our_catalog(app: Flask, browser: Open, code: str) -> None:
    catalogue(app, code)
    visitor = browser()
    visitor.get(visitor.get(f"/{code}/account").location)
    (said,) = visitor.tree.xpath("//*[@role='status']//p/text()")
    assert said == f"[{code}] Please sign in to see this page."


@pytest.mark.parametrize("code", CODES)
def test_the_catalog_of_each_language_is_found_by_its_code(
    app: Flask, code: str, tmp_path: Path
) -> None:
    """What Babel calls ``zh_Hans_CN`` or ``pt_PT`` lies under ``zh`` and ``pt``."""
    folder = tmp_path / code / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog()
    catalog.add("About", code)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    assert Translations.load(str(tmp_path), [LANGUAGES[code].locale]).gettext("About") == code
    assert app.extensions["security"].i18n_domain.domain == ["messages"]


class Odd(Form):
    number = IntegerField("Number")
    choice = SelectField("Choice", choices=["one"])


def test_wtforms_own_messages_are_ours(app: Flask) -> None:
    catalogue(app, "ko")
    with app.test_request_context("/ko/", method="POST", data={"number": "x", "choice": "two"}):
        app.preprocess_request()
        form = Odd(meta={"csrf": False})
        assert not form.validate()
        assert form.errors == {
            "number": ["[ko] This value can’t be used here."],
            "choice": ["[ko] Please choose one of those offered."],
        }
