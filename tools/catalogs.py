"""The ten catalogs of the interface's texts: bring them up to date, check them, compile them.

    python tools/catalogs.py update            extract, and merge into all ten
    python tools/catalogs.py check [--warn]    whether they are complete and sound
    python tools/catalogs.py compile           make the files that are read at run time

``update`` writes neither locations nor dates and sorts the entries, so that two people's changes
merge. It never guesses (no fuzzy entries) and drops what is no longer used. English repeats the
source text. ``check`` fails on whatever a reader would notice; with ``--warn`` texts that are not
translated yet are only counted.

Source: GNU gettext's manual (PO files); CLDR for plural forms, through Babel.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
CODES: Final = ("de", "en", "ar", "zh", "ko", "es", "fr", "it", "pt", "ru")
SOURCE: Final = "en"
DOMAIN: Final = "messages"
KEYWORDS: Final = DEFAULT_KEYWORDS | {
    "_l": None,
    "_lp": ((1, "c"), 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_npgettext": ((1, "c"), 2, 3),
}
PROJECT, VERSION = "jesuisinternet", "1"
HEADER: Final = """\
# Translations of jesuisinternet.
#"""
# What would change with the day, the tool or the person, and so stand in the way of merging.
_RESTLESS: Final = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|'
    rb"Report-Msgid-Bugs-To):.*\n",
    re.MULTILINE,
)
_NAMED: Final = re.compile(r"%\((\w+)\)[a-z]")
_COUNT: Final = "num"
# French sets its marks off by a space, where no line may end.
_TORN: Final = re.compile(r" (?=[:;?!»](?!\w))|(?<=«) ")


class Catalogs:
    """The catalogs of a project in that folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.translations = root / "translations"
        self.template = self.translations / f"{DOMAIN}.pot"

    def path(self, code: str) -> Path:
        return self.translations / code / "LC_MESSAGES" / f"{DOMAIN}.po"

    def extract(self) -> Catalog:
        """Every text of the code and the templates, as a template."""
        catalog = Catalog(project=PROJECT, version=VERSION, header_comment=HEADER, charset="utf-8")
        with (self.root / "babel.cfg").open(encoding="utf-8") as file:
            mapping, options = parse_mapping_cfg(file)
        for _file, _line, text, comments, context in extract_from_dir(
            self.root, mapping, options, KEYWORDS, comment_tags=("Translators:",)
        ):
            catalog.add(text, auto_comments=comments, context=context)
        return catalog

    def update(self) -> None:
        """Write the template and merge it into all ten."""
        template = self.extract()
        _write(self.template, template)
        for code in CODES:
            path = self.path(code)
            catalog = _read(path, code) if path.exists() else Catalog(locale=Locale(code))
            # A template of its own for each: the catalog takes over its entries.
            fresh = read_po(io.BytesIO(_bytes(template)))
            catalog.update(fresh, no_fuzzy_matching=True, update_header_comment=True)
            catalog.project, catalog.version, catalog.fuzzy = PROJECT, VERSION, False
            if code == SOURCE:
                for message in _entries(catalog):
                    message.string = message.id
            _write(path, catalog)

    def compile(self) -> int:
        """Make each ``.mo`` that is older than its ``.po``, of every domain; how many were made."""
        made = 0
        for path in sorted(self.translations.glob("*/LC_MESSAGES/*.po")):
            target = path.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
                continue
            with target.open("wb") as file:
                write_mo(file, _read(path, path.parent.parent.name))
            made += 1
        for target in self.translations.glob("*/LC_MESSAGES/*.mo"):
            if not target.with_suffix(".po").exists():
                target.unlink()
        return made

    def check(self) -> Iterator[tuple[bool, str]]:
        """What is wrong: (whether it is only a missing translation, a line about it)."""
        extracted = self.extract()
        if not self.template.exists() or self.template.read_bytes() != _bytes(extracted):
            yield False, "messages.pot is not what the code says: run `make catalogs`"
        for code in CODES:
            path = self.path(code)
            if not path.exists():
                yield False, f"{code}: there is no catalog: run `make catalogs`"
                continue
            yield from _faults(code, path, extracted)
        for path in sorted(self.translations.glob("*/LC_MESSAGES/*.po")):
            if path.stem != DOMAIN:
                yield from _faults(path.parent.parent.name, path, None)


def _faults(code: str, path: Path, template: Catalog | None) -> Iterator[tuple[bool, str]]:
    """The faults of one catalog, measured against the template of its domain where there is one."""
    name = code if path.stem == DOMAIN else f"{code}/{path.stem}"
    catalog = _read(path, code)
    if catalog.fuzzy:
        yield False, f"{name}: the header is marked fuzzy"
    if catalog.plural_expr != Catalog(locale=Locale(code)).plural_expr:
        yield False, f"{name}: the plural forms of the header are not those of the language"
    for message in catalog.obsolete.values():
        yield False, f"{name}: obsolete: {_shown(message)}"
    for message in _entries(catalog):
        if template is not None and template.get(message.id, message.context) is None:
            yield False, f"{name}: no longer used: {_shown(message)}"
        elif message.fuzzy:
            yield False, f"{name}: fuzzy: {_shown(message)}"
        elif not all(_forms(message)) or len(_forms(message)) != _expected(message, catalog):
            yield True, f"{name}: not translated: {_shown(message)}"
        elif (fault := _broken(message)) or any(message.check(catalog)):
            yield False, f"{name}: placeholders differ {fault}: {_shown(message)}"
        elif code == "fr" and any(map(_TORN.search, _forms(message))):
            yield False, f"{name}: a line could end at a mark: {_shown(message)}"
    for message in _entries(template) if template is not None else ():
        if catalog.get(message.id, message.context) is None:
            yield True, f"{name}: missing: {_shown(message)}"


def _broken(message: Message) -> str:
    """The placeholders in which a translation differs from its source text, "" when it doesn't."""
    if isinstance(message.id, str):
        differing = _names(message.id) ^ _names(_forms(message)[0])
        return " ".join(sorted(differing))
    wanted = _names(message.id[1]) | _names(message.id[0])
    for form in _forms(message):
        # A form for one number (one, two, none) may say the number in words.
        differing = (_names(form) ^ wanted) - ({_COUNT} if _COUNT not in _names(form) else set())
        if differing:
            return " ".join(sorted(differing))
    return ""


