"""Changes of a database that some viewers must not notice: hidden values, values inside their band, hidden capabilities
and factories, words and order of policies, and what happens between an owner and others.

A change is data (what, which factory, which of its values). Whether it is hidden from a given viewer is not assumed: the
property compares the two views first and skips the viewers who see a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import strategies as st

from sharing import access, factories, publish
from sharing.errors import NotFound, StateConflict
from tests.leaks import building
from tests.leaks.nodes import Node
from tests.leaks.values import DID, DIGESTS, FAMILIES
from tests.leaks.worlds import FactorySpec, WorldSpec

Document = dict[str, Any]

SLIGHT = {"tolerance_um": ("5", "5.01", "9.99"), "max_x_mm": ("100", "100.1", "249.9"), "lead_time_p50_days": ("7", "13")}
"""Three values inside one band of each field."""
HIDE_FROM_ALL = {"to": "anyone", "cap": [["$listing", "hidden"]]}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change: its kind, the place of the factory and of the value, modulo how many there are."""

    kind: str
    factory: int
    place: int


def changed(node: Node, changes: Sequence[Change], *, label: str = "change") -> None:
    """Make the changes in this node's database; `label` is what their chance begins with."""
    for number, change in enumerate(changes):
        owner, factory_id = node.factories[change.factory % len(node.factories)]
        node.chance.restart(f"{label} {number}")
        KINDS[change.kind](node, owner, factory_id, change.place)


def _within_bands(node: Node, owner: str, factory_id: str, place: int) -> None:
    """Numbers move inside their bands, dates inside their quarters, the place inside its country."""

    def change(document: Document) -> None:
        for each in document.get("capabilities", ()):
            for name, values in SLIGHT.items():
                if name in each:
                    each[name] = _beside(each[name], name, values, place)
            if "material_grade" in each:
                same = [grade for grade, family in FAMILIES.items() if family == FAMILIES.get(each["material_grade"])]
                each["material_grade"] = same[place % len(same)] if same else each["material_grade"]
        if "province" in document:
            document["province"] = ("VN-HN", "VN-SG", "VN-DN")[place % 3]
        for group in document.get("capacity_groups", ()):
            for week, hours in group.get("spare_hours", {}).items():
                group["spare_hours"][week] = str(min(39, int(float(hours)) + 1)) if float(hours) < 40 else hours

    building.edit(node, owner, factory_id, change)


def _beside(value: str, name: str, values: tuple[str, ...], place: int) -> str:
    """Another value of the band if `value` is in that band, else the value itself."""
    low, high = float(values[0]), {"tolerance_um": 10, "max_x_mm": 250, "lead_time_p50_days": 14}[name]
    return values[place % len(values)] if low <= float(value) < high else value


def _texts(node: Node, owner: str, factory_id: str, place: int) -> None:
    """What is rarely shown is changed, added or taken away."""

    def change(document: Document) -> None:
        document["note"] = f"Other words {place}"
        document["contacts"] = [{"role": "Sales", "channel": "tel:+84", "name": "Lan"}]
        if place % 2:
            document.pop("address", None)
        for each in document.get("certificates", ()):
            each["number"] = f"Q-{place}"

    building.edit(node, owner, factory_id, change)


def _values(node: Node, owner: str, factory_id: str, place: int) -> None:
    """One field of one capability gets another value, or none, or one it did not have."""
    samples: dict[str, Any] = {
        "tolerance_um": "150", "max_x_mm": "4000", "lead_time_p50_days": "80", "tolerance_class": "v",
        "secondary_operations": ["1.2.2"], "material_family": "S", "roughness_um": "3",
    }  # fmt: skip

    def change(document: Document) -> None:
        listed = document.get("capabilities") or []
        names = sorted(samples)
        name = names[place % len(names)]
        for each in listed[place % len(listed) :][:1] if listed else ():
            if name in each and place % 2 and name != "material_family":
                del each[name]
            else:
                each[name] = samples[name]

    building.edit(node, owner, factory_id, change)


def _capability(node: Node, owner: str, factory_id: str, place: int) -> None:
    """A capability is added that a rule hides, from all or from some."""
    new = {"process": "3.2.1", "tolerance_um": "1", "material_family": "S", "lead_time_p50_days": "1", "lot_max": "100000"}
    to = ("anyone", {"org": [DID + "rival"]}, {"country": ["JP"]})[place % 3]

    def change(document: Document) -> None:
        listed = document.setdefault("capabilities", [])
        listed.insert(place % (len(listed) + 1), new)

    def rules(before: list[Document]) -> list[Document]:
        with node.house.database.read() as session:
            capabilities = building.profile(node, session, owner, factory_id)["capabilities"]
        named = str(before)
        added = next(each["id"] for each in capabilities if new.items() <= each.items() and each["id"] not in named)
        return [*before, {"id": unused("hide", before), "to": to, "cap": [[f"capability/{added}", "hidden"]]}]

    building.edit(node, owner, factory_id, change, rules=rules)


def unused(word: str, rules: Sequence[Document]) -> str:
    """An id that none of the rules has: the same kind of change may be made to a factory twice."""
    taken = {rule["id"] for rule in rules}
    return next(name for number in count() if (name := f"{word}-{number}") not in taken)


