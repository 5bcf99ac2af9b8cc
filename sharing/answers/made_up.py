"""A viewer that an owner makes up: read from what they wrote.

    {"country": "JP", "role": ["buyer"], "holds": ["IATF16949"], "tier": "partner", "purpose": "rfq", "date": "2027-01-15"}

It is a member whose organization no rule names, unless `member` or `org` say otherwise; `"org": null` is somebody who does
not say who they are. Country, verification and purpose that are left out are unknown, as with a member of whom nobody
established them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies import PURPOSES, ROLES, TIERS, Tier
from policies.model import BACKING
from policies.reading import Reader
from sharing.errors import InvalidDocument, Problem

SOMEBODY = "did:web:made-up.invalid"
"""The organization of a made-up viewer; no rule can name it, since no node has it at home."""
_KEYS = ("org", "country", "sector", "role", "verified", "holds", "nda", "group", "tier", "purpose", "date", "member")
_MOST = 50
_LENGTH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """What was said of the viewer; `holds` maps a scheme to how it is backed."""

    org: str | None
    country: str | None
    sectors: frozenset[str]
    roles: frozenset[str]
    verified: int | None
    holds: tuple[tuple[str, str], ...]
    ndas: frozenset[str]
    groups: frozenset[str]
    tier: Tier | None
    purpose: str | None
    day: date | None
    member: bool


def parse_viewer(document: object, path: str = "viewer") -> MadeUp:
    """Read a made-up viewer; raises `InvalidDocument` with everything that is wrong."""
    reader = _Reader()
    found = reader.viewer(document, path)
    if found is None or reader.faults:
        raise InvalidDocument(tuple(Problem(path=each.path, code=each.code, message=each.message) for each in reader.faults))
    return found


class _Reader(Reader):
    def viewer(self, value: object, path: str) -> MadeUp | None:
        members = self.members(value, path, required=(), optional=_KEYS)
        if members is None:
            return None
        tier = self.member(members, path, "tier", lambda v, p: self.one_of(v, p, tuple(TIERS), "unknown_tier"))
        verified = self.member(members, path, "verified", lambda v, p: self.integer(v, p, least=0, most=3))
        org = SOMEBODY
        if "org" in members:
            org = "" if members["org"] is None else self.member(members, path, "org", self._word) or ""
        member = members.get("member", True)
        if not isinstance(member, bool):
            self.fault(f"{path}/member", "wrong_type", "Must be true or false.")
        return MadeUp(
            org=org or None,
            country=self.member(members, path, "country", self._word),
            sectors=self.member(members, path, "sector", self._words) or frozenset(),
            roles=self.member(members, path, "role", self._roles) or frozenset(),
            # Nothing verified is the absence of the fact.
            verified=verified or None,
            holds=self.member(members, path, "holds", self._holds) or (),
            ndas=self.member(members, path, "nda", self._words) or frozenset(),
            groups=self.member(members, path, "group", self._words) or frozenset(),
            tier=None if tier is None else TIERS[tier],
            purpose=self.member(members, path, "purpose", lambda v, p: self.one_of(v, p, PURPOSES, "unknown_purpose")),
            day=self.member(members, path, "date", self.day),
            member=member is True,
        )

    def _word(self, value: object, path: str) -> str | None:
        return self.text(value, path, most=_LENGTH)

    def _words(self, value: object, path: str) -> frozenset[str] | None:
        return self.texts(value, path, self._word, most=_MOST)

    def _roles(self, value: object, path: str) -> frozenset[str] | None:
        return self.texts(value, path, lambda v, p: self.one_of(v, p, ROLES, "unknown_role"), most=len(ROLES))

    def _holds(self, value: object, path: str) -> tuple[tuple[str, str], ...] | None:
        """Schemes, backed by a document; or scheme -> how it is backed."""
        if not isinstance(value, dict):
            schemes = self._words(value, path)
            return None if schemes is None else tuple((each, "document") for each in sorted(schemes))
        if len(value) > _MOST:
            self.fault(path, "too_many", f"At most {_MOST} are allowed.")
            return None
        found = []
        for place, (scheme, backing) in enumerate(value.items()):
            name = self._word(scheme, f"{path}/{place}")
            word = self.one_of(backing, f"{path}/{place}", tuple(BACKING), "unknown_backing")
            if name is not None and word is not None:
                found.append((name, word))
        return tuple(sorted(found))
