"""The files a volume can be built as, one module each: all known through ``FORMATS``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from app.proceedings.book import Book
from app.proceedings.formats import epub, pdf
from app.proceedings.formats.errors import BuildError

__all__ = ["FORMATS", "BuildError", "Format"]


class Builder(Protocol):
    """Writes a book to a file, whole or not at all; raises BuildError.

    ``extra_fonts`` is a folder of further fonts, for formats that hold their fonts.
    """

    def __call__(
        self,
        book: Book,
        *,
        out: Path,
        progress: Callable[[str, int, int], None],
        extra_fonts: Path | None = None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format's code (as in addresses and builds), media type, file extension and builder."""

    code: str
    media_type: str
    extension: str
    build: Builder


FORMATS: Final[dict[str, Format]] = {
    each.code: each
    for each in (
        Format("pdf", "application/pdf", ".pdf", pdf.build),
        Format("epub", "application/epub+zip", ".epub", epub.build),
    )
}
