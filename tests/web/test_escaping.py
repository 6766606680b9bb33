"""Templates escape what they show, although they make plain strings of it."""

import io
from gettext import GNUTranslations

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, render_template_string
from flask_babel import force_locale, lazy_gettext
from markupsafe import Markup, escape

from app.web.language import Words
from app.web.templating import escaped


class Shown:
    """Something that knows its HTML."""

    def __html__(self) -> str:
        return "<i>own</i>"


@pytest.mark.parametrize(
    "value", ["<b a=\"1\" b='2'>&", Markup("<b>"), Shown(), 17, None, "", "<", ["<"]]
)
def test_escaped_says_what_markupsafe_says(value: object) -> None:
    assert escaped(value) == str(escape(value))


def test_escaped_takes_a_lazy_sentence(app: Flask) -> None:
    with app.test_request_context("/en/"):
        sentence = lazy_gettext("Sign in & out")
        assert escaped(sentence) == str(escape(sentence))


def test_template_escapes_values_in_output_macros_and_blocks(app: Flask) -> None:
    source = (
        "{{ value }}{% macro m(x) %}{{ x }}{% endmacro %}{{ m(value) }}"
        "{% set kept %}{{ value }}{% endset %}{{ kept }}{{ '<' ~ value }}{{ value|safe }}"
        "{{ value|default('') }}{% for each in [value] %}{{ each }}{% endfor %}"
    )
    with app.test_request_context("/en/"):
        assert render_template_string(source, value="<") == "&lt;&lt;&lt;&lt;&lt;<&lt;&lt;"


def test_template_words_are_those_of_the_page_in_macros_too(app: Flask) -> None:
    source = "{{ _('Sign in') }}{% macro m() %} {{ _('Sign in') }}{% endmacro %}{{ m() }}"
    for lang, word in (("en", "Sign in"), ("fr", "Se connecter"), ("ar", "تسجيل الدخول")):
        with app.test_request_context(f"/{lang}/"):
            app.preprocess_request()
            assert render_template_string(source) == f"{word} {word}"


def test_template_words_follow_a_forced_language(app: Flask) -> None:
    """As in a mail, which is written in its reader's language."""
    with app.test_request_context("/en/"), force_locale("fr"):
        assert render_template_string("{{ _('Sign in') }}") == "Se connecter"


def test_template_words_with_values_and_percent_signs(app: Flask) -> None:
    source = "{{ _('%(a)s <i>', a=value) }}|{{ _('5 %%') }}|{{ _(value) }}"
    with app.test_request_context("/en/"):
        assert render_template_string(source, value="<") == "&lt; <i>|5 %|<"


def test_template_words_differ_by_what_they_mean(app: Flask) -> None:
    """A short English word may need two words in another language."""
    made = Catalog(locale="fr")
    made.add("Open", "Ouvert", context="state of a call")
    made.add("Open", "Actif", context="state of an account")
    made.add(("%(num)s open", "%(num)s open"), ("%(num)s actif", "%(num)s actifs"), context="them")
    file = io.BytesIO()
    write_mo(file, made)
    app.extensions["jsi_words"]["fr"] = Words(GNUTranslations(io.BytesIO(file.getvalue())))
    source = (
        "{{ pgettext('state of a call', 'Open') }} {{ pgettext('state of an account', 'Open') }} "
        "{{ npgettext('them', '%(num)s open', '%(num)s open', 2) }}|"
        "{{ pgettext('untranslated', '%(a)s <i>', a='<') }}"
    )
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        assert render_template_string(source) == "Ouvert Actif 2 actifs|&lt; <i>"
