"""Write use-cases of the operator: a node, its members, their keys, lists by command; and views restated in passing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.api.test_factories import made
from tests.api.world import NOON
from tests.crashes.registry import Node, use
from tests.crashes.stopping import Command, Request, Step

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
    node.world.save_policy("acme", factory, DATED)
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
