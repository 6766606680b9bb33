"""What every command does alike: one transaction, and one clear line where something is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.errors import DomainError, Several
from app.web.database import transaction
from app.web.messages import words


class Group(AppGroup):
    """A group of commands that, as a rule's refusal does, ends a wrong call with 1 and one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _one_line(error) from error


class Command(click.Command):
    """A command outside of the groups, which ends a wrong call alike."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            raise _one_line(error) from error


def _one_line(error: click.UsageError) -> click.ClickException:
    return click.ClickException(" ".join(error.format_message().split()))


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a rule's refusal, or a database that isn't ready, into one English line and exit 1."""
    try:
        with force_locale("en"):
            yield
    except Several as error:
        raise click.ClickException(" ".join(line(single) for single in error.errors)) from error
    except DomainError as error:
        raise click.ClickException(line(error)) from error
    except DBAPIError as error:
        raise click.ClickException(
            f"the database refused ({str(error.orig).splitlines()[0]}); "
            "is it there, and is it up to date (flask --app app db upgrade)?"
        ) from error


def line(error: DomainError) -> str:
    """The refusal in words, with its field and its code, so that a script can tell them apart."""
    where = f"{error.field}: " if error.field else ""
    with force_locale("en"):
        return f"{where}{words(error)} [{error.code}]"


@contextmanager
def command_session() -> Iterator[Session]:
    """A writing transaction of one command; jobs leave after its commit.

    ``with command_session() as session: operations.do(session, SYSTEM, …)``. Only to be used in
    commands of a :class:`Group`, which opens the application's context.
    """
    with refusals(), transaction() as session:
        yield session
