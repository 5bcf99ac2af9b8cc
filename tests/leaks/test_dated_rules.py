"""A rule's day passes while nobody writes: the very next answer is that of the new day, in every form."""

from __future__ import annotations

from typing import Any

import pytest

from tests.leaks.building import add_factory
from tests.leaks.nodes import Template, Who, closing
from tests.leaks.questions import FORMS, factory, keys, look, reference
from tests.leaks.values import DAY
from tests.leaks.worlds import FactorySpec, WorldSpec

ALONE = WorldSpec(factories=(), friends=(), agreed=False, days_later=0, platform=())
DOCUMENT: dict[str, Any] = {
    "legal_name": "Turning works",
    "country": "VN",
    "capabilities": [{"process": "3.2.1", "tolerance_um": "6", "material_family": "P"}],
}
TODAY = DAY.isoformat()
TOMORROW = DAY.replace(day=DAY.day + 1).isoformat()
AUDITOR = {"to": {"org": ["did:web:node.example:orgs:auditor"]}, "show": [["$listing", "exact"]]}
CARD = [["$listing", "exact"], ["process", "exact"]]

RULES: dict[str, list[dict[str, Any]]] = {
    "a field closes": [{"to": "anyone", "show": CARD}, {"to": "anyone", "until": TODAY, "show": [["tolerance", "exact"]]}],
    "a field opens": [{"to": "anyone", "show": CARD}, {"to": "anyone", "from": TOMORROW, "show": [["tolerance", "band"]]}],
    "a factory appears": [AUDITOR, {"to": "anyone", "from": TOMORROW, "show": CARD}],
    "a factory goes": [AUDITOR, {"to": "anyone", "until": TODAY, "show": CARD}],
}


@pytest.mark.parametrize("rules", RULES.values(), ids=[name.replace(" ", "-") for name in RULES])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("who", [Who(), Who(slug="buyer", purpose="sourcing")], ids=["anonymous", "member"])
def test_the_first_answer_of_a_new_day_is_that_of_the_new_day(
    sqlite_node: Template, rules: list[dict[str, Any]], form: str, who: Who
) -> None:
    spec = FactorySpec(
        owner="maker", document=DOCUMENT, grants=(), scope=("process", "tolerance"), revoked=False, edited=False,
        rules=[{"id": f"r{number}", **rule} for number, rule in enumerate(rules)],
    )  # fmt: skip
    with closing(sqlite_node.node("dated")) as node:
        factory_id = add_factory(node, spec, ALONE)
        question = next(factory(reference(node, who, look(node, who), keys(node)), factory_id, form, 9))
        question.ask(node, who)
        node.world.clock.forward(days=1)
        got = question.ask(node, who)
        # The restated view's place in its status list is random, so the reference looks after the answer was given.
        wanted = question.expected(reference(node, who, look(node, who), keys(node)))
        assert got.sorted() == wanted.sorted()
