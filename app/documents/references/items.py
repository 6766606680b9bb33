"""One work referred to, as a CSL-JSON item of which only what we show is kept.

A reference that came as plain words is an item of type ``document`` whose title is these words,
marked ``custom: {"unstructured": true}``.

Source: the CSL 1.0.2 specification, appendices III (types) and IV (variables), and ``csl-data``
(https://docs.citationstyles.org/en/stable/specification.html).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from app.documents.characters import legible, normalise

Item = dict[str, Any]
"""``id``, ``type``, ``title`` and those of the other variables that are known."""

TYPES: Final = (
    "article-journal",
    "book",
    "chapter",
    "paper-conference",
    "article-newspaper",
    "report",
    "thesis",
    "webpage",
    "legal_case",
    "legislation",
    "treaty",
    "document",
)
NAMES: Final = ("author", "editor")
DATES: Final = ("issued", "accessed")
TEXTS: Final = (
    *("title", "container-title", "publisher", "publisher-place", "edition", "volume", "issue"),
    *("page", "authority", "number", "DOI", "URL", "note"),
)

MOST: Final = 300
"""References of one essay."""

MOST_NAMES: Final = 60
LONGEST: Final = 2_000
"""Characters of one field; of a reference in plain words, too."""

_SIMILAR: Final = {
    "article": "article-journal",
    "article-magazine": "article-newspaper",
    "bill": "legislation",
    "hearing": "legal_case",
    "regulation": "legislation",
    "standard": "report",
    "post": "webpage",
    "post-weblog": "webpage",
    "entry": "chapter",
    "entry-dictionary": "chapter",
    "entry-encyclopedia": "chapter",
    "book-series": "book",
    "collection": "book",
    "classic": "book",
}
_MARKUP: Final = re.compile(r"</?(?:i|b|sub|sup|sc|span)(?: [^<>]*)?>")
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069\ufffd]")
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class Unusable(ValueError):
    """What was sent is no reference: it has no title, or a field of it is too long."""


def clean(raw: Mapping[str, Any], *, taken: Collection[str] = ()) -> Item:
    """The item, of which nothing but known variables in their known form is left.

    Its ``id`` is its own where that is fit for an address and none of ``taken``, else a new one.
    Raises Unusable.
    """
    kind = str(raw.get("type") or "")
    item: Item = {"id": "", "type": _SIMILAR.get(kind, kind if kind in TYPES else "document")}
    for name in NAMES:
        if names := _names(raw.get(name)):
            item[name] = names
    for name in TEXTS:
        if value := _text(raw.get(name)):
            item[name] = value
    for name in DATES:
        if date := _date(raw.get(name)):
            item[name] = date
    _settle(item)
    if "title" not in item:
        raise Unusable("title")
    if is_unstructured(raw):
        item["custom"] = {"unstructured": True}
    item["id"] = identifier_of(raw.get("id"), taken)
    return item


def unstructured(text: str, *, taken: Collection[str] = ()) -> Item:
    """A reference in plain words. Raises Unusable."""
    custom = {"unstructured": True}
    return clean({"type": "document", "title": text, "custom": custom}, taken=taken)


def is_unstructured(item: Mapping[str, Any]) -> bool:
    """Whether the item is nothing but somebody's words."""
    custom = item.get("custom")
    return isinstance(custom, Mapping) and custom.get("unstructured") is True


def line(item: Mapping[str, Any]) -> str:
    """The reference in one line, in no language and no style: for lists and for sorting."""
    people = "; ".join(name_line(name) for name in item.get("author") or item.get("editor") or ())
    parts = (people, item.get("authority"), item["title"], item.get("container-title"))
    return ". ".join(part.rstrip(".") for part in (*parts, date_text(item.get("issued"))) if part)


def names_text(names: Iterable[Mapping[str, str]]) -> str:
    """Names as they are edited: one a line, the family name first."""
    return "\n".join(name_line(name) for name in names)


def name_line(name: Mapping[str, str]) -> str:
    """One of them."""
    return name.get("literal") or ", ".join(
        part for part in (name.get("family"), name.get("given")) if part
    )


def names_of(text: str) -> list[dict[str, str]]:
    """Names from such lines; one without a comma is an institution or an undivided name."""
    found = []
    for row in text.splitlines():
        family, comma, given = (part.strip() for part in row.partition(","))
        if family:
            found.append(
                {"family": family, "given": given} if comma and given else {"literal": family}
            )
    return found


