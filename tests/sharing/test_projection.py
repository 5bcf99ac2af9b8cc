"""Projections: exactly what the decision shows, in the same bytes whatever lies behind it."""

import copy
import json
import pickle
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decision import Decision, decision_of_levels
from policies.levels import Level
from policies.model import LISTING, Vocabulary
from sharing.catalogue import FIELDS, field, vocabulary
from sharing.errors import ProjectionForged
from sharing.profile import Element, Record
from sharing.projection import Projection, project
from sharing.stated import stated_on
from tests.sharing.profile_documents import record, records
from trust import strict_json

TODAY = "2026-11-22"
STATED = stated_on(date.fromisoformat(TODAY))
FID, DID = "0123456789ABCDEFGHJKM", "did:web:node.example:orgs:shop"
levels = st.fixed_dictionaries({each.key: st.sampled_from(Level) for each in FIELDS})
SHOP = {
    "legal_name": {"vi": "Cơ khí"},
    "country": "VN",
    "province": "VN-56",
    "note": "bí mật",
    "capacity_groups": [{"name": "Tiện", "spare_hours": {"2026-W48": "20"}}],
    "capabilities": [{"process": "3.2.1", "tolerance_um": "8", "capacity_group": "Tiện"}, {"process": "3.2.3"}],
    "certificates": [{"scheme": "ISO9001:2015", "scope": "Tiện", "valid_until": "2026-11-30"}],
}


def decided(shown: dict[str, Level], hidden_capabilities: frozenset[str] = frozenset()) -> Decision:
    everything = {LISTING: Level.EXACT} | {each.key: shown.get(each.key, Level.HIDDEN) for each in FIELDS}
    return decision_of_levels(everything, dict.fromkeys(hidden_capabilities, False), vocabulary())


def everything_at(level: Level) -> dict[str, Level]:
    return {each.key: level for each in FIELDS}


def projected(one: Record, decision: Decision) -> Projection:
    found = project(one, decision, stated=STATED, factory_id=FID, organization_did=DID)
    assert found is not None
    return found


def expected(one: Record, shown: dict[str, Level], hidden: frozenset[str] = frozenset()) -> dict[str, object]:
    """The projection, worked out the slow and plain way from the list of values."""
    content: dict[str, object] = {"id": f"urn:guildnet:factory:{FID}", "organization": DID}
    for id_ in one.capabilities:
        if id_ not in hidden:
            content.setdefault("capability", {})[id_] = {}  # type: ignore[index]
    for path, key, value in one.values():
        cell = field(key).cell(value, shown[key])
        scope, _, rest = path.partition("/")
        id_, _, name = rest.partition("/")
        if cell is None or id_ in hidden:
            continue
        cell["as_of"] = "2026-11-22"
        if rest:
            content.setdefault(scope, {}).setdefault(id_, {})[name] = cell  # type: ignore[attr-defined]
        else:
            content[path] = cell
    for id_, capability in content.get("capability", {}).items():  # type: ignore[attr-defined]
        group = one.capabilities[id_].runs_on
        if group is not None and group in content.get("capacity", {}):  # type: ignore[operator]
            capability["runs_on"] = group
    return content


def without_hidden(one: Record, shown: dict[str, Level], hidden: frozenset[str]) -> Record:
    """The record of an owner who never gave what is hidden."""

    def part(elements: dict[str, Element], keep_bare: bool) -> dict[str, Element]:
        kept = {}
        for id_, each in elements.items():
            values = {key: value for key, value in each.values.items() if shown[key] is not Level.HIDDEN}
            if id_ not in hidden and (values or keep_bare):
                kept[id_] = Element(id=id_, values=values, runs_on=each.runs_on)
        return kept

    return Record(
        factory={key: value for key, value in one.factory.items() if shown[key] is not Level.HIDDEN},
        capabilities=part(dict(one.capabilities), keep_bare=True),
        capacity_groups=part(dict(one.capacity_groups), keep_bare=False),
        certificates=part(dict(one.certificates), keep_bare=False),
        equipment=part(dict(one.equipment), keep_bare=False),
        documents=part(dict(one.documents), keep_bare=False),
    )


@settings(max_examples=80)
@given(records, levels, st.data())
def test_hidden_and_never_given_are_the_same_bytes(one: Record, shown: dict[str, Level], data: st.DataObject) -> None:
    hidden = frozenset(data.draw(st.sets(st.sampled_from(sorted(one.capabilities))))) if one.capabilities else frozenset()
    full = projected(one, decided(shown, hidden))
    bare = projected(without_hidden(one, shown, hidden), decided(shown))
    assert full.canonical == bare.canonical
    assert full.digest == bare.digest
    assert full == bare


@settings(max_examples=80)
@given(records, levels, st.data())
def test_a_projection_is_what_plain_reading_of_the_levels_gives(
    one: Record, shown: dict[str, Level], data: st.DataObject
) -> None:
    hidden = frozenset(data.draw(st.sets(st.sampled_from(sorted(one.capabilities))))) if one.capabilities else frozenset()
    found = projected(one, decided(shown, hidden))
    assert found.content == expected(one, shown, hidden)
    assert found.canonical == strict_json.canonical(found.content)
    assert set(found.capabilities) == set(one.capabilities) - hidden
    for path, cell in found.cells():
        assert found.cell(path) == cell


