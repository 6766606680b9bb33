"""How the acts of a contribution's timeline are called."""

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.contributions.states import State
from app.core.audit import AuditAction
from app.moderation.decisions.labels import VERDICTS
from app.moderation.decisions.verdicts import Verdict
from app.moderation.record.queries import Act
from app.moderation.record.timeline import Event
from app.moderation.talk.models import Audience

#: How the acts of a contribution’s timeline are called. Every audit action of one is here or in
#: ``timeline.HIDDEN``.
EVENTS: Final[dict[AuditAction, LazyString]] = {
    AuditAction.CONTRIBUTION_OPENED: _l("Draft begun"),
    AuditAction.CONTRIBUTION_SUBMITTED: _l("Revision %(number)s submitted"),
    AuditAction.CONTRIBUTION_IMPORTED: _l("Imported by the organisers as revision %(number)s"),
    AuditAction.CONTRIBUTION_WITHDRAWN: _lp("what happened to a contribution", "Withdrawn"),
    AuditAction.CONTRIBUTION_REVIVED: _l("Taken up again as a draft"),
    AuditAction.CONTRIBUTION_EXTENDED: _l("More time to submit"),
    AuditAction.CONTRIBUTION_CLAIMED: _l("Taken in hand by a moderator"),
    AuditAction.CONTRIBUTION_RELEASED: _l("Waiting for a moderator again"),
    AuditAction.CONTRIBUTION_HANDED_OVER: _l("Handed over to another moderator"),
    AuditAction.CONTRIBUTION_ASSIGNED: _l("Given to a moderator by the organisers"),
    AuditAction.CONTRIBUTION_DECIDED: _l("Decided on"),
    AuditAction.CONTRIBUTION_DECISION_KEPT: _l("Decided on, to be announced later"),
    AuditAction.CONTRIBUTION_REJECTION_PROPOSED: _l("Rejection proposed, for a second opinion"),
    AuditAction.CONTRIBUTION_DECISION_UNDONE: _l("Decision undone"),
    AuditAction.CONTRIBUTION_MOVED: _l("Moved to the other track with the author’s consent"),
    AuditAction.CONTRIBUTION_PUBLISHED: _lp("what happened to a contribution", "Published"),
    AuditAction.CONTRIBUTION_CORRECTED: _l("Published text corrected: revision %(number)s"),
    AuditAction.CONTRIBUTION_REMOVED: _lp("what happened to a contribution", "Taken down"),
    AuditAction.CONTRIBUTION_REOPENED: _l("Waiting for a new decision"),
    AuditAction.APPEAL_FILED: _l("Appeal against the decision"),
    AuditAction.APPEAL_CLAIMED: _l("Appeal taken in hand by a moderator"),
    AuditAction.APPEAL_RELEASED: _l("Appeal waiting for a moderator again"),
    AuditAction.APPEAL_HANDED_OVER: _l("Appeal handed over to another moderator"),
    AuditAction.APPEAL_ASSIGNED: _l("Appeal given to a moderator by the organisers"),
    AuditAction.APPEAL_UPHELD: _l("Appeal answered: the decision stands"),
    AuditAction.APPEAL_GRANTED: _l("Appeal granted"),
    AuditAction.CONTRIBUTION_ANONYMISED: _l("Names removed at the author’s wish"),
    AuditAction.CO_AUTHOR_INVITED: _l("Co-author invited"),
    AuditAction.CO_AUTHOR_CONFIRMED: _l("Co-author confirmed"),
    AuditAction.CO_AUTHOR_DECLINED: _l("Co-author declined"),
    AuditAction.CO_AUTHOR_EXPIRED: _l("Invitation of a co-author expired"),
    AuditAction.CO_AUTHOR_REVOKED: _l("Invitation of a co-author withdrawn"),
    AuditAction.CO_AUTHOR_ACCESS_CHANGED: _l("Changed whether a co-author may edit"),
}
#: The same where the appeal is against a taking down.
OF_TAKING_DOWN: Final[dict[AuditAction, LazyString]] = {
    AuditAction.APPEAL_FILED: _l("Appeal against the taking down"),
    AuditAction.APPEAL_UPHELD: _l("Appeal answered: the essay stays down"),
}
#: What only the record tells.
RECORDED: Final[dict[AuditAction, LazyString]] = {
    AuditAction.CONTRIBUTION_DISCARDED: _l("Draft deleted"),
    AuditAction.CONFLICT_DECLARED: _l("Conflict of interest declared"),
    AuditAction.CONFLICT_LIFTED: _l("Conflict of interest lifted"),
    AuditAction.REPORT_FILED: _l("Reported by a reader"),
    AuditAction.CASE_KEPT: _l("Reports answered: the essay stays"),
    AuditAction.CASE_REMOVED: _l("Reports answered: the essay is taken down"),
    AuditAction.CASE_REVERSED: _l("Taking down after reports undone"),
}
SAID: Final[dict[Audience, LazyString]] = {
    Audience.MODERATORS: _l("Note written for moderators and organisers"),
    Audience.AUTHOR: _l("Message written to the author"),
    Audience.FROM_AUTHOR: _l("The author’s answer"),
}
RESTORED: Final = _lp("what happened to a contribution", "Published again")
_KEPT: Final = _l("Kept in hand")


def event_title(event: Event) -> str:
    """What happened, in a few words."""
    if event.decision is not None:
        return str(VERDICTS[event.decision.verdict])
    if event.action == AuditAction.CONTRIBUTION_PUBLISHED and event.before == State.REMOVED:
        return str(RESTORED)
    if event.is_of_taking_down and event.action in OF_TAKING_DOWN:
        return str(OF_TAKING_DOWN[event.action])
    number = event.revision.number if event.revision else ""
    return str(EVENTS[event.action]) % {"number": number}


def act_title(act: Act) -> str:
    """The same of an entry of the record, where every act is told."""
    if act.is_renewal:
        return str(_KEPT)
    if act.action is AuditAction.CONTRIBUTION_DECIDED and "verdict" in act.data:
        return str(VERDICTS[Verdict(act.data["verdict"])])
    if act.action is AuditAction.CONTRIBUTION_PUBLISHED and act.before == State.REMOVED:
        return str(RESTORED)
    if act.action is AuditAction.MESSAGE_WRITTEN:
        return str(SAID[Audience(act.data["audience"])])
    labels = EVENTS | RECORDED | (OF_TAKING_DOWN if act.is_of_taking_down else {})
    label = labels[act.action]
    return str(label) % {"number": act.data.get("revision", "")}
