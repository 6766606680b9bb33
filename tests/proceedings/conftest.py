"""A volume with two essays, a finished file of it, and the organiser at the desk."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.policy import SYSTEM
from app.proceedings import jobs, operations, queries
from app.proceedings.models import Build, Volume
from tests.factories import Cast
from tests.factories.volumes import make_volume

FILE = "/fr/proceedings/2017/2017-fr-1.epub"
DESK = "/en/organise/volumes/2017/"


@pytest.fixture
def volume(db: Session, people: Cast) -> Volume:
    """Not published, with a French and an Arabic essay."""
    volume = make_volume(db, people)
    operations.write_volume(
        db, SYSTEM, volume, "fr", title="Actes", subtitle="Tome I", foreword="*Bonjour.*"
    )
    db.commit()
    return volume


@pytest.fixture
def published(db: Session, volume: Volume) -> Volume:
    operations.publish(db, SYSTEM, volume)
    db.commit()
    return volume


@pytest.fixture
def epub(app: Flask, db: Session, volume: Volume) -> Build:
    """A finished EPUB of it, in French."""
    build = operations.request_build(db, SYSTEM, volume, "fr", "epub")
    db.commit()
    with app.app_context():
        jobs.run(build.id)
    return db.get_one(Build, build.id, populate_existing=True)


def reload(db: Session) -> list[list[str]]:
    """The numbers of the essays, by section."""
    db.rollback()
    db.expire_all()
    volume = queries.volume(db, "2017")
    return [[e.number for e in s.entries] for s in queries.contents(db, volume)]
