"""Writes to accounts: who may, what is refused, what is left behind."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import operations, queries
from app.accounts.models import Account
from app.core.audit import AuditAction, AuditEntry
from app.core.errors import DomainError, Forbidden, Invalid
from app.core.languages import CODES
from app.core.policy import NOBODY, SYSTEM, Role, TrackCode
from tests.factories import Cast, make_account

PASSWORD = "correct horse battery"


def create(session: Session, **changes: Any) -> Account:
    fields: dict[str, Any] = {"email": "new@example.org", "password": PASSWORD}
    return operations.create_account(session, **(fields | changes))


def entries(session: Session, action: AuditAction) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def refusal(error: type[DomainError], code: str) -> Any:
    return pytest.raises(error, match=f"^{code.replace('.', chr(92) + '.')}$")


def test_create_account_gives_a_moderator_all_languages_and_tracks(session: Session) -> None:
    account = create(session, roles=[Role.MODERATOR], ui_language="ar")
    assert account.confirmed_at is not None
    assert account.actor.roles == {Role.CONTRIBUTOR, Role.MODERATOR}
    assert account.actor.reads == frozenset(CODES)
    assert account.actor.serves == frozenset(TrackCode)
    assert account.translates == []
    assert account.ui_language == "ar"


def test_create_account_gives_an_organiser_no_duties(session: Session) -> None:
    account = create(session, roles=[Role.ORGANISER, Role.ADMINISTRATOR])
    assert (account.reads, account.serves, account.translates) == ([], [], [])


def test_create_account_keeps_what_was_given_in_the_order_of_our_lists(session: Session) -> None:
    account = create(
        session,
        roles=[Role.MODERATOR, Role.TRANSLATOR],
        reads=["zh", "fr", "ar"],
        serves=[TrackCode.JURIST],
        translates=["fr:ar"],
    )
    assert account.reads == ["ar", "zh", "fr"]
    assert account.serves == ["jurist"]
    assert account.actor.translates == {("fr", "ar")}


def test_create_account_lets_a_translator_without_pairs_translate_all(session: Session) -> None:
    assert len(create(session, roles=[Role.TRANSLATOR]).actor.translates) == 90


def test_create_account_stores_the_address_in_lower_case(session: Session) -> None:
    assert create(session, email=" New.Person@Example.ORG ").email == "new.person@example.org"
    with refusal(Invalid, "email.taken"):
        create(session, email="NEW.person@example.org")


def test_create_account_leaves_an_audit_entry(session: Session) -> None:
    account = create(session, roles=[Role.MODERATOR])
    (entry,) = entries(session, AuditAction.ACCOUNT_CREATED)
    assert (entry.subject_id, entry.actor_id) == (account.id, None)
    assert entry.data == {"roles": ["contributor", "moderator"]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "no address"}, "email.form"),
        ({"email": "a\u202eb@example.org"}, "email.form"),
        ({"password": "short"}, "password.length"),
        ({"password": "x" * 201}, "password.length"),
        ({"ui_language": "xx"}, "language.unknown"),
        ({"roles": [Role.MODERATOR], "reads": ["xx"]}, "language.unknown"),
        ({"roles": [Role.MODERATOR], "reads": []}, "account.no_languages"),
        ({"roles": [Role.MODERATOR], "serves": []}, "account.no_tracks"),
        ({"roles": [Role.TRANSLATOR], "translates": ["fr:fr"]}, "pair.unknown"),
        ({"name": "Anna\u202eanna"}, "text.bidi_override"),
        ({"name": "Anna\x00"}, "text.control_characters"),
        ({"name": "x" * 201}, "text.too_long"),
    ],
)
def test_create_account_refuses(session: Session, changes: dict[str, Any], code: str) -> None:
    with refusal(Invalid, code):
        create(session, **changes)


@pytest.mark.parametrize("name", ["author", "moderator", "organiser"])
def test_create_account_is_for_administrators(session: Session, cast: Cast, name: str) -> None:
    with refusal(Forbidden, "forbidden"):
        create(session, actor=cast.actor(name))
    assert create(session, actor=cast.actor("administrator")).id


def test_set_roles_lets_an_organiser_appoint_and_dismiss(session: Session, cast: Cast) -> None:
    organiser = cast.actor("organiser")
    operations.set_roles(
        session, organiser, cast.stranger, [Role.MODERATOR], reads=["fr"], serves=["jurist"]
    )
    assert cast.stranger.actor.has(Role.MODERATOR)
    assert cast.stranger.reads == ["fr"]
    operations.set_roles(session, organiser, cast.stranger, [])
    assert cast.stranger.actor.roles == {Role.CONTRIBUTOR}
    assert (cast.stranger.reads, cast.stranger.serves) == ([], [])
    given, taken = entries(session, AuditAction.ACCOUNT_ROLES_CHANGED)
    assert (given.data["given"], given.data["reads"]) == (["moderator"], ["fr"])
    assert taken.data["taken"] == ["moderator"]


def test_set_roles_that_changes_nothing_leaves_no_entry(session: Session, cast: Cast) -> None:
    operations.set_roles(session, SYSTEM, cast.moderator, [Role.MODERATOR])
    assert entries(session, AuditAction.ACCOUNT_ROLES_CHANGED) == []


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.ADMINISTRATOR])
def test_set_roles_keeps_high_roles_to_administrators(
    session: Session, cast: Cast, role: Role
) -> None:
    with refusal(Forbidden, "account.reserved_role"):
        operations.set_roles(session, cast.actor("organiser"), cast.stranger, [role])
    operations.set_roles(session, cast.actor("administrator"), cast.stranger, [role])
    with refusal(Forbidden, "account.reserved_role"):
        operations.set_roles(session, cast.actor("organiser"), cast.stranger, [])


@pytest.mark.parametrize("name", ["author", "stranger", "moderator"])
def test_set_roles_refuses_a_stranger(session: Session, cast: Cast, name: str) -> None:
    with refusal(Forbidden, "forbidden"):
        operations.set_roles(session, cast.actor(name), cast.stranger, [Role.MODERATOR])


def test_set_roles_keeps_the_last_administrator(session: Session, cast: Cast) -> None:
    administrator = cast.actor("administrator")
    with refusal(Invalid, "account.last_administrator"):
        operations.set_roles(session, administrator, cast.administrator, [])
    make_account(session, "second@example.org", Role.ADMINISTRATOR)
    operations.set_roles(session, administrator, cast.administrator, [])
    assert cast.administrator.actor.roles == {Role.CONTRIBUTOR}


def test_set_roles_does_not_count_a_closed_administrator(session: Session, cast: Cast) -> None:
    make_account(session, "closed@example.org", Role.ADMINISTRATOR).active = False
    session.flush()
    with refusal(Invalid, "account.last_administrator"):
        operations.set_roles(session, SYSTEM, cast.administrator, [])


def test_grant_adds_to_what_is_held(session: Session, cast: Cast) -> None:
    operations.grant(
        session, SYSTEM, cast.jurist_moderator, [Role.TRANSLATOR], translates=["fr:ar"]
    )
    actor = cast.jurist_moderator.actor
    assert actor.roles == {Role.CONTRIBUTOR, Role.MODERATOR, Role.TRANSLATOR}
    assert (actor.reads, actor.serves) == ({"fr"}, {TrackCode.JURIST})
    operations.grant(session, SYSTEM, cast.jurist_moderator, [Role.MODERATOR], reads=["de"])
    assert cast.jurist_moderator.actor.reads == {"de"}
    assert cast.jurist_moderator.actor.translates == {("fr", "ar")}


def test_grant_makes_a_new_moderator_read_everything(session: Session, cast: Cast) -> None:
    operations.grant(session, SYSTEM, cast.stranger, [Role.MODERATOR])
    assert cast.stranger.actor.reads == frozenset(CODES)


PROFILE = {
    "name": "أمينة",
    "latin_name": "Amina",
    "affiliation": "Université de Tunis",
    "country": "TN",
    "ui_language": "ar",
}


def test_change_profile_keeps_one_spelling(session: Session, cast: Cast) -> None:
    fields = PROFILE | {"affiliation": "  Universite\u0301   de Tunis "}
    operations.change_profile(session, cast.actor("author"), cast.author, **fields)
    assert cast.author.affiliation == "Université de Tunis"
    (entry,) = entries(session, AuditAction.ACCOUNT_PROFILE_CHANGED)
    assert entry.data == {"fields": sorted(PROFILE)}
    operations.change_profile(session, cast.actor("author"), cast.author, **PROFILE)
    assert len(entries(session, AuditAction.ACCOUNT_PROFILE_CHANGED)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "required"),
        ({"name": "a\u2067b"}, "text.bidi_override"),
        ({"latin_name": "a\nb"}, "text.line_break"),
        ({"affiliation": "\x07"}, "text.control_characters"),
        ({"country": "Tunisia"}, "country.unknown"),
        ({"ui_language": "la"}, "language.unknown"),
    ],
)
def test_change_profile_refuses(
    session: Session, cast: Cast, changes: dict[str, str], code: str
) -> None:
    with refusal(Invalid, code):
        operations.change_profile(session, SYSTEM, cast.author, **(PROFILE | changes))


@pytest.mark.parametrize("name", ["stranger", "moderator", "organiser"])
def test_change_profile_refuses_a_stranger(session: Session, cast: Cast, name: str) -> None:
    with refusal(Forbidden, "forbidden"):
        operations.change_profile(session, cast.actor(name), cast.author, **PROFILE)
    with refusal(Forbidden, "forbidden"):
        operations.change_profile(session, NOBODY, cast.author, **PROFILE)


def test_set_active_closes_and_opens(session: Session, cast: Cast) -> None:
    administrator = cast.actor("administrator")
    operations.set_active(session, administrator, cast.author, False)
    operations.set_active(session, administrator, cast.author, False)
    assert cast.author.active is False
    operations.set_active(session, administrator, cast.author, True)
    assert len(entries(session, AuditAction.ACCOUNT_DEACTIVATED)) == 1
    assert len(entries(session, AuditAction.ACCOUNT_REACTIVATED)) == 1


def test_set_active_refuses_organisers_and_the_last_administrator(
    session: Session, cast: Cast
) -> None:
    with refusal(Forbidden, "forbidden"):
        operations.set_active(session, cast.actor("organiser"), cast.author, False)
    with refusal(Invalid, "account.last_administrator"):
        operations.set_active(session, SYSTEM, cast.administrator, False)


def test_register_waits_for_confirmation(session: Session) -> None:
    account = operations.register(
        session, email="n@example.org", password_hash="x", name=" Nora  N ", ui_language="ko"
    )
    assert (account.confirmed_at, account.name, account.ui_language) == (None, "Nora N", "ko")
    assert account.actor.roles == {Role.CONTRIBUTOR}
    (entry,) = entries(session, AuditAction.ACCOUNT_REGISTERED)
    assert entry.actor_id == account.id


def test_uncovered_names_what_nobody_serves(session: Session) -> None:
    assert len(queries.uncovered(session)) == 20
    make_account(session, "m@example.org", Role.MODERATOR, serves=["jurist"])
    make_account(
        session, "d@example.org", Role.MODERATOR, reads=["fr", "ar"], serves=["digital_actor"]
    )
    assert queries.uncovered(session) == [
        (TrackCode.DIGITAL_ACTOR, code) for code in CODES if code not in {"fr", "ar"}
    ]


def test_uncovered_counts_neither_closed_nor_unconfirmed_moderators(session: Session) -> None:
    make_account(session, "c@example.org", Role.MODERATOR).active = False
    make_account(session, "u@example.org", Role.MODERATOR, confirmed=False)
    session.flush()
    assert len(queries.uncovered(session)) == 20
