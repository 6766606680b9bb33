"""Files that harm: each is really made, refused with its reason, and leaves nothing behind."""

import io
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.documents.importing import MOST_BYTES, Limits, Refused, read
from tests.documents.importing.files import (
    DOCX_KIND,
    MACRO_KIND,
    RELS,
    SHEET_KIND,
    TYPES,
    archive,
    by_pandoc,
    document_xml,
    docx,
    paragraph,
    png,
    run,
    unpacked,
)

TEXT = paragraph(run("Text"))
ODT = "application/vnd.oasis.opendocument.text"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """For images. The system's folder for temporary files is a new one, and empty afterwards."""
    temporary, images = tmp_path / "temporary", tmp_path / "images"
    temporary.mkdir()
    images.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield images
    assert list(temporary.iterdir()) == []


def refusal(content: bytes, folder: Path, name: str = "essay.docx") -> str:
    with pytest.raises(Refused) as caught:
        read(io.BytesIO(content), name, folder)
    assert caught.value.field == "file"
    assert list(folder.iterdir()) == []
    return caught.value.code


def with_part(content: bytes, name: str, value: bytes | str) -> bytes:
    return archive({**unpacked(content), name: value})


def compound(*names: str) -> bytes:
    """The beginning of an OLE file, with those names in its directory."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return head + b"".join(name.encode("utf-16-le") + b"\0" * 64 for name in names) + b"\0" * 4096


BILLION_LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "upload.empty", id="empty"),
        pytest.param(b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 200, "upload.program", id="exe"),
        pytest.param(b"\x7fELF\x02\x01\x01" + b"\0" * 200, "upload.program", id="elf"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\n", "upload.pdf", id="pdf"),
        pytest.param(b"\n\n%PDF-1.4 late\x00", "upload.pdf", id="late pdf"),
        pytest.param(b"{\\rtf1\\ansi Text}", "upload.rtf", id="rtf"),
        pytest.param(compound("WordDocument"), "upload.old_word", id="doc"),
        pytest.param(compound("EncryptedPackage"), "upload.encrypted", id="protected docx"),
        pytest.param(png(), "upload.image", id="image"),
        pytest.param(b"\x1f\x8b\x08\x00rest", "upload.archive", id="gzip"),
        pytest.param(archive({"a.txt": "text"}), "upload.archive", id="zip"),
        pytest.param(b"\x00\x01\x02\x03" * 50, "upload.not_text", id="noise"),
        pytest.param(bytes(range(256)) * 9, "upload.not_text", id="all bytes"),
        pytest.param(b"  \n\n ", "upload.no_text", id="blank"),
        pytest.param(docx(""), "upload.no_text", id="docx without words"),
        pytest.param(by_pandoc("x", "docx")[:-40], "upload.damaged", id="truncated"),
        pytest.param(by_pandoc("x", "docx")[:3000], "upload.damaged", id="half"),
        pytest.param(by_pandoc("x", "epub"), "upload.other_office", id="epub"),
        pytest.param(b"<?xml version='1.0'?><office:document/>", "upload.other_office", id="flat"),
        pytest.param(docx(TEXT, kind=SHEET_KIND), "upload.other_office", id="sheet"),
        pytest.param(docx(TEXT, kind=MACRO_KIND), "upload.macros", id="docm"),
        pytest.param(
            docx(TEXT, more={"word/vbaProject.bin": b"x"}), "upload.macros", id="macros inside"
        ),
        pytest.param(
            with_part(by_pandoc("x", "odt"), "Basic/Standard/M.xml", "<x/>"),
            "upload.macros",
            id="odt with macros",
        ),
        pytest.param(
            with_part(by_pandoc("x", "odt"), "META-INF/manifest.xml", "<m><encryption-data/></m>"),
            "upload.encrypted",
            id="protected odt",
        ),
        pytest.param(docx(TEXT, prologue=BILLION_LAUGHS), "upload.entities", id="laughs"),
        pytest.param(docx(TEXT, prologue=EXTERNAL), "upload.entities", id="external entity"),
        pytest.param(docx(TEXT, prologue="<!DOCTYPE x>"), "upload.entities", id="doctype"),
        pytest.param(
            docx(TEXT, more={"word/styles.xml": f"{EXTERNAL}<x>&e;</x>"}),
            "upload.entities",
            id="entity in styles",
        ),
        pytest.param(
            docx(TEXT, more={"word/styles.xml": f"{EXTERNAL}<x/>".encode("utf-16")}),
            "upload.entities",
            id="entity in UTF-16",
        ),
        pytest.param(
            with_part(by_pandoc("x", "odt"), "content.xml", f"{BILLION_LAUGHS}<x>&a9;</x>"),
            "upload.entities",
            id="laughs in odt",
        ),
        pytest.param(docx("<w:p>"), "upload.damaged", id="broken XML"),
        pytest.param(docx("<w:p>" * 5000 + "</w:p>" * 5000), "upload.too_complex", id="deep"),
        pytest.param(
            docx(TEXT, more={"../../etc/cron.d/x": "x"}), "upload.paths", id="parent folder"
        ),
        pytest.param(docx(TEXT, more={"/etc/passwd": "x"}), "upload.paths", id="absolute"),
        pytest.param(docx(TEXT, more={"..\\x.xml": "x"}), "upload.paths", id="backslash"),
        pytest.param(docx(TEXT, more={"C:/x.xml": "x"}), "upload.paths", id="drive"),
        pytest.param(
            docx(TEXT, more={f"word/x{n}.xml": "" for n in range(3_100)}),
            "upload.bomb",
            id="many parts",
        ),
    ],
)
def test_read_refuses(folder: Path, content: bytes, code: str) -> None:
    assert refusal(content, folder) == code


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A part of 400 MB that takes 400 kB."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr("[Content_Types].xml", TYPES.format(kind=DOCX_KIND))
        file.writestr("_rels/.rels", RELS)
        with file.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(b" " * 1024 * 1024)
    return made.getvalue()


def test_read_refuses_a_bomb(folder: Path, bomb: bytes) -> None:
    assert len(bomb) < 1024 * 1024
    assert refusal(bomb, folder) == "upload.bomb"


def test_read_refuses_a_part_that_grows_too_much(folder: Path) -> None:
    spaces = document_xml(TEXT + " " * 30_000_000)
    content = archive(
        {"[Content_Types].xml": TYPES.format(kind=DOCX_KIND), "word/document.xml": spaces}
    )
    assert refusal(content, folder) == "upload.bomb"


def test_read_refuses_a_part_that_is_larger_than_it_says(folder: Path) -> None:
    """The archive claims ten bytes; the library stops there and finds the checksum wrong."""
    content = bytearray(docx(TEXT + " " * 5_000_000))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        true_size = file.getinfo("word/document.xml").file_size
    claimed = content.replace(true_size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert claimed != content
    assert refusal(bytes(claimed), folder) == "upload.damaged"


def test_read_never_opens_an_archive_inside(folder: Path, bomb: bytes) -> None:
    """What was embedded is left where it is: a bomb there never goes off."""
    found = read(
        io.BytesIO(docx(TEXT, more={"word/embeddings/sheet.xlsx": bomb})), "x.docx", folder
    )
    assert found.text.strip() == "Text"


def test_read_refuses_a_protected_archive(folder: Path) -> None:
    content = bytearray(docx(TEXT))
    # The bit that says so, in each header of the archive.
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(signature, place + 4)
    assert refusal(bytes(content), folder) == "upload.encrypted"


def test_read_refuses_two_parts_of_one_name(folder: Path) -> None:
    """Two readers may take different ones."""
    made = io.BytesIO(docx(TEXT))
    with zipfile.ZipFile(made, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("word/document.xml", document_xml(paragraph(run("Other"))))
    assert refusal(made.getvalue(), folder) == "upload.damaged"


def test_read_refuses_a_file_of_26_megabytes(folder: Path) -> None:
    assert refusal(b"a" * (MOST_BYTES + 1), folder) == "upload.too_large"


def test_read_refuses_a_sparse_file_without_reading_it(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "huge.docx"
    with path.open("wb") as file:
        file.truncate(1024**3)

    class Unread(io.FileIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the file was read")

    with Unread(os.fspath(path)) as file, pytest.raises(Refused) as caught:
        read(file, "huge.docx", folder)
    assert caught.value.code == "upload.too_large"


def test_read_gives_up_on_what_takes_too_long(folder: Path) -> None:
    with pytest.raises(Refused) as caught:
        read(io.BytesIO(by_pandoc("Text", "docx")), "x.docx", folder, limits=Limits(0.001))
    assert caught.value.code == "upload.too_complex"


def test_read_leaves_no_files_behind_when_it_takes_one(folder: Path) -> None:
    assert read(io.BytesIO(by_pandoc("Text", "docx")), "x.docx", folder).text.strip() == "Text"


def test_read_survives_deeply_nested_pages(folder: Path) -> None:
    for page in ("<div>" * 30_000 + "x", "<ul><li>" * 3_000 + "x", "<b><i>" * 3_000 + "x"):
        try:
            found = read(io.BytesIO(f"<html>{page}".encode()), "x.html", folder, limits=Limits(3))
        except Refused as error:
            assert error.code == "upload.too_complex"  # noqa: PT017 - either is right
        else:
            assert found.text.strip() == "x"


@pytest.mark.parametrize("sign", ["[", "*", "`", "![", "<", "**a", "> ", "- ", "[^1]", "$", "~~"])
def test_read_survives_markdown_that_makes_parsers_slow(folder: Path, sign: str) -> None:
    try:
        read(io.BytesIO(f"{sign * 5_000} x $".encode()), "x.md", folder, limits=Limits(3))
    except Refused as error:
        # Of a fence of signs that never ends, nothing is left.
        assert error.code in {"upload.too_complex", "upload.no_text"}  # noqa: PT017


@pytest.mark.parametrize(
    "runs",
    [
        "<w:r><w:rPr><w:i/></w:rPr><w:t>a</w:t></w:r><w:r><w:t>b</w:t></w:r>" * 12_000,
        "<w:r><w:t>*_[`</w:t></w:r>" * 12_000,
        "<w:r><w:t>a</w:t><w:br/></w:r>" * 12_000,
    ],
    ids=["emphasis", "signs", "breaks"],
)
def test_read_has_enough_of_a_paragraph_of_marks(folder: Path, runs: str) -> None:
    began = time.perf_counter()
    parts = unpacked(docx(paragraph(runs)))
    content = archive(parts, compression=zipfile.ZIP_STORED)
    try:
        read(io.BytesIO(content), "x.docx", folder)
    except Refused as error:
        assert error.code == "upload.too_complex"  # noqa: PT017 - either is right
    assert time.perf_counter() - began < 60  # unbounded, it took minutes


def test_read_has_enough_of_a_page_of_comments(folder: Path) -> None:
    began = time.perf_counter()
    read(io.BytesIO(b"<!---->" * 500 + b"<p>x"), "x.html", folder)
    assert time.perf_counter() - began < 10
