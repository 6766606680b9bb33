"""What stands in a volume and in which order. Every step bears being sent twice."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.errors import Invalid, NotFound
from app.core.languages import CODES
from app.core.policy import Actor
from app.editions.models import Theme
from app.editions.queries import track_of
from app.editions.texts import write
from app.proceedings import queries
from app.proceedings.models import Volume, VolumeEntry, VolumeSection
from app.proceedings.operations import begin, changed, check_line


def fill(session: Session, actor: Actor, volume: Volume) -> int:
    """Put in all accepted essays of the edition that are not in yet; gives how many there were.

    Each goes to the end of the section of its track and theme, which is made if needed; new ones
    stand in the order of their questions, then of their numbers. Raises Forbidden.
    """
    begin(session, actor, volume)
    found = queries.missing(session, volume)
    _put_in(session, volume, found)
    if found:
        changed(session, actor, volume, "filled", contributions=[each.id for each in found])
    return len(found)


def add_entry(
    session: Session,
    actor: Actor,
    volume: Volume,
    contribution_id: int,
    section_id: int | None = None,
) -> None:
    """Put one essay in, at the end of a section (by default that of its track and theme).

    Raises Forbidden; NotFound: ``section.unknown``; Invalid (``contribution.not_accepted``) unless
    it is an accepted essay of the edition.
    """
    begin(session, actor, volume)
    known = session.scalar(
        select(VolumeEntry.id).where(
            VolumeEntry.volume_id == volume.id, VolumeEntry.contribution_id == contribution_id
        )
    )
    if known is not None:
        return
    contribution = session.scalar(
        queries.eligible(volume).where(Contribution.id == contribution_id)
    )
    if contribution is None:
        raise Invalid("contribution.not_accepted", field="contribution")
    section = _section(session, volume, section_id) if section_id is not None else None
    _put_in(session, volume, [contribution], section)
    changed(session, actor, volume, "entry_added", contribution=contribution_id)


def _put_in(
    session: Session,
    volume: Volume,
    contributions: Iterable[Contribution],
    into: VolumeSection | None = None,
) -> None:
    lengths = _lengths(session, volume)
    own = {
        (section.track, section.theme_id): section
        for section in _sections(session, volume)
        if section.track
    }
    for contribution in contributions:
        place = (contribution.track, contribution.theme_id)
        section = into or own.get(place)
        if section is None:
            section = own[place] = _make_section(session, volume, *place)
        position = lengths.get(section.id, 0)
        lengths[section.id] = position + 1
        session.add(
            VolumeEntry(
                volume_id=volume.id,
                section_id=section.id,
                contribution_id=contribution.id,
                revision_id=contribution.published_revision_id or contribution.revision_id,
                position=position,
            )
        )


def _lengths(session: Session, volume: Volume) -> dict[int, int]:
    """By section: the position after its last entry."""
    rows = session.execute(
        select(VolumeEntry.section_id, func.max(VolumeEntry.position) + 1)
        .where(VolumeEntry.volume_id == volume.id)
        .group_by(VolumeEntry.section_id)
    )
    return {row[0]: row[1] for row in rows}


def _make_section(
    session: Session, volume: Volume, track_code: str, theme_id: int | None
) -> VolumeSection:
    """A section with the titles of its track and theme, in every language that has both."""
    track = track_of(session, volume.edition_id, track_code)
    theme = session.get_one(Theme, theme_id) if theme_id is not None else None
    titles = {
        code: f"{track.title[code]} – {theme.title[code]}" if theme else track.title[code]
        for code in CODES
        if track.title.get(code) and (theme is None or theme.title.get(code))
    }
    section = VolumeSection(
        volume_id=volume.id,
        position=len(_sections(session, volume)),
        title=titles or dict(theme.title if theme else track.title),
        track=track_code,
        theme_id=theme_id,
    )
    session.add(section)
    session.flush()
    return section


def move_entry(
    session: Session,
    actor: Actor,
    volume: Volume,
    entry_id: int,
    *,
    section_id: int,
    position: int,
) -> None:
    """Put an entry at a place (counted from 0, cut to the section's length) of a section.

    Raises Forbidden; NotFound: ``entry.unknown``, ``section.unknown``.
    """
    begin(session, actor, volume)
    entry = _entry(session, volume, entry_id)
    section = _section(session, volume, section_id)
    before = (entry.section_id, entry.position)
    siblings = [each for each in _entries(session, section.id) if each.id != entry.id]
    siblings.insert(max(0, min(position, len(siblings))), entry)
    entry.section_id = section.id
    _number(siblings)
    if (entry.section_id, entry.position) != before:
        changed(session, actor, volume, "entry_moved", contribution=entry.contribution_id)


def remove_entry(session: Session, actor: Actor, volume: Volume, entry_id: int) -> None:
    """Take an entry out; one that is gone already is no error. Raises Forbidden."""
    begin(session, actor, volume)
    entry = session.get(VolumeEntry, entry_id)
    if entry is None or entry.volume_id != volume.id:
        return
    session.delete(entry)
    session.flush()
    _number(_entries(session, entry.section_id))
    changed(session, actor, volume, "entry_removed", contribution=entry.contribution_id)


def update_pin(session: Session, actor: Actor, volume: Volume, entry_id: int) -> None:
    """Pin an entry to the newest published revision of its essay (else the newest accepted one).

    Raises Forbidden; NotFound (``entry.unknown``).
    """
    begin(session, actor, volume)
    entry = _entry(session, volume, entry_id)
    contribution = session.get_one(Contribution, entry.contribution_id)
    newest = contribution.published_revision_id or contribution.revision_id
    if newest is None or newest == entry.revision_id:
        return
    entry.revision_id = newest
    changed(session, actor, volume, "pin_updated", contribution=contribution.id, revision=newest)


def add_section(
    session: Session, actor: Actor, volume: Volume, language: str, title: str
) -> VolumeSection:
    """Add a section at the end; where one has that title already, it is that one.

    Raises Forbidden; Invalid: ``title.missing``, ``language.unknown``, no line of text.
    """
    begin(session, actor, volume)
    check_line("title", title)
    if not title.strip():
        raise Invalid("title.missing", field="title")
    sections = _sections(session, volume)
    made = VolumeSection(volume_id=volume.id, position=len(sections), title={}, track="")
    write(made, language, {"title": title})
    for section in sections:
        if section.title.get(language) == made.title[language]:
            return section
    session.add(made)
    session.flush()
    changed(session, actor, volume, "section_added", section=made.id)
    return made


def write_section(
    session: Session, actor: Actor, volume: Volume, section_id: int, language: str, title: str
) -> None:
    """Set a section's title in one language.

    Raises Forbidden; NotFound; Invalid: ``title.last``, ``language.unknown``.
    """
    begin(session, actor, volume)
    check_line("title", title)
    section = _section(session, volume, section_id)
    if write(section, language, {"title": title}):
        changed(session, actor, volume, "section_renamed", section=section.id, language=language)


def move_section(
    session: Session, actor: Actor, volume: Volume, section_id: int, *, position: int
) -> None:
    """Put a section at a place, counted from 0 and cut to their number.

    Raises Forbidden, NotFound (``section.unknown``).
    """
    begin(session, actor, volume)
    section = _section(session, volume, section_id)
    before = section.position
    siblings = [each for each in _sections(session, volume) if each.id != section.id]
    siblings.insert(max(0, min(position, len(siblings))), section)
    _number(siblings)
    if section.position != before:
        changed(session, actor, volume, "section_moved", section=section.id)


def remove_section(session: Session, actor: Actor, volume: Volume, section_id: int) -> None:
    """Take an empty section out; one that is gone already is no error.

    Raises Forbidden, Invalid (``section.not_empty``).
    """
    begin(session, actor, volume)
    section = session.get(VolumeSection, section_id)
    if section is None or section.volume_id != volume.id:
        return
    if _entries(session, section.id):
        raise Invalid("section.not_empty")
    session.execute(delete(VolumeSection).where(VolumeSection.id == section.id))
    _number(_sections(session, volume))
    changed(session, actor, volume, "section_removed", section=section_id)


def _number(rows: Iterable[VolumeEntry | VolumeSection]) -> None:
    for position, row in enumerate(rows):
        row.position = position


def _sections(session: Session, volume: Volume) -> list[VolumeSection]:
    statement = select(VolumeSection).where(VolumeSection.volume_id == volume.id)
    return list(session.scalars(statement.order_by(VolumeSection.position, VolumeSection.id)))


def _entries(session: Session, section_id: int) -> list[VolumeEntry]:
    statement = select(VolumeEntry).where(VolumeEntry.section_id == section_id)
    return list(session.scalars(statement.order_by(VolumeEntry.position, VolumeEntry.id)))


def _section(session: Session, volume: Volume, section_id: int) -> VolumeSection:
    found = session.get(VolumeSection, section_id)
    if found is None or found.volume_id != volume.id:
        raise NotFound("section.unknown")
    return found


def _entry(session: Session, volume: Volume, entry_id: int) -> VolumeEntry:
    found = session.get(VolumeEntry, entry_id)
    if found is None or found.volume_id != volume.id:
        raise NotFound("entry.unknown")
    return found
