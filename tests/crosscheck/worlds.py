"""Made-up factories, viewers and questions for the cross-check: chance decides all of it, a seed all of chance."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from policies import ActiveGrant, Policy, Relation, Tier, Viewer, parse_policy
from policies.model import PURPOSES
from sharing import catalogue
from sharing.catalogue import Match, field
from sharing.catalogue.weeks import week_of
from sharing.factories import default_policy
from sharing.factory_id import new_factory_id
from sharing.profile import parse_profile
from sharing.search import PARAMETERS, FactoryState, InvalidQuery, Order, Query, parse_query
from sharing.synthetic import synthetic_factories
from tests.benchmarks import owners
from tests.crosscheck.tables import NUMBER
from tests.world import SeededEntropy

DAY = date(2026, 11, 22)
OF_ONE_OWNER = 40
COUNTRIES = ("VN", "JP", "KR", "DE", "FR", "US")
SECTORS = ("C25", "C28", "C29", "C30")
GRANTED = (None, None, frozenset({"capacity.spare_hours"}), frozenset({"capability.tolerance_um", "legal_name"}))


def states(records: int, seed: int) -> list[FactoryState]:
    """Factories with at least so many records, heads of those that show capabilities not counted."""
    found: list[FactoryState] = []
    policies: dict[str, Policy] = {}
    start, count = default_policy("0"), 0
    for number, document in enumerate(synthetic_factories(records, seed, DAY)):
        chance = SeededEntropy(f"{seed}/factory/{number}")
        record = parse_profile(document, existing_ids=frozenset(), new_id=lambda chance=chance: chance(16).hex())
        varied = owners.varied(start, tuple(record.capabilities), number, seed, _around(seed, number), rules=number % 2 * 10)
        text = json.dumps(varied)
        if text not in policies:
            policies[text] = start if varied is None else _policy(varied)
        factory_id = new_factory_id(chance)
        random = Random(f"{seed}/stated/{number}")
        days = {
            id_: (
                DAY - timedelta(days=random.choice((0, 13, 14, 41, 42))),
                DAY - timedelta(days=random.choice((0, 14, 41, 42))),
            )
            for id_, group in record.capacity_groups.items()
            if "capacity.spare_hours" in group.values
        }
        policy = replace(policies[text], factory=factory_id)
        found.append(FactoryState(factory_id=factory_id, record=record, policy=policy, hours_as_of=days))
        count += max(1, len(record.capabilities))
        if count >= records:
            break
    return found


def _policy(document: Mapping[str, object]) -> Policy:
    stated: dict[str, Any] = {**document, "factory": "0", "revision": 1}
    return parse_policy(stated, catalogue.vocabulary(), known_capabilities=None)


def _around(seed: int, number: int) -> owners.Around:
    owner = number // OF_ONE_OWNER
    random = Random(f"{seed}/rivals/{owner}")
    return owners.Around(
        owner=str(owner),
        rivals=tuple(sorted({_did(random.randint(1, 20)) for _ in range(3)})),
        template="nda",
        own_list="friends",
        day=DAY,
    )


def _did(number: int) -> str:
    return f"did:web:node.example:orgs:rival-{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A viewer and what ties them to single factories."""

    viewer: Viewer
    relations: Mapping[str, Relation]


