"""Bring a database to the code's schema, or say that it is newer than the code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from app.config import ROOT


class NewerDatabase(RuntimeError):
    """The database was migrated by a newer version of the code."""


def config() -> Config:
    """Alembic's configuration, independent of the working directory."""
    made = Config()
    made.set_main_option("script_location", str(Path(ROOT) / "migrations"))
    return made


def is_current(engine: Engine) -> bool:
    """Whether the schema is the code's. Raises NewerDatabase if it is one the code doesn't know."""
    script = ScriptDirectory.from_config(config())
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present is None:
        return False
    if present not in {revision.revision for revision in script.walk_revisions()}:
        raise NewerDatabase(present)
    return present == script.get_current_head()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate up. Raises NewerDatabase."""
    if revision == "head" and is_current(engine):
        return
    with engine.connect() as connection:
        made = config()
        made.attributes["connection"] = connection
        command.upgrade(made, revision)
        connection.commit()


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate down; for tests and for an operator who knows why."""
    with engine.connect() as connection:
        made = config()
        made.attributes["connection"] = connection
        command.downgrade(made, revision)
        connection.commit()
