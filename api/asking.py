"""What is known about the request in hand, before anything is looked up for it.

Guarantees: one clock reading for each request, so a rule that changes at midnight cannot change in the middle of an
answer; one random id, which the answer carries and the log uses. An id that the asker sends is never taken over: two
askers could choose the same one, and the log would mix them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import g, has_request_context

from api.errors import Refusal
from api.tokens import Claims
from network.people.sessions import LoggedIn

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]


@dataclass(slots=True, kw_only=True)
class Asking:
    """One request. `claims` is None for an anonymous one; `refusal` is why its token was not accepted; `logged_in` is the
    session of a request that came with one instead of a token; `organization_id` is that of the claims.

    `started` is a reading of `time.monotonic`, for durations only.
    """

    id: str
    now: datetime
    started: float
    claims: Claims | None = None
    organization_id: str | None = None
    logged_in: LoggedIn | None = None
    refusal: Refusal | None = None


def asking() -> Asking:
    """The request in hand."""
    current: Asking = g.asking
    return current


def begin(clock: Clock, entropy: Entropy) -> Asking:
    """Take the request's one clock reading and give it its id."""
    g.asking = Asking(id=entropy(16).hex(), now=clock().astimezone(UTC), started=time.monotonic())
    return asking()


def steady(clock: Clock) -> Clock:
    """A clock that stands still while a request is answered, and is `clock` outside of one."""

    def read() -> datetime:
        if has_request_context() and "asking" in g:
            return asking().now
        return clock()

    return read
