"""The viewer that an owner asks about, in the words of the policies, and what ties them to the owner's factory.

    anyone | public        nobody in particular
    member                 a member of whom nothing is known
    tier:partner           a made-up member on a tier, here for `purpose`
    org:<DID or slug>      an organization, as the directory knows it
    viewer:{...}           one that the owner makes up

Guarantees: of an organization nothing is read but the directory and the owner's own grants, lists and agreements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from network import membership
from network.membership import Member
from policies import NO_RELATION, PURPOSES, ActiveGrant, Kleene, Policy, Relation, Rule, Tier, Viewer
from policies.evaluate import truth
from policies.levels import TIERS
from policies.model import Effect
from sharing.answers.made_up import MadeUp, parse_viewer
from sharing.errors import invalid
from sharing.publications import PUBLIC, STANDING
from sharing.viewers import Caller, directory_viewer, pictured, relations_of
from trust import strict_json
from trust.errors import TrustError

ANYBODY = "anyone"
SOURCING = "sourcing"
"""What somebody on a tier comes for when nothing else is said: a grant is always for a purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom an owner asks about: `audience` in one of the forms above, or `viewer` as a document; `day` None is today."""

    audience: str | None = None
    viewer: object = None
    purpose: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A viewer on a day. `member` is the organization it stands for, None for one that is made up."""

    viewer: Viewer
    relation: Relation
    day: date
    member: Member | None = None

    def document(self) -> Mapping[str, object]:
        """Whom the answer is about: what was known of the viewer, and nothing that was not."""
        viewer = self.viewer
        said: dict[str, object] = {
            "organization": None if viewer.org is None or self.member is None else self.member.did,
            "name": None if self.member is None else self.member.name,
            "member": viewer.member,
            "country": viewer.country,
            "verified": viewer.verified,
            "purpose": viewer.purpose,
            "sectors": sorted(viewer.sectors),
            "roles": sorted(viewer.roles),
            "tiers": sorted({grant.tier.word for grant in self.relation.grants if grant.tier is not None}),
            "ndas": sorted(self.relation.ndas),
            "lists": sorted(self.relation.groups),
            "date": self.day.isoformat(),
        }
        return said

    def unlooked(self, policy: Policy) -> tuple[Rule, ...]:
        """The shows that would speak to this organization if it held what they ask for: whether it does was not looked up."""
        if self.member is None:
            return ()
        found = []
        for rule in policy.effective:
            if rule.effect is Effect.SHOW and rule.to.holds is not None:
                free = replace(rule, to=replace(rule.to, holds=None, attested=None))
                if truth(free, self.viewer, self.relation, self.day) is Kleene.TRUE:
                    found.append(rule)
        return tuple(found)


def picture(session: Session, factory_id: str, asked: Asked, today: date) -> Picture:
    """Whom the owner of this factory asks about. Raises `InvalidDocument`."""
    if asked.purpose is not None and asked.purpose not in PURPOSES:
        raise invalid("purpose", "unknown_purpose", f"Known here: {', '.join(PURPOSES)}.")
    day = asked.day or today
    audience = asked.audience or ANYBODY
    word, _, rest = audience.partition(":")
    if asked.viewer is not None or word == "viewer":
        found = _made_up(parse_viewer(_json(rest) if asked.viewer is None else asked.viewer), asked, day)
    elif audience in STANDING or audience == ANYBODY:
        found = Picture(viewer=STANDING[PUBLIC if audience == ANYBODY else audience], relation=NO_RELATION, day=day)
    elif audience in TIERS or word == "tier":
        found = _on_tier(rest if word == "tier" else audience, asked, day)
    else:
        found = _organization(session, factory_id, rest if word == "org" else audience, asked, day)
    return found


def _json(text: str) -> object:
    try:
        return strict_json.loads(text)
    except TrustError as error:
        raise invalid("as", "malformed_json", "After `viewer:` stands a JSON object.") from error


def _on_tier(word: str, asked: Asked, day: date) -> Picture:
    if word not in TIERS:
        raise invalid("as", "unknown_tier", f"Known here: {', '.join(TIERS)}.")
    viewer, relation = pictured(TIERS[word], asked.purpose or SOURCING, day)
    return Picture(viewer=viewer, relation=relation, day=day)


def _organization(session: Session, factory_id: str, name: str, asked: Asked, day: date) -> Picture:
    member = membership.find(session, name)
    if member is None:
        forms = "anyone, member, tier:<tier>, org:<DID or slug> or viewer:{...}"
        raise invalid("as", "unknown_audience", f"Ask as {forms}.")
    ties = relations_of(session, Caller(member=member, purpose=asked.purpose), day, factory_id=factory_id)
    return Picture(
        viewer=directory_viewer(member, asked.purpose),
        relation=ties.get(factory_id, NO_RELATION),
        day=day,
        member=member,
    )


def _made_up(said: MadeUp, asked: Asked, day: date) -> Picture:
    day, purpose = said.day or day, said.purpose or asked.purpose
    grants: tuple[ActiveGrant, ...] = ()
    if said.tier is not None and said.tier > Tier.MEMBER:
        purpose = purpose or SOURCING
        grants = (ActiveGrant(tier=said.tier, purpose=purpose, start=day, until=day),)
    viewer = Viewer(
        org=said.org,
        country=said.country,
        verified=said.verified,
        purpose=purpose,
        member=said.member and said.tier is not Tier.PUBLIC,
        sectors=said.sectors,
        roles=said.roles,
        holds=dict(said.holds),
    )
    return Picture(viewer=viewer, relation=Relation(grants=grants, ndas=said.ndas, groups=said.groups), day=day)
