"""Every table says what it holds of people, and what becomes of it."""

from collections.abc import Iterator
from typing import Any

from app import KEEPERS
from app.config import ROOT
from app.core.db import Base


def referring() -> Iterator[str]:
    """Every column that refers to an account."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.target_fullname == "account.id" for key in column.foreign_keys):
                yield f"{table.name}.{column.name}"


def answers() -> dict[str, Any]:
    return {name: answer for keeper in KEEPERS for name, answer in keeper.tables.items()}


def test_every_table_has_one_answer() -> None:
    assert set(answers()) == {table.name for table in Base.metadata.sorted_tables}
    assert sum(len(keeper.tables) for keeper in KEEPERS) == len(answers())


def test_a_table_that_refers_to_accounts_is_not_said_to_hold_nothing() -> None:
    for column in referring():
        answer = answers()[column.partition(".")[0]]
        assert answer.holds, column
        assert answer.exported, column
        assert answer.erased, column


PERSONAL = {"email", "recipient", "name", "latin_name", "byline", "authors", "filename", "fields"}


def test_a_table_with_a_personal_column_is_not_said_to_hold_nothing() -> None:
    for table in Base.metadata.sorted_tables:
        if table.name != "role" and PERSONAL & set(table.columns.keys()):
            assert answers()[table.name].holds, table.name


def test_the_documentation_says_the_same() -> None:
    said = (ROOT / "docs/personal-data.md").read_text("utf-8")
    for name, answer in answers().items():
        line = (
            f"| `{name}` | {answer.holds} | {answer.exported} | {answer.erased} |"
            if answer.holds
            else f"| `{name}` | nothing | | |"
        )
        assert line in said, line
