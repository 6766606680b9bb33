"""What comes out of somebody's file: the text, what was found beside it, and what was lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from app.core.errors import Invalid
from app.documents.images import Image

MOST_BYTES: Final = 25 * 1024 * 1024
"""Size of a file that is taken."""

MOST_FINDINGS: Final = 300
"""Findings that are kept one by one; nobody reads more."""

EXCERPT: Final = 70
"""Characters of a paragraph by which a person finds it again."""


class Refused(Invalid):
    """The file is not taken; the code says why. Codes: ``upload.…``; field ``file``."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code, field="file", **data)


class TooComplex(Refused):
    """It could not be read within the limits that were given (``upload.too_complex``)."""

    def __init__(self) -> None:
        super().__init__("upload.too_complex")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much reading a file may take.

    Attributes:
        seconds: pandoc's time. ``xml``, ``tree``: bytes it is given, and gives back.
    """

    seconds: float = 30.0
    xml: int = 32 * 1024 * 1024
    tree: int = 24 * 1024 * 1024


class Format(StrEnum):
    """What a file is, told by its content; ``MARKDOWN`` and ``TEXT`` by its name."""

    DOCX = "docx"
    ODT = "odt"
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that could not be kept as it was.

    Attributes:
        code: a stable identifier, ``subject.what`` (``table.merged``).
        place: the beginning of the paragraph or heading it stands in; "" for the whole file.
        data: values the words need, by name.
    """

    code: str
    place: str = ""
    data: Mapping[str, str | int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a column of the database."""
        return {"code": self.code, "place": self.place, "data": dict(self.data)}


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the file, made safe (``app.documents.images``).

    Attributes:
        id: what the text calls it by: ``figure:`` and this.
        path: where its bytes are, in the folder that ``read`` was given.
    """

    id: str
    kind: str
    width: int
    height: int
    path: Path

    def image(self) -> Image:
        """The same with its bytes."""
        return Image(self.kind, self.path.read_bytes(), self.width, self.height)


@dataclass(frozen=True, slots=True)
class Imported:
    """A file, read.

    Attributes:
        text: in the text format, without the title.
        title, abstract, authors: where the file says so; else "" and ().
    """

    format: Format
    text: str
    title: str = ""
    abstract: str = ""
    authors: Sequence[str] = ()
    images: Sequence[Picture] = ()
    findings: Sequence[Finding] = ()


def excerpt(text: str) -> str:
    """The beginning of a paragraph, whole words where it has any."""
    words = " ".join(text.split())
    if len(words) <= EXCERPT:
        return words
    cut = words[:EXCERPT]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > EXCERPT // 2 else cut).rstrip() + "…"
