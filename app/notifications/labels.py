"""How the kinds of mail and their states are called on pages."""

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.core.outbox import MailKind, MailState

KINDS: Final[dict[MailKind, LazyString]] = {
    MailKind.CONFIRM_ADDRESS: _l("Confirmation of an address"),
    MailKind.ALREADY_REGISTERED: _l("Account already exists"),
    MailKind.RESET_PASSWORD: _l("New password"),
    MailKind.PASSWORD_CHANGED: _l("Password changed"),
    MailKind.CONFIRM_NEW_ADDRESS: _l("Confirmation of a new address"),
    MailKind.ADDRESS_CHANGED: _l("Address changed"),
    MailKind.RECEIPT: _l("Receipt of a contribution"),
    MailKind.DECISION: _l("Decision on a contribution"),
    MailKind.DECISION_UNDONE: _l("Decision undone"),
    MailKind.REMOVED: _l("Contribution taken down"),
    MailKind.RESTORED: _l("Contribution published again"),
    MailKind.APPEAL_ANSWERED: _l("Answer to an appeal"),
    MailKind.REPORT_ANSWERED: _l("Answer to a report"),
    MailKind.MESSAGE: _l("Message to an author"),
    MailKind.AUTHOR_ANSWERED: _l("Message from an author"),
    MailKind.CO_AUTHOR_INVITED: _l("Invitation of a co-author"),
    MailKind.CO_AUTHOR_ANSWERED: _l("Answer of a co-author"),
    MailKind.MORE_TIME: _l("More time for a contribution"),
    MailKind.REMINDER: _l("Reminder of a draft"),
    MailKind.HANDED_OVER: _l("Essay given to a moderator"),
    MailKind.HANDED_OVER_TOGETHER: _l("Several essays given to a moderator"),
    MailKind.DIGEST: _l("What waits for a moderator"),
}

STATES: Final[dict[MailState, LazyString]] = {
    MailState.WAITING: _lp("state of an e-mail", "Waiting"),
    MailState.SENT: _lp("state of an e-mail", "Sent"),
    MailState.FAILED: _lp("state of an e-mail", "Not delivered"),
}
