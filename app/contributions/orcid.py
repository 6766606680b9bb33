"""ORCID iDs: sixteen digits by which a researcher is told from others of the same name.

Sources: https://support.orcid.org ("Structure of the ORCID Identifier"); ISO/IEC 7064 MOD 11-2 for
the check character.
"""

import re
from typing import Final

ADDRESS: Final = "https://orcid.org/"
_WRITTEN: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?:orcid\.org/)?"
    r"([0-9]{4})[- ]?([0-9]{4})[- ]?([0-9]{4})[- ]?([0-9]{3}[0-9Xx])/?"
)


def canonical(text: str) -> str:
    """The iD as it is stored (``0000-0002-1825-0097``), from the bare form or the address.

    Raises ValueError where it is none.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("not the form of an ORCID iD")
    groups = [group.upper() for group in found.groups()]
    digits = "".join(groups)
    if _check_character(digits[:-1]) != digits[-1]:
        raise ValueError("the check character of the ORCID iD does not fit")
    return "-".join(groups)


def _check_character(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    result = (12 - total % 11) % 11
    return "X" if result == 10 else str(result)
