"""The points of a request for changes, and what the author says to each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from app.moderation.decisions.queries import Decided


@dataclass(frozen=True, slots=True)
class Answered:
    """A point in ``language``, and the author's answer to it ("" for none)."""

    point: str
    language: str
    answer: str


def request_before(decisions: Iterable[Decided], revision: int) -> Decided | None:
    """The last request for changes made before that revision."""
    asked = [each for each in decisions if each.asked and each.revision < revision]
    return max(asked, key=lambda each: each.revision, default=None)


def answered(
    decisions: Iterable[Decided], revision: int, answers: Sequence[str]
) -> tuple[Answered, ...]:
    """What that revision answers, point by point; nothing where no request came before it."""
    request = request_before(decisions, revision)
    if request is None:
        return ()
    pairs = zip_longest(request.asked, answers[: len(request.asked)], fillvalue="")
    return tuple(Answered(point, request.words_language, answer) for point, answer in pairs)
