"""The index against a plain engine over projections made by the reference evaluator."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import NO_RELATION, decide
from sharing import catalogue
from sharing.backing import backing
from sharing.projection import project
from sharing.search import FactoryState, Index, parse_query, seal, unseal
from sharing.stated import hours_as_of
from tests.sharing.search.plain_engine import plain_search
from tests.sharing.search.worlds import (
    DAY,
    FACTORIES,
    PLATFORMS,
    RELATIONS,
    VIEWERS,
    facts,
    policies,
    records,
    searches,
    stated_days,
)

KEY = bytes(32)
OWNER = "did:web:node.example:orgs:owner"


def seen(world, stated, viewer, relations, platform):
    """What the viewer may be told, by factory id."""
    contents = {}
    for factory_id, state in world.items():
        relation = relations.get(factory_id, NO_RELATION)
        decision = decide(state.policy, viewer, relation, DAY, catalogue.vocabulary(), platform)
        projection = project(state.record, decision, stated=stated[factory_id], factory_id=factory_id, organization_did=OWNER)
        if projection is not None:
            contents[factory_id] = projection.content
    return contents


def check(index, world, stated, viewer, relations, platform, query, limit):
    backings = {factory_id: state.backing for factory_id, state in world.items()}
    expected, facets = plain_search(seen(world, stated, viewer, relations, platform), query, DAY, backings)
    found = []
    after = None
    while True:
        answer = index.search(query, viewer=viewer, relations=relations, day=DAY, limit=limit, after=after)
        assert answer.capabilities == sum(1 for hit in expected if hit[3] is not None)
        assert answer.factories == len({hit[2] for hit in expected})
        assert answer.facets == facets
        assert 0 < len(answer.hits) <= limit or not expected
        found += [(hit.factory_id, hit.capability_id, hit.wishes) for hit in answer.hits]
        assert len(found) <= len(expected), "a page began before the end of the one before"
        if answer.next is None:
            break
        cursor = seal(answer.next, viewer="v", query=query.digest(), key=KEY, entropy=bytes)
        after = unseal(cursor, viewer="v", query=query.digest(), key=KEY)
    assert found == [hit[2:] for hit in expected]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_viewer_finds_what_a_plain_engine_finds_in_their_world_through_all_edits(data):
    platform = data.draw(PLATFORMS)
    index = Index(platform)
    world, stated = {}, {}
    askers = data.draw(st.lists(st.tuples(VIEWERS, RELATIONS), min_size=1, max_size=3))
    for _ in range(data.draw(st.integers(1, 3))):
        for factory_id in data.draw(st.lists(st.sampled_from(FACTORIES), min_size=2, max_size=5, unique=True)):
            if factory_id in world and data.draw(st.integers(0, 3)) == 0:
                del world[factory_id]
            else:
                record = data.draw(records(f"{factory_id}/{data.draw(st.integers(0, 1))}"))
                policy = data.draw(policies(record))
                stated[factory_id] = days = data.draw(stated_days(record))
                world[factory_id] = FactoryState(
                    factory_id=factory_id,
                    record=record,
                    policy=policy,
                    hours_as_of=hours_as_of(record, days),
                    backing=backing(record, data.draw(st.lists(facts(record), max_size=2))),
                )
            index.put(factory_id, world.get(factory_id))
        for _ in range(3):
            viewer, relations = data.draw(st.sampled_from(askers))
            query = parse_query(data.draw(searches()), DAY)
            check(index, world, stated, viewer, relations, platform, query, data.draw(st.integers(1, 4)))
