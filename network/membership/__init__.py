"""The directory of organizations, what is known about them, and the credentials of their programs.

Rooms: `directory` (organizations and facts), `clients` (client credentials).
"""

from __future__ import annotations

from network.membership.clients import (
    Client,
    NewClient,
    client,
    clients_of,
    create_client,
    revoke_client,
    rotate_secret,
    verify_client,
)
from network.membership.directory import (
    ROLES,
    SOURCES,
    Fact,
    Member,
    facts,
    find,
    member_of,
    members,
    owner_groups,
    queue,
    reinstate,
    rename,
    set_facts,
    suspend,
)
from network.names import OrganizationId

__all__ = [
    "ROLES",
    "SOURCES",
    "Client",
    "Fact",
    "Member",
    "NewClient",
    "OrganizationId",
    "client",
    "clients_of",
    "create_client",
    "facts",
    "find",
    "member_of",
    "members",
    "owner_groups",
    "queue",
    "reinstate",
    "rename",
    "revoke_client",
    "rotate_secret",
    "set_facts",
    "suspend",
    "verify_client",
]
