"""the moderation desk

Revision ID: 0002
Revises: 0001
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any

import icu
import sqlalchemy as sa
from alembic import op

from app.core.db import JSONValue, UTCDateTime
from migrations.append_only import allow, refuse

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = (
    "draft",
    "submitted",
    "decided",
    "changes_requested",
    "accepted",
    "published",
    "rejected",
    "spam",
    "withdrawn",
    "removed",
)
VERDICTS = ("accept", "changes", "reject", "spam", "duplicate", "wrong_track")
APPEND_ONLY = {
    "decision_mark": ("UPDATE", "DELETE"),
    "audit_seal": ("UPDATE", "DELETE"),
    "message": ("UPDATE", "DELETE"),
}


def upgrade() -> None:
    op.create_table(
        "bulk_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("choices", JSONValue, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'stopped')",
            name=op.f("ck_bulk_run_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_bulk_run_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
    )
    with op.batch_alter_table("bulk_run", schema=None) as batch_op:
        batch_op.create_index("ix_bulk_run_account", ["account_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bulk_run_state"), ["state"], unique=False)

    op.create_table(
        "transparency_report",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("figures", JSONValue, nullable=False),
        sa.Column("counted_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_transparency_report_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_transparency_report")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_seal_entry_id_audit_entry")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    op.create_table(
        "author_name",
        sa.Column(
            "word",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_author_name_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "contribution_id", name=op.f("pk_author_name")),
    )
    with op.batch_alter_table("author_name", schema=None) as batch_op:
        batch_op.create_index("ix_author_name_contribution_id", ["contribution_id"], unique=False)

    op.create_table(
        "author_affiliation",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_author_affiliation_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", "key", name=op.f("pk_author_affiliation")),
    )
    with op.batch_alter_table("author_affiliation", schema=None) as batch_op:
        batch_op.create_index("ix_author_affiliation_key", ["key", "contribution_id"], unique=False)

    op.create_table(
        "bulk_item",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("data", JSONValue, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'refused')", name=op.f("ck_bulk_item_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_bulk_item_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["bulk_run.id"],
            name=op.f("fk_bulk_item_run_id_bulk_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "contribution_id", name=op.f("pk_bulk_item")),
    )
    with op.batch_alter_table("bulk_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bulk_item_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(
            "ix_bulk_item_state", ["run_id", "state", "contribution_id"], unique=False
        )

    op.create_table(
        "conflict",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("declared_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('personal', 'professional', 'financial', 'rivalry', 'other')",
            name=op.f("ck_conflict_known_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_conflict_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_conflict_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "contribution_id", name=op.f("pk_conflict")),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conflict_contribution_id"), ["contribution_id"], unique=False
        )

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=True),
        sa.Column("names_sender", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('moderators', 'author', 'from_author')",
            name=op.f("ck_message_known_audience"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_message_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["account.id"], name=op.f("fk_message_sender_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_contribution", ["contribution_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_sender_id"), ["sender_id"], unique=False)

    op.create_table(
        "report_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('open', 'kept', 'removed')", name=op.f("ck_report_case_known_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["account.id"], name=op.f("fk_report_case_closed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_report_case_contribution_id_contribution"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_case")),
    )
    with op.batch_alter_table("report_case", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_case_closed_by_id"), ["closed_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_report_case_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(
            "ix_report_case_waiting", ["outcome", "opened_at", "id"], unique=False
        )
        batch_op.create_index(
            "uq_report_case_open",
            ["contribution_id"],
            unique=True,
            sqlite_where=sa.text("outcome = 'open'"),
            postgresql_where=sa.text("outcome = 'open'"),
        )

    op.create_table(
        "sketch",
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_sketch_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("value", "contribution_id", name=op.f("pk_sketch")),
    )
    with op.batch_alter_table("sketch", schema=None) as batch_op:
        batch_op.create_index("ix_sketch_contribution_id", ["contribution_id"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("inspector", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=True),
        sa.Column("inspected_at", UTCDateTime(), nullable=True),
        sa.Column("signs", JSONValue, nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_inspection_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_inspection_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_inspection")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_revision_id"), ["revision_id"], unique=False
        )

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("reported_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('unlawful', 'hateful', 'privacy', 'copyright', 'false', 'other')",
            name=op.f("ck_report_known_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["report_case.id"], name=op.f("fk_report_case_id_report_case")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["account.id"], name=op.f("fk_report_reporter_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_reporter_id"), ["reporter_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("filed_at", UTCDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("reply_language", sa.String(), nullable=False),
        sa.CheckConstraint(
            "outcome = 'open' OR answered_at IS NOT NULL",
            name=op.f("ck_appeal_answered_has_moment"),
        ),
        sa.CheckConstraint(
            "outcome IN ('open', 'upheld', 'granted')", name=op.f("ck_appeal_known_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["account.id"], name=op.f("fk_appeal_answered_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_appeal_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_appeal_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeal_decision_id")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_appeal_answered_by_id"), ["answered_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_appeal_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index("ix_appeal_waiting", ["outcome", "filed_at", "id"], unique=False)

    op.create_table(
        "decision_mark",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('released', 'seconded', 'overruled', 'undone')",
            name=op.f("ck_decision_mark_known_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_decision_mark_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_decision_mark_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("decision_id", "kind", name=op.f("pk_decision_mark")),
    )
    with op.batch_alter_table("decision_mark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_mark_account_id"), ["account_id"], unique=False
        )

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("affiliation_key", sa.String(), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(
            sa.Column("digest", sa.String(), nullable=False, server_default=sa.text("'weekly'"))
        )
        batch_op.add_column(sa.Column("digest_sent_at", UTCDateTime(), nullable=True))
        batch_op.create_check_constraint("known_digest", "digest IN ('never', 'daily', 'weekly')")

    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("former_number", sa.String(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_contribution_former_number"), ["former_number"], unique=False
        )
        batch_op.drop_constraint(batch_op.f("ck_contribution_known_state"), type_="check")
        batch_op.create_check_constraint("known_state", _one_of("state", STATES))

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("standing", sa.String(), nullable=False, server_default=sa.text("'final'"))
        )
        batch_op.add_column(sa.Column("duplicate_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("new_track", sa.String(), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(
            sa.Column("signs", JSONValue, nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.drop_constraint(batch_op.f("uq_decision_revision_id"), type_="unique")
        batch_op.create_index(
            batch_op.f("ix_decision_duplicate_of_id"), ["duplicate_of_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_decision_revision_id"), ["revision_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_decision_duplicate_of_id_contribution"),
            "contribution",
            ["duplicate_of_id"],
            ["id"],
        )
        batch_op.drop_constraint(batch_op.f("ck_decision_known_verdict"), type_="check")
        batch_op.create_check_constraint("known_verdict", _one_of("verdict", VERDICTS))
        batch_op.create_check_constraint(
            "known_standing", "standing IN ('final', 'proposed', 'pending')"
        )

    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("decides_together", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("appeal_days", sa.Integer(), nullable=False, server_default=sa.text("'30'"))
        )

    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_blind", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("hides_moderators", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(
            sa.Column(
                "wants_second_opinion", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    if op.get_bind().dialect.name == "sqlite":
        # Changing a table there makes it anew, without its triggers.
        refuse("decision", "UPDATE")
    for table, events in APPEND_ONLY.items():
        for event in events:
            refuse(table, event)
    _seal_entries()
    _note_authors()


def downgrade() -> None:
    for table, events in APPEND_ONLY.items():
        for event in events:
            allow(table, event)
    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.drop_column("wants_second_opinion")
        batch_op.drop_column("hides_moderators")
        batch_op.drop_column("is_blind")

    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_column("appeal_days")
        batch_op.drop_column("decides_together")

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_decision_duplicate_of_id_contribution"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_decision_revision_id"))
        batch_op.drop_index(batch_op.f("ix_decision_duplicate_of_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_decision_revision_id"), ["revision_id"])
        batch_op.drop_column("signs")
        batch_op.drop_column("new_track")
        batch_op.drop_column("duplicate_of_id")
        batch_op.drop_constraint(batch_op.f("ck_decision_known_standing"), type_="check")
        batch_op.drop_column("standing")
        batch_op.drop_constraint(batch_op.f("ck_decision_known_verdict"), type_="check")
        batch_op.create_check_constraint("known_verdict", _one_of("verdict", VERDICTS[:4]))

    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_former_number"))
        batch_op.drop_column("former_number")
        batch_op.drop_constraint(batch_op.f("ck_contribution_known_state"), type_="check")
        batch_op.create_check_constraint(
            "known_state", _one_of("state", [each for each in STATES if each != "decided"])
        )

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_account_known_digest"), type_="check")
        batch_op.drop_column("digest_sent_at")
        batch_op.drop_column("digest")
        batch_op.drop_column("affiliation_key")

    with op.batch_alter_table("decision_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_mark_account_id"))

    op.drop_table("decision_mark")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index("ix_appeal_waiting")
        batch_op.drop_index(batch_op.f("ix_appeal_contribution_id"))
        batch_op.drop_index(batch_op.f("ix_appeal_answered_by_id"))

    op.drop_table("appeal")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_report_case_id"))

    op.drop_table("report")
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_revision_id"))

    op.drop_table("inspection")
    with op.batch_alter_table("sketch", schema=None) as batch_op:
        batch_op.drop_index("ix_sketch_contribution_id")

    op.drop_table("sketch")
    with op.batch_alter_table("report_case", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_report_case_open",
            sqlite_where=sa.text("outcome = 'open'"),
            postgresql_where=sa.text("outcome = 'open'"),
        )
        batch_op.drop_index("ix_report_case_waiting")
        batch_op.drop_index(batch_op.f("ix_report_case_contribution_id"))
        batch_op.drop_index(batch_op.f("ix_report_case_closed_by_id"))

    op.drop_table("report_case")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_sender_id"))
        batch_op.drop_index("ix_message_contribution")

    op.drop_table("message")
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_contribution_id"))

    op.drop_table("conflict")
    with op.batch_alter_table("bulk_item", schema=None) as batch_op:
        batch_op.drop_index("ix_bulk_item_state")
        batch_op.drop_index(batch_op.f("ix_bulk_item_contribution_id"))

    op.drop_table("bulk_item")
    with op.batch_alter_table("author_affiliation", schema=None) as batch_op:
        batch_op.drop_index("ix_author_affiliation_key")

    op.drop_table("author_affiliation")
    with op.batch_alter_table("author_name", schema=None) as batch_op:
        batch_op.drop_index("ix_author_name_contribution_id")

    op.drop_table("author_name")
    op.drop_table("audit_seal")
    op.drop_table("transparency_report")
    with op.batch_alter_table("bulk_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_run_state"))
        batch_op.drop_index("ix_bulk_run_account")

    op.drop_table("bulk_run")
    if op.get_bind().dialect.name == "sqlite":
        refuse("decision", "UPDATE")


def _one_of(column: str, values: Iterable[str]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


def _seal_entries() -> None:
    """Chain the entries there are, in the order of their ids.

    As ``app.core.seals`` did when this was written: what it made must stay what it was.
    """
    entry = sa.table(
        "audit_entry",
        sa.column("id", sa.Integer()),
        sa.column("at", UTCDateTime()),
        sa.column("actor_id", sa.Integer()),
        sa.column("action", sa.String()),
        sa.column("subject", sa.String()),
        sa.column("subject_id", sa.Integer()),
        sa.column("data", JSONValue),
    )
    seal = sa.table(
        "audit_seal",
        sa.column("position", sa.Integer()),
        sa.column("entry_id", sa.Integer()),
        sa.column("hash", sa.String()),
    )
    position, previous, done = 0, "0" * 64, 0
    chunk = sa.select(entry).order_by(entry.c.id).limit(1_000)
    while rows := op.get_bind().execute(chunk.where(entry.c.id > done)).all():
        seals = []
        for row in rows:
            position += 1
            previous = hashlib.sha256(_canonical(position, previous, row)).hexdigest()
            seals.append({"position": position, "entry_id": row.id, "hash": previous})
        op.bulk_insert(seal, seals)
        done = rows[-1].id


def _canonical(position: int, previous: str, row: sa.Row[Any]) -> bytes:
    at = row.at.astimezone(UTC).replace(tzinfo=None)
    whole = {
        "action": row.action,
        "actor_id": row.actor_id,
        "at": f"{at.isoformat('T', 'microseconds')}Z",
        "data": row.data,
        "entry_id": row.id,
        "position": position,
        "previous": previous,
        "subject": row.subject,
        "subject_id": row.subject_id,
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _note_authors() -> None:
    """Keep who authors are, and where they and accounts work, as it can be compared.

    As ``app.core.comparable`` and ``app.contributions.affiliations`` did when this was written.
    """
    latin = icu.Transliterator.createInstance(
        "NFD; [:Nonspacing Mark:] Remove; NFC; Any-Latin; Latin-ASCII"
    )

    def comparable(text: str) -> str:
        found = latin.transliterate(text.strip()).casefold()
        key = "".join(each for each in found if each.isalnum())
        return key if len(key) >= 3 else ""

    account = sa.table(
        "account",
        sa.column("id", sa.Integer()),
        sa.column("affiliation", sa.String()),
        sa.column("affiliation_key", sa.String()),
    )
    there = op.get_bind()
    for row in there.execute(sa.select(account).where(account.c.affiliation != "")).all():
        key = comparable(row.affiliation)
        there.execute(sa.update(account).where(account.c.id == row.id).values(affiliation_key=key))
    contribution = sa.table(
        "contribution",
        sa.column("id", sa.Integer()),
        sa.column("owner_id", sa.Integer()),
        sa.column("revision_id", sa.Integer()),
    )
    revision = sa.table("revision", sa.column("id", sa.Integer()), sa.column("authors", JSONValue))
    written = sa.table(
        "author_affiliation",
        sa.column("contribution_id", sa.Integer()),
        sa.column("key", sa.String()),
    )
    named = sa.table(
        "author_name",
        sa.column("contribution_id", sa.Integer()),
        sa.column("word", sa.String()),
    )
    chunk = (
        sa.select(contribution.c.id, revision.c.authors, account.c.affiliation_key)
        .join(revision, revision.c.id == contribution.c.revision_id)
        .join(account, account.c.id == contribution.c.owner_id)
        .order_by(contribution.c.id)
        .limit(1_000)
    )
    done = 0
    while rows := there.execute(chunk.where(contribution.c.id > done)).all():
        keys, words = [], []
        for row in rows:
            names = " ".join(
                f"{author.get('name', '')} {author.get('latin', '')}" for author in row.authors
            )
            for word in sorted({*names.casefold().split()}):
                words.append({"contribution_id": row.id, "word": word})
            own = {comparable(author.get("affiliation") or "") for author in row.authors}
            for key in sorted((own | {row.affiliation_key}) - {""}):
                keys.append({"contribution_id": row.id, "key": key})
        op.bulk_insert(written, keys)
        op.bulk_insert(named, words)
        done = rows[-1].id
