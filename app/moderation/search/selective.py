"""What few contributions a search can find at all, where an index of a term's own tells.

The queue is read in its order until a page is full: for what is rare, all of it would be. These are
looked up first, and the queue is then read by their ids.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, String, cast, or_, select, union

from app.contributions.models import AuthorName, Contribution, TitleWords
from app.core import clock
from app.core.db import Reader
from app.core.policy import Actor
from app.editions.models import Question
from app.moderation.appeals.models import Appeal
from app.moderation.claims.models import Claim
from app.moderation.decisions.models import Decision
from app.moderation.search.conditions import has_words
from app.moderation.search.language import LAST, Search, Term

#: As many are read by their ids no slower than in the queue's order.
MOST: Final = 500

Ids = Any


def few(reader: Reader, actor: Actor, search: Search) -> Sequence[int] | None:
    """Ids of what alone it can find, and some besides; None where these are many, or not told.

    At most one query for each term.
    """
    found: Sequence[int] | None = None
    for term in search.terms:
        ids = _NAMED.get(term.key, _nothing)(term, actor)
        if ids is None or term.is_negated:
            continue
        rows = reader.scalars(select(ids.subquery()).limit(MOST + 1)).all()
        if len(rows) <= MOST and (found is None or len(rows) < len(found)):
            found = rows
    return found


def _nothing(_term: Term, _actor: Actor) -> Ids | None:
    return None


def _flagged(term: Term, actor: Actor) -> Ids | None:
    live = select(Claim.contribution_id).where(Claim.expires_at > clock.now())
    known: dict[str, Select[Any]] = {
        "claimed": live,
        "mine": live.where(Claim.moderator_id == actor.id),
        "appealed": select(Appeal.contribution_id),
    }
    if not known.keys() >= {*term.values}:
        return None
    return union(*(known[value] for value in term.values))


def _numbered(term: Term, _actor: Actor) -> Ids:
    numbers = [value.upper() for value in term.values]
    now, before = Contribution.number.in_(numbers), Contribution.former_number.in_(numbers)
    return union(*(select(Contribution.id).where(each) for each in (now, before)))


def _asked(term: Term, _actor: Actor) -> Ids:
    slugs = select(Question.id).where(Question.slug.in_(term.values))
    return select(Contribution.id).where(Contribution.question_id.in_(slugs))


def _written(term: Term, _actor: Actor) -> Ids | None:
    words = term.values[0].casefold().split()
    if not words:
        return None
    # The longest part of a name is the rarest, more or less.
    word = max(words, key=len)
    within = AuthorName.word >= word, AuthorName.word < word + LAST
    return select(AuthorName.contribution_id).where(*within).distinct()


def _titled(term: Term, _actor: Actor) -> Ids:
    return select(TitleWords.contribution_id).where(has_words(term))


def _reasoned(term: Term, _actor: Actor) -> Ids:
    given = cast(Decision.reasons, String)
    named = or_(*(given.contains(f'"{code}"', autoescape=True) for code in term.values))
    return select(Decision.contribution_id).where(named)


_NAMED: Final[Mapping[str, Callable[[Term, Actor], Ids | None]]] = {
    "": _titled,
    "is": _flagged,
    "number": _numbered,
    "question": _asked,
    "author": _written,
    "reason": _reasoned,
}
