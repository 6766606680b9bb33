"""``flask --app app audit verify``: what it says, and its exit codes."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.audit import AuditAction, record
from app.core.chain import Fault, head
from app.core.policy import SYSTEM
from app.moderation.record.commands import FAULTS

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *arguments: app.test_cli_runner().invoke(args=["audit", "verify", *arguments])


@pytest.fixture
def noted(db: Session) -> str:
    """The last hash of three entries."""
    for number in (1, 2, 3):
        record(db, SYSTEM, AuditAction.PAGE_CHANGED, number)
    db.commit()
    found = head(db)[1]
    db.rollback()
    return found


def change(db: Session, *statements: str) -> None:
    db.rollback()
    db.connection().exec_driver_sql("DROP TRIGGER audit_entry_refuses_update")
    db.connection().exec_driver_sql("DROP TRIGGER audit_seal_refuses_delete")
    for statement in statements:
        db.execute(text(statement))
    db.commit()


def test_verify_of_a_whole_record(run: Run, noted: str) -> None:
    for arguments in ((), ("--head", noted), ("--head", noted.upper())):
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        assert result.output == f"The record is whole. Entries: 3. Last hash: {noted}\n"


def test_verify_of_an_empty_record(run: Run) -> None:
    assert run().output == f"The record is whole. Entries: 0. Last hash: {'0' * 64}\n"


def test_verify_says_where_it_breaks(run: Run, noted: str, db: Session) -> None:
    change(db, "UPDATE audit_entry SET subject_id = 9 WHERE id = 2")
    result = run()
    assert result.exit_code == 1
    assert result.output == (
        "Error: the record is broken (mismatch): at seal 2: entry 2, its seal, or the seal before "
        "it was changed\n"
    )


def test_verify_says_which_entry_has_no_seal(run: Run, noted: str, db: Session) -> None:
    change(db, "DELETE FROM audit_seal WHERE position = 3")
    result = run()
    assert result.exit_code == 1
    assert "(unsealed): after seal 2: entry 3 has no seal" in result.output


def test_verify_with_an_unknown_hash(run: Run, noted: str) -> None:
    result = run("--head", "a" * 64)
    assert result.exit_code == 1
    assert "(unknown_head)" in result.output


@pytest.mark.parametrize("value", ["abc", "g" * 64, f"{'a' * 64}b"])
def test_verify_with_something_else_than_a_hash(run: Run, value: str) -> None:
    result: Any = run("--head", value)
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "64 hexadecimal digits" in result.output


def test_every_fault_has_words() -> None:
    assert set(FAULTS) == set(Fault)
