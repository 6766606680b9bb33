"""DOCX and ODT: told from other archives, searched for what harms, made small for pandoc.

Pandoc never sees the file that was sent. It gets a new archive of those XML parts it reads, each
checked, and stands-in for the images; these are read from the original one by one, by us. Nothing
is ever unpacked to a name that the archive chose.

Sources: ECMA-376 (Office Open XML), part 2 (packages); OpenDocument 1.3, part 2 (packages);
MS-OFFCRYPTO (what a protected file looks like).
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO, Final
from xml.parsers import expat

from app.documents.images import MAX_BYTES
from app.documents.importing.mending import mend
from app.documents.importing.model import Finding, Format, Refused, TooComplex
from app.documents.importing.survey import Survey

MOST_ENTRIES: Final = 3_000
MOST_UNPACKED: Final = 256 * 1024 * 1024
"""Bytes of all parts together, images included, as the archive declares them."""

MOST_PART: Final = 32 * 1024 * 1024
"""Bytes of one XML part."""

MOST_RATIO: Final = 150
"""How many times an XML part above ``RATIO_FROM`` may grow; texts shrink to a twentieth."""

RATIO_FROM: Final = 1024 * 1024

_DOCX_KINDS: Final = ("wordprocessingml.document.main+xml", "wordprocessingml.template.main+xml")
_ODT_KINDS: Final = (
    b"application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.text-template",
)
_CONTENT_TYPES: Final = "[Content_Types].xml"
_LEFT_OUT: Final = ("customXml/", "docProps/", "META-INF/", "Thumbnails/", "Configurations2/")
_STAND_IN: Final = b"\x89PNG\r\n\x1a\n"
_IMAGE_FOLDERS: Final = ("word/media/", "media/", "Pictures/")
_MATH: Final = re.compile(rb"<(?:\w+:)?math\b")
_CHUNK: Final = 64 * 1024
_ENCRYPTED_BIT: Final = 1


@dataclass
class Package:
    """An open DOCX or ODT that may be read.

    Attributes:
        findings: what its XML holds that pandoc passes over.
        title: of a paragraph in the style of titles; pandoc tells it of DOCX only.
        formulas: how many an ODT shows that pandoc is given.
    """

    format: Format
    _archive: zipfile.ZipFile
    findings: list[Finding] = field(default_factory=list)
    title: str = ""
    alternatives: dict[str, str] = field(default_factory=dict)
    formulas: int = 0

    def for_pandoc(self, most_xml: int) -> bytes:
        """The same document as a new archive of its checked XML, of so many bytes at most.

        Raises Refused.
        """
        survey = Survey(self.format, self._formulas())
        left = most_xml
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as small:
            for entry in self._archive.infolist():
                name = entry.filename
                if name.startswith(_LEFT_OUT) or entry.is_dir():
                    continue
                if name.startswith(_IMAGE_FOLDERS):
                    small.writestr(name, _STAND_IN)
                elif name == "mimetype" or name.endswith((".xml", ".rels")):
                    left -= entry.file_size
                    if left < 0:
                        raise TooComplex
                    if content := self._checked(entry, survey):
                        small.writestr(name, content)
        self.findings = survey.findings
        self.title = survey.title
        self.alternatives = survey.alternatives
        self.formulas = survey.formulas_shown
        return made.getvalue()

    def _formulas(self) -> set[str]:
        """The embedded objects of an ODT that are MathML, by the name of their folder."""
        found = set()
        for entry in self._archive.infolist():
            folder, _, part = entry.filename.rpartition("/")
            if folder and part == "content.xml":
                head = next(_pieces(self._archive, entry), b"")
                if _MATH.search(head) and b"<!DOCTYPE" not in head:
                    found.add(folder)
        return found

    def _checked(self, entry: zipfile.ZipInfo, survey: Survey) -> bytes:
        """A part as pandoc may have it; b"" for one that it must not. Raises Refused."""
        content = _read(self._archive, entry)
        if entry.filename == "mimetype":
            return content
        try:
            _check(content, survey, entry.filename)
        except Refused as error:
            # Formulas of old versions of OpenOffice name the document type of MathML.
            if error.code != "upload.entities" or not entry.filename.startswith("Object "):
                raise
            return b""  # the survey has told where it stands
        return mend(content) if survey.needs_mending else content

    def image(self, source: str) -> Iterator[bytes] | None:
        """The bytes of a part that the text shows; None where there is none, or too large."""
        for name in (source, f"word/{source}", source.removeprefix("./")):
            try:
                entry = self._archive.getinfo(name)
            except KeyError:
                continue
            if name.startswith(_IMAGE_FOLDERS) and 0 < entry.file_size <= MAX_BYTES:
                return _pieces(self._archive, entry)
        return None


def open_package(file: BinaryIO) -> Package:
    """The document in that archive. Raises Refused."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise Refused("upload.damaged") from error
    entries = archive.infolist()
    _check_entries(entries)
    names = {entry.filename for entry in entries}
    kind = _format(archive, names)
    _check_harm(archive, names)
    return Package(kind, archive)


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused("upload.bomb")
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if (
            path.is_absolute()
            or ".." in path.parts
            or "\\" in entry.orig_filename
            or ":" in entry.filename.partition("/")[0]
            or "\x00" in entry.orig_filename
        ):
            raise Refused("upload.paths")
        if entry.flag_bits & _ENCRYPTED_BIT:
            raise Refused("upload.encrypted")
        is_xml = entry.filename.endswith((".xml", ".rels"))
        if is_xml and entry.file_size > max(RATIO_FROM, MOST_RATIO * entry.compress_size):
            raise Refused("upload.bomb")
    if len({entry.filename for entry in entries}) != len(entries):
        raise Refused("upload.damaged")


