"""RIS, the form in which most catalogues give a reference away: two letters, a dash and a value.

Source: the "RIS Format Specifications" of Research Information Systems, 2011.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from app.documents.references.items import date_of

_TAG: Final = re.compile(r"[ \t]*([A-Z][A-Z0-9])[ \t]{0,2}-(?:[ \t]+(.*)|)")
_TYPES: Final = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "JFULL": "article-journal",
    "ABST": "article-journal",
    "MGZN": "article-newspaper",
    "NEWS": "article-newspaper",
    "BOOK": "book",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "ENCYC": "chapter",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "RPRT": "report",
    "GOVDOC": "report",
    "STAND": "report",
    "THES": "thesis",
    "ELEC": "webpage",
    "BLOG": "webpage",
    "ICOMM": "webpage",
    "CASE": "legal_case",
    "HEAR": "legal_case",
    "STAT": "legislation",
    "BILL": "legislation",
    "LEGAL": "legislation",
    "UNBILL": "legislation",
}
_TEXTS: Final = {
    "TI": "title",
    "T1": "title",
    "CT": "title",
    "PB": "publisher",
    "CY": "publisher-place",
    "PP": "publisher-place",
    "ET": "edition",
    "VL": "volume",
    "IS": "issue",
    "UR": "URL",
    "DO": "DOI",
    "ID": "id",
}
_CONTAINERS: Final = ("T2", "JF", "JO", "JA", "J2", "BT")
_NAMES: Final = {"AU": "author", "A1": "author", "A2": "editor", "ED": "editor"}
_ISSUED: Final = ("PY", "Y1", "DA")

Record = dict[str, list[str]]


def records(text: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Each record, from TY to ER, as CSL variables; None for lines that belong to none."""
    rows: list[str] = []
    record: Record | None = None
    last = ""
    for row in text.splitlines():
        found = _TAG.fullmatch(row)
        tag, value = (found[1], (found[2] or "").strip()) if found else ("", row.strip())
        if tag == "TY":
            if record is not None:
                yield "\n".join(rows), _variables(record)
            record, rows = {}, []
        if record is None:
            if value:
                yield row, None
            continue
        rows.append(row)
        if tag == "ER":
            yield "\n".join(rows), _variables(record)
            record = None
        elif tag:
            record.setdefault(tag, []).append(value)
            last = tag
        elif value:  # a long value may go on in the next line
            record[last][-1] += f" {value}"
    if record is not None:
        yield "\n".join(rows), _variables(record)


def _variables(record: Record) -> dict[str, Any]:
    first = {tag: next(filter(None, values), "") for tag, values in record.items()}
    item: dict[str, Any] = {"type": _TYPES.get(first["TY"].upper(), "document")}
    for tag, name in _TEXTS.items():
        if first.get(tag):
            item.setdefault(name, first[tag])
    item |= _first(first, "container-title", _CONTAINERS)
    for tag, name in _NAMES.items():
        people = [_name(value) for value in record.get(tag, ()) if value]
        item[name] = [*item.get(name, ()), *people]
    pages = "–".join(first[tag] for tag in ("SP", "EP") if first.get(tag))
    if pages:
        item["page"] = pages
    if written := _first(first, "issued", _ISSUED):
        item["issued"] = _date(written["issued"])
    if first.get("Y2"):
        item["accessed"] = _date(first["Y2"])
    return item


def _first(values: dict[str, str], name: str, tags: tuple[str, ...]) -> dict[str, str]:
    found = next((values[tag] for tag in tags if values.get(tag)), "")
    return {name: found} if found else {}


def _name(value: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in value.partition(","))
    return {"family": family, "given": given} if comma and given else {"literal": family}


def _date(value: str) -> dict[str, Any] | None:
    """``1949/04/09/``, and what else stands in that place."""
    year, _, rest = value.partition("/")
    month, _, rest = rest.partition("/")
    day = rest.partition("/")[0]
    exact = "-".join(part for part in (year, month, day if month else "") if part)
    return date_of(exact if year.isdigit() else value)
