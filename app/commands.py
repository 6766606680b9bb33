"""The commands of whoever runs the site: ``flask --app app db upgrade`` and ``doctor``."""

import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import migrate
from app.contributions import publishing
from app.contributions.commands import group as contributions
from app.doctor import Health, examine
from app.editions.operations import render_guidance
from app.editions.pages import render_pages
from app.library import jobs as frame_jobs
from app.proceedings.operations import render_forewords
from app.web.cli import Command, Group, command_session, refusals
from app.web.database import db as session

db = Group("db", help="The database.")


def init_app(app: Flask) -> None:
    """Add them to the application's command line."""
    app.cli.add_command(db)
    app.cli.add_command(doctor)
    contributions.add_command(render)


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version of the program."""
    try:
        with refusals():
            migrate.upgrade(current_app.extensions["jsi_engine"])
    except migrate.NewerDatabase as error:
        raise click.ClickException(
            f"the database is newer than this version of jesuisinternet (it is at {error}); "
            "use the version it was last used with, or restore a backup"
        ) from error
    click.echo("The database is up to date.")


@click.command("render")
@click.option("--stale", is_flag=True, required=True, help="What another renderer made.")
@with_appcontext
def render(stale: bool) -> None:
    """Render published texts anew, each in a transaction of its own; then guidance and pages.

    Last, what the pages of essays are put together from, which the worker would make in time.
    """
    with refusals():
        waiting = list(publishing.stale(session))
    for text_id in waiting:
        with command_session() as own:
            publishing.render_again(own, text_id)
    with command_session() as own:
        others = render_guidance(own) + render_pages(own) + render_forewords(own)
    with refusals():
        unready = frame_jobs.due(session, most=sys.maxsize)
    session.rollback()
    for text_id in unready:
        frame_jobs.run_frame(text_id)
    click.echo(f"{len(waiting)} essays and {others} other texts rendered")


@click.command("doctor", cls=Command)
@with_appcontext
def doctor() -> None:
    """Say what works, what doesn't, and what to do; exit 1 if something needed fails."""
    failed = False
    for finding in examine(current_app._get_current_object()):  # type: ignore[attr-defined]
        failed = failed or finding.health is Health.FAILED
        click.echo(f"{finding.health:<8} {finding.subject:<15} {finding.words}")
        if finding.advice:
            click.echo(f"{'':<24} → {finding.advice}")
    sys.exit(1 if failed else 0)
