"""Who is in the network, and how what they sign is kept and moved: databases, nodes, organizations, keys, clients.

Guarantees: nothing here knows what is inside what is shared. Services take a session of `Database.read()` or
`.write(use)`, the time and the keystore as arguments, return frozen dataclasses, and raise `NetworkError` and nothing
else.
"""

from __future__ import annotations

from network.database import Base, Database, current_change, next_change
from network.errors import NetworkError

__all__ = ["Base", "Database", "NetworkError", "current_change", "next_change"]
