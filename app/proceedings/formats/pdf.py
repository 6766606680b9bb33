"""A book as PDF: tagged, archival (PDF/A-2a), accessible (PDF/UA-1), the same bytes every time.

The texts are checked against the fonts, written as typst markup into a folder of their own, one
file an essay so that a complaint can be traced to it, and set by typst in a child process.

Sources: ISO 19005-2 and ISO 14289-1, which typst enforces; typst-py 0.15.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.documents import svg
from app.proceedings.book import Book, BookEssay, BookSection
from app.proceedings.formats import fonts, source
from app.proceedings.formats.errors import BuildError
from app.proceedings.formats.markup import printable, write
from app.proceedings.formats.source import Progress

_HERE: Final = Path(__file__).parent
_TEMPLATE: Final = _HERE / "book.typ"
_WORKER: Final = _HERE / "typst_worker.py"
_ESSAY_FILE: Final = re.compile(r"essay-(\d+)\.typ:")
_REFUSED: Final = 2
"""What the worker returns when typst says no."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child process may use: wall-clock seconds, megabytes of address space."""

    seconds: int = 600
    megabytes: int = 6144


DEFAULT_LIMITS: Final = Limits()


def build(
    book: Book,
    *,
    out: Path,
    progress: Progress,
    extra_fonts: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """Write the book to ``out``, whole or not at all.

    Args:
        progress: called with ``read`` for each essay, then ``typeset`` at its start and end.
        extra_fonts: a folder of further fonts.

    Raises:
        BuildError: see its codes.
    """
    source.refuse_empty(book)
    # Beside the file, so that whoever clears that folder away clears this one too.
    with tempfile.TemporaryDirectory(prefix="jsi-pdf-", dir=out.parent) as name:
        folder = Path(name)
        _write_sources(book, folder, progress, extra_fonts)
        progress("typeset", 0, 1)
        _typeset(book, folder, extra_fonts, limits)
        partial = out.with_name(out.name + ".part")
        shutil.copyfile(folder / "book.pdf", partial)
        partial.replace(out)
    progress("typeset", 1, 1)


# --- Sources --------------------------------------------------------------------------------------


def _write_sources(book: Book, folder: Path, progress: Progress, extra: Path | None) -> None:
    fonts.check((("", text) for text in source.frame_texts(book)), extra)
    total = len(book.essays)
    for position, part in enumerate(book.front):
        markup = write(source.blocks_of(part.body, above=1), language=book.frame.code, above=1)
        fonts.check([("", markup)], extra)
        (folder / f"front-{position}.typ").write_text(markup, "utf-8")
    for position, (at, essay) in enumerate(source.placed(book)):
        markup = _essay_markup(book, essay, source.essay_level(book.sections[at]))
        # The markup holds the body's characters, and besides them only ASCII.
        fonts.check([(essay.number, markup + "".join(source.essay_texts(essay)))], extra)
        (folder / f"essay-{position}.typ").write_text(markup, "utf-8")
        progress("read", position + 1, total)
    _write_figures(book, folder, extra)
    (folder / "book.json").write_text(json.dumps(_clean(_data(book))), "utf-8")
    (folder / "main.typ").write_text("\n".join(_main(book)), "utf-8")
    shutil.copyfile(_TEMPLATE, folder / "book.typ")


def _write_figures(book: Book, folder: Path, extra: Path | None) -> None:
    (folder / "figures").mkdir()
    for name, (essay, figure) in source.shown_figures(book).items():
        data = source.file_of(essay, figure)
        if figure.kind == "svg":
            fonts.check([(essay.number, svg.words(data))], extra)
        (folder / "figures" / name).write_bytes(data)


def _essay_markup(book: Book, essay: BookEssay, level: int) -> str:
    blocks = source.essay_blocks(book, essay, above=level)
    try:
        return write(blocks, language=essay.language, above=level)
    except BuildError as error:
        raise BuildError(error.code, **{**error.data, "essay": essay.number}) from error


def _main(book: Book) -> Iterator[str]:
    """The order of the volume; nothing but positions and file names."""
    yield '#import "book.typ": *'
    yield "#show: volume"
    yield "#title-page()"
    yield "#imprint-page()"
    yield "#contents()"
    for position in range(len(book.front)):
        yield f'#front({position}, include "front-{position}.typ")'
    essay = 0
    for position, section in enumerate(book.sections):
        if section.title:
            yield f"#section({position})"
        for _ in section.essays:
            level = source.essay_level(section)
            yield f'#essay({essay}, level: {level}, include "essay-{essay}.typ")'
            essay += 1
    yield "#contributors()"


def _data(book: Book) -> dict[str, Any]:
    """All words of the frame and of the title blocks, as the template reads them."""
    words = book.labels
    names = ("contents", "contributors", "published_by")
    return {
        "language": book.frame.code,
        "turned": book.right_to_left,
        "title": book.title,
        "running": source.short(book.title),
        "subtitle": book.subtitle,
        "edition": book.edition,
        "place_date": book.place_date,
        "identifier_label": words.identifier + source.colon(book.frame.code),
        "identifier": book.identifier,
        "imprint": book.imprint,
        "date": (book.published.year, book.published.month, book.published.day),
        "authors": [author.name for author, _ in book.contributors()],
        "keywords": list(dict.fromkeys(word for essay in book.essays for word in essay.keywords)),
        "labels": {name: getattr(words, name) for name in names},
        "fronts": [part.title for part in book.front],
        "running-fronts": [source.short(part.title) for part in book.front],
        "sections": [(section.title, len(section.essays)) for section in book.sections],
        "essays": [
            _essay_data(book, section, essay)
            for section in book.sections
            for essay in section.essays
        ],
        "contributors": list(_contributors(book)),
    }


def _essay_data(book: Book, section: BookSection, essay: BookEssay) -> dict[str, Any]:
    words = book.labels_of(essay)
    return {
        "language": essay.language,
        "number": essay.number,
        "track": f" · {essay.track_label}" if essay.track_label else "",
        "title": essay.title,
        "short": source.short(essay.title),
        "section": source.short(section.title or book.title),
        "byline": source.byline(essay),
        "remark": book.language_remark(essay),
        "question": essay.question,
        "abstract": essay.abstract,
        "keywords": source.pause(essay.language).join(essay.keywords),
        "licence_label": words.licence + source.colon(essay.language),
        "licence": essay.licence,
        "url": essay.url,
        "words": {name: getattr(words, name) for name in ("question", "abstract", "keywords")},
        "authors": [
            {
                "name": author.name,
                "latin": source.latin_name(author),
                "place": source.place(author, essay.language),
                "capacity": words.personal_capacity if author.personal_capacity else "",
                "orcid": f"https://orcid.org/{author.orcid}" if author.orcid else "",
            }
            for author in essay.authors
        ],
    }


def _contributors(book: Book) -> Iterator[dict[str, Any]]:
    for author, positions in book.contributors():
        code = book.essays[positions[0]].language
        yield {
            "name": author.name,
            "latin": source.latin_name(author),
            "place": source.place(author, code),
            "biography": author.biography,
            "language": code,
            "essays": positions,
        }


def _clean(value: Any) -> Any:
    """The same data without characters that PDF/A forbids."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _clean(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(entry) for entry in value]
    return value


# --- The child process ----------------------------------------------------------------------------


def _typeset(book: Book, folder: Path, extra: Path | None, limits: Limits) -> None:
    job = {
        "parent": os.getpid(),
        "memory": limits.megabytes * 1024 * 1024,
        "timestamp": int(book.published.timestamp()),
    }
    (folder / "fonts").mkdir()  # typst takes folders of fonts, not files
    for number, path in enumerate(fonts.font_files(extra)):
        (folder / "fonts" / f"{number}{path.suffix}").symlink_to(path)
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file, no shell
            [sys.executable, "-I", str(_WORKER), str(folder)],
            capture_output=True,
            cwd=folder,
            env={"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError("build.out_of_time", seconds=limits.seconds) from error
    if done.returncode == 0:
        return
    if done.returncode == _REFUSED:
        raise _refusal(book, json.loads(done.stdout))
    if done.returncode in (-signal.SIGABRT, -signal.SIGKILL) or b"MemoryError" in done.stderr:
        raise BuildError("build.out_of_memory", megabytes=limits.megabytes)
    raise BuildError("build.typst_failed", essay="", message=done.stderr.decode()[-2000:])


def _refusal(book: Book, answer: dict[str, str]) -> BuildError:
    """Typst's complaint, with the essay whose file it points at."""
    found = _ESSAY_FILE.search(answer["diagnostic"])
    number = book.essays[int(found[1])].number if found else ""
    return BuildError("build.typst_failed", essay=number, message=answer["message"])
