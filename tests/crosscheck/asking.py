"""A query over one viewer's masks, in SQL.

Guarantees: counts, facets, the whole order and suggested words of what the viewer sees, each from rows joined with masks. The
meaning of an atom is that of `sharing.search.query`, written down once more.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from policies import Level
from sharing.freshness import STALE_DAYS
from sharing.search import FACETS, Order, Query
from sharing.search.query import AnyWords, Atom, Certificates, Comparison, Fresh, Numbers, SpareHours, Terms, Words
from sharing.search.reading import HOURS, LEAD_TIME, SCHEME, STATUS, VALID_FROM, VALID_UNTIL
from tests.crosscheck.tables import NUMBER

LAST = 2**63 - 1
EXACT, BAND = int(Level.EXACT), int(Level.BAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`hits` are (factory id, capability id) in order, all of them."""

    capabilities: int
    factories: int
    facets: dict[str, dict[str, int]]
    hits: list[tuple[str, str | None]]


def answer(facts: sqlite3.Connection, query: Query, day: date) -> Answer:
    """Everything about the hits of the viewer whose masks are in place."""
    facts.create_function(
        "weight", 2, lambda records, having: ((records + 1) ** 256 // having**256).bit_length(), deterministic=True
    )
    facts.execute("DROP TABLE IF EXISTS temp.hits")
    conditions = [_condition(atom, day) for atom in query.filters]
    where = " AND ".join(f"({each})" for each in conditions) or "1"
    facts.execute(f"CREATE TEMP TABLE hits AS SELECT s.rid, s.fno, s.cls FROM seen s WHERE {where}")
    facts.execute("CREATE INDEX temp.hits_rid ON hits (rid)")
    capabilities, factories = facts.execute(
        "SELECT count(r.capability_id), count(DISTINCT h.fno) FROM hits h JOIN records r ON r.rid = h.rid"
    ).fetchone()
    facets: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    counted = facts.execute(
        "SELECT f.facet, f.value, count(DISTINCT h.rid) FROM hits h CROSS JOIN facets f ON f.rid = h.rid "
        f"WHERE {_masked('f', 'h')} GROUP BY 1, 2"
    )
    for name, value, count in counted:
        facets[name][value] = count
    rows = facts.execute(
        f"SELECT c.factory_id, r.capability_id FROM hits h CROSS JOIN records r ON r.rid = h.rid "
        f"JOIN factories c ON c.fno = h.fno ORDER BY {_key(query, day)}, r.tie"
    )
    return Answer(capabilities=capabilities, factories=factories, facets=facets, hits=[tuple(row) for row in rows])


def begun(facts: sqlite3.Connection, start: str, limit: int) -> list[tuple[str, int]]:
    """The words that begin so, with how many of the viewer's records show them: the most frequent first."""
    after = start[:-1] + chr(ord(start[-1]) + 1)
    return facts.execute(
        f"SELECT w.word, count(DISTINCT s.rid) AS records FROM words w JOIN seen s ON s.rid = w.rid "
        f"WHERE w.word >= ? AND w.word < ? AND {_masked('w', 's')} GROUP BY w.word ORDER BY records DESC, w.word LIMIT ?",
        (start, after, limit),
    ).fetchall()


def _masked(row: str, record: str) -> str:
    return f"EXISTS (SELECT 1 FROM mask m WHERE m.cls = {record}.cls AND m.field = {row}.field AND m.step = {row}.step)"


def _shows(key: str, step: int, record: str = "s") -> str:
    return f"EXISTS (SELECT 1 FROM mask m WHERE m.cls = {record}.cls AND m.field = {NUMBER[key]} AND m.step = {step})"


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join("'" + each.replace("'", "''") + "'" for each in values)


def _condition(atom: Atom, day: date) -> str:
    match atom:
        case Words():
            found = " AND ".join(f"s.rid IN ({_having((word,))})" for word in atom.words)
        case AnyWords():
            found = f"s.rid IN ({_having(atom.words)})"
        case Terms():
            fields = ", ".join(str(NUMBER[key]) for key in atom.fields)
            found = (
                "s.rid IN (SELECT t.rid FROM terms t JOIN seen v ON v.rid = t.rid "
                f"WHERE t.term IN ({_quoted(atom.terms)}) AND t.field IN ({fields}) AND {_masked('t', 'v')})"
            )
        case Numbers():
            known = [_compared(each, bound=False) for each in atom.comparisons]
            held = [_compared(each, bound=True) for each in atom.comparisons]
            each_holds = " AND ".join(f"(NOT {one} OR {other})" for one, other in zip(known, held, strict=True))
            found = f"({' OR '.join(known)}) AND {each_holds}"
        case Certificates():
            found = _certificates(atom, day)
        case SpareHours():
            found = " OR ".join(_hours(atom, day, step) for step in (EXACT, BAND))
        case Fresh():
            stated = {EXACT: "exact_on", BAND: "band_on"}
            found = " OR ".join(
                f"({_shows(HOURS, step)} AND EXISTS (SELECT 1 FROM records r JOIN groups g ON g.grp = r.grp "
                f"WHERE r.rid = s.rid AND {day.toordinal()} - g.{column} <= {atom.days}))"
                for step, column in stated.items()
            )
        case _:
            raise NotImplementedError(type(atom).__name__)
    return found


def _having(words: tuple[str, ...]) -> str:
    return f"SELECT w.rid FROM words w JOIN seen v ON v.rid = w.rid WHERE w.word IN ({_quoted(words)}) AND {_masked('w', 'v')}"


def _compared(comparison: Comparison, *, bound: bool) -> str:
    """Whether the record shows a value of the field; with `bound`, one that satisfies the comparison."""
    least, most = comparison.at_least, comparison.at_most
    exact = "1" if not bound else f"n.exact >= {least}" if least is not None else f"n.exact <= {most}"
    band = "1" if not bound else f"n.low >= {least}" if least is not None else f"(n.last IS NOT NULL AND n.last <= {most})"
    rows = f"SELECT 1 FROM numbers n WHERE n.field = {NUMBER[comparison.field]} AND n.rid = s.rid"
    return (
        f"(({_shows(comparison.field, EXACT)} AND EXISTS ({rows} AND {exact})) "
        f"OR ({_shows(comparison.field, BAND)} AND EXISTS ({rows} AND {band})))"
    )


def _certificates(atom: Certificates, day: date) -> str:
    on = (atom.day or day).toordinal()
    return (
        f"{_shows(SCHEME, EXACT)} AND EXISTS (SELECT 1 FROM certificates c WHERE c.fno = s.fno "
        f"AND c.term IN ({_quoted(atom.terms)}) "
        f"AND (NOT {_shows(STATUS, EXACT)} OR NOT c.barred) "
        f"AND (NOT {_shows(VALID_FROM, EXACT)} OR c.begun IS NULL OR c.begun <= {on}) "
        f"AND (NOT {_shows(VALID_FROM, BAND)} OR c.begun IS NULL OR c.begun_last <= {on}) "
        f"AND (NOT {_shows(VALID_UNTIL, EXACT)} OR c.ended IS NULL OR c.ended >= {on}) "
        f"AND (NOT {_shows(VALID_UNTIL, BAND)} OR c.ended IS NULL OR c.ended_first >= {on}))"
    )


def _summed(step: int, first: int, last: int, day: date, what: str, record: str) -> str:
    """`what` over the given hours of the record's group in some weeks, while they can be relied on."""
    column, stated = ("tenths", "exact_on") if step == EXACT else ("floor", "band_on")
    return (
        f"(SELECT {what.format(column)} FROM records r JOIN groups g ON g.grp = r.grp JOIN hours w ON w.grp = r.grp "
        f"WHERE r.rid = {record}.rid AND w.week BETWEEN {first} AND {last} AND {day.toordinal()} - g.{stated} < {STALE_DAYS})"
    )


def _hours(atom: SpareHours, day: date, step: int) -> str:
    if atom.each:
        weeks = atom.last - atom.first + 1
        given = _summed(step, atom.first, atom.last, day, "count(*)", "s")
        enough = f"{given} = {weeks} AND {_summed(step, atom.first, atom.last, day, 'min(w.{})', 's')} >= {atom.tenths}"
    else:
        enough = f"{_summed(step, atom.first, atom.last, day, 'sum(w.{})', 's')} >= {atom.tenths}"
    return f"({_shows(HOURS, step)} AND {enough})"


def _key(query: Query, day: date) -> str:
    if query.order is Order.SPARE_HOURS:
        steps = [
            f"WHEN {_shows(HOURS, step, 'h')} THEN {_summed(step, *query.weeks, day, 'sum(w.{})', 'h')}"
            for step in (EXACT, BAND)
        ]
        return f"coalesce(-(CASE {' '.join(steps)} END), {LAST})"
    if query.order is Order.LEAD_TIME:
        rows = f"SELECT {{}} FROM numbers n WHERE n.field = {NUMBER[LEAD_TIME]} AND n.rid = h.rid"
        exact, band = rows.format("n.exact"), rows.format("n.low")
        cases = f"WHEN {_shows(LEAD_TIME, EXACT, 'h')} THEN ({exact}) WHEN {_shows(LEAD_TIME, BAND, 'h')} THEN ({band})"
        return f"coalesce(CASE {cases} END, {LAST})"
    if query.order is Order.RELEVANCE:
        records = "(SELECT count(*) FROM seen)"
        weighed = []
        for word in query.ranked:
            having = _having((word,))
            count = f"(SELECT count(DISTINCT rid) FROM ({having}))"
            weighed.append(f"(CASE WHEN h.rid IN ({having}) THEN weight({records}, {count}) ELSE 0 END)")
        return f"-({' + '.join(weighed)})"
    return "NULL"
