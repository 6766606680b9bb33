"""How complaints and outcomes are called."""

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.moderation.reports.models import CaseOutcome, Complaint

COMPLAINTS: Final[dict[Complaint, LazyString]] = {
    Complaint.UNLAWFUL: _l("It breaks the law"),
    Complaint.HATEFUL: _l("It incites to hatred or violence"),
    Complaint.PRIVACY: _l("It reveals something private about somebody"),
    Complaint.COPYRIGHT: _l("It uses somebody’s work without permission"),
    Complaint.FALSE: _l("It makes false statements of fact"),
    Complaint.OTHER: _lp("reason of a report", "Another reason"),
}
OUTCOMES: Final[dict[CaseOutcome, LazyString]] = {
    CaseOutcome.OPEN: _lp("state of a case", "Open"),
    CaseOutcome.KEPT: _l("The essay stays"),
    CaseOutcome.REMOVED: _l("The essay was taken down"),
}
