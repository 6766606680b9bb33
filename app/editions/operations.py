"""Creating and changing editions and their tracks."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.audit import AuditAction, record
from app.core.db import hold
from app.core.errors import Invalid
from app.core.policy import Actor, TrackCode
from app.documents.labels import NOTE_LABELS
from app.documents.render import render
from app.editions.choices import ASKABLE, TRACK_TITLES, Check, Licence, time_zones
from app.editions.models import Edition, Track
from app.editions.queries import is_used
from app.editions.texts import allow, assign, checked_slug, flush, write

PREFIX: Final = re.compile(r"[A-Z0-9]{1,12}")
APPEAL_DAYS: Final = 30
MOST_APPEAL_DAYS: Final = 365
MOST_UNITS: Final = 100_000
"""The longest body a track may ask for, in words or characters."""


def create_edition(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    prefix: str,
    language: str,
    title: str,
    description: str = "",
) -> Edition:
    """Begin an edition with its two tracks; its call stays switched off until it is ready.

    Raises Forbidden; Invalid: ``slug.pattern``, ``slug.taken``, ``prefix.pattern``,
    ``prefix.taken``, and see ``texts.write``.
    """
    allow(actor)
    _check_names(session, None, slug, prefix)
    edition = Edition(
        slug=slug,
        prefix=prefix,
        title={},
        description={},
        is_open=False,
        position=session.scalar(select(func.coalesce(func.max(Edition.position), 0) + 1)),
        tracks=[
            Track(
                code=code.value,
                title=dict(TRACK_TITLES[code]),
                required_fields=[],
                licences=[licence.value for licence in Licence],
                position=position,
            )
            for position, code in enumerate(TrackCode)
        ],
        themes=[],
    )
    write(edition, language, {"title": title, "description": description})
    session.add(edition)
    flush(session)
    record(session, actor, AuditAction.EDITION_CREATED, edition.id, slug=slug)
    return edition


def change_edition(
    session: Session,
    actor: Actor,
    edition: Edition,
    *,
    slug: str,
    prefix: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    time_zone: str,
    is_open: bool,
    release_later: bool,
    decides_together: bool = False,
    appeal_days: int = APPEAL_DAYS,
) -> None:
    """Change what is the same in every language.

    The slug is in addresses and the prefix in citable numbers: both are fixed once anything
    refers to the edition.

    Raises Forbidden; Invalid: as :func:`create_edition`, ``slug.in_use``, ``prefix.in_use``,
    ``window.order``, ``time_zone.unknown``, ``appeal_days.limit``.
    """
    allow(actor)
    hold(session, edition)
    _check_names(session, edition, slug, prefix)
    if time_zone not in time_zones():
        raise Invalid("time_zone.unknown", field="time_zone")
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise Invalid("window.order", field="closes_at")
    if not 0 <= appeal_days <= MOST_APPEAL_DAYS:
        raise Invalid("appeal_days.limit", field="appeal_days", limit=MOST_APPEAL_DAYS)
    switched = _switch(edition, is_open)
    names = assign(
        edition,
        slug=slug,
        prefix=prefix,
        opens_at=opens_at,
        closes_at=closes_at,
        time_zone=time_zone,
        release_later=release_later,
        decides_together=decides_together,
        appeal_days=appeal_days,
        **switched,
    )
    if names:
        flush(session)
        record(session, actor, AuditAction.EDITION_CHANGED, edition.id, fields=names)


def _switch(edition: Edition, is_open: bool) -> dict[str, Any]:
    """The switch, and when it was turned off: the hour of grace begins there."""
    if is_open == edition.is_open:
        return {}
    return {"is_open": is_open, "switched_off_at": None if is_open else clock.now()}


def write_edition(
    session: Session, actor: Actor, edition: Edition, language: str, *, title: str, description: str
) -> None:
    """Set the edition's texts in one language. Raises Forbidden, Invalid (see ``texts.write``)."""
    allow(actor)
    hold(session, edition)
    if names := write(edition, language, {"title": title, "description": description}):
        record(
            session,
            actor,
            AuditAction.EDITION_CHANGED,
            edition.id,
            language=language,
            fields=names,
        )


