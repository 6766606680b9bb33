"""How the kinds of conflicts of interest are called."""

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.moderation.conflicts.models import ConflictKind

KINDS: Final[dict[ConflictKind, LazyString]] = {
    ConflictKind.PERSONAL: _l("Personal: family, friendship, or enmity"),
    ConflictKind.PROFESSIONAL: _l("Professional: a common employer, project or superior"),
    ConflictKind.FINANCIAL: _l("Financial: I could gain or lose by it"),
    ConflictKind.RIVALRY: _l("Rivalry: I compete with an author"),
    ConflictKind.OTHER: _l("Another kind of conflict"),
}
