"""What owners and others do while a network is watched: one request each, over the doors, in a network and in its twin alike.

An action is data. What it may change of the test's own knowledge (who is tied to which factory) is noted here, because the
view that answers are compared with is not made by any service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from policies import TIERS, ActiveGrant
from tests.leaks import building, changes
from tests.leaks.nodes import Node, Who
from tests.leaks.values import DIGESTS, PAPERS

Json = dict[str, Any]

TO = ("partner", "narrow", "buyer", "rival")
TIED = (*TO, "smith", "maker", "auditor", "stranger")
GRANTED_DAYS = 1
"""So that a clock that moves two days on sees them expire."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """What is done (a name of `DOING`), to which factory and with which of the possible values (modulo their number)."""

    kind: str
    factory: int
    place: int


class Doors:
    """One node asked as an owner would ask it; `turn` makes each request's chance its own."""

    def __init__(self, node: Node, turn: int) -> None:
        self.node = node
        self._turn = turn
        self._asked = 0

    def ask(self, slug: str, method: str, path: str, **other: Any) -> tuple[int, Any]:
        """Status and document; an error of the node itself is not an answer."""
        self._asked += 1
        who, label = Who(slug=slug, purpose="sourcing"), f"action {self._turn}/{self._asked}"
        response = self.node.respond(who, method, path, label=label, **other)
        if response.status_code >= 500:
            raise AssertionError(f"{slug} {method} {path}: {response.status_code} {response.get_data(as_text=True)}")
        text = response.get_data()
        return response.status_code, json.loads(text) if text and "json" in response.headers["Content-Type"] else None

    def edit(self, owner: str, factory_id: str, change: Callable[[Json], None]) -> None:
        """PUT the profile as `change` leaves it."""
        status, found = self.ask(owner, "GET", f"/v1/factories/{factory_id}/profile")
        if status == 200:
            document = deepcopy(found["document"])
            change(document)
            self.ask(owner, "PUT", f"/v1/factories/{factory_id}/profile", json=document)

    def publish(self, owner: str, factory_id: str) -> None:
        """Publish; what is asked back the first time is answered with yes."""
        path = f"/v1/factories/{factory_id}/publish"
        status, said = self.ask(owner, "POST", path, json={})
        if status == 409 and "digest" in said:
            self.ask(owner, "POST", path, json={"preview": said["digest"]})

    def rules(self, owner: str, factory_id: str, rules: list[Json]) -> None:
        """PUT the policy, and say yes to what a cap closes and to what a show opens."""
        path, body, yes = f"/v1/factories/{factory_id}/policy", {"v": 1, "rules": rules}, [("confirm", "cap_reaches_public")]
        status, said = self.ask(owner, "PUT", path, json=body, query_string=yes)
        if status == 409 and "digest" in said:
            self.ask(owner, "PUT", path, json=body, query_string=[*yes, ("confirm", said["digest"])])


def act(nodes: Sequence[Node], action: Action, turn: int) -> None:
    """Do it in each of them alike, about a factory that is in the first."""
    owner, factory_id = nodes[0].factories[action.factory % len(nodes[0].factories)]
    for node in nodes:
        DOING[action.kind](Doors(node, turn), owner, factory_id, action.place)