def asker(number: int, seed: int, factories: Sequence[FactoryState]) -> Asker:
    """The first is nobody, the second anybody of the network, all others are somebody in particular."""
    random = Random(f"{seed}/viewer/{number}")
    if number < 2:
        return Asker(viewer=(Viewer.anonymous(), Viewer.any_member())[number], relations={})
    purpose = random.choice(PURPOSES)
    viewer = Viewer(
        org=_did(random.randint(1, 30)),
        country=random.choice(COUNTRIES),
        verified=random.randint(1, 3),
        purpose=purpose,
        member=True,
        sectors=frozenset(random.sample(SECTORS, random.randint(0, 2))),
        roles=frozenset(random.sample(("buyer", "auditor"), random.randint(0, 2))),
        holds={"IATF16949": "peer"} if random.random() < 0.3 else {},
    )
    relations: dict[str, Relation] = {}
    for _ in range(random.choice((0, 0, 2, 5))):
        owner = random.randrange(max(1, len(factories) // OF_ONE_OWNER))
        tie = Relation(ndas=frozenset({"nda"})) if random.random() < 0.5 else Relation(groups=frozenset({"friends"}))
        relations |= {each.factory_id: tie for each in factories[owner * OF_ONE_OWNER : (owner + 1) * OF_ONE_OWNER]}
    for state in random.sample(factories, min(len(factories) // 4, random.choice((0, 3, 300)))):
        relations[state.factory_id] = Relation(grants=(_grant(random, purpose),))
    return Asker(viewer=viewer, relations=relations)


def _grant(random: Random, purpose: str) -> ActiveGrant:
    start, until = DAY - timedelta(days=10), DAY + timedelta(days=random.choice((-1, 0, 90)))
    if random.random() < 0.2:
        return ActiveGrant(tier=None, purpose=purpose, start=start, until=until, fields=GRANTED[-1], direct=True)
    tier = random.choice((Tier.PARTNER, Tier.CONFIDENTIAL))
    return ActiveGrant(
        tier=tier, purpose=random.choice((purpose, "audit")), start=start, until=until, fields=random.choice(GRANTED)
    )


class Questions:
    """Questions of which each names what some record has."""

    def __init__(self, facts: sqlite3.Connection, seed: str) -> None:
        self._facts = facts
        self._random = Random(seed)
        self._records = int(facts.execute("SELECT max(rid) FROM records").fetchone()[0])

    def queries(self) -> Iterator[tuple[Mapping[str, Sequence[str]], Query]]:
        """Without end; each as its parameters, too."""
        while True:
            given = self._given()
            try:
                yield given, parse_query(given, DAY)
            except InvalidQuery:
                continue

    def start(self) -> str:
        """The first letters of a word that some record has."""
        found = self._one("SELECT word FROM words WHERE rid >= ? AND word GLOB '[a-z][a-z][a-z][a-z]*' LIMIT 1")
        return str(found or "bin")[: self._random.choice((2, 3, 4))]

    def _given(self) -> dict[str, list[str]]:
        names = self._random.sample(sorted(PARAMETERS), self._random.choice((0, 1, 1, 2)))
        given = {name: values for name in names if (values := self._values(name))}
        if self._random.random() < 0.3:
            words = [str(self._one("SELECT word FROM words WHERE rid >= ? LIMIT 1") or "co") for _ in range(2)]
            given[self._random.choice(("q", "text"))] = [" ".join(words)]
        if self._random.random() < 0.15:
            given["freshness_max"] = [str(self._random.choice((0, 13, 14, 41)))]
        if self._random.random() < 0.4:
            given["sort"] = [self._random.choice([each.value for each in Order if each is not Order.WISHES])]
        weekly = "spare_hours" in given or given.get("sort") == [Order.SPARE_HOURS]
        if weekly and self._random.random() < 0.6:
            first = self._random.randint(-3, 20)
            last = first + self._random.choice((0, 3, 12, 60))
            given["weeks_from"], given["weeks_until"] = ([week_of(DAY + timedelta(weeks=each))] for each in (first, last))
        if "spare_hours" in given and self._random.random() < 0.4:
            given["hours_mode"] = ["each"]
        if "certificate" in given and self._random.random() < 0.5:
            given["certificate_day"] = [(DAY + timedelta(days=self._random.randint(-900, 900))).isoformat()]
        return given

    def _values(self, name: str) -> list[str]:
        key, match = self._random.choice(PARAMETERS[name].reads)
        if match is Match.HOURS:
            return [str(self._random.choice((0, 10, 500, 2000, 8000)))]
        if match is Match.WORDS:
            word = self._one(f"SELECT word FROM words WHERE rid >= ? AND field = {NUMBER[key]} LIMIT 1")
            return [str(word)] if word else []
        if match is Match.TERM:
            if name == "certificate":
                return [str(self._one("SELECT term FROM certificates WHERE fno >= ? / 5 LIMIT 1") or "ISO9001")]
            terms = {self._one(f"SELECT term FROM terms WHERE rid >= ? AND field = {NUMBER[key]} LIMIT 1") for _ in range(2)}
            return sorted(str(each) for each in terms if each)
        scaled = self._one(f"SELECT exact FROM numbers WHERE field = {NUMBER[key]} AND rid >= ? LIMIT 1")
        if scaled is None:
            return []
        value, decimals = int(scaled) + self._random.choice((-1, 0, 1)), field(key).decimals
        return [f"{max(0, value) / 10**decimals:.{decimals}f}"]

    def _one(self, sql: str) -> str | int | None:
        found = self._facts.execute(sql, (self._random.randint(1, self._records),)).fetchone()
        return None if found is None else found[0]
