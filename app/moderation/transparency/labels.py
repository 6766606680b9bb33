"""How the public figures are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.contributions.labels import TRACKS
from app.core.languages import LANGUAGES
from app.moderation.appeals.models import Outcome as AppealOutcome
from app.moderation.decisions.labels import REASONS, VERDICTS
from app.moderation.reports.models import CaseOutcome, Complaint
from app.moderation.transparency.counting import (
    OTHER_REASON,
    Outcome,
    SecondLookSaid,
    SecondOpinion,
)


@dataclass(frozen=True, slots=True)
class Words:
    """A table's words.

    Attributes:
        counts: what one of its numbers is. ``names``: of its rows; of languages their own.
    """

    title: LazyString
    counts: LazyString
    names: Mapping[str, LazyString | str]


def _texts(labels: Mapping[Any, LazyString]) -> dict[str, LazyString | str]:
    """The same by the codes' texts."""
    return {str(code): label for code, label in labels.items()}


#: In the order of the page. Each key is a table of ``counting.figures``.
TABLES: Final[dict[str, Words]] = {
    "tracks": Words(
        _l("Contributions by track"),
        _l("Essays that were submitted at least once."),
        _texts(TRACKS),
    ),
    "languages": Words(
        _l("Contributions by language"),
        _l("The language an essay was written in."),
        {code: language.name for code, language in LANGUAGES.items()},
    ),
    "outcomes": Words(
        _l("Where contributions stand"),
        _l("What was decided but not announced yet counts as waiting."),
        {
            Outcome.WAITING: _l("Waiting for a decision"),
            Outcome.CHANGES: _l("Waiting for changes by the author"),
            Outcome.ACCEPTED: _l("Accepted or published"),
            Outcome.REJECTED: _lp("state of a contribution", "Rejected"),
            Outcome.SPAM: _lp("state of a contribution", "Marked as spam"),
            Outcome.WITHDRAWN: _l("Withdrawn by the author"),
            Outcome.REMOVED: _l("Taken down after publication"),
        },
    ),
    "verdicts": Words(
        _l("Decisions by verdict"),
        _l("Decisions that were announced and stand. An essay may get several, one after another."),
        _texts(VERDICTS),
    ),
    "reasons": Words(
        _l("Decisions by reason"),
        _l("A decision may give several reasons, or none."),
        {**_texts(REASONS), OTHER_REASON: _l("A reason of the track’s own.")},
    ),
    "waits": Words(
        _l("Time to a decision"),
        _l("From the submission of a text until its author was told the decision."),
        {
            "week": _l("Up to 7 days"),
            "fortnight": _l("8 to 14 days"),
            "month": _l("15 to 30 days"),
            "two_months": _l("31 to 60 days"),
            "longer": _l("More than 60 days"),
        },
    ),
    "second_opinions": Words(
        _l("Second opinions"),
        _l("Rejections that one moderator proposed and another had to agree to."),
        {
            SecondOpinion.WAITING: _l("Waiting for the second moderator"),
            SecondOpinion.SECONDED: _l("The second moderator agreed"),
            SecondOpinion.OVERRULED: _l("The second moderator disagreed"),
        },
    ),
    "second_looks": Words(
        _l("Second looks"),
        _l(
            "Decisions drawn by lot and looked at again by a moderator who had no part in the "
            "essay and did not learn who decided."
        ),
        {
            SecondLookSaid.SAME: _l("Would have been decided in the same way"),
            SecondLookSaid.OTHERWISE: _l("Would have been decided otherwise"),
        },
    ),
    "appeals": Words(
        _l("Appeals by outcome"),
        _l(
            "Appeals of authors against a decision, or the taking down of an essay, answered by a "
            "moderator who had no part in it."
        ),
        {
            AppealOutcome.OPEN: _l("Not answered yet"),
            AppealOutcome.UPHELD: _l("The decision stands"),
            AppealOutcome.GRANTED: _l("The decision was undone"),
        },
    ),
    "cases": Words(
        _l("Reported essays by outcome"),
        _l("Published essays that readers reported; all reports on one essay are one case."),
        {
            CaseOutcome.OPEN: _l("Not looked at yet"),
            CaseOutcome.KEPT: _l("The essay stays"),
            CaseOutcome.REMOVED: _l("The essay was taken down"),
        },
    ),
    "reports": Words(
        _l("Reports by reason"),
        _l("What readers reported."),
        {
            Complaint.UNLAWFUL: _l("Unlawful content"),
            Complaint.HATEFUL: _l("Hatred or threats"),
            Complaint.PRIVACY: _l("Private information"),
            Complaint.COPYRIGHT: _l("Copyright"),
            Complaint.FALSE: _l("False statements"),
            Complaint.OTHER: _lp("reason of a report", "Another reason"),
        },
    ),
}
