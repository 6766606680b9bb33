"""Creating, changing, ordering and deleting the themes of an edition and their questions."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.audit import AuditAction, record
from app.core.db import hold
from app.core.errors import Invalid
from app.core.policy import Actor, TrackCode
from app.editions.models import Edition, Question, Theme
from app.editions.queries import is_used
from app.editions.texts import Step, allow, assign, checked_slug, flush, shift, write


def create_theme(
    session: Session,
    actor: Actor,
    edition: Edition,
    *,
    code: str,
    language: str,
    title: str,
    context: str = "",
) -> Theme:
    """Add a theme, as the last of its edition.

    Raises Forbidden; Invalid: ``slug.pattern``, ``theme.code_taken``, and see ``texts.write``.
    """
    allow(actor)
    hold(session, edition)
    _check_code(session, edition.id, code)
    theme = Theme(
        edition_id=edition.id,
        code=code,
        title={},
        context={},
        position=session.scalar(
            select(func.coalesce(func.max(Theme.position) + 1, 0)).where(
                Theme.edition_id == edition.id
            )
        ),
        questions=[],
    )
    write(theme, language, {"title": title, "context": context})
    session.add(theme)
    flush(session)
    record(session, actor, AuditAction.THEME_CREATED, theme.id, code=code)
    return theme


def change_theme(session: Session, actor: Actor, theme: Theme, *, code: str) -> None:
    """Give the theme another code, which lists are filtered by, while nothing refers to it.

    Raises Forbidden; Invalid: ``slug.pattern``, ``theme.code_taken``, ``theme.in_use``.
    """
    allow(actor)
    hold(session, theme)
    if code == theme.code:
        return
    _check_code(session, theme.edition_id, code)
    if is_used(session, theme):
        raise Invalid("theme.in_use", field="code")
    theme.code = code
    flush(session)
    record(session, actor, AuditAction.THEME_CHANGED, theme.id, fields=["code"])


def write_theme(
    session: Session, actor: Actor, theme: Theme, language: str, *, title: str, context: str
) -> None:
    """Set the theme's texts in one language. Raises Forbidden, Invalid (see ``texts.write``)."""
    allow(actor)
    hold(session, theme)
    if names := write(theme, language, {"title": title, "context": context}):
        record(session, actor, AuditAction.THEME_CHANGED, theme.id, language=language, fields=names)


def move_theme(session: Session, actor: Actor, theme: Theme, step: Step) -> None:
    """Move the theme one place within its edition; at the end nothing happens. Raises Forbidden."""
    allow(actor)
    siblings = session.scalars(
        select(Theme)
        .where(Theme.edition_id == theme.edition_id)
        .order_by(Theme.position, Theme.id)
        .with_for_update()
    ).all()
    if shift(siblings, theme, step):
        record(session, actor, AuditAction.THEME_CHANGED, theme.id, fields=["position"])


def delete_theme(session: Session, actor: Actor, theme: Theme) -> None:
    """Delete a theme that has no questions and that nothing refers to.

    Raises Forbidden; Invalid: ``theme.has_questions``, ``theme.in_use``.
    """
    allow(actor)
    hold(session, theme)
    if session.scalar(select(Question.id).where(Question.theme_id == theme.id).limit(1)):
        raise Invalid("theme.has_questions")
    if is_used(session, theme):
        raise Invalid("theme.in_use")
    record(session, actor, AuditAction.THEME_DELETED, theme.id, code=theme.code)
    session.execute(delete(Theme).where(Theme.id == theme.id))


