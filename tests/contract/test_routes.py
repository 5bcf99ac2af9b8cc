"""Every route declares its kind, carries only what the kind allows, and is described."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask

from api.resources import DOORS
from api.routing import Kind, declared_routes
from api.schemas.fields import Document, Offered, Shown
from tests.api.world import World, rules_for_programs

PARTY_WITHOUT_FACTORY = {
    "owners.list_ndas": "an agreement is between two organizations and names no factory",
    "owners.propose_nda": "likewise",
    "owners.accept_nda": "likewise",
    "audits.make_worksheet": "the auditor's values come from the projection that the audit opened, at its levels",
}


def rules(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, rule), without the methods that Flask adds."""
    for rule in rules_for_programs(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, rule.rule


def answers(endpoint: str) -> list[Any]:
    """The documented answers below 300 of a route: schemas, or None for one without."""
    door = next(door for door in DOORS if door.name == endpoint.split(".", maxsplit=1)[0])
    documented = door._docs[endpoint.split(".")[1]]
    method = next(key for key in documented if key != "parameters")
    responses = documented[method].get("response", {}).get("responses", {})
    return [one.get("schema") for status, many in responses.items() if int(status) < 300 for one in many]


def leaves(schema: ma.Schema) -> Iterator[ma.fields.Field[Any]]:
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, ma.fields.List) else field
        if isinstance(inner, ma.fields.Nested) and not isinstance(inner, Offered):
            yield from leaves(inner.schema)
        else:
            yield inner


def test_every_route_declares_its_kind(world: World) -> None:
    declared = declared_routes(world.app)
    assert {endpoint for endpoint, _, _ in rules(world.app)} == set(declared)
    assert all(isinstance(route.kind, Kind) for route in declared.values())


def test_no_address_ends_in_a_slash_so_none_redirects(world: World) -> None:
    assert [rule for _, _, rule in rules(world.app) if rule.endswith("/")] == []
    # As it would come over the wire: a test client takes what follows two slashes for a host.
    assert world.get(None, "/", environ_overrides={"PATH_INFO": "//v1//search"}).status_code == 404
    assert world.get(None, "/v1/search/").status_code == 404


def test_anonymous_routes_are_exactly_these(world: World) -> None:
    public = {endpoint for endpoint, route in declared_routes(world.app).items() if route.public}
    expected = {
        "token.token",
        "search.search",
        "search.suggest",
        "views.view_factory",
        "views.bundle_factory",
        "files.shown_file",
    }
    expected |= {"attestations.get_attestation", "attestations.status_list"}
    expected |= {"sign-ups.sign_up", "sign-ups.confirm_sign_up", "sign-ups.request_reset", "sign-ups.finish_reset"}
    expected |= {"ledger.disclosure_notice"}
    expected |= {"sign-ups.terms", "sessions.log_in", "people.accept_invitation"}
    assert {endpoint for endpoint in public if not endpoint.startswith("node.")} == expected


def test_answers_of_kind_projection_hold_factories_only_as_projections(world: World) -> None:
    for endpoint, route in declared_routes(world.app).items():
        if route.kind is not Kind.PROJECTION:
            continue
        for answer in answers(endpoint):
            if isinstance(answer, ma.Schema):
                assert any(isinstance(leaf, Shown | Offered) for leaf in leaves(answer)), endpoint
            else:
                assert answer in ({"type": "string"}, {"type": "object"}), endpoint


def test_a_factory_between_parties_is_a_projection_for_the_reader(world: World) -> None:
    for endpoint, route in declared_routes(world.app).items():
        if route.kind is not Kind.PARTY or endpoint in PARTY_WITHOUT_FACTORY:
            continue
        schemas = [answer for answer in answers(endpoint) if isinstance(answer, ma.Schema)]
        assert all(any(isinstance(leaf, Shown) for leaf in leaves(schema)) for schema in schemas), endpoint


