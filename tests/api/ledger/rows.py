"""What the ledger holds, and what an answer gave, in one form that can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from sharing.ledger.models import Disclosure
from tests.api.world import World

COLLECTIONS = ("capability", "capacity", "certificate", "equipment", "document")


def rows(world: World) -> list[Disclosure]:
    """Every row, in the order of their making."""
    with world.database.read() as session:
        return list(session.scalars(select(Disclosure).order_by(Disclosure.number)))


def listed(world: World, owner: str = "acme", **query: Any) -> list[dict[str, Any]]:
    """All pages of an owner's ledger, oldest first."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = world.get(owner, "/v1/ledger", query_string={"limit": 50, **query, **cursor})
        assert answer.status_code == 200, answer.text
        found += answer.json["items"]
        if answer.json["next"] is None:
            return found[::-1]
        cursor = {"cursor": answer.json["next"]}


def shown(content: Mapping[str, Any]) -> dict[str, str]:
    """Field -> level, read from a factory as a client got it; knows nothing of the product."""
    found: dict[str, str] = {}
    for name, value in content.items():
        if name in ("id", "organization"):
            continue
        if name in COLLECTIONS:
            for element in value.values():
                found |= {f"{name}.{key}": cell["level"] for key, cell in element.items() if isinstance(cell, dict)}
        else:
            found[name] = value["level"]
    return found


def factories(document: Any) -> Iterator[Mapping[str, Any]]:
    """Every factory anywhere in an answer."""
    if isinstance(document, dict):
        if str(document.get("id", "")).startswith("urn:guildnet:factory:"):
            yield document
            return
        for value in document.values():
            yield from factories(value)
    elif isinstance(document, list):
        for value in document:
            yield from factories(value)
