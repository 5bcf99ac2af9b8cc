"""A viewer's world as factories change, days pass and viewers come and go."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import (
    ANYONE,
    LISTING,
    NO_RELATION,
    ActiveGrant,
    Audience,
    Effect,
    Level,
    Policy,
    Relation,
    Rule,
    RuleId,
    Tier,
    Viewer,
    decide,
)
from sharing.catalogue import FIELDS, vocabulary
from sharing.profile import parse_profile
from sharing.search import FactoryState, Index, parse_query
from sharing.search.index import VIEWS
from tests.sharing.search.worlds import (
    DAY,
    FACTORIES,
    ORGANIZATIONS,
    PLATFORMS,
    RELATIONS,
    VIEWERS,
    fresh_hours,
    policies,
    records,
)

A = FACTORIES[0]
BUYER = Viewer(org=ORGANIZATIONS[0], country="JP", verified=2, purpose="sourcing", member=True, sectors=frozenset(), holds={})


def rule(*targets, to=ANYONE, effect=Effect.SHOW, **when):
    return Rule(id=RuleId("r"), to=to, effect=effect, targets=targets, **when)


def state(*rules, lead_time="10", processes=("1.1",)):
    document = {
        "legal_name": "Alpha",
        "country": "VN",
        "capabilities": [{"process": each, "lead_time_p50_days": lead_time} for each in processes],
    }
    fresh = iter(f"{number:032x}" for number in range(1, 10))
    record = parse_profile(document, existing_ids=(), new_id=lambda: next(fresh))
    return FactoryState(
        factory_id=A,
        record=record,
        hours_as_of=fresh_hours(record),
        policy=Policy(factory=A, revision=1, rules=rules),
    )


def find(index, parameters, viewer=BUYER, relations=None, day=DAY):
    query = parse_query({"sort": ["plain"], **parameters}, DAY)
    return index.search(query, viewer=viewer, relations=relations or {}, day=day, limit=10)


LISTED = rule((LISTING, Level.EXACT))
PARTNERS = rule(("lead_time", Level.EXACT), to=Audience(tier=Tier.PARTNER))


def test_a_field_first_asked_for_after_an_edit_is_still_shown_to_a_partner():
    grant = ActiveGrant(tier=Tier.PARTNER, purpose="sourcing", start=DAY, until=DAY)
    relations = {A: Relation(grants=(grant,))}
    index = Index()
    index.put(A, state(LISTED, PARTNERS, lead_time="30"))
    assert find(index, {}, relations=relations).capabilities == 1
    index.put(A, state(LISTED, PARTNERS))
    assert find(index, {"lead_time_p50_max": ["10"]}, relations=relations).capabilities == 1
    assert find(index, {"lead_time_p50_max": ["10"]}).capabilities == 0
    index.put(A, state(LISTED, PARTNERS, lead_time="11"))
    assert find(index, {"lead_time_p50_max": ["10"]}, relations=relations).capabilities == 0


def test_a_factory_whose_capabilities_are_all_unlisted_is_found_as_itself_and_tells_nothing_of_them():
    hidden = rule((f"capability/{1:032x}", Level.HIDDEN), (f"capability/{2:032x}", Level.HIDDEN), effect=Effect.CAP)
    index = Index()
    index.put(A, state(LISTED, rule(("*", Level.EXACT)), hidden, processes=("1.1", "1.2")))
    found = find(index, {})
    assert (found.capabilities, found.factories, [hit.capability_id for hit in found.hits]) == (0, 1, [None])
    assert find(index, {"process": ["1.1"]}).factories == 0
    assert find(index, {"country": ["VN"]}).factories == 1
    assert found.facets["process"] == {}


def test_one_unlisted_capability_leaves_the_others_and_no_head():
    hidden = rule((f"capability/{1:032x}", Level.HIDDEN), effect=Effect.CAP)
    index = Index()
    index.put(A, state(rule(("*", Level.EXACT)), hidden, processes=("1.1", "1.2")))
    assert [hit.capability_id for hit in find(index, {}).hits] == [f"{2:032x}"]


def test_a_capability_that_policies_name_no_longer_or_hide_no_longer_is_found_again():
    everything = rule(("*", Level.EXACT))
    first = f"capability/{1:032x}"
    hidden = rule((first, Level.HIDDEN), effect=Effect.CAP)
    hidden_from_others = rule((first, Level.HIDDEN), to=Audience(country=frozenset({"DE"})), effect=Effect.CAP)
    for later in ((), (hidden_from_others,), (rule((first, Level.EXACT)),)):
        index = Index()
        index.put(A, state(everything, hidden))
        assert find(index, {}).capabilities == 0
        index.put(A, state(everything, *later))
        assert find(index, {}).capabilities == 1
        assert find(index, {}, viewer=replace(BUYER, verified=3)).capabilities == 1


def test_a_capability_that_left_its_group_has_none_of_the_hours_of_whoever_came_after():
    def shop(factory_id, hours, group):
        document = {
            "legal_name": "Alpha",
            "country": "VN",
            "capacity_groups": [{"name": "m", "unit": "HUR", "spare_hours": {"2026-W48": hours}}],
            "capabilities": [{"process": "1.1", **group}],
        }
        fresh = iter(f"{number:032x}" for number in range(1, 10))
        record = parse_profile(document, existing_ids=(), new_id=lambda: next(fresh))
        policy = Policy(factory=factory_id, revision=1, rules=(rule(("*", Level.EXACT)),))
        return FactoryState(factory_id=factory_id, record=record, hours_as_of=fresh_hours(record), policy=policy)

    index = Index()
    index.put(A, shop(A, "50", {"capacity_group": "m"}))
    index.put(A, shop(A, "50", {}))
    index.put(FACTORIES[1], shop(FACTORIES[1], "90", {"capacity_group": "m"}))
    assert [hit.factory_id for hit in find(index, {"spare_hours": ["40"]}).hits] == [FACTORIES[1]]


def test_a_dated_rule_ends_with_its_day():
    index = Index()
    index.put(A, state(rule(("*", Level.EXACT), until=DAY)))
    assert find(index, {}).factories == 1
    assert find(index, {}, day=DAY + timedelta(days=1)).factories == 0
    assert find(index, {}).factories == 1


def test_a_factory_taken_away_leaves_no_trace_in_a_cached_view():
    index = Index()
    index.put(A, state(rule(("*", Level.EXACT))))
    assert find(index, {"q": ["alpha"]}).factories == 1
    index.put(A, None)
    index.put(A, None)
    found = find(index, {"q": ["alpha"]})
    assert (found.factories, found.hits, found.facets["country"]) == (0, (), {})
    assert len(index) == 0


def test_more_viewers_than_are_cached_all_get_their_own_world():
    index = Index()
    countries = [f"{letter}{other}" for letter in "ABCDE" for other in "VWXYZ"]
    for turn in range(2):
        for country in countries:
            shown = rule(("*", Level.EXACT), to=Audience(country=frozenset({country})))
            index.put(A, state(shown))
            assert find(index, {}, viewer=replace(BUYER, country=country)).factories == 1, turn
            assert find(index, {}).factories == 0
    assert len(countries) > VIEWS


def test_a_condition_that_comes_after_the_view_was_made_is_judged_too():
    index = Index()
    assert find(index, {}).factories == 0
    index.put(A, state(LISTED))
    index.put(A, state(LISTED, rule(("process", Level.EXACT), to=Audience(verified=2))))
    assert find(index, {"process": ["1.1"]}).factories == 1
    assert find(index, {"process": ["1.1"]}, viewer=replace(BUYER, verified=1)).factories == 0


def test_the_order_by_hours_adds_up_only_the_weeks_asked_for():
    document = {
        "legal_name": "Alpha",
        "country": "VN",
        "capacity_groups": [
            {"name": "m", "unit": "HUR", "spare_hours": {"2026-W48": "10", "2027-W40": "900"}},
            {"name": "n", "unit": "HUR", "spare_hours": {"2026-W48": "20"}},
        ],
        "capabilities": [
            {"process": "1.1", "capacity_group": "m"},
            {"process": "1.2", "capacity_group": "n"},
            {"process": "1.2"},
        ],
    }
    fresh = iter(f"{number:032x}" for number in range(1, 10))
    record = parse_profile(document, existing_ids=(), new_id=lambda: next(fresh))
    policy = Policy(factory=A, revision=1, rules=(rule(("*", Level.EXACT)),))
    index = Index()
    index.put(A, FactoryState(factory_id=A, record=record, hours_as_of=fresh_hours(record), policy=policy))
    process = {each.id: each.values["capability.process"] for each in record.capabilities.values()}

    def order(**asked):
        query = parse_query({"sort": ["spare_hours"], **asked}, DAY)
        found = index.search(query, viewer=BUYER, relations={}, day=date(2026, 11, 25), limit=9)
        return [process[hit.capability_id] for hit in found.hits]

    assert order() == ["1.2", "1.1", "1.2"]
    assert order(weeks_until=["2027-W40"]) == ["1.1", "1.2", "1.2"]


def test_order_within_a_band_tells_nothing_of_the_exact_values():
    banded = (rule((LISTING, Level.EXACT)), rule(("lead_time", Level.BAND), ("capacity", Level.BAND)))
    orders = []
    for days, hours in ((("8", "13"), ("50", "70")), (("13", "8"), ("70", "50"))):
        document = {
            "legal_name": "Alpha",
            "country": "VN",
            "capacity_groups": [
                {"name": str(at), "unit": "HUR", "spare_hours": {"2026-W48": each}} for at, each in enumerate(hours)
            ],
            "capabilities": [
                {"process": "1.1", "lead_time_p50_days": each, "capacity_group": str(at)} for at, each in enumerate(days)
            ],
        }
        fresh = iter(f"{number:032x}"[::-1] for number in range(1, 10))
        record = parse_profile(document, existing_ids=(), new_id=lambda fresh=fresh: next(fresh))
        index = Index()
        index.put(
            A,
            FactoryState(
                factory_id=A,
                record=record,
                hours_as_of=fresh_hours(record),
                policy=Policy(factory=A, revision=1, rules=banded),
            ),
        )
        orders.append([find(index, {"sort": [sort]}).hits for sort in ("lead_time", "spare_hours")])
    assert orders[0] == orders[1]
    assert orders[0][0] == orders[0][1]


def test_utilisation_and_the_hours_beside_it_are_shown_no_finer_than_spare_hours():
    index = Index()
    shows = rule((LISTING, Level.EXACT), ("capacity", Level.EXACT))
    cap = rule(("capacity.spare_hours", Level.BAND), effect=Effect.CAP)
    index.put(A, state(shows, cap))
    view = index.view(BUYER, {}, DAY)
    for name in ("installed_hours", "held_hours", "surge_hours"):
        assert [bool(view.shown(f"capacity.{name}", step)) for step in Level] == [False, False, True, False]
    assert [bool(view.shown("capacity.utilisation", step)) for step in Level] == [False, True, False, False]
    assert view.shown("capacity.shifts", Level.EXACT)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_field_is_shown_in_the_index_at_the_level_that_was_decided(data):
    record = data.draw(records(1))
    policy, viewer, relations = data.draw(policies(record)), data.draw(VIEWERS), data.draw(RELATIONS)
    platform = data.draw(PLATFORMS)
    index = Index(platform)
    index.put(A, FactoryState(factory_id=A, record=record, hours_as_of=fresh_hours(record), policy=policy))
    view = index.view(viewer, relations, DAY)
    decision = decide(policy, viewer, relations.get(A, NO_RELATION), DAY, vocabulary(), platform)
    for each in FIELDS:
        step = each.shown(decision.level(each.key))
        for other in (Level.EXISTENCE, Level.BAND, Level.EXACT):
            assert bool(view.shown(each.key, other)) == (bool(view.records) and other is step), (each.key, other)
