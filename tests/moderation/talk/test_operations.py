"""Notes, messages and answers: who may write them, who reads them, who gets a mail."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotFound
from app.core.outbox import MailKind, OutboxMail
from app.editions.models import Edition, Track
from app.moderation import personal
from app.moderation.claims import operations as claiming
from app.moderation.conflicts import operations as conflicts
from app.moderation.conflicts.models import ConflictKind
from app.moderation.talk import operations, queries
from app.moderation.talk.models import Audience, Message
from tests.factories import Cast
from tests.factories.contributions import make_contribution

EVERYBODY = (
    *("author", "stranger", "moderator", "other_moderator", "jurist_moderator"),
    *("organiser", "administrator"),
)
DESK = set(EVERYBODY) - {"author", "stranger"}
Write = Callable[..., Message]
ACTS: dict[str, Write] = {
    "note": operations.note,
    "write": operations.write_to_author,
    "answer": operations.answer,
}


def may(act: str, name: str, state: State) -> bool:
    if state in {State.DRAFT, State.WITHDRAWN} or (state is State.SPAM and act != "note"):
        return False
    return name == "author" if act == "answer" else name in DESK


@pytest.mark.parametrize("state", sorted(State))
def test_table_of_who_may_write(
    session: Session, cast: Cast, edition: Edition, state: State
) -> None:
    made = make_contribution(session, cast.author, edition=edition, state=state)
    # As if a moderator had written before, so that the author has something to answer.
    session.add(
        Message(
            contribution_id=made.id,
            audience="author",
            sender_id=cast.moderator.id,
            words="?",
            language="fr",
        )
    )
    session.flush()
    for act, write in ACTS.items():
        for name in EVERYBODY:
            done = True
            try:
                with session.begin_nested():
                    write(session, cast.actor(name), made.id, f"{act} {name}", language="fr")
            except (NotFound, Conflict):
                done = False
            assert done == may(act, name, state), (act, name, state)


def mails(session: Session, kind: MailKind) -> list[OutboxMail]:
    return list(
        session.scalars(
            select(OutboxMail).where(OutboxMail.kind == kind.value).order_by(OutboxMail.id)
        )
    )


def track_of(session: Session, edition: Edition) -> Track:
    return session.scalars(
        select(Track).where(Track.edition_id == edition.id, Track.code == "jurist")
    ).one()


def said(session: Session, cast: Cast, name: str, essay: Contribution) -> list[tuple[str, str]]:
    look = queries.of_author if name == "author" else queries.at_desk
    return [(it.name, it.words) for it in look(session, cast.actor(name), essay.id).said]


def converse(session: Session, cast: Cast, essay: Contribution) -> None:
    write: Any = {"language": "fr"}
    operations.note(session, cast.actor("moderator"), essay.id, "Entre nous.", **write)
    operations.write_to_author(session, cast.actor("moderator"), essay.id, "Source ?", **write)
    operations.answer(session, cast.actor("author"), essay.id, "La Charte.", **write)


def test_thread_is_in_order_and_without_notes_for_the_author(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    converse(session, cast, essay)
    moderator = cast.moderator.name
    assert said(session, cast, "organiser", essay) == [
        (moderator, "Entre nous."),
        (moderator, "Source ?"),
        ("Amina Auteur", "La Charte."),
    ]
    assert said(session, cast, "author", essay) == [
        ("", "Source ?"),
        ("Amina Auteur", "La Charte."),
    ]
    audiences = session.scalars(
        select(AuditEntry.data).where(AuditEntry.action == "message:written")
    )
    assert [entry["audience"] for entry in audiences] == ["moderators", "author", "from_author"]


def test_moderator_is_named_where_the_track_says_so(
    session: Session, cast: Cast, edition: Edition, essay: Contribution
) -> None:
    write = operations.write_to_author
    write(session, cast.actor("moderator"), essay.id, "Sans nom.", language="fr")
    track = track_of(session, edition)
    track.hides_moderators = False
    write(session, cast.actor("moderator"), essay.id, "Avec nom.", language="fr")
    name = cast.moderator.name
    # What was written under the promise of no name keeps it.
    assert said(session, cast, "author", essay) == [("", "Sans nom."), (name, "Avec nom.")]
    assert [mail.data["sender"] for mail in mails(session, MailKind.MESSAGE)] == ["", name]
    track.hides_moderators = True
    assert {each for each, _words in said(session, cast, "author", essay)} == {""}


def test_write_tells_the_author_once(session: Session, cast: Cast, essay: Contribution) -> None:
    cast.author.ui_language = "ar"
    for _again in range(2):
        operations.write_to_author(
            session, cast.actor("moderator"), essay.id, "Source ?", language="fr"
        )
    (mail,) = mails(session, MailKind.MESSAGE)
    assert (mail.recipient, mail.language) == (cast.author.email, "ar")
    assert mail.data["words_language"] == "fr"
    assert "moderator" not in str(mail.data).lower()
    assert len(session.scalars(select(Message)).all()) == 1


def test_note_tells_nobody(session: Session, cast: Cast, essay: Contribution) -> None:
    operations.note(session, cast.actor("moderator"), essay.id, "Entre nous.", language="fr")
    assert mails(session, MailKind.MESSAGE) == mails(session, MailKind.AUTHOR_ANSWERED) == []


def test_answer_tells_who_holds_it_and_who_wrote_last(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    operations.write_to_author(session, cast.actor("organiser"), essay.id, "?", language="en")
    claiming.claim(session, cast.actor("moderator"), essay.id)
    operations.answer(session, cast.actor("author"), essay.id, "La Charte.", language="fr")
    told = {mail.recipient: mail.data for mail in mails(session, MailKind.AUTHOR_ANSWERED)}
    assert set(told) == {cast.moderator.email, cast.organiser.email}
    assert [told[each.email]["organiser"] for each in (cast.moderator, cast.organiser)] == [
        False,
        True,
    ]
    assert "Amina" not in str(told)
    assert cast.author.email not in str(told)


def test_answer_tells_nobody_who_may_not_read_it(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    operations.write_to_author(session, cast.actor("moderator"), essay.id, "?", language="en")
    conflicts.declare(session, cast.actor("moderator"), essay.id, ConflictKind.PERSONAL)
    operations.answer(session, cast.actor("author"), essay.id, "La Charte.", language="fr")
    assert mails(session, MailKind.AUTHOR_ANSWERED) == []
    with pytest.raises(NotFound):
        queries.at_desk(session, cast.actor("moderator"), essay.id)
    with pytest.raises(NotFound):
        operations.note(session, cast.actor("moderator"), essay.id, "x", language="fr")


def test_answer_needs_something_to_answer(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    operations.note(session, cast.actor("moderator"), essay.id, "Entre nous.", language="fr")
    with pytest.raises(Conflict, match=r"message\.not_asked"):
        operations.answer(session, cast.actor("author"), essay.id, "Bonjour", language="fr")
    talk = queries.of_author(session, cast.actor("author"), essay.id)
    assert (talk.said, talk.can_write) == ([], False)


def test_organiser_who_wrote_it_reads_no_notes(
    session: Session, cast: Cast, edition: Edition
) -> None:
    own = make_contribution(session, cast.organiser, edition=edition)
    operations.note(session, cast.actor("moderator"), own.id, "Faible.", language="fr")
    with pytest.raises(NotFound):
        queries.at_desk(session, cast.actor("organiser"), own.id)
    with pytest.raises(NotFound):
        operations.note(session, cast.actor("organiser"), own.id, "Fort.", language="fr")
    assert queries.of_author(session, cast.actor("organiser"), own.id).said == []


def test_author_who_left_is_not_written_to(session: Session, cast: Cast, edition: Edition) -> None:
    made = make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
    cast.author.deleted_at = made.published_at
    with pytest.raises(Conflict, match=r"message\.nobody"):
        operations.write_to_author(session, cast.actor("moderator"), made.id, "?", language="fr")


@pytest.mark.parametrize("words", ["", "  ", "x" * 5_001, "a\x00b"])
@pytest.mark.parametrize("act", ACTS)
def test_unfit_words_are_refused(
    session: Session, cast: Cast, essay: Contribution, act: str, words: str
) -> None:
    operations.write_to_author(session, cast.actor("moderator"), essay.id, "?", language="en")
    name = "author" if act == "answer" else "moderator"
    with pytest.raises(Invalid) as refusal:
        ACTS[act](session, cast.actor(name), essay.id, words, language="fr")
    assert refusal.value.field == "message"
    with pytest.raises(Invalid):
        ACTS[act](session, cast.actor(name), essay.id, "Words", language="xx")


@pytest.mark.parametrize("statement", ["UPDATE message SET words = ''", "DELETE FROM message"])
def test_messages_stay(session: Session, cast: Cast, essay: Contribution, statement: str) -> None:
    converse(session, cast, essay)
    session.commit()
    with pytest.raises(DatabaseError):
        session.execute(text(statement))
    session.rollback()


def test_my_data_holds_no_notes(session: Session, cast: Cast, essay: Contribution) -> None:
    converse(session, cast, essay)
    parts = personal.collect(session, cast.author.id, None)  # type: ignore[arg-type]
    found = {part.path: str(part.content) for part in parts}
    assert "Source ?" in found["messages.json"]
    assert "La Charte." in found["messages.json"]
    assert "Entre nous." not in str(found)
    assert "sender_id" not in found["messages.json"]


def test_at_desk_takes_as_many_queries_for_many_as_for_one(
    session: Session, cast: Cast, essay: Contribution, count_queries: Callable[..., Any]
) -> None:
    actor, id = cast.actor("moderator"), essay.id
    for number in (1, 3):
        for each in range(number):
            operations.note(session, actor, id, f"{number} {each}", language="fr")
        session.flush()
        session.expire_all()
        with count_queries(session.get_bind()) as statements:
            assert len(queries.at_desk(session, actor, id).said) >= number
        assert len(statements) == 3
    assert Audience.MODERATORS not in queries.TO_AND_FROM_AUTHOR
