"""An essay of a blind track whose author is told by many words, none of which may come through."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import operations
from app.contributions.models import Contribution
from app.editions.models import Edition, Track
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Verdict
from app.moderation.talk import operations as talk
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution, make_essay
from tests.moderation.blind.telling import FIELDS, SECOND, WRITER
from tests.moderation.conftest import COMPLETE


@pytest.fixture
def track(db: Session, people: Cast) -> Track:
    make_edition(db)
    people.author.name, people.author.latin_name = WRITER.name, WRITER.latin
    people.author.affiliation = WRITER.affiliation
    for each in db.scalars(select(Track)):
        each.is_blind = True
    db.flush()
    return db.scalars(select(Track).where(Track.code == "jurist")).one()


@pytest.fixture
def essay(db: Session, people: Cast, track: Track) -> Contribution:
    """Decided once and changed, talked about, waiting again, in the moderator's hands."""
    edition = db.get_one(Edition, track.edition_id)
    made = make_contribution(db, people.author, edition=edition, **FIELDS)
    moderator = people.actor("moderator")
    claiming.claim(db, moderator, made.id)
    deciding.decide(
        db, moderator, made.id, Verdict.CHANGES, revision_seen=1, **COMPLETE[Verdict.CHANGES]
    )
    changed = make_essay(
        "fr",
        title="De la paix, revu",
        question_id=made.question_id,
        authors=(replace(WRITER, biography="Née au désert, dit-on."), SECOND),
        previously_published="Gazette du Sable, 2017",
        extra={"field_of_law": "space law", "role": "archiviste en chef, émérite"},
    )
    operations.save_draft(db, people.actor("author"), made.id, changed, seen_version=2)
    operations.submit(db, people.actor("author"), made.id, note="Voilà.")
    talk.write_to_author(db, moderator, made.id, "Source ?", language="fr")
    claiming.claim(db, moderator, made.id)
    talk.answer(db, people.actor("author"), made.id, "La Charte.", language="fr")
    db.commit()
    return made