def _edited(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    def change(document: Json) -> None:
        for each in document.get("capabilities", ())[: 1 + place % 2]:
            each["tolerance_um"] = ("4", "5", "9.99", "10", "11")[place % 5]
            each["lead_time_p50_days"] = ("6", "7", "14")[place % 3]
            each.pop("lead_time_p90_days", None)
        document["note"] = f"Note {place}"
        document["province"] = ("VN-HN", "VN-SG")[place % 2]

    doors.edit(owner, factory_id, change)


def _edited_live(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    _edited(doors, owner, factory_id, place)
    doors.publish(owner, factory_id)


def _published(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    doors.publish(owner, factory_id)


def _withdrawn(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    doors.ask(owner, "POST", f"/v1/factories/{factory_id}/withdraw")


def _ruled(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    """One more rule, or the last one taken back."""
    status, found = doors.ask(owner, "GET", f"/v1/factories/{factory_id}/policy")
    if status != 200:
        return
    today = doors.node.house.today()
    more = (
        {"to": "anyone", "show": [["tolerance", "exact"]]},
        {"to": {"tier": "member"}, "until": today.isoformat(), "show": [["*", "exact"]]},
        {"to": {"country": ["JP"]}, "cap": [["tolerance", "hidden"]]},
        {"to": "anyone", "from": (today + timedelta(days=1)).isoformat(), "cap": [["identity", "hidden"]]},
        {"to": {"org": ["did:web:node.example:orgs:rival"]}, "cap": [["$listing", "hidden"]]},
        {"to": "anyone", "cap": [["lead_time", "band"]]},
    )
    rules = list(found["document"]["rules"])
    if place % 4 == 0 and len(rules) > 3:
        rules.pop()
    else:
        rules.append({"id": f"then-{len(rules)}-{place}", **more[place % len(more)]})
    doors.rules(owner, factory_id, rules[:50])


def _granted(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    to, tier, purpose = TO[place % len(TO)], ("partner", "confidential")[place % 2], ("rfq", "sourcing")[place % 2]
    until = doors.node.house.today() + timedelta(days=GRANTED_DAYS)
    fields = ["capability.tolerance_um", "legal_name"] if place % 3 == 0 else None
    body = {"factory": factory_id, "organization": to, "tier": tier, "purpose": purpose, "until": until.isoformat()}
    status, _ = doors.ask(owner, "POST", "/v1/grants", json=body | ({"fields": fields} if fields else {}))
    if status == 201:
        given = ActiveGrant(
            tier=TIERS[tier], purpose=purpose, start=doors.node.house.today(), until=until,
            fields=None if fields is None else frozenset(fields),
        )  # fmt: skip
        doors.node.tie(to, factory_id, lambda tie: replace(tie, grants=(*tie.grants, given)))


def _ungranted(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    """The newest grant that the owner gave is taken back."""
    _, found = doors.ask(owner, "GET", "/v1/grants")
    given = [each for each in found["grants"] if each["state"] == "active" and each["factory"]["id"].endswith(factory_id)]
    for each in given[:1]:
        status, _ = doors.ask(owner, "DELETE", f"/v1/grants/{each['id']}")
        slug = each["organization"].rpartition(":")[2]
        if status in {200, 204}:
            doors.node.tie(slug, factory_id, lambda tie, each=each: replace(tie, grants=_without(tie.grants, each)))


def _without(grants: tuple[ActiveGrant, ...], taken: Mapping[str, Any]) -> tuple[ActiveGrant, ...]:
    kept, gone = [], False
    fields = None if taken["fields"] is None else frozenset(building._expanded(taken["fields"]))
    for each in grants:
        alike = (
            each.tier == (None if taken["tier"] is None else TIERS[taken["tier"]])
            and each.purpose == taken["purpose"]
            and each.start == date.fromisoformat(taken["from"])
            and each.until == date.fromisoformat(taken["until"])
            and each.fields == fields
        )
        if alike and not gone:
            gone = True
        else:
            kept.append(each)
    return tuple(kept)


def _confirmed(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    body = ({}, {"paths": ["capability"]}, {"paths": ["capacity"]})[place % 3]
    doors.ask(owner, "POST", f"/v1/factories/{factory_id}/confirmation", json=body)


def _attached(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    """A file is uploaded and named by the profile."""
    digest = DIGESTS[place % len(DIGESTS)]
    kind, content = PAPERS[digest]
    query = [("name", "Secret shaft.pdf")]
    doors.ask(owner, "POST", "/v1/files", data=content, content_type=kind, query_string=query)

    def change(document: Json) -> None:
        document.setdefault("documents", []).append({"title": "Shaft", "kind": "drawing", "file": digest})
        for each in document.get("certificates", ()):
            each["document"] = digest

    doors.edit(owner, factory_id, change)
    doors.publish(owner, factory_id)


def _new(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    """A factory is made with the name of another one, ruled and published."""
    with doors.node.house.database.read() as session:
        names = building.published_names(session)
    process = ("1.1.1", "3.2.1")[place % 2]
    document = {
        "legal_name": names[place % len(names)] if names else "New works", "country": "VN",
        "capabilities": [{"process": process, "tolerance_um": ("5", "10")[place % 2]}],
    }  # fmt: skip
    status, made = doors.ask(owner, "POST", "/v1/factories", json=document)
    if status == 201:
        rules = [
            {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"], ["process", "band"]]},
            {"id": "members", "to": {"tier": "member"}, "show": [["*", ("exact", "band")[place % 2]]]},
        ]
        doors.rules(owner, made["id"], rules)
        doors.publish(owner, made["id"])
        doors.node.factories.append((owner, made["id"]))
        # Lists and agreements of an owner count for all of their factories.
        for slug in TIED:
            tie = doors.node.relation(slug, factory_id)
            doors.node.tie(slug, made["id"], lambda _, tie=tie: replace(tie, grants=()))  # type: ignore[misc]


def _listed(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    """The owner's list of friends is replaced; it counts for all their factories."""
    slugs = [["narrow"], ["buyer", "rival"], []][place % 3]
    status, _ = doors.ask(owner, "PUT", "/v1/lists/friends", json={"organizations": slugs})
    if status in {200, 201}:
        for slug in TIED:
            for who, each in doors.node.factories:
                if who == owner:
                    groups = frozenset({"friends"} if slug in slugs else ())
                    doors.node.tie(slug, each, lambda tie, groups=groups: replace(tie, groups=groups))  # type: ignore[misc]


def _later(doors: Doors, owner: str, factory_id: str, place: int) -> None:
    """Time passes: an hour, a day, or until grants of before have ended."""
    doors.node.world.clock.forward(hours=(1, 24, 48)[place % 3])


DOING: Mapping[str, Callable[[Doors, str, str, int], None]] = {
    "edited": _edited,
    "edited and published": _edited_live,
    "published": _published,
    "withdrawn": _withdrawn,
    "ruled": _ruled,
    "granted": _granted,
    "grant taken back": _ungranted,
    "confirmed": _confirmed,
    "attached": _attached,
    "new": _new,
    "listed": _listed,
    "later": _later,
}
HIDDEN = tuple(sorted(set(changes.KINDS) - {"withdrawn"}))
"""Changes that are made in the twin alone."""
