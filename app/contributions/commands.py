"""``flask --app app contributions …``: bring in, list."""

import json
import tempfile
from pathlib import Path
from textwrap import shorten
from typing import Final

import click
from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.queries import by_email
from app.contributions import operations, queries
from app.contributions.byline import OWNER, Author
from app.contributions.essay import EssayInput
from app.contributions.figures import operations as figure_operations
from app.contributions.uploads import labels as upload_labels
from app.contributions.uploads import operations as upload_operations
from app.core.errors import NotFound
from app.core.languages import CODES
from app.core.policy import SYSTEM, TrackCode
from app.documents.importing import Finding, Imported, read
from app.documents.importing.inlines import escape
from app.documents.plain import plain
from app.editions import queries as editions
from app.editions.models import Edition, Theme
from app.web.cli import Group, command_session, line, refusals
from app.web.database import db

TITLE_CHARACTERS: Final = 100

group = Group("contributions", help="Bring in, list, decide on and render contributions.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--edition", required=True, help="Slug of the edition.")
@click.option("--track", required=True, type=click.Choice([code.value for code in TrackCode]))
@click.option("--theme", required=True, help="Code of the theme.")
@click.option("--language", required=True, type=click.Choice(CODES))
@click.option("--author", required=True, help="E-mail address of an account.")
@click.option("--title", default="", help="Otherwise the text's first heading or line.")
def import_file(
    file: Path, edition: str, track: str, theme: str, language: str, author: str, title: str
) -> None:
    """Bring in a document as a submitted contribution; prints warnings, then the new id."""
    with tempfile.TemporaryDirectory(prefix="jsi-import-") as folder, refusals():
        found = _read(file, Path(folder))
        with command_session() as session:
            _under(session, edition, theme), by_email(session, author)  # else no file is stored
            figure_operations.announce(session, upload_operations.pictures(found))
        upload_operations.put_files(current_app.extensions["jsi_store"], found)
        with command_session() as session:
            (within, under), owner = _under(session, edition, theme), by_email(session, author)
            asked = [
                question
                for question in editions.questions_of(session, within, track)
                if question.theme_id == under.id
            ]
            heading, body = _title(found, title)
            essay = EssayInput(
                language=language,
                title=heading,
                abstract=found.abstract,
                body=body,
                question_id=asked[0].id if len(asked) == 1 else None,
                authors=(_author(owner),),
            )
            contribution, warnings = operations.import_essay(
                session, SYSTEM, within, TrackCode(track), under, essay, owner=owner
            )
            for picture in upload_operations.pictures(found):
                figure_operations.attach(session, SYSTEM, contribution.id, picture)
    for finding in found.findings:
        _warn(finding)
    for warning in warnings:
        click.echo(f"warning: {line(warning)}", err=True)
    click.echo(contribution.id)


def _under(session: Session, slug: str, code: str) -> tuple[Edition, Theme]:
    """The edition and its theme. Raises NotFound."""
    edition = editions.edition_by_slug(session, slug)
    if edition is None:
        raise NotFound("edition.unknown", slug=slug)
    theme = editions.theme(session, edition, code)
    if theme is None:
        raise NotFound("theme.unknown", slug=code)
    return edition, theme


def _author(owner: Account) -> Author:
    return Author(
        name=owner.name or owner.email,
        latin=owner.latin_name,
        affiliation=owner.affiliation,
        country=owner.country,
        key=OWNER,
    )


def _read(file: Path, folder: Path) -> Imported:
    """What is in the file. Raises Refused."""
    with file.open("rb") as content:
        return read(content, file.name, folder)


def _warn(finding: Finding) -> None:
    """Say what could not be kept, and where."""
    with force_locale("en"):
        told = f"warning: {upload_labels.said(finding.code)} [{finding.code}]"
        more = upload_labels.detail(finding.data)
    where = [f"“{finding.place}”"] if finding.place else []
    click.echo(" ".join([told, *where, *([f"({more})"] if more else [])]), err=True)


def _title(found: Imported, given: str) -> tuple[str, str]:
    """The title and the body: what was given, else the file's, else a leading short line.

    A text that begins with a whole paragraph keeps it, and is named after its first words.
    """
    if given or found.title:
        # A title that was given is another one: the file's stays in the text.
        kept = found.title if given and found.title not in {"", given} else ""
        heading = f"## {escape(kept)}\n\n" if kept else ""
        return given or found.title, heading + found.text
    first, _, rest = found.text.lstrip().partition("\n")
    if len(first) <= TITLE_CHARACTERS and rest.strip():
        return plain(first), rest.lstrip("\n")
    return shorten(plain(first), TITLE_CHARACTERS, placeholder="…"), found.text


@group.command("list")
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl")
def list_all(form: str) -> None:
    """Print every contribution, one JSON object a line."""
    with refusals():
        for record in queries.as_records(db):
            click.echo(json.dumps(record, ensure_ascii=False))
