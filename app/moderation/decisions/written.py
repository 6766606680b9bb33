"""What a moderator wrote down, as it will be kept, and what it lacks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypedDict

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.errors import Invalid
from app.core.languages import CODES
from app.core.policy import Actor
from app.documents.text import normalise, problems, unkeepable
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import (
    IMPLIES,
    NEEDS_WORDS,
    Verdict,
    other_track,
)
from app.moderation.reasons.queries import of_contribution

MOST_CHARACTERS: Final = 5_000
MOST_POINTS: Final = 30


class Said(TypedDict, total=False):
    """What goes with a verdict, as it was entered.

    ``reasons`` are codes of those its track offers for the verdict; ``points`` are what is to be
    changed, which the author answers one by one; ``duplicate_of`` is the number of the contribution
    it repeats; ``words_language`` is the moderator's own unless it is given.
    """

    reasons: Iterable[str]
    words: str
    words_language: str
    points: Iterable[str]
    duplicate_of: str


@dataclass(frozen=True, slots=True)
class Written:
    """A decision's own columns.

    Attributes:
        reason_texts: words of the track's own, by the codes of reasons that have any.
        reason_rules: of the track's own, the rules of the charter they rest on.
        not_offered: codes of reasons that can't be given here.
        language: of words and points; "" where there are neither.
        number: of the contribution it repeats, as it was entered.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    reason_texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reason_rules: Mapping[str, str] = field(default_factory=dict)
    not_offered: frozenset[str] = frozenset()
    words: str = ""
    language: str = ""
    points: tuple[str, ...] = ()
    number: str = ""
    duplicate_of_id: int | None = None
    new_track: str = ""

    @classmethod
    def of(
        cls,
        session: Session,
        actor: Actor,
        contribution: Contribution,
        verdict: Verdict,
        said: Said,
    ) -> Self:
        """What was entered, as it is kept; reasons in their order, the implied one among them.

        Two queries at most.
        """
        kept = normalise(said.get("words", "")).strip()
        points = (" ".join(normalise(each).split()) for each in said.get("points", ()))
        asked = tuple(point for point in points if point)
        reasons = (*said.get("reasons", ()), IMPLIES.get(verdict))
        given = {str(code) for code in reasons if code}
        language = said.get("words_language") or actor.ui_language
        known = of_contribution(session, contribution.id)
        number = said.get("duplicate_of", "").strip() if verdict is Verdict.DUPLICATE else ""
        return cls(
            verdict=verdict,
            reasons=tuple(each.code for each in known if each.code in given),
            reason_texts={
                each.code: dict(each.text) for each in known if each.code in given and each.text
            },
            reason_rules={
                each.code: each.rule for each in known if each.code in given and each.rule
            },
            not_offered=frozenset(given - {each.code for each in known if each.fits(verdict)}),
            words=kept,
            language=language if kept or asked else "",
            points=asked,
            number=number,
            duplicate_of_id=_numbered(session, number, contribution) if number else None,
            new_track=other_track(contribution.track) if verdict is Verdict.WRONG_TRACK else "",
        )

    def columns(self) -> dict[str, Any]:
        """By the names of :class:`Decision`."""
        return {
            "verdict": self.verdict.value,
            "reasons": list(self.reasons),
            "reason_texts": dict(self.reason_texts),
            "reason_rules": dict(self.reason_rules),
            "words": self.words,
            "words_language": self.language,
            "points": list(self.points),
            "duplicate_of_id": self.duplicate_of_id,
            "new_track": str(self.new_track),
        }

    def says_what(self, decision: Decision) -> bool:
        """Whether that decision says the same, in whatever language it was said to be.

        What the track's reasons are called, and rest on, may have been changed meanwhile.
        """
        besides = {"words_language", "reason_texts", "reason_rules"}
        return all(
            getattr(decision, name) == value
            for name, value in self.columns().items()
            if name not in besides
        )

    def lacks(self) -> list[Invalid]:
        """What is missing, or why the words can't be kept."""
        found = []
        if self.not_offered:
            found.append(Invalid("decision.reason_not_offered", field="reasons"))
        elif not self.reasons:
            found.append(Invalid("decision.reasons_needed", field="reasons"))
        if self.verdict in NEEDS_WORDS and not self.words and not self.points:
            found.append(Invalid("decision.words_needed", field="words"))
        if self.verdict is Verdict.DUPLICATE and self.duplicate_of_id is None:
            code = "decision.duplicate_unknown" if self.number else "decision.duplicate_needed"
            found.append(Invalid(code, field="duplicate_of"))
        return [*found, *self._unfit_words(), *self._unfit_points()]

    def _unfit_words(self) -> list[Invalid]:
        found = []
        if len(self.words) > MOST_CHARACTERS:
            found.append(Invalid("text.too_long", field="words", limit=MOST_CHARACTERS))
        elif unfit := [each for each in problems(self.words) if each.code.startswith("text.")]:
            first = unfit[0]
            found.append(Invalid(first.code, field="words", line=first.line, **first.data))
        if (self.words or self.points) and self.language not in CODES:
            found.append(Invalid("language.unknown", field="words_language"))
        return found

    def _unfit_points(self) -> list[Invalid]:
        found, points = [], self.points
        if points and self.verdict is not Verdict.CHANGES:
            found.append(Invalid("decision.points_without_changes", field="points"))
        if len(points) > MOST_POINTS:
            found.append(Invalid("decision.too_many_points", field="points", limit=MOST_POINTS))
        if sum(map(len, points)) > MOST_CHARACTERS:
            found.append(Invalid("text.too_long", field="points", limit=MOST_CHARACTERS))
        elif unfit := [problem for point in points for problem in unkeepable(point)]:
            found.append(Invalid(unfit[0].code, field="points", line=1, **unfit[0].data))
        return found


def _numbered(session: Session, number: str, contribution: Contribution) -> int | None:
    """Id of another contribution that has, or had, that number; None where there is none."""
    spelt = number.upper()
    return session.scalar(
        select(Contribution.id)
        .where(
            or_(Contribution.number == spelt, Contribution.former_number == spelt),
            Contribution.id != contribution.id,
        )
        .order_by((Contribution.number == spelt).desc(), Contribution.id)
        .limit(1)
    )
