"""What words weigh, and in whose world."""

from math import log2

from policies import ANYONE, LISTING, Effect, Level, Policy, Rule, RuleId, Viewer
from sharing.profile import parse_profile
from sharing.search import FactoryState, Index, parse_query
from sharing.search.relevance import weight
from tests.sharing.search.worlds import DAY, FACTORIES


def test_a_word_weighs_more_the_rarer_it_is_and_never_nothing():
    assert weight(7, 1) == 1 + 3 * 256
    assert weight(10**6, 10**6) == 1
    weights = [weight(1000, having) for having in range(1, 1001)]
    assert weights == sorted(weights, reverse=True)
    assert all(value == 1 + int(256 * log2(1001 / having)) for having, value in enumerate(weights, start=1))


def put(index, place, name, *, shown):
    target = ("legal_name", Level.EXACT if shown else Level.HIDDEN)
    rule = Rule(id=RuleId("r"), to=ANYONE, effect=Effect.SHOW, targets=((LISTING, Level.EXACT), target))
    record = parse_profile({"legal_name": name, "country": "VN"}, existing_ids=(), new_id=lambda: "0" * 32)
    policy = Policy(factory="F", revision=1, rules=(rule,))
    index.put(FACTORIES[place], FactoryState(factory_id=FACTORIES[place], record=record, policy=policy))


def order(index):
    query = parse_query({"text": ["steel gears"]}, DAY)
    found = index.search(query, viewer=Viewer.anonymous(), relations={}, day=DAY, limit=9)
    return [FACTORIES.index(hit.factory_id) for hit in found.hits]


def test_the_rarer_word_ranks_first_and_both_before_one():
    index = Index()
    for place, name in enumerate(("Steel works", "Steel house", "Gears", "Gears of steel")):
        put(index, place, name, shown=True)
    assert order(index)[:2] == [3, 2]


def test_names_that_a_viewer_does_not_see_change_no_weight_and_no_order():
    index = Index()
    for place, name in enumerate(("Steel works", "Steel house", "Gears")):
        put(index, place, name, shown=True)
    before = order(index)
    assert before[0] == 2
    for place in (3, 4, 5):
        put(index, place, "Gears", shown=False)
    assert order(index) == before
