"""The routes, by what they are about.

Each is thin: its schema reads the request, one service of `sharing` answers, its schema writes the answer.
"""

from __future__ import annotations

from api.resources import (
    access,
    alerts,
    answers,
    applications,
    attestations,
    auditing,
    audits,
    duplicates,
    factories,
    files,
    grants,
    imports,
    ledger,
    me,
    node,
    notices,
    organization,
    owners,
    people,
    search,
    sessions,
    sign_ups,
    token,
    views,
)
from api.routing import Door

DOORS: tuple[Door, ...] = tuple(
    room.door
    for room in (
        token,
        sign_ups,
        sessions,
        me,
        applications,
        organization,
        people,
        search,
        alerts,
        factories,
        answers,
        imports,
        duplicates,
        files,
        views,
        access,
        grants,
        owners,
        audits,
        auditing,
        attestations,
        notices,
        ledger,
        node,
    )
)

__all__ = ["DOORS"]
