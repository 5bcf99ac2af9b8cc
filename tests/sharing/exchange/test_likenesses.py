"""Factories that may be one are noted, a person decides, and every decision can be taken back; both databases."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from network.database import Database
from sharing import factories, publish, views
from sharing.errors import ConfirmationNeeded, NotFound, StateConflict
from sharing.exchange import ImportResult, apply_import, likenesses, plan_import
from sharing.exchange.alike import Register
from sharing.exchange.likenesses import Likeness
from sharing.exchange.policies_apart import OTHER_POLICY
from tests.world import World, save_policy

TAX, OTHER_TAX = "0300588569", "0100109106"


@pytest.fixture
def world(database: Database) -> World:
    made = World.on(database)
    made.organization("one")
    made.organization("two")
    return made


def imported(world: World, *rows: str, slug: str = "one") -> ImportResult:
    plan = plan_import(io.BytesIO("\n".join(("name,country,address,mst,phone", *rows)).encode()))
    assert plan.errors == ()
    with world.house.database.write() as session:
        return apply_import(world.house, session, world.caller(slug), plan)


def pairs(world: World, slug: str = "one", state: str | None = likenesses.OPEN) -> list[Likeness]:
    with world.house.database.read() as session:
        return likenesses.likenesses(world.house, session, world.caller(slug), state=state)


def decide(world: World, what: Any, pair: Likeness, slug: str = "one", **options: Any) -> Likeness:
    with world.house.database.write() as session:
        decided: Likeness = what(world.house, session, world.caller(slug), pair.id, **options)
    return decided


def profile(world: World, factory_id: str) -> dict[str, Any]:
    with world.house.database.read() as session:
        return dict(factories.get_profile(world.house, session, world.caller("one"), factory_id).document)


def state_of(world: World, factory_id: str) -> str:
    with world.house.database.read() as session:
        found = factories.list_factories(world.house, session, world.caller("one"))
    return next(each.state for each in found if each.id == factory_id)


def test_a_corrected_address_makes_a_pair_and_no_silent_second_draft(world: World) -> None:
    (first,) = imported(world, "An Phát,VN,1 Le Loi,,").applied
    (second,) = imported(world, "AN PHAT,Vietnam,12 Le Loi,,").applied
    assert second.alike == (first.factory_id,)
    (pair,) = pairs(world)
    assert (pair.reason, pair.state) == ("name", "open")
    assert {pair.first.factory_id, pair.second.factory_id} == {first.factory_id, second.factory_id}
    imported(world, "AN PHAT,Vietnam,12 Le Loi,,")
    assert pairs(world) == [pair]


def test_identifiers_come_before_names_and_different_tax_codes_never_pair(world: World) -> None:
    imported(world, f"An Phát,VN,1 Le Loi,{TAX},")
    (by_tax,) = imported(world, f"AP Precision,VN,9 Hai Ba Trung,{TAX},").applied
    assert [each.reason for each in pairs(world)] == ["identifier"]
    assert by_tax.alike
    (apart,) = imported(world, f"An Phát,VN,2 Le Loi,{OTHER_TAX},").applied
    assert apart.alike == ()


def test_factories_of_two_organizations_are_never_compared(world: World) -> None:
    imported(world, f"An Phát,VN,1 Le Loi,{TAX},")
    (other,) = imported(world, f"An Phát,VN,2 Le Loi,{TAX},", slug="two").applied
    assert other.alike == ()
    assert pairs(world) == pairs(world, "two") == []
    with world.house.database.write() as session:
        assert likenesses.find(world.house, session, world.caller("two")) == 0


def test_merging_fills_what_is_missing_withdraws_the_other_and_undo_restores_both(world: World) -> None:
    (first,) = imported(world, "An Phát,VN,1 Le Loi,,").applied
    (second,) = imported(world, f"An Phát,VN,12 Le Loi,{TAX},028 1").applied
    with world.house.database.write() as session:
        for factory, number in ((first.factory_id, 1), (second.factory_id, 2)):
            known = profile(world, factory)
            known["capacity_groups"] = [{"name": f"CNC {number}"}, {"name": "Shared"}]
            known["capabilities"] = [{"process": f"3.2.{number}", "capacity_group": "Shared"}]
            factories.put_profile(world.house, session, world.caller("one"), factory, known)
    world.publish("one", second.factory_id)
    before = profile(world, first.factory_id), profile(world, second.factory_id)
    (pair,) = pairs(world)
    merged = decide(world, likenesses.merge, pair, keep=first.factory_id)
    assert (merged.state, merged.kept) == ("merged", first.factory_id)
    joined = profile(world, first.factory_id)
    assert joined["address"] == "1 Le Loi"
    assert joined["identifiers"] == [{"scheme": "vn_tax", "value": TAX}]
    assert [each["name"] for each in joined["capacity_groups"]] == ["CNC 1", "Shared", "CNC 2"]
    shared = next(each["id"] for each in joined["capacity_groups"] if each["name"] == "Shared")
    assert [(each["process"], each["capacity_group"]) for each in joined["capabilities"]] == [
        ("3.2.1", shared),
        ("3.2.2", shared),
    ]
    assert state_of(world, second.factory_id) == "withdrawn"
    again = imported(world, f"An Phát,VN,12 Le Loi,{TAX},028 1")
    assert [each.factory_id for each in again.applied] == [first.factory_id]
    undone = decide(world, likenesses.undo, pair)
    assert (undone.state, undone.kept) == ("open", None)
    assert (profile(world, first.factory_id), profile(world, second.factory_id)) == before
    assert (state_of(world, first.factory_id), state_of(world, second.factory_id)) == ("draft", "published")


ALL = {"id": "all", "to": "anyone", "show": [["*", "exact"]]}
BANDS = {"id": "all", "to": "anyone", "show": [["*", "band"]]}
NO_NOTE = {"id": "no", "to": "anyone", "cap": [["note", "hidden"]]}


def alike(world: World, *, kept: list[Any], other: list[Any], lent: dict[str, Any] | None = None) -> tuple[str, str, Likeness]:
    """A published factory and a draft under its name, `lent` beside what both say, each with its rules; and their pair.

    In the rules of the other `capability/#n` is its capability in the place n.
    """
    known = {"legal_name": "An Phát", "country": "VN", "capabilities": [{"process": "3.2.1"}]}
    more = {**known, "capabilities": [{"process": "3.2.1"}, {"process": "1.1.1"}]} if lent is None else {**known, **lent}
    first, second = world.factory("one", known), world.factory("one", more, live=False)
    ids = [each["id"] for each in profile(world, second)["capabilities"]]
    for place, id_ in enumerate(ids):
        other = json.loads(json.dumps(other).replace(f"#{place}", id_))
    for factory, rules in ((first, kept), (second, other)):
        with world.house.database.write() as session:
            save_policy(world.house, session, world.caller("one"), factory, {"v": 1, "rules": rules})
    with world.house.database.write() as session:
        assert likenesses.find(world.house, session, world.caller("one")) == 1
    return first, second, pairs(world)[0]


def capped(place: int) -> dict[str, Any]:
    return {"id": "secret", "to": "anyone", "cap": [[f"capability/#{place}", "hidden"]]}


def test_a_capability_that_the_other_policy_hides_is_not_merged_into_an_open_one_unasked(world: World) -> None:
    first, second, pair = alike(world, kept=[ALL], other=[ALL, capped(1)])
    with pytest.raises(ConfirmationNeeded) as asked:
        decide(world, likenesses.merge, pair, keep=first)
    assert [(each.code, each.path) for each in asked.value.problems] == [(OTHER_POLICY, "rules/1/cap")]
    assert second in asked.value.problems[0].message
    assert [each.state for each in pairs(world)] == ["open"]
    assert len(profile(world, first)["capabilities"]) == 1
    decide(world, likenesses.merge, pair, keep=first, confirmed=frozenset({OTHER_POLICY}))
    with world.house.database.write() as session:
        publish.publish(world.house, session, world.caller("one"), first, confirm=None)
    with world.house.database.read() as session:
        assert len(views.view(world.house, session, world.caller(None), first).projection.capabilities) == 2


@pytest.mark.parametrize(
    ("kept", "other", "path"),
    [
        ([ALL], [BANDS], "rules/0/show"),
        ([ALL], [ALL, NO_NOTE], "rules/1/cap"),
        ([BANDS, {**ALL, "id": "members", "to": {"tier": "member"}}], [BANDS], "rules/1/show"),
        ([BANDS], [{**BANDS, "until": "2026-12-01"}], "rules/0/show"),
    ],
)
@pytest.mark.parametrize("lent", [None, {"note": "Not for everybody"}])
def test_values_come_under_another_policy_that_may_show_more_only_when_asked(
    world: World, kept: list[Any], other: list[Any], path: str, lent: dict[str, Any] | None
) -> None:
    first, _, pair = alike(world, kept=kept, other=other, lent=lent)
    with pytest.raises(ConfirmationNeeded) as asked:
        decide(world, likenesses.merge, pair, keep=first)
    assert [each.path for each in asked.value.problems] == [path]
    assert decide(world, likenesses.merge, pair, keep=first, confirmed=frozenset({OTHER_POLICY})).state == "merged"


@pytest.mark.parametrize(
    ("kept", "other", "lent"),
    [
        ([{**ALL, "id": "else"}], [ALL], None),
        ([ALL, NO_NOTE], [ALL], None),
        ([BANDS], [{**ALL, "id": "members", "to": {"tier": "member"}}, BANDS], None),
        ([ALL], [ALL, capped(0)], None),  # it has its like, which stands under its own policy already
        ([ALL], [BANDS, NO_NOTE], {}),  # nothing is taken
    ],
)
def test_where_the_kept_policy_shows_no_more_nothing_is_asked(world: World, kept: Any, other: Any, lent: Any) -> None:
    first, _, pair = alike(world, kept=kept, other=other, lent=lent)
    assert decide(world, likenesses.merge, pair, keep=first).state == "merged"


def test_a_merge_is_not_undone_over_later_edits(world: World) -> None:
    (first,) = imported(world, "An Phát,VN,1 Le Loi,,").applied
    imported(world, "An Phát,VN,12 Le Loi,,")
    (pair,) = pairs(world)
    decide(world, likenesses.merge, pair, keep=first.factory_id)
    with world.house.database.write() as session:
        known = {**profile(world, first.factory_id), "note": "edited"}
        factories.put_profile(world.house, session, world.caller("one"), first.factory_id, known)
    with pytest.raises(StateConflict):
        decide(world, likenesses.undo, pair)


def test_told_apart_they_are_not_asked_about_again_until_that_is_undone(world: World) -> None:
    imported(world, "An Phát,VN,1 Le Loi,,")
    imported(world, "An Phát,VN,12 Le Loi,,")
    (pair,) = pairs(world)
    decide(world, likenesses.apart, pair)
    with world.house.database.write() as session:
        assert likenesses.find(world.house, session, world.caller("one")) == 0
    with pytest.raises(StateConflict):
        decide(world, likenesses.merge, pair)
    assert decide(world, likenesses.undo, pair).state == "open"


def test_different_tax_codes_are_not_merged_even_when_they_were_noted(world: World) -> None:
    imported(world, f"An Phát,VN,1 Le Loi,{TAX},")
    (second,) = imported(world, "An Phát,VN,12 Le Loi,,").applied
    (pair,) = pairs(world)
    with world.house.database.write() as session:
        known = {**profile(world, second.factory_id), "identifiers": [{"scheme": "vn_tax", "value": OTHER_TAX}]}
        factories.put_profile(world.house, session, world.caller("one"), second.factory_id, known)
    with pytest.raises(StateConflict, match="tax codes"):
        decide(world, likenesses.merge, pair)


def test_another_organization_sees_and_decides_nothing(world: World) -> None:
    imported(world, "An Phát,VN,1 Le Loi,,")
    imported(world, "An Phát,VN,12 Le Loi,,")
    (pair,) = pairs(world)
    for what in (likenesses.merge, likenesses.apart, likenesses.undo):
        with pytest.raises(NotFound):
            decide(world, what, pair, slug="two")
    with pytest.raises(NotFound):
        decide(world, likenesses.merge, pair, keep="0" * 21)


def test_a_chain_of_sites_of_one_name_asks_a_bounded_number_of_questions() -> None:
    register, asked = Register(), 0
    for at in range(500):
        document = {"legal_name": {"und": "Chain"}, "country": "VN", "address": f"{at} Le Loi"}
        asked += len(register.alike(document))
        register.add(f"F{at}", document)
    assert asked <= 1500
