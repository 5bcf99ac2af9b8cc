"""The replica: exactly the snapshot's state, and no half-changed index ever."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from policies import ANYONE, Effect, Level, Policy, Rule, RuleId, Viewer
from sharing.profile import parse_profile
from sharing.search import FactoryState, Replica, Window, parse_query
from tests.sharing.search.worlds import DAY, FACTORIES

A, B = FACTORIES[:2]
OPEN = Policy(
    factory="F",
    revision=1,
    rules=(Rule(id=RuleId("open"), to=ANYONE, effect=Effect.SHOW, targets=(("*", Level.EXACT),)),),
)


def state(factory_id, name):
    record = parse_profile({"legal_name": name, "country": "VN"}, existing_ids=(), new_id=lambda: "0" * 32)
    return FactoryState(factory_id=factory_id, record=record, policy=OPEN)


class Tables:
    """A change table and the published rows, as one committed state; a session is a copy of it."""

    def __init__(self):
        self.rows = {}
        self.changes = []
        self.newest = 0
        self.read_whole = 0
        self.broken = False

    def write(self, factory_id, name):
        self.newest += 1
        self.changes.append((self.newest, factory_id))
        self.rows.pop(factory_id, None)
        if name is not None:
            self.rows[factory_id] = name

    @contextmanager
    def snapshot(self):
        yield {"rows": dict(self.rows), "changes": list(self.changes), "newest": self.newest}

    def window(self, session):
        oldest = min((number for number, _ in session["changes"]), default=session["newest"] + 1)
        return Window(oldest=oldest, newest=session["newest"])

    def changed(self, session, after, until):
        for factory_id in sorted({name for number, name in session["changes"] if after < number <= until}):
            name = session["rows"].get(factory_id)
            yield factory_id, None if name is None else state(factory_id, name)
            if self.broken:
                raise RuntimeError("the connection went away")

    def everything(self, session):
        self.read_whole += 1
        return [state(factory_id, name) for factory_id, name in session["rows"].items()]


def ask(_, index):
    found = index.search(parse_query({"sort": ["plain"]}, DAY), viewer=Viewer.anonymous(), relations={}, day=DAY, limit=10)
    return sorted(hit.factory_id for hit in found.hits)


def answer(replica, tables):
    with replica.asking(tables.snapshot, ask) as (_, found):
        return found


def test_changes_reach_the_index_without_reading_everything_again():
    tables = Tables()
    replica = Replica(tables)
    assert answer(replica, tables) == []
    tables.write(A, "Alpha")
    tables.write(B, "Beta")
    assert answer(replica, tables) == [A, B]
    tables.write(A, None)
    assert answer(replica, tables) == [B]
    assert tables.read_whole == 1


def test_the_answer_is_of_the_snapshot_that_the_caller_goes_on_reading():
    tables = Tables()
    replica = Replica(tables)
    tables.write(A, "Alpha")
    with replica.asking(tables.snapshot, ask) as (session, found):
        tables.write(A, None)
        assert answer(replica, tables) == []
        assert found == [A] == list(session["rows"])


def test_an_index_that_fell_behind_the_change_table_is_built_anew():
    tables = Tables()
    replica = Replica(tables)
    tables.write(A, "Alpha")
    assert answer(replica, tables) == [A]
    tables.write(A, None)
    tables.write(B, "Beta")
    tables.changes = tables.changes[2:]
    assert answer(replica, tables) == [B]
    assert tables.read_whole == 2


def test_an_index_right_at_the_border_of_the_change_table_is_kept():
    tables = Tables()
    replica = Replica(tables)
    tables.write(A, "Alpha")
    assert answer(replica, tables) == [A]
    tables.write(B, "Beta")
    tables.changes = tables.changes[1:]
    assert answer(replica, tables) == [A, B]
    tables.changes = []
    assert answer(replica, tables) == [A, B]
    assert tables.read_whole == 1


def test_a_database_whose_numbers_went_back_is_read_anew():
    tables = Tables()
    replica = Replica(tables)
    tables.write(A, "Alpha")
    tables.write(B, "Beta")
    assert answer(replica, tables) == [A, B]
    tables.rows, tables.changes, tables.newest = {A: "Alpha"}, tables.changes[:1], 1
    assert answer(replica, tables) == [A]


def test_a_failure_half_way_reaches_the_caller_and_the_next_question_gets_a_whole_index():
    tables = Tables()
    replica = Replica(tables)
    tables.write(A, "Alpha")
    assert answer(replica, tables) == [A]
    tables.write(A, None)
    tables.write(B, "Beta")
    tables.broken = True
    with pytest.raises(RuntimeError):
        answer(replica, tables)
    tables.broken = False
    assert answer(replica, tables) == [B]
    assert tables.read_whole == 2


def test_a_failing_question_leaves_the_replica_usable():
    tables = Tables()
    replica = Replica(tables)

    def fail(session, index):
        raise LookupError

    with pytest.raises(LookupError), replica.asking(tables.snapshot, fail):
        pass
    assert answer(replica, tables) == []


def test_conditions_left_over_from_replaced_policies_are_dropped_in_the_end(monkeypatch):
    monkeypatch.setattr("sharing.search.index.FEWEST_CONDITIONS", 3)
    tables, day = Tables(), date(2026, 1, 1)
    replica, plain = Replica(tables), state

    def dated(factory_id, name):
        rule = replace(OPEN.rules[0], until=day + timedelta(days=int(name)))
        return replace(plain(factory_id, "Alpha"), policy=replace(OPEN, rules=(OPEN.rules[0], rule)))

    monkeypatch.setitem(globals(), "state", dated)
    for edit in range(20):
        tables.write(A, str(edit))
        assert answer(replica, tables) == [A]
    assert 1 < tables.read_whole < 10
