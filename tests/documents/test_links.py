"""Links that can't lead anywhere, told without the network."""

import time

import pytest

from app.documents.links import MOST, broken


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a_b?c=d#e",
        "http://sub.example.co.uk:8080/",
        "https://exa_mple.org/",
        "https://مثال.إختبار/",
        "https://例子.测试/路径",
        "http://192.0.2.1/x",
        "http://[2001:db8::1]/",
        "mailto:anne.duval@example.org",
    ],
)
def test_a_good_address_is_fine(address: str) -> None:
    assert broken(f"See [this](<{address}>).") == ()


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost/",
        "https://example",
        "http://a..b/",
        "https://-example.org/",
        "http://1.2.3/",
        "http://example.org:99999/",
        "http://[::1/",
        "mailto:nobody",
        "mailto:a@b",
    ],
)
def test_a_malformed_address_is_told_with_its_line(address: str) -> None:
    found = broken(f"One line.\n\nAnother\nline [this](<{address}>).")

    assert [(each.code, each.line) for each in found] == [("link.malformed", 4)]
    assert str(found[0].data["link"]).startswith(address[:5])


def test_links_in_footnotes_and_tables_are_seen() -> None:
    text = "A[^1]\n\n| a |\n|---|\n| [x](http://x) |\n\n[^1]: See <http://y>.\n"

    assert len(broken(text)) == 2


def test_the_same_address_is_told_once_and_only_so_many() -> None:
    assert len(broken("[a](http://x) " * 50)) == 1
    assert len(broken(" ".join(f"[a](http://x{n})" for n in range(500)))) == MOST


def test_the_longest_text_takes_bounded_time() -> None:
    text = "[a](http://xx.yy/aa) " * 4_000
    started = time.process_time()

    assert broken(text) == ()
    assert time.process_time() - started < 3
