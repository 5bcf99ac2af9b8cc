"""Everything that somebody can ask about a factory they must not know of: a script made from the node's own routing table.

Every route is called with every method it has. A route with an id in its address is called with every id of what is
hidden that fits; a route that reads a body is called with the bodies in `BODIES`, which name the hidden ids. A route
that reads a body and stands neither there nor in `NAMELESS` stops the script: new routes cannot be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.api.world import rules_for_programs
from tests.leaks.nodes import Node, Who
from tests.leaks.replacements import Answer


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The ids of what is hidden: the factory, and in `others` everything that hangs on it, by name."""

    factory: str
    capability: str
    others: Mapping[str, str]

    @property
    def hexadecimal(self) -> list[str]:
        """Every id that fits where 32 hexadecimal characters stand."""
        return [self.capability, *self.others.values()]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request of the script."""

    who: Who
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.path} {dict(self.query)} {self.body} {dict(self.headers)}"


class Uncovered(AssertionError):
    """A route reads a body and the script does not know what to send."""


SCRIPT_PROFILE = {"legal_name": "Mine", "country": "KR"}
POLICY = {"v": 1, "rules": [{"id": "all", "to": "anyone", "show": [["*", "exact"]]}]}
WORK = {"scheme": "peer-check", "scope": ["process"], "from": "2026-11-22", "until": "2026-12-22"}

Bodies = Callable[[Secrets], Sequence[Any]]

BODIES: Mapping[str, Bodies] = {
    "factories.put_profile": lambda _: [SCRIPT_PROFILE, {"legal_name": 3}],
    "factories.put_policy": lambda hidden: [
        POLICY,
        {"v": 1, "rules": [{"id": "c", "to": "anyone", "cap": [[f"capability/{hidden.capability}", "hidden"]]}]},
    ],
    "answers.preview_draft": lambda hidden: [
        {"as": "org:rival", "policy": POLICY},
        {"viewer": {"country": "KR", "holds": ["ISO9001"]}},
        {"policy": {"v": 1, "rules": [{"id": "c", "to": "anyone", "cap": [[f"capability/{hidden.capability}", "hidden"]]}]}},
    ],
    "answers.explain_draft": lambda hidden: [
        {"as": "org:rival", "policy": POLICY, "field": "capacity"},
        {"viewer": {"org": "did:web:node.example:orgs:rival"}},
        {"policy": {"v": 1, "rules": [{"id": "c", "to": "anyone", "cap": [[f"capability/{hidden.capability}", "hidden"]]}]}},
    ],
    "answers.audience_of_draft": lambda _: [{"field": "capacity.spare_hours", "policy": POLICY}, {"field": "?"}],
    "answers.oddities_of_draft": lambda _: [{"policy": POLICY}, {"policy": {"v": 2}}],
    "answers.policy_impact": lambda hidden: [
        {"factory": hidden.factory, "policy": POLICY},
        {"factory": hidden.factory, "policy": {"v": 1, "rules": []}},
    ],
    "factories.erase_factory": lambda hidden: [{"confirm": hidden.factory}, {"confirm": "no"}],
    "people.set_role": lambda _: [{"role": "reader"}],
    "organization.leave": lambda _: [{"confirm": "maker"}],
    "factories.publish_factory": lambda _: [{}, {"preview": "0" * 64}],
    "factories.confirm_unchanged": lambda hidden: [{}, {"paths": ["capacity"]}, {"paths": [f"capability/{hidden.capability}"]}],
    "access-requests.request_access": lambda hidden: [
        {"factory": hidden.factory, "purpose": purpose, "message": "Let me in", **more}
        for purpose, more in (("rfq", {}), ("sourcing", {"tier": "partner"}), ("no-purpose", {}))
    ],
    "access-requests.decide_request": lambda _: [
        {"decision": "grant", "tier": "partner", "until": "2027-01-01"},
        {"decision": "decline", "message": "No"},
    ],
    "grants.give_grant": lambda hidden: [
        {"factory": hidden.factory, "organization": "buyer", "tier": tier, "purpose": "rfq"} for tier in ("partner", "public")
    ],
    "owners.propose_nda": lambda _: [{"organization": "maker", "template": "standard"}, {"organization": "?", "template": "x"}],
    "owners.put_list": lambda _: [{"organizations": ["buyer"]}, {"organizations": ["nobody"]}],
    "alerts.save_search": lambda hidden: [
        {"name": "Watched", "factory": hidden.factory, "every": "hourly", "mail": True},
        {"name": "Watched", "factory": hidden.factory, "parameters": {"process": ["3"]}},
        {"name": "Watched", "parameters": {"process": ["3.2.1"], "q": ["secret works"]}, "every": "hourly"},
        {"name": "Watched", "parameters": {"process": ["no-code"]}, "factory": hidden.factory},
    ],
    "alerts.change_saved_search": lambda _: [{"name": "x", "every": "daily", "mail": False}, {"name": "x"}],
    "audits.propose_audit": lambda hidden: [
        {"factory": hidden.factory, "auditor": auditor, **WORK} for auditor in ("rival", "auditor", "nobody")
    ],
    "duplicates.decide_duplicate": lambda hidden: [{"decision": "merge", "keep": hidden.factory}, {"decision": "apart"}],
    "audits.make_worksheet": lambda _: [{}, {"fields": ["process"]}, {"fields": ["no-such-field"]}],
    "auditing.record_audit": lambda _: [{}, {"lead_auditor": "Me", "person_days": "2"}, {"person_days": "none"}],
    "auditing.put_checklist": lambda hidden: [
        {"items": [{"id": "1", "criterion": "8.5.1", "field_paths": paths}]}
        for paths in (["capability.process"], [f"capability/{hidden.capability}/process"], ["no-such-field"])
    ],
    "auditing.put_results": lambda _: [{"results": [{"item": "1", "outcome": outcome}]} for outcome in ("major_nc", "fine")],
    "auditing.raise_finding": lambda _: [
        {"clause": "8.5.1", "statement": "Not so", "objective_evidence": "Seen", "grade": grade} for grade in ("major", "none")
    ],
    "auditing.take_finding_step": lambda _: [{"step": step, "text": "So"} for step in ("answer", "accept", "no-step")],
    "auditing.open_dispute": lambda hidden: [
        {name: each, "statement": "Not so"} for each in hidden.others.values() for name in ("finding", "attestation")
    ],
    "auditing.take_dispute_step": lambda _: [
        {"step": "answer", "text": "So", "outcome": "upheld"},
        {"step": "accept", "text": "So"},
        {"step": "no-step", "text": "So"},
    ],
    "attestations.attest": lambda hidden: [
        body
        for name, each in hidden.others.items()
        if name.startswith(("audit", "attestation", "drafted"))
        for body in (
            {"attestation": each, "sd_jwt": "e30.e30.e30~"},
            {
                "attestation": each,
                "assessed_on": "2026-11-22",
                "valid_until": "2027-11-22",
                "method": "onsite",
                "independence": {"months": 12},
            },
        )
    ],
    **{
        f"attestations.{move}_attestation": lambda _: [
            {"reason": "Not so"},
            {"reason": "Not so", "signed_request": "e30.e30.e30"},
        ]
        for move in ("revoke", "suspend", "resume")
    },
}

NAMELESS = {
    "factories.create_factory",
    "imports.import_file",
    "token.token",
    "sign-ups.sign_up",
    "sign-ups.confirm_sign_up",
    "sign-ups.request_reset",
    "sign-ups.finish_reset",
    "sessions.log_in",
    "people.invite",
    "people.accept_invitation",
    "organization.make_client",
    "me.change_me",
    "me.change_password",
    "me.offer_factor",
    "me.confirm_factor",
    "me.renew_recovery_codes",
    "me.accept_terms",
    "applications.apply",
}
"""Routes whose body cannot name anything of anybody else's."""

