"""A token names who asks and for what; what it opens is read anew at each request, whatever tokens are out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from network import membership
from sharing import grants, relations
from tests.leaks import building
from tests.leaks.building import add_factory, put_policy
from tests.leaks.nodes import Node, Template, Who, closing
from tests.leaks.values import DID
from tests.leaks.worlds import FactorySpec, WorldSpec

ALONE = WorldSpec(factories=(), friends=(), agreed=False, days_later=0, platform=())
DOCUMENT: dict[str, Any] = {
    "legal_name": "Turning works",
    "country": "VN",
    "capabilities": [{"process": "3.2.1", "tolerance_um": "6"}],
}
RULES = [
    {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["process", "exact"]]},
    {"id": "members", "to": {"tier": "member"}, "show": [["tolerance", "band"]]},
    {"id": "partners", "to": {"tier": "partner"}, "show": [["tolerance", "exact"]]},
    {"id": "friends", "to": {"group": ["friends"]}, "show": [["legal_name", "exact"]]},
    {"id": "agreed", "to": {"nda": ["standard"]}, "show": [["country", "exact"]]},
]
CAP = {"id": "cap", "to": {"org": [DID + "partner"]}, "cap": [["$listing", "hidden"]]}


@dataclass
class Flight:
    """A factory, and the partner with one token that is never renewed, asking two processes."""

    node: Node
    other: Node
    factory_id: str
    token: str
    client_id: str

    def level(self) -> str | None:
        """At which level the partner sees the tolerance; None when there is no such factory, in both forms of asking."""
        seen = set()
        for node in (self.node, self.other):
            found = self.asked(node, f"/v1/factories/{self.factory_id}")
            listed = self.asked(node, "/v1/search")
            contents = [item["factory"] for item in listed.json["items"]]
            contents += [found.json["factory"]] if found.status_code == 200 else []
            assert len(contents) in {0, 2}
            seen |= {_tolerance(content) for content in contents} or {None}
        assert len(seen) == 1
        return seen.pop()

    def content(self) -> dict[str, Any]:
        """The factory as the partner sees it."""
        return dict(self.asked(self.other, f"/v1/factories/{self.factory_id}").json["factory"])

    def asked(self, node: Node, path: str) -> TestResponse:
        """The answer to the token."""
        return node.client.get(path, headers={"Authorization": f"Bearer {self.token}"})


def _tolerance(content: dict[str, Any]) -> str:
    (capability,) = content["capability"].values()
    return str(capability.get("tolerance_um", {}).get("level"))


@pytest.fixture
def flight(sqlite_node: Template) -> Iterator[Flight]:
    node = sqlite_node.node("flight")
    spec = FactorySpec(owner="maker", document=DOCUMENT, rules=RULES, grants=(), scope=(), revoked=False, edited=False)
    factory_id = add_factory(node, spec, ALONE)
    with node.house.database.write() as session:
        new = membership.create_client(
            session, node.world.ids["partner"], label="flight", scopes=("read",), entropy=node.chance, now=node.house.now()
        )
    form = {"grant_type": "client_credentials", "purpose": "rfq"}
    form |= {"client_id": str(new.client.client_id), "client_secret": new.secret}
    token = json.loads(node.client.post("/v1/token", data=form).data)["access_token"]
    other = node.second()
    with closing(node, other):
        yield Flight(node=node, other=other, factory_id=factory_id, token=token, client_id=str(new.client.client_id))


def test_a_grant_opens_and_its_end_closes_at_the_next_request_with_the_same_token(flight: Flight) -> None:
    node = flight.node
    assert flight.level() == "band"
    grant_id = building.grant(node, "maker", flight.factory_id, "partner", tier="partner", purpose="rfq")
    assert flight.level() == "exact"
    with node.house.database.write() as session:
        grants.withdraw_grant(node.house, session, building.caller(node, "maker"), grant_id)
    assert flight.level() == "band"


def test_a_cap_hides_at_the_next_request_with_the_same_token_also_from_the_holder_of_a_grant(flight: Flight) -> None:
    building.grant(flight.node, "maker", flight.factory_id, "partner", tier="confidential", purpose="rfq")
    assert flight.level() == "exact"
    put_policy(flight.node, "maker", flight.factory_id, [*RULES, CAP])
    assert flight.level() is None
    assert flight.asked(flight.other, "/v1/grants").json == {"grants": []}
    put_policy(flight.node, "maker", flight.factory_id, RULES)
    assert flight.level() == "exact"


def test_a_list_and_an_agreement_count_from_the_next_request_on_and_no_longer(flight: Flight) -> None:
    node = flight.node
    assert not {"legal_name", "country"} & set(flight.content())
    building.befriend(node, "maker", "friends", ["partner"])
    building.agree(node, "maker", "partner", "standard")
    assert {"legal_name", "country"} <= set(flight.content())
    with node.house.database.write() as session:
        owner = building.caller(node, "maker")
        relations.delete_list(node.house, session, owner, "friends")
        (agreement,) = relations.list_ndas(node.house, session, owner)
        relations.end_nda(node.house, session, owner, agreement.id)
    assert not {"legal_name", "country"} & set(flight.content())


def test_a_fact_about_the_organization_counts_from_the_next_request_on(flight: Flight) -> None:
    japan = {"id": "jp", "to": {"country": ["JP"]}, "cap": [["tolerance", "hidden"]]}
    put_policy(flight.node, "maker", flight.factory_id, [*RULES, japan])
    assert flight.level() == "None"
    with flight.node.house.database.write() as session:
        membership.set_facts(
            session, flight.node.world.ids["partner"], "country", ["VN"], source="operator", now=flight.node.house.now()
        )
    assert flight.level() == "band"


def test_a_revoked_client_is_refused_at_the_next_request(flight: Flight) -> None:
    assert flight.level() == "band"
    with flight.node.house.database.write() as session:
        membership.revoke_client(session, flight.node.world.ids["partner"], flight.client_id, now=flight.node.house.now())
    for node in (flight.node, flight.other):
        assert flight.asked(node, f"/v1/factories/{flight.factory_id}").status_code == 401
    assert flight.node.ask(Who(), "GET", f"/v1/factories/{flight.factory_id}").status == 200
