"""titles are looked for without reading all that is known of their contributions

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "title_words",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_title_words_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_title_words")),
    )
    essay = sa.table("contribution", sa.column("id"), sa.column("revision_id"))
    revision = sa.table("revision", sa.column("id"), sa.column("title", sa.String()))
    words = sa.table(
        "title_words",
        sa.column("contribution_id", sa.Integer()),
        sa.column("words", sa.String()),
    )
    # What was being written stood here too; an essay is known by what was handed in.
    for name in ("title", "language", "question_id"):
        op.execute(
            f"UPDATE contribution SET {name} = (SELECT revision.{name} FROM revision"
            " WHERE revision.id = contribution.revision_id) WHERE revision_id IS NOT NULL"
        )
    # Without their case as Python means it, which no database does. Drafts are not looked for.
    handed_in = sa.select(essay.c.id, revision.c.title).join_from(
        essay, revision, revision.c.id == essay.c.revision_id
    )
    titles = op.get_bind().execute(handed_in).all()
    op.bulk_insert(
        words,
        [{"contribution_id": row.id, "words": row.title.casefold()} for row in titles],
    )


def downgrade() -> None:
    op.drop_table("title_words")
