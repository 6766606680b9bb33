"""``flask --app app contributions …``: bring in, list."""

import json
from pathlib import Path
from statistics import median
from textwrap import shorten
from typing import Final

import click
from sqlalchemy import select

from app.accounts.models import Account
from app.contributions import operations, queries
from app.contributions.byline import OWNER, Author
from app.contributions.essay import EssayInput
from app.core.errors import Invalid, NotFound
from app.core.languages import CODES
from app.core.policy import SYSTEM, TrackCode
from app.documents.text import normalise
from app.editions import queries as editions
from app.web.cli import Group, command_session, line, refusals
from app.web.database import db

TITLE_CHARACTERS: Final = 100
PARAGRAPH_CHARACTERS: Final = 100
"""Lines longer than that are paragraphs; shorter ones were wrapped by an editor."""

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
    """Bring in a text file as a submitted contribution; prints warnings, then the new id."""
    with command_session() as session:
        text = _read(file)
        found = editions.edition_by_slug(session, edition)
        if found is None:
            raise NotFound("edition.unknown", slug=edition)
        under = editions.theme(session, found, theme)
        if under is None:
            raise NotFound("theme.unknown", slug=theme)
        owner = session.scalar(select(Account).where(Account.email == author.lower()))
        if owner is None:
            raise NotFound("account.unknown", email=author)
        heading, body = _title(text, title)
        asked = [
            question
            for question in editions.questions_of(session, found, track)
            if question.theme_id == under.id
        ]
        essay = EssayInput(
            language=language,
            title=heading,
            body=body,
            question_id=asked[0].id if len(asked) == 1 else None,
            authors=(
                Author(
                    name=owner.name or owner.email,
                    latin=owner.latin_name,
                    affiliation=owner.affiliation,
                    country=owner.country,
                    key=OWNER,
                ),
            ),
        )
        contribution, warnings = operations.import_essay(
            session, SYSTEM, found, TrackCode(track), under, essay, owner=owner
        )
    for warning in warnings:
        click.echo(f"warning: {line(warning)}", err=True)
    click.echo(contribution.id)


def _read(file: Path) -> str:
    try:
        text = normalise(file.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid("text.not_utf8") from error
    return _paragraphs(text) if file.suffix == ".txt" else text


def _paragraphs(text: str) -> str:
    """A plain text whose lines are whole paragraphs, with the blank lines the text format wants."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrapped = median(map(len, lines)) < PARAGRAPH_CHARACTERS if lines else True
    return text if wrapped else "\n\n".join(lines) + "\n"


def _title(text: str, given: str) -> tuple[str, str]:
    """The title and the body: what was given, else a leading heading or short line.

    A text that begins with a whole paragraph keeps it, and is named after its first words.
    """
    if given:
        return given, text
    first, _, rest = text.lstrip().partition("\n")
    first = first.removeprefix("# ").strip()
    if len(first) <= TITLE_CHARACTERS:
        return first, rest
    return shorten(first, TITLE_CHARACTERS, placeholder="…"), text


@group.command("list")
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl")
def list_all(form: str) -> None:
    """Print every contribution, one JSON object a line."""
    with refusals():
        for record in queries.as_records(db):
            click.echo(json.dumps(record, ensure_ascii=False))
