"""Preparing messages for the moderators of a track."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditAction, record
from app.core.db import hold
from app.core.errors import Invalid
from app.core.policy import Actor
from app.documents.text import normalise, unkeepable
from app.editions.models import Track
from app.editions.texts import Step, allow, assign, shift, write
from app.moderation.message_templates.filling import PLACEHOLDERS, unknown
from app.moderation.message_templates.models import MessageTemplate
from app.moderation.message_templates.queries import of_track
from app.moderation.reasons.operations import known_verdicts


def create_template(
    session: Session,
    actor: Actor,
    track: Track,
    *,
    language: str,
    title: str,
    text: str,
    verdicts: Collection[str] = (),
) -> MessageTemplate:
    """Prepare a message, behind the others. The same words sent twice in a row are one message.

    Raises Forbidden; Invalid: ``verdicts.unknown``, and see :func:`write_template`.
    """
    allow(actor)
    hold(session, track)
    newest = select(MessageTemplate).where(MessageTemplate.track_id == track.id)
    last = session.scalars(newest.order_by(MessageTemplate.position.desc()).limit(1)).first()
    row = MessageTemplate(
        track_id=track.id,
        title={},
        text={},
        verdicts=known_verdicts(verdicts),
        position=last.position + 1 if last else 0,
    )
    _check(text)
    write(row, language, {"title": title, "text": text})
    if last and (last.title, last.text, last.verdicts) == (row.title, row.text, row.verdicts):
        return last
    session.add(row)
    session.flush()
    record(session, actor, AuditAction.MESSAGE_TEMPLATE_CREATED, row.id, track=track.id)
    return row


def write_template(
    session: Session, actor: Actor, row: MessageTemplate, language: str, *, title: str, text: str
) -> None:
    """Set its title and text in one language.

    Raises Forbidden; Invalid: ``template.placeholder`` for what is no placeholder, for characters
    that can't be kept, and see ``editions.texts.write``.
    """
    allow(actor)
    hold(session, row)
    _check(text)
    if fields := write(row, language, {"title": title, "text": text}):
        _changed(session, actor, row, fields, language=language)


def change_template(
    session: Session,
    actor: Actor,
    row: MessageTemplate,
    *,
    verdicts: Collection[str],
    is_offered: bool,
) -> None:
    """Say for which decisions it is meant, or withdraw it.

    Raises Forbidden, Invalid (``verdicts.unknown``).
    """
    allow(actor)
    hold(session, row)
    if fields := assign(row, verdicts=known_verdicts(verdicts), is_offered=is_offered):
        _changed(session, actor, row, fields)


def move_template(session: Session, actor: Actor, row: MessageTemplate, step: Step) -> None:
    """Move it one place within its track; at the end nothing happens. Raises Forbidden."""
    allow(actor)
    hold(session, session.get_one(Track, row.track_id))
    if shift(of_track(session, row.track_id), row, step):
        _changed(session, actor, row, ["position"])


def _check(text: str) -> None:
    for problem in unkeepable(normalise(text)):
        raise Invalid(problem.code, field="text", line=problem.line, **problem.data)
    for found in unknown(text):
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise Invalid("template.placeholder", field="text", found=found, known=known)


def _changed(
    session: Session, actor: Actor, row: MessageTemplate, fields: list[str], **more: str
) -> None:
    session.flush()
    said = {"track": row.track_id, "fields": fields, **more}
    record(session, actor, AuditAction.MESSAGE_TEMPLATE_CHANGED, row.id, **said)
