"""sign-ins can be ended

Revision ID: 0006
Revises: 0005
"""

from secrets import token_hex

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_session",
        sa.Column("sign_in", sa.String(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sign_in", name=op.f("pk_ended_session")),
    )
    op.create_index("ix_ended_session_ended_at", "ended_session", ["ended_at"])
    # Sign-ins of before have no name by which they could be ended: everybody signs in once more.
    account = sa.table("account", sa.column("id"), sa.column("fs_uniquifier"))
    connection = op.get_bind()
    for (id,) in connection.execute(sa.select(account.c.id)).all():
        changed = sa.update(account).where(account.c.id == id).values(fs_uniquifier=token_hex(32))
        connection.execute(changed)


def downgrade() -> None:
    op.drop_table("ended_session")
