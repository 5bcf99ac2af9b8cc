"""The node does what its OpenAPI description says, for nobody, an owner, a buyer and an auditor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import world as worlds
from tests.api.test_factories import made
from tests.api.test_journey import attested
from tests.api.world import World
from tests.conformance.exceptions import BEYOND_A_SCHEMA, EXCEPTIONS, Case
from tests.conformance.running import ALL_PHASES, FUZZING, Outcome, conformance, served
from tests.long.portions import Portion

ASKERS = {"nobody": (None, None), "owner": ("acme", None), "buyer": ("globex", "rfq"), "auditor": ("initech", "audit")}
EVERY_TIME = {"nobody", "owner"}
"""Who least and who most may do; the other two are slow, and all four are long."""
UNHURRIED = {
    "rate_limit_sign_in": "100000 per minute",
    "sign_in_floor_ms": 0,
    "password_memory_kib": 64,
    "password_rounds": 1,
    "password_lanes": 1,
}
"""The limits and the costs of passwords, small: an answer 429 says nothing of the rest of the description."""
VERBS = {"get", "put", "post", "delete", "patch", "head", "options"}
CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "object_level_authorization",
}
"""Every check that schemathesis does by default; a release that brings another one fails here."""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    template = worlds.template(tmp_path_factory.mktemp("template"))
    world = worlds.world(template, tmp_path_factory.mktemp("node"), **UNHURRIED)
    attested(world, made(world))
    yield world
    world.database.dispose()


def asked(node: World, asker: str, *, examples: int, phases: frozenset[str], seed: int = 1) -> Outcome:
    slug, purpose = ASKERS[asker]
    with served(node.app) as address:
        token = None if slug is None else node.token(slug, purpose)
        return conformance(address, token=token, examples=examples, phases=phases, seed=seed)


def described(node: World) -> set[str]:
    """Every operation of the description, but that which gives it: schemathesis reads that first and asks for it no more."""
    paths = node.get(None, "/openapi.json").json["paths"]
    found = {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs if verb in VERBS}
    return found - {"GET /openapi.json"}


def shown(outcome: Outcome) -> str:
    """Each kind of disagreement once, with its first case."""
    counted = Counter((each.operation, each.check, each.status) for each in outcome.findings)
    first = {(each.operation, each.check, each.status): each for each in reversed(outcome.findings)}
    return "\n\n".join(f"{count} x {first[kind]}" for kind, count in counted.items())


@pytest.mark.parametrize("asker", [pytest.param(each, marks=() if each in EVERY_TIME else pytest.mark.slow) for each in ASKERS])
def test_the_node_keeps_to_its_description_in_a_short_run(asker: str, node: World) -> None:
    outcome = asked(node, asker, examples=2, phases=FUZZING)
    assert outcome.findings == [], shown(outcome)
    assert set(outcome.asked) == described(node)


@pytest.mark.long("conformance")
@pytest.mark.parametrize("asker", ASKERS)
def test_the_node_keeps_to_its_description_in_every_phase(asker: str, node: World, portion: Portion) -> None:
    # What the coverage phase tries does not depend on who asks nor on a count: the replay tries it as the one who may most.
    phases = ALL_PHASES if portion.asked or asker == "owner" else ALL_PHASES - {"coverage"}
    outcome = asked(node, asker, examples=portion.count, phases=phases, seed=portion.seed)
    excused = ", ".join(f"{name} {count}" for name, count in sorted(outcome.excused.items()))
    codes = ", ".join(f"{code} {count}" for code, count in sorted(outcome.codes.items()))
    portion.note(f"{asker}: {outcome.cases} cases, {sum(outcome.checked.values())} checks, {len(outcome.findings)} findings")
    portion.note(f"{asker}, excused: {excused or 'nothing'}; refused with: {codes or 'nothing'}")
    assert outcome.findings == [], shown(outcome)
    assert set(outcome.checked) == CHECKS
    assert set(outcome.asked) == described(node)
    assert outcome.cases > (2_000 if "coverage" in phases else 100)


def test_every_exception_has_a_reason_of_its_own() -> None:
    reasons = [each.reason for each in EXCEPTIONS.values()]
    assert all(len(reason) > 40 for reason in reasons)
    assert len(set(reasons)) == len(reasons)
    assert all(BEYOND_A_SCHEMA.values())


def test_a_draft_is_excused_where_nobody_sees_it_and_nowhere_else(node: World) -> None:
    made_now = node.post("acme", "/v1/factories", json={"legal_name": "Draft", "country": "VN"}).json["id"]
    assert node.get("acme", f"/v1/factories/{made_now}").status_code == 404
    assert node.get("acme", f"/v1/factories/{made_now}/profile").status_code == 200
    for path, excused in (("", True), ("/bundle", True), ("/profile", False), ("/policy", False)):
        case = Case(
            operation="",
            check="ensure_resource_availability",
            failure="",
            message="",
            method="GET",
            url=f"http://node.example/v1/factories/{made_now}{path}",
            sent_headers={},
            status=404,
            problem={},
        )
        assert EXCEPTIONS["draft"].fits(case) == excused


def test_the_description_has_no_open_object_for_what_an_owner_sends(node: World, tmp_path: Path) -> None:
    schemas = node.get(None, "/openapi.json").json["components"]["schemas"]
    for name in ("ProfileDocument", "PolicyDocument"):
        assert schemas[name]["additionalProperties"] is False
        assert len(schemas[name]["properties"]) > 3
