"""From a file to what was read from it."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.core.errors import Invalid
from app.documents import images, pandoc
from app.documents.characters import legible, normalise
from app.documents.importing import kinds, plaintext, wordlists
from app.documents.importing.blocks import Writer
from app.documents.importing.footnotes import gathered
from app.documents.importing.inlines import shown
from app.documents.importing.model import (
    Finding,
    Format,
    Imported,
    Limits,
    Picture,
    Refused,
    TooComplex,
    excerpt,
)
from app.documents.importing.office import Package, open_package
from app.documents.importing.words import all_words
from app.documents.parse import parse
from app.documents.plain import plain
from app.documents.profile import MAX_CHARACTERS
from app.documents.tree import Element
from app.documents.write import canonical

MOST_TEXT: Final = 6 * MAX_CHARACTERS
"""Bytes of a plain text or Markdown."""

MOST_HTML: Final = 8 * 1024 * 1024
"""Bytes of a page without the images inside it."""

USUAL: Final = Limits()
MOST_IMAGES: Final = 50
LONGEST_TITLE: Final = 300

_TITLE_BLOCK: Final = "title-block-header"
"""Where pandoc's own pages show title, authors and abstract."""

_READERS: Final = {
    Format.DOCX: ("docx", ("--track-changes=accept",)),
    Format.ODT: ("odt", ()),
    Format.HTML: ("html-smart", ()),
    Format.MARKDOWN: ("commonmark_x-smart-emoji+yaml_metadata_block", ()),
}
_DATA_IMAGE: Final = re.compile(r"data:image/[a-z.+-]{1,30};base64,([A-Za-z0-9+/=\s]{1,40000000})")
#: What our own grammar would take for words although its writer meant markup.
_FOREIGN: Final = re.compile(
    r"<[a-zA-Z/!?]|!\[|\A---\s*$|\$|^:::|\{[.#]|~~|\[@|^[ \t]*\[[^\]^\n]+\]:"
    r"|^ {0,3}[*-] \[[ x]\]|^: ",
    re.MULTILINE,
)
_LOOKS_MARKED: Final = re.compile(r"^ {0,3}#{1,6}\s+\S|^\[\^[^\]\s]+\]:", re.MULTILINE)


def read(file: BinaryIO, filename: str, folder: Path, *, limits: Limits = USUAL) -> Imported:
    """What is in the file; its images are put into the folder, which is the caller's to remove.

    ``filename`` only tells Markdown from plain text. Raises Refused; TooComplex where it went
    beyond the limits.
    """
    kinds.size(file)
    if kinds.is_package(file):
        package = open_package(file)
        return _through_pandoc(
            package.for_pandoc(limits.xml), package.format, _Images(folder, package), limits
        )
    content = file.read()
    form = kinds.text_format(content, filename)
    if form is Format.HTML:
        return _html(content, folder, limits)
    if len(content) > MOST_TEXT:
        raise Refused("upload.too_long", limit=MAX_CHARACTERS)
    text, findings = plaintext.decode(content)
    text = normalise(text)
    if form is Format.MARKDOWN or _LOOKS_MARKED.search(text):
        return _markdown(text, findings, folder, limits)
    return _plain(text, findings)


def check(file: BinaryIO) -> None:
    """Refuse what can be seen to be no such file without reading all of it. Raises Refused."""
    kinds.size(file)
    if kinds.is_package(file):
        open_package(file)
    file.seek(0)


@dataclass
class _Images:
    """Makes the images of a file safe, as they are asked for, and puts them into a folder.

    Attributes:
        findings: what of drawings could not be kept.
        inside: those that stand in the file's own text, by the name that was put in their place.
    """

    folder: Path
    package: Package | None = None
    inside: dict[str, bytes] = field(default_factory=dict)
    found: dict[str, Picture] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)

    def resolve(self, source: str) -> str | None:
        """The ID by which the text refers to that image; None where it isn't in the file.

        Raises Invalid where it can't be used.
        """
        if source not in self._known:
            data = self._data(source)
            if data is None:
                return None
            if len(self.found) >= MOST_IMAGES:
                raise Invalid("figure.too_many", limit=MOST_IMAGES)
            image = images.safe(data)
            path = self.folder / f"{image.id}.{image.kind}"
            path.write_bytes(image.data)
            named = {} if source in self.inside else {"source": excerpt(source)}
            self.findings += (Finding(loss, data=named) for loss in image.losses)
            picture = Picture(image.id, image.kind, image.width, image.height, path)
            self._known[source] = image.id
            self.found[image.id] = picture
        return self._known[source]

    def _data(self, source: str) -> bytes | None:
        if source in self.inside:
            return self.inside[source]
        pieces = self.package.image(source) if self.package else None
        return None if pieces is None else b"".join(pieces)

    def alternative(self, source: str) -> str:
        """What the package says about an image where pandoc passes it over."""
        return self.package.alternatives.get(source, "") if self.package else ""


