"""What the tests of signs share: the worker's look at an essay."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.documents.parse import parse
from app.moderation.signs import operations
from app.moderation.signs.inspecting import Sign
from app.moderation.signs.sketches import sketch

#: 300 words that have little in common with anything.
LONG = " ".join(f"parole{number} juste{number % 7}" for number in range(150))


@pytest.fixture
def inspect(session: Session) -> Callable[[int], list[Sign]]:
    """``inspect(id)`` does what the worker does, without its own texts' signs."""

    def look(contribution_id: int) -> list[Sign]:
        begun = operations.begin(session, contribution_id)
        assert begun is not None
        bands = sketch(parse(begun.body), begun.language)
        others = operations.candidates(session, contribution_id, bands)
        signs: list[Sign] = [
            {"kind": "duplicate", "contribution": other.contribution_id, "percent": 50}
            for other in others
        ]
        assert operations.finish(session, begun, signs, bands)
        session.commit()
        return signs

    return look
