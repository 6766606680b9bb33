"""Editions, tracks, themes, questions and the site's pages, with their texts in ten languages."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Base


class Versioned:
    """A row that counts its changes, so that what was made of it is known to be older.

    Attributes:
        version: grows with every change of the row.
    """

    version: Mapped[int] = mapped_column(default=1, onupdate=text("version + 1"))


class Edition(Versioned, Base):
    """One round of the conference, or the standing collection between rounds.

    Attributes:
        slug: in addresses and commands (``2017``, ``standing``).
        prefix: first part of its contributions' numbers (``2017`` in ``2017-J-042``).
        title, description: by language.
        opens_at, closes_at: the call window; None means without limit on that side.
        time_zone: IANA name in which organisers set the window.
        is_open: an organiser's switch; a call is open when it is on and the window says so.
        switched_off_at: when the switch was turned off; None while it is on or never was.
        release_later: accepted essays wait for an organiser's release instead of being published.
        decides_together: decisions are kept and told to authors all at once.
        appeal_days: how long an author may appeal; 0 for never.
    """

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint(
            "closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at", name="window_in_order"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    prefix: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris")
    is_open: Mapped[bool] = mapped_column(default=True)
    switched_off_at: Mapped[datetime | None]
    release_later: Mapped[bool] = mapped_column(default=False)
    decides_together: Mapped[bool] = mapped_column(default=False)
    appeal_days: Mapped[int] = mapped_column(default=30)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    tracks: Mapped[list["Track"]] = relationship(
        back_populates="edition", order_by="Track.position", lazy="raise"
    )
    themes: Mapped[list["Theme"]] = relationship(
        back_populates="edition", order_by="Theme.position", lazy="raise"
    )


class Track(Base):
    """A way in, with its own guidance and rules, in one edition.

    Attributes:
        code: ``jurist`` or ``digital_actor``.
        guidance: in the text format; ``guidance_html`` rendered when it was saved.
        min_length, max_length: of a body, in words.
        min_characters, max_characters: the same for languages counted in characters.
        required_fields: names of fields this track insists on (``abstract``, ``field_of_law`` …).
        required_checks: codes of the checks an essay has to pass (``checks.Check``); else advice.
        licences: codes an author may choose from.
        is_blind: moderators aren't told who wrote an essay.
        hides_moderators: authors aren't told who wrote to them.
        wants_second_opinion: a rejection needs two moderators.
        sampled_percent: how many of a hundred decisions are looked at a second time; 0 for none.
    """

    __tablename__ = "track"
    __table_args__ = (
        UniqueConstraint("edition_id", "code"),
        CheckConstraint("code IN ('jurist', 'digital_actor')", name="known_code"),
        CheckConstraint(
            "max_length >= min_length AND max_characters >= min_characters",
            name="lengths_in_order",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    audience: Mapped[dict[str, str]] = mapped_column(default=dict)
    guidance: Mapped[dict[str, str]] = mapped_column(default=dict)
    guidance_html: Mapped[dict[str, str]] = mapped_column(default=dict)
    min_length: Mapped[int] = mapped_column(default=300)
    max_length: Mapped[int] = mapped_column(default=6000)
    min_characters: Mapped[int] = mapped_column(default=500)
    max_characters: Mapped[int] = mapped_column(default=12000)
    required_fields: Mapped[list[str]] = mapped_column(default=list)
    required_checks: Mapped[list[str]] = mapped_column(default=list)
    licences: Mapped[list[str]] = mapped_column(default=list)
    is_blind: Mapped[bool] = mapped_column(default=False)
    hides_moderators: Mapped[bool] = mapped_column(default=True)
    wants_second_opinion: Mapped[bool] = mapped_column(default=False)
    sampled_percent: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)

    edition: Mapped[Edition] = relationship(back_populates="tracks", lazy="raise")


class Theme(Versioned, Base):
    """A subject of an edition (prevention, response, governance) with its own opening question."""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    context: Mapped[dict[str, str]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)

    edition: Mapped[Edition] = relationship(back_populates="themes", lazy="raise")
    questions: Mapped[list["Question"]] = relationship(
        back_populates="theme", order_by="Question.position", lazy="raise"
    )


class Question(Versioned, Base):
    """What one track, or both, are asked under a theme.

    Attributes:
        title: the question itself, by language. ``context``: what one should know to answer it.
        tracks: codes of the tracks it is asked of.
    """

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    context: Mapped[dict[str, str]] = mapped_column(default=dict)
    tracks: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)

    theme: Mapped[Theme] = relationship(back_populates="questions", lazy="raise")


class Page(Base):
    """One page of the site that organisers edit in ten languages (about, charter, privacy …).

    Attributes:
        title, body: by language; the body in the text format.
        html: of the body by language, rendered when it was saved.
    """

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    body: Mapped[dict[str, str]] = mapped_column(default=dict)
    html: Mapped[dict[str, str]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
