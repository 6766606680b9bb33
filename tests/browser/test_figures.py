"""Figures in a real browser: uploaded without scripts, seen by readers of both directions."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person

pytestmark = pytest.mark.browser

AUTHOR = "jurist@demo.example"
WORDS = {
    "fr": ("Un diagramme en dégradé gris", "Dessin de l’auteure"),
    "ar": ("رسم متدرج بالرمادي", "رسم المؤلفة"),
    "zh": ("灰色渐变图", "作者绘制"),
}
IS_DRAWN = "image => image.decode().then(() => image.naturalWidth > 0 && image.offsetWidth > 50)"


def picture(folder: Path, language: str) -> Path:
    """Another one for each language, with a camera's words in it."""
    file = folder / "photo.jpg"
    side = 300 + len(language) * ord(language[0])
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    made = io.BytesIO()
    Image.linear_gradient("L").resize((side, 300)).save(made, "JPEG", exif=exif)
    file.write_bytes(made.getvalue())
    return file


@pytest.mark.parametrize(
    ("language", "viewport", "javascript"),
    [
        pytest.param("fr", WIDE, False, id="fr-without-javascript"),
        pytest.param("ar", NARROW, True, id="ar-narrow"),
        pytest.param("zh", WIDE, True, id="zh-wide"),
    ],
)
def test_upload_on_the_page_of_figures(
    visitor: Callable[..., Page],
    tmp_path: Path,
    language: str,
    viewport: dict[str, int],
    javascript: bool,
) -> None:
    person = Person(
        visitor(language, viewport=viewport, javascript=javascript), language, javascript=javascript
    )
    alternative, caption = WORDS[language]
    person.sign_in(AUTHOR)
    person.open("/contribute/jurist/")
    person.page.select_option("#language", language)
    person.click("main form button:not([name=action][value=document])")
    person.click("main a[href$='/figures/']")

    person.click("main form[enctype] button")  # with nothing in it
    expect(person.page.locator("#errors a")).to_have_count(1)
    person.page.set_input_files("#file", picture(tmp_path, language))
    person.page.fill("#alternative", alternative)
    person.page.fill("#caption", caption)
    person.click("main form[enctype] button")
    line = person.page.locator("main input[readonly]").input_value()
    assert line.startswith(f"![{alternative}](figure:")
    assert line.endswith(f'"{caption}")')
    if javascript:
        assert person.page.locator(".figure-list img").evaluate(IS_DRAWN)

    person.click(".figure-list form[action$='/append'] button")
    person.click("main p > a[href$='/edit']")
    assert line in person.page.locator("textarea#body").input_value()
    person.page.fill("#title", caption)
    person.click(".panel button[value=preview]")
    shown = person.page.locator("#preview figure")
    expect(shown.locator("img")).to_have_attribute("alt", alternative)
    expect(shown.locator("figcaption")).to_have_text(caption)
    if javascript:
        assert shown.locator("img").evaluate(IS_DRAWN)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_published_drawing_in_an_arabic_essay(
    visitor: Callable[..., Page], viewport: dict[str, int]
) -> None:
    person = Person(visitor("ar", viewport=viewport), "ar")
    person.open("/contributions/?language=ar&edition=2017")
    person.click("main a:has-text('التدابير المضادة في الفضاء السيبراني')")
    figure = person.page.locator("article[dir=rtl] figure")
    expect(figure).to_have_count(1)
    figure.scroll_into_view_if_needed()
    assert figure.locator("img").evaluate(IS_DRAWN)
    assert figure.locator("img").get_attribute("alt", timeout=1000).startswith("رسم لأربعة")
    alone = person.page.goto(figure.locator("img").get_attribute("src") or "")
    assert alone is not None
    assert alone.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in alone.headers["content-security-policy"]
