"""A rival capped at `$listing` hidden cannot tell the node from one where the factory was never made; nor can nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from network import membership
from sharing import access, attestations, audits
from sharing.auditing import disputes, findings, results
from sharing.models import Audit, Grant, StoredView
from tests.api.world import rules_for_programs
from tests.leaks import building, tally
from tests.leaks.building import add_factory, put_policy
from tests.leaks.nodes import Node, Template, Who, closing
from tests.leaks.questions import everything, keys, look, reference
from tests.leaks.requests import Secrets, Uncovered, run, script, takes_an_id
from tests.leaks.ruling import RIVALS
from tests.leaks.values import DID
from tests.leaks.worlds import FactorySpec, Grants, WorldSpec
from trust import jws

ALONE = WorldSpec(factories=(), friends=(), agreed=False, days_later=0, platform=())
OPEN = {"id": "all", "to": "anyone", "show": [["*", "exact"]]}
TIERS = [
    {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"], ["process", "band"]]},
    {"id": "members", "to": {"tier": "member"}, "for": ["sourcing", "rfq"], "show": [["tolerance", "band"]]},
    {"id": "partners", "to": {"tier": "partner"}, "show": [["*", "exact"]]},
]
SECRET: dict[str, Any] = {
    "legal_name": "Secret works of Đông Anh", "country": "VN", "province": "VN-HN",
    "capabilities": [
        {
            "process": "3.2.1", "tolerance_um": "1", "material_family": "S", "max_x_mm": "200", "lot_min": "1",
            "lead_time_p50_days": "3", "capacity_group": "Mills",
        }
    ] * 2,
    "capacity_groups": [{"name": "Mills", "unit": "HUR", "spare_hours": {"2026-W48": "80"}}],
    "certificates": [{"scheme": "ISO9001:2015", "scope": "All"}],
}  # fmt: skip
VISIBLE: dict[str, Any] = {**SECRET, "legal_name": "Turning works", "province": "VN-SG"}

RIVAL, NOBODY = Who(slug="rival", purpose="sourcing"), Who()
MEMBER, WRONG_PURPOSE = Who(slug="buyer", purpose="sourcing"), Who(slug="buyer", purpose="benchmark")
PARTNER = Who(slug="partner", purpose="rfq")
VIEWERS = (NOBODY, MEMBER, WRONG_PURPOSE, PARTNER, RIVAL)
QUERIES = (
    {"limit": ["1"]},
    {"process": ["3.2.1"], "sort": ["lead_time"], "limit": ["2"]},
    {"tolerance_um_max": ["5"], "limit": ["20"]},
)


def factory(*rules: dict[str, Any], document: dict[str, Any] = SECRET) -> FactorySpec:
    return FactorySpec(
        owner="maker", document=document, rules=list(rules), scope=("process", "tolerance"), revoked=False, edited=False,
        grants=(Grants(to="partner", tier="partner", purpose="rfq"),),
    )  # fmt: skip


@pytest.mark.parametrize("capped", [False, True], ids=["open", "capped"])
def test_with_and_without_the_cap_every_viewer_gets_their_own_projection(sqlite_node: Template, capped: bool) -> None:
    name = f"one factory, {'with' if capped else 'without'} a capped rival"
    with closing(sqlite_node.node("twice")) as node, tally.counting(name) as counted:
        factory_id = add_factory(node, factory(*TIERS, *[RIVALS] * capped), ALONE)
        known = keys(node)
        seen = {}
        for turn, who in enumerate((*VIEWERS, NOBODY)):
            view = look(node, who)
            seen[str(who)] = factory_id in view.contents
            engine = reference(node, who, view, known)
            for step in range(4):
                for question in everything(node, engine, view, QUERIES, turn + step):
                    got, wanted = question.ask(node, who).sorted(), question.expected(engine).sorted()
                    counted.count(question.kind, substantial=factory_id in view.contents)
                    assert got == wanted, f"{who} {question}"
    # A rival who logs out is nobody, so what they may not see is closed to nobody too.
    assert seen == {str(who): not (capped and who in {RIVAL, NOBODY}) for who in VIEWERS}


def base(template: Template) -> Node:
    """A node with a visible factory and with things of the rival's own, so that no list is empty for want of rows."""
    node = template.node("base")
    visible = add_factory(node, factory(*TIERS, document=VISIBLE), ALONE)
    building.befriend(node, "rival", "friends", ["buyer"])
    building.agree(node, "maker", "rival", "standard")
    building.grant(node, "maker", visible, "rival", tier="partner", purpose="rfq", fields=["tolerance"])
    with node.house.database.write() as session:
        who = building.caller(node, "rival", "sourcing")
        access.request_access(node.house, session, who, factory_id=visible, purpose="sourcing", message="Hello")
    return node


