"""when the worker looks for signs

Revision ID: 0007
Revises: 0006
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.affiliations import institution, parts
from app.core.db import JSONValue, UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch, which would make the table anew while others refer to it.
    op.add_column("contribution", sa.Column("inspect_at", UTCDateTime(), nullable=True))
    op.create_index("ix_contribution_inspect_at", "contribution", ["inspect_at"])
    op.create_index("ix_inspection_inspector", "inspection", ["inspector"])
    _note_what_waits()
    _compare_again()


def _note_what_waits() -> None:
    """What nobody has looked at as it is now."""
    contribution = sa.table(
        "contribution",
        sa.column("id"),
        sa.column("state"),
        sa.column("revision_id"),
        sa.column("inspect_at", UTCDateTime()),
    )
    inspection = sa.table(
        "inspection",
        sa.column("contribution_id"),
        sa.column("revision_id"),
        sa.column("inspected_at"),
    )
    looked_at = sa.exists().where(
        inspection.c.contribution_id == contribution.c.id,
        inspection.c.revision_id == contribution.c.revision_id,
        inspection.c.inspected_at.is_not(None),
    )
    op.execute(
        sa.update(contribution)
        .where(
            contribution.c.revision_id.is_not(None),
            contribution.c.state.not_in(["draft", "withdrawn"]),
            ~looked_at,
        )
        .values(inspect_at=datetime.now(UTC))
    )


def _compare_again() -> None:
    """Affiliations by their parts, which were compared as a whole."""
    there = op.get_bind()
    account = sa.table(
        "account",
        sa.column("id"),
        sa.column("affiliation", sa.String()),
        sa.column("affiliation_key", sa.String()),
    )
    contribution = sa.table(
        "contribution", sa.column("id"), sa.column("owner_id"), sa.column("revision_id")
    )
    revision = sa.table("revision", sa.column("id"), sa.column("authors", JSONValue))
    kept = sa.table("author_affiliation", sa.column("contribution_id"), sa.column("key"))
    works = sa.select(account.c.id, account.c.affiliation).where(account.c.affiliation != "")
    for row in there.execute(works).all():
        key = institution(row.affiliation)
        there.execute(sa.update(account).where(account.c.id == row.id).values(affiliation_key=key))
    there.execute(sa.delete(kept))
    chunk = (
        sa.select(contribution.c.id, revision.c.authors, account.c.affiliation)
        .join(revision, revision.c.id == contribution.c.revision_id)
        .join(account, account.c.id == contribution.c.owner_id)
        .order_by(contribution.c.id)
        .limit(1_000)
    )
    done = 0
    while rows := there.execute(chunk.where(contribution.c.id > done)).all():
        found = []
        for row in rows:
            named = [row.affiliation, *(each.get("affiliation") or "" for each in row.authors)]
            for key in sorted({key for name in named for key in parts(name)}):
                found.append({"contribution_id": row.id, "key": key})
        if found:
            op.bulk_insert(kept, found)
        done = rows[-1].id


def downgrade() -> None:
    op.drop_index("ix_inspection_inspector", "inspection")
    op.drop_index("ix_contribution_inspect_at", "contribution")
    op.drop_column("contribution", "inspect_at")
