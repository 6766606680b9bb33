"""What the proceedings hold of a person."""

from collections.abc import Iterator, Mapping
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.personal import as_json, columns
from app.contributions.invitations.models import Invitation
from app.contributions.models import Contribution
from app.core.personal import NOTHING, Answer, Keeper, Part
from app.core.policy import SYSTEM
from app.proceedings import operations
from app.proceedings.models import Build, Volume, VolumeEntry

TABLES: Final[Mapping[str, Answer]] = {
    "build": Answer(
        "who asked for a book to be built",
        "`builds.json`",
        "kept with the account’s number; books built before keep the names printed in them until "
        "they are built again, which the volume then asks for",
    ),
    "volume": NOTHING,
    "volume_section": NOTHING,
    "volume_entry": NOTHING,
}


def collect(session: Session, account_id: int, _store: ObjectStore) -> Iterator[Part]:
    """The builds somebody has asked for, if any."""
    builds = session.scalars(
        select(Build).where(Build.requested_by_id == account_id).order_by(Build.id)
    ).all()
    if builds:
        yield Part("builds.json", as_json([columns(each) for each in builds]))


def erase(session: Session, account_id: int, anonymous: bool) -> None:
    """Where names go from essays, count the change of every volume they are in.

    Comes before the essays' part, which forgets whose they were.
    """
    if not anonymous:
        return
    theirs = (
        select(Contribution.id)
        .outerjoin(Invitation, Invitation.contribution_id == Contribution.id)
        .where(or_(Contribution.owner_id == account_id, Invitation.account_id == account_id))
    )
    volumes = session.scalars(
        select(Volume)
        .where(
            Volume.id.in_(
                select(VolumeEntry.volume_id).where(VolumeEntry.contribution_id.in_(theirs))
            )
        )
        .order_by(Volume.id)
        .with_for_update()
    )
    for volume in volumes.all():
        operations.changed(session, SYSTEM, volume, "anonymised")


KEEPER: Final = Keeper(tables=TABLES, collect=collect, erase=erase)
