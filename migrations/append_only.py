"""Tables of which the database itself refuses to change or delete a row."""

from alembic import op


def refuse(table: str, event: str, columns: str = "") -> None:
    """Refuse UPDATE or DELETE on the table; ``columns`` (``OF a, b``) narrows an UPDATE."""
    name = _name(table, event)
    when = f"BEFORE {event} {columns} ON {table}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()")


def allow(table: str, event: str) -> None:
    """Take the refusal back."""
    name = _name(table, event)
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute(f"DROP FUNCTION {name}")


def _name(table: str, event: str) -> str:
    return f"{table}_refuses_{event.lower()}"