def _names(text: str) -> set[str]:
    return set(_NAMED.findall(text))


def _forms(message: Message) -> tuple[str, ...]:
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string)


def _expected(message: Message, catalog: Catalog) -> int:
    return catalog.num_plurals if message.pluralizable else 1


def _entries(catalog: Catalog) -> Iterator[Message]:
    """The entries of a catalog without its header."""
    return (message for message in catalog if message.id)


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    text = text if len(text) <= 70 else f"{text[:67]}…"
    return f"{text} [{message.context}]" if message.context else text


def _read(path: Path, code: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=Locale(code))


def _bytes(catalog: Catalog) -> bytes:
    made = io.BytesIO()
    write_po(made, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    return _RESTLESS.sub(b"", made.getvalue())


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _bytes(catalog)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def report(faults: Iterable[tuple[bool, str]], *, warn: bool) -> int:
    """Print what was found; the exit code."""
    found = list(faults)
    tolerated = [line for missing, line in found if missing and warn]
    wrong = [line for missing, line in found if not (missing and warn)]
    for line in wrong:
        print(line, file=sys.stderr)
    if tolerated:
        counts = {code: sum(line.startswith(f"{code}:") for line in tolerated) for code in CODES}
        missing = ", ".join(f"{code} {count}" for code, count in counts.items() if count)
        print(f"catalogs: texts without a translation: {missing}")
    print(f"catalogs: {len(wrong)} faults, {len(tolerated)} warnings in {len(CODES)} languages")
    return 1 if wrong else 0


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description="The catalogs of the interface's texts.")
    parser.add_argument("action", choices=("update", "check", "compile"))
    parser.add_argument("--warn", action="store_true", help="only count missing translations")
    given = parser.parse_args(arguments)
    catalogs = Catalogs(root)
    if given.action == "update":
        catalogs.update()
    elif given.action == "compile":
        catalogs.compile()
    else:
        return report(catalogs.check(), warn=given.warn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
