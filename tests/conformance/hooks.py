"""The exceptions for schemathesis' own command line, which then counts what the tests count:

    SCHEMATHESIS_HOOKS=tests.conformance.hooks st run https://node.example/openapi.json -H "Authorization: Bearer ..."

Guarantees: a failure is dropped if, and only if, an entry of `exceptions.py` fits it; the command says how many were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemathesis

from tests.conformance.exceptions import EXCEPTIONS, Case

CHECK_OF: Mapping[str, str] = {
    "RejectedPositiveData": "positive_data_acceptance",
    "AcceptedNegativeData": "negative_data_rejection",
    "EnsureResourceAvailability": "ensure_resource_availability",
}
"""The checks of which there are exceptions, by the failures that they raise."""


@schemathesis.hook
def filter_failure(context: object, failure: Any, case: Any, response: Any) -> bool:
    """Whether a failure counts."""
    del context
    kind = type(failure).__name__
    try:
        body = response.json()
    except ValueError:
        body = None
    found = Case(
        operation=case.operation.label,
        check=CHECK_OF.get(kind, kind),
        failure=kind,
        message=str(failure),
        method=case.method,
        url=response.request.url or "",
        sent_headers={},
        status=response.status_code,
        problem=body if isinstance(body, dict) else {},
    )
    return not any(each.fits(found) for each in EXCEPTIONS.values())
