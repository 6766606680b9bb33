"""Who runs the organisers' desk."""

import pytest

from app.core.policy import Actor, Role, can_organise


@pytest.mark.parametrize("role", Role)
def test_can_organise_is_for_organisers_and_administrators(role: Role) -> None:
    expected = role in {Role.ORGANISER, Role.ADMINISTRATOR}
    assert can_organise(Actor(id=1, roles=frozenset({role}))) is expected
