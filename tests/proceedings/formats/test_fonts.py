"""What the books' fonts can draw."""

from pathlib import Path

import pytest

from app.core.languages import CODES
from app.proceedings.formats import BuildError, fonts
from tests.proceedings.formats.samples import TEXTS


@pytest.mark.parametrize("code", CODES)
def test_missing_glyphs_none_in_any_language(code: str) -> None:
    assert fonts.missing_glyphs("".join(map(str, TEXTS[code]))) == ()


def test_missing_glyphs_lists_each_once_in_order() -> None:
    assert fonts.missing_glyphs("a🦄b𓀀c🦄") == ("🦄", "𓀀")


def test_missing_glyphs_passes_over_formatting() -> None:
    assert fonts.missing_glyphs("a\u200e\u200f\u2066b\u2069\u200d\u00ad\ufe0f\n\t\u2060") == ()


def test_missing_glyphs_typographic_signs_are_drawn() -> None:
    assert fonts.missing_glyphs("«»„“”‘’‚…–—·•§¶†‡€№°−×\u00a0\u202f\u2009،؛؟。，、《》「」·") == ()


def test_missing_glyphs_counts_private_use_as_missing() -> None:
    assert fonts.missing_glyphs("\ue000\uf8ff") == ("\ue000", "\uf8ff")


def test_check_names_essay_and_character() -> None:
    with pytest.raises(BuildError) as caught:
        fonts.check([("2017-J-001", "fine"), ("2017-D-002", "not 🦄")])
    assert caught.value.code == "build.missing_glyph"
    assert caught.value.data["essay"] == "2017-D-002"
    assert caught.value.data["codepoint"] == "U+1F984"


def test_font_files_adds_a_further_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    further = tmp_path / "inner" / "Further.TTF"
    further.write_bytes(fonts.font_files()[0].read_bytes())
    (tmp_path / "readme.txt").write_text("no font")
    assert fonts.font_files(tmp_path) == (*fonts.font_files(), further)


def test_font_files_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_FILES", (("no_such_wheel", "a.ttf"),))
    with pytest.raises(BuildError) as caught:
        fonts.font_files()
    assert caught.value.code == "build.font_missing"
    assert caught.value.data["package"] == "no_such_wheel"


def test_embedded_fonts_cover_european_scripts_by_themselves() -> None:
    embedded = fonts._embedded_characters()
    assert {ord(each) for each in "azÄßñçœŁžЩяё«“"} <= embedded
    assert len(embedded) > 5000


def test_versions_names_all_wheels() -> None:
    assert set(fonts.versions()) >= {"typst", "fontpkg-amiri"}
