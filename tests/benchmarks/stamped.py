"""Publishing very many made-up factories: a few made by the services, each published many times under new names.

Guarantees: a stamped factory has the rows of its model, made by the services' own functions, with other random ids, its own
number in its names, its own owner and status entries, and views that its owner's key signed; `fsck` finds nothing in them (a
test asks). Ids are given out in the order of the model's, so that sorted members stay sorted.
Not here: variety. Two factories of one model differ in nothing but their names and whose they are.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from network.database import Database
from policies import NO_RELATION, Decision, Viewer, decide
from sharing import catalogue
from sharing.factories import PUBLISHED, default_policy, display_name
from sharing.factory_id import new_factory_id
from sharing.profile import Record, parse_profile
from sharing.projection import Projection, project
from sharing.publications import STANDING
from sharing.stated import stated_on, stated_text
from sharing.stored import policy_text, record_text
from sharing.synthetic import USUAL_RATE, synthetic_factories
from tests.benchmarks import owners
from tests.benchmarks.bulk import NO_FACTORY, TABLES, Desk, Job, Rows, Ruled, around, checked, desk_of, house_for, rule
from tests.world import NOW, SeededEntropy
from trust import base64url, jws, strict_json
from trust import view as signed_views
from trust.credential import JWT_TYP
from trust.keys import Kid
from trust.status_list import MIN_ENTRIES, Entry

NUMBER = 9_000_000
"""Models are numbered from here on, so that their numbers are found again in their names."""
LIST, INDEX = "f" * 31 + "e", 77_777
OWNER = "did:web:node.example:orgs:owner-of-models"


class Template:
    """A text, cut where it says one of `holes`."""

    def __init__(self, text: str, holes: Iterable[str]) -> None:
        self._pieces = re.split(f"({'|'.join(map(re.escape, sorted(holes, key=len, reverse=True)))})", text)
        self._at = range(1, len(self._pieces), 2)

    def filled(self, said: Mapping[str, str]) -> str:
        """The text with other words in the holes."""
        pieces = self._pieces.copy()
        for at in self._at:
            pieces[at] = said[pieces[at]]
        return "".join(pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """What stands before and behind the projection in the payload of an audience's view, for every factory alike."""

    before: Template
    behind: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """A factory to be published many times."""

    record: Record
    number: str
    ids: tuple[str, ...]
    document: Template
    name: Template
    seen: dict[int, Template | None] = field(default_factory=dict)

    def shown(self, decision: Decision) -> Template | None:
        """The projection of this decision; None for nothing."""
        if decision.capabilities:
            return _seen(self, decision)
        if decision.bits not in self.seen:
            self.seen[decision.bits] = _seen(self, decision)
        return self.seen[decision.bits]


class _Nobody:
    """A signer whose signature is thrown away: only the payload is wanted."""

    kid = Kid(f"{OWNER}#{'A' * 43}")

    def sign(self, data: bytes) -> bytes:
        return hashlib.sha512(data).digest()


def work(job: Job) -> Rows:
    """The rows of a job's factories, apart from the change numbers."""
    database = Database(job.url)
    try:
        desk = desk_of(database, job)
        rows: Rows = {table.name: [] for table in TABLES}
        for number in range(*job.plan.numbers):
            _publish(desk, number, rows)
        return rows
    finally:
        database.dispose()


@lru_cache(maxsize=8192)
def _model(seed: int, number: int, rate: float) -> _Model:
    number += NUMBER
    (document,) = synthetic_factories(1, seed, NOW.date(), first=number, rate=rate)
    chance = SeededEntropy(f"{seed}/model/{number}")
    record = parse_profile(document, existing_ids=frozenset(), new_id=lambda: chance(16).hex())
    ids = tuple(sorted(record.ids))
    holes = [*ids, str(number)]
    return _Model(
        record=record,
        number=str(number),
        ids=ids,
        document=Template(record_text(record), holes),
        name=Template(display_name(record), holes),
    )


def _projected(model: _Model, decision: Decision) -> Projection | None:
    stated = stated_on(NOW.date())
    return project(model.record, decision, stated=stated, factory_id=NO_FACTORY, organization_did=OWNER)


def _seen(model: _Model, decision: Decision) -> Template | None:
    projection = _projected(model, decision)
    if projection is None:
        return None
    return Template(projection.canonical.decode(), (*model.ids, model.number, NO_FACTORY, OWNER))


