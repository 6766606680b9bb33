"""Files in a local folder."""

from pathlib import Path

import pytest

from app.core import storage


def test_put_then_stream_gives_the_same_bytes(tmp_path: Path) -> None:
    store = storage.make_store(f"file://{tmp_path / 'made' / 'files'}")
    source = tmp_path / "book.pdf"
    source.write_bytes(bytes(range(256)) * 4096)
    storage.put(store, "builds/a/1.pdf", source)
    assert storage.size(store, "builds/a/1.pdf") == source.stat().st_size
    assert b"".join(storage.stream(store, "builds/a/1.pdf")) == source.read_bytes()
    storage.delete(store, "builds/a/1.pdf")
    with pytest.raises(FileNotFoundError):
        storage.size(store, "builds/a/1.pdf")


def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    store = storage.make_store(f"file://{tmp_path / 'files'}")
    (tmp_path / "secret").write_text("x")
    with pytest.raises(Exception, match=r"\.\."):
        list(storage.stream(store, "../secret"))


def test_answers_for_an_empty_store(tmp_path: Path) -> None:
    assert storage.answers(storage.make_store(f"file://{tmp_path / 'files'}"))
