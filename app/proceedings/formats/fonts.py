"""The fonts of the books: pinned files from wheels, and what they can draw.

Typst carries the Latin and Cyrillic fonts inside its own library; the others come from the wheels
``fontpkg-amiri``, ``pylopdf-fonts-zh-cn``, ``pylopdf-fonts-ko`` and ``justmytype-intl-cjk``. System
fonts are never used, so a book looks the same on every machine. A folder of further fonts may be
named by a setting.

Source: OpenType 1.9 (``cmap``, and the table directory by which embedded fonts are found).
"""

import io
import mmap
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

import typst
from fontTools.ttLib import TTFont, TTLibError

from app.proceedings.formats.errors import BuildError

# The serif faces of Chinese and Korean have no bold, hence the variable sans serif ones. Amiri's
# italics serve Latin words in Arabic texts; Arabic itself is never slanted.
_FILES: Final = (
    ("fontpkg_amiri", "files/Amiri-Regular.ttf"),
    ("fontpkg_amiri", "files/Amiri-Bold.ttf"),
    ("fontpkg_amiri", "files/Amiri-Italic.ttf"),
    ("fontpkg_amiri", "files/Amiri-BoldItalic.ttf"),
    ("pylopdf_fonts_zh_cn", "NotoSerifSC-Regular.otf"),
    ("pylopdf_fonts_ko", "NotoSerifKR-Regular.otf"),
    ("justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"),
    ("justmytype_intl_cjk", "fonts/ofl/notosanskr/NotoSansKR[wght].ttf"),
)
_EMBEDDED: Final = re.compile(rb"OTTO\x00[\x08-\x20]|\x00\x01\x00\x00\x00[\x08-\x20]")
_LARGEST_EMBEDDED: Final = 2_000_000
_SUFFIXES: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})


def font_files(extra: Path | None = None) -> tuple[Path, ...]:
    """The pinned files, and those of a further folder. Raises BuildError if one is missing."""
    found = []
    for package, name in _FILES:
        try:
            path = Path(str(files(package))) / name
        except ModuleNotFoundError:
            path = Path(package) / name
        if not path.is_file():
            raise BuildError("build.font_missing", package=package, name=name)
        found.append(path)
    if extra is not None:
        found += sorted(path for path in extra.rglob("*") if path.suffix.lower() in _SUFFIXES)
    return tuple(found)


@cache
def _characters(path: Path) -> frozenset[int]:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@cache
def _embedded_characters() -> frozenset[int]:
    """What typst's own fonts can draw, read from the library that holds them.

    Typst names its fonts but doesn't tell their characters, and a copied table would go stale with
    the next release.
    """
    awaited = len(typst.Fonts(include_system_fonts=False).fonts())
    found: list[frozenset[int]] = []
    library = next(Path(typst.__file__).parent.glob("_typst*"))
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for match in _EMBEDDED.finditer(data):
            characters = _read(data[match.start() : match.start() + _LARGEST_EMBEDDED])
            if characters:
                found.append(characters)
            if len(found) == awaited:
                break
    return frozenset().union(*found)


def _read(data: bytes) -> frozenset[int]:
    """The characters of a font, or none where the bytes only look like one."""
    try:
        with TTFont(io.BytesIO(data), lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, KeyError, ValueError, AssertionError):
        return frozenset()


@cache
def coverage(extra: Path | None = None) -> frozenset[int]:
    """Every code point that some font of the books can draw."""
    drawn = set(_embedded_characters())
    for path in font_files(extra):
        drawn |= _characters(path)
    return frozenset(drawn)


def missing_glyphs(text: str, extra: Path | None = None) -> tuple[str, ...]:
    """The characters of a text that no font can draw, each once, in the order of the text.

    Formatting characters (direction marks, joiners, selectors) need no glyph. Private-use ones
    count as missing whatever a font says: PDF/A-2a forbids them (ISO 19005-2, 6.2.11.7.3).
    """
    drawn = coverage(extra)
    missing = {
        character
        for character in set(text)
        if not _needs_no_glyph(character)
        and (ord(character) not in drawn or unicodedata.category(character) == "Co")
    }
    return tuple(sorted(missing, key=text.index))


def _needs_no_glyph(character: str) -> bool:
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return selector or unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")


def check(texts: Iterable[tuple[str, str]], extra: Path | None = None) -> None:
    """Refuse the first character no font has, before any typesetting.

    Args:
        texts: pairs of an essay's number ("" for the frame of the book) and a text of it.

    Raises:
        BuildError: ``build.missing_glyph`` with essay, character, codepoint and its Unicode name.
    """
    for number, text in texts:
        for character in missing_glyphs(text, extra):
            raise BuildError(
                "build.missing_glyph",
                essay=number,
                character=character,
                codepoint=f"U+{ord(character):04X}",
                name=unicodedata.name(character, ""),
            )


def versions() -> dict[str, str]:
    """The wheels the fonts come from and their versions, for builds and for ``doctor``."""
    wheels = ("fontpkg-amiri", "pylopdf-fonts-zh-cn", "pylopdf-fonts-ko", "justmytype-intl-cjk")
    return {name: version(name) for name in (*wheels, "typst")}
