"""Small random networks, as data: what owners state, who may see it, what is granted and attested, and what is asked.

Values, rules and searches are drawn together. Each network has a theme of a few fields: every factory states them, with
values on band edges or one step beside; rules speak of them more than of others; searches ask for bounds on the same edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from tests.documents import pdf
from tests.leaks import fields
from tests.leaks.nodes import Who
from tests.world import NOW
from trust.attestation import Method

DAY = NOW.date()
DID = "did:web:node.example:orgs:"
PAPER = pdf(b"Certificate of the leak suite")
"""The file that certificates attach."""
MACHINES = ("machining_centre.vertical", "machining_centre.horizontal")
PROCESSES = ("1.1", "1.1.1", "1.1.2", "1.2", "1.2.2", "3.2.1")
SCHEMES = ("ISO9001", "ISO9001:2015", "IATF16949:2016", "AS9100")
WEEKS = ("2026-W46", "2026-W47", "2026-W48", "2026-W49", "2027-W01")
FAMILIES = {"JIS:S45C": "P", "JIS:SUS304": "M", "EN:1.4301": "M", "JIS:FC250": "K"}
NAMES = ("Cơ khí Đông Anh", "Turning works", "Dong Anh works")

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


def edges(*at: str, step: str = "1") -> st.SearchStrategy[str]:
    """Each edge, one step below it and one above."""
    scale = 10 ** len(step.partition(".")[2])
    numbers = {round((float(each) + way * float(step)) * scale) for each in at for way in (-1, 0, 1)}
    return st.sampled_from([f"{number / scale:g}" for number in sorted(numbers) if number > 0])


NUMBERS: dict[str, st.SearchStrategy[str]] = {
    "tolerance_um": edges("5", "10", "20") | edges("5", "10", step="0.01"),
    "max_x_mm": edges("100", "250") | edges("100", "250", step="0.1"),
    "lead_time_p50_days": edges("7", "14", "28"),
    "lot_min": edges("10"),
    "lot_max": edges("100", "1000"),
}
HOURS = edges("40", "80") | edges("40", step="0.1")
BEGINNINGS = st.sampled_from(["2026-09-30", "2026-10-01", "2026-11-21", "2026-11-22"])
ENDS = st.sampled_from(["2026-11-22", "2026-11-23", "2026-12-31", "2027-01-01"])

CAPABILITY: dict[str, st.SearchStrategy[Any]] = {
    **NUMBERS,
    "secondary_operations": st.lists(st.sampled_from(PROCESSES), min_size=1, max_size=2, unique=True),
    "material_family": st.sampled_from("PMK"),
    "material_grade": st.sampled_from(sorted(FAMILIES)),
    "tolerance_class": st.sampled_from("fm"),
    "capacity_group": st.sampled_from(["Mill", "Lathe"]),
}
SPARE = st.dictionaries(st.sampled_from(WEEKS), HOURS, min_size=1, max_size=3)
CERTIFICATE = st.fixed_dictionaries(
    {"scheme": st.sampled_from(SCHEMES), "scope": st.sampled_from(["Turned parts", "Castings"])},
    optional={
        "number": st.just("Q-1"),
        "document": st.just(sha256(PAPER).hexdigest()),
        "valid_from": BEGINNINGS,
        "valid_until": ENDS,
        "status": st.sampled_from(["valid", "suspended", "withdrawn"]),
    },
)
TEXTS: dict[str, st.SearchStrategy[Any]] = {
    "province": st.sampled_from(["VN-HN", "VN-SG"]),
    "trading_name": st.sampled_from(["Works of steel", "Đông Anh"]),
    "established_year": st.sampled_from([1999, 2000, 2001]),
    "note": st.sampled_from(["Ask for Lan", "Closed in May"]),
    "address": st.just("12 Lê Lợi"),
}


SEARCHED: dict[str, tuple[str, ...]] = {
    "capability.tolerance_um": ("tolerance_um_max",),
    "capability.max_x_mm": ("max_x_min",),
    "capability.lead_time_p50_days": ("lead_time_p50_max",),
    "capability.lot_min": ("lot",),
    "capability.lot_max": ("lot",),
    "capacity.spare_hours": ("spare_hours",),
    "certificate.valid_from": ("certificate",),
    "certificate.valid_until": ("certificate",),
    "capability.process": ("process", "q", "text"),
    "capability.secondary_operations": ("operation",),
    "capability.material_grade": ("material", "grade", "q"),
    "capability.tolerance_class": ("tolerance_class",),
    "province": ("province", "q"),
    "legal_name": ("text", "q"),
}
"""The fields that a theme is made of, and the parameters that look at them."""

_STATED = {"country", *TEXTS, *(f"capability.{name}" for name in CAPABILITY), *SEARCHED}
FURTHER = fields.further(_STATED)
SEARCHED.update((key, parameters) for key, (_, parameters) in FURTHER.items())

NUMERIC = tuple(key for key in SEARCHED if key.rpartition(".")[2] in {*NUMBERS, "spare_hours"})
THEMES = st.builds(
    lambda numbers, others, further: sorted({*numbers, *others, *further}),
    st.lists(st.sampled_from(NUMERIC), min_size=1, max_size=2),
    st.lists(st.sampled_from(sorted(set(SEARCHED) - set(FURTHER))), min_size=1, max_size=2),
    st.lists(st.sampled_from(sorted(FURTHER)), max_size=2),
)
Theme = list[str]


def _stated(theme: Theme, scope: str, strategies: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Values of one element: those of the theme always, the others now and then."""
    themed = {name: each for name, each in strategies.items() if f"{scope}{name}" in theme}
    for key in set(theme).intersection(FURTHER):
        before, _, name = key.rpartition(".")
        if before == scope.rstrip("."):
            themed[name] = st.sampled_from(fields.values(FURTHER[key][0]))
    if scope == "capability." and any(key.startswith("capacity.") for key in theme):
        themed["capacity_group"] = strategies["capacity_group"]
    rest = {name: each for name, each in strategies.items() if name not in themed}
    return st.fixed_dictionaries(themed, optional=rest)


