"""From a network as data to a node that holds it, through the services that owners and auditors use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from network import membership
from policies import TIERS, ActiveGrant, PlatformCap, parse_platform
from sharing import attestations, audits, catalogue, confirming, factories, grants, own_policy, publish, relations
from sharing.auditing import standing
from sharing.errors import NotFound, StateConflict
from sharing.files import shelf
from sharing.models import Publication
from sharing.stored import stored_record
from sharing.viewers import Caller
from sharing.worksheet import Assessment, sign_request, sign_revocation, sign_worksheet
from tests.leaks.nodes import AUDITOR, Node, Signed, Template
from tests.leaks.reference import Catalogue
from tests.leaks.values import DIGESTS, DISGUISED_FAMILIES, FAMILIES, PAPERS
from tests.leaks.worlds import FactorySpec, WorldSpec
from tests.world import save_policy
from trust.attestation import Independence, Method

ATTACHING = {"certificates": "document", "documents": "file"}
"""Parts of a profile whose elements attach files, and the name they do it under."""


def platform_of(documents: Sequence[Mapping[str, Any]]) -> tuple[PlatformCap, ...]:
    """The operator's own caps."""
    return tuple(parse_platform([dict(each) for each in documents], catalogue.vocabulary()))


def built(template: Template, spec: WorldSpec, *, seed: str = "world") -> Node:
    """A node that holds the network."""
    node = template.node(seed, platform=platform_of(spec.platform))
    for owner in ("maker", "smith"):
        if spec.friends:
            befriend(node, owner, "friends", spec.friends)
        if spec.agreed:
            agree(node, owner, "partner", "standard")
    for each in spec.factories:
        add_factory(node, each, spec)
    node.world.clock.forward(days=spec.days_later)
    return node


def befriend(node: Node, owner: str, name: str, slugs: Sequence[str]) -> None:
    """Put organizations on an owner's list."""
    with node.house.database.write() as session:
        relations.put_list(node.house, session, caller(node, owner), name, list(slugs))


def agree(node: Node, owner: str, other: str, template: str) -> None:
    """A confidentiality agreement that both sides recorded."""
    with node.house.database.write() as session:
        made = relations.propose_nda(node.house, session, caller(node, owner), organization=other, template=template)
    with node.house.database.write() as session:
        relations.accept_nda(node.house, session, caller(node, other), made.id)


def add_factory(node: Node, spec: FactorySpec, world: WorldSpec) -> str:
    """A published factory with its policy, grants, attestation and later edit."""
    house, clock = node.house, node.world.clock
    clock.forward(days=-spec.age)
    with house.database.write() as session:
        keep_papers(node, session, spec.owner, spec.document)
        factory_id = factories.create_factory(house, session, caller(node, spec.owner), deepcopy(spec.document))
    node.factories.append((spec.owner, factory_id))
    put_policy(node, spec.owner, factory_id, spec.rules)
    make_public(node, spec.owner, factory_id)
    clock.forward(days=spec.age)
    if spec.moved:
        edit(node, spec.owner, factory_id, _moved_hours)
    if world.agreed:
        node.tie("partner", factory_id, lambda tie: replace(tie, ndas=frozenset({"standard"})))
    for slug in world.friends:
        node.tie(slug, factory_id, lambda tie: replace(tie, groups=frozenset({"friends"})))
    for each in spec.grants:
        grant(node, spec.owner, factory_id, each.to, tier=each.tier, purpose=each.purpose, fields=each.fields)
    if spec.scope:
        attestation_id = attest(node, spec.owner, factory_id, spec.scope, method=spec.method, days=spec.lasting)
        if attestation_id is not None and spec.revoked:
            revoke(node, attestation_id)
        elif attestation_id is not None and spec.suspended:
            suspend(node, attestation_id)
        if attestation_id is not None and spec.edited:
            edit(node, spec.owner, factory_id, _other_numbers)
    if spec.confirmed:
        confirm(node, spec.owner, factory_id, spec.confirmed)
    return factory_id


def keep_papers(node: Node, session: Any, owner: str, document: Mapping[str, Any]) -> None:
    """Upload what the document attaches."""
    named = {each.get(name) for part, name in ATTACHING.items() for each in document.get(part, ())}
    for digest in DIGESTS:
        if digest in named:
            shelf.add_file(node.house, session, caller(node, owner), PAPERS[digest][1], name="Secret shaft.pdf")


def throw_away_papers(node: Node, owner: str) -> None:
    """Throw away what no profile of the owner names any more."""
    with node.house.database.write() as session:
        who = caller(node, owner)
        for each in shelf.list_files(node.house, session, who):
            if not each.used:
                shelf.throw_away(node.house, session, who, each.digest)


