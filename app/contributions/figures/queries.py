"""Reads of figures: a contribution's own, those a text shows, one for whoever may see it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from app.contributions import policy
from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.models import Contribution
from app.core.db import Reader
from app.core.errors import Invalid, NotFound
from app.core.policy import Actor
from app.documents.parse import Document, parse
from app.documents.render import FigureFile
from app.documents.text import unknown_figures

Withholding = Callable[[Session, Actor, int], bool]


def address(digest: str, kind: str) -> str:
    """Where the site serves it."""
    return f"/figures/{digest}.{kind}"


def of_contribution(session: Session, contribution_id: int) -> list[ContributionFigure]:
    """A contribution's figures in the order they came."""
    return list(
        session.scalars(
            select(ContributionFigure)
            .where(ContributionFigure.contribution_id == contribution_id)
            .options(joinedload(ContributionFigure.figure))
            .order_by(ContributionFigure.added_at, ContributionFigure.figure_id)
        )
    )


def addresses(session: Session, contribution_id: int) -> dict[str, str]:
    """Where the site serves a contribution's figures, by ID."""
    found = of_contribution(session, contribution_id)
    return {link.figure.digest: address(link.figure.digest, link.figure.kind) for link in found}


def files(session: Reader, contribution_id: int, text: str | Document) -> dict[str, FigureFile]:
    """The files of those of a contribution's figures that the text shows, by ID.

    For ``documents.render``. One query; none where the text shows no figure.
    """
    shown = parse(text).figures
    if not shown:
        return {}
    found = session.execute(
        select(Figure.digest, Figure.kind, Figure.width, Figure.height)
        .join(ContributionFigure, ContributionFigure.figure_id == Figure.id)
        .where(
            ContributionFigure.contribution_id == contribution_id, Figure.digest.in_(list(shown))
        )
    )
    return {
        digest: FigureFile(address(digest, kind), width, height)
        for digest, kind, width, height in found
    }


def problems(session: Session, contribution_id: int, body: str) -> list[Invalid]:
    """What keeps an essay from being submitted: the first figure it shows but does not have."""
    document = parse(body)
    unknown = unknown_figures(document, files(session, contribution_id, document))
    return [
        Invalid(problem.code, field="body", **{"line": problem.line, **problem.data})
        for problem in unknown[:1]
    ]


@dataclass(frozen=True, slots=True)
class Served:
    """A figure as it is served: its key in storage, kind, size, and whether to everybody."""

    key: str
    kind: str
    size: int
    public: bool


def served(
    session: Session, actor: Actor, digest: str, kind: str, *, is_withheld: Withholding
) -> Served:
    """The figure, for somebody who may see a contribution that has it. Raises NotFound.

    ``is_withheld`` says of a contribution whether it is kept from that moderator or organiser.
    """
    shown = exists().where(ContributionFigure.figure_id == Figure.id, ContributionFigure.is_public)
    found = session.execute(
        select(Figure, shown).where(Figure.digest == digest, Figure.kind == kind)
    ).one_or_none()
    if found is None:
        raise NotFound("figure.none")
    figure, public = found
    if not public and not any(
        _may_see(session, actor, each, is_withheld) for each in _contributions(session, figure)
    ):
        raise NotFound("figure.none")
    return Served(figure.key, figure.kind, figure.size, public)


def _may_see(
    session: Session, actor: Actor, contribution: Contribution, is_withheld: Withholding
) -> bool:
    # The query is for moderators and organisers: of others the answer is the same either way.
    if not policy.can_see_figures(actor, contribution, conflicted=False):
        return False
    return policy.can_see_figures(actor, contribution, conflicted=True) or not is_withheld(
        session, actor, contribution.id
    )


def _contributions(session: Session, figure: Figure) -> Iterable[Contribution]:
    return session.scalars(
        select(Contribution)
        .join(ContributionFigure, ContributionFigure.contribution_id == Contribution.id)
        .where(ContributionFigure.figure_id == figure.id)
        .order_by(Contribution.id)
    )


def due(session: Session, now: datetime, limit: int) -> list[int]:
    """Ids of the figures at which the sweep has to look."""
    return list(
        session.scalars(
            select(Figure.id).where(Figure.sweep_at <= now).order_by(Figure.sweep_at).limit(limit)
        )
    )
