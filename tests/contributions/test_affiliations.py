"""Where authors work is kept with their essay, and goes with their names."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import operations, personal
from app.contributions.byline import Author
from app.contributions.models import AuthorAffiliation, Contribution
from app.contributions.references.formatted import NO_REFERENCES
from app.contributions.states import RevisionKind, State
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution, make_essay

AUTHORS = (
    Author("Awa", affiliation="Université de Genève", key="owner"),
    Author("Bo", affiliation="外交部", key="other"),
    Author("Cy", affiliation="UN"),
)


def keys(session: Session, contribution: Contribution) -> set[str]:
    session.flush()
    return set(
        session.scalars(
            select(AuthorAffiliation.key).where(
                AuthorAffiliation.contribution_id == contribution.id
            )
        )
    )


@pytest.fixture
def essay(session: Session, cast: Cast) -> Contribution:
    cast.author.affiliation = "Ligue des droits"
    session.flush()
    edition = make_edition(session)
    return make_contribution(session, cast.author, edition=edition, authors=AUTHORS)


def test_account_keeps_its_affiliation_comparable(session: Session, cast: Cast) -> None:
    cast.author.affiliation = "Ministère  des AFFAIRES étrangères"
    session.flush()
    session.refresh(cast.author)
    assert cast.author.affiliation_key == "ministeredesaffairesetrangeres"
    cast.author.affiliation = ""
    assert cast.author.affiliation_key == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Université de Paris, Faculté de droit", "universitedeparis"),
        ("Faculté de droit, UNIVERSITE DE PARIS", "universitedeparis"),
        ("Independent researcher", ""),
        ("Avocate à la cour, Paris", "paris"),
        ("律师", ""),
        ("北京大学，法学院", "beijingdaxue"),
        ("جامعة القاهرة، كلية الحقوق", "jamʿtalqahrt"),
    ],
)
def test_account_keeps_the_institution(
    session: Session, cast: Cast, written: str, kept: str
) -> None:
    cast.author.affiliation = written
    assert cast.author.affiliation_key == kept


def test_submit_notes_every_part_that_tells_a_place(session: Session, cast: Cast) -> None:
    authors = (
        Author("Awa", affiliation="Faculté de droit; Université de Genève", key="owner"),
        Author("Bo", affiliation="Étudiante", key="other"),
    )
    cast.author.affiliation = "Ligue des droits, Genève"
    session.flush()
    made = make_contribution(session, cast.author, edition=make_edition(session), authors=authors)
    assert keys(session, made) == {"universitedegeneve", "liguedesdroits", "geneve"}


def test_submit_notes_authors_and_owner(session: Session, essay: Contribution) -> None:
    assert keys(session, essay) == {"universitedegeneve", "waijiaobu", "liguedesdroits"}


def test_next_revision_replaces_them(session: Session, cast: Cast, essay: Contribution) -> None:
    text = make_essay("fr", authors=(Author("Awa", affiliation="CNRS", key="owner"),))
    cast.author.affiliation = ""
    operations.add_revision(
        session, cast.actor("author"), essay, text, RevisionKind.CORRECTION, NO_REFERENCES
    )
    assert keys(session, essay) == {"cnrs"}


def test_names_that_go_take_them_along(session: Session, cast: Cast, essay: Contribution) -> None:
    personal.erase(session, cast.author.id, False)
    assert keys(session, essay) == {"waijiaobu"}


def test_names_that_stay_keep_them(session: Session, cast: Cast) -> None:
    cast.author.affiliation = "Ligue des droits"
    published = make_contribution(
        session,
        cast.author,
        edition=make_edition(session),
        state=State.PUBLISHED,
        authors=AUTHORS,
    )
    personal.erase(session, cast.author.id, False)
    assert keys(session, published) == {"universitedegeneve", "waijiaobu"}
