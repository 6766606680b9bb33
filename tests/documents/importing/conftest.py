"""Files that people send, read."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.documents.importing import Imported, read

Read = Callable[..., Imported]


@pytest.fixture
def take(tmp_path: Path) -> Read:
    """``take(content, filename)`` reads it, with images into the test's folder."""

    def take(content: bytes, name: str = "essay.docx") -> Imported:
        found = read(io.BytesIO(content), name, tmp_path)
        return replace(found, text=found.text.strip("\n") + "\n")

    return take