def date_text(date: Mapping[str, Any] | None) -> str:
    """A date as it is edited: ``2016``, ``2016-03``, ``2016-03-04``, a span with a slash, words."""
    if not date:
        return ""
    if "literal" in date:
        return str(date["literal"])
    return "/".join(
        "-".join(f"{part:04}" if place == 0 else f"{part:02}" for place, part in enumerate(parts))
        for parts in date["date-parts"]
    )


def date_of(text: str) -> dict[str, Any] | None:
    """A date from such a text; anything else is kept as words."""
    text = text.strip()
    if not text:
        return None
    spans = [_DATE.fullmatch(part.strip()) for part in text.split("/")]
    if len(spans) <= 2 and all(spans):
        parts = [[int(part) for part in found.groups() if part] for found in spans if found]
        if all(_fits(each) for each in parts):
            return {"date-parts": parts}
    return {"literal": text}


def _fits(parts: Sequence[int]) -> bool:
    year, month, day = (*parts, 1, 1)[:3]
    return 0 < year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31


def unmarked(value: Any, depth: int = 6) -> Any:
    """The same value, CSL's few HTML-like elements taken out of its texts.

    No item is deeper than ``depth``; what is, is left out.
    """
    if isinstance(value, str):
        return _MARKUP.sub("", value)
    if isinstance(value, list | Mapping) and not depth:
        return None
    if isinstance(value, list):
        return [unmarked(each, depth - 1) for each in value]
    if isinstance(value, Mapping):
        return {name: unmarked(each, depth - 1) for name, each in value.items()}
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    if isinstance(value, int) or len(value) <= 4 * LONGEST:
        text = _DIRECTIONS.sub("", legible(normalise(str(value))))
        text = " ".join(text.split())
        if len(text) <= LONGEST:
            return text
    raise Unusable("too_long")


def _names(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list):
        return []
    if len(value) > MOST_NAMES:
        raise Unusable("too_long")
    return [name for each in value if isinstance(each, Mapping) and (name := _name(each))]


def _name(raw: Mapping[str, Any]) -> dict[str, str]:
    given, family, literal = _text(raw.get("given")), _text(raw.get("family")), raw.get("literal")
    particles = [_text(raw.get(f"{kind}dropping-particle")) for kind in ("", "non-")]
    family = " ".join(part for part in (*particles, family) if part)
    if suffix := _text(raw.get("suffix")):
        given = f"{given}, {suffix}" if given else suffix
    if family and given:
        return {"family": family, "given": given}
    whole = family or given or _text(literal)
    return {"literal": whole} if whole else {}


def _date(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    spans = value.get("date-parts")
    if isinstance(spans, list) and 1 <= len(spans) <= 2:
        found = [_parts(span) for span in spans]
        if all(found):
            return {"date-parts": found}
    text = _text(value.get("literal") or value.get("raw"))
    return date_of(text)


def _parts(span: Any) -> list[int]:
    """Year, month and day; empty where they are none."""
    if not isinstance(span, list) or not 1 <= len(span) <= 3:
        return []
    texts = [str(part) for part in span]
    if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in texts):
        return []
    parts = [int(text) for text in texts]
    return parts if _fits(parts) else []


def _settle(item: Item) -> None:
    """Put things where our styles look for them, and leave out addresses that lead nowhere."""
    if item["type"] == "legal_case" and "authority" not in item and "publisher" in item:
        item["authority"] = item.pop("publisher")
    if "URL" not in item and _address(item.get("publisher", "")):
        item["URL"] = item.pop("publisher")  # as BibTeX’s howpublished comes
    if "URL" in item and (address := _address(item.pop("URL"))):
        item["URL"] = address
    if doi := item.pop("DOI", ""):
        doi = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", doi, flags=re.IGNORECASE)
        if doi.startswith("10."):
            item["DOI"] = doi


def _address(url: str) -> str:
    if url.lower().startswith("www."):
        url = f"https://{url}"
    return url if re.match(r"https?://[^\s<>\"]+$", url, re.IGNORECASE) else ""


def identifier_of(wished: Any, taken: Collection[str]) -> str:
    """That identifier where it is fit for an address and free, else a new one."""
    text = str(wished or "")
    if _KEY.fullmatch(text) and text not in taken:
        return text
    number = len(taken) + 1
    while f"ref-{number}" in taken:
        number += 1
    return f"ref-{number}"