@settings(max_examples=60)
@given(records, levels)
def test_levels_that_a_chain_shows_alike_are_the_same_bytes(one: Record, shown: dict[str, Level]) -> None:
    normal = {key: field(key).shown(level) for key, level in shown.items()}
    assert projected(one, decided(shown)).canonical == projected(one, decided(normal)).canonical


def test_a_change_inside_a_band_changes_no_byte_of_a_band_view() -> None:
    first = record(SHOP)
    moved = record(
        json.loads(
            json.dumps(SHOP)
            .replace('"20"', '"39.9"')
            .replace('"tolerance_um": "8"', '"tolerance_um": "9.99"')
            .replace("2026-11-30", "2026-10-01")
            .replace("3.2.1", "3.2.9")
            .replace("VN-56", "VN-HN")
        )
    )
    at_band = decided(everything_at(Level.BAND))
    assert projected(first, at_band).canonical == projected(moved, at_band).canonical
    at_exact = decided(everything_at(Level.EXACT))
    assert projected(first, at_exact).canonical != projected(moved, at_exact).canonical


def test_a_factory_that_is_not_listed_has_no_projection() -> None:
    nothing = Decision(vocabulary=vocabulary(), capabilities=(), bits=0)
    assert project(record(SHOP), nothing, stated=STATED, factory_id=FID, organization_did=DID) is None


def test_a_listed_factory_with_everything_hidden_shows_bare_capabilities_and_nothing_else() -> None:
    one = record(SHOP)
    found = projected(one, decided({}))
    assert found.content == {
        "id": f"urn:guildnet:factory:{FID}",
        "organization": DID,
        "capability": {id_: {} for id_ in one.capabilities},
    }
    assert list(found.cells()) == []


def test_a_capability_says_what_it_runs_on_only_while_something_of_that_group_shows() -> None:
    one = record(SHOP)
    first, second = one.capabilities
    (group,) = one.capacity_groups
    seen = projected(one, decided({"capacity.name": Level.EXISTENCE}))
    assert seen.runs_on(first) == group
    assert seen.runs_on(second) is None
    assert seen.content["capacity"] == {group: {"name": {"level": "existence", "as_of": TODAY}}}
    unseen = projected(one, decided({"capability.process": Level.EXACT}))
    assert unseen.runs_on(first) is None
    assert "capacity" not in unseen.content


def test_a_hidden_capability_does_not_hide_its_capacity_group_but_is_itself_gone() -> None:
    one = record(SHOP)
    first, second = one.capabilities
    found = projected(one, decided(everything_at(Level.EXACT), frozenset({first})))
    assert found.capabilities == (second,)
    assert found.elements("capacity") == tuple(one.capacity_groups)
    assert first.encode() not in found.canonical


def test_cells_carry_level_value_unit_and_day() -> None:
    found = projected(record(SHOP), decided(everything_at(Level.BAND)))
    (certificate,) = found.elements("certificate")
    assert found.cell(f"certificate/{certificate}/scheme") == {"level": "exact", "value": "ISO9001:2015", "as_of": TODAY}
    assert found.cell("note") == {"level": "existence", "as_of": TODAY}
    assert found.cell("province") == {"level": "band", "value": "VN", "as_of": TODAY}
    (group,) = found.elements("capacity")
    assert found.cell(f"capacity/{group}/spare_hours") == {
        "level": "band",
        "unit": "HUR",
        "value": {"2026-W48": {"at_least": "0", "below": "40"}},
        "as_of": TODAY,
    }
    assert found.cell("capability/nothing/process") is None
    assert found.cell("id") is None


def test_nobody_but_project_makes_a_projection() -> None:
    with pytest.raises(ProjectionForged):
        Projection({"id": "x"}, making=object())
    with pytest.raises(TypeError):
        Projection({"id": "x"})  # type: ignore[call-arg]
    with pytest.raises(ProjectionForged):
        type("Mine", (Projection,), {})


def test_a_projection_is_neither_changed_nor_copied_nor_serialised_by_accident() -> None:
    found = projected(record(SHOP), decided(everything_at(Level.EXACT)))
    before = found.canonical
    with pytest.raises(ProjectionForged):
        found._content = {}
    with pytest.raises(ProjectionForged):
        del found._content
    with pytest.raises(TypeError):
        json.dumps(found)
    for copying in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(ProjectionForged):
            copying(found)
    assert not hasattr(found, "__dict__")
    content = found.content
    content["legal_name"]["value"]["vi"] = "other"  # type: ignore[index,call-overload]
    for _, cell in found.cells():
        cell.clear()
    assert strict_json.canonical(found.content) == before


def test_the_record_behind_a_projection_is_not_reachable_through_its_content() -> None:
    one = record(SHOP)
    content = projected(one, decided(everything_at(Level.EXACT))).content
    content["legal_name"]["value"]["vi"] = "other"  # type: ignore[index,call-overload]
    assert one.factory["legal_name"] == {"vi": "Cơ khí"}


def test_a_decision_in_other_words_is_refused() -> None:
    foreign = Vocabulary(fields=("colour",), groups={"paint": ("colour",)})
    decision = Decision(vocabulary=foreign, capabilities=(), bits=1)
    with pytest.raises(ProjectionForged):
        project(record(SHOP), decision, stated=STATED, factory_id=FID, organization_did=DID)
