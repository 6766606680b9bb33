"""Figures of a contribution: brought, put into the text, let go of, shown to readers, swept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy import String, cast, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.contributions.essay import EssayInput
from app.contributions.figures.models import FORGOTTEN_AFTER, ContributionFigure, Figure, key
from app.contributions.models import Draft, DraftSave, Revision
from app.contributions.moves import writable
from app.contributions.saving import operations as saving
from app.core import clock, storage
from app.core.errors import Conflict, Invalid
from app.core.policy import Actor
from app.documents.images import Image
from app.documents.parse import parse
from app.documents.text import line_problems

MOST_FIGURES: Final = 50
"""Of one contribution."""

_ESCAPED: Final = str.maketrans({mark: f"\\{mark}" for mark in '\\`*_[]<>!"&|#~'})


@dataclass(frozen=True, slots=True, order=True)
class Picture:
    """What is known of an image made safe (``documents.images``) without its bytes.

    Attributes:
        digest, kind, width, height, size: as of :class:`Figure`.
    """

    digest: str
    kind: str
    width: int
    height: int
    size: int

    @classmethod
    def of(cls, image: Image) -> "Picture":
        """Of an image at hand."""
        return cls(image.id, image.kind, image.width, image.height, len(image.data))


def line(digest: str, alternative: str, caption: str = "") -> str:
    """The line of text that shows the figure: what somebody writes into an essay."""
    words = " ".join(alternative.split()).translate(_ESCAPED)
    title = " ".join(caption.split()).translate(_ESCAPED)
    return f'![{words}](figure:{digest} "{title}")' if title else f"![{words}](figure:{digest})"


def expect(
    session: Session, actor: Actor, contribution_id: int, pictures: Iterable[Picture]
) -> None:
    """Say which files are stored next for a contribution that the actor may write.

    To be committed before they are: so nobody waits for storage in a transaction, and whatever
    becomes of it, each file has its row, by which the sweep finds it. Raises NotFound for a
    stranger, Conflict where the essay can't be changed now.
    """
    writable(session, actor, contribution_id)
    announce(session, pictures)


def announce(session: Session, pictures: Iterable[Picture]) -> None:
    """The same, as a step of other operations: it checks no permission."""
    # In one order, so that two documents with the same figures never wait for each other.
    for picture in sorted(pictures):
        _kept(session, picture)


def put_file(store: ObjectStore, picture: Picture, file: bytes | Path) -> None:
    """Store an expected file; never inside a transaction. One that is there is written again, which
    costs little, and mends what may be missing.
    """
    storage.put(store, key(picture.digest, picture.kind), file)


def add_figure(
    session: Session,
    actor: Actor,
    contribution_id: int,
    image: Picture,
    *,
    alternative: str = "",
    caption: str = "",
) -> Figure:
    """Keep a figure with a contribution that the actor may write. One it has already stays.

    It is expected (:func:`expect`), and its file is in storage by now. Raises NotFound for a
    stranger, Conflict where the essay can't be changed now, Invalid (``figure.too_many``, or words
    that are no line).
    """
    writable(session, actor, contribution_id)
    for field, value in (("alternative", alternative), ("caption", caption)):
        for problem in line_problems(value):
            raise Invalid(problem.code, field=field, **problem.data)
    link = attach(session, actor, contribution_id, image)
    link.alternative = alternative.strip() or link.alternative
    link.caption = caption.strip() or link.caption
    session.flush()
    return link.figure


def attach(
    session: Session, actor: Actor, contribution_id: int, image: Picture
) -> ContributionFigure:
    """Keep an expected figure with a contribution. A step of other operations: no permission.

    Raises Invalid (``figure.too_many``).
    """
    figure = _kept(session, image)
    if link := session.get(ContributionFigure, (contribution_id, figure.id)):
        link.figure = figure
        return link
    count = select(func.count()).where(ContributionFigure.contribution_id == contribution_id)
    if (session.scalar(count) or 0) >= MOST_FIGURES:
        raise Invalid("figure.too_many", field="file", limit=MOST_FIGURES)
    link = ContributionFigure(
        contribution_id=contribution_id,
        figure=figure,
        account_id=actor.id,
        alternative="",
        caption="",
        added_at=clock.now(),
    )
    session.add(link)
    session.flush()
    return link


def _kept(session: Session, image: Picture) -> Figure:
    """The figure with that content, held until the end so that no sweep takes it away."""
    wanted = select(Figure).where(Figure.digest == image.digest).with_for_update()
    if (figure := session.scalar(wanted)) is None:
        figure = Figure(
            digest=image.digest,
            kind=image.kind,
            width=image.width,
            height=image.height,
            size=image.size,
            created_at=clock.now(),
        )
        try:
            with session.begin_nested():
                session.add(figure)
        except IntegrityError:  # somebody else brought the same at the same moment
            figure = session.scalars(wanted).one()
    figure.sweep_at = clock.now() + FORGOTTEN_AFTER
    return figure


def append_figure(session: Session, actor: Actor, contribution_id: int, digest: str) -> Draft:
    """Put a figure at the end of the draft, in the words that were given with it.

    Raises as :func:`add_figure` does, and Invalid without an alternative text.
    """
    writable(session, actor, contribution_id)
    link = _link(session, contribution_id, digest)
    if not link.alternative:
        raise Invalid("required", field="alternative")
    draft = session.get_one(Draft, contribution_id)
    shown = line(digest, link.alternative, link.caption)
    essay = replace(EssayInput.of(draft), body=f"{draft.body.rstrip()}\n\n{shown}\n".lstrip())
    return saving.save_draft(session, actor, contribution_id, essay, seen_version=draft.version)


def remove_figure(session: Session, actor: Actor, contribution_id: int, digest: str) -> None:
    """Let go of a figure that no text of the contribution shows any more.

    Raises as :func:`add_figure` does, and Conflict (``figure.in_use``).
    """
    writable(session, actor, contribution_id)
    link = _link(session, contribution_id, digest)
    draft = session.get_one(Draft, contribution_id)
    if digest in parse(draft.body).figures or _in_revisions(session, contribution_id, digest):
        raise Conflict("figure.in_use")
    session.delete(link)
    _look_at(session, link.figure_id)


def _link(session: Session, contribution_id: int, digest: str) -> ContributionFigure:
    found = session.scalar(
        select(ContributionFigure)
        .join(Figure, Figure.id == ContributionFigure.figure_id)
        .where(ContributionFigure.contribution_id == contribution_id, Figure.digest == digest)
    )
    if found is None:  # removed meanwhile
        raise Conflict("figure.none")
    return found


def show_to_readers(session: Session, contribution_id: int, body: str) -> None:
    """From now on everybody may see what this text shows, and nothing else of the contribution.

    A step of publishing (with the published text) and of removing (with ""). It checks no
    permission.
    """
    shown = select(Figure.id).where(Figure.digest.in_(list(parse(body).figures)))
    session.execute(
        update(ContributionFigure)
        .where(ContributionFigure.contribution_id == contribution_id)
        .values(is_public=ContributionFigure.figure_id.in_(shown))
        .execution_options(synchronize_session=False)
    )


def _look_at(session: Session, figure_id: int) -> None:
    """Let the next sweep look at a figure."""
    session.execute(update(Figure).where(Figure.id == figure_id).values(sweep_at=clock.now()))


def sweep(session: Session, figure_id: int, store: ObjectStore) -> None:
    """Forget a figure, or who had it, where no text mentions it any more. The worker's part."""
    figure = session.get(Figure, figure_id, with_for_update=True, populate_existing=True)
    now = clock.now()
    if figure is None or figure.sweep_at > now:
        return
    links = session.scalars(
        select(ContributionFigure).where(ContributionFigure.figure_id == figure.id)
    ).all()
    left = len(links)
    for link in links:
        if link.added_at <= now - FORGOTTEN_AFTER and not _mentioned(session, link, figure.digest):
            session.delete(link)
            left -= 1
    session.flush()
    if left:
        figure.sweep_at = now + FORGOTTEN_AFTER
        return
    # Inside the transaction: its row is ours until the end, so nobody stores the file anew
    # meanwhile and then has it deleted.
    session.delete(figure)
    session.flush()
    storage.delete(store, figure.key)


def _mentioned(session: Session, link: ContributionFigure, digest: str) -> bool:
    """In the draft, in a version its writers can go back to, or in a revision."""
    pattern, at = f"%figure:{digest}%", link.contribution_id
    drafts = exists().where(Draft.contribution_id == at, Draft.body.like(pattern))
    saves = exists().where(
        DraftSave.contribution_id == at, cast(DraftSave.content, String).like(pattern)
    )
    mentioned = session.scalar(select(or_(drafts, saves)))
    return bool(mentioned) or _in_revisions(session, at, digest)


def _in_revisions(session: Session, contribution_id: int, digest: str) -> bool:
    found = exists().where(
        Revision.contribution_id == contribution_id, Revision.body.like(f"%figure:{digest}%")
    )
    return bool(session.scalar(select(found)))
