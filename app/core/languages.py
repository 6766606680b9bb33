"""The ten languages: their codes in addresses, on pages, in books and in ICU.

Sources: BCP 47 for tags, CLDR (through Babel and ICU) for locale identifiers.
"""

from dataclasses import dataclass
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Language:
    """One of the ten.

    Attributes:
        code: as in addresses, columns and catalogs (``zh``).
        tag: the BCP 47 tag for ``lang`` attributes and books (``zh-Hans``).
        locale: the CLDR locale for dates, numbers, plurals and sorting.
        name: the language's own name.
        direction: of its script.
        counts_characters: whether lengths are counted in characters rather than words.
    """

    code: str
    tag: str
    locale: str
    name: str
    direction: Direction = "ltr"
    counts_characters: bool = False


LANGUAGES: Final[dict[str, Language]] = {
    language.code: language
    for language in (
        Language("de", "de", "de", "Deutsch"),
        Language("en", "en", "en_GB", "English"),
        Language("ar", "ar", "ar", "العربية", direction="rtl"),
        Language("zh", "zh-Hans", "zh_Hans_CN", "中文", counts_characters=True),
        Language("ko", "ko", "ko_KR", "한국어"),
        Language("es", "es", "es", "Español"),
        Language("fr", "fr", "fr", "Français"),
        Language("it", "it", "it", "Italiano"),
        Language("pt", "pt", "pt_PT", "Português"),
        Language("ru", "ru", "ru", "Русский"),
    )
}

CODES: Final[tuple[str, ...]] = tuple(LANGUAGES)
DEFAULT: Final = "en"


def language(code: str) -> Language:
    """The language of that code. Raises KeyError for any other."""
    return LANGUAGES[code]
