"""Who may put volumes together, and who may see one."""

from app.core.policy import Actor, can_organise
from app.proceedings.models import Volume


def can_read(actor: Actor, volume: Volume) -> bool:
    """See the volume and its files: everybody once it is published, organisers before."""
    return volume.published_at is not None or can_organise(actor)
