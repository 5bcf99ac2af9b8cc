"""Where answers pass the ledger: what a route gives out is noted, committed, before the answer leaves.

Guarantees: every projection that a schema writes into an answer, and every one that a service gives out as bytes, is gathered
while the route runs, and recorded once its answer is made. A route of kind `projection` that said nothing of what it gives
out does not answer (500), so none can be forgotten; neither does one whose record could not be made (503,
`disclosure_unrecorded`). An answer without a body is recorded too: HEAD gives the length and the digest of what is there, 304
says that what the asker holds is still true. A refusal discloses nothing and is not recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, request

from api.asking import asking
from api.container import container_of
from api.tokens import SESSIONS
from sharing.ledger import collecting, recording
from sharing.ledger.collecting import Recipient

HEAD, UNCHANGED = "head", "unchanged"


class Unaccounted(RuntimeError):
    """A route that gives out projections did not say which."""


def recorded(view: Callable[..., Any], *, always: bool) -> Callable[..., Any]:
    """The view, whose answers leave once what they give out is recorded. `always`: it must say what that is, be it nothing."""

    @wraps(view)
    def answer(*args: Any, **given: Any) -> Response:
        with collecting.collecting(_recipient()) as gathered:
            response: Response = current_app.make_response(view(*args, **given))
        if response.status_code >= 400:
            return response
        if always and not gathered.accounted:
            raise Unaccounted(request.endpoint)
        if response.is_streamed and always:
            raise Unaccounted(f"{request.endpoint} gives out what nobody has seen yet")
        form = UNCHANGED if response.status_code == 304 else HEAD if request.method == "HEAD" else None
        recording.record(container_of(current_app).house, gathered, way=request.endpoint or "", form=form)
        return response

    return answer


def _recipient() -> Recipient:
    current = asking()
    claims = current.claims
    if claims is None or current.organization_id is None:
        return Recipient(id=collecting.PUBLIC)
    who = f"program/{claims.client_id}" if claims.client_id != SESSIONS else f"person/{claims.person}"
    return Recipient(id=current.organization_id, did=claims.organization, actor=who, purpose=claims.purpose)
