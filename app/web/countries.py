"""Countries by ISO 3166-1 code, named and sorted in the page's language (CLDR, through Babel)."""

from functools import cache

from babel import Locale

from app.core.collation import in_order
from app.core.languages import LANGUAGES

# Regions CLDR lists among the two-letter codes that are no countries.
_NO_COUNTRIES = frozenset(
    {"EU", "EZ", "UN", "XA", "XB", "XK", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
)


@cache
def choices(code: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country, in that language and its order."""
    names = Locale.parse(LANGUAGES[code].locale).territories
    countries = [
        (territory, name)
        for territory, name in names.items()
        if len(territory) == 2 and territory.isalpha() and territory not in _NO_COUNTRIES
    ]
    return tuple(in_order(countries, code, by=lambda country: country[1]))


@cache
def name(territory: str, code: str) -> str:
    """A country's name in that language; the code itself where CLDR knows none."""
    return str(Locale.parse(LANGUAGES[code].locale).territories.get(territory, territory))
