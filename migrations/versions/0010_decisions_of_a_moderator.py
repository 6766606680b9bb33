"""decisions of a moderator are found without reading all of them

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_decision_part", "decision", ["moderator_id", "contribution_id"])
    op.create_index("ix_decision_standing", "decision", ["standing", "moderator_id"])
    op.drop_index("ix_decision_moderator_id", "decision")


def downgrade() -> None:
    op.create_index("ix_decision_moderator_id", "decision", ["moderator_id"])
    op.drop_index("ix_decision_standing", "decision")
    op.drop_index("ix_decision_part", "decision")
