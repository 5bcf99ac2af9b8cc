"""Small random networks, as data: what owners state, who may see it, what is granted and attested, and what is asked.

A network may be about one thing (`ABOUT`), of which there is then more; half of them are about nothing of that kind.

Values, rules and searches are drawn together. Each network has a theme of a few fields: every factory states them, with
values on band edges or one step beside; rules speak of them more than of others; searches ask for bounds on the same edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.leaks.nodes import Who
from tests.leaks.ruling import FOCUS, RIVALS, rules
from tests.leaks.searches import Typed, searches, typed
from tests.leaks.values import FILES, THEMES, Theme, documents
from trust.attestation import Method

VIEWERS = (
    Who(),
    Who(slug="buyer"),
    Who(slug="buyer", purpose="sourcing"),
    Who(slug="buyer", purpose="benchmark"),
    Who(slug="smith", purpose="sourcing"),
    Who(slug="partner", purpose="rfq"),
    Who(slug="partner", purpose="sourcing"),
    Who(slug="narrow", purpose="rfq"),
    Who(slug="rival", purpose="sourcing"),
    Who(slug="auditor", purpose="audit"),
)


SIBLINGS = (
    tuple(who for who in VIEWERS if who.slug == "buyer"),
    (*(who for who in VIEWERS if who.slug == "partner"), Who(slug="buyer", purpose="sourcing")),
    (*(who for who in VIEWERS if who.slug == "partner"), Who(slug="partner", purpose="benchmark")),
)
"""Viewers of one organization who come for different purposes."""


@dataclass(frozen=True, kw_only=True)
class Grants:
    """A grant to give: the fields narrow it."""

    to: str
    tier: str
    purpose: str
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class FactorySpec:
    """One factory of a network. `scope` is audited and attested; `edited` is stated anew after the attestation."""

    owner: str
    document: dict[str, Any]
    rules: list[dict[str, Any]]
    grants: tuple[Grants, ...]
    scope: tuple[str, ...]
    revoked: bool
    suspended: bool = False
    edited: bool
    method: Method = "onsite"
    lasting: int = 365
    """Days that the attestation holds."""
    age: int = 0
    """How many days before everything else it was published."""
    moved: bool = False
    """Whether its hours were stated anew afterwards, each inside its band."""
    confirmed: str = ""
    """What its owner confirmed as unchanged after all that: a scope, or everything there (`*`); empty for nothing."""


@dataclass(frozen=True, kw_only=True)
class WorldSpec:
    """A network, and how many days after its making it is looked at."""

    factories: tuple[FactorySpec, ...]
    friends: tuple[str, ...]
    agreed: bool
    days_later: int
    platform: tuple[dict[str, Any], ...]


METHODS: tuple[Method, ...] = ("onsite", "onsite", "document")


@st.composite
def factories(draw: st.DrawFn, theme: Theme, about: str | None) -> FactorySpec:
    """A factory with its rules and grants."""
    document = draw(documents(theme))
    filed = {FILES, "certificate.document"} if FILES in theme else set()
    focus = sorted({*theme, *filed, *draw(st.lists(st.sampled_from(FOCUS), max_size=2, unique=True))})
    stated = draw(rules(focus, len(document["capabilities"]), by_purpose=about == "purpose"))
    if draw(st.integers(0, 3)) == 0:
        stated = [*stated, RIVALS]
    grants = []
    if draw(st.booleans()):
        grants.append(Grants(to="partner", tier=draw(st.sampled_from(["partner", "confidential"])), purpose="rfq"))
    if draw(st.booleans()):
        narrow = tuple(draw(st.lists(st.sampled_from(focus), min_size=1, max_size=3, unique=True)))
        grants.append(Grants(to="narrow", tier="confidential", purpose="rfq", fields=narrow))
    scope = draw(st.sampled_from([(), (), ("process", "tolerance"), ("certificate",), ("location", "geometry", "lot")]))
    backed, ageing = about == "backed", about in {"freshness_max", "spare_hours"}
    if backed:
        scope = draw(st.sampled_from([("process", "tolerance"), ("process", "tolerance", "certificate")]))
    return FactorySpec(
        owner=draw(st.sampled_from(["maker", "maker", "smith"])),
        document=document,
        rules=stated,
        grants=tuple(grants),
        scope=scope,
        revoked=draw(st.integers(0, 3)) == 0 and not backed,
        suspended=draw(st.integers(0, 3)) == 0 and not backed,
        age=draw(st.sampled_from(AGES[about] if ageing else [0, 0, 6, 7, 41, 42])) if "capacity.spare_hours" in theme else 0,
        moved=draw(st.booleans()) and "capacity.spare_hours" in theme,
        method=draw(st.sampled_from(METHODS)),
        lasting=365 if backed else draw(st.sampled_from([0, 365, 365])),
        edited=draw(st.booleans()),
        confirmed="" if ageing else draw(st.sampled_from(["", "", "capacity", "*"])),
    )


PLATFORM = ({"id": "sanctions", "to": {"country": ["KR"]}, "cap": [["geometry", "band"], ["lot", "hidden"]]},)


@st.composite
def networks(draw: st.DrawFn, theme: Theme, about: str | None) -> WorldSpec:
    """A network of two to four factories."""
    return WorldSpec(
        factories=tuple(draw(st.lists(factories(theme, about), min_size=2, max_size=4))),
        friends=tuple(draw(st.sampled_from([(), ("narrow",), ("narrow", "rival")]))),
        agreed=draw(st.booleans()),
        days_later=draw(st.sampled_from([0, 0, 0, 1])),
        platform=draw(st.sampled_from([(), (), PLATFORM])),
    )


@dataclass(frozen=True, kw_only=True)
class Example:
    """A network, who looks at it, and what they ask; `turn` chooses among the forms of asking."""

    spec: WorldSpec
    viewers: list[Who]
    queries: list[dict[str, list[str]]]
    typed: list[Typed]
    turn: int
    alone: str = ""
    """What is asked and nothing else: "suggest" or "document"; empty for everything."""


AGES = {"freshness_max": [6, 7, 41, 42], "spare_hours": [41, 42, 42]}
ALONE = ("suggest", "document")
ABOUT = {
    "freshness_max": "capacity.spare_hours",
    "spare_hours": "capacity.spare_hours",
    "equipment": "equipment.class",
    "text": "legal_name",
    "suggest": "legal_name",
    "backed": None,
    "document": None,
    "purpose": None,
}
"""What a network can be about, and the field that its theme needs for that."""
SUBJECTS = st.one_of(st.none(), st.sampled_from(sorted(ABOUT)))


def viewers(about: str | None) -> st.SearchStrategy[list[Who]]:
    """Three of them: now and then, and where it is about purposes, those of one organization."""
    siblings = st.sampled_from(SIBLINGS).flatmap(st.permutations)
    anybody = st.lists(st.sampled_from(VIEWERS), min_size=3, max_size=3, unique=True)
    return siblings if about == "purpose" else st.one_of(anybody, anybody, anybody, siblings)


@st.composite
def examples(draw: st.DrawFn, about: str | None = None) -> Example:
    """A network and questions with one theme; `about` is what all of them are about, otherwise that is drawn too."""
    about = about or draw(SUBJECTS)
    theme = draw(THEMES)
    if about == "document" or draw(st.integers(0, 3)) == 0:
        theme = sorted({*theme, FILES})
    needed = ABOUT[about] if about else None
    if needed is not None:
        theme = sorted({*theme, needed})
    if about == "backed":
        theme = sorted(
            {*theme, "capability.process", "capability.tolerance_um", "certificate.valid_until", "certificate.document"}
        )
    return Example(
        spec=draw(networks(theme, about)),
        viewers=draw(viewers(about)),
        queries=draw(st.lists(searches(theme, about), min_size=4, max_size=4)),
        typed=draw(typed(12 if about == "suggest" else 4)),
        turn=draw(st.integers(0, 11)),
        alone=about if about in ALONE else "",
    )
