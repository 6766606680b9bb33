"""Files made to take a pattern's time squared: each of these took minutes."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from app.core.errors import Invalid
from app.documents import images
from app.documents.importing import blocks, kinds, reading
from app.documents.profile import MAX_CHARACTERS
from app.documents.write import canonical

MANY = 200_000
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>'


def drawn(inside: str) -> None:
    with suppress(Invalid):
        images.safe(SVG.format(inside).encode())


@pytest.mark.parametrize(
    ("work", "given"),
    [
        (canonical, "*a" + "\u00a0" * (MAX_CHARACTERS - 9) + "b*"),
        (canonical, "a" + " " * (MAX_CHARACTERS - 9) + "b"),
        (lambda it: kinds.text_format(it, "x.html"), b"<p " * MANY),
        (reading._FOREIGN.search, "\n" * MANY),
        (reading._FOREIGN.search, "[a\n" * MANY),
        (lambda it: blocks.without_figure(it, "a" * 32), "![" * MANY),
        (drawn, f"<style>{'/*' * MANY}</style>"),
        (drawn, f'<rect style="{"/*" * MANY}"/>'),
        (drawn, f'<path d="{"a" * MANY}"/>'),
        (drawn, f'<path d="{" " * MANY}("/>'),
        (drawn, f"<text>{' ' * MANY}</text>"),
    ],
    ids=lambda it: "" if callable(it) else repr(it[:12]),
)
def test_time_grows_with_the_length_alone(work: Callable[[Any], Any], given: str | bytes) -> None:
    start = time.process_time()
    work(given)
    assert time.process_time() - start < 5