WITHOUT_BODY = {
    "duplicates.find_duplicates",
    "factories.withdraw_factory",
    "owners.accept_nda",
    "audits.accept_audit",
    "audits.decline_audit",
    "audits.close_audit",
    "applications.attach_document",
    "files.add_file",
    "organization.rotate_secret",
}

QUERIES: Mapping[str, Sequence[tuple[tuple[str, str], ...]]] = {
    "answers.preview": [
        (("as", "public"),),
        (("as", "org:rival"), ("purpose", "rfq")),
        (("as", 'viewer:{"country": "KR"}'),),
        (),
    ],
    "answers.explain": [(("as", "org:rival"), ("field", "capacity")), ()],
    "answers.audience": [(("field", "capacity.spare_hours"), ("level", "band")), (("field", "?"),), ()],
    "factories.put_policy": [(), (("confirm", "cap_reaches_public"),)],
    "search.suggest": [
        (("typed", typed), *more)
        for typed in ("secret", "secert", "dong a", "3.2.1", "iso90", "titan")
        for more in ((), (("process", "3"), ("field", "q")))
    ],
    "node.key_statement": [(("kid", "did:web:node.example:orgs:maker#" + "A" * 43),)],
}

NAMING = {
    "attestations.list_attestations": "factory",
    "ledger.list_disclosures": "factory",
    "ledger.export_ledger": "factory",
}
"""Addresses with a parameter that names a factory, and its name."""

