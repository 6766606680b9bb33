"""Writes to accounts. Each checks its permission and writes its audit entry; none commits."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import passwords, policy, queries
from app.accounts.models import Account, Digest, EndedSession, RoleRow
from app.core import audit, clock
from app.core.audit import AuditAction
from app.core.db import hold
from app.core.errors import Forbidden, Invalid
from app.core.languages import CODES
from app.core.policy import SYSTEM, Actor, Role, TrackCode
from app.documents.text import line_problems

LONGEST_LINE: Final = 200
ALL_PAIRS: Final = tuple(f"{one}:{other}" for one in CODES for other in CODES if one != other)


def normal_email(address: str) -> str:
    """The address as it is stored: in lower case. Raises Invalid (``email.form``).

    Addresses of an intranet, without a dot, are let pass: whether mail arrives, mail tells.
    """
    try:
        valid = validate_email(
            address.strip(),
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise Invalid("email.form", field="email") from error
    return valid.normalized.lower()


def register(
    session: Session, *, email: str, password_hash: str, name: str, ui_language: str
) -> Account:
    """Add the account of somebody who signed up; it can't be used until its address is confirmed.

    ``email`` is normal and free: the form has seen to it.
    """
    account = _add(session, email, password_hash, _line("name", name), _language(ui_language))
    audit.record(session, account.actor, AuditAction.ACCOUNT_REGISTERED, account.id)
    return account


def note_confirmed(session: Session, account: Account) -> None:
    """Record that the person proved the address to be theirs."""
    audit.record(session, account.actor, AuditAction.ACCOUNT_CONFIRMED, account.id)


def note_password_changed(session: Session, account: Account) -> None:
    """Record that the person set a new password."""
    audit.record(session, account.actor, AuditAction.ACCOUNT_PASSWORD_CHANGED, account.id)


def note_email_changed(session: Session, account: Account) -> None:
    """Record that the person confirmed another address."""
    audit.record(session, account.actor, AuditAction.ACCOUNT_EMAIL_CHANGED, account.id)


def create_account(
    session: Session,
    actor: Actor = SYSTEM,
    *,
    email: str,
    password: str,
    roles: Iterable[Role] = (),
    ui_language: str = "en",
    reads: Iterable[str] | None = None,
    serves: Iterable[TrackCode] | None = None,
    translates: Iterable[str] | None = None,
    name: str = "",
    is_demo: bool = False,
) -> Account:
    """Add a confirmed account. None for languages, tracks or pairs means all of them.

    Raises Forbidden; Invalid (``email.form``, ``email.taken``, ``password.length``, ``text.…``,
    ``language.unknown``, ``pair.unknown``).
    """
    if not policy.can_create_account(actor):
        raise Forbidden("forbidden")
    address = normal_email(email)
    if session.scalar(select(Account.id).where(Account.email == address)) is not None:
        raise Invalid("email.taken", field="email")
    account = _add(
        session, address, passwords.hashed(password), _line("name", name), _language(ui_language)
    )
    account.confirmed_at = clock.now()
    account.is_demo = is_demo
    held = frozenset({Role.CONTRIBUTOR, *roles})
    _hold(session, account, held, _duties(held, reads, serves, translates))
    audit.record(
        session, actor, AuditAction.ACCOUNT_CREATED, account.id, roles=sorted(map(str, held))
    )
    return account


def set_roles(
    session: Session,
    actor: Actor,
    account: Account,
    roles: Iterable[Role],
    *,
    reads: Iterable[str] | None = None,
    serves: Iterable[TrackCode] | None = None,
    translates: Iterable[str] | None = None,
) -> None:
    """Make these the account's roles, languages read, tracks served and pairs translated.

    None means all; a moderator or a translator left with nothing to do is refused.

    Raises Forbidden (``account.reserved_role``: only administrators give and take organiser and
    administrator); Invalid (``account.last_administrator``, ``account.no_languages``,
    ``account.no_tracks``, ``account.no_pairs``, ``language.unknown``, ``pair.unknown``).
    """
    if not policy.can_see_people(actor):
        raise Forbidden("forbidden")
    # Pressed twice, the second press waits here and then finds nothing to change.
    hold(session, account)
    session.refresh(account, ["roles"])
    before = account.actor
    after = frozenset({Role.CONTRIBUTOR, *roles})
    if not all(policy.can_appoint(actor, role) for role in before.roles ^ after):
        raise Forbidden("account.reserved_role")
    if Role.ADMINISTRATOR in before.roles - after:
        keep_an_administrator(session, account, field="roles")
    duties = _duties(after, reads, serves, translates)
    if (before.roles, _Duties.of(account)) == (after, duties):
        return
    _hold(session, account, after, duties)
    audit.record(
        session,
        actor,
        AuditAction.ACCOUNT_ROLES_CHANGED,
        account.id,
        given=sorted(map(str, after - before.roles)),
        taken=sorted(map(str, before.roles - after)),
        reads=account.reads,
        serves=account.serves,
        translates=account.translates,
    )


def grant(
    session: Session,
    actor: Actor,
    account: Account,
    roles: Iterable[Role],
    *,
    reads: Iterable[str] | None = None,
    serves: Iterable[TrackCode] | None = None,
    translates: Iterable[str] | None = None,
) -> None:
    """Add roles to those held; what is given replaces what was, None leaves it (or means all).

    Raises as :func:`set_roles` does.
    """
    set_roles(
        session,
        actor,
        account,
        account.actor.roles | frozenset(roles),
        reads=(account.reads or None) if reads is None else reads,
        serves=(map(TrackCode, account.serves) if account.serves else None)
        if serves is None
        else serves,
        translates=(account.translates or None) if translates is None else translates,
    )


def change_profile(
    session: Session,
    actor: Actor,
    account: Account,
    *,
    name: str,
    latin_name: str,
    affiliation: str,
    country: str,
    ui_language: str,
) -> None:
    """Change what the person says about themselves; a change of nothing leaves no entry.

    Raises Forbidden; Invalid (``required``, ``text.…``, ``country.unknown``,
    ``language.unknown``).
    """
    if not policy.can_change_profile(actor, account.id):
        raise Forbidden("forbidden")
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise Invalid("country.unknown", field="country")
    new = {
        "name": _line("name", name),
        "latin_name": _line("latin_name", latin_name),
        "affiliation": _line("affiliation", affiliation),
        "country": country,
        "ui_language": _language(ui_language),
    }
    if not new["name"]:
        raise Invalid("required", field="name")
    changed = sorted(field for field, value in new.items() if getattr(account, field) != value)
    for field in changed:
        setattr(account, field, new[field])
    if changed:
        audit.record(
            session, actor, AuditAction.ACCOUNT_PROFILE_CHANGED, account.id, fields=changed
        )


def set_reminders(session: Session, actor: Actor, account: Account, *, wanted: bool) -> None:
    """Want reminders of one's drafts, or no more; a change of nothing leaves no entry.

    Raises Forbidden for somebody else's.
    """
    if not policy.is_own(actor, account.id):
        raise Forbidden("forbidden")
    if account.wants_reminders != wanted:
        account.wants_reminders = wanted
        action = AuditAction.ACCOUNT_REMINDERS_CHANGED
        audit.record(session, actor, action, account.id, wanted=wanted)


def set_digest(session: Session, actor: Actor, account: Account, digest: Digest) -> None:
    """How often the moderator is told what waits; a change of nothing leaves no entry.

    Raises Forbidden for somebody else's.
    """
    if not policy.is_own(actor, account.id):
        raise Forbidden("forbidden")
    if account.digest == digest:
        return
    if account.digest == Digest.NEVER:
        # The first comes with the next turn, not at once.
        account.digest_sent_at = clock.now()
    account.digest = digest.value
    audit.record(session, actor, AuditAction.ACCOUNT_DIGEST_CHANGED, account.id, digest=digest)


def sign_out_everywhere(session: Session, actor: Actor, account: Account) -> None:
    """End every session and every remembered sign-in of one's own account.

    Raises Forbidden for somebody else's.
    """
    if not policy.is_own(actor, account.id):
        raise Forbidden("forbidden")
    account.fs_uniquifier = secrets.token_hex(32)
    audit.record(session, actor, AuditAction.ACCOUNT_SIGNED_OUT, account.id)


def end_session(session: Session, name: str, *, forgotten_before: datetime) -> None:
    """The sign-in of that name is over, which only its holder knows; twice is once.

    What ended before the other moment is worth nothing by now, and is forgotten.
    """
    session.execute(delete(EndedSession).where(EndedSession.ended_at < forgotten_before))
    with suppress(IntegrityError), session.begin_nested():
        session.add(EndedSession(sign_in=name))


def note_download(session: Session, actor: Actor) -> None:
    """Record that somebody took their own data along. Raises Forbidden for nobody."""
    if actor.id is None:
        raise Forbidden("forbidden")
    audit.record(session, actor, AuditAction.ACCOUNT_DATA_DOWNLOADED, actor.id)


def set_active(session: Session, actor: Actor, account: Account, active: bool) -> None:
    """Close the account to sign-in at once, or open it again.

    Raises Forbidden; Invalid (``account.last_administrator``).
    """
    if not policy.can_deactivate(actor):
        raise Forbidden("forbidden")
    if account.active == active:
        return
    if not active:
        keep_an_administrator(session, account)
    account.active = active
    action = AuditAction.ACCOUNT_REACTIVATED if active else AuditAction.ACCOUNT_DEACTIVATED
    audit.record(session, actor, action, account.id)


@dataclass(frozen=True, slots=True)
class _Duties:
    """What a moderator and a translator are there for, in the order of our lists."""

    reads: tuple[str, ...]
    serves: tuple[str, ...]
    translates: tuple[str, ...]

    @classmethod
    def of(cls, account: Account) -> "_Duties":
        return cls(tuple(account.reads), tuple(account.serves), tuple(account.translates))


def _duties(
    roles: frozenset[Role],
    reads: Iterable[str] | None,
    serves: Iterable[TrackCode] | None,
    translates: Iterable[str] | None,
) -> _Duties:
    moderates, translated = Role.MODERATOR in roles, Role.TRANSLATOR in roles
    return _Duties(
        _chosen("reads", reads, CODES, "language.unknown", "account.no_languages")
        if moderates
        else (),
        _chosen("serves", serves, tuple(TrackCode), "track.unknown", "account.no_tracks")
        if moderates
        else (),
        _chosen("translates", translates, ALL_PAIRS, "pair.unknown", "account.no_pairs")
        if translated
        else (),
    )


def _chosen(
    field: str, given: Iterable[str] | None, known: tuple[str, ...], unknown: str, none: str
) -> tuple[str, ...]:
    wanted = set(known) if given is None else set(given)
    if strange := wanted - set(known):
        raise Invalid(unknown, field=field, value=", ".join(sorted(strange)))
    if not wanted:
        raise Invalid(none, field=field)
    return tuple(str(item) for item in known if item in wanted)


def _hold(session: Session, account: Account, roles: frozenset[Role], duties: _Duties) -> None:
    account.roles = list(
        session.scalars(select(RoleRow).where(RoleRow.name.in_(roles)).order_by(RoleRow.id))
    )
    account.reads = list(duties.reads)
    account.serves = list(duties.serves)
    account.translates = list(duties.translates)
    session.flush()


def _add(session: Session, email: str, password_hash: str, name: str, ui_language: str) -> Account:
    account = Account(
        email=email,
        password=password_hash,
        fs_uniquifier=secrets.token_hex(32),
        name=name,
        ui_language=ui_language,
        reads=[],
        serves=[],
        translates=[],
        roles=list(session.scalars(select(RoleRow).where(RoleRow.name == Role.CONTRIBUTOR))),
    )
    session.add(account)
    session.flush()
    return account


def keep_an_administrator(session: Session, account: Account, field: str | None = None) -> None:
    """Raise Invalid (``account.last_administrator``) where nobody else could act as one."""
    # Two administrators who dismiss each other at the same moment must take turns.
    session.execute(select(RoleRow.id).where(RoleRow.name == Role.ADMINISTRATOR).with_for_update())
    if queries.administrators(session) == {account.id}:
        raise Invalid("account.last_administrator", field=field)


def _language(code: str) -> str:
    if code not in CODES:
        raise Invalid("language.unknown", field="ui_language", value=code)
    return code


def _line(field: str, value: str) -> str:
    line = re.sub(" +", " ", unicodedata.normalize("NFC", value)).strip(" ")
    for problem in line_problems(line):
        raise Invalid(problem.code, field=field, **problem.data)
    if len(line) > LONGEST_LINE:
        raise Invalid("text.too_long", field=field, limit=LONGEST_LINE)
    return line
