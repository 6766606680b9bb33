"""Who may do what to accounts."""

from typing import Final

from app.core.policy import Actor, Role, can_organise

#: Given and taken by administrators only; the others by organisers too.
RESERVED: Final = frozenset({Role.ORGANISER, Role.ADMINISTRATOR})


def can_see_people(actor: Actor) -> bool:
    """List the accounts."""
    return can_organise(actor)


def can_create_account(actor: Actor) -> bool:
    """Make a confirmed account for somebody."""
    return actor.has(Role.ADMINISTRATOR)


def can_appoint(actor: Actor, role: Role) -> bool:
    """Give somebody that role or take it away."""
    if role in RESERVED:
        return actor.has(Role.ADMINISTRATOR)
    return can_organise(actor)


def can_deactivate(actor: Actor) -> bool:
    """Close an account to sign-in, or open it again."""
    return actor.has(Role.ADMINISTRATOR)


def is_own(actor: Actor, account_id: int) -> bool:
    """What nobody may do for another: sign out everywhere, take the data along, delete."""
    return actor.id == account_id


def can_change_profile(actor: Actor, account_id: int) -> bool:
    """Change a name, an affiliation, a language: one's own, or an administrator's help."""
    return actor.id == account_id or actor.has(Role.ADMINISTRATOR)
