"""what is told of a taking down, appeals against it, rules of the charter

Revision ID: 0009
Revises: 0008
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from app.core.db import JSONValue, UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STANDING = sa.text("reversed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "take_down",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("reversed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_take_down_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_take_down_contribution_id_contribution"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_take_down")),
    )
    op.create_index(op.f("ix_take_down_account_id"), "take_down", ["account_id"])
    op.create_index(op.f("ix_take_down_contribution_id"), "take_down", ["contribution_id"])
    op.create_index(
        "uq_take_down_standing",
        "take_down",
        ["contribution_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    with op.batch_alter_table("report_case") as batch:
        batch.add_column(sa.Column("take_down_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_report_case_take_down_id_take_down"), "take_down", ["take_down_id"], ["id"]
        )
        batch.create_unique_constraint(op.f("uq_report_case_take_down_id"), ["take_down_id"])
    with op.batch_alter_table("appeal") as batch:
        batch.alter_column("decision_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("take_down_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_appeal_take_down_id_take_down"), "take_down", ["take_down_id"], ["id"]
        )
        batch.create_unique_constraint(op.f("uq_appeal_take_down_id"), ["take_down_id"])
        batch.create_check_constraint(
            "against_one_thing", "(decision_id IS NULL) <> (take_down_id IS NULL)"
        )
    _note_what_is_down()
    # Not in a batch, which would make the tables anew: without triggers, while others refer to it.
    op.drop_column("contribution", "removal_reason")
    rules = sa.Column("reason_rules", JSONValue, nullable=False, server_default=sa.text("'{}'"))
    op.add_column("decision", rules)
    rule = sa.Column("rule", sa.String(), nullable=False, server_default=sa.text("''"))
    op.add_column("coded_reason", rule)


def _note_what_is_down() -> None:
    """What was taken down and is down still, by whom, and the cases that did it."""
    there = op.get_bind()
    contribution = sa.table(
        "contribution",
        *map(sa.column, ("id", "state", "removal_reason")),
        sa.column("removed_at", UTCDateTime()),
    )
    entry = sa.table(
        "audit_entry", *map(sa.column, ("id", "subject", "subject_id", "action", "actor_id"))
    )
    case = sa.table(
        "report_case",
        *map(sa.column, ("id", "contribution_id", "outcome", "take_down_id")),
        sa.column("closed_at", UTCDateTime()),
    )
    down = sa.table(
        "take_down",
        *map(sa.column, ("id", "contribution_id", "account_id", "reason", "language", "rule")),
        sa.column("taken_at", UTCDateTime()),
    )
    by = (
        sa.select(entry.c.actor_id)
        .where(
            entry.c.subject == "contribution",
            entry.c.subject_id == contribution.c.id,
            entry.c.action == "contribution:removed",
        )
        .order_by(entry.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = there.execute(
        sa.select(contribution, by.label("by")).where(contribution.c.state == "removed")
    ).all()
    for row in rows:
        moment: datetime = row.removed_at
        there.execute(
            sa.insert(down).values(
                contribution_id=row.id,
                account_id=row.by,
                reason=row.removal_reason,
                language="",
                rule="",
                taken_at=moment,
            )
        )
        made = sa.select(down.c.id).where(down.c.contribution_id == row.id).scalar_subquery()
        first = (
            sa.select(sa.func.min(case.c.id))
            .where(
                case.c.contribution_id == row.id,
                case.c.outcome == "removed",
                case.c.closed_at == moment,
            )
            .scalar_subquery()
        )
        there.execute(sa.update(case).where(case.c.id == first).values(take_down_id=made))


def downgrade() -> None:
    there = op.get_bind()
    appeal = sa.table("appeal", sa.column("take_down_id"))
    if there.scalar(sa.select(sa.exists().where(appeal.c.take_down_id.is_not(None)))):
        raise RuntimeError(
            "There are appeals against takings down, which the older code can't read."
        )
    op.drop_column("coded_reason", "rule")
    op.drop_column("decision", "reason_rules")
    reason = sa.Column("removal_reason", sa.String(), nullable=False, server_default=sa.text("''"))
    op.add_column("contribution", reason)
    op.execute(
        "UPDATE contribution SET removal_reason = coalesce((SELECT reason FROM take_down"
        " WHERE take_down.contribution_id = contribution.id AND reversed_at IS NULL), '')"
    )
    with op.batch_alter_table("appeal") as batch:
        batch.drop_constraint(op.f("ck_appeal_against_one_thing"), type_="check")
        batch.drop_constraint(op.f("uq_appeal_take_down_id"), type_="unique")
        batch.drop_constraint(op.f("fk_appeal_take_down_id_take_down"), type_="foreignkey")
        batch.drop_column("take_down_id")
        batch.alter_column("decision_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("report_case") as batch:
        batch.drop_constraint(op.f("uq_report_case_take_down_id"), type_="unique")
        batch.drop_constraint(op.f("fk_report_case_take_down_id_take_down"), type_="foreignkey")
        batch.drop_column("take_down_id")
    op.drop_index(
        "uq_take_down_standing", "take_down", sqlite_where=STANDING, postgresql_where=STANDING
    )
    op.drop_index(op.f("ix_take_down_contribution_id"), "take_down")
    op.drop_index(op.f("ix_take_down_account_id"), "take_down")
    op.drop_table("take_down")
