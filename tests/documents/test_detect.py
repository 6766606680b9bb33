"""Which language a text is in: the ten, mixed texts, texts that say nothing, long ones."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

import app.demonstration
from app.core.languages import CODES
from app.documents.detect import language_of_text

ESSAYS = Path(app.demonstration.__file__).parent / "content"
TEXTS = {
    code: [path.read_text("utf-8") for path in sorted((ESSAYS / code / "essays").glob("*.md"))]
    for code in CODES
}


@pytest.mark.parametrize("code", CODES)
def test_every_essay_of_the_demonstration_is_in_its_language(code: str) -> None:
    assert TEXTS[code]
    assert [language_of_text(text) for text in TEXTS[code]] == [code] * len(TEXTS[code])


@pytest.mark.parametrize(("code", "quoted"), [("fr", "en"), ("ar", "fr"), ("zh", "en")])
def test_quotations_in_another_language_do_not_change_it(code: str, quoted: str) -> None:
    own = TEXTS[code][0]
    quotation = "> " + TEXTS[quoted][0].split("\n\n")[1].replace("\n", " ")

    assert language_of_text(f"{own}\n\n{quotation}\n\n{quotation}") == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "La paix.",
        "和平需要规则。",
        "12345 67890 " * 100,
        "```\n" + "x = f(y)\n" * 50 + "```",
        "word " * 400,
        "🕊 " * 500,
    ],
)
def test_a_text_that_says_too_little_is_in_none(text: str) -> None:
    assert language_of_text(text) is None


def test_half_and_half_is_in_none() -> None:
    mixed = [
        part
        for pair in zip(TEXTS["fr"][0].split("\n\n"), TEXTS["ru"][0].split("\n\n"), strict=False)
        for part in pair
    ]

    assert language_of_text("\n\n".join(mixed)) is None


@pytest.mark.parametrize(
    "text", ["a " * 150_000, "Une phrase en français.\n\n" * 12_000, "字" * 300_000]
)
def test_the_longest_text_takes_bounded_time(text: str) -> None:
    language_of_text("La première fois, le détecteur se charge.")
    started = time.process_time()

    language_of_text(text)

    assert time.process_time() - started < 3


def test_the_library_is_loaded_only_when_asked() -> None:
    code = (
        "import sys, app.contributions.operations, app.documents.detect as d\n"
        "assert 'lingua' not in sys.modules\n"
        "d.language_of_text('La paix a besoin de règles que chacun connaît. ' * 9)\n"
        "assert 'lingua' in sys.modules\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
