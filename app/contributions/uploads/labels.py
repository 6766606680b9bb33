"""What the findings of an import say to the author, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError
from app.web.messages import words

MOST_PLACES: Final = 12

FINDINGS: Final[dict[str, LazyString]] = {
    "changes.accepted": _l("Tracked insertions were accepted."),
    "changes.dropped": _l("Text that was deleted with tracked changes is not there any more."),
    "characters.dropped": _l("Invisible control characters were removed."),
    "comment.dropped": _l("Comments were left out."),
    "element.unknown": _l("Something unknown was kept as plain text."),
    "encoding.guessed": _l(
        "The encoding of the text had to be guessed. Please check that all letters are right."
    ),
    "field.as_text": _l(
        "Fields, such as page numbers, dates and references, became the text they showed."
    ),
    "formatting.emphasis": _l("Emphasis inside words could not be kept."),
    "formatting.small_caps": _l("Small capitals became ordinary letters."),
    "formatting.strikeout": _l("Struck-out text is still there, but no longer struck out."),
    "formatting.subscript": _l("Subscript letters became ordinary ones."),
    "formatting.superscript": _l("Superscript letters became ordinary ones."),
    "formatting.underline": _l("Underlining was left out; the text is still there."),
    "formula.as_text": _l("Formulas became text in TeX notation."),
    "heading.moved_up": _l("Headings below the third level were raised to the third."),
    "image.effects": _l(
        "Filters and animations of drawings were left out. Please check how the drawings look now."
    ),
    "image.embedded": _l(
        "Pictures and web pages inside drawings were left out. Please check how the drawings look "
        "now."
    ),
    "image.external": _l(
        "Images that lie on another server were left out; of those with an alternative text, that "
        "text is there."
    ),
    "image.missing": _l("Images that are not in the file were left out."),
    "image.moved": _l("Images within other text now stand behind it, on their own."),
    "image.no_alternative": _l(
        "Images without an alternative text: please describe what they show before you submit."
    ),
    "image.refused": _l("Images that could not be used were left out."),
    "link.dropped": _l("Links that do not lead to a web or e-mail address became text."),
    "link.internal": _l("Links within the document became text."),
    "list.definitions": _l("A list of terms became paragraphs."),
    "list.numbering": _l("Lists with letters or Roman numerals are numbered 1, 2, 3."),
    "markup.raw": _l("Code of another markup language was left out."),
    "nesting.flattened": _l("Lists and quotations nested very deeply were made flatter."),
    "object.chart": _l("Charts and diagrams were left out; insert them as images."),
    "object.dropped": _l("Embedded objects, such as spreadsheets, were left out."),
    "object.text_box": _l("The text of text boxes now stands after the paragraph beside them."),
    "page.margins_dropped": _l("The text of page headers and footers was left out."),
    "table.box": _l("A frame around text became ordinary paragraphs."),
    "table.header": _l("Tables have exactly one header row: the first one."),
    "table.merged": _l("Merged table cells were split; their text stands in the first one."),
    "table.nested": _l("Tables within tables became text in their cell."),
    "table.paragraphs": _l("Several paragraphs in a table cell became one."),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found: the beginning of the paragraph, and what it was about."""

    excerpt: str
    detail: str


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of thing that could not be kept.

    Attributes:
        count: how often. ``places``: the first of them.
        more: how many further places there are.
    """

    code: str
    words: str
    count: int
    places: Sequence[Place]
    more: int


def said(code: str) -> str:
    """The sentence for a finding."""
    return str(FINDINGS[code])


def items(findings: Iterable[Mapping[str, Any]]) -> list[Item]:
    """The findings (``code, place, data``), one item for each kind, in a stable order."""
    found = []
    order = {code: place for place, code in enumerate(FINDINGS)}
    by_code = sorted(findings, key=lambda each: order[each["code"]])
    for code, group in groupby(by_code, key=lambda each: str(each["code"])):
        each = list(group)
        places = list(dict.fromkeys(filter(_says, map(_place, each))))
        found.append(
            Item(
                code,
                said(code),
                len(each),
                places[:MOST_PLACES],
                max(0, len(places) - MOST_PLACES),
            )
        )
    return found


def _says(place: Place) -> bool:
    return bool(place.excerpt or place.detail)


def _place(finding: Mapping[str, Any]) -> Place:
    return Place(finding["place"], detail(finding["data"]))


def detail(data: Mapping[str, Any]) -> str:
    """What a finding's data add: an address, a name, or why an image could not be used."""
    if "reason" in data:
        return str(words(DomainError(data["reason"], limit="")))
    return str(data.get("link") or data.get("source") or data.get("encoding") or "")