def _html(content: bytes, folder: Path, limits: Limits) -> Imported:
    pictures = _Images(folder)
    text, findings = plaintext.decode(content, declared=plaintext.declared_in_html(content))

    def take(match: re.Match[str]) -> str:
        name = f"inside-{len(pictures.inside) + 1}"
        with suppress(binascii.Error, ValueError):
            image = base64.b64decode("".join(match[1].split()), validate=True)
            if 0 < len(image) <= images.MAX_BYTES:
                pictures.inside[name] = image
        return name

    text = _DATA_IMAGE.sub(take, text)
    if len(text) > min(MOST_HTML, limits.xml):
        raise TooComplex
    page = wordlists.mended(text)
    found = _through_pandoc(page.encode("utf-8", "replace"), Format.HTML, pictures, limits)
    return _with(found, findings)


def _markdown(text: str, findings: list[Finding], folder: Path, limits: Limits) -> Imported:
    document = parse(text)
    if document.problems or _FOREIGN.search(text):
        found = _through_pandoc(text.encode(), Format.MARKDOWN, _Images(folder), limits)
        return _with(found, findings)
    title, first = "", document.tokens[:2]
    if len(first) == 2 and first[0].type == "heading_open" and first[0].map:
        title = _heading(first[1].content)
        text = "\n".join(document.source.split("\n")[first[0].map[1] :])
    return _finished(Imported(Format.MARKDOWN, text.strip("\n") + "\n", title), findings)


def _heading(source: str) -> str:
    """A heading's words without its markup."""
    return " ".join(plain(source).split())


def _plain(text: str, findings: list[Finding]) -> Imported:
    blocks = plaintext.paragraphs(text)
    if not blocks:
        raise Refused("upload.no_text")
    written = "\n\n".join(plaintext.write(block) for block in blocks) + "\n"
    return _finished(Imported(Format.TEXT, written), findings)


def _through_pandoc(source: bytes, form: Format, pictures: _Images, limits: Limits) -> Imported:
    reader, arguments = _READERS[form]
    try:
        made = pandoc.convert(
            source,
            reads=reader,
            to="json",
            arguments=arguments,
            timeout=limits.seconds,
            most_bytes=limits.tree,
        )
        tree = json.loads(made)
        del made
        return _written(tree, form, pictures)
    except pandoc.PandocTimeout as error:
        raise TooComplex from error
    except pandoc.PandocFailed as error:
        raise _reason(error) from error
    except RecursionError as error:
        raise TooComplex() from error


_HEAP_EXHAUSTED: Final = 251
"""Pandoc's exit code for its runtime's heap overflow; below zero, the signal that ended it."""


def _reason(error: pandoc.PandocFailed) -> Refused:
    status = int(error.data["status"])
    too_much = status < 0 or status == _HEAP_EXHAUSTED
    return TooComplex() if too_much else Refused("upload.damaged")