SEARCHES: Sequence[tuple[tuple[str, str], ...]] = (
    (),
    (("q", "đông anh"),),
    (("q", "secret works"),),
    (("text", "secret works đông"),),
    (("backed", "capability.process:peer"), ("backed", "certificate.scheme:document")),
    (("process", "3.2.1"), ("limit", "1")),
    (("process", "3"), ("sort", "lead_time")),
    (("material", "S"),),
    (("certificate", "ISO9001"), ("sort", "spare_hours")),
    (("tolerance_um_max", "1"),),
    (("province", "VN"), ("wish", "process"), ("process", "3.2.1")),
    (("spare_hours", "1"), ("hours_mode", "each"), ("weeks_from", "2026-W48"), ("weeks_until", "2026-W48")),
    (("lot", "5"), ("max_x_min", "100")),
    (("limit", "1"), ("sort", "wishes"), ("wish", "q"), ("q", "works")),
    (("no_such", "parameter"),),
)

SEEN_FORMS: Sequence[Mapping[str, str]] = (
    {},
    {"Accept": "application/vc+jwt"},
    {"If-None-Match": '"0"'},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Sun, 22 Nov 2026 00:00:00 GMT"},
    {"Accept": "text/csv"},
)


def script(app: Flask, hidden: Secrets, askers: Sequence[Who]) -> Iterator[Request]:
    """All requests, in the order of the routing table, each by every asker."""
    rules = sorted(rules_for_programs(app), key=lambda rule: (rule.rule, rule.endpoint))
    for who in askers:
        for rule in rules:
            for path in _paths(rule, hidden):
                yield from _requests(rule, who, path, hidden)
        for query in SEARCHES:
            yield Request(who=who, method="GET", path="/v1/search", query=query)
            yield Request(who=who, method="HEAD", path="/v1/search", query=query)


def takes_an_id(rule: Rule) -> bool:
    """Whether an id of something stands in the address."""
    return any(kind in rule.rule for kind in ("<factory:", "<hex:"))


def _paths(rule: Rule, hidden: Secrets) -> Iterator[str]:
    kinds = re.findall(r"<(\w+):\w+>", rule.rule)
    known = {
        "factory": [hidden.factory],
        "hex": hidden.hexadecimal,
        "slug": ["maker", "friends", "nobody"],
        "thumbprint": ["A" * 43],
        "digest": ["0" * 64],
    }
    unknown = [kind for kind in kinds if kind not in known]
    if unknown:
        raise Uncovered(f"{rule.rule}: the script has no value for <{unknown[0]}>")
    paths = [rule.rule]
    for _ in kinds:
        paths = [
            re.sub(r"<\w+:\w+>", value, path, count=1)
            for path in paths
            for value in known[re.search(r"<(\w+):", path)[1]]  # type: ignore[index]
        ]
    yield from paths


def _requests(rule: Rule, who: Who, path: str, hidden: Secrets) -> Iterator[Request]:
    queries = QUERIES.get(rule.endpoint, [()])
    if rule.endpoint in NAMING:
        queries = [*queries, ((NAMING[rule.endpoint], hidden.factory),)]
    for method in sorted(rule.methods or ()):
        if method == "DELETE" and rule.endpoint in BODIES:
            for body in BODIES[rule.endpoint](hidden):
                yield Request(who=who, method=method, path=path, body=body)
        if method in {"GET", "HEAD", "DELETE", "OPTIONS"}:
            forms = SEEN_FORMS if method == "GET" and _has_forms(path, hidden) else [{}]
            for query in queries:
                for headers in forms:
                    yield Request(who=who, method=method, path=path, query=query, headers=headers)
            continue
        for body in _bodies(rule.endpoint, hidden):
            for query in queries:
                yield Request(who=who, method=method, path=path, query=query, body=body)
        if takes_an_id(rule):
            headers = {"If-Match": '"profile-1"', "Idempotency-Key": "the-same-thing-twice"}
            yield Request(who=who, method=method, path=path, query=queries[-1], body={}, headers=headers)


def _has_forms(path: str, hidden: Secrets) -> bool:
    """Conditions and media types are tried on the factory and on what was signed about it."""
    return hidden.factory in path or hidden.others.get("attestation", "-") in path


def _bodies(endpoint: str, hidden: Secrets) -> Sequence[Any]:
    if endpoint in BODIES:
        return BODIES[endpoint](hidden)
    if endpoint in WITHOUT_BODY:
        return [None]
    if endpoint in NAMELESS:
        return []
    raise Uncovered(f"{endpoint} reads a body: say in tests/leaks/requests.py what the script shall send")


def run(node: Node, requests: Sequence[Request]) -> list[Answer]:
    """The answers of a node to the script; a page with a following one is followed."""
    answers = []
    for number, each in enumerate(requests):
        other: dict[str, Any] = {"query_string": list(each.query), "headers": dict(each.headers)}
        if each.body is not None:
            other["json"] = each.body
        response = node.respond(each.who, each.method, each.path, label=str(number), **other)
        answers.append(node.read(response))
        following = response.json.get("next") if each.path == "/v1/search" and each.method == "GET" else None
        while following:
            query = [*each.query, ("cursor", following)]
            response = node.respond(each.who, "GET", each.path, label=f"{number} next", query_string=query)
            answers.append(node.read(response))
            following = response.json.get("next")
    return answers
