"""the house

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import JSONValue, UTCDateTime
from migrations.append_only import allow, refuse

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLES = ("contributor", "moderator", "translator", "organiser", "administrator")
APPEND_ONLY = {
    "revision": ("UPDATE",),
    "decision": ("UPDATE",),
    "audit_entry": ("UPDATE", "DELETE"),
}

SOURCE_INDEXES: dict[str, list[str]] = {
    "newest": [],
    "edition": ["edition_id"],
    "track": ["track"],
    "theme": ["theme_code"],
    "language": ["language"],
    "question": ["question_id"],
}


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("latin_name", sa.String(), nullable=False),
        sa.Column("affiliation", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("ui_language", sa.String(), nullable=False),
        sa.Column("reads", JSONValue, nullable=False),
        sa.Column("serves", JSONValue, nullable=False),
        sa.Column("translates", JSONValue, nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("wants_reminders", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("deleted_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("title", JSONValue, nullable=False),
        sa.Column("description", JSONValue, nullable=False),
        sa.Column("opens_at", UTCDateTime(), nullable=True),
        sa.Column("closes_at", UTCDateTime(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("switched_off_at", UTCDateTime(), nullable=True),
        sa.Column("release_later", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at",
            name=op.f("ck_edition_window_in_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("prefix", name=op.f("uq_edition_prefix")),
        sa.UniqueConstraint("slug", name=op.f("uq_edition_slug")),
    )
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", JSONValue, nullable=False),
        sa.Column("body", JSONValue, nullable=False),
        sa.Column("html", JSONValue, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint("slug", name=op.f("uq_page_slug")),
    )
    op.create_table(
        "parked_form",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("fields", JSONValue, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_parked_form")),
    )
    with op.batch_alter_table("parked_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_form_created_at"), ["created_at"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "account_role",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_account_role_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["role.id"], name=op.f("fk_account_role_role_id_role")
        ),
        sa.PrimaryKeyConstraint("account_id", "role_id", name=op.f("pk_account_role")),
    )
    with op.batch_alter_table("account_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_role_role_id"), ["role_id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("data", JSONValue, nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_audit_entry_actor_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(
            "ix_audit_entry_subject", ["subject", "subject_id", "id"], unique=False
        )

    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("data", JSONValue, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_mail_sent_has_moment")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["account.id"],
            name=op.f("fk_outbox_mail_recipient_id_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_mail_key")),
    )
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_mail_due", ["state", "due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outbox_mail_recipient_id"), ["recipient_id"], unique=False
        )

    op.create_table(
        "demo_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"],
            ["outbox_mail.id"],
            name=op.f("fk_demo_message_mail_id_outbox_mail"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_message")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_demo_message_mail_id")),
    )
    with op.batch_alter_table("demo_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demo_message_recipient"), ["recipient"], unique=False)

    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", JSONValue, nullable=False),
        sa.Column("context", JSONValue, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_theme_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_theme_edition_id_code")),
    )
    op.create_table(
        "track",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", JSONValue, nullable=False),
        sa.Column("audience", JSONValue, nullable=False),
        sa.Column("guidance", JSONValue, nullable=False),
        sa.Column("guidance_html", JSONValue, nullable=False),
        sa.Column("min_length", sa.Integer(), nullable=False),
        sa.Column("max_length", sa.Integer(), nullable=False),
        sa.Column("min_characters", sa.Integer(), nullable=False),
        sa.Column("max_characters", sa.Integer(), nullable=False),
        sa.Column("required_fields", JSONValue, nullable=False),
        sa.Column("required_checks", JSONValue, nullable=False),
        sa.Column("licences", JSONValue, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("code IN ('jurist', 'digital_actor')", name=op.f("ck_track_known_code")),
        sa.CheckConstraint(
            "max_length >= min_length AND max_characters >= min_characters",
            name=op.f("ck_track_lengths_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_track_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_track_edition_id_code")),
    )
    op.create_table(
        "volume",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("title", JSONValue, nullable=False),
        sa.Column("subtitle", JSONValue, nullable=False),
        sa.Column("foreword", JSONValue, nullable=False),
        sa.Column("foreword_html", JSONValue, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_volume_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volume")),
        sa.UniqueConstraint("slug", name=op.f("uq_volume_slug")),
    )
    with op.batch_alter_table("volume", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volume_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "build",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volume_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("volume_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("steps", JSONValue, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("alive_at", UTCDateTime(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("error", JSONValue, nullable=True),
        sa.CheckConstraint(
            "state <> 'done' OR file_key IS NOT NULL", name=op.f("ck_build_done_has_file")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_build_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["account.id"], name=op.f("fk_build_requested_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["volume_id"], ["volume.id"], name=op.f("fk_build_volume_id_volume"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_build")),
        sa.UniqueConstraint("volume_id", "number", name=op.f("uq_build_volume_id_number")),
    )
    with op.batch_alter_table("build", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_build_requested_by_id"), ["requested_by_id"], unique=False
        )
        batch_op.create_index("ix_build_state", ["state", "alive_at"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", JSONValue, nullable=False),
        sa.Column("context", JSONValue, nullable=False),
        sa.Column("tracks", JSONValue, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_question_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("slug", name=op.f("uq_question_slug")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "volume_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volume_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", JSONValue, nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_volume_section_theme_id_theme")
        ),
        sa.ForeignKeyConstraint(
            ["volume_id"],
            ["volume.id"],
            name=op.f("fk_volume_section_volume_id_volume"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volume_section")),
    )
    with op.batch_alter_table("volume_section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volume_section_theme_id"), ["theme_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volume_section_volume_id"), ["volume_id"], unique=False
        )

    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("co_authors", JSONValue, nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.Column("waiting_since", UTCDateTime(), nullable=True),
        sa.Column("accepted_at", UTCDateTime(), nullable=True),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removal_reason", sa.String(), nullable=False),
        sa.Column("withdrawal_reason", sa.String(), nullable=False),
        sa.Column("extended_until", UTCDateTime(), nullable=True),
        sa.Column("extension_reason", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("published_revision_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state <> 'published' OR (published_at IS NOT NULL AND published_revision_id IS NOT NULL)",
            name=op.f("ck_contribution_published_has_text"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR number IS NOT NULL",
            name=op.f("ck_contribution_numbered_once_submitted"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'changes_requested', 'accepted', 'published', 'rejected', 'spam', 'withdrawn', 'removed')",
            name=op.f("ck_contribution_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_contribution_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_contribution_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_contribution_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_contribution_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint(
            "edition_id",
            "track",
            "sequence",
            name=op.f("uq_contribution_edition_id_track_sequence"),
        ),
        sa.UniqueConstraint("number", name=op.f("uq_contribution_number")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contribution_edition_id"), ["edition_id"], unique=False
        )
        batch_op.create_index("ix_contribution_owner", ["owner_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_contribution_published_revision_id"),
            ["published_revision_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_contribution_question_id"), ["question_id"], unique=False
        )
        batch_op.create_index(
            "ix_contribution_queue",
            ["state", "track", "language", "waiting_since", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_contribution_revision_id"), ["revision_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_contribution_theme_id"), ["theme_id"], unique=False)
        batch_op.create_index(
            "ix_contribution_waiting", ["state", "waiting_since", "id"], unique=False
        )

    op.create_table(
        "claim",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_claim_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["account.id"], name=op.f("fk_claim_moderator_id_account")
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_moderator_id"), ["moderator_id"], unique=False)

    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("sweep_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.UniqueConstraint("digest", name=op.f("uq_figure_digest")),
    )
    with op.batch_alter_table("figure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_sweep_at"), ["sweep_at"], unique=False)

    op.create_table(
        "contribution_figure",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("alternative", sa.String(), nullable=False),
        sa.Column("caption", sa.String(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_contribution_figure_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_contribution_figure_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["figure.id"], name=op.f("fk_contribution_figure_figure_id_figure")
        ),
        sa.PrimaryKeyConstraint(
            "contribution_id", "figure_id", name=op.f("pk_contribution_figure")
        ),
    )
    with op.batch_alter_table("contribution_figure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contribution_figure_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_contribution_figure_figure_id"), ["figure_id"], unique=False
        )

    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("abstract", sa.String(), nullable=False),
        sa.Column("authors", JSONValue, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("findings", JSONValue, nullable=False),
        sa.Column("figures", JSONValue, nullable=False),
        sa.Column("error", JSONValue, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'refused', 'closed')",
            name=op.f("ck_upload_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_upload_account_id_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_upload_contribution_id_contribution"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_upload_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_upload_created_at"), ["created_at"], unique=False)

    op.create_table(
        "draft",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("abstract", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("keywords", JSONValue, nullable=False),
        sa.Column("authors", JSONValue, nullable=False),
        sa.Column("extra", JSONValue, nullable=False),
        sa.Column("bibliography", JSONValue, nullable=False),
        sa.Column("previously_published", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("consent_publication", sa.Boolean(), nullable=False),
        sa.Column("consent_translation", sa.Boolean(), nullable=False),
        sa.Column("consent_machine_translation", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("answers", JSONValue, nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("responds_to_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_draft_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_draft_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["responds_to_id"],
            ["contribution.id"],
            name=op.f("fk_draft_responds_to_id_contribution"),
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_question_id"), ["question_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_draft_responds_to_id"), ["responds_to_id"], unique=False
        )

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("author_key", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("may_edit", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'declined', 'expired', 'revoked')",
            name=op.f("ck_invitation_known_state"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR account_id IS NOT NULL",
            name=op.f("ck_invitation_confirmed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_invitation_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_invitation_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["account.id"], name=op.f("fk_invitation_invited_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "contribution_id", "author_key", name=op.f("uq_invitation_contribution_id_author_key")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        for name in ("account_id", "email", "expires_at", "invited_by_id"):
            batch_op.create_index(batch_op.f(f"ix_invitation_{name}"), [name], unique=False)

    op.create_table(
        "draft_save",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("content", JSONValue, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_draft_save_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_draft_save_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_save")),
    )
    with op.batch_alter_table("draft_save", schema=None) as batch_op:
        batch_op.create_index(
            "ix_draft_save_contribution_id", ["contribution_id", "version"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_draft_save_account_id"), ["account_id"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("reference_list", sa.String(), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("abstract", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("keywords", JSONValue, nullable=False),
        sa.Column("authors", JSONValue, nullable=False),
        sa.Column("extra", JSONValue, nullable=False),
        sa.Column("bibliography", JSONValue, nullable=False),
        sa.Column("previously_published", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("consent_publication", sa.Boolean(), nullable=False),
        sa.Column("consent_translation", sa.Boolean(), nullable=False),
        sa.Column("consent_machine_translation", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("answers", JSONValue, nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("responds_to_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_revision_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["account.id"], name=op.f("fk_revision_created_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_revision_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["responds_to_id"],
            ["contribution.id"],
            name=op.f("fk_revision_responds_to_id_contribution"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint(
            "contribution_id", "number", name=op.f("uq_revision_contribution_id_number")
        ),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_revision_created_by_id"), ["created_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_revision_question_id"), ["question_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_revision_responds_to_id"), ["responds_to_id"], unique=False
        )

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", JSONValue, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("words_language", sa.String(), nullable=False),
        sa.Column("points", JSONValue, nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('accept', 'changes', 'reject', 'spam')",
            name=op.f("ck_decision_known_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_decision_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["account.id"], name=op.f("fk_decision_moderator_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_decision_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_decision_revision_id")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_contribution", ["contribution_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_decision_moderator_id"), ["moderator_id"], unique=False
        )

    op.create_table(
        "published_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_source", sa.Boolean(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("theme_code", sa.String(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("byline", sa.String(), nullable=False),
        sa.Column("authors", JSONValue, nullable=False),
        sa.Column("keywords", JSONValue, nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("abstract_html", sa.String(), nullable=False),
        sa.Column("summary_html", sa.String(), nullable=False),
        sa.Column("references_html", sa.String(), nullable=False),
        sa.Column("teaser", sa.String(), nullable=False),
        sa.Column("plain", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("rendered_at", UTCDateTime(), nullable=False),
        sa.Column("renderer", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_published_text_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_published_text_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_published_text_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_published_text_revision_id_revision")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_published_text_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_text")),
        sa.UniqueConstraint(
            "contribution_id", "language", name=op.f("uq_published_text_contribution_id_language")
        ),
    )
    with op.batch_alter_table("published_text", schema=None) as batch_op:
        for name, columns in SOURCE_INDEXES.items():
            batch_op.create_index(
                f"ix_published_text_{name}",
                [*columns, "published_at", "id"],
                unique=False,
                sqlite_where=sa.text("is_source = 1"),
                postgresql_where=sa.text("is_source"),
            )
        batch_op.create_index(batch_op.f("ix_published_text_number"), ["number"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_published_text_revision_id"), ["revision_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_published_text_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "volume_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volume_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_volume_entry_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_volume_entry_revision_id_revision")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["volume_section.id"],
            name=op.f("fk_volume_entry_section_id_volume_section"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["volume_id"],
            ["volume.id"],
            name=op.f("fk_volume_entry_volume_id_volume"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volume_entry")),
        sa.UniqueConstraint(
            "volume_id", "contribution_id", name=op.f("uq_volume_entry_volume_id_contribution_id")
        ),
    )
    with op.batch_alter_table("volume_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_volume_entry_contribution_id"), ["contribution_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volume_entry_revision_id"), ["revision_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volume_entry_section_id"), ["section_id"], unique=False
        )
    op.bulk_insert(
        sa.table("role", sa.column("name", sa.String())), [{"name": name} for name in ROLES]
    )

    # A contribution points at its revisions and they at it: the second half follows once both exist.
    with op.batch_alter_table("contribution") as batch:
        for column in ("revision_id", "published_revision_id"):
            batch.create_foreign_key(
                f"fk_contribution_{column}_revision", "revision", [column], ["id"]
            )
    for table, events in APPEND_ONLY.items():
        for event in events:
            refuse(table, event, _columns(table))


def _columns(table: str) -> str:
    """Of a revision all but the names: those can go when their account does (decision 009)."""
    if table != "revision":
        return ""
    columns = [each["name"] for each in sa.inspect(op.get_bind()).get_columns(table)]
    return "OF " + ", ".join(name for name in columns if name != "authors")


def downgrade() -> None:
    for table, events in APPEND_ONLY.items():
        for event in events:
            allow(table, event)
    with op.batch_alter_table("contribution") as batch:
        for column in ("revision_id", "published_revision_id"):
            batch.drop_constraint(f"fk_contribution_{column}_revision", type_="foreignkey")
    with op.batch_alter_table("volume_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volume_entry_section_id"))
        batch_op.drop_index(batch_op.f("ix_volume_entry_revision_id"))
        batch_op.drop_index(batch_op.f("ix_volume_entry_contribution_id"))

    op.drop_table("volume_entry")
    with op.batch_alter_table("published_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_text_theme_id"))
        batch_op.drop_index(batch_op.f("ix_published_text_revision_id"))
        batch_op.drop_index(batch_op.f("ix_published_text_number"))
        for name in SOURCE_INDEXES:
            batch_op.drop_index(f"ix_published_text_{name}")

    op.drop_table("published_text")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_moderator_id"))
        batch_op.drop_index("ix_decision_contribution")

    op.drop_table("decision")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_responds_to_id"))
        batch_op.drop_index(batch_op.f("ix_revision_question_id"))
        batch_op.drop_index(batch_op.f("ix_revision_created_by_id"))

    op.drop_table("revision")
    op.drop_table("invitation")
    with op.batch_alter_table("draft_save", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_save_account_id"))
        batch_op.drop_index("ix_draft_save_contribution_id")

    op.drop_table("draft_save")
    op.drop_table("contribution_figure")
    op.drop_table("figure")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_responds_to_id"))
        batch_op.drop_index(batch_op.f("ix_draft_question_id"))

    op.drop_table("draft")
    op.drop_table("upload")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_moderator_id"))

    op.drop_table("claim")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index("ix_contribution_waiting")
        batch_op.drop_index(batch_op.f("ix_contribution_theme_id"))
        batch_op.drop_index(batch_op.f("ix_contribution_revision_id"))
        batch_op.drop_index("ix_contribution_queue")
        batch_op.drop_index(batch_op.f("ix_contribution_question_id"))
        batch_op.drop_index(batch_op.f("ix_contribution_published_revision_id"))
        batch_op.drop_index("ix_contribution_owner")
        batch_op.drop_index(batch_op.f("ix_contribution_edition_id"))

    op.drop_table("contribution")
    with op.batch_alter_table("volume_section", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volume_section_volume_id"))
        batch_op.drop_index(batch_op.f("ix_volume_section_theme_id"))

    op.drop_table("volume_section")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_theme_id"))

    op.drop_table("question")
    with op.batch_alter_table("build", schema=None) as batch_op:
        batch_op.drop_index("ix_build_state")
        batch_op.drop_index(batch_op.f("ix_build_requested_by_id"))

    op.drop_table("build")
    with op.batch_alter_table("volume", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volume_edition_id"))

    op.drop_table("volume")
    op.drop_table("track")
    op.drop_table("theme")
    with op.batch_alter_table("demo_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demo_message_recipient"))

    op.drop_table("demo_message")
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_mail_recipient_id"))
        batch_op.drop_index("ix_outbox_mail_due")

    op.drop_table("outbox_mail")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("account_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_role_role_id"))

    op.drop_table("account_role")
    op.drop_table("role")
    with op.batch_alter_table("parked_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parked_form_created_at"))

    op.drop_table("parked_form")
    op.drop_table("page")
    op.drop_table("edition")
    op.drop_table("account")
