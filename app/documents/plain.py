"""The text as readers see it but without any markup: for counting, searching and comparing."""

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from app.documents.parse import Document, parse
from app.documents.settle import text as text_of

_LEAVES = ("inline", "fence")


def plain(text: str | Document, *, alternatives: bool = True) -> str:
    """Blocks one to a paragraph with an empty line between, footnotes at the end.

    Of a figure, its caption and, with ``alternatives``, before that its alternative text.
    There are no list markers and note numbers, which nobody wrote; a table's cells are set apart
    by tabulators, its rows by lines.
    """
    document = parse(text)
    blocks = list(_blocks(document.tokens, alternatives))
    for note in document.notes:
        blocks += _blocks(note.tokens, alternatives)
    return "\n\n".join(block for block in blocks if block.strip())


def _blocks(tokens: Iterable[Token], alternatives: bool) -> Iterator[str]:
    rows: list[list[str]] | None = None
    for token in tokens:
        if token.type == "table_open":
            rows = []
        elif token.type == "table_close":
            yield "\n".join("\t".join(row) for row in rows or ())
            rows = None
        elif token.type == "tr_open" and rows is not None:
            rows.append([])
        elif token.type == "figure":
            yield from [str(token.attrs["alternative"])] if alternatives else []
            yield str(token.attrs["caption"])
        elif token.type in _LEAVES and rows is not None:
            rows[-1].append(_line(token))
        elif token.type in _LEAVES:
            yield _line(token)


def _line(token: Token) -> str:
    if token.type == "fence":
        return token.content.rstrip("\n")
    return "".join(
        "\n" if child.type == "hardbreak" else text_of(child) for child in token.children or ()
    )
