"""what moderators saw the last time, and the other side of a resemblance

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import JSONValue, UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("signs", JSONValue, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("earlier_revision", sa.Integer(), nullable=True),
        sa.Column("earlier_signs", JSONValue, nullable=False),
        sa.Column("earlier_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_look_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["account.id"], name=op.f("fk_look_moderator_id_account")
        ),
        sa.PrimaryKeyConstraint("contribution_id", "moderator_id", name=op.f("pk_look")),
    )
    op.create_index("ix_look_moderator_id", "look", ["moderator_id"])
    resemblance = op.create_table(
        "resemblance",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_resemblance_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["contribution.id"],
            name=op.f("fk_resemblance_other_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", "other_id", name=op.f("pk_resemblance")),
    )
    op.create_index("ix_resemblance_other_id", "resemblance", ["other_id"])
    _turn_round(resemblance)


def _turn_round(resemblance: sa.Table) -> None:
    """What was found so far, for those in which it was found."""
    there = op.get_bind()
    inspection = sa.table("inspection", sa.column("contribution_id"), sa.column("signs", JSONValue))
    contribution = sa.table("contribution", sa.column("id"))
    chunk = sa.select(inspection).order_by(inspection.c.contribution_id).limit(1_000)
    done = 0
    while rows := there.execute(chunk.where(inspection.c.contribution_id > done)).all():
        found = [
            {
                "contribution_id": row.contribution_id,
                "other_id": sign["contribution"],
                "percent": sign["percent"],
            }
            for row in rows
            for sign in row.signs
            if sign["kind"] == "duplicate"
        ]
        named = {each["other_id"] for each in found}
        kept = set(there.scalars(sa.select(contribution.c.id).where(contribution.c.id.in_(named))))
        if found := [each for each in found if each["other_id"] in kept]:
            op.bulk_insert(resemblance, found)
        done = rows[-1].contribution_id


def downgrade() -> None:
    op.drop_index("ix_resemblance_other_id", "resemblance")
    op.drop_table("resemblance")
    op.drop_index("ix_look_moderator_id", "look")
    op.drop_table("look")