def _format(archive: zipfile.ZipFile, names: set[str]) -> Format:
    if _CONTENT_TYPES in names:
        types = _content_types(_read(archive, archive.getinfo(_CONTENT_TYPES)))
        if any("macroenabled" in kind.lower() for kind in types):
            raise Refused("upload.macros")
        if any(kind.endswith(_DOCX_KINDS) for kind in types):
            return Format.DOCX
        raise Refused("upload.other_office")
    if "mimetype" in names:
        kind = _read(archive, archive.getinfo("mimetype")).strip()
        if kind in _ODT_KINDS and "content.xml" in names:
            return Format.ODT
        raise Refused("upload.other_office")
    raise Refused("upload.archive")


def _content_types(content: bytes) -> list[str]:
    found: list[str] = []

    def start(_name: str, attributes: dict[str, str]) -> None:
        found.append(attributes.get("ContentType", ""))

    parser = _parser()
    parser.StartElementHandler = start
    _parse(parser, content)
    return found


def _check_harm(archive: zipfile.ZipFile, names: set[str]) -> None:
    lower = {name.lower() for name in names}
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in lower):
        raise Refused("upload.macros")
    if any(name.startswith(("basic/", "scripts/")) for name in lower):
        raise Refused("upload.macros")
    if "META-INF/manifest.xml" in names:
        manifest = _read(archive, archive.getinfo("META-INF/manifest.xml"))
        if b"encryption-data" in manifest:
            raise Refused("upload.encrypted")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.file_size > MOST_PART:
        raise TooComplex()
    return b"".join(_pieces(archive, entry))


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Never more than the archive declared: the library stops there, and compares the checksum."""
    try:
        with archive.open(entry) as part:
            while piece := part.read(_CHUNK):
                yield piece
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError) as error:
        # RuntimeError covers encryption and methods of compression that are not known.
        raise Refused("upload.damaged") from error
    except Exception as error:
        if type(error).__name__ in {"error", "LZMAError"}:  # zlib's, bz2's and lzma's own
            raise Refused("upload.damaged") from error
        raise


def _check(content: bytes, survey: Survey, name: str) -> None:
    parser = _parser(namespaces=True)
    survey.listen(parser, name)
    _parse(parser, content)


def _parser(*, namespaces: bool = False) -> expat.XMLParserType:
    """One that refuses a document type: with it come entities, ours have none."""
    parser = expat.ParserCreate(namespace_separator=" " if namespaces else None)
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Refused("upload.entities")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _parse(parser: expat.XMLParserType, content: bytes) -> None:
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Refused("upload.damaged") from error
