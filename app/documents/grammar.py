"""The grammar of the profile: markdown-it-py, the rules we keep, its worst cases bounded."""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as table_rule
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote import footnote_plugin

from app.documents.cjk import CjkInline
from app.documents.profile import MAX_CELLS, MAX_LABEL, MAX_NESTING

# Indented code is left out: essays indent paragraphs, and rarely hold code.
_BLOCKS: Final = ["table", "fence", "blockquote", "hr", "list", "reference", "heading", "lheading"]
_INLINES: Final = [
    *("newline", "escape", "backticks", "emphasis", "link", "image", "autolink", "entity"),
    *("balance_pairs", "fragments_join"),
]
_REFERENCE: Final = re.compile(rf"\[\^([^\]\s]{{1,{MAX_LABEL}}})\]")


def _footnote_reference(state: StateInline, silent: bool) -> bool:
    # The plugin's rule looks for "]" up to the end of the text at each "[^": 10,000 took 17 s.
    # This one also matches labels nobody defined, so that they can be reported.
    match = _REFERENCE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": match.group(1)}
    state.pos = match.end()
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # The library fills up 65,536 cells for each table, which takes 0.6 s: so few tables in all.
    cells: int = state.env.get("cells", 0)
    if cells > MAX_CELLS:
        return False
    first = len(state.tokens)
    matched = table_rule(state, start, end, silent)
    state.env["cells"] = cells + (len(state.tokens) - first) // 3  # a cell is three tokens
    return matched


class Grammar(MarkdownIt):
    """The parser; it holds nothing of a text, so one serves all threads.

    ``env["cells"]`` tells, after a parse, how many cells of tables were made.
    """

    def __init__(self) -> None:
        super().__init__("zero")
        self.inline = CjkInline()
        self.configure("zero", {"maxNesting": MAX_NESTING})
        self.enable([*_BLOCKS, *_INLINES])
        self.disable("text_join")  # which would hide from settling what entities decoded to
        footnote_plugin(self, inline=False, move_to_end=False)
        self.inline.ruler.at("footnote_ref", _footnote_reference)
        self.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})

    def validateLink(self, url: str) -> bool:
        """Any: which links stay is decided, and reported, when the parse is settled."""
        return True

    def normalizeLinkText(self, url: str) -> str:
        """The address as typed: decoding it could bring forth what the source may not hold."""
        return url


GRAMMAR: Final = Grammar()
