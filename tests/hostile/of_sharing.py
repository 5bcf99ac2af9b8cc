"""Parsers of `policies` and of `sharing`: rules, profiles, questions, cursors, snapshots of the index."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from functools import cache
from typing import Any

from network.errors import JournalUnusable
from policies import PolicyError, parse_platform, parse_policy, policy_document
from sharing import catalogue, snapshots
from sharing.answers.made_up import parse_viewer
from sharing.errors import SharingError
from sharing.factories import default_policy
from sharing.ledger.regrowing import read_leaves
from sharing.policy_reading import read_policy
from sharing.profile import parse_profile
from sharing.search import parse_query, parse_typed
from sharing.search.cursors import Position, seal, unseal
from sharing.search.errors import SearchError
from sharing.snapshots import SnapshotFile
from sharing.synthetic import synthetic_factories
from tests.hostile import mutate
from tests.hostile.parser import Parser, folder
from trust import base64url

POLICY = {
    "v": 1,
    "factory": "F",
    "revision": 3,
    "rules": [
        {"id": "all", "note": "for all", "to": "anyone", "show": [["identity", "exact"], ["capability.tolerance_um", "band"]]},
        {
            "id": "partners",
            "to": {"tier": "partner", "country": ["VN", "JP"], "holds": ["ISO9001"], "attested": "peer"},
            "for": ["rfq"],
            "from": "2026-01-01",
            "until": "2026-12-31",
            "show": [["*", "exact"]],
        },
        {"id": "rivals", "to": {"org": ["did:web:node.example:orgs:rival"], "verified": 2}, "cap": [["*", "hidden"]]},
    ],
}


MADE_UP = {
    "org": "did:web:node.example:orgs:rival",
    "country": "JP",
    "sector": ["C29"],
    "role": ["buyer"],
    "verified": 2,
    "holds": {"IATF16949": "body"},
    "nda": ["standard"],
    "group": ["friends"],
    "tier": "partner",
    "purpose": "rfq",
    "date": "2027-01-15",
    "member": True,
}
PLATFORM = [{"id": "sanctions", "to": {"country": ["KP"]}, "cap": [["*", "hidden"]], "binds": "everyone"}]


@cache
def profiles() -> list[Any]:
    """Profiles as owners send them; together they state every kind of value."""
    return list(synthetic_factories(4, 7, date(2026, 11, 22)))


@cache
def policies() -> list[Any]:
    """A hand-made policy, and the one that every factory begins with."""
    return [POLICY, policy_document(default_policy("F"))]


def parsed_profile(document: Any) -> object:
    number = iter(range(10**9))
    return parse_profile(document, existing_ids=(), new_id=lambda: f"{next(number):032x}")


QUERY = {
    "process": ["3.2.1"],
    "material": ["P", "S"],
    "tolerance_um_max": ["20"],
    "q": ["gia công"],
    "spare_hours": ["10"],
    "weeks_from": ["2026-W48"],
    "weeks_until": ["2026-W50"],
    "wish": ["process"],
    "sort": ["spare_hours"],
    "country": ["VN"],
}


def parsed_query(given: Any) -> object:
    """Parameters reach the parser as lists of texts: werkzeug sees to that."""
    texts = given.items() if isinstance(given, dict) else ()
    shaped = {str(name): [str(each) for each in (values if isinstance(values, list) else [values])] for name, values in texts}
    return parse_query(shaped, date(2026, 11, 22))


CURSOR_KEY = bytes(range(32))


def cursor_samples() -> list[str]:
    position = Position(key=12, tie=2**40)
    return [seal(position, viewer="v", query=bytes(32), key=CURSOR_KEY, entropy=random.Random(1).randbytes)]


@cache
def shelf() -> SnapshotFile:
    """Where a node with one published factory keeps its index."""
    from tests.api import world as worlds
    from tests.api.test_factories import made

    world = worlds.world(worlds.template(folder()), folder())
    made(world)
    house = world.app.extensions["guildnet"].house
    snapshots.save(house)
    world.database.dispose()
    found = house.replica.shelf
    assert isinstance(found, SnapshotFile)
    return found


@cache
def snapshot_samples() -> list[bytes]:
    return [shelf().path.read_bytes()]


def snapshot_bytes(sample: bytes, rng: random.Random) -> bytes:
    """Noise, and noise inside a digest that holds: what a defect of ours could write."""
    if rng.random() < 0.3:
        return mutate.noise(sample, rng)
    body = mutate.noise(sample[:-32], rng)
    return body + hashlib.blake2b(body, key=shelf()._key, digest_size=32).digest()


def read_snapshot(data: bytes) -> object:
    shelf().path.write_bytes(data)
    return shelf().read()


PARSERS: tuple[Parser, ...] = (
    Parser(
        name="policies.schema:parse_policy",
        call=lambda document: parse_policy(document, catalogue.vocabulary(), known_capabilities=None),
        samples=policies,
        mutate=mutate.value,
        errors=(PolicyError,),
        paths=True,
    ),
    Parser(
        name="sharing.policy_reading:read_policy",
        call=lambda document: read_policy(document, "F", 1, frozenset()),
        samples=lambda: [POLICY, {"v": 1, "extends": ["open-card", "stealth@1"], "rules": []}],
        mutate=mutate.value,
        errors=(SharingError,),
        paths=True,
    ),
    Parser(
        name="sharing.answers.made_up:parse_viewer",
        call=parse_viewer,
        samples=lambda: [MADE_UP, {"holds": ["ISO9001", "IATF16949"], "org": None, "member": False}],
        mutate=mutate.value,
        errors=(SharingError,),
        paths=True,
    ),
    Parser(
        name="policies.schema:parse_platform",
        call=lambda document: parse_platform(document, catalogue.vocabulary()),
        samples=lambda: [PLATFORM],
        mutate=mutate.value,
        errors=(PolicyError,),
        paths=True,
    ),
    Parser(
        name="sharing.profile.reading:parse_profile",
        call=parsed_profile,
        samples=profiles,
        mutate=mutate.value,
        errors=(SharingError,),
        paths=True,
    ),
    Parser(
        name="sharing.search.parameters:parse_query",
        call=parsed_query,
        samples=lambda: [QUERY],
        mutate=mutate.value,
        errors=(SharingError, SearchError),
        paths=True,
    ),
    Parser(
        name="sharing.search.typed:parse_typed",
        call=parse_typed,
        samples=lambda: ["cơ khí Đông A", "iso 9", "3.2.1"],
        mutate=mutate.text,
        errors=(SharingError, SearchError),
        paths=True,
    ),
    Parser(
        name="sharing.search.cursors:unseal",
        call=lambda text: unseal(text, viewer="v", query=bytes(32), key=CURSOR_KEY),
        samples=cursor_samples,
        mutate=mutate.text,
        errors=(SharingError, SearchError),
    ),
    Parser(
        name="sharing.ledger.regrowing:read_leaves",
        call=read_leaves,
        samples=lambda: [f"{'0' * 32} 12 {base64url.encode(bytes(96))}"],
        mutate=mutate.text,
        errors=(JournalUnusable,),
    ),
    Parser(
        name="sharing.snapshots:SnapshotFile.read",
        call=read_snapshot,
        samples=snapshot_samples,
        mutate=snapshot_bytes,
        errors=(SharingError,),
        seconds=20.0,
        megabytes=256,
    ),
)
