"""``flask --app app proceedings …``: make volumes, list them, build them here and now."""

import json
import shutil
import time
from pathlib import Path

import click
from flask import current_app

from app.core import queue, storage
from app.core.errors import NotFound
from app.core.languages import CODES, DEFAULT
from app.core.policy import SYSTEM
from app.editions import queries as editions
from app.proceedings import build_queries, builds, contents, jobs, operations, queries
from app.proceedings.book import MULTI
from app.proceedings.formats import FORMATS
from app.proceedings.models import Build
from app.proceedings.states import BuildState
from app.web.cli import Group, command_session, line, refusals
from app.web.database import db

POLL_SECONDS = 1.0

group = Group("proceedings", help="Make, list and build volumes.")


@group.command("create")
@click.argument("slug")
@click.option("--edition", required=True, help="Slug of the edition.")
@click.option("--title", required=True, help="The volume's title.")
@click.option(
    "--title-language", default=DEFAULT, type=click.Choice(CODES), help="What the title is in."
)
@click.option("--all-accepted", is_flag=True, help="Put in all accepted essays of the edition.")
def create(slug: str, edition: str, title: str, title_language: str, all_accepted: bool) -> None:
    """Make a volume; prints how many essays were put in, then its id."""
    with command_session() as session:
        found = editions.edition_by_slug(session, edition)
        if found is None:
            raise NotFound("edition.unknown", slug=edition)
        volume = operations.create_volume(session, SYSTEM, found, slug, {title_language: title})
        count = contents.fill(session, SYSTEM, volume) if all_accepted else 0
    click.echo(f"{count} essays put in", err=True)
    click.echo(volume.id)


@group.command("list")
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl")
def list_all(form: str) -> None:
    """Print every volume with its finished builds, one JSON object a line."""
    with refusals():
        for record in build_queries.as_records(db):
            click.echo(json.dumps(record, ensure_ascii=False))


@group.command("build")
@click.argument("slug")
@click.option("--language", required=True, type=click.Choice([*CODES, MULTI]))
@click.option("--format", "form", required=True, type=click.Choice(list(FORMATS)))
@click.option(
    "--output", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path)
)
def build(slug: str, language: str, form: str, output: Path) -> None:
    """Build a volume in this process and write the file; the steps go to standard error."""
    if not output.parent.is_dir():
        raise click.ClickException(f"there is no folder {output.parent}")
    with command_session() as session:
        volume = queries.volume(session, slug)
        asked = operations.request_build(session, SYSTEM, volume, language, form)
        # It is made here; the worker need not be told.
        queue.forget(session)
    jobs.run(asked.id, _show)
    _write(_ended(asked.id), output)


def _show(step: str, done: int, total: int) -> None:
    click.echo(f"{step} {done}/{total}", err=True)


def _ended(build_id: int) -> Build:
    """The build once it has come to an end: a worker may have been faster than we."""
    while True:
        db.rollback()
        build = db.get_one(Build, build_id, populate_existing=True)
        match BuildState(build.state):
            case BuildState.DONE:
                return build
            case BuildState.FAILED:
                raise click.ClickException(line(builds.failure(build.error or {})))
            case BuildState.WAITING:
                jobs.run(build_id, _show)
            case BuildState.RUNNING:
                time.sleep(POLL_SECONDS)


def _write(build: Build, output: Path) -> None:
    partial = output.with_name(output.name + ".part")
    try:
        with partial.open("wb") as file:
            pieces = storage.stream(current_app.extensions["jsi_store"], build.file_key or "")
            for piece in pieces:
                file.write(piece)
        shutil.move(partial, output)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise click.ClickException(f"{output} can't be written: {error.strerror}") from error
    click.echo(f"{output}: {build.file_size} bytes, sha256 {build.sha256}")
