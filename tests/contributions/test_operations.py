"""Writing, submitting, taking back, importing: on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from app.contributions import operations
from app.contributions.models import Contribution, Draft, Revision
from app.contributions.moves import move
from app.contributions.states import MOVES, State
from app.core.audit import AuditAction, AuditEntry
from app.core.db import begin_write
from app.core.errors import Conflict, Forbidden, NotFound, Several
from app.core.outbox import OutboxMail
from app.core.policy import NOBODY, SYSTEM, TrackCode
from app.editions.models import Track
from tests.factories import Cast, make_contribution, make_edition, make_essay

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_open_draft_names_its_owner_as_first_author(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    opened = operations.open_draft(
        session, cast.author.actor, edition, TrackCode.JURIST, language="ar"
    )
    draft = session.get_one(Draft, opened.id)
    assert (opened.state, opened.number, draft.language) == ("draft", None, "ar")
    assert [author["name"] for author in draft.authors] == ["Amina Auteur"]


def test_open_draft_refuses_visitors_and_closed_calls(session: Session, cast: Cast) -> None:
    closed = make_edition(session, "2017", is_open=False)
    open_one = make_edition(session)
    with pytest.raises(Forbidden):
        operations.open_draft(session, cast.author.actor, closed, TrackCode.JURIST, language="fr")
    with pytest.raises(Forbidden):
        operations.open_draft(session, NOBODY, open_one, TrackCode.JURIST, language="fr")


def test_open_draft_refuses_one_draft_too_many(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_DRAFTS", 2)
    edition, track = make_edition(session), TrackCode.JURIST
    author = cast.author.actor
    first = operations.open_draft(session, author, edition, track, language="fr")
    make_contribution(session, cast.author, edition=edition, state=State.SUBMITTED)
    operations.open_draft(session, author, edition, track, language="fr")
    with pytest.raises(Forbidden, match=r"drafts\.too_many"):
        operations.open_draft(session, author, edition, track, language="fr")
    operations.open_draft(session, cast.stranger.actor, edition, track, language="fr")
    operations.discard(session, author, first.id)
    operations.open_draft(session, author, edition, track, language="fr")


def test_save_draft_keeps_what_is_incomplete(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    opened = operations.open_draft(
        session, cast.author.actor, edition, TrackCode.JURIST, language="fr"
    )
    essay = make_essay("fr", title="Un début", body="Un mot.\r\nUn autre.", authors=())
    draft = operations.save_draft(session, cast.author.actor, opened.id, essay, seen_version=1)
    assert (draft.version, draft.title, draft.body) == (2, "Un début", "Un mot. Un autre.")
    assert opened.title == "Un début"


def test_save_draft_refuses_a_save_that_saw_an_older_one(session: Session, cast: Cast) -> None:
    draft = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.DRAFT
    )
    mine = make_essay("fr", title="Ma version")
    with pytest.raises(Conflict) as refused:
        operations.save_draft(session, cast.author.actor, draft.id, mine, seen_version=1)
    assert refused.value.code == "draft.changed_elsewhere"
    assert session.get_one(Draft, draft.id).title == "De la paix"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"title": "a\x00b"}, "text.control_characters", "title"),
        ({"title": "name\u202egnp"}, "text.bidi_override", "title"),
        ({"body": "x\u202ey"}, "text.bidi_override", "body"),
        ({"body": "x" * 300_001}, "text.too_long", "body"),
        ({"body": "\ud800"}, "text.surrogate", "body"),
        ({"language": "xx"}, "language.unknown", "language"),
        ({"keywords": ("w",) * 13}, "keywords.too_many", "keywords"),
    ],
)
def test_save_draft_refuses_what_is_no_text(
    session: Session, cast: Cast, changes: dict[str, Any], code: str, field: str
) -> None:
    draft = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.DRAFT
    )
    with pytest.raises(Several) as refused:
        operations.save_draft(
            session, cast.author.actor, draft.id, make_essay(**changes), seen_version=2
        )
    assert (code, field) in {(error.code, error.field) for error in refused.value.errors}


def test_submit_makes_an_immutable_numbered_revision(session: Session, cast: Cast) -> None:
    edition = make_edition(session, "2017", prefix="2017")
    first = make_contribution(session, cast.author, edition=edition)
    second = make_contribution(session, cast.author, edition=edition)
    other = make_contribution(session, cast.author, edition=edition, track=TrackCode.DIGITAL_ACTOR)
    assert [each.number for each in (first, second, other)] == [
        "2017-J-001",
        "2017-J-002",
        "2017-D-001",
    ]
    revision = session.get_one(Revision, first.revision_id)
    assert (revision.number, revision.kind, revision.length) == (1, "submission", 14)
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("UPDATE revision SET title = 'changed'"))
    session.rollback()


def test_submit_sends_one_receipt_in_the_authors_language(session: Session, cast: Cast) -> None:
    cast.author.ui_language = "ar"
    submitted = make_contribution(session, cast.author, edition=make_edition(session))
    mail = session.scalars(select(OutboxMail)).one()
    assert (mail.kind, mail.language, mail.recipient) == ("receipt", "ar", cast.author.email)
    assert mail.data["number"] == submitted.number


def test_submit_lists_everything_that_is_missing(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    track = session.scalars(select(Track).where(Track.code == "jurist")).one()
    track.required_fields = ["abstract", "field_of_law", "question", "affiliation"]
    track.min_length = 50
    session.flush()
    bare = make_essay(
        "fr",
        title="",
        abstract="",
        extra={},
        licence="",
        consent_publication=False,
        authors=make_essay().authors[:0],
    )
    draft = make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
    operations.save_draft(session, cast.author.actor, draft.id, bare, seen_version=2)
    with pytest.raises(Several) as refused:
        operations.submit(session, cast.author.actor, draft.id)
    assert {error.field for error in refused.value.errors} == {
        "abstract",
        "authors",
        "body",
        "consent_publication",
        "field_of_law",
        "licence",
        "question",
        "title",
    }
    assert draft.state == State.DRAFT


def test_submit_counts_characters_for_chinese(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    track = session.scalars(select(Track).where(Track.code == "jurist")).one()
    track.min_characters = 100
    draft = make_contribution(
        session, cast.author, edition=edition, language="zh", state=State.DRAFT
    )
    with pytest.raises(Several) as refused:
        operations.submit(session, cast.author.actor, draft.id)
    assert [error.code for error in refused.value.errors] == ["body.too_short.characters"]


def test_submit_twice_is_refused_and_numbers_once(session: Session, cast: Cast) -> None:
    submitted = make_contribution(session, cast.author, edition=make_edition(session))
    with pytest.raises(Conflict):
        operations.submit(session, cast.author.actor, submitted.id)
    assert len(session.scalars(select(Revision)).all()) == 1


def test_submit_has_an_hour_of_grace_after_closing(
    session: Session, cast: Cast, at: Callable[[datetime], None]
) -> None:
    edition = make_edition(session, closes_at=NOON)
    at(NOON - timedelta(hours=1))
    drafts = [
        make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
        for _ in range(2)
    ]
    at(NOON + timedelta(minutes=59))
    operations.submit(session, cast.author.actor, drafts[0].id)
    at(NOON + timedelta(minutes=61))
    with pytest.raises(Forbidden, match=r"call\.closed"):
        operations.submit(session, cast.author.actor, drafts[1].id)
    assert drafts[1].state == State.DRAFT


def test_submit_answers_a_change_request_after_closing(
    session: Session, cast: Cast, at: Callable[[datetime], None]
) -> None:
    edition = make_edition(session, closes_at=NOON)
    at(NOON - timedelta(days=1))
    asked = make_contribution(session, cast.author, edition=edition, state=State.CHANGES_REQUESTED)
    at(NOON + timedelta(days=30))
    essay = make_essay("fr", title="Mieux")
    operations.save_draft(session, cast.author.actor, asked.id, essay, seen_version=2)
    revision = operations.submit(session, cast.author.actor, asked.id, note="Corrigé.")
    assert (revision.number, revision.kind, revision.note) == (2, "requested_change", "Corrigé.")
    assert asked.number == "S-J-001"
    assert asked.waiting_since == NOON + timedelta(days=30)


def test_submit_at_once_gives_each_its_own_number(
    sessions: sessionmaker[Session], session: Session, cast: Cast
) -> None:
    edition = make_edition(session)
    drafts = [
        make_contribution(session, cast.author, edition=edition, state=State.DRAFT).id
        for _ in range(6)
    ]
    actor = cast.author.actor
    session.commit()

    def submit(draft_id: int) -> str | None:
        with sessions() as own:
            begin_write(own)
            operations.submit(own, actor, draft_id)
            own.commit()
            return own.get_one(Contribution, draft_id).number

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(submit, drafts))
    assert sorted(map(str, numbers)) == [f"S-J-{n:03d}" for n in range(1, 7)]


@pytest.mark.parametrize("who", ["stranger", "moderator", "organiser"])
@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.CHANGES_REQUESTED])
def test_every_write_by_another_person_finds_nothing(
    session: Session, cast: Cast, who: str, state: State
) -> None:
    owned = make_contribution(session, cast.author, edition=make_edition(session), state=state)
    actor = cast.actor(who)
    for attempt in (
        lambda: operations.save_draft(session, actor, owned.id, make_essay(), seen_version=2),
        lambda: operations.submit(session, actor, owned.id),
        lambda: operations.withdraw(session, actor, owned.id),
        lambda: operations.discard(session, actor, owned.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert owned.state == state


@pytest.mark.parametrize("state", list(State))
def test_withdraw_is_possible_until_publication(session: Session, cast: Cast, state: State) -> None:
    owned = make_contribution(session, cast.author, edition=make_edition(session), state=state)
    if state in {State.SUBMITTED, State.DECIDED, State.CHANGES_REQUESTED, State.ACCEPTED}:
        operations.withdraw(session, cast.author.actor, owned.id)
        assert owned.state == State.WITHDRAWN
    else:
        with pytest.raises(Conflict):
            operations.withdraw(session, cast.author.actor, owned.id)


def test_discard_deletes_a_draft_for_good(session: Session, cast: Cast) -> None:
    draft = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.DRAFT
    )
    operations.discard(session, cast.author.actor, draft.id)
    session.flush()
    assert session.scalars(select(Contribution)).all() == []
    assert session.scalars(select(Draft)).all() == []


def test_discard_refuses_what_was_submitted(session: Session, cast: Cast) -> None:
    submitted = make_contribution(session, cast.author, edition=make_edition(session))
    with pytest.raises(Conflict):
        operations.discard(session, cast.author.actor, submitted.id)


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_move_follows_the_table_and_leaves_one_entry(
    session: Session, cast: Cast, before: State, after: State
) -> None:
    moved = make_contribution(session, cast.author, edition=make_edition(session), state=before)
    moved.number = moved.number or "S-J-999"
    if after == State.PUBLISHED:
        moved.published_revision_id = moved.revision_id
    entries = len(session.scalars(select(AuditEntry)).all())
    if after in MOVES[before]:
        move(session, SYSTEM, moved, after, AuditAction.CONTRIBUTION_DECIDED)
        assert (moved.state, entries + 1) == (after, len(session.scalars(select(AuditEntry)).all()))
    else:
        with pytest.raises(Conflict):
            move(session, SYSTEM, moved, after, AuditAction.CONTRIBUTION_DECIDED)
        assert (moved.state, entries) == (before, len(session.scalars(select(AuditEntry)).all()))


def test_audit_entries_refuse_change_and_deletion(session: Session, cast: Cast) -> None:
    make_contribution(session, cast.author, edition=make_edition(session))
    session.commit()
    for statement in ("UPDATE audit_entry SET subject_id = 0", "DELETE FROM audit_entry"):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_import_essay_is_an_organisers_act_outside_the_window(session: Session, cast: Cast) -> None:
    edition = make_edition(session, "2017", prefix="2017", is_open=False)
    theme = edition_theme(session, edition.id)
    essay = make_essay("fr", licence="", abstract="")
    with pytest.raises(Forbidden):
        operations.import_essay(
            session,
            cast.author.actor,
            edition,
            TrackCode.JURIST,
            theme,
            essay,
            owner=cast.author,
        )
    imported, warnings = operations.import_essay(
        session, cast.organiser.actor, edition, TrackCode.JURIST, theme, essay, owner=cast.author
    )
    assert (imported.state, imported.number) == ("submitted", "2017-J-001")
    assert "licence" in {warning.field for warning in warnings}


def edition_theme(session: Session, edition_id: int) -> Any:
    from app.editions.models import Theme

    return session.scalars(select(Theme).where(Theme.edition_id == edition_id)).first()
