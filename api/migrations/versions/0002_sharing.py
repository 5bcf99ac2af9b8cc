"""The tables of `sharing`: factories, revisions, publications, views, status lists, grants, requests, audits, attestations.

Types are spelled out here and not taken from the models: a revision says what was true when it was written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "factories",
        sa.Column("id", sa.String(21), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy_revision", sa.Integer(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("import_key", sa.String(64), nullable=True),
        sa.Column("import_digest", sa.String(64), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("first_published_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_factories_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factories")),
    )
    op.create_index("ix_factories_import", "factories", ["organization_id", "import_key"], unique=True)
    op.create_index(op.f("ix_factories_organization_id"), "factories", ["organization_id"], unique=False)
    op.create_table(
        "list_members",
        sa.Column("owner_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_list_members_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organizations.id"], name=op.f("fk_list_members_owner_id_organizations")),
        sa.PrimaryKeyConstraint("owner_id", "name", "organization_id", name=op.f("pk_list_members")),
    )
    op.create_index(op.f("ix_list_members_organization_id"), "list_members", ["organization_id"], unique=False)
    op.create_table(
        "nda_acceptances",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("owner_accepted_at", _TIME, nullable=True),
        sa.Column("organization_accepted_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_nda_acceptances_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organizations.id"], name=op.f("fk_nda_acceptances_owner_id_organizations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nda_acceptances")),
    )
    op.create_index(op.f("ix_nda_acceptances_organization_id"), "nda_acceptances", ["organization_id"], unique=False)
    op.create_index(op.f("ix_nda_acceptances_owner_id"), "nda_acceptances", ["owner_id"], unique=False)
    op.create_table(
        "status_lists",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_status_lists_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_lists")),
    )
    op.create_table(
        "changes",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_changes_factory_id_factories")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_changes")),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("tier", sa.String(12), nullable=True),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_grants_factory_id_factories")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_grants_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_factory_id"), "grants", ["factory_id"], unique=False)
    op.create_index(op.f("ix_grants_organization_id"), "grants", ["organization_id"], unique=False)
    op.create_table(
        "policy_revisions",
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_policy_revisions_factory_id_factories")),
        sa.PrimaryKeyConstraint("factory_id", "revision", name=op.f("pk_policy_revisions")),
    )
    op.create_table(
        "profile_revisions",
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_profile_revisions_factory_id_factories")),
        sa.PrimaryKeyConstraint("factory_id", "revision", name=op.f("pk_profile_revisions")),
    )
    op.create_table(
        "publications",
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("organization_did", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("restate_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_publications_factory_id_factories")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_publications_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("factory_id", name=op.f("pk_publications")),
    )
    op.create_index(op.f("ix_publications_organization_id"), "publications", ["organization_id"], unique=False)
    op.create_index(op.f("ix_publications_restate_on"), "publications", ["restate_on"], unique=False)
    op.create_table(
        "status_entries",
        sa.Column("list_id", sa.String(32), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["status_lists.id"], name=op.f("fk_status_entries_list_id_status_lists")),
        sa.PrimaryKeyConstraint("list_id", "entry", name=op.f("pk_status_entries")),
    )
    op.create_table(
        "stored_views",
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("jwt", sa.Text(), nullable=False),
        sa.Column("projection_digest", sa.String(64), nullable=False),
        sa.Column("status_list_id", sa.String(32), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_stored_views_factory_id_factories")),
        sa.ForeignKeyConstraint(
            ["status_list_id"], ["status_lists.id"], name=op.f("fk_stored_views_status_list_id_status_lists")
        ),
        sa.PrimaryKeyConstraint("factory_id", "audience", name=op.f("pk_stored_views")),
    )
    op.create_table(
        "access_requests",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("tier", sa.String(12), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("grant_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_access_requests_factory_id_factories")),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name=op.f("fk_access_requests_grant_id_grants")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_access_requests_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
    )
    op.create_index(op.f("ix_access_requests_factory_id"), "access_requests", ["factory_id"], unique=False)
    op.create_index(op.f("ix_access_requests_organization_id"), "access_requests", ["organization_id"], unique=False)
    op.create_table(
        "audits",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("auditor_id", sa.String(32), nullable=False),
        sa.Column("proposed_by", sa.String(32), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("scheme_version", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("modality", sa.String(12), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_text", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("grant_id", sa.String(32), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["auditor_id"], ["organizations.id"], name=op.f("fk_audits_auditor_id_organizations")),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_audits_factory_id_factories")),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name=op.f("fk_audits_grant_id_grants")),
        sa.ForeignKeyConstraint(["proposed_by"], ["organizations.id"], name=op.f("fk_audits_proposed_by_organizations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    op.create_index(op.f("ix_audits_auditor_id"), "audits", ["auditor_id"], unique=False)
    op.create_index(op.f("ix_audits_factory_id"), "audits", ["factory_id"], unique=False)
    op.create_table(
        "attestations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("audit_id", sa.String(32), nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("auditor_id", sa.String(32), nullable=False),
        sa.Column("worksheet", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("schemes", sa.Text(), nullable=False),
        sa.Column("status_list_id", sa.String(32), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("issued_at", _TIME, nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_attestations_audit_id_audits")),
        sa.ForeignKeyConstraint(["auditor_id"], ["organizations.id"], name=op.f("fk_attestations_auditor_id_organizations")),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_attestations_factory_id_factories")),
        sa.ForeignKeyConstraint(
            ["status_list_id"], ["status_lists.id"], name=op.f("fk_attestations_status_list_id_status_lists")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
    )
    op.create_index(op.f("ix_attestations_audit_id"), "attestations", ["audit_id"], unique=False)
    op.create_index(op.f("ix_attestations_auditor_id"), "attestations", ["auditor_id"], unique=False)
    op.create_index(op.f("ix_attestations_factory_id"), "attestations", ["factory_id"], unique=False)


def downgrade() -> None:
    """Drop them, and all that is in them."""
    op.drop_index(op.f("ix_attestations_factory_id"), table_name="attestations")
    op.drop_index(op.f("ix_attestations_auditor_id"), table_name="attestations")
    op.drop_index(op.f("ix_attestations_audit_id"), table_name="attestations")
    op.drop_table("attestations")
    op.drop_index(op.f("ix_audits_factory_id"), table_name="audits")
    op.drop_index(op.f("ix_audits_auditor_id"), table_name="audits")
    op.drop_table("audits")
    op.drop_index(op.f("ix_access_requests_organization_id"), table_name="access_requests")
    op.drop_index(op.f("ix_access_requests_factory_id"), table_name="access_requests")
    op.drop_table("access_requests")
    op.drop_table("stored_views")
    op.drop_table("status_entries")
    op.drop_index(op.f("ix_publications_restate_on"), table_name="publications")
    op.drop_index(op.f("ix_publications_organization_id"), table_name="publications")
    op.drop_table("publications")
    op.drop_table("profile_revisions")
    op.drop_table("policy_revisions")
    op.drop_index(op.f("ix_grants_organization_id"), table_name="grants")
    op.drop_index(op.f("ix_grants_factory_id"), table_name="grants")
    op.drop_table("grants")
    op.drop_table("changes")
    op.drop_table("status_lists")
    op.drop_index(op.f("ix_nda_acceptances_owner_id"), table_name="nda_acceptances")
    op.drop_index(op.f("ix_nda_acceptances_organization_id"), table_name="nda_acceptances")
    op.drop_table("nda_acceptances")
    op.drop_index(op.f("ix_list_members_organization_id"), table_name="list_members")
    op.drop_table("list_members")
    op.drop_index(op.f("ix_factories_organization_id"), table_name="factories")
    op.drop_index("ix_factories_import", table_name="factories")
    op.drop_table("factories")
