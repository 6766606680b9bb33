"""Reasons of a track's own, and what decisions keep of them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.audit import AuditEntry
from app.core.errors import Forbidden, Invalid, NotFound, Several
from app.editions.models import Edition
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.reasons import operations, queries
from tests.factories import Cast
from tests.moderation.conftest import mails
from tests.moderation.reasons.conftest import WORDS, add, track_of


def test_a_reason_of_its_own_stands_behind_the_standard_ones(
    session: Session, cast: Cast, edition: Edition
) -> None:
    jurists = track_of(session, edition)
    add(session, cast.actor("organiser"), jurists)
    add(session, cast.actor("organiser"), jurists, code="second", text="Another.")
    operations.move_reason(session, cast.actor("organiser"), jurists, "second", -1)
    operations.move_reason(session, cast.actor("organiser"), jurists, "second", -1)
    found = queries.of_track(session, jurists.id)
    assert [each.code for each in found] == [*Reason, "second", "not-in-force"]
    assert found[-1].text == WORDS
    other = queries.of_track(session, track_of(session, edition, "digital_actor").id)
    assert [each.code for each in other] == [*Reason]
    session.flush()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "reason")).all()
    assert [entry.action for entry in entries] == [
        *("reason:created", "reason:changed") * 2,
        "reason:changed",
    ]
    assert entries[-1].data == {"track": jurists.id, "code": "second", "fields": ["position"]}


@pytest.mark.parametrize("name", ["author", "moderator", "stranger"])
def test_others_than_organisers_change_nothing(
    session: Session, cast: Cast, edition: Edition, name: str
) -> None:
    jurists, actor = track_of(session, edition), cast.actor(name)
    attempts: list[Callable[[], Any]] = [
        lambda: operations.create_reason(
            session, actor, jurists, code="x", language="en", text="X."
        ),
        lambda: operations.write_reason(session, actor, jurists, "unclear", "en", text="X."),
        lambda: operations.change_reason(
            session, actor, jurists, "unclear", verdicts=(), is_offered=False
        ),
        lambda: operations.move_reason(session, actor, jurists, "unclear", 1),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert queries.of_track(session, jurists.id) == [
        queries.TrackReason(code.value, {}) for code in Reason
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "Not in force"}, "slug.pattern"),
        ({"code": "unclear"}, "reason.code_taken"),
        ({"code": "not-in-force"}, "reason.code_taken"),
        ({"code": "x", "text": "  "}, "reason.last_words"),
        ({"code": "x", "language": "tlh"}, "language.unknown"),
        ({"code": "x", "verdicts": ["publish"]}, "verdicts.unknown"),
    ],
)
def test_create_reason_refuses(
    session: Session, cast: Cast, edition: Edition, changes: dict[str, Any], code: str
) -> None:
    jurists = track_of(session, edition)
    add(session, cast.actor("organiser"), jurists)
    with pytest.raises(Invalid) as caught:
        add(session, cast.actor("organiser"), jurists, **changes)
    assert caught.value.code == code


def test_write_reason_keeps_words_in_one_language_at_least(
    session: Session, cast: Cast, edition: Edition
) -> None:
    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    add(session, organiser, jurists)
    operations.write_reason(session, organiser, jurists, "not-in-force", "en", text="")
    with pytest.raises(Invalid) as caught:
        operations.write_reason(session, organiser, jurists, "not-in-force", "ar", text=" ")
    assert caught.value.code == "reason.last_words"
    # A standard one has its usual words.
    operations.write_reason(session, organiser, jurists, "unclear", "en", text="Hard to follow.")
    operations.write_reason(session, organiser, jurists, "unclear", "en", text="")
    assert queries.of_track(session, jurists.id)[2] == queries.TrackReason("unclear", {})
    with pytest.raises(NotFound):
        operations.write_reason(session, organiser, jurists, "unknown", "en", text="X.")


@pytest.mark.parametrize("code", ["spam", "duplicate", "wrong_track"])
def test_what_a_verdict_says_by_itself_cannot_be_withdrawn(
    session: Session, cast: Cast, edition: Edition, code: str
) -> None:
    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    for values in ({"verdicts": (), "is_offered": False}, {"verdicts": ["accept"]}):
        with pytest.raises(Invalid) as caught:
            operations.change_reason(
                session, organiser, jurists, code, **({"is_offered": True} | values)
            )
        assert caught.value.code == "reason.implied"
    operations.write_reason(session, organiser, jurists, code, "en", text="In our words.")


def test_decide_keeps_the_words_a_reason_had(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    decide: Callable[..., Decision],
) -> None:
    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    add(session, organiser, jurists)
    operations.write_reason(session, organiser, jurists, "unclear", "fr", text="C’est obscur.")
    made = decide(
        "moderator", essay, Verdict.REJECT, reasons=["not-in-force", "unclear", "off_topic"]
    )
    operations.write_reason(session, organiser, jurists, "not-in-force", "en", text="Changed.")
    operations.write_reason(session, organiser, jurists, "unclear", "fr", text="")
    operations.change_reason(
        session, organiser, jurists, "not-in-force", verdicts=(), is_offered=False
    )
    session.flush()
    session.expire_all()
    kept = session.get_one(Decision, made.id)
    assert kept.reasons == ["off_topic", "unclear", "not-in-force"]
    assert kept.reason_texts == {"unclear": {"fr": "C’est obscur."}, "not-in-force": WORDS}
    [mail] = mails(session)
    assert mail.data["reason_texts"] == kept.reason_texts


def test_decide_keeps_the_words_of_the_reason_a_verdict_says_by_itself(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    decide: Callable[..., Decision],
) -> None:
    jurists = track_of(session, edition)
    operations.write_reason(
        session, cast.actor("organiser"), jurists, "wrong_track", "en", text="Not for jurists."
    )
    made = decide("moderator", essay, Verdict.WRONG_TRACK)
    assert made.reason_texts == {"wrong_track": {"en": "Not for jurists."}}


def test_decide_sent_twice_is_one_although_a_reason_was_reworded_between(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    decide: Callable[..., Decision],
) -> None:
    from app.moderation.decisions.operations import decide as again

    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    add(session, organiser, jurists)
    said = {"reasons": ["not-in-force"], "words": "Non.", "words_language": "fr"}
    made = decide("moderator", essay, Verdict.REJECT, **said)
    operations.write_reason(session, organiser, jurists, "not-in-force", "en", text="Changed.")
    moderator = cast.actor("moderator")
    assert (
        again(session, moderator, essay.id, Verdict.REJECT, **said, revision_seen=1).id == made.id
    )


def test_decide_refuses_what_the_track_does_not_offer(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    decide: Callable[..., Decision],
) -> None:
    jurists, organiser = track_of(session, edition), cast.actor("organiser")
    actors = track_of(session, edition, "digital_actor")
    add(session, organiser, jurists, verdicts=["changes"])
    add(session, organiser, actors, code="only-actors")
    for values in ({"verdicts": (), "is_offered": False},):
        operations.change_reason(session, organiser, jurists, "sources", **values)
    for verdict, reasons in (
        (Verdict.REJECT, ["not-in-force"]),
        (Verdict.REJECT, ["sources"]),
        (Verdict.REJECT, ["off_topic", "only-actors"]),
        (Verdict.REJECT, ["off_topic", "made-up"]),
    ):
        with pytest.raises(Several) as caught:
            decide("moderator", essay, verdict, reasons=reasons)
        assert [(each.code, each.field) for each in caught.value.errors] == [
            ("decision.reason_not_offered", "reasons")
        ]
    assert decide("moderator", essay, Verdict.CHANGES, reasons=["not-in-force"]).id


def test_of_contribution_is_one_query(
    session: Session,
    engine: Engine,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    count_queries: Callable[..., Any],
) -> None:
    jurists = track_of(session, edition)
    for number in range(3):
        add(session, cast.actor("organiser"), jurists, code=f"reason-{number}")
    session.flush()
    with count_queries(engine) as statements:
        found = queries.of_contribution(session, essay.id)
    assert len(statements) == 1
    assert [each.code for each in found][-3:] == ["reason-0", "reason-1", "reason-2"]


def test_own_reasons_are_those_of_these_tracks_with_the_newest_words(
    session: Session, cast: Cast, edition: Edition
) -> None:
    from app.core.policy import TrackCode
    from tests.factories import make_edition

    organiser = cast.actor("organiser")
    newer = make_edition(session, "2027")
    newer.position = edition.position + 1
    add(session, organiser, track_of(session, newer), text="Newer.")
    add(session, organiser, track_of(session, edition))
    add(session, organiser, track_of(session, edition, "digital_actor"), code="theirs")
    operations.write_reason(session, organiser, track_of(session, edition), "spam", "en", text="X")
    found = queries.own_reasons(session, [TrackCode.JURIST])
    assert found == {"not-in-force": WORDS | {"en": "Newer."}}
    assert set(queries.own_reasons(session, TrackCode)) == {"not-in-force", "theirs"}
