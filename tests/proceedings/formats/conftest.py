"""What the books are checked with."""

import pytest

from tests.required import program


@pytest.fixture(scope="session")
def java() -> str:
    """Which epubcheck runs in."""
    return program("epubcheck", "java")
