"""One paragraph's words in the text format: what is marked up, what is escaped.

Words are collected as runs, each with its marks; the runs are written, and what was written is
parsed again. Where the grammar would not read the marks back (a star between a letter and a
quotation mark opens nothing), the marks give way, never the words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from markdown_it.token import Token

from app.documents.grammar import GRAMMAR

MOST_MARKS: Final = 4_000
"""Of one paragraph. Beyond that it is not worth the time to see whether its marks are read back."""

STRONG: Final = "**"
EM: Final = "*"

_SPECIAL: Final = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|!(?=\Z)|\]")
_MARKUP: Final = re.compile(r"[*_`\[\]<>|#+&\\\n-]")
_LINE_START: Final = re.compile(
    r"(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=]+\s*$|~{3}|[:|-][-:| ]*$)|(\d{1,9})([.)])(?=\s|$)"
)
_BLANKS: Final = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are marked alike; ``kind`` is ``text``, ``code``, ``break`` or ``note``.

    Attributes:
        text: as readers see it; of a note, its label.
        marks: of :data:`STRONG` and :data:`EM`.
        href: the address of the link it stands in.
    """

    kind: str
    text: str = ""
    marks: frozenset[str] = frozenset()
    href: str = ""


def write(runs: Iterable[Run], *, one_line: bool = False) -> tuple[str, bool]:
    """The runs in the text format, and whether all marks could be kept.

    With ``one_line`` (headings, cells of tables) a line break becomes a space.
    """
    settled = _settled(runs, one_line=one_line)
    if weight(_lines(settled)) <= MOST_MARKS:
        for attempt in (settled, _moved_in(settled)):
            written = _lines(attempt)
            if _read_back(written) == _seen(attempt):
                return written, True
    plain = _settled((replace(run, marks=frozenset()) for run in settled), one_line=one_line)
    return _lines(plain), not any(run.marks for run in settled)


def weight(written: str) -> int:
    """How many characters of it may be markup; the parser's time grows with these."""
    return sum(1 for _ in _MARKUP.finditer(written))


def shown(runs: Iterable[Run]) -> str:
    """What readers see of them, on one line."""
    return _BLANKS.sub(
        " ", "".join(" " if run.kind == "break" else run.text for run in runs if run.kind != "note")
    ).strip()


def _settled(runs: Iterable[Run], *, one_line: bool) -> list[Run]:
    """Blanks belong to no mark, neighbours marked alike are one run, the ends are trimmed."""
    parts: list[Run] = []
    for run in runs:
        if run.kind == "break" and one_line:
            parts.append(Run("text", " "))
        elif run.kind == "text":
            parts += _apart(run)
        else:
            parts.append(run)
    for place, run in enumerate(parts):
        if run.kind == "text" and not run.text.strip(" ") and 0 < place < len(parts) - 1:
            before, after = parts[place - 1], parts[place + 1]
            marks = before.marks & after.marks
            href = before.href if before.href == after.href else ""
            parts[place] = replace(run, marks=marks, href=href)
    return _trimmed(list(_joined(parts)))


def _apart(run: Run) -> Iterator[Run]:
    """The words of a run, and the blanks at its ends, which carry no mark."""
    text = _BLANKS.sub(" ", run.text)
    core = text.strip(" ")
    if not core:
        if text:
            yield Run("text", " ")
        return
    if text.startswith(" "):
        yield Run("text", " ")
    yield replace(run, text=core)
    if text.endswith(" "):
        yield Run("text", " ")


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    def alike(run: Run) -> tuple[object, ...]:
        return (run.kind, run.marks, run.href)

    for (kind, *_), group in groupby(runs, key=alike):
        found = list(group)
        if kind == "text":
            yield replace(found[0], text=_BLANKS.sub(" ", "".join(run.text for run in found)))
        else:
            yield from found


def _trimmed(runs: list[Run]) -> list[Run]:
    """Without blanks and breaks at either end, nor blanks beside a break, nor several breaks."""
    kept: list[Run] = []
    for run in runs:
        at_start = not kept or kept[-1].kind == "break"
        if run.kind == "text":
            text = run.text.lstrip() if at_start else run.text
            if text:
                kept.append(replace(run, text=text))
        elif run.kind == "break":
            _strip_end(kept)
            if kept and kept[-1].kind != "break":
                kept.append(run)
        else:
            kept.append(run)
    _strip_end(kept)
    while kept and kept[-1].kind == "break":
        kept.pop()
        _strip_end(kept)
    return kept


