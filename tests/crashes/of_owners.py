"""Write use-cases of owners: factories, who comes closer to them, lists, agreements, imports, duplicates."""

from __future__ import annotations

from tests.api.test_factories import LATHE, made
from tests.api.world import World
from tests.crashes.registry import KEY, Node, use
from tests.crashes.stopping import Command, Step


@use("factories.create_factory")
def create_factory(node: Node) -> Step:
    return node.request("acme", "POST", "/v1/factories", json=dict(LATHE), headers=KEY)


@use("factories.put_profile")
def put_profile(node: Node) -> Step:
    address = f"/v1/factories/{made(node.world)}/profile"
    found = node.world.get("acme", address)
    document = {**found.json["document"], "province": "VN-HP"}
    return node.request("acme", "PUT", address, json=document, headers={"If-Match": found.headers["ETag"]})


@use("factories.put_policy", points=("view:signed",))
def put_policy(node: Node) -> Step:
    address = f"/v1/factories/{made(node.world)}/policy"
    found = node.world.get("acme", address)
    rules = {"v": 1, "rules": [{"id": "all", "to": "anyone", "show": [["*", "exact"]]}]}
    asked = node.world.put("acme", address, json=rules)
    address = f"{address}?confirm={asked.json['digest']}"
    return node.request("acme", "PUT", address, json=rules, headers={"If-Match": found.headers["ETag"]})


@use("factories.publish_factory", points=("view:signed",))
def publish_factory(node: Node) -> Step:
    address = f"/v1/factories/{made(node.world, live=False)}/publish"
    digest = node.world.post("acme", address, json={}).json["digest"]
    return node.request("acme", "POST", address, json={"preview": digest})


@use("factories.withdraw_factory")
def withdraw_factory(node: Node) -> Step:
    return node.request("acme", "POST", f"/v1/factories/{made(node.world)}/withdraw")


def asked(world: World, factory: str) -> str:
    """A pending access request."""
    body = {"factory": factory, "purpose": "rfq"}
    return str(world.post("globex", "/v1/access-requests", json=body).json["id"])


def granted(world: World, factory: str) -> str:
    """A grant to the buyer."""
    body = {"factory": factory, "organization": "globex", "tier": "partner", "purpose": "rfq"}
    return str(world.post("acme", "/v1/grants", json=body).json["id"])


@use("access-requests.request_access")
def request_access(node: Node) -> Step:
    body = {"factory": made(node.world), "purpose": "rfq"}
    return node.request("globex", "POST", "/v1/access-requests", json=body, headers=KEY)


@use("access-requests.withdraw_request")
def withdraw_request(node: Node) -> Step:
    return node.request("globex", "DELETE", f"/v1/access-requests/{asked(node.world, made(node.world))}")


@use("access-requests.decide_request")
def decide_request(node: Node) -> Step:
    address = f"/v1/access-requests/{asked(node.world, made(node.world))}/decision"
    return node.request("acme", "POST", address, json={"decision": "grant", "tier": "partner"})


@use("grants.give_grant")
def give_grant(node: Node) -> Step:
    body = {"factory": made(node.world), "organization": "globex", "tier": "partner", "purpose": "rfq"}
    return node.request("acme", "POST", "/v1/grants", json=body, headers=KEY)


@use("grants.withdraw_grant")
def withdraw_grant(node: Node) -> Step:
    return node.request("acme", "DELETE", f"/v1/grants/{granted(node.world, made(node.world))}")


@use("imports.import_file")
def import_file(node: Node) -> Step:
    headers = {**KEY, "Content-Type": "text/csv"}
    return node.request("acme", "POST", "/v1/imports", data=b"name,country\nWorks 1,VN\nWorks 2,VN\n", headers=headers)


def alike(world: World) -> None:
    """Two factories that may be one, which nobody has looked for."""
    for address in ("1 Le Loi", "2 Le Loi"):
        world.post("acme", "/v1/factories", json={"legal_name": "Twin", "country": "VN", "address": address})


def twins(world: World) -> str:
    """A pair of factories that may be one, not decided; returns the pair."""
    alike(world)
    world.post("acme", "/v1/duplicates")
    return str(world.get("acme", "/v1/duplicates").json["duplicates"][0]["id"])


@use("duplicates.find_duplicates")
def find_duplicates(node: Node) -> Step:
    alike(node.world)
    return node.request("acme", "POST", "/v1/duplicates")


@use("duplicates.decide_duplicate")
def decide_duplicate(node: Node) -> Step:
    return node.request("acme", "POST", f"/v1/duplicates/{twins(node.world)}/decision", json={"decision": "merge"})


@use("duplicates.undo_duplicate")
def undo_duplicate(node: Node) -> Step:
    pair = twins(node.world)
    node.world.post("acme", f"/v1/duplicates/{pair}/decision", json={"decision": "merge"})
    return node.request("acme", "DELETE", f"/v1/duplicates/{pair}/decision")


@use("duplicates-find")
def find_by_command(node: Node) -> Step:
    alike(node.world)
    return Command(arguments=("duplicates", "find", "--org", "acme"))


@use("duplicates-merge")
def merge_by_command(node: Node) -> Step:
    return Command(arguments=("duplicates", "merge", twins(node.world), "--org", "acme"))


@use("duplicates-apart")
def apart_by_command(node: Node) -> Step:
    return Command(arguments=("duplicates", "apart", twins(node.world), "--org", "acme"))


@use("duplicates-undo")
def undo_by_command(node: Node) -> Step:
    pair = twins(node.world)
    node.world.post("acme", f"/v1/duplicates/{pair}/decision", json={"decision": "apart"})
    return Command(arguments=("duplicates", "undo", pair, "--org", "acme"))


@use("owners.put_list")
def put_list(node: Node) -> Step:
    return node.request("acme", "PUT", "/v1/lists/friends", json={"organizations": ["globex", "initech"]})


@use("owners.delete_list")
def delete_list(node: Node) -> Step:
    node.world.put("acme", "/v1/lists/friends", json={"organizations": ["globex"]})
    return node.request("acme", "DELETE", "/v1/lists/friends")


def agreed(world: World) -> str:
    """An agreement that the other side has not accepted."""
    return str(world.post("acme", "/v1/ndas", json={"organization": "globex", "template": "standard"}).json["id"])


@use("owners.propose_nda")
def propose_nda(node: Node) -> Step:
    return node.request("acme", "POST", "/v1/ndas", json={"organization": "globex", "template": "standard"}, headers=KEY)


@use("owners.accept_nda")
def accept_nda(node: Node) -> Step:
    return node.request("globex", "POST", f"/v1/ndas/{agreed(node.world)}/acceptance")


@use("owners.end_nda")
def end_nda(node: Node) -> Step:
    return node.request("acme", "DELETE", f"/v1/ndas/{agreed(node.world)}")
