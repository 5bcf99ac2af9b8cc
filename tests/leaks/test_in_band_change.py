"""A value moves inside its band: whoever sees the band gets the same bytes as before, whoever sees the value is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sharing import confirming, factories
from tests.leaks import tally
from tests.leaks.building import add_factory, caller, edit, make_public, profile
from tests.leaks.nodes import Node, Template, Who, closing
from tests.leaks.questions import FORMS, Question, everything, factory, keys, look, reference
from tests.leaks.worlds import FactorySpec, Grants, WorldSpec
from tests.world import NOW

ALONE = WorldSpec(factories=(), friends=(), agreed=False, days_later=0, platform=())
BEFORE: dict[str, Any] = {
    "legal_name": "Turning works", "country": "VN", "province": "VN-HN",
    "capabilities": [
        {
            "process": "1.1.1", "tolerance_um": "6", "max_x_mm": "120", "lead_time_p50_days": "8",
            "material_grade": "JIS:SUS304", "capacity_group": "Mills",
        }
    ],
    "capacity_groups": [{"name": "Mills", "unit": "HUR", "spare_hours": {"2026-W48": "41"}}],
    "certificates": [{"scheme": "ISO9001:2015", "scope": "All", "valid_until": "2026-12-31"}],
}  # fmt: skip
RULES = [
    {"id": "bands", "to": "anyone", "show": [["*", "band"]]},
    {"id": "partners", "to": {"tier": "partner"}, "show": [["*", "exact"]]},
]
BAND_VIEWERS = (Who(), Who(slug="buyer"), Who(slug="buyer", purpose="sourcing"), Who(slug="partner", purpose="sourcing"))
EXACT_VIEWER = Who(slug="partner", purpose="rfq")
QUERIES: tuple[dict[str, list[str]], ...] = (
    {"limit": ["20"], "tolerance_um_max": ["6"]},
    {"limit": ["20"], "tolerance_um_max": ["10"], "sort": ["lead_time"]},
    {"limit": ["2"], "max_x_min": ["100"], "lead_time_p50_max": ["13"]},
    {"limit": ["2"], "spare_hours": ["41"], "sort": ["spare_hours"]},
    {"limit": ["1"], "process": ["1.1.1"], "wish": ["process"]},
    {"limit": ["1"], "material": ["JIS:SUS304"], "province": ["VN-HN"], "wish": ["material", "province"]},
    {"limit": ["2"], "certificate": ["ISO9001"], "certificate_day": ["2026-12-31"]},
)


def _moved(document: dict[str, Any]) -> None:
    document["province"] = "VN-SG"
    document["capabilities"][0] |= {
        "process": "1.1.2", "tolerance_um": "9.99", "max_x_mm": "249.9", "lead_time_p50_days": "13",
        "material_grade": "EN:1.4301",
    }  # fmt: skip
    document["capacity_groups"][0]["spare_hours"] = {"2026-W48": "79.9"}
    document["certificates"][0]["valid_until"] = "2026-10-01"


def _asked(node: Node, who: Who, factory_id: str) -> list[Question]:
    """Everything: all searches, the factory in every form with HEAD and conditions, its attestation and its lists."""
    view = look(node, who)
    engine = reference(node, who, view, keys(node))
    asked = list(everything(node, engine, view, QUERIES, 0))
    return asked + [each for form in FORMS for turn in range(3) for each in factory(engine, factory_id, form, turn)]


@pytest.mark.parametrize("hours", [0, 5, 9 * 24])
def test_no_byte_of_a_band_viewer_changes_while_the_exact_viewer_reads_changed_since(sqlite_node: Template, hours: int) -> None:
    spec = FactorySpec(
        owner="maker", document=BEFORE, rules=RULES, revoked=False, edited=False,
        scope=("process", "tolerance", "geometry", "lead_time", "certificate", "location", "material"),
        grants=(Grants(to="partner", tier="partner", purpose="rfq"),),
    )  # fmt: skip
    node = sqlite_node.node("in band")
    factory_id = add_factory(node, spec, ALONE)
    twin = node.copy()
    with closing(node, twin), tally.counting(f"in-band change, {hours} h later") as counted:
        for each in (node, twin):
            each.world.clock.forward(hours=hours)
        edit(twin, "maker", factory_id, _moved)
        for who in BAND_VIEWERS:
            for question in _asked(node, who, factory_id):
                got, wanted = question.ask(twin, who), question.ask(node, who)
                counted.count(question.kind, substantial=wanted.status in {200, 304})
                assert got == wanted, f"{who} {question}"
        before, after = (_verdicts(each, factory_id) for each in (node, twin))
        days = [_hours_as_of(each, who, factory_id) for each in (node, twin) for who in (BAND_VIEWERS[1], EXACT_VIEWER)]
    assert before["tolerance_um"] == "verified_current"
    moved = ("tolerance_um", "max_x_mm", "lead_time_p50_days", "process", "province")
    assert {after[name] for name in moved} == {"changed_since"}
    first = NOW.date().isoformat()
    assert days == [first, first, first, node.house.today().isoformat()], "only the exact value was stated anew"


GROUPS = [{"name": name, "unit": "HUR", "spare_hours": {"2026-W48": "41"}} for name in ("Mills", "Lathes")]
BANDS_ALONE: dict[str, Any] = {**BEFORE, "capacity_groups": GROUPS}


def test_confirming_two_groups_says_nothing_of_which_one_has_an_edit_inside_its_band(sqlite_node: Template) -> None:
    node, twin, factory_id = _two_groups(sqlite_node)
    with closing(node, twin), tally.counting("confirmed over an in-band draft") as counted:
        for each in (node, twin):
            each.world.clock.forward(days=7)
        _draft(twin, factory_id, "79.9")
        for then in (_confirm, make_public):
            for each in (node, twin):
                each.chance.restart("the same")
                then(each, "maker", factory_id)
            _same_for_band_viewers(node, twin, factory_id, counted)
        days = [_days(each, who, factory_id) for each in (node, twin) for who in (BAND_VIEWERS[0], EXACT_VIEWER)]
    assert days == [{node.house.today().isoformat()}] * 4, "all of it was confirmed"


def _two_groups(template: Template) -> tuple[Node, Node, str]:
    spec = FactorySpec(
        owner="maker", document=BANDS_ALONE, rules=RULES, revoked=False, edited=False, scope=(),
        grants=(Grants(to="partner", tier="partner", purpose="rfq"),),
    )  # fmt: skip
    node = template.node("two groups")
    factory_id = add_factory(node, spec, ALONE)
    return node, node.copy(), factory_id


def _same_for_band_viewers(node: Node, twin: Node, factory_id: str, counted: tally.Tally) -> None:
    for who in BAND_VIEWERS[:2]:
        for question in _asked(node, who, factory_id):
            got, wanted = question.ask(twin, who), question.ask(node, who)
            counted.count(question.kind, substantial=wanted.status in {200, 304})
            assert got == wanted, f"{who} {question}"


def _draft(node: Node, factory_id: str, hours: str) -> None:
    """State other hours of the first group, which nobody is shown yet."""
    with node.house.database.write("edit") as session:
        document = profile(node, session, "maker", factory_id)
        document["capacity_groups"][0]["spare_hours"] = {"2026-W48": hours}
        factories.put_profile(node.house, session, caller(node, "maker"), factory_id, document)


def _confirm(node: Node, owner: str, factory_id: str) -> None:
    with node.house.database.write("confirm") as session:
        confirming.confirm_unchanged(node.house, session, caller(node, owner), factory_id)


def _days(node: Node, who: Who, factory_id: str) -> set[str]:
    groups = json.loads(node.ask(who, "GET", f"/v1/factories/{factory_id}").body)["factory"]["capacity"].values()
    return {str(group["spare_hours"]["as_of"]) for group in groups}


def _hours_as_of(node: Node, who: Who, factory_id: str) -> str:
    """Since when the node says what it says of the spare hours."""
    (group,) = json.loads(node.ask(who, "GET", f"/v1/factories/{factory_id}").body)["factory"]["capacity"].values()
    return str(group["spare_hours"]["as_of"])


def _verdicts(node: Node, factory_id: str) -> dict[str, str]:
    body = json.loads(node.ask(EXACT_VIEWER, "GET", f"/v1/factories/{factory_id}").body)
    return {path.rpartition("/")[2]: each["verdict"] for path, each in body["verdicts"].items()}
