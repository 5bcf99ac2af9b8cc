"""How each write use-case of the product is reached once: what must be there before, and the one step that writes.

    @use("grants.give_grant")
    def give_grant(node: Node) -> Step: ...

`test_uses.py` compares this list with the product's syntax trees and routes: a use-case without an entry fails there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.api.test_factories import LATHE, made
from tests.api.world import NOON, World
from tests.crashes.stopping import Command, Request, Step


@dataclass(frozen=True, kw_only=True)
class Node:
    """The node before the accident, in the test's own process, and a folder for files."""

    world: World
    folder: Path

    def request(self, who: str | None, method: str, path: str, *, purpose: str | None = None, **other: Any) -> Request:
        """The request that this organization would send."""
        headers = dict(other.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.world.token(who, purpose)}"
        return Request(method=method, path=path, headers=headers, **other)


@dataclass(frozen=True, kw_only=True)
class Use:
    """One entry. `again`: why the step sent twice may have two effects, empty where it must have one."""

    prepare: Callable[[Node], Step]
    again: str = ""
    points: tuple[str, ...] = ()
    on_empty: bool = False
    now: datetime = NOON


USES: dict[str, Use] = {}

LEFT_OUT: Mapping[str, str] = {
    "demo-node": "a demonstration makes a node in a folder of its own, and refuses a folder that has one",
    "demo-party": "likewise",
    "demo-fill": "likewise",
    "rewrap": "killed at each of its steps in test_rewrap.py, where the key is in a file",
    "restore": "writes one mark into a copy that is not in its place yet",
    "restore-accept": "one transaction of a node that answers nothing; given again, it settles what it settled",
    "restore-confirm": "one transaction that an operator gives again",
    "lease-renew": "comes from a clock beside the work, every 20 s; what it renews ends by itself",
}
KEY = {"Idempotency-Key": "once-and-only-once"}


def use(
    name: str, *, again: str = "", points: tuple[str, ...] = (), on_empty: bool = False, now: datetime = NOON
) -> Callable[[Callable[[Node], Step]], Callable[[Node], Step]]:
    """Enter a use-case. `points`: those it comes by between its first statement and its commit, to be stopped at too."""

    def enter(prepare: Callable[[Node], Step]) -> Callable[[Node], Step]:
        assert name not in USES, name
        USES[name] = Use(prepare=prepare, again=again, points=points, on_empty=on_empty, now=now)
        return prepare

    return enter


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


def twins(world: World) -> str:
    """A pair of factories that may be one, not decided; returns the pair."""
    for address in ("1 Le Loi", "2 Le Loi"):
        world.post("acme", "/v1/factories", json={"legal_name": "Twin", "country": "VN", "address": address})
    world.post("acme", "/v1/duplicates")
    return str(world.get("acme", "/v1/duplicates").json["duplicates"][0]["id"])


@use("duplicates.find_duplicates")
def find_duplicates(node: Node) -> Step:
    for address in ("1 Le Loi", "2 Le Loi"):
        node.world.post("acme", "/v1/factories", json={"legal_name": "Twin", "country": "VN", "address": address})
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
    twins(node.world)
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


def proposal(factory: str) -> dict[str, Any]:
    """What the owner proposes to the auditor."""
    scope = ["capability.tolerance_um"]
    window = {"from": "2026-11-01", "until": "2026-12-31"}
    return {"factory": factory, "auditor": "initech", "scheme": "ISO 9001", "scope": scope, **window}


def proposed(world: World, factory: str | None = None) -> str:
    """An audit that the auditor has not accepted."""
    return str(world.post("acme", "/v1/audits", json=proposal(factory or made(world))).json["id"])


def accepted(world: World, factory: str | None = None) -> str:
    """An audit that runs."""
    audit = proposed(world, factory)
    assert world.post("initech", f"/v1/audits/{audit}/acceptance").status_code == 200
    return audit


def drafted(world: World, factory: str | None = None) -> dict[str, Any]:
    """What the auditor sends to have a worksheet signed by the node."""
    address = f"/v1/audits/{accepted(world, factory)}/worksheets"
    sheet = world.post("initech", address, purpose="audit", json={}).json["worksheet"]
    dates = {"assessed_on": "2026-11-20", "valid_until": "2027-11-20"}
    return {"attestation": sheet["attestation"], "method": "onsite", "independence": {"months": 12}, **dates}


def attested(world: World, factory: str | None = None) -> str:
    """An attestation in force."""
    return str(world.post("initech", "/v1/attestations", purpose="audit", json=drafted(world, factory)).json["id"])


@use("audits.propose_audit")
def propose_audit(node: Node) -> Step:
    return node.request("acme", "POST", "/v1/audits", json=proposal(made(node.world)), headers=KEY)


