"""Making, wording, publishing and building volumes; what stands in them is ``contents``'."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock, queue
from app.core.audit import AuditAction, record
from app.core.db import hold
from app.core.errors import Forbidden, Invalid
from app.core.languages import CODES
from app.core.policy import Actor, can_organise
from app.documents.labels import NOTE_LABELS
from app.documents.render import render
from app.documents.text import Problem, line_problems, problems, unknown_figures
from app.editions.models import Edition
from app.editions.texts import assign, checked_slug, write
from app.proceedings import queries
from app.proceedings.book import MULTI
from app.proceedings.formats import FORMATS
from app.proceedings.models import Build, Volume
from app.proceedings.states import BuildState

BUILD_JOB = "proceedings.build"


def allow(actor: Actor) -> None:
    """Raise Forbidden unless the actor may organise."""
    if not can_organise(actor):
        raise Forbidden("forbidden")


def begin(session: Session, actor: Actor, volume: Volume) -> None:
    """Check the permission and keep everybody else from changing the volume until the end."""
    allow(actor)
    hold(session, volume)


def changed(session: Session, actor: Actor, volume: Volume, what: str, **data: Any) -> None:
    """Count a change of the volume's content and write its audit entry."""
    volume.version += 1
    volume.changed_at = clock.now()
    session.flush()
    record(
        session,
        actor,
        AuditAction.VOLUME_CHANGED,
        volume.id,
        what=what,
        version=volume.version,
        **data,
    )


def check_line(field: str, text: str) -> None:
    """Raise Invalid unless the text is one line fit for a title."""
    _refuse(field, line_problems(text))


def _refuse(field: str, found: tuple[Problem, ...]) -> None:
    for problem in found:
        raise Invalid(problem.code, field=field, **{"line": problem.line, **problem.data})


def create_volume(
    session: Session, actor: Actor, edition: Edition, slug: str, title: dict[str, str]
) -> Volume:
    """Begin an edition's volume; asked for twice with the same words, it is the same volume.

    ``title`` is by language. Raises Forbidden; Invalid: ``slug.pattern``, ``slug.taken``,
    ``title.missing``, ``language.unknown``, a title that is no line of text.
    """
    allow(actor)
    checked_slug(slug)
    if not any(text.strip() for text in title.values()):
        raise Invalid("title.missing", field="title")
    volume = Volume(slug=slug, edition_id=edition.id, title={}, subtitle={}, foreword={})
    for language, text in title.items():
        check_line("title", text)
        write(volume, language, {"title": text})
    known = session.scalar(select(Volume).where(Volume.slug == slug))
    if known is not None:
        if known.edition_id == edition.id and known.title == volume.title:
            return known
        raise Invalid("slug.taken", field="slug")
    try:
        with session.begin_nested():
            session.add(volume)
    except IntegrityError:
        # The button was pressed twice: the other request's is there by now.
        return create_volume(session, actor, edition, slug, title)
    record(session, actor, AuditAction.VOLUME_CREATED, volume.id, slug=slug)
    return volume


def write_volume(
    session: Session,
    actor: Actor,
    volume: Volume,
    language: str,
    *,
    title: str,
    subtitle: str,
    foreword: str,
) -> None:
    """Set the volume's texts in one language, and render the foreword.

    Raises Forbidden; Invalid: ``title.missing``, ``title.last``, ``language.unknown``, whatever
    the text format forbids in the foreword.
    """
    begin(session, actor, volume)
    check_line("title", title)
    check_line("subtitle", subtitle)
    _refuse("foreword", problems(foreword) or unknown_figures(foreword, ()))
    texts = {"title": title, "subtitle": subtitle, "foreword": foreword}
    if names := write(volume, language, texts):
        volume.foreword_html = rendered(volume)
        changed(session, actor, volume, "texts", language=language, fields=names)


def rendered(volume: Volume) -> dict[str, str]:
    """The foreword as HTML in each of its languages."""
    return {
        code: render(text, language=code, prefix="foreword", labels=NOTE_LABELS[code])
        for code, text in volume.foreword.items()
    }


def render_forewords(session: Session) -> int:
    """Render all forewords anew, after a change of renderer; the number of volumes that changed."""
    volumes = session.scalars(select(Volume).with_for_update()).all()
    return sum(bool(assign(volume, foreword_html=rendered(volume))) for volume in volumes)


def publish(session: Session, actor: Actor, volume: Volume) -> None:
    """Give the volume its public page; a second time nothing happens.

    Raises Forbidden, Invalid (``volume.empty``).
    """
    begin(session, actor, volume)
    if volume.published_at is not None:
        return
    if not queries.holds_essays(session, volume):
        raise Invalid("volume.empty")
    volume.published_at = clock.now()
    session.flush()
    record(session, actor, AuditAction.VOLUME_PUBLISHED, volume.id, version=volume.version)


def unpublish(session: Session, actor: Actor, volume: Volume) -> None:
    """Take the public page away; a second time nothing happens. Raises Forbidden."""
    begin(session, actor, volume)
    if volume.published_at is None:
        return
    volume.published_at = None
    session.flush()
    record(session, actor, AuditAction.VOLUME_UNPUBLISHED, volume.id, version=volume.version)


def request_build(
    session: Session, actor: Actor, volume: Volume, language: str, format_code: str
) -> Build:
    """Ask for the volume in a language (or ``multi``) and a format; the worker makes it.

    While one like it waits or runs on the same content, that one is given back. Raises Forbidden;
    Invalid: ``language.unknown``, ``format.unknown``, ``volume.empty``.
    """
    begin(session, actor, volume)
    if language not in (*CODES, MULTI):
        raise Invalid("language.unknown", field="language")
    if format_code not in FORMATS:
        raise Invalid("format.unknown", field="format")
    if not queries.holds_essays(session, volume):
        raise Invalid("volume.empty")
    pending = session.scalar(
        select(Build).where(
            Build.volume_id == volume.id,
            Build.language == language,
            Build.format == format_code,
            Build.volume_version == volume.version,
            Build.state.in_((BuildState.WAITING.value, BuildState.RUNNING.value)),
        )
    )
    if pending is not None:
        return pending
    highest = select(func.coalesce(func.max(Build.number), 0)).where(Build.volume_id == volume.id)
    build = Build(
        volume_id=volume.id,
        number=session.scalars(highest).one() + 1,
        language=language,
        format=format_code,
        volume_version=volume.version,
        requested_by_id=actor.id,
        requested_at=clock.now(),
    )
    session.add(build)
    session.flush()
    record(
        session,
        actor,
        AuditAction.BUILD_REQUESTED,
        build.id,
        volume=volume.id,
        number=build.number,
        language=language,
        format=format_code,
    )
    queue.request(session, BUILD_JOB, build.id)
    return build
