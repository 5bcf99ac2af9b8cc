"""Our policies as Cedar, for an independent opinion.

One Cedar request asks "may this viewer see this key at this level at least?". A key is a field, ``$listing`` or
``capability/<id>``. A show becomes ``permit`` for levels up to its own, a cap ``forbid`` for levels above. Grants
become places in an entity hierarchy: ``Place::"partner/hours"`` says that the viewer is on the partner tier as far as
``hours`` goes. Valid only for viewers with every mandatory attribute present: Cedar skips a ``forbid`` over a missing
one, where ours applies it. Written without looking at the evaluators' code paths: only the model is imported.
"""

from __future__ import annotations

import json
from datetime import date

from policies.levels import Level, Tier
from policies.model import (
    CAPABILITY_PREFIX,
    EVERYTHING,
    LISTING,
    Effect,
    PlatformCap,
    Policy,
    Relation,
    Rule,
    Viewer,
    Vocabulary,
)

BACKED_BY = {"document": ["document"], "peer": ["document", "peer"], "body": ["document", "peer", "body"]}


def cedar_policies(policy: Policy, platform: tuple[PlatformCap, ...], vocabulary: Vocabulary) -> str:
    """Cedar text. For known viewers an ``identified`` platform cap and an owner's cap are the same thing."""
    keys = cedar_keys(policy, vocabulary)
    rules = [*policy.rules, *(cap.rule for cap in platform)]
    direct = "permit(principal, action, resource) when { principal in context.direct };"
    return "\n".join([direct, *(_statement(rule, keys, vocabulary) for rule in rules)])


def cedar_keys(policy: Policy, vocabulary: Vocabulary) -> list[str]:
    named = sorted({t for rule in policy.rules for t, _ in rule.targets if t.startswith(CAPABILITY_PREFIX)})
    return [LISTING, *vocabulary.fields, *named]


def cedar_viewer(name: str, viewer: Viewer, relation: Relation, day: date) -> list[dict[str, object]]:
    """The viewer with the places their grants give today, as entities."""
    places: set[str] = set()
    for grant in relation.grants:
        if grant.purpose != viewer.purpose or not grant.start <= day <= grant.until:
            continue
        rungs = ["direct"] if grant.direct else [t.word for t in Tier if grant.tier is not None and t <= grant.tier]
        for rung in rungs:
            parts = ["*"] if grant.fields is None else [LISTING, *grant.fields]
            places |= {f"{rung}/{part}" for part in parts}
    attributes = {
        "org": viewer.org,
        "country": viewer.country,
        "verified": viewer.verified,
        "purpose": viewer.purpose,
        "member": viewer.member,
        "sectors": sorted(viewer.sectors),
        "roles": sorted(viewer.roles),
        "holds": [f"{scheme}@{word}" for scheme, backing in viewer.holds.items() for word in BACKED_BY[backing]],
        "ndas": sorted(relation.ndas),
        "groups": sorted(relation.groups),
    }
    parents = [{"type": "Place", "id": place} for place in sorted(places)]
    return [
        {"uid": {"type": "Viewer", "id": name}, "attrs": attributes, "parents": parents},
        *({"uid": place, "attrs": {}, "parents": []} for place in parents),
    ]


def cedar_request(name: str, key: str, level: Level, day: date) -> dict[str, object]:
    part = LISTING if key.startswith(CAPABILITY_PREFIX) else key
    place = {rung: _entity(f"{rung}/{part}") for rung in ("member", "partner", "confidential", "direct")}
    return {
        "principal": {"type": "Viewer", "id": name},
        "action": {"type": "Action", "id": "view"},
        "resource": {"type": "Factory", "id": "F"},
        "context": {"key": key, "level": int(level), "day": day.toordinal(), **place},
    }


def _entity(place: str) -> dict[str, object]:
    return {"__entity": {"type": "Place", "id": place}}


def _statement(rule: Rule, keys: list[str], vocabulary: Vocabulary) -> str:
    compare = "<=" if rule.effect is Effect.SHOW else ">"
    what = " || ".join(
        f"({_words(_covered(target, keys, vocabulary))}.contains(context.key) && context.level {compare} {int(level)})"
        for target, level in rule.targets
    )
    word = "permit" if rule.effect is Effect.SHOW else "forbid"
    who = " && ".join(f"({atom})" for atom in _atoms(rule)) or "true"
    return f"{word}(principal, action, resource) when {{ ({who}) && ({what or 'false'}) }};"


def _covered(target: str, keys: list[str], vocabulary: Vocabulary) -> list[str]:
    capabilities = [key for key in keys if key.startswith(CAPABILITY_PREFIX)]
    if target == EVERYTHING:
        return keys
    if target == LISTING:
        return [LISTING, *capabilities]
    return list(vocabulary.groups.get(target, (target,)))


def _atoms(rule: Rule) -> list[str]:
    to, atoms = rule.to, []
    if rule.purposes is not None:
        atoms.append(f"{_words(rule.purposes)}.contains(principal.purpose)")
    if rule.start is not None:
        atoms.append(f"context.day >= {rule.start.toordinal()}")
    if rule.until is not None:
        atoms.append(f"context.day <= {rule.until.toordinal()}")
    if to.org is not None:
        atoms.append(f"{_words(to.org)}.contains(principal.org)")
    if to.country is not None:
        atoms.append(f"{_words(to.country)}.contains(principal.country)")
    if to.verified is not None:
        atoms.append(f"principal.verified {'>=' if rule.effect is Effect.SHOW else '<='} {to.verified}")
    if to.sector is not None:
        atoms.append(f"principal.sectors.containsAny({_words(to.sector)})")
    if to.role is not None:
        atoms.append(f"principal.roles.containsAny({_words(to.role)})")
    if to.nda is not None:
        atoms.append(f"principal.ndas.containsAny({_words(to.nda)})")
    if to.group is not None:
        atoms.append(f"principal.groups.containsAny({_words(to.group)})")
    if to.holds is not None:
        backed = [f"{scheme}@{to.attested or 'document'}" for scheme in to.holds]
        atoms.append(f"principal.holds.containsAll({_words(backed)})")
    if to.tier is not None:
        word = to.tier.word
        ways = [f'principal in Place::"{word}/*"', f"principal in context.{word}"]
        atoms.append(" || ".join([*ways, "principal.member"] if to.tier is Tier.MEMBER else ways))
    return atoms


def _words(words: object) -> str:
    return json.dumps(sorted(words))
