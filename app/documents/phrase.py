"""The words of one block as text: what has to be escaped, and where marks open and close.

``static/editor/phrase.js`` does the same for the editor.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from app.documents.cjk import flanking, is_letter
from app.documents.content import SPACES, Link, Mark, Run

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<&]")
_ENTITY: Final = re.compile(r"&#?[0-9A-Za-z]+;")
_WORD: Final = re.compile("[0-9A-Za-z]")
_BACKTICKS: Final = re.compile("`+")
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20]*")
_MAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


class _Edge:
    """Where a mark begins or ends; emphasis is told by a star or, near ``**``, an underscore."""

    def __init__(self, mark: str, *, opens: bool) -> None:
        self.mark = mark
        self.opens = opens
        self.partner = self
        self.sign = "**" if mark == "strong" else "*"


_Piece = str | _Edge


def phrase(runs: Sequence[Run], *, inside_brackets: bool = False) -> str:
    """The runs, which are tidy, as text; a line break is ``\\`` and the end of the line."""
    if len(runs) == 1 and not runs[0].marks and runs[0].kind == "text":
        return _text(runs, 0, inside_brackets)
    pieces = _pieces(runs, inside_brackets)
    _choose_signs(pieces)
    return _assembled(pieces)


def _pieces(runs: Sequence[Run], inside_brackets: bool) -> list[_Piece]:
    pieces: list[_Piece] = []
    active: list[tuple[Mark, _Edge | None]] = []
    for place, run in enumerate(runs):
        wanted = set(run.marks)
        link = _alone(runs, place)
        if link:
            wanted.discard(link)
        while any(mark not in wanted for mark, _ in active):
            _close(*active.pop(), pieces)
        fresh = wanted.difference(mark for mark, _ in active)
        words = f"<{run.text}>" if link else _leaf(runs, place, inside_brackets)
        if run.kind == "text" and fresh and fresh <= {"em", "strong"}:
            # Where marks overlap, one is opened again; never before a space.
            bare = words.lstrip(SPACES)
            pieces += [words[: len(words) - len(bare)]] if bare != words else []
            words = bare
            fresh -= set() if bare else {"em", "strong"}
        for mark in sorted(fresh, key=lambda mark: (-_lasting(runs, place, mark), _rank(mark))):
            if isinstance(mark, str):
                edge = _Edge(mark, opens=True)
                active.append((mark, edge))
                pieces.append(edge)
            else:
                active.append((mark, None))
                pieces.append("[")
        pieces += [words] if words else []
    while active:
        _close(*active.pop(), pieces)
    return pieces


def _rank(mark: Mark) -> int:
    return ("em", "strong").index(mark) + 1 if isinstance(mark, str) else 0


def _lasting(runs: Sequence[Run], place: int, mark: Mark) -> int:
    end = place
    while end < len(runs) and mark in runs[end].marks:
        end += 1
    return end - place


def _close(mark: Mark, opening: _Edge | None, pieces: list[_Piece]) -> None:
    if opening is None or isinstance(mark, Link):
        pieces.append(f"]({_destination(mark)})" if isinstance(mark, Link) else "")
        return
    edge = _Edge(mark, opens=False)
    edge.partner, opening.partner = opening, edge
    last = pieces.pop()
    bare = last.rstrip(SPACES) if isinstance(last, str) else last
    pieces += [each for each in (bare, edge) if each]
    if isinstance(last, str) and isinstance(bare, str) and bare != last:
        pieces.append(last[len(bare) :])


def _link_of(run: Run) -> Link | None:
    return next((mark for mark in run.marks if isinstance(mark, Link)), None)


def _alone(runs: Sequence[Run], place: int) -> Link | None:
    """The link of a run that can be written between angle brackets, being its own address."""
    run = runs[place]
    link = _link_of(run)
    if link is None or run.kind != "text" or link.title:
        return None
    near = [*runs[max(place - 1, 0) : place], *runs[place + 1 : place + 2]]
    if any(_link_of(other) == link for other in near):
        return None
    by_url = link.href == run.text and _URL.fullmatch(run.text)
    by_mail = link.href == f"mailto:{run.text}" and _MAIL.fullmatch(run.text)
    return link if by_url or by_mail else None


def _destination(link: Link) -> str:
    href = _ENTITY.sub(lambda match: f"\\{match[0]}", link.href)
    if not _is_balanced(href):
        href = re.sub("[()]", lambda match: f"\\{match[0]}", href)
    if not link.title:
        return href
    title = re.sub(r'[\\"]|&(?=#?[0-9A-Za-z]+;)', lambda match: f"\\{match[0]}", link.title)
    return f'{href} "{title}"'


def _is_balanced(href: str) -> bool:
    depth = 0
    for char in href:
        depth += (char == "(") - (char == ")")
        if depth < 0 or depth > 30:
            return False
    return depth == 0


def _leaf(runs: Sequence[Run], place: int, inside_brackets: bool) -> str:
    run = runs[place]
    match run.kind:
        case "text":
            return _text(runs, place, inside_brackets or _link_of(run) is not None)
        case "code":
            return _code(run.text)
        case "note":
            return f"[^{run.text}]"
        case "break":
            return "\\\n"
    raise LookupError(f"no leaf: {run.kind}")


def _code(text: str) -> str:
    lengths = set(map(len, _BACKTICKS.findall(text)))
    length = next(length for length in range(1, len(lengths) + 2) if length not in lengths)
    padded = text[0] == "`" or text[-1] == "`" or (text[0] == " " and text[-1] == " ")
    space = " " if padded else ""
    return f"{'`' * length}{space}{text}{space}{'`' * length}"


def _text(runs: Sequence[Run], place: int, inside_brackets: bool) -> str:
    source = runs[place].text

    def escaped(match: re.Match[str]) -> str:
        char, start = match[0], match.start()
        before, after = source[start - 1 : start] if start else "", source[start + 1 : start + 2]
        match char:
            case "_":
                plain = bool(_WORD.fullmatch(before) and _WORD.fullmatch(after))
            case "[":
                plain = not inside_brackets and after != "^"
            case "]":
                plain = not inside_brackets and after != "("
            case "<":
                plain = after == " "
            case "&":
                plain = not _ENTITY.match(source, start)
            case _:
                plain = False
        return char if plain else f"\\{char}"

    text = _SPECIAL.sub(escaped, source)
    if source.startswith("(") and place and runs[place - 1].kind == "note":
        text = f"\\{text}"
    following = _link_of(runs[place + 1]) if place + 1 < len(runs) else None
    if source.endswith("!") and following and following != _link_of(runs[place]):
        text = f"{text[:-1]}\\!"
    return text


def _choose_signs(pieces: list[_Piece]) -> None:
    """An underscore for emphasis that touches or overlaps strong emphasis.

    Rows of stars of both could be read in several ways; only ``***both***`` can't.
    """
    place = 0
    places: dict[_Edge, int] = {}
    for piece in pieces:
        if isinstance(piece, _Edge):
            places[piece] = place
        else:
            place += 1
    spans = [(edge, places[edge], places[edge.partner]) for edge in places if edge.opens]
    # Those of strong emphasis overlap none of their own, so they are in order by both ends.
    strong = [(start, end) for edge, start, end in spans if edge.mark == "strong"]
    starts, ends = [start for start, _ in strong], [end for _, end in strong]
    for edge, start, end in spans:
        near = strong[bisect_left(ends, start) : bisect_right(starts, end)]
        if edge.mark == "em" and near not in ([], [(start, end)]):
            edge.sign = edge.partner.sign = "_"


def _assembled(pieces: list[_Piece]) -> str:
    """The pieces in a row; a character beside a mark is written as an entity where it must be."""
    out = ""
    signs = [piece if isinstance(piece, str) else piece.sign for piece in pieces]
    for place, piece in enumerate(pieces):
        if isinstance(piece, str):
            out += signs[place]
            continue
        start, end = _row(pieces, place)
        if place > start:  # its first sign has seen to the whole row
            out += signs[place]
            continue
        after = "".join(signs[end : end + 3])[:2]
        can_open, can_close = flanking(out[-2:], after, signs[place] != "_")
        if piece.opens and not can_open and is_letter(out[-1:] or " "):
            out = f"{out[:-1]}&#{ord(out[-1])};"
        elif not piece.opens and not can_close and is_letter(after[:1] or " "):
            first = signs[end]
            signs[end] = f"&#{ord(first[0])};{first[1:]}"
        out += signs[place]
    return out


def _row(pieces: list[_Piece], place: int) -> tuple[int, int]:
    """Where the row of equal signs around an edge starts and ends."""

    def sign(at: int) -> str:
        piece = pieces[at] if 0 <= at < len(pieces) else ""
        return piece.sign[0] if isinstance(piece, _Edge) else ""

    start, end = place, place + 1
    while sign(start - 1) == sign(place):
        start -= 1
    while sign(end) == sign(place):
        end += 1
    return start, end