@st.composite
def documents(draw: st.DrawFn, theme: Theme) -> dict[str, Any]:
    """A profile as an owner would state it."""
    group = _stated(theme, "capacity.", {"spare_hours": SPARE})
    groups = [{"name": name, "unit": "HUR", **draw(group)} for name in ("Mill", "Lathe")]
    capability = _stated(theme, "capability.", {"process": st.sampled_from(PROCESSES), **CAPABILITY})
    stated = draw(st.lists(capability, min_size=draw(st.sampled_from([0, 1, 1, 2])), max_size=3))
    capabilities = [{"process": draw(st.sampled_from(PROCESSES)), **each} for each in stated]
    least = 1 if any(key.startswith("certificate") for key in theme) else 0
    machines = any(key.startswith("equipment.") for key in theme)
    machine = st.builds(
        lambda kind, stated: {"class": kind, **stated}, st.sampled_from(MACHINES), _stated(theme, "equipment.", {})
    )
    return {
        "legal_name": draw(st.sampled_from(NAMES)),
        "country": "VN",
        **draw(_stated(theme, "", TEXTS)),
        "capabilities": capabilities,
        "capacity_groups": groups,
        "certificates": draw(st.lists(CERTIFICATE, min_size=least, max_size=2)),
        "equipment": draw(st.lists(machine, min_size=1, max_size=2)) if machines else [],
    }


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
WHY = st.one_of(st.just({}), st.just({}), st.just({"for": ["sourcing"]}), st.just({"for": ["rfq", "audit"]}))


