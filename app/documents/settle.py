"""From what the grammar can say to what the profile keeps: links, images, footnotes, headings.

The result is ready to be rendered: every other module may trust it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from markdown_it.token import Token

from app.documents.characters import legible, named
from app.documents.cjk import joins
from app.documents.problem import Problem
from app.documents.profile import SCHEMES

HEADING_LEVELS: Final = 3
_ALLOWED_LINK: Final = re.compile(rf"(?:{'|'.join(SCHEMES)}):(?://)?[^/]", re.IGNORECASE)
_FIGURE: Final = re.compile(r"figure:([0-9a-f]{32})")
_ALIGNMENTS: Final = {
    "text-align:left": "start",
    "text-align:center": "center",
    "text-align:right": "end",
}


@dataclass(slots=True)
class Definition:
    """A footnote as written: where, and its block tokens."""

    line: int
    tokens: list[Token]


def split(tokens: Iterable[Token]) -> tuple[list[Token], dict[str, Definition], list[Problem]]:
    """Body, footnotes by label, and a problem for each label defined a second time."""
    body: list[Token] = []
    stack = [body]
    definitions: dict[str, Definition] = {}
    problems: list[Problem] = []
    for token in tokens:
        if token.type == "footnote_reference_open":
            label, line = token.meta["label"], (token.map or [0])[0] + 1
            stack.append([])
            if label in definitions:
                problems.append(Problem("footnote.duplicate", line, {"label": label}))
            else:
                definitions[label] = Definition(line, stack[-1])
        elif token.type == "footnote_reference_close":
            stack.pop()
        else:
            stack[-1].append(token)
    return body, definitions, problems


def text(token: Token) -> str:
    """What a reader sees of an inline token and of those inside it, without markup."""
    if token.type in ("softbreak", "hardbreak"):
        return " "
    # An image's content is its source; what is shown are its children, the words for it.
    return "".join(map(text, token.children)) if token.children is not None else token.content


@dataclass(slots=True)
class Settling:
    """One text's pass. It changes the tokens in place, since nobody else has seen them yet.

    Attributes:
        definitions: the footnotes by label.
        order: labels of the footnotes referred to, in the order of first reference.
        references: how often the text refers to each, by label.
        expansion: characters of all links' addresses and figures' captions, which reference links
            and images repeat.
        problems: what was found, in the order of the text.
    """

    definitions: dict[str, Definition]
    order: list[str] = field(default_factory=list)
    references: dict[str, int] = field(default_factory=dict)
    expansion: int = 0
    problems: list[Problem] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def body(self, tokens: list[Token]) -> None:
        """Settle the text itself; headings get the level at which they stand."""
        tokens[:] = self._with_figures(tokens)
        open_levels: list[int] = []
        for token in tokens:
            if token.type == "heading_open":
                written = int(token.tag[1])
                # A heading stands one below the nearest before it that was written higher, so
                # that the outline never skips a level, wherever the author began.
                while open_levels and open_levels[-1] >= written:
                    open_levels.pop()
                open_levels.append(written)
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{1 + min(len(open_levels), HEADING_LEVELS)}"
            self._block(token)

    def _with_figures(self, tokens: list[Token]) -> Iterable[Token]:
        """The same, with one ``figure`` token for each paragraph that is one."""
        position = 0
        while position < len(tokens):
            if figure := self._figure(tokens[position : position + 2]):
                yield figure
                position += 3
            else:
                yield tokens[position]
                position += 1

    def _figure(self, tokens: list[Token]) -> Token | None:
        if [token.type for token in tokens] != ["paragraph_open", "inline"] or tokens[0].level:
            return None
        children = tokens[1].children or []
        if [child.type for child in children] != ["image"]:
            return None
        if not (match := _FIGURE.fullmatch(str(children[0].attrs["src"]))):
            return None
        line = tokens[0].map[0] + 1 if tokens[0].map else None
        caption = self._one_line(str(children[0].attrs.get("title", "")), line)
        alternative = self._one_line(text(children[0]), line)
        if not alternative:
            self.problems.append(Problem("figure.alternative_missing", line))
        self.expansion += len(caption)
        attrs: dict[str, str | int | float] = {
            "id": match.group(1),
            "alternative": alternative,
            "caption": caption,
        }
        return Token("figure", "figure", 0, attrs=attrs, map=tokens[0].map, block=True)

    def _one_line(self, written: str, line: int | None) -> str:
        """The value as one line; numeric entities can write what the source may not hold."""
        kept = legible(written)
        for before, after in zip(written, kept, strict=True):
            if before != after:
                data = {"character": named(before)}
                self.problems.append(Problem("text.control_characters", line, data))
                break
        return " ".join(kept.split())

    def note(self, tokens: list[Token]) -> None:
        """Settle a footnote; in it, a heading is a paragraph."""
        for token in tokens:
            if token.type in ("heading_open", "heading_close"):
                token.type = token.type.replace("heading", "paragraph")
                token.tag = "p"
            self._block(token)

    def _block(self, token: Token) -> None:
        if token.type == "inline":
            token.children = self._inlines(token)
        elif token.type in ("th_open", "td_open"):
            style = str(token.attrs.pop("style", ""))
            if style in _ALIGNMENTS:
                token.attrs["class"] = _ALIGNMENTS[style]
            if token.type == "th_open":
                token.attrs["scope"] = "col"
        elif token.type == "fence":
            # Nobody is shown which language code is in, and no class may come of it.
            token.meta["info"], token.info = token.info.strip(), ""

    def _inlines(self, inline: Token) -> list[Token]:
        line = inline.map[0] + 1 if inline.map else None
        kept: list[Token] = []
        links: list[Token | None] = []  # those open, None for one that is not kept
        for token in inline.children or []:
            match token.type:
                case "link_open":
                    inside = any(links)
                    links.append(None if inside else self._link(token, line))
                    kept += [token] if links[-1] else _as_typed(token, "<")
                case "link_close":
                    opened = links.pop()
                    if opened and kept[-1] is opened:
                        kept.append(_text(str(opened.attrs["href"])))
                    kept += [token] if opened else _as_typed(token, ">")
                case "footnote_ref":  # never inside a link: the grammar has no brackets there
                    kept.append(self._reference(token, line))
                case "image":
                    self.problems.append(Problem("image.not_allowed", line))
                    kept.append(_text(legible(text(token))))
                case "text_special":
                    kept.append(self._decoded(token, line))
                case "softbreak" | "hardbreak":
                    line = None if line is None else line + 1
                    kept.append(token)
                case _:
                    kept.append(token)
        return _joined(_without_cjk_breaks(kept))

    def _link(self, token: Token, line: int | None) -> Token | None:
        href = str(token.attrs["href"])
        self.expansion += len(href)
        if not _ALLOWED_LINK.match(href):
            self.problems.append(Problem("link.scheme", line, {"link": href[:100]}))
            return None
        # A title is out of reach for touch and keyboard, so readers get none; it is only kept.
        token.meta["title"] = str(token.attrs.get("title", ""))
        token.attrs = {"href": href, "rel": "noopener nofollow ugc"}
        return token

    def _reference(self, token: Token, line: int | None) -> Token:
        label: str = token.meta["label"]
        if label not in self.definitions:
            self.problems.append(Problem("footnote.undefined", line, {"label": label}))
            return _text(f"[^{label}]")
        if label not in self._numbers:
            self.order.append(label)
            self._numbers[label] = len(self.order)
        self.references[label] = self.references.get(label, 0) + 1
        token.meta = {"number": self._numbers[label], "reference": self.references[label]}
        return token

    def _decoded(self, token: Token, line: int | None) -> Token:
        # Numeric entities can write what the source may not hold.
        content = legible(token.content)
        if "\ufffd" in content:
            self.problems.append(
                Problem("text.control_characters", line, {"character": token.markup})
            )
        return _text(content)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _as_typed(token: Token, bracket: str) -> list[Token]:
    # Of <std::vector> the brackets were no markup after all.
    return [_text(bracket)] if token.markup == "autolink" else []


def _without_cjk_breaks(tokens: list[Token]) -> list[Token]:
    """Drop the line breaks that stand between two characters of a script without spaces."""
    if not any(token.type == "softbreak" for token in tokens):
        return tokens
    kept: list[Token] = []
    before = ""
    waiting: int | None = None  # where a line break stands of which the right side is unseen
    for token in tokens:
        if token.type == "softbreak":
            waiting = len(kept)
        elif token.content:
            if waiting is not None and before and joins(before, token.content[0]):
                del kept[waiting]
            waiting, before = None, token.content[-1]
        kept.append(token)
    return kept


def _joined(tokens: list[Token]) -> list[Token]:
    """One token for each run of texts, as pandoc's readers make them."""
    joined: list[Token] = []
    for is_text, run in groupby(tokens, key=lambda token: token.type == "text"):
        found = list(run)
        joined += [_text("".join(token.content for token in found))] if is_text else found
    return joined
