"""Plurals as the languages have them, from the compiled catalogs."""

import pytest
from flask import Flask
from flask_babel import force_locale, ngettext

from app.core.languages import LANGUAGES

WORDS = {
    "ar": {1: "عدد الكلمات: 1", 2: "عدد الكلمات: 2", 3: "3 كلمات", 11: "11 كلمة", 100: "100 كلمة"},
    "ru": {1: "1 слово", 2: "2 слова", 5: "5 слов", 11: "11 слов", 21: "21 слово"},
    "fr": {0: "0 mot", 1: "1 mot", 2: "2 mots"},
    "zh": {1: "1词", 5: "5词"},
}
DAYS = {"ar": {3: "3 مقالات", 11: "11 مقالًا", 99: "99 مقالًا", 100: "100 مقال", 103: "103 مقالات"}}


@pytest.mark.parametrize(("code", "forms"), [*WORDS.items()])
def test_words_are_counted_as_in_the_language(app: Flask, code: str, forms: dict[int, str]) -> None:
    with app.test_request_context(), force_locale(LANGUAGES[code].locale):
        found = {
            number: ngettext("%(written)s word", "%(written)s words", number, written=number)
            for number in forms
        }
    assert found == forms


def test_arabic_has_six_forms(app: Flask) -> None:
    with app.test_request_context(), force_locale("ar"):
        found = {
            number: ngettext("%(num)s essay", "%(num)s essays", number) for number in DAYS["ar"]
        }
    assert found == DAYS["ar"]