def create_question(
    session: Session,
    actor: Actor,
    theme: Theme,
    *,
    slug: str,
    tracks: Collection[str],
    language: str,
    title: str,
    context: str = "",
) -> Question:
    """Add a question, as the last of its theme.

    Raises Forbidden; Invalid: ``slug.pattern``, ``slug.taken``, ``tracks.none``,
    ``tracks.unknown``, and see ``texts.write``.
    """
    allow(actor)
    hold(session, theme)
    _check_slug(session, slug)
    question = Question(
        theme_id=theme.id,
        slug=slug,
        title={},
        context={},
        tracks=_tracks(tracks),
        position=_after_last(session, theme.id),
    )
    write(question, language, {"title": title, "context": context})
    session.add(question)
    flush(session)
    record(session, actor, AuditAction.QUESTION_CREATED, question.id, slug=slug)
    return question


def change_question(
    session: Session,
    actor: Actor,
    question: Question,
    *,
    slug: str,
    theme: Theme,
    tracks: Collection[str],
) -> None:
    """Change what is the same in every language.

    The slug is the address of the question's page, and its theme that of its essays: both are
    fixed once anything refers to it.

    Raises Forbidden; Invalid: as :func:`create_question`, ``slug.in_use``, ``question.in_use``.
    """
    allow(actor)
    hold(session, question)
    if slug != question.slug:
        _check_slug(session, slug)
        if is_used(session, question):
            raise Invalid("slug.in_use", field="slug")
    values: dict[str, Any] = {"slug": slug, "tracks": _tracks(tracks)}
    if theme.id != question.theme_id:
        if is_used(session, question):
            raise Invalid("question.in_use", field="theme")
        values |= {"theme_id": theme.id, "position": _after_last(session, theme.id)}
    if names := assign(question, **values):
        flush(session)
        record(session, actor, AuditAction.QUESTION_CHANGED, question.id, fields=names)


def write_question(
    session: Session, actor: Actor, question: Question, language: str, *, title: str, context: str
) -> None:
    """Set the question's texts in one language. Raises Forbidden, Invalid (see ``texts.write``)."""
    allow(actor)
    hold(session, question)
    if names := write(question, language, {"title": title, "context": context}):
        record(
            session,
            actor,
            AuditAction.QUESTION_CHANGED,
            question.id,
            language=language,
            fields=names,
        )


def move_question(session: Session, actor: Actor, question: Question, step: Step) -> None:
    """Move the question one place within its theme; at the end nothing happens.

    Raises Forbidden.
    """
    allow(actor)
    siblings = session.scalars(
        select(Question)
        .where(Question.theme_id == question.theme_id)
        .order_by(Question.position, Question.id)
        .with_for_update()
    ).all()
    if shift(siblings, question, step):
        record(session, actor, AuditAction.QUESTION_CHANGED, question.id, fields=["position"])


def delete_question(session: Session, actor: Actor, question: Question) -> None:
    """Delete a question that nothing refers to. Raises Forbidden, Invalid (``question.in_use``)."""
    allow(actor)
    hold(session, question)
    if is_used(session, question):
        raise Invalid("question.in_use")
    record(session, actor, AuditAction.QUESTION_DELETED, question.id, slug=question.slug)
    session.execute(delete(Question).where(Question.id == question.id))


def _check_code(session: Session, edition_id: int, code: str) -> None:
    checked_slug(code, "code")
    known = select(Theme.id).where(Theme.edition_id == edition_id, Theme.code == code)
    if session.scalar(known) is not None:
        raise Invalid("theme.code_taken", field="code")


def _check_slug(session: Session, slug: str) -> None:
    checked_slug(slug)
    if session.scalar(select(Question.id).where(Question.slug == slug)) is not None:
        raise Invalid("slug.taken", field="slug")


def _after_last(session: Session, theme_id: int) -> int:
    after = func.coalesce(func.max(Question.position) + 1, 0)
    return session.scalars(select(after).where(Question.theme_id == theme_id)).one()


def _tracks(given: Collection[str]) -> list[str]:
    if not given:
        raise Invalid("tracks.none", field="tracks")
    if not set(given) <= set(TrackCode):
        raise Invalid("tracks.unknown", field="tracks")
    return [code.value for code in TrackCode if code in given]