def confirm(node: Node, owner: str, factory_id: str, what: str) -> None:
    """The owner says that nothing changed: in one scope (if there is anything in it), or anywhere (`*`)."""
    with node.house.database.write() as session:
        document = profile(node, session, owner, factory_id)
        scopes = {"capacity": "capacity_groups", "capability": "capabilities", "certificate": "certificates"}
        paths = [scope for scope, part in scopes.items() if document.get(part) and what in {scope, "*"}]
        if paths:
            confirming.confirm_unchanged(node.house, session, caller(node, owner), factory_id, paths)


def caller(node: Node, slug: str, purpose: str | None = None) -> Caller:
    """An organization as it calls now."""
    with node.house.database.read() as session:
        return Caller(member=membership.member_of(session, node.world.ids[slug]), purpose=purpose)


def published_names(session: Any) -> list[str]:
    """The legal names that are published, in the order of the factories' ids."""
    rows = session.scalars(select(Publication).order_by(Publication.factory_id))
    return [str(value) for row in rows for _, key, value in stored_record(row.document).values() if key == "legal_name"]


def put_policy(node: Node, owner: str, factory_id: str, rules: Sequence[Mapping[str, Any]]) -> None:
    """Replace the policy; `capability/#0` is the first capability of the newest profile."""
    house, who = node.house, caller(node, owner)
    with house.database.write() as session:
        ids = [each["id"] for each in profile(node, session, owner, factory_id).get("capabilities", ())]
        document = {"v": 1, "rules": [_named(rule, ids) for rule in rules]}
        save_policy(house, session, who, factory_id, document)


def policy(node: Node, owner: str, factory_id: str) -> list[dict[str, Any]]:
    """The rules of the newest policy."""
    with node.house.database.read() as session:
        found = own_policy.get_policy(node.house, session, caller(node, owner), factory_id)
    return deepcopy(list(found.document["rules"]))  # type: ignore[call-overload]


def profile(node: Node, session: Any, owner: str, factory_id: str) -> dict[str, Any]:
    """The newest profile document."""
    return deepcopy(dict(factories.get_profile(node.house, session, caller(node, owner), factory_id).document))


def edit(node: Node, owner: str, factory_id: str, change: Any, *, rules: Any = None) -> None:
    """Change the profile (and the policy, in between) and publish it. `change` gets the document and may alter it."""
    house, who = node.house, caller(node, owner)
    with house.database.write() as session:
        document = profile(node, session, owner, factory_id)
        change(document)
        factories.put_profile(house, session, who, factory_id, document)
    if rules is not None:
        put_policy(node, owner, factory_id, rules(policy(node, owner, factory_id)))
    make_public(node, owner, factory_id)


def make_public(node: Node, owner: str, factory_id: str) -> None:
    """Publish the newest profile."""
    house, who = node.house, caller(node, owner)
    with house.database.write() as session:
        digest = publish.first_preview(house, session, who, [factory_id]).digest
        publish.publish(house, session, who, factory_id, confirm=digest)


def grant(
    node: Node, owner: str, factory_id: str, to: str, *, tier: str, purpose: str, fields: Sequence[str] | None = None
) -> str:
    """Give a grant; returns its id."""
    house = node.house
    with house.database.write() as session:
        made = grants.give_grant(
            house, session, caller(node, owner), factory_id=factory_id, organization=to, tier=tier, purpose=purpose,
            fields=None if fields is None else list(fields),
        )  # fmt: skip
    today = house.today()
    known = ActiveGrant(
        tier=TIERS[tier], purpose=purpose, start=today, until=today + timedelta(days=90),
        fields=None if fields is None else frozenset(_expanded(fields)),
    )  # fmt: skip
    node.tie(to, factory_id, lambda tie: replace(tie, grants=(*tie.grants, known)))
    return made.id


def _expanded(targets: Sequence[str]) -> list[str]:
    groups = catalogue.vocabulary().groups
    return [name for target in targets for name in groups.get(target, (target,))]


def engage(node: Node, owner: str, factory_id: str, scope: Sequence[str]) -> str:
    """An audit that both sides accepted; returns its id."""
    house, today = node.house, node.house.today()
    engagement = audits.Engagement(
        factory_id=factory_id, auditor="auditor", scheme="peer-check", scheme_version="1", kind="peer",
        modality="onsite", scope=tuple(scope), scope_text="", start=today, until=today + timedelta(days=5),
    )  # fmt: skip
    with house.database.write() as session:
        audit = audits.propose_audit(house, session, caller(node, owner), engagement)
    try:
        with house.database.write() as session:
            audits.accept_audit(house, session, caller(node, "auditor", "audit"), audit.id)
    except NotFound:
        return audit.id  # for the auditor there is no such factory
    fields = frozenset(name for name in _expanded(scope) if catalogue.field(name).attestable)
    window = ActiveGrant(tier=None, purpose="audit", start=today, until=today + timedelta(days=5), fields=fields, direct=True)
    node.tie("auditor", factory_id, lambda tie: replace(tie, grants=(*tie.grants, window)))
    return audit.id


