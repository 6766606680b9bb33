"""What the terms of a search mean in the database."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, cast, exists, not_, or_, select

from app.contributions.models import AuthorName, Contribution, Revision, TitleWords
from app.core import clock
from app.core.policy import Actor, can_organise
from app.editions.models import Edition, Question, Theme, Track
from app.moderation.appeals.models import Appeal
from app.moderation.claims.models import Claim
from app.moderation.decisions.models import Decision
from app.moderation.search.language import LAST, Search, Term, age

Condition = ColumnElement[bool]


def conditions(
    search: Search,
    actor: Actor,
    *,
    since: ColumnElement[Any] | None = None,
) -> list[Condition]:
    """What a select over :class:`Contribution` has to fulfil, one for each term.

    What the actor has no part in, or is in conflict with, each list leaves out by itself.

    ``since`` is where the list waits since another moment than the essay itself.
    """
    now, waiting = clock.now(), Contribution.waiting_since.expression
    found = []
    for term in search.terms:
        if term.key == "age":
            condition = _age(term, waiting if since is None else since, now)
        else:
            condition = _MEANINGS[term.key](term, actor, now)
        found.append(not_(condition) if term.is_negated else condition)
    return found


def _title(term: Term, _actor: Actor, _now: datetime) -> Condition:
    return _any(TitleWords.contribution_id == Contribution.id, has_words(term))


def has_words(term: Term) -> Condition:
    """Whether a title (of :class:`TitleWords`) has in it what a term without a key says."""
    return TitleWords.words.contains(term.values[0].casefold(), autoescape=True)


def _track(term: Term, _actor: Actor, _now: datetime) -> Condition:
    return Contribution.track.in_(term.values)


def _language(term: Term, _actor: Actor, _now: datetime) -> Condition:
    return Contribution.language.in_(term.values)


def _state(term: Term, _actor: Actor, _now: datetime) -> Condition:
    return Contribution.state.in_(term.values)


def _number(term: Term, _actor: Actor, _now: datetime) -> Condition:
    numbers = [value.upper() for value in term.values]
    # Most have no former number, and "not unknown" is unknown too.
    former = Contribution.former_number
    return or_(
        and_(Contribution.number.is_not(None), Contribution.number.in_(numbers)),
        and_(former.is_not(None), former.in_(numbers)),
    )


def _age(term: Term, since: Any, now: datetime) -> Condition:
    return or_(*(_of_age(since, *age(value), now) for value in term.values))


def _of_age(since: Any, sign: str, span: timedelta, now: datetime) -> Condition:
    older: Condition = since < now - span
    return older if sign == ">" else since > now - span


def _edition(term: Term, _actor: Actor, _now: datetime) -> Condition:
    slugs = select(Edition.id).where(Edition.slug.in_(term.values))
    return Contribution.edition_id.in_(slugs)


def _theme(term: Term, _actor: Actor, _now: datetime) -> Condition:
    codes = select(Theme.id).where(Theme.code.in_(term.values))
    return and_(Contribution.theme_id.is_not(None), Contribution.theme_id.in_(codes))


def _question(term: Term, _actor: Actor, _now: datetime) -> Condition:
    slugs = select(Question.id).where(Question.slug.in_(term.values))
    return and_(Contribution.question_id.is_not(None), Contribution.question_id.in_(slugs))


def _reason(term: Term, _actor: Actor, _now: datetime) -> Condition:
    given = cast(Decision.reasons, String)
    named = or_(*(given.contains(f'"{code}"', autoescape=True) for code in term.values))
    return _any(Decision.contribution_id == Contribution.id, named)


def _author(term: Term, actor: Actor, _now: datetime) -> Condition:
    named = [_has_name(word) for word in term.values[0].casefold().split()]
    if not can_organise(actor):
        # Who isn't told the authors of a blind track can't guess them by searching either.
        blind = _any(
            Track.edition_id == Contribution.edition_id,
            Track.code == Contribution.track,
            Track.is_blind.expression,
        )
        named.append(~blind)
    return and_(*named)


def _has_name(word: str) -> Condition:
    # A range, not LIKE: SQLite uses an index for the former only.
    within = and_(AuthorName.word >= word, AuthorName.word < word + LAST)
    return Contribution.id.in_(select(AuthorName.contribution_id).where(within))


def _flag(term: Term, actor: Actor, now: datetime) -> Condition:
    return or_(*(_FLAGS[value](actor, now) for value in term.values))


def _any(*conditions: Condition) -> Condition:
    """Whether there is such a row, whatever else the list it narrows reads besides."""
    # Asked of one contribution after the other, until a page is full. Without the OFFSET PostgreSQL
    # reads all such rows first: it takes what LIKE finds for little. Few are found by `selective`.
    return exists(select(1).where(*conditions).correlate(Contribution).offset(0))


def _live(now: datetime) -> Condition:
    return and_(Claim.contribution_id == Contribution.id, Claim.expires_at > now)


_FLAGS: Final[Mapping[str, Callable[[Actor, datetime], Condition]]] = {
    "claimed": lambda _actor, now: _any(_live(now)),
    "free": lambda _actor, now: ~_any(_live(now)),
    "mine": lambda actor, now: _any(_live(now), Claim.moderator_id == actor.id),
    "resubmitted": lambda _actor, _now: _any(
        Revision.id == Contribution.revision_id, Revision.number > 1
    ),
    "appealed": lambda _actor, _now: _any(Appeal.contribution_id == Contribution.id),
}

_MEANINGS: Final[Mapping[str, Callable[[Term, Actor, datetime], Condition]]] = {
    "": _title,
    "track": _track,
    "lang": _language,
    "state": _state,
    "number": _number,
    "edition": _edition,
    "theme": _theme,
    "question": _question,
    "reason": _reason,
    "author": _author,
    "is": _flag,
}