def _order(node: Node, owner: str, factory_id: str, place: int) -> None:
    """Elements and rules in another order: a view has no order of its own."""

    def change(document: Document) -> None:
        for name in ("capabilities", "capacity_groups", "certificates"):
            document.get(name, []).reverse()

    building.edit(node, owner, factory_id, change, rules=lambda before: before[::-1])


def _words(node: Node, owner: str, factory_id: str, place: int) -> None:
    """A policy says the same, or something about others, in more words."""
    rules = building.policy(node, owner, factory_id)
    rules[place % len(rules)]["note"] = "Agreed in the spring"
    rules += [
        {"id": unused("more", rules), "to": {"org": [DID + "stranger"]}, "for": ["emergency"], "show": [["*", "exact"]]},
        {"id": unused("past", rules), "to": "anyone", "until": "2026-01-01", "show": [["*", "exact"]]},
        {"id": unused("less", rules), "to": "anyone", "from": "2030-01-01", "cap": [["*", "hidden"]]},
    ]
    building.put_policy(node, owner, factory_id, rules)


def _added(node: Node, owner: str, factory_id: str, place: int) -> None:
    """A factory is published that a cap hides, from all or from one; it would answer every search."""
    to = ("anyone", {"org": [DID + "rival"]}, {"country": ["JP"]}, {"verified": 2})[place % 4]
    document = {
        "legal_name": "Dong Anh works of steel", "country": "VN", "province": "VN-HN",
        "capabilities": [{"process": "1.1.1", "tolerance_um": "1", "max_x_mm": "9000", "material_family": "P"}] * 3,
        "certificates": [{"scheme": "ISO9001:2015", "scope": "All"}],
    }  # fmt: skip
    spec = FactorySpec(
        owner=owner, document=document, grants=(), scope=("process", "certificate") if place % 2 else (), revoked=False,
        edited=False, rules=[
            {"id": "all", "to": "anyone", "show": [["*", "exact"]]},
            {"id": "but", **HIDE_FROM_ALL, "to": to},
        ],
    )  # fmt: skip
    building.add_factory(node, spec, WorldSpec(factories=(), friends=(), agreed=False, days_later=0, platform=()))


def _withdrawn(node: Node, owner: str, factory_id: str, place: int) -> None:
    """A factory goes."""
    try:
        with node.house.database.write() as session:
            publish.withdraw(node.house, session, building.caller(node, owner), factory_id)
    except StateConflict:
        return  # an earlier change took it off


def _strangers(node: Node, owner: str, factory_id: str, place: int) -> None:
    """Others come closer: a grant, a request, a place on a list, an agreement."""
    building.grant(node, owner, factory_id, "stranger", tier="confidential", purpose="emergency")
    building.befriend(node, owner, f"list-{place % 3}", ["stranger"])
    building.agree(node, owner, "stranger", "standard")
    try:
        with node.house.database.write() as session:
            access.request_access(
                node.house, session, building.caller(node, "stranger", "rfq"),
                factory_id=factory_id, purpose="rfq", message="Let me in",
            )  # fmt: skip
    except (NotFound, StateConflict):
        return


def _confirmed(node: Node, owner: str, factory_id: str, place: int) -> None:
    """The owner confirms what the profile says: all of it, or one scope."""
    building.confirm(node, owner, factory_id, ("capacity", "*", "capability", "certificate")[place % 4])


def _papers(node: Node, owner: str, factory_id: str, place: int) -> None:
    """Attached files are exchanged, and thrown away once nothing names them."""
    other = DIGESTS[place % len(DIGESTS)]

    def change(document: Document) -> None:
        for part, name in building.ATTACHING.items():
            for each in document.get(part, ()):
                if name in each or place % 2:
                    each[name] = other

    with node.house.database.write() as session:
        building.keep_papers(node, session, owner, {"documents": [{"file": other}]})
    building.edit(node, owner, factory_id, change)
    building.throw_away_papers(node, owner)


def _draft(node: Node, owner: str, factory_id: str, place: int) -> None:
    """A draft is written and an edit is not published."""
    with node.house.database.write() as session:
        who = building.caller(node, owner)
        document = building.profile(node, session, owner, factory_id)
        document["trading_name"] = "Not yet"
        factories.put_profile(node.house, session, who, factory_id, document)
        factories.create_factory(node.house, session, who, {"legal_name": "Draft", "country": "VN"})


KINDS: dict[str, Callable[[Node, str, str, int], None]] = {
    "within bands": _within_bands,
    "texts": _texts,
    "values": _values,
    "hidden capability": _capability,
    "order": _order,
    "policy words": _words,
    "hidden factory": _added,
    "withdrawn": _withdrawn,
    "strangers": _strangers,
    "confirmed": _confirmed,
    "papers": _papers,
    "draft": _draft,
}

CHANGES = st.lists(
    st.builds(
        Change,
        kind=st.sampled_from(sorted(set(KINDS) - {"withdrawn"}) * 2 + ["withdrawn"]),
        factory=st.integers(0, 3),
        place=st.integers(0, 11),
    ),
    min_size=1,
    max_size=3,
)
