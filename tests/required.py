"""What may be missing on somebody's machine, but not where everything is checked."""

import os
import shutil
from typing import Final, NoReturn

import pytest

REQUIRED: Final = os.environ.get("JSI_TEST_REQUIRE", "").split()


def left_out(what: str, why: str) -> NoReturn:
    """Leave the test out; where ``JSI_TEST_REQUIRE`` names what it needs, it fails instead."""
    if what in REQUIRED:
        pytest.fail(f"{why}, and {what} is required here")
    pytest.skip(why)


def program(what: str, *names: str) -> str:
    """The path of a program, under the first of its names that is there."""
    for name in names:
        if (path := shutil.which(name)) is not None:
            return path
    left_out(what, f"{names[0]} is not installed")
