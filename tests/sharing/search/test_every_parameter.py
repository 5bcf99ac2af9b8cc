"""Every search parameter of the catalogue, made from its table: it finds who shows the field and nobody who hides it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import ANYONE, LISTING, NO_RELATION, Effect, Level, Policy, Rule, RuleId, Viewer, decide
from sharing.catalogue import FIELDS, Match, field, search_parameters, vocabulary
from sharing.catalogue.document import COLLECTIONS
from sharing.profile.record import record_of
from sharing.projection import project
from sharing.search import FACETS, FactoryState, Index, matches, parse_query
from sharing.stated import stated_on
from tests.sharing.profile_documents import stored_values
from tests.sharing.search.worlds import DAY, FACTORIES, fresh_hours

READ = [(name, key) for name, parameter in search_parameters().items() for key, _ in parameter.reads]
NAMES = {scope: name for name, scope in COLLECTIONS.items()}
FULL = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))


def policy(*targets):
    """Shows the listing and the targets, and caps those that are named with a lower level."""
    shows = tuple(each for each in targets if each[1] is not Level.HIDDEN)
    show = Rule(id=RuleId("show"), to=ANYONE, effect=Effect.SHOW, targets=((LISTING, Level.EXACT), *shows))
    hidden = tuple(each for each in targets if each[1] is Level.HIDDEN)
    cap = (Rule(id=RuleId("cap"), to=ANYONE, effect=Effect.CAP, targets=hidden),) if hidden else ()
    return Policy(factory="F", revision=1, rules=(show, *cap))


def record_with(key, value):
    """A factory with one element of each kind that the field needs, and the value."""
    document = {"legal_name": {"und": "Works"}, "country": "VN"}
    capability = {"id": "a" * 32, "process": "1.1"}
    document["capabilities"] = [capability]
    scope, name = field(key).scope, field(key).name
    if scope == "factory":
        document[name] = value
    elif scope == "capability":
        capability[name] = value
    else:
        document[NAMES[scope]] = [{"id": "b" * 32, name: value}]
        if scope == "capacity":
            capability["capacity_group"] = "b" * 32
    return record_of(document)


def asked(name, key, value):
    """The parameters that this very value answers."""
    match = next(match for read, match in search_parameters()[name].reads if read == key)
    if match is Match.WORDS:
        return {name: sorted(field(key).words(value, Level.EXACT))[:1]}
    if match is Match.TERM:
        return {name: sorted(field(key).terms(value, Level.EXACT))[:1]}
    if match is Match.HOURS:
        weeks = sorted(value)
        return {name: ["0"], "weeks_from": [weeks[0]], "weeks_until": [weeks[-1]]}
    return {name: [str(value)]}


def worlds(name, key):
    """What each factory shows, and whether the parameter must find it (None: as the projection says)."""
    read = search_parameters()[name].fields
    return [
        (policy((key, Level.EXACT)), True),
        (policy(("*", Level.EXACT), *((each, Level.HIDDEN) for each in read)), False),
        (policy(("*", Level.EXACT)), True),
        (policy(*((each, Level.EXISTENCE) for each in read)), False),
        (policy((key, Level.BAND)), None),
        (policy(), False),
    ]


@pytest.mark.parametrize(("name", "key"), READ)
@FULL
@given(data=st.data())
def test_a_parameter_finds_who_shows_the_field_and_nobody_who_hides_it(name, key, data):
    value = data.draw(stored_values(field(key)))
    record, index, expected = record_with(key, value), Index(), set()
    query = parse_query(asked(name, key, value), DAY)
    for factory_id, (rules, found) in zip(FACTORIES, worlds(name, key), strict=False):
        state = FactoryState(factory_id=factory_id, record=record, policy=rules, hours_as_of=fresh_hours(record))
        index.put(factory_id, state)
        decision = decide(rules, Viewer.anonymous(), NO_RELATION, DAY, vocabulary(), ())
        projection = project(record, decision, stated=stated_on(DAY), factory_id=factory_id, organization_did="did:web:n")
        holds = matches(projection.content, next(iter(projection.content.get("capability", ())), None), query, DAY)
        assert found is None or holds is found, (factory_id, query)
        if holds:
            expected.add(factory_id)
    answer = index.search(query, viewer=Viewer.anonymous(), relations={}, day=DAY, limit=20)
    assert {hit.factory_id for hit in answer.hits} == expected


@pytest.mark.parametrize("name", FACETS)
@FULL
@given(data=st.data())
def test_a_facet_counts_what_is_shown_and_nothing_that_is_hidden(name, data):
    key = FACETS[name]
    value = data.draw(stored_values(field(key)))
    index = Index()
    for factory_id, (rules, _) in zip(FACTORIES, worlds(name, key), strict=False):
        index.put(factory_id, FactoryState(factory_id=factory_id, record=record_with(key, value), policy=rules))
    facets = index.search(parse_query({}, DAY), viewer=Viewer.anonymous(), relations={}, day=DAY, limit=20).facets
    exact = {value} if isinstance(value, str) else set(value)
    band = field(key).cell(value, Level.BAND)["value"]
    banded = {band} if isinstance(band, str) else set(band)
    assert facets[name] == {each: 2 * (each in exact) + (each in banded) for each in exact | banded}


def test_every_field_with_a_search_stands_in_the_table_of_parameters():
    assert {key for _, key in READ} == {each.key for each in FIELDS if each.search}
