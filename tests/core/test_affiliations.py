"""Where people work, as it is compared."""

import pytest

from app.core.affiliations import GENERIC, institution, parts
from app.core.comparable import comparable
from app.core.languages import CODES


@pytest.mark.parametrize("language", sorted(CODES))
def test_generic_affiliations_tell_no_place_in_any_language(language: str) -> None:
    assert len(GENERIC[language]) >= 25
    for each in GENERIC[language]:
        assert parts(each) == (), each
        assert parts(f"{each.upper()}, CNRS") == ("cnrs",), each


def test_generic_affiliations_are_of_the_ten_languages() -> None:
    assert set(GENERIC) == set(CODES)


@pytest.mark.parametrize(
    "mark", [",", ";", "/", "|", "\n", "،", "؛", "，", "；", "、"], ids=lambda mark: hex(ord(mark))
)
def test_parts_stand_between_marks_of_any_script(mark: str) -> None:
    written = f" Université de Paris {mark} Laboratoire X{mark}{mark}Faculté de droit"
    assert parts(written) == ("universitedeparis", "laboratoirex")
    assert institution(written) == "universitedeparis"


def test_parts_keep_what_is_written_with_other_marks() -> None:
    assert parts("Saint-Cyr – École (militaire)") == (comparable("SaintCyr Ecole militaire"),)
    assert parts("") == ()
    assert institution("Retired") == ""