@st.composite
def rules(draw: st.DrawFn, focus: list[str], capabilities: int) -> list[dict[str, Any]]:
    """A policy's rules about the fields in focus; `capability/#0` stands for the first capability."""
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
    for _ in range(draw(st.integers(0, 2))):
        target = draw(st.sampled_from([*focus, "$listing", *(f"capability/#{n}" for n in range(capabilities))]))
        level = "hidden" if target[0] in "$" or "#" in target else draw(LEVELS)
        # Most caps bind the known only; one that names nobody, or is read by nobody, hides from everybody.
        to = draw(st.sampled_from(["anyone", *MANDATORY]))
        found.append({"to": to, "cap": [[target, level]], **draw(WHEN)})
    return [{"id": f"r{number}", **rule} for number, rule in enumerate(found)]


RIVALS = {"id": "rivals", "to": {"org": [DID + "rival"]}, "cap": [["$listing", "hidden"]]}


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
    focus = sorted({*theme, *draw(st.lists(st.sampled_from(FOCUS), max_size=2, unique=True))})
    stated = draw(rules(focus, len(document["capabilities"])))
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
        moved=(ageing or draw(st.booleans())) and "capacity.spare_hours" in theme,
        method=draw(st.sampled_from(METHODS)),
        lasting=365 if backed else draw(st.sampled_from([0, 365, 365])),
        edited=draw(st.booleans()),
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


def some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """One or two alternatives."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


def one(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    """One value."""
    return strategy.map(lambda value: [value])


PARAMETERS: dict[str, st.SearchStrategy[list[str]]] = {
    "q": some(("dong anh", "works", "Đông", "steel", "casting", "VN-HN", "ISO9001", "gang", "S45C")),
    "text": some(("dong works", "Đông", "steel gang", "turning", "phay tien", "casting", "HN")),
    "country": some(("VN",)),
    "province": some(("VN", "VN-HN", "vn-sg")),
    "process": some((*PROCESSES, "1", "3")),
    "operation": some(PROCESSES),
    "material": some(("P", "M", "k", "JIS:S45C")),
    "grade": some(("JIS:S45C", "M")),
    "tolerance_class": some(("f", "m")),
    "certificate": some(("iso 9001", "ISO9001:2015", "IATF16949")),
    "max_x_min": one(NUMBERS["max_x_mm"]),
    "tolerance_um_max": one(NUMBERS["tolerance_um"]),
    "lot": one(NUMBERS["lot_min"] | NUMBERS["lot_max"]),
    "lead_time_p50_max": one(NUMBERS["lead_time_p50_days"]),
    "spare_hours": one(HOURS),
}


_ATTESTED = ("capability.process", "capability.tolerance_um", "capability.max_x_mm")
_CERTIFIED = ("certificate.scheme", "certificate.valid_until")
BACKED = tuple(f"{key}:{word}" for key in (*_ATTESTED, *_CERTIFIED) for word in ("document", "peer"))
WORDED = {"code", "codes", "structured_codes", "instruments", "ascii_text", "text", "identifiers"}
"""Forms of value whose parameters take alternatives."""


def _asking(name: str, ours: list[tuple[str, str]]) -> st.SearchStrategy[list[str]]:
    """Arguments of a parameter: those of the theme's own field, if it reads one."""
    keys = [key for key, parameter in ours if parameter == name]
    if not keys:
        return PARAMETERS[name]
    arguments = fields.arguments(name, FURTHER[keys[0]][0])
    return some(arguments) if FURTHER[keys[0]][0].form.word in WORDED else one(st.sampled_from(arguments))