@use("audits.accept_audit")
def accept_audit(node: Node) -> Step:
    return node.request("initech", "POST", f"/v1/audits/{proposed(node.world)}/acceptance")


@use("audits.decline_audit")
def decline_audit(node: Node) -> Step:
    return node.request("initech", "POST", f"/v1/audits/{proposed(node.world)}/decline")


@use("audits.close_audit")
def close_audit(node: Node) -> Step:
    return node.request("initech", "POST", f"/v1/audits/{accepted(node.world)}/closure")


@use("audits.make_worksheet", again="a draft that nobody signed says nothing to anybody; each holds its own salts")
def make_worksheet(node: Node) -> Step:
    address = f"/v1/audits/{accepted(node.world)}/worksheets"
    return node.request("initech", "POST", address, purpose="audit", json={}, headers=KEY)


@use("attestations.attest", points=("attestation:signed",))
def attest(node: Node) -> Step:
    return node.request("initech", "POST", "/v1/attestations", purpose="audit", json=drafted(node.world), headers=KEY)


@use("attestations.revoke_attestation")
def revoke_attestation(node: Node) -> Step:
    address = f"/v1/attestations/{attested(node.world)}/revocation"
    return node.request("initech", "POST", address, json={"reason": "mistake"})


LATER = NOON + timedelta(days=10)
DATED = {
    "v": 1,
    "rules": [
        {"id": "all", "to": "anyone", "show": [["*", "exact"]]},
        {"id": "till", "to": "anyone", "cap": [["capability.tolerance_um", "hidden"]], "until": "2026-11-30"},
    ],
}


def dated(node: Node, accept: str = "application/vc+jwt") -> Request:
    """A factory whose standing views must be restated later, and somebody who then reads one."""
    factory = made(node.world)
    address = f"/v1/factories/{factory}/policy?confirm=cap_reaches_public"
    assert node.world.put("acme", address, json=DATED).status_code == 200
    return Request(method="GET", path=f"/v1/factories/{factory}", headers={"Accept": accept}, now=LATER)


@use("restate-views", points=("view:signed",), now=LATER)
def restate_views(node: Node) -> Step:
    return dated(node)


@use("retire-views", now=LATER)
def retire_views(node: Node) -> Step:
    from network import identity, membership

    step = dated(node, "application/json")
    with node.world.database.write() as session:
        member = membership.find(session, "acme")
        assert member is not None
        kid = identity.organization_key(session, member.id).kid
        identity.mark_compromised(session, kid, at=NOON, now=NOON)
    return step


@use("init", on_empty=True)
def init(node: Node) -> Step:
    return Command(arguments=("init", "--origin", "https://node.example"))


@use("org-add")
def org_add(node: Node) -> Step:
    return Command(arguments=("org", "add", "newcomer", "--name", "Newcomer", "--role", "supplier", "--country", "VN"))


@use("org-set")
def org_set(node: Node) -> Step:
    return Command(arguments=("org", "set", "acme", "--name", "Acme Works", "--verified", "1"))


OPERATOR = "an operator looks at the list before giving the command again"


@use("org-client", again=OPERATOR)
def org_client(node: Node) -> Step:
    return Command(arguments=("org", "client", "acme", "--label", "planning"))


@use("key-rotate", again=OPERATOR, points=("view:signed",))
def key_rotate(node: Node) -> Step:
    made(node.world)
    return Command(arguments=("key", "rotate", "acme"))


@use("key-compromise")
def key_compromise(node: Node) -> Step:
    from network import identity, membership

    with node.world.database.read() as session:
        member = membership.find(session, "acme")
        assert member is not None
        kid = identity.organization_key(session, member.id).kid
    return Command(arguments=("key", "compromise", kid, "--at", "2026-11-21"))


def spreadsheet(folder: Path, rows: int) -> Path:
    """A list of factories, one to a row."""
    path = folder / "list.csv"
    lines = ["legal_name,country,province", *(f"Works {number},VN,VN-HN" for number in range(rows))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@use("import", points=("import:row-100",))
def import_list(node: Node) -> Step:
    return Command(arguments=("import", str(spreadsheet(node.folder, 120)), "--org", "acme"))


@use("import-publish", points=("view:signed",))
def import_publish(node: Node) -> Step:
    from tests.crashes.stopping import done

    path = spreadsheet(node.folder, 3)
    arguments = ("import", str(path), "--org", "acme", "--publish", "--rows", "2-4")
    asked = done(node.world.settings.database_url, Command(arguments=(*arguments, "--json")))
    import json

    digest = json.loads(asked["body"])["preview"]["digest"]
    return Command(arguments=(*arguments, "--confirm", digest))
