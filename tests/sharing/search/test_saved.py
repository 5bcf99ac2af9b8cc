"""An index that was written down and read again is the same index, and goes on following edits."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from policies import Level
from sharing.backing import backing
from sharing.search import FactoryState, Index, parse_query
from sharing.search.packing import Unpackable, attributes, pack, registry, unpack
from sharing.search.saved import CLASSES, pack_index, unpack_index
from sharing.stated import hours_as_of
from tests.sharing.search.test_index import check
from tests.sharing.search.worlds import (
    DAY,
    FACTORIES,
    PLATFORMS,
    RELATIONS,
    VIEWERS,
    facts,
    fresh_hours,
    policies,
    records,
    searches,
    stated_days,
)


def again(index):
    return unpack_index(*pack_index(index))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_an_index_read_from_a_snapshot_answers_like_the_tables_and_follows_edits(data):
    """Written and read between edits, and asked by viewers that the original has views of, and by others."""
    platform = data.draw(PLATFORMS)
    index, world, stated = Index(platform), {}, {}
    askers = data.draw(st.lists(st.tuples(VIEWERS, RELATIONS), min_size=1, max_size=3))
    for _ in range(data.draw(st.integers(1, 3))):
        for factory_id in data.draw(st.lists(st.sampled_from(FACTORIES), min_size=2, max_size=5, unique=True)):
            if factory_id in world and data.draw(st.integers(0, 3)) == 0:
                del world[factory_id]
            else:
                record = data.draw(records(f"{factory_id}/{data.draw(st.integers(0, 1))}"))
                stated[factory_id] = days = data.draw(stated_days(record))
                world[factory_id] = FactoryState(
                    factory_id=factory_id,
                    record=record,
                    policy=data.draw(policies(record)),
                    hours_as_of=hours_as_of(record, days),
                    backing=backing(record, [data.draw(facts(record))]),
                )
            index.put(factory_id, world.get(factory_id))
        read = again(index)
        for _ in range(3):
            viewer, relations = data.draw(st.sampled_from(askers))
            query = parse_query(data.draw(searches()), DAY)
            for each in (index, read):
                check(each, world, stated, viewer, relations, platform, query, data.draw(st.integers(1, 4)))
        index = data.draw(st.sampled_from([index, read]))


def reachable(value, seen=None):
    """Every object of a saved class inside, each once, but what is made anew."""
    seen = {} if seen is None else seen
    if id(value) in seen:
        return seen
    if type(value) in {each.cls for each in CLASSES.values()}:
        seen[id(value)] = value
        made = CLASSES[type(value).__name__].made
        inside = [getattr(value, name) for name in attributes(value) if name not in made]
    elif isinstance(value, dict):
        inside = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        inside = list(value)
    else:
        return seen
    for each in inside:
        reachable(each, seen)
    return seen


def whole_index():
    """One factory with everything that the index has a place for."""
    index = Index()
    data = {"legal_name": "Works of steel", "country": "VN", "province": "VN-HN"}
    data["capabilities"] = [{"process": "1.1", "max_x_mm": "5", "tolerance_um": "9", "capacity_group": "Mill"}]
    data["capacity_groups"] = [{"name": "Mill", "unit": "HUR", "spare_hours": {"2026-W48": "40"}}]
    data["certificates"] = [{"scheme": "ISO9001:2015", "scope": "Machining", "valid_until": "2027-01-01"}]
    index.put(FACTORIES[0], state(data, [("*", Level.EXACT)]))
    index.put(FACTORIES[1], state(data, [("$listing", Level.EXACT)]))
    index.put(FACTORIES[1], None)
    return index


def state(document, targets):
    from policies import ANYONE, Effect, Policy, Rule, RuleId
    from sharing.profile import parse_profile

    rule = Rule(id=RuleId("open"), to=ANYONE, effect=Effect.SHOW, targets=tuple(targets), until=date(2027, 1, 1))
    ids = (f"{number:032x}" for number in range(100))
    record = parse_profile(document, existing_ids=(), new_id=lambda: next(ids))
    return FactoryState(
        factory_id=FACTORIES[0],
        record=record,
        hours_as_of=fresh_hours(record),
        policy=Policy(factory="F", revision=1, rules=(rule,)),
    )


def test_no_attribute_of_the_index_is_forgotten():
    """What has a new attribute, of whatever class, has it again after reading; and what was shared is shared again."""
    index = whole_index()
    read = again(index)
    before, after = reachable(index), reachable(read)
    kinds = sorted(type(each).__name__ for each in before.values())
    assert len(set(kinds)) >= 15
    assert kinds == sorted(type(each).__name__ for each in after.values())
    for each in after.values():
        assert attributes(each), type(each)
    assert sorted(map(shape, before.values())) == sorted(map(shape, after.values()))
    assert pack_index(again(read)) == pack_index(read)


def shape(value):
    """The class of an object and, of each attribute that is stored, how it looks."""
    made = CLASSES[type(value).__name__].made
    looks = [(name, look(getattr(value, name))) for name in sorted(attributes(value))]
    return repr((type(value).__name__, [(name, text) for name, text in looks if name not in made]))


def look(value):
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, dict):
        return sorted(repr((look(key), look(held))) for key, held in value.items())
    if isinstance(value, list | tuple):
        return [look(each) for each in value]
    if isinstance(value, frozenset | set):
        return sorted(repr(look(each)) for each in value)
    if isinstance(value, BitMap):
        return ("bitmap", *value)
    return value if isinstance(value, int | str | date | array | None) else type(value).__name__


@dataclass
class Thing:
    one: object
    two: object


THINGS = registry([Thing, Level])


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -1, 255, 256, 1 << 40, (1 << 63) - 1, -(1 << 63), 1 << 63, 1 << 700, "", "Đông Anh \ud800",
        date(1, 1, 1), date.max, Level.BAND, (), (1, "a", None), frozenset({"a", None}), [[], [1]], {1, 2},
        {}, {"b": 1, "a": (2,)}, {(1, 2): {"x": [True, 1]}}, array("I", [1, 2]), BitMap([1, 70000]),
        [True, 1, None, "1"], Thing(one=1, two=Thing(one=None, two="x")),
    ],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_each_kind_of_value_comes_out_as_it_went_in(value):
    found = unpack(*pack(value, THINGS), THINGS)
    assert found == value
    assert look(found) == look(value)
    assert type(found) is type(value)


@pytest.mark.parametrize("dtype", ["u1", "<i4", "<u8", "?", "<f8"])
def test_arrays_keep_type_and_shape_and_can_be_written_to(dtype):
    table = np.arange(6).astype(dtype).reshape(2, 3)
    found = unpack(*pack(table, THINGS), THINGS)
    assert found.dtype == table.dtype
    assert (found == table).all()
    found[0, 0] = 1


def test_what_stands_in_two_places_stands_in_both_again():
    members, inner = BitMap([1]), Thing(one=1, two=2)
    found = unpack(*pack(Thing(one=(members, inner), two={"x": members, "y": inner}), THINGS), THINGS)
    assert found.one[0] is found.two["x"]
    assert found.one[1] is found.two["y"]


@pytest.mark.parametrize(
    "value", [object(), 1.5, b"", OrderedDict(), array("d"), np.array([None])], ids=lambda each: type(each).__name__
)
def test_what_has_no_shape_is_refused_and_not_left_out(value):
    if isinstance(value, array):
        value = [array("I"), value]
    with pytest.raises(Unpackable):
        pack(Thing(one=value, two=None), THINGS)


@pytest.mark.parametrize("value", [[], {}, set(), array("I"), np.zeros(1)], ids=repr)
def test_one_changeable_thing_in_two_places_is_refused(value):
    with pytest.raises(Unpackable):
        pack((value, value), THINGS)
    with pytest.raises(Unpackable):
        pack(Thing(one=value, two=(value,)), THINGS)