def test_documents_passed_on_as_they_are_stand_only_in_these_answers(world: World) -> None:
    found = set()
    for endpoint in declared_routes(world.app):
        for answer in answers(endpoint):
            if isinstance(answer, ma.Schema) and any(isinstance(leaf, Document) for leaf in leaves(answer)):
                found.add(endpoint)
    assert found == {
        "answers.policy_templates",  # rules of templates, the same for everybody
        "answers.preview",  # whom it is about: what the owner said, or what every member may know of an organization
        "answers.preview_draft",
        "answers.explain",
        "answers.explain_draft",
        "answers.policy_impact",  # a witness: a viewer that the rules themselves make up
        "factories.get_profile",
        "factories.put_profile",
        "factories.get_policy",
        "factories.put_policy",
        "views.view_factory",  # verdicts: the verifier's words about this view
        "search.search",  # facets: counted over the view
        "alerts.run_saved_search",  # likewise
        "alerts.list_alerts",  # changes: cells of the caller's own earlier view, cut to their present one
        "alerts.save_search",  # the caller's own parameters
        "alerts.list_saved_searches",
        "alerts.get_saved_search",
        "alerts.change_saved_search",
        "audits.make_worksheet",
        "imports.import_file",  # result: what the caller's own file said and became
        "imports.get_import",
    }


@pytest.mark.parametrize("forged", [{"id": "urn:guildnet:factory:X"}, object(), None, "text"])
def test_only_a_projection_leaves_as_a_factory(forged: object) -> None:
    schema = ma.Schema.from_dict({"factory": Shown(required=True)})()
    with pytest.raises(TypeError, match="only a Projection"):
        schema.dump({"factory": forged})


@pytest.mark.parametrize("forged", [{"value": "3.2.1", "hits": 1}, object(), "text"])
def test_only_a_suggestion_of_the_index_leaves_as_one(forged: object) -> None:
    schema = ma.Schema.from_dict({"suggestion": Offered(ma.Schema.from_dict({}))})()
    with pytest.raises(TypeError, match="only a Suggestion"):
        schema.dump({"suggestion": forged})


def test_every_route_is_described_with_its_errors(world: World) -> None:
    document = world.get(None, "/openapi.json").json
    for endpoint, method, _ in rules(world.app):
        operations = [
            (path, operation)
            for path, methods in document["paths"].items()
            for name, operation in methods.items()
            if name == method.lower() and path == openapi_path(world.app, endpoint)
        ]
        assert len(operations) == 1, endpoint
        operation = operations[0][1]
        assert operation["summary"].endswith("."), endpoint
        assert {"401", "404", "422", "429", "500", "default"} <= set(operation["responses"]), endpoint
        route = declared_routes(world.app)[endpoint]
        credential = "session" if route.person else "token"
        assert operation["security"] == ([{}] if route.public else []) + [{credential: []}]


def openapi_path(app: Flask, endpoint: str) -> str:
    rule = next(rule for rule in rules_for_programs(app) if rule.endpoint == endpoint)
    parts = rule.rule.split("/")
    return "/".join("{" + part[1:-1].split(":")[-1] + "}" if part.startswith("<") else part for part in parts)


def test_a_route_is_described_with_idempotency_keys_if_and_only_if_it_honours_them(world: World) -> None:
    said, done = set(), set()
    for door in DOORS:
        for endpoint, documented in door._docs.items():
            said |= {endpoint for doc in documented.values() if isinstance(doc, dict) and doc.get("guildnet_once")}
            view = world.app.view_functions[f"{door.name}.{endpoint}"]
            done |= {endpoint} if "repeats" in names_of(inspect.unwrap(view).__code__) else set()
    assert said == done
    assert "save_search" in done


def names_of(code: CodeType) -> set[str]:
    """Every global name of a function, inner functions included."""
    inner = (names_of(each) for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*inner)


def test_nothing_but_doors_adds_routes(world: World) -> None:
    assert {endpoint.split(".")[0] for endpoint, _, _ in rules(world.app)} == {door.name for door in DOORS}
