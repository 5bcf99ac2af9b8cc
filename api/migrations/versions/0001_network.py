"""The tables of `network`: node, organizations, facts, keys, clients, change counter.

Types are spelled out here and not taken from the models: a revision says what was true when it was written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the tables, and the counter's one row."""
    op.create_table(
        "node",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("development", sa.Boolean(), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_node_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node")),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("slug", sa.String(63), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("did", sa.String(400), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("suspended_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("did", name=op.f("uq_organizations_did")),
        sa.UniqueConstraint("slug", name=op.f("uq_organizations_slug")),
    )
    op.create_table(
        "organization_facts",
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("attribute", sa.String(32), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("set_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_organization_facts_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("organization_id", "attribute", "value", name=op.f("pk_organization_facts")),
    )
    op.create_table(
        "keys",
        sa.Column("kid", sa.String(500), nullable=False),
        sa.Column("owner", sa.String(400), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("thumbprint", sa.String(43), nullable=False),
        sa.Column("custody", sa.String(8), nullable=False),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("valid_from", _TIME, nullable=False),
        sa.Column("valid_until", _TIME, nullable=True),
        sa.Column("compromised_at", _TIME, nullable=True),
        sa.CheckConstraint(
            "role IN ('organization', 'root', 'status', 'token', 'log', 'transport')", name=op.f("ck_keys_role")
        ),
        sa.CheckConstraint("custody IN ('node', 'self')", name=op.f("ck_keys_custody")),
        sa.CheckConstraint("(role = 'organization') = (organization_id IS NOT NULL)", name=op.f("ck_keys_owner")),
        sa.CheckConstraint("(custody = 'node') = (sealed IS NOT NULL)", name=op.f("ck_keys_sealed")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_keys_organization_id_organizations")),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_keys")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_keys_thumbprint")),
    )
    op.create_index("ix_keys_owner", "keys", ["owner"])
    op.create_index(
        "uq_keys_open",
        "keys",
        ["owner", "role"],
        unique=True,
        sqlite_where=sa.text("valid_until IS NULL"),
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.create_table(
        "clients",
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_clients_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_clients")),
    )
    op.create_index("ix_clients_organization_id", "clients", ["organization_id"])
    counter = op.create_table(
        "change_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_change_counter_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_counter")),
    )
    op.bulk_insert(counter, [{"id": 1, "value": 0}])


def downgrade() -> None:
    """Drop the tables and everything in them."""
    op.drop_table("change_counter")
    op.drop_index("ix_clients_organization_id", table_name="clients")
    op.drop_table("clients")
    op.drop_index("uq_keys_open", table_name="keys")
    op.drop_index("ix_keys_owner", table_name="keys")
    op.drop_table("keys")
    op.drop_table("organization_facts")
    op.drop_table("organizations")
    op.drop_table("node")
