"""Every room's tables, imported together so that the metadata is whole."""

from app.accounts import models as accounts
from app.contributions import models as contributions
from app.contributions.figures import models as figures
from app.contributions.invitations import models as invitations
from app.contributions.uploads import models as uploads
from app.core import audit, outbox
from app.editions import models as editions
from app.moderation.appeals import models as appeals
from app.moderation.bulk import models as bulk
from app.moderation.claims import models as claims
from app.moderation.conflicts import models as conflicts
from app.moderation.decisions import models as decisions
from app.moderation.looks import models as looks
from app.moderation.message_templates import models as message_templates
from app.moderation.reasons import models as reasons
from app.moderation.reports import models as reports
from app.moderation.sampling import models as sampling
from app.moderation.signs import models as signs
from app.moderation.talk import models as talk
from app.moderation.transparency import models as transparency
from app.notifications import models as notifications
from app.proceedings import models as proceedings
from app.web import models as web

__all__ = [
    "accounts",
    "appeals",
    "audit",
    "bulk",
    "claims",
    "conflicts",
    "contributions",
    "decisions",
    "editions",
    "figures",
    "invitations",
    "looks",
    "message_templates",
    "notifications",
    "outbox",
    "proceedings",
    "reasons",
    "reports",
    "sampling",
    "signs",
    "talk",
    "transparency",
    "uploads",
    "web",
]
