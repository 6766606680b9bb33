"""Figures: who may see them, before publication and after."""

import pytest
from obstore.store import ObjectStore
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.contributions import operations
from app.contributions.figures import queries as figure_queries
from app.contributions.figures.models import Figure
from app.contributions.models import Contribution
from app.core.errors import NotFound, Several
from app.core.policy import NOBODY, SYSTEM, Actor, Role, TrackCode
from app.documents import images
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.organising import operations as organising
from tests.contributions.figures.samples import (
    DRAWING,
    RED,
    body,
    bring,
    picture,
    published,
    submitted,
)
from tests.factories import Cast, make_account, make_essay


def served(session: Session, actor: Actor, digest: str, kind: str) -> figure_queries.Served:
    """As the address of figures gives it."""
    return figure_queries.served(session, actor, digest, kind, is_withheld=is_conflicted)


def sees(session: Session, actor: Actor, figure: Figure) -> bool:
    try:
        served(session, actor, figure.digest, figure.kind)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("name", ["moderator", "organiser"])
def test_a_conflict_of_interest_keeps_people_of_the_desk_from_the_figures(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore, name: str
) -> None:
    author, apart = cast.author.actor, cast.actor(name)
    shown = bring(session, author, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    submitted(session, cast, mine)
    assert sees(session, apart, shown)
    kind = ConflictKind.RIVALRY.value
    session.add(Conflict(account_id=apart.id, contribution_id=mine.id, kind=kind))
    session.flush()
    assert not sees(session, apart, shown)
    for other in ("author", "administrator", "jurist_moderator"):
        assert sees(session, cast.actor(other), shown), other


def test_publish_shows_the_figures_of_the_text_and_no_others(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    shown = bring(session, author, mine.id, RED, store=store)
    unused = bring(session, author, mine.id, DRAWING, store=store)
    body(session, mine, f'Words\n\n![Red & *more*](figure:{RED.id} "Ours")\n')
    assert not sees(session, NOBODY, shown)
    text = published(session, cast, mine)
    address = figure_queries.address(RED.id, "png")
    assert (
        f'<figure><img src="{address}" alt="Red &amp; more" width="40" height="30" loading="lazy">'
        "<figcaption>Ours</figcaption></figure>" in text.html
    )
    assert "Red & more" in text.plain
    assert sees(session, NOBODY, shown)
    assert not sees(session, NOBODY, unused)
    organising.remove(session, SYSTEM, mine.id, reason="A reason.", language="en")
    assert not sees(session, NOBODY, shown)
    assert sees(session, author, shown)
    organising.restore(session, SYSTEM, mine.id)
    assert sees(session, NOBODY, shown)


def test_correct_without_the_figure_hides_it(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    shown = bring(session, cast.author.actor, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    published(session, cast, mine)
    organising.correct(session, SYSTEM, mine.id, make_essay(), note="Without the figure.")
    assert not sees(session, NOBODY, shown)
    essay = make_essay(body=f"![Other](figure:{DRAWING.id})")
    with pytest.raises(Several, match="several"):
        organising.correct(session, SYSTEM, mine.id, essay, note="With a figure it has not.")


def test_served_before_publication(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    figure = bring(session, cast.author.actor, mine.id, RED, store=store)
    body(session, mine, f"Words\n\n![Red](figure:{RED.id})\n")
    unentrusted = make_account(
        session, "other@example.org", Role.MODERATOR, reads=["zh"], serves=[TrackCode.JURIST]
    ).actor
    people = {name: cast.actor(name) for name in ("author", "stranger", "moderator", "organiser")}
    people |= {"visitor": NOBODY, "unentrusted": unentrusted}

    def who_sees() -> set[str]:
        return {name for name, actor in people.items() if sees(session, actor, figure)}

    assert who_sees() == {"author"}
    submitted(session, cast, mine)
    assert who_sees() == {"author", "moderator", "organiser"}
    operations.withdraw(session, cast.author.actor, mine.id)
    assert who_sees() == {"author", "organiser"}


def test_served_with_another_extension_or_name(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    author = cast.author.actor
    bring(session, author, mine.id, RED, store=store)
    for digest, kind in ((RED.id, "svg"), (DRAWING.id, "svg")):
        with pytest.raises(NotFound):
            served(session, author, digest, kind)


def test_files_of_a_text_in_one_query(
    session: Session, cast: Cast, mine: Contribution, store: ObjectStore
) -> None:
    text = ""
    counts = []
    for colour in ("red", "green", "blue"):
        image = images.safe(picture(colour))
        bring(session, cast.author.actor, mine.id, image, store=store)
        text += f"![{colour}](figure:{image.id})\n\n"
        statements: list[str] = []
        connection = session.connection()

        def note(*arguments: object, seen: list[str] = statements) -> None:
            seen.append(str(arguments[2]))

        event.listen(connection, "before_cursor_execute", note)
        found = figure_queries.files(session, mine.id, text)
        event.remove(connection, "before_cursor_execute", note)
        counts.append((len(found), len(statements)))
    assert counts == [(1, 1), (2, 1), (3, 1)]
    assert figure_queries.files(session, mine.id, "No figure") == {}
