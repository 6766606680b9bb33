import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from app.documents import pandoc
from app.documents.tree import Element, blocks, document


def tree(text: str = "a **b**") -> Element:
    return document(blocks(text), {"title": "T"})


def test_run_text_and_binary_formats() -> None:
    assert pandoc.run(tree(), to="html") == b"<p>a <strong>b</strong></p>\n"
    docx = zipfile.ZipFile(BytesIO(pandoc.run(tree(), to="docx")))
    assert b"<w:t" in docx.read("word/document.xml")


def test_run_reads_templates_in_the_sandbox(tmp_path: Path) -> None:
    template = tmp_path / "t.html"
    template.write_text("[$title$]")
    assert pandoc.run(tree(), to="html", arguments=[f"--template={template}"]) == b"[T]"


def test_run_sandbox_keeps_images_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    image = {"t": "Image", "c": [["", [], []], [], [str(secret), ""]]}
    hostile = document([{"t": "Para", "c": [image]}], {})
    docx = zipfile.ZipFile(BytesIO(pandoc.run(hostile, to="docx")))
    assert not any(docx.read(name) == b"secret" for name in docx.namelist())
    with pytest.raises(ValueError, match="sandbox"):
        pandoc.run(hostile, to="docx", sandbox=False)


def test_run_without_sandbox_reads_style_sheets(tmp_path: Path) -> None:
    style = tmp_path / "s.css"
    style.write_text("p { color: red }")
    epub = pandoc.run(tree(), to="epub3", arguments=[f"--css={style}"], sandbox=False)
    book = zipfile.ZipFile(BytesIO(epub))
    assert any(b"color: red" in book.read(name) for name in book.namelist())


def test_run_failure() -> None:
    with pytest.raises(pandoc.PandocFailed) as failure:
        pandoc.run({"pandoc-api-version": [1, 23], "meta": {}, "blocks": [{"t": "No"}]}, to="html")
    assert failure.value.code == "pandoc.failed"
    assert failure.value.data["status"] != 0
    assert "JSON parse error" in failure.value.data["stderr"]


def test_run_unknown_format() -> None:
    with pytest.raises(pandoc.PandocFailed):
        pandoc.run(tree(), to="nothing")


def test_run_timeout_kills_the_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "pandoc"
    slow.write_text(f"#!/bin/sh\n(sleep 1; touch {tmp_path}/late) &\nwait\n")
    slow.chmod(0o755)
    monkeypatch.setattr(pandoc, "_executable", lambda: str(slow))
    with pytest.raises(pandoc.PandocTimeout) as timeout:
        pandoc.run(tree(), to="html", timeout=0.2)
    assert timeout.value.data == {"to": "html", "seconds": 0.2}
    time.sleep(1.5)
    assert not (tmp_path / "late").exists()


def test_run_environment_is_minimal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shows = tmp_path / "pandoc"
    shows.write_text("#!/bin/sh\nenv\npwd\n")
    shows.chmod(0o755)
    monkeypatch.setattr(pandoc, "_executable", lambda: str(shows))
    monkeypatch.setenv("JSI_SECRET_KEY", "secret")
    output = pandoc.run(tree(), to="html").decode()
    assert "secret" not in output
    assert str(Path.cwd()) not in output.splitlines()
