"""The record of audits: checklists, findings, disputes; suspension and labels of attestations; notices of what runs out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the tables, and the columns of attestations and status lists."""
    op.add_column("status_lists", sa.Column("purpose", sa.String(12), server_default="revocation", nullable=False))
    op.add_column("attestations", sa.Column("suspended_at", _TIME, nullable=True))
    op.add_column("attestations", sa.Column("suspension_reason", sa.Text(), nullable=True))
    op.add_column("attestations", sa.Column("asked_at", _TIME, nullable=True))
    op.add_column("attestations", sa.Column("label", sa.String(12), nullable=True))
    op.create_table(
        "attestation_lists",
        sa.Column("attestation_id", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("list_id", sa.String(32), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        _key("attestation_lists", "attestation_id", "attestations"),
        _key("attestation_lists", "list_id", "status_lists"),
        sa.PrimaryKeyConstraint("attestation_id", "purpose", name=op.f("pk_attestation_lists")),
        sa.UniqueConstraint("list_id", name=op.f("uq_attestation_lists_list_id")),
    )
    op.create_table(
        "audit_records",
        sa.Column("audit_id", sa.String(32), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=True),
        sa.Column("sites", sa.Text(), nullable=False),
        sa.Column("previous_audit_id", sa.String(32), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("person_days", sa.String(12), nullable=True),
        sa.Column("lead_auditor", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("report_digest", sa.String(64), nullable=True),
        _key("audit_records", "audit_id", "audits"),
        _key("audit_records", "previous_audit_id", "audits"),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_records")),
    )
    op.create_table(
        "checklist_items",
        sa.Column("audit_id", sa.String(32), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(64), nullable=False),
        sa.Column("class", sa.String(12), nullable=False),
        sa.Column("applicable", sa.Boolean(), nullable=False),
        sa.Column("na_reason", sa.Text(), nullable=False),
        sa.Column("field_paths", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("maturity", sa.Integer(), nullable=True),
        sa.Column("sampled_n", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("assessed_at", _TIME, nullable=True),
        _key("checklist_items", "audit_id", "audits"),
        sa.PrimaryKeyConstraint("audit_id", "item", name=op.f("pk_checklist_items")),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("audit_id", sa.String(32), nullable=False),
        sa.Column("item", sa.String(64), nullable=True),
        sa.Column("clause", sa.String(64), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("objective_evidence", sa.Text(), nullable=False),
        sa.Column("grade", sa.String(10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("field_paths", sa.Text(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("raised_at", _TIME, nullable=False),
        _key("findings", "audit_id", "audits"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_audit_id"), "findings", ["audit_id"], unique=False)
    op.create_table(
        "disputes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("audit_id", sa.String(32), nullable=False),
        sa.Column("finding_id", sa.String(32), nullable=True),
        sa.Column("attestation_id", sa.String(32), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("opened_at", _TIME, nullable=False),
        _key("disputes", "audit_id", "audits"),
        _key("disputes", "finding_id", "findings"),
        _key("disputes", "attestation_id", "attestations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index(op.f("ix_disputes_audit_id"), "disputes", ["audit_id"], unique=False)
    op.create_table(
        "audit_steps",
        sa.Column("audit_id", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("party", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("grade", sa.String(10), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("taken_at", _TIME, nullable=False),
        _key("audit_steps", "audit_id", "audits"),
        sa.PrimaryKeyConstraint("audit_id", "subject_id", "number", name=op.f("pk_audit_steps")),
    )
    op.create_table(
        "notices",
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(96), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("posted_at", _TIME, nullable=False),
        _key("notices", "organization_id", "organizations"),
        _key("notices", "factory_id", "factories"),
        sa.PrimaryKeyConstraint("organization_id", "kind", "subject", "due_on", "stage", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_posted_at"), "notices", ["posted_at"], unique=False)


def downgrade() -> None:
    """Drop them; what was suspended counts again, and what was found in audits is gone."""
    for table in ("notices", "audit_steps", "disputes", "findings", "checklist_items", "audit_records", "attestation_lists"):
        op.drop_table(table)
    for column in ("label", "asked_at", "suspension_reason", "suspended_at"):
        op.drop_column("attestations", column)
    op.drop_column("status_lists", "purpose")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
