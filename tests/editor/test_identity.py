"""A canonical text that goes through the editor unchanged is the same text."""

import random
from collections.abc import Iterable

import pytest

from app.documents.content import content
from app.documents.parse import parse
from app.documents.write import canonical, write
from tests.documents.texts import ESSAYS, PIECES, TEXTS
from tests.editor.conftest import Run

GENERATED = 1_000
CALM = [piece for piece in PIECES if "[^" not in piece and "[a]:" not in piece]
NOTES = "\n\n[^1]: x *y*\n\n    - z\n\n[^2]: y[^3]\n\n[^3]: w"


def made(seed: int) -> str:
    """A text of that seed; half of them with footnotes."""
    dice = random.Random(seed)
    text = "".join(dice.choice(CALM) for _ in range(dice.randint(1, 60)))
    return f"a[^1] b[^2] {text}{NOTES}" if seed % 2 else text


def sound(texts: Iterable[str]) -> list[str]:
    """Those without problems: the others are no document that could be written again."""
    return [text for text in texts if not parse(text).problems]


def generated() -> list[str]:
    """The first sound texts that come of the seeds."""
    found: dict[str, None] = {}
    seed = 0
    while len(found) < GENERATED:
        found |= dict.fromkeys(sound([canonical(made(seed))]))
        seed += 1
    return list(found)


def test_only_texts_with_problems_are_left_out() -> None:
    """One hard case links a name that is no address, one shows an image from elsewhere."""
    left = [text for text in TEXTS if write(content(parse(canonical(text)))) != canonical(text)]
    assert left == [text for text in TEXTS if parse(text).problems]
    assert len(left) == 2
    assert not {*left} & {*ESSAYS.values()}


@pytest.mark.parametrize("source", ["generated", "tests and demonstration"])
def test_canonical_text_comes_back_from_the_editor_unchanged(node: Run, source: str) -> None:
    texts = generated() if source == "generated" else sound(map(canonical, TEXTS))
    for text, came_back in zip(texts, node("identity.mjs", texts), strict=True):
        assert write(content(parse(text))) == text
        assert came_back == text


def test_any_text_that_the_editor_opens_is_written_canonically(node: Run) -> None:
    texts = sound(TEXTS)
    for text, came_back in zip(texts, node("identity.mjs", texts), strict=True):
        assert came_back == canonical(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a[^x]", "a[^1]\n\n[^1]:"),
        ("a\n\n[^x]: lost?", "a\n\n[^1]\n\n[^1]: lost?"),
        ("a[^x]\n\n[^x]: b\n\n[^x]: c", "a[^1]\n\n[^2]\n\n[^1]: b\n\n[^2]: c"),
        ("![a](https://b.c/d.png)", "![a\\](https://b.c/d.png)"),
        ("[a](javascript:b)", "[a](javascript:b)"),
        ("a\n\n[b]: https://c.d", "a\n\n\\[B]: https://c.d"),
    ],
)
def test_what_the_format_does_not_keep_stays_visible(node: Run, text: str, shown: str) -> None:
    assert node("identity.mjs", [text]) == [shown]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_made_in_the_editor_is_written_canonically(node: Run, seed: int) -> None:
    for text in node("documents.mjs", {"seed": seed, "count": 300}):
        assert parse(text).problems == ()
        assert canonical(text) == text