def change_track(
    session: Session,
    actor: Actor,
    track: Track,
    *,
    min_length: int,
    max_length: int,
    min_characters: int,
    max_characters: int,
    required_fields: Collection[str],
    licences: Collection[str],
    required_checks: Collection[str] = (),
    is_blind: bool = False,
    hides_moderators: bool = True,
    wants_second_opinion: bool = False,
    sampled_percent: int = 0,
) -> None:
    """Change a track's rules.

    Raises Forbidden; Invalid: ``length.order``, ``length.limit``, ``required_fields.unknown``,
    ``required_checks.unknown``, ``licences.unknown``, ``licences.none``, ``percent.limit``.
    """
    allow(actor)
    hold(session, track)
    _check_lengths("length", min_length, max_length)
    _check_lengths("characters", min_characters, max_characters)
    if not licences:
        raise Invalid("licences.none", field="licences")
    if not 0 <= sampled_percent <= 100:
        raise Invalid("percent.limit", field="sampled_percent")
    names = assign(
        track,
        min_length=min_length,
        max_length=max_length,
        min_characters=min_characters,
        max_characters=max_characters,
        required_fields=_known("required_fields", required_fields, ASKABLE[TrackCode(track.code)]),
        required_checks=_known("required_checks", required_checks, tuple(Check)),
        licences=_known("licences", licences, tuple(Licence)),
        is_blind=is_blind,
        hides_moderators=hides_moderators,
        wants_second_opinion=wants_second_opinion,
        sampled_percent=sampled_percent,
    )
    if names:
        flush(session)
        record(session, actor, AuditAction.TRACK_CHANGED, track.id, fields=names)


def write_track(
    session: Session,
    actor: Actor,
    track: Track,
    language: str,
    *,
    title: str,
    audience: str,
    guidance: str,
) -> None:
    """Set the track's texts in one language, and render the guidance.

    Raises Forbidden, Invalid (see ``texts.write``).
    """
    allow(actor)
    hold(session, track)
    texts = {"title": title, "audience": audience, "guidance": guidance}
    if names := write(track, language, texts):
        track.guidance_html = rendered(track)
        record(session, actor, AuditAction.TRACK_CHANGED, track.id, language=language, fields=names)


def rendered(track: Track) -> dict[str, str]:
    """The guidance as HTML in each of its languages."""
    return {
        language: render(text, language=language, prefix="guidance", labels=NOTE_LABELS[language])
        for language, text in track.guidance.items()
    }


def render_guidance(session: Session) -> int:
    """Render all guidance anew, after a change of renderer; the number of tracks that changed."""
    tracks = session.scalars(select(Track).with_for_update()).all()
    return sum(bool(assign(track, guidance_html=rendered(track))) for track in tracks)


def _check_names(session: Session, edition: Edition | None, slug: str, prefix: str) -> None:
    checked_slug(slug)
    if not PREFIX.fullmatch(prefix):
        raise Invalid("prefix.pattern", field="prefix")
    for name, value in (("slug", slug), ("prefix", prefix)):
        if edition is not None and getattr(edition, name) == value:
            continue
        column = getattr(Edition, name)
        if session.scalar(select(Edition.id).where(column == value)) is not None:
            raise Invalid(f"{name}.taken", field=name)
        if edition is not None and is_used(session, edition):
            raise Invalid(f"{name}.in_use", field=name)


def _check_lengths(name: str, least: int, most: int) -> None:
    if not 0 <= least <= most:
        raise Invalid("length.order", field=f"max_{name}")
    if not 1 <= most <= MOST_UNITS:
        raise Invalid("length.limit", field=f"max_{name}", limit=MOST_UNITS)


def _known(field: str, given: Collection[str], known: tuple[str, ...]) -> list[str]:
    """What was given, in our order. Raises Invalid for anything else."""
    if not set(given) <= set(known):
        raise Invalid(f"{field}.unknown", field=field)
    return [str(value) for value in known if value in given]
