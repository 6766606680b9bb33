"""Volumes of an edition, their sections and pinned entries, and the builds made of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.contributions.models import Contribution, Revision
from app.core import clock
from app.core.db import Base
from app.editions.models import Edition
from app.proceedings.states import BuildState


class Volume(Base):
    """The proceedings of an edition.

    Attributes:
        title, subtitle, foreword: by language; the foreword in the text format.
        foreword_html: of the foreword by language, rendered when it was saved.
        published_at: since when it has a public page; None while it is being put together.
        version: grows with every change of content, so that a build knows what it was made from.
    """

    __tablename__ = "volume"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    subtitle: Mapped[dict[str, str]] = mapped_column(default=dict)
    foreword: Mapped[dict[str, str]] = mapped_column(default=dict)
    foreword_html: Mapped[dict[str, str]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship(lazy="raise")
    sections: Mapped[list["VolumeSection"]] = relationship(
        back_populates="volume", order_by="VolumeSection.position", lazy="raise"
    )


class VolumeSection(Base):
    """A part of a volume, of one track and theme or with a title of its own.

    Attributes:
        track, theme_id: which essays are put here when the volume is filled; "" and None for a
            section an organiser made.
    """

    __tablename__ = "volume_section"

    id: Mapped[int] = mapped_column(primary_key=True)
    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    track: Mapped[str] = mapped_column(default="")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)

    volume: Mapped[Volume] = relationship(back_populates="sections", lazy="raise")
    entries: Mapped[list["VolumeEntry"]] = relationship(
        back_populates="section", order_by="VolumeEntry.position", lazy="raise"
    )


class VolumeEntry(Base):
    """An essay's place in a volume, pinned to one revision."""

    __tablename__ = "volume_entry"
    __table_args__ = (UniqueConstraint("volume_id", "contribution_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id", ondelete="CASCADE"))
    section_id: Mapped[int] = mapped_column(
        ForeignKey("volume_section.id", ondelete="CASCADE"), index=True
    )
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    position: Mapped[int]

    section: Mapped[VolumeSection] = relationship(back_populates="entries", lazy="raise")
    contribution: Mapped[Contribution] = relationship(lazy="raise")
    revision: Mapped[Revision] = relationship(lazy="raise")


class Build(Base):
    """One numbered production of a volume in a language and a format.

    Attributes:
        language: a code of the ten, or ``multi``.
        format: ``pdf`` or ``epub``.
        volume_version: what it was made from.
        steps: what happened, in order: ``{"step", "at", "done", "total"}``.
        attempt, alive_at: a build whose worker has died is taken up again by the sweep.
        file_key, file_size, sha256: the product, in storage.
        error: code and data of what broke it (essay, character); None while nothing has.
    """

    __tablename__ = "build"
    __table_args__ = (
        UniqueConstraint("volume_id", "number"),
        CheckConstraint(
            "state IN (" + ", ".join(f"'{state.value}'" for state in BuildState) + ")",
            name="known_state",
        ),
        CheckConstraint("state <> 'done' OR file_key IS NOT NULL", name="done_has_file"),
        Index("ix_build_state", "state", "alive_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id", ondelete="CASCADE"))
    number: Mapped[int]
    language: Mapped[str]
    format: Mapped[str]
    volume_version: Mapped[int]
    state: Mapped[str] = mapped_column(default=BuildState.WAITING.value)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    attempt: Mapped[int] = mapped_column(default=0)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    alive_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    file_key: Mapped[str | None]
    file_size: Mapped[int | None]
    sha256: Mapped[str | None]
    error: Mapped[dict[str, Any] | None] = mapped_column()

    volume: Mapped[Volume] = relationship(lazy="raise")
