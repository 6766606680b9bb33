import pytest

from app.documents.plain import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("# A\n\n*b* **c** `d`\ne  \nf", "A\n\nb c d e\nf"),
        ("- a\n- b\n\n1. c", "a\n\nb\n\nc"),
        ("> a", "a"),
        ("[a](https://b.c) <https://d.e>", "a https://d.e"),
        ("|a|b|\n|-|-|\n|c||", "a\tb\nc\t"),
        ("```\na\n\nb\n```", "a\n\nb"),
        ("a[^2] b[^1]\n\n[^1]: one\n\n[^2]: two\n\n    more", "a b\n\ntwo\n\nmore\n\none"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("&amp; \\* &#x202e;", "& * \ufffd"),
        ("网络\n空间。", "网络空间。"),
        ("![alt](asset:1)", "alt"),
        (f'a\n\n![*b* c](figure:{"0" * 32} "*d*")\n\ne', "a\n\nb c\n\n*d*\n\ne"),
    ],
)
def test_plain_construct(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_plain_without_alternatives() -> None:
    assert plain(f'![a](figure:{"0" * 32} "b")', alternatives=False) == "b"