def attest(
    node: Node, owner: str, factory_id: str, scope: Sequence[str], *, method: Method = "onsite", days: int = 365
) -> str | None:
    """Audit the scope and sign what the auditor sees of it; None when they see nothing of it."""
    house, audit_id = node.house, engage(node, owner, factory_id, scope)
    who = caller(node, "auditor", "audit")
    try:
        with house.database.write() as session:
            sheet = attestations.make_worksheet(house, session, who, audit_id)
    except (NotFound, StateConflict):
        return None
    today = house.today()
    assessment = Assessment(
        paths=None,
        method=method,
        assessed_on=today,
        valid_until=today + timedelta(days=days),
        independence=Independence(months=24),
    )
    whole = sign_worksheet(sheet, assessment, signer=AUDITOR, at=house.now(), entropy=house.entropy)
    attestation_id = str(sheet["attestation"])
    with house.database.write() as session:
        attestations.submit_attestation(house, session, who, attestation_id, whole)
    claims: Any = sheet["claims"]
    schemes = {cell["value"] for name, cell in claims.items() if name.endswith("/scheme@exact")}
    entries: Any = sheet["status"]
    lists = {each["statusPurpose"]: each["statusListCredential"].rpartition("/")[2] for each in entries}
    node.signed[attestation_id] = Signed(
        id=attestation_id, owner=owner, factory_id=factory_id, audit_id=audit_id, whole=whole,
        list_id=lists.pop("revocation"), further=lists, until=today + timedelta(days=days),
        schemes=frozenset(term for scheme in schemes for term in (scheme, scheme.partition(":")[0])),
    )  # fmt: skip
    return attestation_id


def revoke(node: Node, attestation_id: str) -> None:
    """The auditor takes it back, with a request signed by their own key."""
    house = node.house
    request = sign_revocation(attestation_id, signer=AUDITOR, at=house.now(), reason="Not so")
    with house.database.write() as session:
        who = caller(node, "auditor", "audit")
        standing.revoke_attestation(house, session, who, attestation_id, reason="Not so", signed_request=request)
    node.signed[attestation_id] = replace(node.signed[attestation_id], schemes=frozenset())


def suspend(node: Node, attestation_id: str) -> None:
    """The auditor takes it out of force, likewise."""
    house = node.house
    request = sign_request("suspend", attestation_id, signer=AUDITOR, at=house.now(), reason="To be looked at")
    with house.database.write() as session:
        who = caller(node, "auditor", "audit")
        standing.suspend_attestation(house, session, who, attestation_id, reason="To be looked at", signed_request=request)
    node.signed[attestation_id] = replace(node.signed[attestation_id], schemes=frozenset())


def the_catalogue() -> Catalogue:
    """The fixed facts of the schema, for the plain engine."""
    fields = catalogue.FIELDS
    return Catalogue(
        reads={
            name: tuple((key, str(match)) for key, match in each.reads) for name, each in catalogue.search_parameters().items()
        },
        codes={
            each.key: {code.code: (code.parent, (code.label_en, code.label_vi)) for code in each.codes}
            for each in fields
            if each.codes is not None
        },
        decimals={each.key: each.decimals for each in fields},
        facets={
            next(one.parameter for one in each.search if str(one.match) == "term"): each.key for each in fields if each.facet
        },
        families={**FAMILIES, **DISGUISED_FAMILIES},
    )


def _named(rule: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    """The rule with `capability/#n` as the id of the n-th capability."""
    effect = "show" if "show" in rule else "cap"
    targets = []
    for target, level in rule[effect]:
        head, mark, number = target.partition("#")
        targets.append([head + ids[int(number)] if mark else target, level])
    return {**rule, effect: targets}


def _moved_hours(document: dict[str, Any]) -> None:
    """Take a little off the hours of each week, unless that leaves the band."""
    for group in document.get("capacity_groups", ()):
        for week, hours in group.get("spare_hours", {}).items():
            group["spare_hours"][week] = hours if float(hours) in {40, 80} else f"{float(hours) - 0.1:g}"


def _other_numbers(document: dict[str, Any]) -> None:
    """Change every tolerance and lead time a little: some stay within their band, some do not."""
    for each in document.get("capabilities", ()):
        if "tolerance_um" in each:
            each["tolerance_um"] = f"{float(each['tolerance_um']) + 0.5:g}"
        if "lead_time_p50_days" in each:
            each["lead_time_p50_days"] = str(int(each["lead_time_p50_days"]) + 1)
