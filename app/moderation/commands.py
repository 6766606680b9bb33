"""``flask --app app contributions decide``: a decision from the command line."""

import click
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.contributions.commands import group
from app.contributions.models import Contribution
from app.core.errors import NotFound
from app.core.languages import CODES
from app.moderation.operations import claim_and_decide
from app.moderation.verdicts import Reason, Verdict
from app.web.cli import command_session


def register(app: Flask) -> None:
    """Give the application the group, which this module adds its verb to."""
    app.cli.add_command(group)


@group.command("decide")
@click.argument("contribution_id", metavar="ID", type=int)
@click.argument("verdict", type=click.Choice([verdict.value for verdict in Verdict]))
@click.option("--moderator", required=True, help="E-mail address of the moderator who decides.")
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    type=click.Choice([reason.value for reason in Reason]),
    help="May be given several times; spam needs none.",
)
@click.option("--words", default="", help="Words to the author.")
@click.option(
    "--words-language", type=click.Choice(CODES), help="Otherwise the moderator's own language."
)
def decide(
    contribution_id: int,
    verdict: str,
    moderator: str,
    reasons: tuple[str, ...],
    words: str,
    words_language: str | None,
) -> None:
    """Claim a contribution and decide on its newest revision; prints its number and new state."""
    with command_session() as session:
        account = session.scalar(select(Account).where(Account.email == moderator.lower()))
        if account is None or not account.active:
            raise NotFound("account.unknown", email=moderator)
        claim_and_decide(
            session,
            account.actor,
            contribution_id,
            Verdict(verdict),
            reasons=[Reason(code) for code in reasons],
            words=words,
            words_language=words_language or "",
        )
        contribution = session.get_one(Contribution, contribution_id)
    click.echo(f"{contribution.number} {contribution.state}")
