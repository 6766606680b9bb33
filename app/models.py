"""Every room's tables, imported together so that the metadata is whole."""

from app.accounts import models as accounts
from app.contributions import models as contributions
from app.core import audit, outbox
from app.editions import models as editions
from app.library import models as library
from app.moderation import models as moderation
from app.notifications import models as notifications
from app.proceedings import models as proceedings
from app.web import models as web

__all__ = [
    "accounts",
    "audit",
    "contributions",
    "editions",
    "library",
    "moderation",
    "notifications",
    "outbox",
    "proceedings",
    "web",
]