def hidden_from_the_start(node: Node) -> Secrets:
    """The factory, with the cap before its first publication, its grants, its audit and its attestation."""
    factory_id = add_factory(node, factory(OPEN, RIVALS), ALONE)
    return _secrets(node, factory_id, asked=_ask(node, "buyer", factory_id))


def hidden_later(node: Node) -> Secrets:
    """The factory, which the rival saw, asked for, was granted and was about to audit before the cap."""
    factory_id = add_factory(node, factory(OPEN), ALONE)
    asked = _ask(node, "rival", factory_id)
    with node.house.database.write() as session:
        access.decide_request(
            node.house, session, building.caller(node, "maker"), asked, grant=True, tier="partner",
            until=node.house.today() + timedelta(days=30),
        )  # fmt: skip
    drafted = _audited_by_the_rival(node, factory_id)
    found = _found_and_disputed(node, factory_id, "rival")
    put_policy(node, "maker", factory_id, [OPEN, RIVALS])
    hidden = _secrets(node, factory_id, asked=asked)
    return replace(hidden, others={**hidden.others, **found, "drafted attestation": drafted})


def _audited_by_the_rival(node: Node, factory_id: str) -> str:
    """An audit of the rival's that both accepted, as far as its worksheet; returns the attestation's id."""
    house, today = node.house, node.house.today()
    work = audits.Engagement(
        factory_id=factory_id, auditor="rival", scheme="peer-check", scheme_version="1", kind="peer", modality="onsite",
        scope=("process",), scope_text="", start=today, until=today + timedelta(days=5),
    )  # fmt: skip
    with house.database.write() as session:
        audit = audits.propose_audit(house, session, building.caller(node, "maker"), work)
    with house.database.write() as session:
        rival = building.caller(node, "rival", "audit")
        audits.accept_audit(house, session, rival, audit.id)
        return str(attestations.make_worksheet(house, session, rival, audit.id)["attestation"])


def _found_and_disputed(node: Node, factory_id: str, auditor: str) -> dict[str, str]:
    """A checklist, a finding of the auditor's and the owner's dispute about it, in each of their audits; the ids."""
    house, ids = node.house, {}
    with house.database.read() as session:
        mine = select(Audit.id).where(Audit.factory_id == factory_id, Audit.auditor_id == node.world.ids[auditor])
        engaged = session.scalars(mine).all()
    raised = findings.Raised(clause="8.5.1", statement="Loose", objective_evidence="Seen", grade="minor", item="1")
    items = [{"id": "1", "criterion": "8.5.1", "field_paths": ["capability.process"]}]
    for number, audit_id in enumerate(engaged):
        with house.database.write() as session:
            who = building.caller(node, auditor, "audit")
            results.put_checklist(house, session, who, audit_id, items)
            made = findings.raise_finding(house, session, who, audit_id, raised)
        with house.database.write() as session:
            owner = building.caller(node, "maker")
            opened = disputes.open_dispute(house, session, owner, statement="It is tight", finding_id=made.id)
        ids |= {f"finding {auditor} {number}": made.id, f"dispute {auditor} {number}": opened.id}
    return ids


def _ask(node: Node, slug: str, factory_id: str) -> str:
    with node.house.database.write() as session:
        who = building.caller(node, slug, "sourcing")
        return access.request_access(node.house, session, who, factory_id=factory_id, purpose="rfq", message="Shafts").id


def _secrets(node: Node, factory_id: str, *, asked: str) -> Secrets:
    signed = next(each for each in node.signed.values() if each.factory_id == factory_id)
    with node.house.database.read() as session:
        grants = session.scalars(select(Grant.id).where(Grant.factory_id == factory_id).order_by(Grant.id)).all()
        engaged = session.scalars(select(Audit.id).where(Audit.factory_id == factory_id)).all()
        document = building.profile(node, session, "maker", factory_id)
    others = {"request": asked, "attestation": signed.id}
    others |= {f"audit {number}": each for number, each in enumerate(engaged)}
    others |= {f"grant {number}": each for number, each in enumerate(grants)}
    others |= {"group": document["capacity_groups"][0]["id"], "certificate": document["certificates"][0]["id"]}
    others |= _found_and_disputed(node, factory_id, "auditor")
    return Secrets(factory=factory_id, capability=document["capabilities"][0]["id"], others=others)


