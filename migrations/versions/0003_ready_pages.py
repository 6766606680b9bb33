"""pages made ready

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VERSIONED = ("edition", "theme", "question")


def upgrade() -> None:
    for table in VERSIONED:
        version = sa.Column("version", sa.Integer(), nullable=False, server_default="1")
        op.add_column(table, version)
    op.create_table(
        "essay_frame",
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("made_for", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["published_text.id"],
            name=op.f("fk_essay_frame_text_id_published_text"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("text_id", "language", name=op.f("pk_essay_frame")),
    )


def downgrade() -> None:
    op.drop_table("essay_frame")
    for table in VERSIONED:
        # Not in a batch, which would make the table anew while others refer to it.
        op.drop_column(table, "version")
