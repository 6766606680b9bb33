"""How much of a text stands in another one."""

import random
import time

import pytest

from app.documents.similarity import runs, shared

WORDS = [f"mot{number}" for number in range(2_000)]
SIGNS = [chr(0x4E00 + number) for number in range(2_000)]


def text(seed: int, size: int = 600, code: str = "fr") -> str:
    chosen = random.Random(seed)
    return ("" if code == "zh" else " ").join(
        chosen.choice(SIGNS if code == "zh" else WORDS) for _ in range(size)
    )


def compare(one: str, other: str, code: str = "fr") -> float:
    return shared(runs(one, code), runs(other, code))


@pytest.mark.parametrize("code", ["fr", "zh"])
def test_the_same_text_is_shared_whole_whatever_its_markup(code: str) -> None:
    body = text(1, code=code)

    assert compare(body, f"## Titre\n\n*{body}*\n\n> fin", code) > 0.95


@pytest.mark.parametrize("code", ["fr", "zh"])
def test_other_texts_share_nothing(code: str) -> None:
    assert compare(text(1, code=code), text(2, code=code), code) < 0.02


def test_half_of_a_text_is_about_half() -> None:
    assert compare(f"{text(1)} {text(2)}", f"{text(1)} {text(3)}") == pytest.approx(0.5, abs=0.05)


def test_a_short_text_inside_a_long_one_is_shared() -> None:
    assert compare(text(1, 100), f"{text(2)} {text(1, 100)} {text(3)}") > 0.95


def test_a_few_words_say_nothing() -> None:
    assert compare("La paix a besoin de règles.", "La paix a besoin de règles.") == 0


def test_the_longest_texts_take_bounded_time() -> None:
    long = text(1, 45_000)[:300_000]
    started = time.process_time()

    assert compare(long, long) == 1
    assert time.process_time() - started < 4