@pytest.mark.parametrize("hide", [hidden_from_the_start, hidden_later])
def test_the_rival_and_nobody_cannot_tell_it_from_a_factory_that_was_never_made(sqlite_node: Template, hide: Any) -> None:
    never = base(sqlite_node)
    capped = never.copy()
    with closing(never, capped), tally.counting(f"capped rival, {hide.__name__.replace('_', ' ')}") as counted:
        hidden = hide(capped)
        askers = (RIVAL, NOBODY) if hide is hidden_from_the_start else (Who(slug="rival", purpose="audit"), NOBODY)
        requests = list(script(capped.client.application, hidden, askers))
        answers, wanted = run(capped, requests), run(never, requests)
        assert len(answers) == len(wanted) >= 60
        told = [str(request) for request, got, want in zip(requests, answers, wanted, strict=False) if got != want]
        assert not told, told[:10]
        assert answers == wanted
        for got in answers:
            counted.count(str(got.status), substantial=got.status < 300)
        assert hidden.factory.encode() not in b"".join(got.body for got in answers)


def test_the_rivals_tokens_say_nothing_of_it(sqlite_node: Template) -> None:
    never = base(sqlite_node)
    with never.house.database.write() as session:
        new = membership.create_client(
            session, never.world.ids["rival"], label="rival", scopes=("read",), entropy=never.chance, now=never.house.now()
        )
    capped = never.copy()
    with closing(never, capped):
        hidden_later(capped)
        form = {"grant_type": "client_credentials", "client_id": new.client.client_id, "client_secret": new.secret}
        for more in ({}, {"purpose": "rfq"}, {"purpose": "no-purpose"}, {"scope": "write"}, {"client_secret": "wrong"}):
            # Other chance for each, so that only the replaced `jti` (and the signature over it) can differ.
            got = capped.ask(NOBODY, "POST", "/v1/token", label="one", data=form | more)
            assert got == never.ask(NOBODY, "POST", "/v1/token", label="another", data=form | more)


def test_the_factory_is_there_for_everybody_else(sqlite_node: Template) -> None:
    """The script above would pass against a node that lost the factory; this one does not."""
    with closing(base(sqlite_node)) as node:
        hidden = hidden_later(node)
        for who, status in ((Who(slug="buyer", purpose="rfq"), 200), (RIVAL, 404), (NOBODY, 404)):
            assert node.ask(who, "GET", f"/v1/factories/{hidden.factory}").status == status
        assert node.ask(PARTNER, "GET", f"/v1/attestations/{hidden.others['attestation']}").status == 200
        assert hidden.factory.encode() in node.ask(PARTNER, "GET", "/v1/grants").body


def test_the_script_covers_every_route_that_takes_an_id(sqlite_node: Template) -> None:
    with closing(sqlite_node.node("routes")) as node:
        app = node.client.application
        hidden = Secrets(factory="0" * 21, capability="0" * 32, others={"grant": "1" * 32})
        routes = app.url_map.bind("node")
        called = {
            (each.method, routes.match(each.path, each.method, return_rule=True)[0].rule)
            for each in script(app, hidden, [RIVAL])
        }
        with_ids = [rule for rule in rules_for_programs(app) if takes_an_id(rule)]
        assert len(with_ids) > 20
        missing = {(method, rule.rule) for rule in with_ids for method in rule.methods or ()} - called
        assert not missing
        app.url_map._remap = True
        app.add_url_rule("/v1/novelties/<hex:novelty_id>", "novelties.change", lambda novelty_id: "", methods=["PATCH"])
        with pytest.raises(Uncovered, match=r"novelties\.change"):
            list(script(app, hidden, [RIVAL]))


def test_a_status_list_is_known_by_its_random_name_alone_and_names_no_factory(sqlite_node: Template) -> None:
    """The one thing that answers whoever names it: what was handed out must stay checkable by everybody it was handed on
    to. Its name is 128 random bits that only its readers were given, and it says whose it is and which bits are set."""
    with closing(base(sqlite_node)) as node:
        hidden = hidden_from_the_start(node)
        signed = node.signed[hidden.others["attestation"]]
        with node.house.database.read() as session:
            stored = session.scalars(select(StoredView).where(StoredView.factory_id == hidden.factory)).all()
        assert not stored, "a factory that nobody in general may see has no standing view and so no list for one"
        answer = node.ask(NOBODY, "GET", f"/v1/status/{signed.list_id}")
        document = str(dict(jws.peek(answer.body.decode()).payload))
        assert answer.status == 200
        assert f"{DID}maker" not in document
        assert hidden.factory not in document
