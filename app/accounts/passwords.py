"""Passwords: how long, how they are kept.

Cost of argon2id as OWASP's Password Storage Cheat Sheet recommends (19 MiB, two passes, one lane):
what a sign-in costs this server is what an attacker pays for each guess.
"""

import unicodedata
from typing import Final

from argon2 import PasswordHasher

from app.core.errors import Invalid

SHORTEST: Final = 10
LONGEST: Final = 200
NORMAL_FORM: Final = "NFKD"
"""The same letters from another keyboard are the same password."""

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1

DEMONSTRATION: Final = "demonstration"
"""What every demonstration account signs in with; shown on the sign-in page in that mode only."""

_hasher: Final = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def hashed(password: str) -> str:
    """The password as it is stored. Raises Invalid (``password.length``) for a bad length."""
    password = unicodedata.normalize(NORMAL_FORM, password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("password.length", field="password", shortest=SHORTEST, longest=LONGEST)
    return _hasher.hash(password)
