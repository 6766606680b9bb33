"""Names that are written differently are found to be the same."""

import pytest

from app.core.comparable import comparable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Université de Genève", " UNIVERSITE  DE GENEVE. "),
        ("Université de Genève", "Universite\u0301 de Gene\u0300ve"),
        ("МГУ имени Ломоносова", "MGU imeni Lomonosova"),
        ("جامعة القاهرة", "جَامِعَة القاهرة"),
        ("外交部", "外 交 部"),
        ("서울대학교", "서울 대학교"),
        ("Auswärtiges Amt, Straße 1", "auswartiges amt strasse 1"),
    ],
)
def test_comparable_of_the_same_is_the_same(one: str, other: str) -> None:
    assert comparable(one) == comparable(other) != ""


@pytest.mark.parametrize("text", ["", "  ", "–", "n/a", "UN", "… ."])
def test_comparable_of_too_little_is_nothing(text: str) -> None:
    assert comparable(text) == ""


def test_comparable_of_others_differs() -> None:
    assert comparable("University of Geneva") != comparable("University of Genoa")
    assert comparable("北京大学") != comparable("清华大学")
