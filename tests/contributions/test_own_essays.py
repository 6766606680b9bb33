"""Organisers who are authors: what becomes of their essays is as secret as to any author.

That they open no page of them, and find them in no list, is in ``tests/moderation/organising``.
"""

from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from app.core.errors import Forbidden
from app.moderation.decisions import releasing
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast, make_contribution, make_edition

COMPLETE: Final[dict[Verdict, dict[str, Any]]] = {
    Verdict.ACCEPT: {"reasons": ["relevant"]},
    Verdict.REJECT: {"reasons": ["sources"], "words": "Citez vos sources."},
}


@pytest.mark.parametrize("verdict", list(COMPLETE))
def test_decisions_on_their_own_are_released_by_another(
    session: Session, cast: Cast, verdict: Verdict
) -> None:
    edition = make_edition(session)
    edition.decides_together = True
    mine, others = (
        make_contribution(session, who, edition=edition) for who in (cast.organiser, cast.author)
    )
    for essay in (mine, others):
        claim_and_decide(session, cast.actor("moderator"), essay.id, verdict, **COMPLETE[verdict])
    organiser = cast.actor("organiser")
    assert [each.number for each in releasing.kept(session, organiser, edition)] == [1]
    assert releasing.release(session, organiser, edition.id) == 1
    assert releasing.kept(session, organiser, edition) == []
    assert [each for _edition, each in releasing.due(session)] == [
        releasing.due(session, edition.id)[0][1]
    ]
    with pytest.raises(Forbidden, match=r"contribution\.own"):
        releasing.release_one(session, organiser, mine.id, decision_seen=None)
    assert releasing.release(session, cast.actor("administrator"), edition.id) == 1
    assert len(releasing.due(session)) == 2
