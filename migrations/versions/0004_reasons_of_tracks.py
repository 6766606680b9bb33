"""reasons and message templates of tracks

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import JSONValue

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STANDARD = {
    "relevant",
    "off_topic",
    "unclear",
    "sources",
    "language",
    "conduct",
    "spam",
    "duplicate",
    "wrong_track",
}


def upgrade() -> None:
    op.create_table(
        "coded_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", JSONValue, nullable=False),
        sa.Column("verdicts", JSONValue, nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_id"], ["track.id"], name=op.f("fk_coded_reason_track_id_track")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coded_reason")),
        sa.UniqueConstraint("track_id", "code", name=op.f("uq_coded_reason_track_id_code")),
    )
    op.create_table(
        "message_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("title", JSONValue, nullable=False),
        sa.Column("text", JSONValue, nullable=False),
        sa.Column("verdicts", JSONValue, nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_id"], ["track.id"], name=op.f("fk_message_template_track_id_track")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
    )
    op.create_index(op.f("ix_message_template_track_id"), "message_template", ["track_id"])
    # Not in a batch, which would make the table anew, without the trigger that refuses changes.
    texts = sa.Column("reason_texts", JSONValue, nullable=False, server_default=sa.text("'{}'"))
    op.add_column("decision", texts)


def downgrade() -> None:
    decisions = sa.table("decision", sa.column("reasons", JSONValue))
    used = op.get_bind().scalars(sa.select(decisions.c.reasons))
    if any(not STANDARD.issuperset(reasons) for reasons in used):
        raise RuntimeError(
            "Decisions give reasons of tracks' own, which the older code can't read."
        )
    op.drop_column("decision", "reason_texts")
    op.drop_index(op.f("ix_message_template_track_id"), table_name="message_template")
    op.drop_table("message_template")
    op.drop_table("coded_reason")
