"""Attached files: who may not have one gets the bytes of an address where nothing is, and which file it is changes nothing."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from sharing.errors import StateConflict
from sharing.files import shelf
from tests.documents import jpeg, pdf, png
from tests.leaks import tally
from tests.leaks.building import add_factory, caller, edit
from tests.leaks.nodes import Node, Template, Who, closing
from tests.leaks.questions import FORMS, Question, everything, factory, keys, look, reference
from tests.leaks.worlds import FactorySpec, Grants, WorldSpec

ALONE = WorldSpec(factories=(), friends=(), agreed=False, days_later=0, platform=())
CERTIFICATE, DRAWING, OTHER = pdf(b"ISO 9001"), png(7), jpeg(b"another drawing")
KEPT = {hashlib.sha256(each).hexdigest(): each for each in (CERTIFICATE, DRAWING, OTHER)}
C, D, O = KEPT  # noqa: E741 - three digests
RULES = [
    {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"], ["certificate", "existence"]]},
    {"id": "members", "to": {"tier": "member"}, "show": [["certificate", "exact"], ["documents", "existence"]]},
    {"id": "partners", "to": {"tier": "partner"}, "show": [["documents", "exact"]]},
    {"id": "benchmark", "to": "anyone", "for": ["benchmark"], "cap": [["document.file", "hidden"]]},
]
DOCUMENT: dict[str, Any] = {
    "legal_name": "Turning works", "country": "VN",
    "certificates": [{"scheme": "ISO9001:2015", "scope": "All", "document": C}],
    "documents": [{"title": "Shaft", "kind": "drawing", "file": D}],
}  # fmt: skip
PARTNER = Who(slug="partner", purpose="rfq")
OUTSIDE = (Who(), Who(slug="buyer", purpose="sourcing"), Who(slug="partner", purpose="sourcing"), Who(slug="rival"))
QUERIES: tuple[dict[str, list[str]], ...] = (
    {"limit": ["20"]},
    {"limit": ["2"], "certificate": ["ISO9001"], "backed": ["certificate.scheme:document"]},
)


@pytest.fixture
def node(sqlite_node: Template) -> Any:
    made = sqlite_node.node("files")
    house = made.house
    with house.database.write("files") as session:
        for content in KEPT.values():
            shelf.add_file(house, session, caller(made, "maker"), content, name="Secret shaft.pdf")
    spec = FactorySpec(
        owner="maker", document=DOCUMENT, rules=RULES, scope=(), revoked=False, edited=False,
        grants=(Grants(to="partner", tier="partner", purpose="rfq"), Grants(to="partner", tier="partner", purpose="benchmark")),
    )  # fmt: skip
    add_factory(made, spec, ALONE)
    with closing(made):
        yield made


def address(node: Node, digest: str) -> str:
    return f"/v1/factories/{node.factories[0][1]}/documents/{digest}"


def asked(node: Node, who: Who) -> list[Question]:
    view = look(node, who)
    engine = reference(node, who, view, keys(node))
    forms = [each for form in FORMS for turn in range(3) for each in factory(engine, node.factories[0][1], form, turn)]
    return [*everything(node, engine, view, QUERIES[:1], 0), *forms]


@pytest.mark.parametrize("who", OUTSIDE, ids=str)
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_a_file_that_is_not_yours_answers_like_no_file_at_all(node: Node, who: Who, method: str) -> None:
    wanted = node.ask(who, method, address(node, "0" * 64))
    for digest in KEPT:
        assert node.ask(who, method, address(node, digest)) == wanted
    nothing = node.ask(who, method, f"/v1/files/{'0' * 64}")
    assert [node.ask(who, method, f"/v1/files/{digest}") for digest in KEPT] == [nothing] * 3


def test_the_partner_gets_what_the_factory_names_and_only_for_the_purpose(node: Node) -> None:
    answers = {digest: node.ask(PARTNER, "GET", address(node, digest)) for digest in KEPT}
    assert {digest: each.body for digest, each in answers.items() if each.status == 200} == {C: CERTIFICATE, D: DRAWING}
    capped = Who(slug="partner", purpose="benchmark")
    assert {node.ask(capped, "GET", address(node, digest)).status for digest in KEPT} == {404}
    assert "Secret" not in str(answers)


def test_which_file_it_is_changes_no_byte_for_who_may_not_have_it(node: Node) -> None:
    twin = node.copy()

    def change(document: dict[str, Any]) -> None:
        document["documents"][0] |= {"file": O, "title": "Another shaft"}

    with closing(twin), tally.counting("another file") as counted:
        edit(twin, "maker", node.factories[0][1], change)
        for who in OUTSIDE:
            for question in asked(node, who):
                got, wanted = question.ask(twin, who), question.ask(node, who)
                counted.count(question.kind, substantial=wanted.status in {200, 304})
                assert got == wanted, f"{who} {question}"
            for given in QUERIES:
                plain = {"query_string": [(name, value) for name, values in given.items() for value in values]}
                assert twin.ask(who, "GET", "/v1/search", **plain) == node.ask(who, "GET", "/v1/search", **plain)
            for digest in KEPT:
                assert twin.ask(who, "GET", address(twin, digest)) == node.ask(who, "GET", address(node, digest))
        assert twin.ask(PARTNER, "GET", address(twin, O)).body == OTHER
        assert twin.ask(PARTNER, "GET", address(twin, D)).status == 404


def test_two_organizations_with_one_file_learn_nothing_of_each_other(node: Node) -> None:
    house = node.house
    with house.database.write("rivals") as session:
        rival = caller(node, "rival")
        before = shelf.list_files(house, session, rival)
        kept = shelf.add_file(house, session, rival, DRAWING, name="mine.png")
        assert (before, kept.name, kept.used) == ([], "mine.png", False)
        shelf.throw_away(house, session, rival, kept.digest)
        with pytest.raises(StateConflict):
            shelf.throw_away(house, session, caller(node, "maker"), D)