def _written(tree: dict[str, Any], form: Format, pictures: _Images) -> Imported:
    package = pictures.package
    surveyed = list(package.findings) if package else []
    writer = Writer(pictures.resolve, pictures.alternative)
    meta = tree["meta"]
    given = _line(meta.get("title"))
    if form is Format.HTML:
        tree["blocks"] = gathered(tree["blocks"])
    # A page's own title often ends in the name of its site: its first heading is better.
    if form is Format.HTML and not _has_title_block(tree["blocks"]):
        given = (
            "" if any(block["t"] == "Header" for block in _unwrapped(tree["blocks"])[:1]) else given
        )
    title, blocks = _title(given, _unwrapped(tree["blocks"]), package)
    abstract = writer.text(_meta_blocks(meta.get("abstract"))).strip()
    if subtitle := _line(meta.get("subtitle")):
        blocks = [{"t": "Para", "c": [{"t": "Str", "c": subtitle}]}, *blocks]
    writer = Writer(pictures.resolve, pictures.alternative, indents_notes=form is Format.ODT)
    text = writer.text(blocks)
    found = Imported(
        form,
        text,
        title,
        abstract,
        tuple(_authors(meta.get("author"))),
        tuple(pictures.found.values()),
    )
    if package and package.formulas > writer.formulas:  # pandoc passes over what it can't read
        surveyed.append(Finding("object.dropped"))
    return _finished(found, [*surveyed, *pictures.findings, *writer.findings])


def _finished(found: Imported, findings: Sequence[Finding]) -> Imported:
    """The same in the spelling in which texts are stored, once it is sure that it can be."""
    clean = {name: _clean(getattr(found, name)) for name in ("text", "title", "abstract")}
    more = []
    if any(clean[name] != normalise(getattr(found, name)) for name in clean):
        more.append(Finding("characters.dropped"))
    document = parse(clean["text"])
    text = canonical(document)  # which has no problems if it is another text than the document's
    if not text.strip():
        raise Refused("upload.no_text")
    if len(text) > MAX_CHARACTERS:
        raise Refused("upload.too_long", limit=MAX_CHARACTERS)
    if any(problem.code.startswith("text.too_") for problem in document.problems):
        raise TooComplex()
    return Imported(
        found.format,
        text,
        " ".join(clean["title"].split())[:LONGEST_TITLE],
        clean["abstract"].strip(),
        found.authors,
        found.images,
        (*found.findings, *findings, *more),
    )


def _with(found: Imported, findings: list[Finding]) -> Imported:
    return Imported(
        found.format,
        found.text,
        found.title,
        found.abstract,
        found.authors,
        found.images,
        (*findings, *found.findings),
    )


def _clean(text: str) -> str:
    """Without the characters that no text may hold."""
    return legible(normalise(text)).replace("\ufffd", "")


def _unwrapped(blocks: Iterable[Element]) -> list[Element]:
    """The blocks out of the divisions around them; not those that repeat the title."""
    found: list[Element] = []
    for block in blocks:
        if block["t"] != "Div":
            found.append(block)
        elif block["c"][0][0] != _TITLE_BLOCK:
            found += _unwrapped(block["c"][1])
    return found


def _has_title_block(blocks: Sequence[Element]) -> bool:
    return any(block["t"] == "Div" and block["c"][0][0] == _TITLE_BLOCK for block in blocks)


def _title(given: str, blocks: list[Element], package: Package | None) -> tuple[str, list[Element]]:
    """The title, and the blocks without it: a paragraph styled so, else what it begins with."""
    if package and package.title and not given:
        for place, block in enumerate(blocks[:5]):
            if shown(all_words(block)) == package.title:
                return package.title, blocks[:place] + blocks[place + 1 :]
    first = blocks[0] if blocks else None
    heading = shown(all_words(first)) if first and first["t"] == "Header" else ""
    if heading and given in {"", heading}:
        return heading, blocks[1:]
    return given, blocks


def _line(value: Any) -> str:
    return shown(all_words(value)) if not _is_string(value) else " ".join(value["c"].split())


def _is_string(value: Any) -> bool:
    return isinstance(value, dict) and value.get("t") == "MetaString"


def _meta_blocks(value: Any) -> list[Element]:
    match value:
        case {"t": "MetaBlocks", "c": blocks}:
            return list(blocks)
        case {"t": "MetaInlines", "c": inlines}:
            return [{"t": "Para", "c": inlines}]
        case {"t": "MetaString", "c": text}:
            return [{"t": "Para", "c": [{"t": "Str", "c": text}]}]
    return []


def _authors(value: Any) -> Iterable[str]:
    each = value["c"] if isinstance(value, dict) and value.get("t") == "MetaList" else [value]
    return filter(None, map(_line, each))
