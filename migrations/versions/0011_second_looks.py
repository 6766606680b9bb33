"""decisions are looked at a second time

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = sa.text("looked_at IS NULL AND left_at IS NULL")


def upgrade() -> None:
    percent = sa.Column("sampled_percent", sa.Integer(), nullable=False, server_default="0")
    op.add_column("track", percent)
    op.create_table(
        "second_look",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("drawn_at", UTCDateTime(), nullable=False),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("words_language", sa.String(), nullable=False),
        sa.CheckConstraint(
            "track IN ('jurist', 'digital_actor')", name=op.f("ck_second_look_known_track")
        ),
        sa.CheckConstraint(
            "verdict IN ('accept', 'changes', 'reject', 'spam', 'duplicate', 'wrong_track')",
            name=op.f("ck_second_look_known_verdict"),
        ),
        sa.CheckConstraint(
            "(looked_at IS NULL) = (verdict IS NULL)",
            name=op.f("ck_second_look_looked_has_verdict"),
        ),
        sa.CheckConstraint(
            "looked_at IS NULL OR left_at IS NULL", name=op.f("ck_second_look_looked_or_left")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_second_look_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["looked_by_id"], ["account.id"], name=op.f("fk_second_look_looked_by_id_account")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_second_look")),
    )
    op.create_index(op.f("ix_second_look_looked_by_id"), "second_look", ["looked_by_id"])
    op.create_index(
        "ix_second_look_waiting",
        "second_look",
        ["drawn_at", "decision_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_second_look_waiting", "second_look")
    op.drop_index(op.f("ix_second_look_looked_by_id"), "second_look")
    op.drop_table("second_look")
    op.drop_column("track", "sampled_percent")
