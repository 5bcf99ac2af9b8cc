"""The rules of generated networks: about the fields in focus, for audiences that the viewers are in or beside."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.leaks.values import DAY, DID, NUMBERS

LEVELS = st.sampled_from(["hidden", "existence", "band", "exact"])
FOCUS = (
    *(f"capability.{name}" for name in NUMBERS),
    *("capability.process", "capability.secondary_operations", "capability.material_family", "capability.material_grade"),
    *("capability.tolerance_class", "capacity.spare_hours", "capacity.name", "certificate.scheme", "certificate.valid_from"),
    *(
        "certificate.valid_until",
        "certificate.number",
        "certificate.status",
        "province",
        "trading_name",
        "established_year",
        "note",
        "legal_name",
    ),
    *("certificate.document", "document.file", "documents"),
    *("identity", "location", "geometry", "tolerance", "capacity", "certificate"),
)
MANDATORY = (
    {"org": [DID + "rival"]},
    {"org": [DID + "buyer", DID + "partner"]},
    {"country": ["JP"]},
    {"country": ["KR", "VN"]},
    {"verified": 1},
    {"verified": 2},
)
SHOWN_TO = (
    "anyone",
    {"tier": "member"},
    {"tier": "partner"},
    {"tier": "confidential"},
    {"nda": ["standard"]},
    {"group": ["friends"]},
    {"role": ["buyer"]},
    {"sector": ["C29"]},
    {"tier": "member", "country": ["JP"]},
    {"holds": ["ISO9001"], "attested": "peer"},
    *MANDATORY,
)
DATES = st.sampled_from([DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]).map(date.isoformat)
WHEN = st.one_of(
    st.just({}),
    st.just({}),
    st.fixed_dictionaries({"from": DATES}),
    st.fixed_dictionaries({"until": DATES}),
)
PURPOSES = st.sampled_from(["sourcing", "benchmark", "rfq"])
PEERS = st.sampled_from([{"tier": "member"}, {"org": [DID + "buyer", DID + "partner"]}, {"country": ["JP"]}])
WHY = st.one_of(st.just({}), st.just({}), st.just({"for": ["sourcing"]}), st.just({"for": ["rfq", "audit"]}))


@st.composite
def rules(draw: st.DrawFn, focus: list[str], capabilities: int, *, by_purpose: bool) -> list[dict[str, Any]]:
    """A policy's rules about the fields in focus; `capability/#0` stands for the first capability.

    `by_purpose`: some of it is shown to those alone who come for one purpose, and next to nothing of it to others.
    """
    listing = draw(st.sampled_from(["anyone"] * 6 + [{"tier": "member"}, {"org": [DID + "buyer"]}]))
    wide = draw(st.sampled_from([*["anyone"] * 8, *[{"tier": "member"}] * 6, *SHOWN_TO]))
    found: list[dict[str, Any]] = [
        {"to": listing, "show": [["$listing", "exact"]]},
        {"to": "anyone", "show": [["process", draw(LEVELS)], ["identity", draw(LEVELS)]]},
        {"to": wide, "show": [["*", draw(st.sampled_from(["band", "band", "exact", "existence"]))]]},
    ]
    for _ in range(draw(st.integers(1, 3))):
        targets = draw(st.lists(st.sampled_from(focus), min_size=1, max_size=3, unique=True))
        show = [[target, draw(LEVELS)] for target in targets]
        found.append({"to": draw(st.sampled_from(SHOWN_TO)), "show": show, **draw(WHEN), **draw(WHY)})
    if by_purpose:
        found = [*found[:2], {"to": draw(PEERS), "for": [draw(PURPOSES)], "show": [[each, "exact"] for each in focus]}]
    for _ in range(draw(st.integers(0, 2))):
        target = draw(st.sampled_from([*focus, "$listing", *(f"capability/#{n}" for n in range(capabilities))]))
        level = "hidden" if target[0] in "$" or "#" in target else draw(LEVELS)
        # Most caps bind the known only; one that names nobody, or is read by nobody, hides from everybody.
        to = draw(st.sampled_from(["anyone", *MANDATORY]))
        found.append({"to": to, "cap": [[target, level]], **draw(WHEN)})
    return [{"id": f"r{number}", **rule} for number, rule in enumerate(found)]


RIVALS = {"id": "rivals", "to": {"org": [DID + "rival"]}, "cap": [["$listing", "hidden"]]}
