import pytest

from app.core.languages import CODES
from app.documents.measure import count


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Don't count: punctuation — or **markup**.", "en", 5),
        ("L'État, c'est moi.", "fr", 3),
        (f'One\n\n![not counted](figure:{"0" * 32} "two three")', "en", 3),
        ("Die Cyber-Sicherheit zählt 3 Dinge", "de", 6),
        ("Он сказал: «да».", "ru", 3),
        ("الأمن السيبراني، مهمّ.", "ar", 3),
        ("사이버 공간의 평화를 - 위한 **노력**을", "ko", 5),
        ("网络空间的和平。", "zh", 7),
        ("网络 空间，（和平）", "zh", 6),
        ("使用 TLS 协议", "zh", 5),
        ("2017年", "zh", 5),
        ("Cafe\u0301 q\u0323a 网", "zh", 3),
        ("[word](https://not.counted) a[^1]\n\n[^1]: two words", "en", 4),
    ],
)
def test_count_in_the_unit_of_the_language(text: str, language: str, expected: int) -> None:
    assert count(text, language) == expected


@pytest.mark.parametrize("language", CODES)
def test_count_of_nothing(language: str) -> None:
    assert count("", language) == 0
    assert count("… — !\n\n---", language) == 0


def test_count_unknown_language() -> None:
    with pytest.raises(KeyError):
        count("a", "xx")
