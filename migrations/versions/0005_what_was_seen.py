"""what was seen of each when many are acted on at once

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bulk_run", sa.Column("confirmed_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE bulk_run SET confirmed_at = asked_at")
    with op.batch_alter_table("bulk_item") as batch:
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("decision_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_bulk_item_decision_id_decision"), "decision", ["decision_id"], ["id"]
        )
    # What waits in a run of before is done to what there is now, as it would have been.
    op.execute(
        "UPDATE bulk_item SET revision = coalesce((SELECT revision.number FROM revision"
        " JOIN contribution ON contribution.revision_id = revision.id"
        " WHERE contribution.id = bulk_item.contribution_id), 0),"
        " decision_id = (SELECT max(decision.id) FROM decision"
        " WHERE decision.contribution_id = bulk_item.contribution_id)"
    )
    with op.batch_alter_table("bulk_item") as batch:
        batch.alter_column("revision", server_default=None)


def downgrade() -> None:
    # The older code would carry out what nobody has confirmed.
    unconfirmed = "SELECT id FROM bulk_run WHERE state = 'waiting' AND confirmed_at IS NULL"
    op.execute(f"DELETE FROM bulk_item WHERE run_id IN ({unconfirmed})")
    op.execute("DELETE FROM bulk_run WHERE state = 'waiting' AND confirmed_at IS NULL")
    with op.batch_alter_table("bulk_item") as batch:
        batch.drop_constraint(op.f("fk_bulk_item_decision_id_decision"), type_="foreignkey")
        batch.drop_column("decision_id")
        batch.drop_column("revision")
    op.drop_column("bulk_run", "confirmed_at")
