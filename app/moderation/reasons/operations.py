"""Giving a track reasons of its own, and its own words to the standard ones."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.audit import AuditAction, record
from app.core.db import hold
from app.core.errors import Invalid, NotFound
from app.core.languages import CODES
from app.core.localised import put
from app.core.policy import Actor
from app.documents.text import normalise
from app.editions.charter import known_rule
from app.editions.models import Track
from app.editions.texts import Step, allow, assign, checked_slug, shift
from app.moderation.decisions.verdicts import Verdict
from app.moderation.reasons import queries
from app.moderation.reasons.models import CodedReason
from app.moderation.reasons.queries import IMPLIED, STANDARD


def create_reason(
    session: Session,
    actor: Actor,
    track: Track,
    *,
    code: str,
    language: str,
    text: str,
    verdicts: Collection[str] = (),
    rule: str = "",
) -> CodedReason:
    """Add a reason of the track's own, behind the others; ``rule`` is the charter's it rests on.

    Raises Forbidden; Invalid: ``slug.pattern``, ``reason.code_taken``, ``verdicts.unknown``,
    ``rule.unknown``, and see :func:`write_reason`.
    """
    allow(actor)
    hold(session, track)
    checked_slug(code, "code")
    if code in STANDARD or queries.row(session, track, code):
        raise Invalid("reason.code_taken", field="code")
    row = CodedReason(
        track_id=track.id,
        code=code,
        text=_written({}, language, text, is_standard=False),
        verdicts=known_verdicts(verdicts),
        rule=known_rule(session, rule),
        position=_after_last(session, track),
    )
    session.add(row)
    session.flush()
    record(session, actor, AuditAction.REASON_CREATED, row.id, track=track.id, code=code)
    return row


def write_reason(
    session: Session, actor: Actor, track: Track, code: str, language: str, *, text: str
) -> None:
    """Set a reason's words in one language; a standard one without any has its usual words again.

    Decisions that were made keep the words they were made with. Raises Forbidden; NotFound
    (``reason.unknown``); Invalid: ``language.unknown``, ``reason.last_words``.
    """
    allow(actor)
    row = _held(session, track, code)
    words = _written(row.text, language, text, is_standard=code in STANDARD)
    if fields := assign(row, text=words):
        _changed(session, actor, row, fields, language=language)


def change_reason(
    session: Session,
    actor: Actor,
    track: Track,
    code: str,
    *,
    verdicts: Collection[str],
    is_offered: bool,
    rule: str = "",
) -> None:
    """Say for which decisions a reason is offered, and on which rule it rests; or withdraw it.

    A standard one has its rule for good. Decisions that were made keep theirs. Raises Forbidden;
    NotFound (``reason.unknown``); Invalid: ``verdicts.unknown``, ``rule.unknown``,
    ``reason.implied`` for one that a verdict says by itself.
    """
    allow(actor)
    row = _held(session, track, code)
    kept = known_verdicts(verdicts)
    if code in IMPLIED and (kept or not is_offered):
        raise Invalid("reason.implied", field="is_offered")
    rests_on = "" if code in STANDARD else known_rule(session, rule, row.rule)
    if fields := assign(row, verdicts=kept, is_offered=is_offered, rule=rests_on):
        _changed(session, actor, row, fields)


def move_reason(session: Session, actor: Actor, track: Track, code: str, step: Step) -> None:
    """Move one of the track's own one place; at the end nothing happens.

    Raises Forbidden, NotFound (``reason.unknown``).
    """
    allow(actor)
    row = _held(session, track, code)
    siblings = session.scalars(
        select(CodedReason)
        .where(CodedReason.track_id == track.id, CodedReason.code.not_in(STANDARD))
        .order_by(CodedReason.position, CodedReason.id)
    ).all()
    if row in siblings and shift(siblings, row, step):
        _changed(session, actor, row, ["position"])


def known_verdicts(given: Collection[str]) -> list[str]:
    """The verdicts, in their order. Raises Invalid (``verdicts.unknown``)."""
    if not set(given) <= set(Verdict):
        raise Invalid("verdicts.unknown", field="verdicts")
    return [verdict.value for verdict in Verdict if verdict in given]


def _held(session: Session, track: Track, code: str) -> CodedReason:
    """What the track says of that reason, so far nothing for a standard one, kept from others."""
    hold(session, track)
    row = queries.row(session, track, code)
    if row is None:
        if code not in STANDARD:
            raise NotFound("reason.unknown")
        row = CodedReason(track_id=track.id, code=code, text={}, verdicts=[], is_offered=True)
        session.add(row)
        session.flush()
    hold(session, row)
    return row


def _written(
    texts: dict[str, str], language: str, text: str, *, is_standard: bool
) -> dict[str, str]:
    if language not in CODES:
        raise Invalid("language.unknown", field="language")
    words = put(texts, language, " ".join(normalise(text).split()))
    if not words and not is_standard:
        raise Invalid("reason.last_words", field="text")
    return words


def _after_last(session: Session, track: Track) -> int:
    after = func.coalesce(func.max(CodedReason.position) + 1, 0)
    return session.scalars(select(after).where(CodedReason.track_id == track.id)).one()


def _changed(
    session: Session, actor: Actor, row: CodedReason, fields: list[str], **more: str
) -> None:
    session.flush()
    said = {"track": row.track_id, "code": row.code, "fields": fields, **more}
    record(session, actor, AuditAction.REASON_CHANGED, row.id, **said)