@st.composite
def searches(draw: st.DrawFn, theme: Theme, about: str | None) -> dict[str, list[str]]:
    """The parameters of a search: of the theme, and now and then others; `about` is one that stands in each."""
    themed = sorted({parameter for key in theme for parameter in SEARCHED.get(key, ())})
    numeric = sorted({SEARCHED[key][0] for key in theme if key in NUMERIC})
    chosen = draw(st.sampled_from([[], [], numeric[:1], numeric[:1], numeric, themed[:1], themed[-2:]]))
    if draw(st.integers(0, 3)) == 0:
        chosen = sorted({*chosen, draw(st.sampled_from(sorted(PARAMETERS)))})
    ours = [(key, name) for key in theme if key in FURTHER for name in FURTHER[key][1]]
    if ours and draw(st.booleans()):
        chosen = sorted({*chosen[:1], *(name for _, name in ours)})
    given = {name: draw(_asking(name, ours)) for name in chosen}
    if (about == "text" or draw(st.integers(0, 3)) == 0) and "text" not in given:
        given["text"] = draw(PARAMETERS["text"])
        chosen = [*chosen, "text"]
    if "capacity.spare_hours" in theme and (about == "freshness_max" or draw(st.integers(0, 2)) == 0):
        given["freshness_max"] = [draw(st.sampled_from(["0", "6", "7", "41"]))]
        chosen = [*chosen, "freshness_max"]
    if about == "backed" or draw(st.integers(0, 3)) == 0:
        given["backed"] = draw(one(st.sampled_from(BACKED)) if about else some(BACKED))
        chosen = [*chosen, "backed"]
    if chosen and draw(st.integers(0, 2)) == 0:
        given["wish"] = draw(st.lists(st.sampled_from(chosen), min_size=1, unique=True))
    orders = {"capacity.spare_hours": "spare_hours", "capability.lead_time_p50_days": "lead_time"}
    themed_orders = [order for key, order in orders.items() if key in theme]
    themed_orders += ["relevance"] * ("text" in given) + ["wishes"] * ("wish" in given)
    if draw(st.booleans()):
        given["sort"] = [draw(st.sampled_from(["plain", *orders.values(), *themed_orders * 4]))]
    if about == "text":
        given["sort"] = ["relevance"]
    if about == "spare_hours" and "spare_hours" not in given:
        given["spare_hours"] = ["1"]
    if draw(st.booleans()) and ("spare_hours" in given or given.get("sort") == ["spare_hours"]):
        given["weeks_from"] = [draw(st.sampled_from(WEEKS[:3]))]
        given["weeks_until"] = [draw(st.sampled_from(WEEKS[2:]))]
    if draw(st.booleans()) and "spare_hours" in given:
        given["hours_mode"] = [draw(st.sampled_from(["each", "total"]))]
    if draw(st.booleans()) and "certificate" in given:
        given["certificate_day"] = [draw(BEGINNINGS | ENDS)]
    given["limit"] = [draw(st.sampled_from(["1", "2", "20"]))]
    return given


@dataclass(frozen=True, kw_only=True)
class Example:
    """A network, who looks at it, and what they ask; `turn` chooses among the forms of asking."""

    spec: WorldSpec
    viewers: list[Who]
    queries: list[dict[str, list[str]]]
    turn: int


AGES = {"freshness_max": [6, 7, 41, 42], "spare_hours": [41, 42, 42]}
ABOUT = {
    "freshness_max": "capacity.spare_hours",
    "spare_hours": "capacity.spare_hours",
    "equipment": "equipment.class",
    "text": "legal_name",
}
"""Fields that a theme needs for a question to be about something."""


@st.composite
def examples(draw: st.DrawFn, about: str | None = None) -> Example:
    """A network and questions with one theme; `about` is a parameter that all of them ask for."""
    theme = draw(THEMES)
    if about in ABOUT:
        theme = sorted({*theme, ABOUT[about]})
    if about == "backed":
        theme = sorted(
            {*theme, "capability.process", "capability.tolerance_um", "certificate.valid_until", "certificate.document"}
        )
    return Example(
        spec=draw(networks(theme, about)),
        viewers=draw(st.lists(st.sampled_from(VIEWERS), min_size=3, max_size=3, unique=True)),
        queries=draw(st.lists(searches(theme, about), min_size=3, max_size=3)),
        turn=draw(st.integers(0, 11)),
    )
