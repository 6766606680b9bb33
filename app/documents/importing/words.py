"""The inlines of pandoc's tree as runs of words; what of them can't be kept is noted.

Source: pandoc-types 1.23.1, ``Text.Pandoc.Definition`` (``Inline``).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from app.core.errors import Invalid
from app.documents.cjk import joins
from app.documents.importing.inlines import EM, STRONG, Run, escape, shown
from app.documents.importing.model import EXCERPT, MOST_FINDINGS, Finding, excerpt
from app.documents.profile import SCHEMES
from app.documents.tree import Element

_LINK: Final = re.compile(rf"(?:{'|'.join(SCHEMES)}):(?://)?[^/\s]", re.IGNORECASE)
_OWN_ANCHORS: Final = re.compile(r"#(_Toc|_ftn|_edn|_Ref|sdfootnote|sdendnote)")
"""What word processors point at in their own tables of contents and notes."""

_ELSEWHERE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|[a-z]:|file:", re.IGNORECASE)
_SMALL: Final = {
    "Superscript": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "Subscript": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}
_FORMATTING: Final = {
    "Underline": "formatting.underline",
    "Strikeout": "formatting.strikeout",
    "SmallCaps": "formatting.small_caps",
    "Superscript": "formatting.superscript",
    "Subscript": "formatting.subscript",
}
_QUOTES: Final = {"SingleQuote": "‘’", "DoubleQuote": "“”"}

Resolve = Callable[[str], str | None]
"""An image's name to the ID of its figure; None where there is none, Invalid where it is of no use.
"""


def _no_words(_source: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class _Where:
    """What an inline inherits: its marks, its link, and the words it stands among."""

    around: Sequence[Element]
    marks: frozenset[str] = frozenset()
    href: str = ""

    def run(self, text: str, kind: str = "text") -> Run:
        return Run(kind, text, self.marks, self.href)

    def marked(self, mark: str) -> "_Where":
        return replace(self, marks=self.marks | {mark})


@dataclass
class Words(ABC):
    """Turns inlines into runs; who writes the blocks says what becomes of footnotes.

    Attributes:
        resolve: asked for each image in turn.
        alternative: gives words for an image that the tree has none for, by its name.
        findings: what could not be kept, in the order of the text.
        place: where we are: the beginning of the paragraph.
        figures: images that wait for the end of their block, as they will be written.
        formulas: how many there were.
    """

    resolve: Resolve
    alternative: Callable[[str], str] = _no_words
    findings: list[Finding] = field(default_factory=list)
    place: str = ""
    figures: list[str] = field(default_factory=list)
    formulas: int = 0

    def report(self, code: str, place: str | None = None, **data: str | int) -> None:
        """Note what could not be kept."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(code, self.place if place is None else place, data))

    @abstractmethod
    def note(self, blocks: Sequence[Element]) -> str:
        """Keep a footnote; its label, "" where it is empty."""

    def runs(self, inlines: Sequence[Element]) -> list[Run]:
        """The words of a paragraph. Its images are added to ``figures``."""
        found = list(self._each(inlines, _Where(inlines)))
        self.place = excerpt(shown(found)) or self.place
        return found

    def _each(self, inlines: Sequence[Element], where: _Where) -> Iterator[Run]:
        before = ""
        for position, element in enumerate(inlines):
            name, content = element["t"], element.get("c")
            if name == "SoftBreak":
                after = inlines[position + 1] if position + 1 < len(inlines) else {"t": ""}
                text = after.get("c") if after["t"] == "Str" else ""
                if not (before and text and joins(before[-1], text[0])):
                    yield where.run(" ")
            else:
                yield from self._one(name, content, where)
            before = str(content) if name == "Str" else ""

    def _one(  # noqa: PLR0911 - one for each element
        self, name: str, content: Any, where: _Where
    ) -> Iterable[Run]:
        match name:
            case "Str":
                return (where.run(content),)
            case "Space":
                return (where.run(" "),)
            case "LineBreak":
                return (where.run("", "break"),)
            case "Emph":
                return self._each(content, where.marked(EM))
            case "Strong":
                return self._each(content, where.marked(STRONG))
            case "Span" | "Cite":
                return self._each(content[1], where)
            case _ if name in _FORMATTING:
                return self._formatting(name, content, where)
        return self._rarer(name, content, where)

    def _rarer(  # noqa: PLR0911 - one for each element
        self, name: str, content: Any, where: _Where
    ) -> Iterable[Run]:
        match name:
            case "Code":
                return (where.run(content[1], "code"),)
            case "Math":
                self.formulas += 1
                self._report_among(where, "formula.as_text")
                return (where.run(content[1], "code"),)
            case "Link":
                return self._link(content, where)
            case "Image":
                return self._image(content, where)
            case "Note":
                label = self.note(content)
                return (Run("note", label, where.marks),) if label else ()
            case "Quoted":
                return self._quoted(content, where)
            case "RawInline":
                self._report_among(where, "markup.raw", kind=content[0])
                return ()
        self._report_among(where, "element.unknown", name=name)
        return all_words(content)

    def _report_among(self, where: _Where, code: str, **data: str | int) -> None:
        self.report(code, _beginning(where.around) or self.place, **data)

    def _quoted(self, content: Any, where: _Where) -> Iterator[Run]:
        marks = _QUOTES[content[0]["t"]]
        yield where.run(marks[0])
        yield from self._each(content[1], where)
        yield where.run(marks[1])

    def _formatting(self, name: str, content: Sequence[Element], where: _Where) -> Iterator[Run]:
        words = shown(all_words(content))
        if name in _SMALL:
            small = words.translate(_SMALL[name])
            if words and all(before != after for before, after in zip(words, small, strict=True)):
                yield where.run(small)
                return
        if words and not where.href:  # that links are underlined nobody meant
            self.report(_FORMATTING[name], excerpt(words))
        yield from self._each(content, where)

    def _link(self, content: Any, where: _Where) -> Iterator[Run]:
        _, inlines, (target, _) = content
        if _LINK.match(target):
            inside = replace(where, href=target)
            waiting = len(self.figures)
            found = list(self._each(inlines, inside))
            yield from found
            if not shown(found) and len(self.figures) == waiting:
                yield inside.run(target)
            return
        if target.startswith("#"):
            if not _OWN_ANCHORS.match(target):
                self.report("link.internal", excerpt(shown(all_words(inlines))))
        elif target:
            self.report("link.dropped", excerpt(shown(all_words(inlines))), link=excerpt(target))
        yield from self._each(inlines, replace(where, href=""))

    def _image(self, content: Any, where: _Where) -> Iterator[Run]:
        _, inlines, (source, title) = content
        alt = self.alternative(source) or shown(all_words(inlines))
        alt = alt or title.removeprefix("fig:").strip()
        place = _beginning(where.around) or self.place
        try:
            figure = self.resolve(source)
        except Invalid as error:
            figure = None
            self.report("image.refused", place, reason=error.code)
        else:
            if figure is None:
                code = "image.external" if _ELSEWHERE.match(source) else "image.missing"
                self.report(code, place, source=excerpt(source))
        if figure is None:
            yield where.run(alt)
            return
        if not alt:
            self.report("image.no_alternative", place)
        self.figures.append(f"![{escape(alt)}](figure:{figure})")


def all_words(content: Any) -> list[Run]:
    """Every word anywhere inside, without notes: for places, and for what nobody knows."""
    return list(_each_word(content))


def _beginning(inlines: Sequence[Element]) -> str:
    """The first words: no more is read, since a paragraph may have a thousand formulas."""
    return excerpt(shown(islice(_each_word(list(inlines)), 2 * EXCERPT)))


def _each_word(content: Any) -> Iterator[Run]:
    if isinstance(content, dict):
        match content.get("t"):
            case "Str":
                yield Run("text", content["c"])
            case "Space" | "SoftBreak" | "LineBreak":
                yield Run("text", " ")
            case "Code" | "Math" | "CodeBlock":
                yield Run("text", content["c"][1])
            case "Note" | "RawInline" | "RawBlock":
                return
            case name:
                yield from _each_word(content.get("c"))
                if name in _BLOCKS:
                    yield Run("text", " ")
    elif isinstance(content, list):
        for each in content:
            yield from _each_word(each)


_BLOCKS: Final = {"Para", "Plain", "Header"}
