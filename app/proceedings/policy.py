"""Who may put volumes together, and who may see one."""

from app.core.policy import Actor, Role
from app.proceedings.models import Volume


def can_organise(actor: Actor) -> bool:
    """Make, fill, order, build and publish volumes, and take contributions away as an archive."""
    return actor.has(Role.ORGANISER, Role.ADMINISTRATOR)


def can_read(actor: Actor, volume: Volume) -> bool:
    """See the volume and its files: everybody once it is published, organisers before."""
    return volume.published_at is not None or can_organise(actor)
