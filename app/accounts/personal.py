"""What is held of a person with their account, and how they leave."""

import io
import json
import secrets
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from obstore.store import ObjectStore
from sqlalchemy import delete, inspect, or_, select
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.models import Account
from app.accounts.operations import keep_an_administrator
from app.core import audit, clock
from app.core.audit import AuditAction, AuditEntry
from app.core.db import Base, hold
from app.core.errors import Forbidden, Invalid
from app.core.outbox import OutboxMail
from app.core.personal import NOTHING, Answer, Keeper, Part
from app.core.policy import Actor

DELETED: Final = "deleted-{}@account.invalid"
"""What stands for the address of an account that is gone (RFC 2606 reserves the domain)."""
SECRET: Final = frozenset({"password", "fs_uniquifier"})

TABLES: Final[Mapping[str, Answer]] = {
    "account": Answer(
        "address, names, affiliation, country, languages, password’s hash",
        "`account.json` (but the password’s hash)",
        "emptied; the row stays with its number alone, since others refer to it",
    ),
    "account_role": Answer("roles held", "`account.json`", "deleted"),
    "role": NOTHING,
    "ended_session": NOTHING,
    "audit_entry": Answer(
        "that an account’s number did something, and when",
        "`acts.json`",
        "kept: a number without a name; nothing may change the record of what was done",
    ),
    "audit_seal": NOTHING,
    "outbox_mail": Answer(
        "address, kind and moment of mails; of waiting ones what they will say",
        "`mails.json`",
        "deleted, with every mail to the address; in any case the address goes thirty days after "
        "the mail was sent",
    ),
    "parked_form": Answer(
        "what somebody wrote whose session had expired; not tied to an account",
        "not: only the browser it came from can name it",
        "deleted after a day in any case",
    ),
}


def archive(
    session: Session, keepers: Sequence[Keeper], account_id: int, store: ObjectStore
) -> Iterator[bytes]:
    """Everything of an account as a ZIP, piece by piece."""
    pipe = _Pipe()
    now = clock.now()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        for keeper in keepers:
            for part in keeper.collect(session, account_id, store):
                made.writestr(_entry(part.path, now), part.content)
                yield pipe.take()
    yield pipe.take()


class _Pipe(io.RawIOBase):
    """What is written can be taken away at once: ZIP needs no way back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _entry(path: str, moment: datetime) -> zipfile.ZipInfo:
    at = moment.astimezone(UTC)
    entry = zipfile.ZipInfo(path, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def as_json(value: object) -> str:
    """Readable JSON; moments in ISO 8601."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def columns(row: Base, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A row's columns by name."""
    names = [attribute.key for attribute in inspect(row).mapper.column_attrs]
    return {name: getattr(row, name) for name in names if name not in without}


def collect(session: Session, account_id: int, _store: ObjectStore) -> Iterator[Part]:
    """The account, its acts, its mails."""
    account = session.get_one(Account, account_id)
    roles = sorted(role.value for role in account.actor.roles)
    yield Part("account.json", as_json({**columns(account, without=SECRET), "roles": roles}))
    acts = session.scalars(
        select(AuditEntry).where(AuditEntry.actor_id == account_id).order_by(AuditEntry.id)
    )
    yield Part("acts.json", as_json([columns(each) for each in acts]))
    mails = session.scalars(select(OutboxMail).where(_to(account)).order_by(OutboxMail.id))
    # What a waiting mail will say may hold a secret link: it comes by mail alone.
    without = frozenset({"data", "key", "lease_until", "recipient_id"})
    yield Part("mails.json", as_json([columns(each, without=without) for each in mails]))


def _to(account: Account) -> Any:
    return or_(OutboxMail.recipient_id == account.id, OutboxMail.recipient == account.email)


def erase(session: Session, account_id: int, _anonymous: bool) -> None:
    """Empty the account. A step of :func:`delete_account`."""
    account = session.get_one(Account, account_id)
    session.execute(delete(OutboxMail).where(_to(account)))
    account.email = DELETED.format(account.id)
    account.name = account.latin_name = account.affiliation = account.country = ""
    account.ui_language = "en"
    account.password = ""
    account.fs_uniquifier = secrets.token_hex(32)
    account.active = account.is_demo = account.wants_reminders = False
    account.confirmed_at = None
    account.roles = []
    account.reads, account.serves, account.translates = [], [], []
    account.deleted_at = clock.now()
    session.flush()


KEEPER: Final = Keeper(tables=TABLES, collect=collect, erase=erase)


def delete_account(
    session: Session,
    actor: Actor,
    account: Account,
    keepers: Sequence[Keeper],
    *,
    password: str,
    anonymous: bool,
) -> None:
    """Delete one's own account; ``anonymous`` takes the name from published essays too.

    Asked for twice, it is deleted once. Raises Forbidden for somebody else's; Invalid
    (``password.wrong``, ``account.last_administrator``).
    """
    if not policy.is_own(actor, account.id):
        raise Forbidden("forbidden")
    # Those who write in its essays meanwhile hold these, and refer to the account.
    hold(session, account, referred=True)
    if account.deleted_at is not None:
        return
    if not account.verify_and_update_password(password):
        raise Invalid("password.wrong", field="password")
    keep_an_administrator(session, account)
    audit.record(session, actor, AuditAction.ACCOUNT_DELETED, account.id, anonymous=anonymous)
    for keeper in keepers:
        keeper.erase(session, account.id, anonymous)
