"""What a word processor's XML holds that pandoc passes over in silence, each with its paragraph.

Sources: ECMA-376 part 1, 17 (WordprocessingML); OpenDocument 1.3 part 3.
"""

from collections.abc import Container
from typing import Final
from xml.parsers import expat

from app.documents.importing.mending import MENDED
from app.documents.importing.model import (
    MOST_FINDINGS,
    Finding,
    Format,
    TooComplex,
    excerpt,
)

MOST_DEPTH: Final = 200
"""Elements inside one another; documents that people write stay below fifty."""

_DOCX: Final = {
    "ins": "changes.accepted",
    "moveTo": "changes.accepted",
    "del": "changes.dropped",
    "commentReference": "comment.dropped",
    "txbxContent": "object.text_box",
    "object": "object.dropped",
    "altChunk": "object.dropped",
    "chart": "object.chart",
    "relIds": "object.chart",
}
_ODT: Final = {
    "change-start": "changes.accepted",
    "change": "changes.dropped",
    "annotation": "comment.dropped",
    "text-box": "object.text_box",
    "object-ole": "object.dropped",
}
_BESIDE: Final = frozenset({"annotation", "note-citation"})
"""In an ODT's paragraphs, what is none of their own words."""

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: Fields whose shown text is all that a reader needs.
_QUIET_FIELDS: Final = {
    "HYPERLINK",
    "SEQ",
    "NOTEREF",
    "LANGUAGE",
    "SYMBOL",
    "ADVANCE",
    "EQ",
    "FORMTEXT",
}
_BODY_PARTS: Final = ("word/document", "word/footnotes", "word/endnotes", "content.xml")
_MARGIN_PARTS: Final = ("word/header", "word/footer")


class Survey:
    """Listens to the parser of one part after another.

    Attributes:
        findings: in the order of the text.
        title: the first paragraph whose style is ODT's ``Title``.
        alternatives: by image, the words that ODT has for it.
        formulas_shown: how many of the formulas stand in the text.
        needs_mending: whether the part that was heard last holds what pandoc would lose.
    """

    def __init__(self, form: Format, formulas: Container[str] = ()) -> None:
        """``formulas``: the objects inside an ODT that pandoc can be given."""
        self.formulas_shown = 0
        self._formulas = formulas
        self.findings: list[Finding] = []
        self.title = ""
        self.alternatives: dict[str, str] = {}
        self._codes = _DOCX if form is Format.DOCX else _ODT
        self._odt = form is Format.ODT
        self._depth = 0
        self._reset()

    def _reset(self) -> None:
        self._texts: list[list[str]] = []  # of the paragraphs that are open
        self._waiting: list[list[str]] = []  # codes found in each of them
        self._instruction: list[str] | None = None
        self._fallback = 0
        self._struck = False
        self._title_depth = 0
        self._image = ""
        self._words: list[str] | None = None
        self._margin = False
        self.needs_mending = False

    def listen(self, parser: expat.XMLParserType, name: str) -> None:
        """Hear that part's elements. Raises Refused where they are nested too deeply."""
        self._reset()
        self._depth = 0
        if name.startswith(_BODY_PARTS):
            parser.StartElementHandler = self._start
            parser.EndElementHandler = self._end
            parser.CharacterDataHandler = self._text
        elif name.startswith(_MARGIN_PARTS) or name == "styles.xml":
            parser.StartElementHandler = self._margin_start
            parser.EndElementHandler = self._leave
            parser.CharacterDataHandler = self._margin_text
        else:
            parser.StartElementHandler = self._enter
            parser.EndElementHandler = self._leave

    def _enter(self, *_: object) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise TooComplex()

    def _leave(self, *_: object) -> None:
        self._depth -= 1

    # -- headers and footers ----------------------------------------------------------------

    def _margin_start(self, name: str, _attributes: dict[str, str]) -> None:
        self._enter()
        if name.rpartition(" ")[2] in {"t", "p", "h"}:
            self._margin = True

    def _margin_text(self, text: str) -> None:
        code = "page.margins_dropped"
        known = any(finding.code == code for finding in self.findings)
        if self._margin and text.strip() and not text.strip().isdigit() and not known:
            self.add(code)

    # -- the text ---------------------------------------------------------------------------

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        self._enter()
        name = qualified.rpartition(" ")[2]
        if name in MENDED and not self._odt:
            self.needs_mending = True
        if name in {"p", "h"} and (self._odt or qualified.startswith(_W)):
            self._texts.append([])
            self._waiting.append([])
            if self._odt and not self.title and _style(attributes) == "Title":
                self._title_depth = self._depth
        elif name == "Fallback" or (self._odt and name in _BESIDE):
            if code := self._codes.get(name):
                self._note(code)
            self._fallback += 1
        elif self._fallback:
            return
        elif name == "instrText":
            self._instruction = []
        elif name == "fldSimple":
            self._field(attributes.get(f"{_W} instr", ""))
        elif name == "delText":
            self._struck = True
        elif self._odt and name in {"object", "image", "desc", "title"}:
            self._drawn(name, attributes)
        elif code := self._codes.get(name):
            self._found(name, qualified, code)

    def _found(self, name: str, qualified: str, code: str) -> None:
        if name in {"ins", "del", "object"} and not self._odt and not qualified.startswith(_W):
            return
        self._note(code)

    def _drawn(self, name: str, attributes: dict[str, str]) -> None:
        """What an ODT's frames hold: images with words for them; of objects, formulas are kept."""
        source = next((v for k, v in attributes.items() if k.endswith(" href")), "")
        if name == "image":
            self._image = source
        elif name != "object":
            self._words = [] if self._image else None
        elif source.removeprefix("./") in self._formulas:
            self.formulas_shown += 1
        else:
            self._note("object.dropped")

    def _end(self, qualified: str) -> None:
        self._leave()
        name = qualified.rpartition(" ")[2]
        if name in {"p", "h"} and self._texts and (self._odt or qualified.startswith(_W)):
            self._paragraph()
        elif name == "Fallback" or (self._odt and name in _BESIDE):
            self._fallback -= 1
        elif name == "instrText" and self._instruction is not None:
            self._field("".join(self._instruction))
            self._instruction = None
        elif name == "delText":
            self._struck = False
        elif name in {"desc", "title"} and self._words is not None:
            words = " ".join("".join(self._words).split())
            if words and not (name == "title" and self._image in self.alternatives):
                self.alternatives[self._image] = words
            self._words = None
        elif name == "frame":
            self._image = ""

    def _paragraph(self) -> None:
        text = "".join(self._texts.pop())
        if self._title_depth and self._depth < self._title_depth:
            self.title = self.title or " ".join(text.split())
            self._title_depth = 0
        for code in dict.fromkeys(self._waiting.pop()):
            self.add(code, excerpt(text))

    def _text(self, text: str) -> None:
        if self._words is not None:
            self._words.append(text)
        elif self._instruction is not None:
            self._instruction.append(text)
        elif self._texts and not self._fallback and not self._struck:
            self._texts[-1].append(text)

    def _field(self, instruction: str) -> None:
        words = instruction.split()
        kind = words[0].upper() if words else ""
        if kind and kind not in _QUIET_FIELDS:
            self._note("field.as_text")

    def _note(self, code: str) -> None:
        if self._waiting:
            self._waiting[-1].append(code)
        else:
            self.add(code)

    def add(self, code: str, place: str = "") -> None:
        """Note a finding."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(code, place))


def _style(attributes: dict[str, str]) -> str:
    return next((v for name, v in attributes.items() if name.endswith(" style-name")), "")
