"""One viewer's world as SQL: which records exist for them, and which fields those show at which level.

Guarantees: every mask is a decision of the reference evaluator, made once for all factories with equal rules and equal ties;
the index's conditions, planes and bitmaps are not used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date

from policies import NO_RELATION, Decision, Policy, Relation, Viewer, decide
from sharing import catalogue
from sharing.catalogue import FIELDS
from sharing.search import FactoryState
from tests.crosscheck.tables import NUMBER, STEPS

TABLES = """
DROP TABLE IF EXISTS temp.placed;
DROP TABLE IF EXISTS temp.mask;
DROP TABLE IF EXISTS temp.seen;
DROP TABLE IF EXISTS temp.unlisted;
CREATE TEMP TABLE placed (fno INTEGER PRIMARY KEY, cls INTEGER);
CREATE TEMP TABLE mask (cls INTEGER, field INTEGER, step INTEGER, PRIMARY KEY (cls, field, step)) WITHOUT ROWID;
CREATE TEMP TABLE unlisted (capability_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE seen (rid INTEGER PRIMARY KEY, fno INTEGER, cls INTEGER);
"""
SEEN = """
INSERT INTO seen SELECT r.rid, r.fno, p.cls FROM records r JOIN placed p ON p.fno = r.fno
 WHERE r.capability_id IS NOT NULL AND r.capability_id NOT IN (SELECT capability_id FROM unlisted);
INSERT INTO seen SELECT r.rid, r.fno, p.cls FROM records r JOIN placed p ON p.fno = r.fno
 WHERE r.capability_id IS NULL AND r.fno NOT IN (SELECT fno FROM seen);
ANALYZE temp.seen;
"""


def mask(
    facts: sqlite3.Connection,
    states: Sequence[FactoryState],
    viewer: Viewer,
    relations: Mapping[str, Relation],
    day: date,
) -> None:
    """Fill the tables `seen` and `mask` for this viewer; `states` in the order of their numbers."""
    facts.executescript(TABLES)
    classes: dict[tuple[int, int], tuple[int, Decision]] = {}
    placed: list[tuple[int, int]] = []
    unlisted: list[tuple[str]] = []
    for fno, state in enumerate(states):
        relation = relations.get(state.factory_id, NO_RELATION)
        key = (id(state.policy.rules), id(relation))
        if key not in classes:
            classes[key] = (len(classes), _decided(state.policy, viewer, relation, day))
        cls, decision = classes[key]
        if decision.listed:
            placed.append((fno, cls))
            names = [each for each in state.record.capabilities if not decision.capability_listed(each)]
            unlisted += [(each,) for each in names]
    facts.execute("BEGIN")
    facts.executemany("INSERT INTO placed VALUES (?, ?)", placed)
    facts.executemany("INSERT INTO unlisted VALUES (?)", unlisted)
    for cls, decision in classes.values():
        facts.executemany("INSERT INTO mask VALUES (?, ?, ?)", [(cls, *each) for each in _shown(decision)])
    facts.execute("COMMIT")
    facts.executescript(SEEN)


def _decided(policy: Policy, viewer: Viewer, relation: Relation, day: date) -> Decision:
    return decide(policy, viewer, relation, day, catalogue.vocabulary())


def _shown(decision: Decision) -> list[tuple[int, int]]:
    if not decision.listed:
        return []
    levels = ((NUMBER[each.key], each.shown(decision.level(each.key))) for each in FIELDS)
    return [(number, int(level)) for number, level in levels if level in STEPS]
