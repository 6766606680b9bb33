"""``flask users …``: the first administrator, and whoever is added without the pages."""

import sys
from collections.abc import Callable
from typing import Any, Final

import click

from app.accounts import operations, queries
from app.core.languages import CODES
from app.core.policy import SYSTEM, Role, TrackCode
from app.web.cli import Group, command_session

users: Final = Group("users", help="Accounts and their roles.")


def _duties(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what a person does."""
    options: tuple[Callable[[Any], Any], ...] = (
        click.option(
            "--translates", multiple=True, metavar="xx:yy", help="A pair translated; none: all."
        ),
        click.option(
            "--serves",
            multiple=True,
            type=click.Choice([track.value for track in TrackCode]),
            help="None: both.",
        ),
        click.option(
            "--reads", multiple=True, type=click.Choice(CODES), help="A language; none: all."
        ),
        click.option(
            "--role",
            "roles",
            multiple=True,
            required=True,
            type=click.Choice([role.value for role in Role]),
        ),
    )
    for option in options:
        command = option(command)
    return command


def _given(roles: Any, reads: Any, serves: Any, translates: Any) -> dict[str, Any]:
    return {
        "roles": [Role(role) for role in roles],
        "reads": reads or None,
        "serves": [TrackCode(track) for track in serves] or None,
        "translates": translates or None,
    }


@users.command("create")
@click.argument("email")
@click.option("--name", default="", help="As the person writes it.")
@click.option("--ui-language", default="en", type=click.Choice(CODES))
@click.option("--password-stdin", is_flag=True, required=True, help="Read it from standard input.")
@_duties
def create(email: str, name: str, ui_language: str, password_stdin: bool, **duties: Any) -> None:
    """Add a confirmed account."""
    password = sys.stdin.readline().rstrip("\r\n")
    with command_session() as session:
        account = operations.create_account(
            session,
            SYSTEM,
            email=email,
            password=password,
            ui_language=ui_language,
            name=name,
            **_given(**duties),
        )
    click.echo(account.id)


@users.command("grant")
@click.argument("email")
@_duties
def grant(email: str, **duties: Any) -> None:
    """Add roles to an account; languages, tracks and pairs given replace those it had."""
    with command_session() as session:
        account = queries.by_email(session, email)
        operations.grant(session, SYSTEM, account, **_given(**duties))
