"""Sorting as readers expect it."""

import pytest

from app.core.collation import in_order


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("fr", ["cote", "coté", "côte", "côté", "Étude", "étudier", "zone"]),
        ("es", ["nube", "ñandú", "oro"]),
        ("de", ["Arbeit", "Ärger", "Art", "Zebra"]),
        ("ru", ["Ёж", "Ель", "Жук"]),
        ("zh", ["安全", "和平", "网络", "中国"]),
        ("ko", ["가나", "나라", "평화"]),
        ("ar", ["أمن", "بحث", "سلام"]),
    ],
)
def test_in_order_follows_the_language(code: str, words: list[str]) -> None:
    assert in_order(reversed(words), code, by=str) == words
