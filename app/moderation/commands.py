"""``flask --app app contributions decide``: a decision from the command line."""

import click
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.queries import by_email
from app.contributions.commands import group
from app.contributions.models import Contribution
from app.core.errors import NotFound
from app.core.languages import CODES
from app.core.policy import Actor
from app.moderation import policy
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.verdicts import Verdict
from app.moderation.record import commands as record
from app.web.cli import command_session


def register(app: Flask) -> None:
    """Give the application the group, which this module adds its verb to."""
    app.cli.add_command(group)
    record.register(app)


@group.command("decide")
@click.argument("contribution_id", metavar="ID", type=int)
@click.argument("verdict", type=click.Choice([verdict.value for verdict in Verdict]))
@click.option("--moderator", required=True, help="E-mail address of the moderator who decides.")
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    metavar="CODE",
    help="One the track offers; several times for several. Some verdicts say theirs by themselves.",
)
@click.option("--duplicate-of", default="", metavar="NUMBER", help="Of what it repeats.")
@click.option("--words", default="", help="Words to the author.")
@click.option(
    "--words-language", type=click.Choice(CODES), help="Otherwise the moderator's own language."
)
def decide(
    contribution_id: int,
    verdict: str,
    moderator: str,
    reasons: tuple[str, ...],
    duplicate_of: str,
    words: str,
    words_language: str | None,
) -> None:
    """Claim a contribution and decide on its newest revision; prints its number and new state."""
    with command_session() as session:
        account = by_email(session, moderator)
        if not account.active:
            raise NotFound("account.unknown", email=moderator)
        _check_entrusted(session, account.actor, contribution_id)
        claim_and_decide(
            session,
            account.actor,
            contribution_id,
            Verdict(verdict),
            reasons=reasons,
            duplicate_of=duplicate_of,
            words=words,
            words_language=words_language or "",
        )
        contribution = session.get_one(Contribution, contribution_id)
    click.echo(f"{contribution.number} {contribution.state}")


def _check_entrusted(session: Session, actor: Actor, contribution_id: int) -> None:
    """Say what the operation, which owes a stranger nothing but a "not found", leaves unsaid."""
    contribution = session.get(Contribution, contribution_id)
    if contribution is None or policy.is_entrusted(actor, contribution):
        return
    raise click.ClickException(
        f"contribution {contribution_id} is not this account’s to decide on: that takes a "
        f"moderator who serves the track {contribution.track}, reads the language "
        f"{contribution.language}, and is not its author [contribution.not_entrusted]"
    )
