"""Somebody's file as a text in the text format: DOCX, ODT, Markdown, HTML, plain text.

:func:`read` is all that others need. What can't be kept is told, item by item; what harms or is no
text is refused (:class:`Refused`) before any program but this one has seen it.
"""

from app.documents.importing.blocks import without_figure
from app.documents.importing.model import (
    MOST_BYTES,
    Finding,
    Format,
    Imported,
    Limits,
    Picture,
    Refused,
    TooComplex,
)
from app.documents.importing.reading import check, read

__all__ = [
    "MOST_BYTES",
    "Finding",
    "Format",
    "Imported",
    "Limits",
    "Picture",
    "Refused",
    "TooComplex",
    "check",
    "read",
    "without_figure",
]
