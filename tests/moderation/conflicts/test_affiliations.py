"""The same place, and not the same place: a moderator's affiliation and an author's."""

import pytest
from sqlalchemy.orm import Session

from app.contributions.byline import Author
from app.editions.models import Edition
from app.moderation.conflicts.queries import in_conflict, is_conflicted
from app.moderation.queue.queries import waiting_ids
from tests.factories import Cast, make_contribution

PARIS = "Université de Paris"


@pytest.mark.parametrize(
    ("moderators", "authors", "same"),
    [
        (PARIS, f"{PARIS}, Faculté de droit", True),
        (f"{PARIS}, Faculté de droit", PARIS, True),
        (f"{PARIS}, Laboratoire X", f"{PARIS}, Laboratoire Y", True),
        (f"Faculté de droit, {PARIS}", "Laboratoire Y, UNIVERSITE DE PARIS", True),
        ("北京大学，法学院", "法学院，北京大学", True),
        ("CNRS, Paris", "Ministère de la Justice, Paris", False),
        ("Faculté de droit, Lyon", f"Faculté de droit, {PARIS}", False),
        ("Independent researcher", "independent RESEARCHER", False),
        ("Rechtsanwältin", "Rechtsanwältin", False),
        ("변호사", "변호사", False),
        ("", "", False),
    ],
)
def test_affiliation_is_compared_by_the_institution(
    session: Session, cast: Cast, edition: Edition, moderators: str, authors: str, same: bool
) -> None:
    cast.moderator.affiliation = moderators
    cast.author.affiliation = ""
    session.flush()
    essay = make_contribution(
        session, cast.author, edition=edition, authors=(Author("Bo", affiliation=authors),)
    )
    moderator = cast.actor("moderator")
    assert is_conflicted(session, moderator, essay.id) is same
    assert (cast.moderator.id in in_conflict(session, essay.id)) is same
    assert waiting_ids(session, moderator, limit=5) == ([] if same else [essay.id])
