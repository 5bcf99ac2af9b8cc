"""What belongs to an audit beside its terms and its attestations.

Rooms: `models` (tables), `record` (who, when, how long), `checklist` (items from a file, and results), `findings` (and the
fields they bar), `disputes`, `labels` (who attests whom), `standing` (revoked, suspended, resumed), `listing`. Nothing is
named here: `sharing.status` needs the tables before the services can be read.
"""

from __future__ import annotations
