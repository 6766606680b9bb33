"""Contributions, what is being written, what was submitted, and what readers are served."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.accounts.models import Account
from app.contributions.states import State, told
from app.core import clock
from app.core.db import Base, Ordered
from app.editions.models import Edition, Question, Theme


class Essay:
    """The columns a draft and a revision share: the essay itself and what goes with it.

    Attributes:
        language: of the text, one of the ten codes.
        body: in the text format (``app/documents``); abstract and summary are plain paragraphs.
        authors: ordered; each as :class:`app.contributions.byline.Author`.
        extra: the track's own fields by name (:data:`app.contributions.essay.EXTRA_FIELDS`).
        bibliography: the works referred to, in order, as CSL-JSON items
            (``app/documents/references``).
        licence: ``CC-BY-4.0``, ``CC-BY-SA-4.0``, ``CC-BY-NC-ND-4.0`` or ``permission``.
        consent_*: to publication, to human translation, to machine translation; each on its own.
        note: the author's answer to a request for changes, or what an organiser corrected.
        answers: to each point of that request, in the order of the points; "" for none.
    """

    language: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    abstract: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    keywords: Mapped[list[str]] = mapped_column(default=list)
    authors: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    extra: Mapped[dict[str, str]] = mapped_column(default=dict)
    bibliography: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    previously_published: Mapped[str] = mapped_column(default="")
    licence: Mapped[str] = mapped_column(default="")
    consent_publication: Mapped[bool] = mapped_column(default=False)
    consent_translation: Mapped[bool] = mapped_column(default=False)
    consent_machine_translation: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    answers: Mapped[list[str]] = mapped_column(default=list)

    @declared_attr
    def question_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("question.id"), index=True)

    @declared_attr
    def responds_to_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("contribution.id"), index=True)


class Contribution(Base):
    """One essay by one or more authors; owns a draft, revisions and a state.

    Attributes:
        number: citable (``2017-J-042``), given at the first submission; ``sequence`` its last part.
        former_number: the one it had in another track, if any.
        owner_id: the account that writes it.
        co_authors: accounts of the co-authors who have confirmed, by id (as text): whether each may
            edit. Repeats what the invitations say, so that a permission needs no other row.
        opened_at: when its draft was begun; decides the hour of grace after closing.
        revision_id: the newest revision. ``published_revision_id``: the one readers are served.
        waiting_since: when it entered the queue last; the queue is sorted by it.
        withdrawal_reason: the author's words when it was last withdrawn, if any.
        inspect_at: when the worker looks at its newest revision, for signs beside it; None for
            never, or no more.
        extended_until: until when it may be submitted although the call has closed.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint(
            "state IN (" + ", ".join(f"'{state.value}'" for state in State) + ")",
            name="known_state",
        ),
        CheckConstraint("state = 'draft' OR number IS NOT NULL", name="numbered_once_submitted"),
        CheckConstraint(
            "state <> 'published' OR (published_at IS NOT NULL"
            " AND published_revision_id IS NOT NULL)",
            name="published_has_text",
        ),
        UniqueConstraint("edition_id", "track", "sequence"),
        Index("ix_contribution_queue", "state", "track", "language", "waiting_since", "id"),
        Index("ix_contribution_waiting", "state", "waiting_since", "id"),
        Index("ix_contribution_owner", "owner_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    former_number: Mapped[str | None] = mapped_column(index=True)
    sequence: Mapped[int | None]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    track: Mapped[str]
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"), index=True)
    language: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=State.DRAFT.value)
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    co_authors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    inspect_at: Mapped[datetime | None] = mapped_column(index=True)
    extended_until: Mapped[datetime | None]
    extension_reason: Mapped[str] = mapped_column(default="")
    revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("revision.id", use_alter=True), index=True
    )
    published_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("revision.id", use_alter=True), index=True
    )

    @property
    def told_state(self) -> State:
        """What its authors are told."""
        return told(self.state)

    edition: Mapped[Edition] = relationship(lazy="raise")
    theme: Mapped[Theme | None] = relationship(lazy="raise")
    question: Mapped[Question | None] = relationship(lazy="raise")
    owner: Mapped[Account] = relationship(lazy="raise")
    draft: Mapped["Draft | None"] = relationship(
        lazy="raise", foreign_keys="Draft.contribution_id", uselist=False
    )
    revision: Mapped["Revision | None"] = relationship(lazy="raise", foreign_keys=[revision_id])


