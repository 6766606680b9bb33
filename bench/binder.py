"""One book, made in a process of its own so that its memory is its own too.

``python -m bench.binder pdf 100 FILE`` builds a book of a hundred essays in all ten languages as
the worker would; ``python -m bench.binder plain PAGES FILE`` sets as many pages of plain justified
Latin text. Both print one JSON object: seconds, how many of them on a processor, and megabytes.

Source: getrusage(2) (``ru_maxrss`` is in kilobytes on Linux).
"""

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale

from app import create_app
from app.config import Settings
from app.contributions.essay import EssayInput
from app.core.languages import CODES, LANGUAGES
from app.documents.plain import plain
from app.proceedings import labels
from app.proceedings.book import MULTI, Book, BookAuthor, BookEssay, BookSection
from app.proceedings.formats import FORMATS, fonts
from bench import data
from bench.texts import essay

LATIN: Final = ("de", "en", "es", "fr", "it", "pt")
ESSAYS_IN_A_SECTION: Final = 20

# The page, the size and the leading of app/proceedings/formats/book.typ.
_PLAIN: Final = """\
#set page(width: 170mm, height: 240mm,
  margin: (inside: 27mm, outside: 25mm, top: 26mm, bottom: 27mm))
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "{language}")
#set par(justify: true, leading: 0.7em, spacing: 0.7em, first-line-indent: 1.3em)
"""
_TYPESET: Final = """\
import sys, typst
fonts = typst.Fonts(include_system_fonts=False)
typst.compile(sys.argv[1], output=sys.argv[2], font_paths=fonts, ignore_system_fonts=True)
"""
_FIRST_GUESS: Final = 2_600
"""Characters on a page."""


def book(count: int) -> Book:
    """A volume with that many essays, the ten languages in turn; needs an application's context."""
    words = cache(labels.words)
    essays = [_essay(CODES[number % len(CODES)], number) for number in range(count)]
    return Book(
        language=MULTI,
        title="Peace and security in cyberspace",
        subtitle="Proceedings",
        edition="Benchmark",
        place_date="2026",
        identifier="urn:uuid:5d0ad0a4-9bd5-4b1e-8b0e-3f6f5c5c3d11",
        published=datetime(2026, 1, 1, tzinfo=UTC),
        front=(),
        sections=tuple(
            BookSection(f"Part {start // ESSAYS_IN_A_SECTION + 1}", tuple(part))
            for start in range(0, count, ESSAYS_IN_A_SECTION)
            if (part := essays[start : start + ESSAYS_IN_A_SECTION])
        ),
        labels=words("en").labels,
        labels_by_language={code: words(code).labels for code in CODES},
    )


def _essay(language: str, seed: int) -> BookEssay:
    text: EssayInput = essay(language, seed)
    countries = Locale.parse(LANGUAGES[language].locale).territories
    return BookEssay(
        number=f"S-J-{seed + 1:03d}",
        language=language,
        title=text.title,
        authors=tuple(
            BookAuthor(
                each.name,
                each.latin,
                each.affiliation,
                countries.get(each.country, each.country),
                each.personal_capacity,
                each.sort_key,
            )
            for each in text.authors
        ),
        abstract=text.abstract,
        keywords=text.keywords,
        body=text.body,
        licence="CC BY 4.0",
        track_label="Track",
        question="Question?",
        url=f"https://jesuisinternet.example/{language}/contributions/S-J-{seed + 1:03d}/",
    )


def _paragraphs() -> Iterator[str]:
    """Latin text without end, no paragraph twice."""
    seed = 0
    while True:
        seed += 1
        text = plain(essay(LATIN[seed % len(LATIN)], seed).body)
        yield from (line for line in text.splitlines() if line.strip())


def _write_plain(characters: int, target: Path) -> None:
    with target.open("w", encoding="utf-8") as file:
        file.write(_PLAIN.format(language="en"))
        written = 0
        for paragraph in _paragraphs():
            if written >= characters:
                break
            # A string, so that none of it is markup.
            file.write(f"\n#{json.dumps(paragraph[: characters - written], ensure_ascii=False)}\n")
            written += len(paragraph)


@dataclass(slots=True)
class Cost:
    """Seconds by the clock and of processor time, children's included."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def _measured() -> Iterator[Cost]:
    cost, began, before = Cost(), time.perf_counter(), sum(os.times()[:4])
    yield cost
    cost.seconds, cost.cpu = time.perf_counter() - began, sum(os.times()[:4]) - before


def _typeset(source: Path, target: Path) -> Cost:
    with _measured() as cost:
        subprocess.run([sys.executable, "-I", "-c", _TYPESET, str(source), str(target)], check=True)
    return cost


def pages(path: Path) -> int:
    """How many pages a PDF has."""
    import pypdfium2  # noqa: PLC0415 - only for tests and benchmarks

    with pypdfium2.PdfDocument(path) as document:
        return len(document)


def make_plain(wanted: int, target: Path) -> Cost:
    """As many pages of plain text, within one in a hundred; what the last attempt took."""
    characters = wanted * _FIRST_GUESS
    with tempfile.TemporaryDirectory(prefix="jsi-plain-") as folder:
        source = Path(folder) / "main.typ"
        while True:
            _write_plain(characters, source)
            cost = _typeset(source, target)
            found = pages(target)
            if abs(found - wanted) <= math.ceil(wanted / 100):
                return cost
            characters = characters * wanted // found


def make_book(code: str, count: int, target: Path) -> Cost:
    """A book in that format; what it took from its texts to the file."""
    with tempfile.TemporaryDirectory(prefix="jsi-book-") as folder:
        app = create_app(Settings.from_environment(data.environment(Path(folder))))
        with app.app_context(), app.test_request_context():
            made = book(count)
    # A worker that has made a book before knows what its fonts can draw.
    fonts.coverage()
    with _measured() as cost:
        FORMATS[code].build(made, out=target, progress=lambda _step, _done, _total: None)
    return cost


def _megabytes(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    """Make it and say what it took."""
    kind, number, name = arguments
    target = Path(name)
    count = int(number)
    cost = make_plain(count, target) if kind == "plain" else make_book(kind, count, target)
    answer = {
        **asdict(cost),
        "own_megabytes": _megabytes(resource.RUSAGE_SELF),
        "child_megabytes": _megabytes(resource.RUSAGE_CHILDREN),
        "bytes": target.stat().st_size,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
