"""The words of a book in each language, out of the catalogs. Only for jobs and commands."""

from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.languages import LANGUAGES
from app.proceedings.assemble import BookWords
from app.proceedings.book import Labels

PUBLISHER: Final = "jesuisinternet"


def words(code: str) -> BookWords:
    """The words in the language of that code; needs an application's context."""
    with force_locale(LANGUAGES[code].locale):
        version = _("Version %(version)s of this volume", version="{version}")
        return BookWords(
            labels=_labels(code),
            foreword=_("Foreword"),
            by_permission=_("All rights reserved; use only with the authors’ permission"),
            version=lambda number: version.format(version=number),
        )


def _labels(code: str) -> Labels:
    return Labels(
        language=code,
        contents=_("Contents"),
        abstract=_("Abstract"),
        keywords=_("Keywords"),
        notes=_("Notes"),
        contributors=_("Contributors"),
        personal_capacity=_("writes in a personal capacity"),
        licence=_("Licence"),
        identifier=_("Identifier"),
        question=_("Question"),
        cover=_("Title page"),
        published_by=_("Published by %(publisher)s", publisher=PUBLISHER),
        references=_("References"),
        written_in=_written_in(),
    )


def _written_in() -> dict[str, str]:
    """Whole sentences: how a language's name bends differs from language to language."""
    return {
        "de": _("Original text in German"),
        "en": _("Original text in English"),
        "ar": _("Original text in Arabic"),
        "zh": _("Original text in Chinese"),
        "ko": _("Original text in Korean"),
        "es": _("Original text in Spanish"),
        "fr": _("Original text in French"),
        "it": _("Original text in Italian"),
        "pt": _("Original text in Portuguese"),
        "ru": _("Original text in Russian"),
    }