class TakeDown(Base):
    """That a published essay was taken down, and what its authors and readers are told of it.

    Only ``reversed_at`` is ever changed.

    Attributes:
        account_id: who took it down; None for the system.
        reason: for everybody, in ``language``, which is "" where it is not known.
        rule: the rule of the charter it rests on (``editions.charter``); "" for none in particular.
        reversed_at: when the essay was published again.
    """

    __tablename__ = "take_down"
    __table_args__ = (
        Index(
            "uq_take_down_standing",
            "contribution_id",
            unique=True,
            sqlite_where=text("reversed_at IS NULL"),
            postgresql_where=text("reversed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    reason: Mapped[str]
    language: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    reversed_at: Mapped[datetime | None]


class AuthorAffiliation(Base):
    """A part of where an author of the newest revision works, as it can be compared."""

    __tablename__ = "author_affiliation"
    __table_args__ = (Index("ix_author_affiliation_key", "key", "contribution_id"),)

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)


class AuthorName(Base):
    """A word of an author's name in the newest revision, without its case, to be searched for."""

    __tablename__ = "author_name"
    __table_args__ = (Index("ix_author_name_contribution_id", "contribution_id"),)

    word: Mapped[str] = mapped_column(Ordered, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )


class TitleWords(Base):
    """A contribution's title without its case, in rows so short that all of them are soon read."""

    __tablename__ = "title_words"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    words: Mapped[str]


class Draft(Essay, Base):
    """What is being written now.

    Attributes:
        version: grows with every save; a save that saw an older one is a conflict.
    """

    __tablename__ = "draft"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)


class DraftSave(Base):
    """What a draft was after one of its saves: its author's history, and the base of merges.

    The newest are kept, then one an hour, then one a day (:func:`app.contributions.saving.thin`);
    none once the essay is published, rejected or discarded.

    Attributes:
        version: of the draft after this save. Of an aside, the version its writer had seen.
        account_id: who saved.
        page: a random name of the open page it came from, so that a page whose answer was lost on
            the way is not in conflict with itself; "" without scripts.
        is_aside: whether it was refused, since another save had come between, and only kept.
        characters: of the body.
        content: the columns of :class:`Essay`, as :meth:`EssayInput.columns` gives them.
    """

    __tablename__ = "draft_save"
    __table_args__ = (Index("ix_draft_save_contribution_id", "contribution_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    version: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    page: Mapped[str] = mapped_column(default="")
    is_aside: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    characters: Mapped[int] = mapped_column(default=0)
    content: Mapped[dict[str, Any]]


class Revision(Essay, Base):
    """A snapshot, numbered from 1, only ever added: the database refuses to change one.

    Attributes:
        kind: the action that made it (:class:`app.contributions.states.RevisionKind`).
        length: of the body in the language's own unit.
        reference_list: the bibliography as readers see it, a list in the text format.
        created_by_id: the account that made it; None for the system (an import by command).
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("contribution_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"))
    number: Mapped[int]
    kind: Mapped[str]
    length: Mapped[int]
    reference_list: Mapped[str] = mapped_column(default="")
    profile_version: Mapped[int]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


def _source_index(name: str, *columns: str) -> Index:
    """A partial index over the texts in the languages they were written in."""
    return Index(
        f"ix_published_text_{name}",
        *columns,
        sqlite_where=text("is_source = 1"),
        postgresql_where=text("is_source"),
    )


class PublishedText(Base):
    """What readers are served of a contribution in one language, written once, at publication.

    It repeats what lists filter and show, so that a list and an essay are one indexed read each.

    Attributes:
        is_source: whether it is the language the essay was written in.
        byline: the authors' names as written, in order, ready to show.
        html, abstract_html, summary_html, references_html: cleaned HTML.
        plain: title, abstract and body as plain text, for search.
        etag: of everything above.
        renderer: version of the renderer and cleaner; older ones are stale.
    """

    __tablename__ = "published_text"
    __table_args__ = (
        UniqueConstraint("contribution_id", "language"),
        # Of what lists show only: an index that began with is_source would be taken for searches
        # by number too, since SQLite without statistics thinks any equality narrows alike.
        _source_index("newest", "published_at", "id"),
        _source_index("edition", "edition_id", "published_at", "id"),
        _source_index("track", "track", "published_at", "id"),
        _source_index("theme", "theme_code", "published_at", "id"),
        _source_index("language", "language", "published_at", "id"),
        _source_index("question", "question_id", "published_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"))
    number: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    is_source: Mapped[bool] = mapped_column(default=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    track: Mapped[str]
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    theme_code: Mapped[str] = mapped_column(default="")
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    title: Mapped[str]
    byline: Mapped[str]
    authors: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    licence: Mapped[str] = mapped_column(default="")
    html: Mapped[str]
    abstract_html: Mapped[str] = mapped_column(default="")
    summary_html: Mapped[str] = mapped_column(default="")
    references_html: Mapped[str] = mapped_column(default="")
    teaser: Mapped[str] = mapped_column(default="")
    plain: Mapped[str] = mapped_column(default="")
    length: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime]
    rendered_at: Mapped[datetime] = mapped_column(default=clock.now)
    renderer: Mapped[str]
    etag: Mapped[str]


class EssayFrame(Base):
    """What stands around an essay on its page in one language of the interface, made ready.

    The worker makes those of an essay in all languages at once. One whose ``mark`` or ``made_for``
    is no longer so is passed over, and the page made when it is read.

    Attributes:
        language: of the page, not of the essay.
        mark: of everything it was made from (:data:`app.library.queries.MARK`).
        made_for: release and address of the site (:func:`app.library.frames.made_for`).
        content: as :func:`app.library.frames.packed` gives it.
    """

    __tablename__ = "essay_frame"

    text_id: Mapped[int] = mapped_column(
        ForeignKey("published_text.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]
    made_for: Mapped[str]
    content: Mapped[bytes]
