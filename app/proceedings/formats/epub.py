"""A book as EPUB 3: written by pandoc from one syntax tree, then put right.

Pandoc leaves out what a book in ten languages needs: the language and direction of each chapter,
chapter titles, numbers on the notes, a package that says what the book is. ``epub_repair`` and
``epub_package`` add these; the archive is packed anew so that the same book gives the same bytes.

Sources: EPUB 3.3 and EPUB Accessibility 1.1 (W3C); measured with pandoc 3.9.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.core.errors import DomainError
from app.documents import pandoc, tree
from app.documents.images import MEDIA_TYPES
from app.proceedings.book import Book
from app.proceedings.formats import epub_tree, source
from app.proceedings.formats.epub_package import package
from app.proceedings.formats.epub_repair import chapter, navigation, title_page
from app.proceedings.formats.epub_tree import SPLIT
from app.proceedings.formats.errors import BuildError
from app.proceedings.formats.markup import printable
from app.proceedings.formats.nodes import Node
from app.proceedings.formats.source import Progress

_STYLES: Final = Path(__file__).parent / "epub.css"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first moment a zip archive can name
_MEMORY: Final = ("+RTS", "-M3G", "-RTS")  # 1,000 essays took 2-3 GB
_TIMEOUT: Final = 600
_FROM_PANDOC: Final = ("META-INF/container.xml", "EPUB/toc.ncx")


def build(book: Book, *, out: Path, progress: Progress, extra_fonts: Path | None = None) -> None:
    """Write the book to ``out``, whole or not at all.

    Args:
        progress: called with ``read`` for each essay, then ``pack`` at its start and end.
        extra_fonts: not used; the reader's device has the fonts.

    Raises:
        BuildError: ``build.empty``, ``build.pandoc_failed``.
    """
    source.refuse_empty(book)
    body = list(epub_tree.blocks(book, progress))
    progress("pack", 0, 1)
    files = _repaired(book, _from_pandoc(book, body))
    partial = out.with_name(out.name + ".part")
    _pack(book, files, partial)
    partial.replace(out)
    progress("pack", 1, 1)


def _from_pandoc(book: Book, body: list[Node]) -> dict[str, bytes]:
    """What pandoc makes of the tree, by name in the archive."""
    meta = {
        "title": printable(book.title),
        "lang": book.frame.tag,
        "identifier": book.identifier,
    }
    try:
        data = pandoc.run(
            tree.document(body, meta),
            to="epub3",
            arguments=(*_MEMORY, f"--split-level={SPLIT}", f"--toc-depth={SPLIT}"),
            timeout=_TIMEOUT,
        )
    except DomainError as error:
        raise BuildError("build.pandoc_failed", message=error.code, **error.data) from error
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _repaired(book: Book, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the book, in their order in the archive (mimetype first, as EPUB OCF asks)."""
    chapters = tuple(epub_tree.chapters(book))
    names = [f"EPUB/text/ch{number:03}.xhtml" for number in range(1, len(chapters) + 1)]
    files = {"mimetype": b"application/epub+zip"}
    files |= {name: made[name] for name in _FROM_PANDOC}
    figures = {
        name: MEDIA_TYPES[figure.kind] for name, (_, figure) in source.shown_figures(book).items()
    }
    files["EPUB/content.opf"] = package(book, [Path(name).name for name in names], figures)
    files["EPUB/nav.xhtml"] = navigation(made["EPUB/nav.xhtml"], book, chapters)
    files["EPUB/styles/book.css"] = _STYLES.read_bytes()
    files["EPUB/text/title_page.xhtml"] = title_page(made["EPUB/text/title_page.xhtml"], book)
    for name, each in zip(names, chapters, strict=True):
        files[name] = chapter(made[name], each, book.labels_by_language, book.labels)
    return files


def _pack(book: Book, files: Mapping[str, bytes], out: Path) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(_entry(name, stored=name == "mimetype"), data)
        for name, (essay, figure) in source.shown_figures(book).items():
            data = source.file_of(essay, figure)
            archive.writestr(_entry(f"EPUB/figures/{name}", stored=figure.kind != "svg"), data)


def _entry(name: str, *, stored: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    return entry
