"""``flask --app app demo``: fill an empty database with the demonstration."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.demonstration.load import is_loaded, load
from app.web.cli import Command, command_session


@click.command("demo", cls=Command)
@with_appcontext
def demo() -> None:
    """Load the demonstration's editions, people, essays and volume into an empty database."""
    with command_session() as session:
        if is_loaded(session):
            raise click.ClickException("the database already has editions; nothing was changed")
        load(session, current_app.extensions["jsi_store"])
    click.echo("The demonstration is loaded.")