def _strip_end(runs: list[Run]) -> None:
    while runs and runs[-1].kind == "text":
        text = runs[-1].text.rstrip()
        if text:
            runs[-1] = replace(runs[-1], text=text)
            return
        runs.pop()


def _moved_in(runs: Sequence[Run]) -> list[Run]:
    """With punctuation at the ends of what is marked left outside the mark."""
    parts: list[Run] = []
    for run in runs:
        core = run.text.strip("".join(_punctuation(run.text))) if run.kind == "text" else ""
        if not run.marks or not core:
            parts.append(run)
            continue
        before, _, after = run.text.partition(core)
        for text, marks in ((before, frozenset[str]()), (core, run.marks), (after, frozenset())):
            if text:
                parts.append(replace(run, text=text, marks=marks))
    return _settled(parts, one_line=False)


def _punctuation(text: str) -> set[str]:
    return {char for char in text if not char.isalnum()}


def _lines(runs: Sequence[Run]) -> str:
    written = "".join(_links(runs))
    return "\n".join(_line_start(line) for line in written.split("\n"))


def _line_start(line: str) -> str:
    """The line, with a backslash where it would begin something other than words."""
    match = _LINE_START.match(line)
    if match is None:
        return line
    if match[2]:
        return f"{match[2]}\\{line[match.end(2) :]}"
    return f"\\{line}"


def _links(runs: Sequence[Run]) -> Iterator[str]:
    for href, group in groupby(runs, key=lambda run: run.href):
        inner = "".join(_marked(list(group)))
        yield f"[{inner}]({address(href)})" if href else inner


def _marked(runs: Sequence[Run]) -> Iterator[str]:
    opened: list[str] = []
    for run in runs:
        while any(mark not in run.marks for mark in opened):
            yield opened.pop()
        # What goes on longer is opened first; of both at once, strong.
        for mark in (STRONG, EM):
            if mark in run.marks and mark not in opened:
                opened.append(mark)
                yield mark
        yield _one(run)
    yield from reversed(opened)


def _one(run: Run) -> str:
    match run.kind:
        case "code":
            return _code(run.text)
        case "break":
            return "\\\n"
        case "note":
            return f"[^{run.text}]"
    return escape(run.text)


def escape(text: str) -> str:
    """The words with a backslash before what would be markup."""
    return _SPECIAL.sub(lambda match: "\\" + match.group(), text)


def _code(text: str) -> str:
    content = _BLANKS.sub(" ", text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", content)), default=0))
    edge = " " if content.startswith(("`", " ")) or content.endswith(("`", " ")) else ""
    return f"{fence}{edge}{content}{edge}{fence}" if content.strip() else ""


def address(href: str) -> str:
    """A link's address as it stands between parentheses."""
    whole = re.sub(r"\s", lambda blank: "%20" if blank.group() == " " else "", href)
    return re.sub(r"[\\()<>]", lambda match: "\\" + match.group(), whole)


_Seen = list[tuple[str, str, frozenset[str], str]]


def _seen(runs: Iterable[Run]) -> _Seen:
    return [
        (run.kind, run.text, run.marks, GRAMMAR.normalizeLink(run.href) if run.href else "")
        for run in _joined(runs)
        if run.kind != "code" or run.text.strip()
    ]


def _read_back(written: str) -> _Seen:
    """The runs that the grammar reads."""
    tokens = GRAMMAR.parseInline(written, {})
    return _seen(_runs(tokens[0].children or () if tokens else ()))


def _runs(tokens: Iterable[Token]) -> Iterator[Run]:
    marks: list[str] = []
    href = ""
    for token in tokens:
        here = frozenset(marks)
        match token.type:
            case "text" | "text_special":
                if token.content:
                    yield Run("text", token.content, here, href)
            case "code_inline":
                yield Run("code", token.content, here, href)
            case "hardbreak":
                yield Run("break", "", here, href)
            case "softbreak":
                yield Run("text", " ", here, href)
            case "footnote_ref":
                yield Run("note", token.meta["label"], here, href)
            case "strong_open" | "em_open":
                marks.append(STRONG if token.type == "strong_open" else EM)
            case "strong_close" | "em_close":
                marks.pop()
            case "link_open":
                href = str(token.attrs["href"])
            case "link_close":
                href = ""
            case _:
                yield Run(token.type, token.content, here, href)
