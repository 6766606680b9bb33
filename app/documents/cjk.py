"""What Chinese, Japanese and Korean ask of CommonMark: emphasis and line breaks without spaces.

CommonMark tells an opening from a closing ``**`` by the spaces and punctuation around it, which
fails where words are not set apart by spaces: in ``**重点。**后文`` the stars would stay. Here a
CJK character, letter or punctuation, counts as a letter.
Sources: CommonMark 0.31, 6.2; Unicode UAX #11 (East Asian width); CSS Text 3, 4.1.3 (breaks).
"""

import unicodedata

from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType


def wide(char: str) -> bool:
    """Whether it is an East Asian character, whether letter or punctuation; false for ''."""
    return char != "" and unicodedata.east_asian_width(char) in "WFH"


def joins(before: str, after: str) -> bool:
    """Whether a line break between these two characters stands for nothing rather than a space.

    Chinese is written without spaces; Korean, though as wide, is not.
    """
    return all(
        wide(char) and "HANGUL" not in unicodedata.name(char, "") for char in (before, after)
    )


def is_letter(char: str) -> bool:
    """Whether it is neither space nor punctuation, to the rule of emphasis."""
    return not isWhiteSpace(ord(char)) and not isPunctChar(char)


def _counts_as_cjk(char: str, inner: str) -> bool:
    # “ ” ‘ ’ … — are shared with the Latin script; the character they enclose tells whose they are.
    return wide(char) or (wide(inner) and unicodedata.east_asian_width(char or " ") == "A")


class CjkState(StateInline):
    """The state of one inline parse, with the delimiter rule changed as above."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Whether the run of markers at ``start`` can open or close emphasis, and its length.

        ``canSplitWord`` is false for ``_``, for which CommonMark's own notion of punctuation stays.
        """
        source, end = self.src, start
        while end < self.posMax and source[end] == source[start]:
            end += 1
        can_open, can_close = flanking(
            source[max(start - 2, 0) : start], source[end : min(end + 2, self.posMax)], canSplitWord
        )
        return Scanned(can_open=can_open, can_close=can_close, length=end - start)


def flanking(before: str, after: str, can_split_word: bool) -> tuple[bool, bool]:
    """Whether a run of markers can open and whether it can close emphasis.

    ``before`` and ``after`` are the two characters on each side, fewer at an end of the text.
    """
    outer, inner = before[-1:] or " ", after[:1] or " "
    space_before, space_after = isWhiteSpace(ord(outer)), isWhiteSpace(ord(inner))
    mark_before, mark_after = isPunctChar(outer), isPunctChar(inner)
    cjk_before = _counts_as_cjk(outer, before[-2:-1])
    cjk_after = _counts_as_cjk(inner, after[1:2])

    # A neighbour beside which punctuation does not keep the run from opening or closing.
    opens_after = space_before or mark_before or cjk_before
    closes_before = space_after or mark_after or cjk_after
    left = not space_after and (not mark_after or cjk_after or opens_after)
    right = not space_before and (not mark_before or cjk_before or closes_before)
    return (
        left and (can_split_word or not right or mark_before),
        right and (can_split_word or not left or mark_after),
    )


class CjkInline(ParserInline):
    """The library's inline parser over a :class:`CjkState`."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Parse ``src`` and push its inline tokens onto ``tokens``."""
        state = CjkState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
