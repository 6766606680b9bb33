"""What the linter does not know: no module grows out of sight."""

import pytest

from app.config import ROOT

MOST_LINES = 400


@pytest.mark.parametrize("folder", ["app", "bench", "tests", "tools"])
def test_no_module_is_longer_than_anybody_reads(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))
    assert files
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in files
    }
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