@lru_cache(maxsize=2)
def _envelope(audience: str) -> _Envelope:
    """Taken from a view that was issued: names stand in order in a payload, so what is said of the audience is always the
    same, and around the projection."""
    model = _model(0, 0, USUAL_RATE)
    vocabulary = catalogue.vocabulary()
    decision = decide(default_policy(NO_FACTORY), Viewer.anonymous(), NO_RELATION, NOW.date(), vocabulary)
    projection = _projected(model, decision)
    assert projection is not None
    entry = Entry(purpose="revocation", index=INDEX, url=f"https://list.example/{LIST}", key=_Nobody.kid)
    hour = NOW.replace(minute=0, second=0, microsecond=0)
    token = signed_views.issue(projection.content, audience=audience, valid_from=hour, status=(entry,), signer=_Nobody())
    before, behind = base64url.decode(token.split(".")[1]).decode().split(projection.canonical.decode())
    holes = (OWNER, _Nobody.kid, entry.url, f'"{INDEX}"')
    return _Envelope(before=Template(before, holes), behind=Template(behind, holes))


def _publish(desk: Desk, number: int, rows: Rows) -> None:
    shape, now, plan = desk.plan.shape, desk.house.now(), desk.plan
    house = house_for(desk.house, desk.seed, number)
    model = _model(desk.seed, number % shape.models, shape.rate)
    factory_id = new_factory_id(house.entropy)
    chance = house.entropy(16 * len(model.ids)).hex()
    fresh = sorted(chance[at : at + 32] for at in range(0, len(chance), 32))
    said = dict(zip(model.ids, fresh, strict=True))
    said |= {model.number: str(number), NO_FACTORY: factory_id, OWNER: desk.organization_did}
    start, known = default_policy(NO_FACTORY), tuple(model.record.capabilities)
    varied = owners.varied(start, known, number, desk.seed, around(house, plan), rules=shape.rules)
    ruled = _ruled(desk, json.dumps(varied), varied, known)
    texts = [_start(), *([] if varied is None else [ruled.text])]
    texts = [Template(text, (NO_FACTORY, *(each for each in model.ids if each in text))).filled(said) for text in texts]
    document, dated = model.document.filled(said), stated_text(stated_on(now.date()))
    organization = {"organization_id": plan.organization_id}
    rows["factories"].append(
        organization
        | {
            "id": factory_id,
            "state": PUBLISHED,
            "revision": 1,
            "policy_revision": len(texts),
            "legal_name": model.name.filled(said),
            "created_at": now,
            "first_published_at": now,
        }
    )
    of = {"factory_id": factory_id}
    rows["profile_revisions"].append(of | {"revision": 1, "document": document, "stated": dated, "created_at": now})
    rows["policy_revisions"] += [
        of | {"revision": revision, "document": text, "created_at": now} for revision, text in enumerate(texts, start=1)
    ]
    rows["publications"].append(
        of
        | organization
        | {
            "organization_did": desk.organization_did,
            "revision": 1,
            "document": document,
            "stated": dated,
            "policy": texts[-1],
            "restate_on": ruled.restate_on,
        }
    )
    for audience in STANDING:
        seen = model.shown(ruled.standing[audience])
        if seen is not None:
            content, envelope = seen.filled(said), _envelope(audience)
            list_id, index = house.new_id(), int.from_bytes(house.entropy(4)) % MIN_ENTRIES
            place = {"list_id": list_id, "entry": index, "revoked": False}
            said[f"https://list.example/{LIST}"] = f"{desk.origin}/v1/status/{list_id}"
            said[f'"{INDEX}"'] = f'"{index}"'
            said[_Nobody.kid] = desk.status_key
            rows["status_lists"].append(organization | {"id": list_id, "created_at": now})
            rows["status_entries"].append(place)
            rows["stored_views"].append(
                of
                | {
                    "audience": audience,
                    "jwt": _signed(desk, f"{envelope.before.filled(said)}{content}{envelope.behind.filled(said)}"),
                    "projection_digest": hashlib.sha256(content.encode()).hexdigest(),
                    "status_list_id": list_id,
                    "status_index": index,
                }
            )


def _ruled(desk: Desk, rules: str, varied: Mapping[str, object] | None, known: tuple[str, ...]) -> Ruled:
    ruled = desk.ruled.get(rules)
    if ruled is None:
        ruled = desk.ruled[rules] = rule(desk.house, default_policy(NO_FACTORY) if varied is None else checked(varied, known))
    return ruled


@lru_cache(maxsize=1)
def _start() -> str:
    return policy_text(default_policy(NO_FACTORY))


def _signed(desk: Desk, payload: str) -> str:
    header = strict_json.compact({"alg": jws.EMITTED_ALGORITHM, "kid": desk.signer.kid, "typ": JWT_TYP})
    text = f"{base64url.encode(header)}.{base64url.encode(payload.encode())}"
    return f"{text}.{base64url.encode(desk.signer.sign(text.encode('ascii')))}"
