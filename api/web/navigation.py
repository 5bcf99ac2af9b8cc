"""What stands in the head of every page, by what the visitor's organization does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from api.web.visit import visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A link of the head. `roles`: of the organization, empty for everybody; `person`: for whoever is logged in."""

    endpoint: str
    label: object
    roles: frozenset[str] = frozenset()
    person: bool = False


ENTRIES: Final[tuple[Entry, ...]] = (Entry(endpoint="web-finding.search", label=_l("Search")),)


def entries() -> Iterator[tuple[str, object, bool]]:
    """(address, label, whether it is the page in hand) of each link that this visitor needs."""
    who = visit()
    for each in ENTRIES:
        if (each.roles and not each.roles & who.roles) or (each.person and who.person is None):
            continue
        yield url_for(each.endpoint), each.label, request.endpoint == each.endpoint
