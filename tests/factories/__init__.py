"""People and things for tests, made as the application would make them."""

from tests.factories.contributions import make_contribution, make_essay
from tests.factories.editions import make_edition
from tests.factories.people import PASSWORD, Cast, make_account, make_cast

__all__ = [
    "PASSWORD",
    "Cast",
    "make_account",
    "make_cast",
    "make_contribution",
    "make_edition",
    "make_essay",
]
