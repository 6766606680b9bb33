"""The stored text format: a restricted CommonMark, and its limits.

Kept: paragraphs, headings, emphasis, links, lists, quotations, code, rules, line breaks, pipe
tables, footnotes (``[^label]``), figures. Left out: raw HTML, other images, indented code, smart
quotation marks.

A figure is an image alone in a paragraph that is in nothing else (no list, quotation, footnote):
``![alternative text](figure:ID "caption")``. The ID is the first 32 hexadecimal digits, in small
letters, of the SHA-256 of the stored file; the alternative text is mandatory; the caption is
optional. Both are plain text, whatever markup they were written with.
Source: CommonMark 0.31; GitHub's tables; the footnotes of ``markdown-it-footnote``.

A change that alters what a stored text means gets a new ``PROFILE_VERSION``.
"""

from typing import Final

PROFILE_VERSION: Final = 1

MAX_CHARACTERS: Final = 300_000
"""Length of a text in characters, and of what links and repeated footnotes may expand to."""

MAX_NESTING: Final = 24
"""Open constructs around a character; a list takes two, so lists go eleven deep."""

MAX_MARKS: Final = 30_000
"""Characters that may be markup, line ends among them: the parser's time grows with these."""

MAX_UNMARKED: Final = 5_000
"""Paragraphs of a text beyond these limits; one with more is shown as one block."""

MAX_CELLS: Final = 20_000
"""Cells of all tables, with those that fill up short rows."""

MAX_FIGURES: Final = 200
"""Figures in a text, those that stand in it several times counted each time."""

MAX_LABEL: Final = 100
"""Length of a footnote's label in characters."""

MAX_PROBLEMS: Final = 100
"""Problems reported for one text: nobody reads more at once."""

SCHEMES: Final = ("http", "https", "mailto")
"""What a link may lead to."""
