"""``flask --app app audit verify``: whether the record of acts is whole."""

import re
from typing import Final

import click
from flask import Flask

from app.core.chain import Break, Fault, verify
from app.web.cli import Group, refusals
from app.web.database import db

group = Group("audit", help="The record of who did what.")

FAULTS: Final[dict[Fault, str]] = {
    Fault.GAP: "seal {position} is missing",
    Fault.ENTRY_GONE: "at seal {position}: entry {entry} is gone",
    Fault.MISMATCH: "at seal {position}: entry {entry}, its seal, or the seal before it was "
    "changed",
    Fault.UNSEALED: "after seal {position}: entry {entry} has no seal",
    Fault.UNKNOWN_HEAD: "no seal up to the last one, {position}, has the hash that was noted: the "
    "end was cut off, or the record was written anew",
}


def register(app: Flask) -> None:
    """Give the application the group."""
    app.cli.add_command(group)


def _hash(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    noted = value.strip().lower()
    if noted and not re.fullmatch(r"[0-9a-f]{64}", noted):
        raise click.BadParameter("a hash has 64 hexadecimal digits")
    return noted


@group.command("verify")
@click.option(
    "--head",
    default="",
    metavar="HASH",
    callback=_hash,
    help="One that was noted earlier, which the record must still have.",
)
def verify_record(head: str) -> None:
    """Go through the whole record; say how long it is, or where it breaks."""
    with refusals():
        chain = verify(db, head)
    if chain.broken is not None:
        raise click.ClickException(f"the record is broken {words(chain.broken)}")
    click.echo(f"The record is whole. Entries: {chain.length}. Last hash: {chain.head}")


def words(broken: Break) -> str:
    """The place, in English."""
    place = FAULTS[broken.fault].format(position=broken.position, entry=broken.entry_id)
    return f"({broken.fault.value}): {place}"
