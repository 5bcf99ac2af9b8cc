"""Small random worlds for the search tests: records, policies, viewers, relations and searches, full of band edges."""

from datetime import date, timedelta
from hashlib import sha256
from itertools import count

from hypothesis import strategies as st

from policies import (
    ANYONE,
    LISTING,
    ActiveGrant,
    Audience,
    Effect,
    Level,
    PlatformCap,
    Policy,
    Relation,
    Rule,
    RuleId,
    Tier,
    Viewer,
)
from sharing.backing import Facts
from sharing.catalogue import FIELDS, field
from sharing.profile import parse_profile
from sharing.stated import Stated, hours_as_of, stated_on
from trust.verdict import Provenance

DAY = date(2026, 11, 25)  # a Wednesday in 2026-W48
WEEKS = ("2026-W47", "2026-W48", "2026-W49", "2027-W03")
FACTORIES = tuple(f"{'0123456789ABCDEF'[n]}{'Q7' * 9}Z{n}" for n in range(7))
PROCESSES = ("1", "1.1", "1.1.1", "1.1.2", "1.2", "2.3")
DATES = ("2026-09-30", "2026-10-01", "2026-11-24", "2026-11-25", "2026-11-26", "2026-12-31", "2027-01-01")
SPECIAL = ("heat_treatment", "heat_treatment.nitriding", "coating.anodizing")
MACHINES = ("turning", "turning.swiss", "machining_centre.vertical")
SCHEMES = ("ISO9001", "ISO9001:2015", "IATF16949:2016", "AS9100")


def around(*edges: int) -> st.SearchStrategy[str]:
    """Each edge, one below and one above."""
    return st.sampled_from(sorted({str(edge + step) for edge in edges for step in (-1, 0, 1) if edge + step > 0}))


LENGTHS = st.one_of(around(100, 250, 5000), st.sampled_from(["249.9", "250.1", "0.5"]))
PRECISIONS = st.one_of(around(5, 10, 200), st.sampled_from(["9.9", "10.1"]))
LOTS = (around(10, 100), around(1000, 100000))
LEAD_TIMES = around(7, 14, 84)
HOURS = st.one_of(around(40, 80, 640), st.sampled_from(["0", "39.9", "40.1"]))

CAPABILITY = st.fixed_dictionaries(
    {"process": st.sampled_from(PROCESSES)},
    optional={
        "secondary_operations": st.lists(st.sampled_from(PROCESSES), min_size=1, max_size=3, unique=True),
        "material_family": st.sampled_from("PMK"),
        "max_x_mm": LENGTHS,
        "tolerance_class": st.sampled_from("fm"),
        "tolerance_um": PRECISIONS,
        "lot_min": LOTS[0],
        "lot_max": LOTS[1],
        "lead_time_p50_days": LEAD_TIMES,
        "axes": st.sampled_from(["3", "5"]),
        "it_grade": around(5, 7),
        "special_processes": st.lists(st.sampled_from(SPECIAL), min_size=1, max_size=2),
        "capacity_group": st.sampled_from(["Mill", "Lathe"]),
    },
)
GROUP = st.fixed_dictionaries(
    {},
    optional={
        "installed_hours": st.just("6500"),
        "shifts": st.sampled_from(["1", "3"]),
        "spare_hours": st.dictionaries(st.sampled_from(WEEKS), HOURS, min_size=1, max_size=4),
    },
)
MACHINE = st.fixed_dictionaries(
    {"class": st.sampled_from(MACHINES)},
    optional={
        "axes": st.sampled_from(["3", "4", "5"]),
        "accuracy_um": PRECISIONS,
        "count": around(5, 10),
        "year": st.sampled_from(["1999", "2000", "2009", "2010"]),
        "make": st.sampled_from(["Okuma", "Mazak"]),
    },
)
CERTIFICATE = st.fixed_dictionaries(
    {"scheme": st.sampled_from(SCHEMES), "scope": st.just("Machining of parts")},
    optional={
        "document": st.just("ab" * 32),
        "valid_from": st.sampled_from(DATES[:4]),
        "valid_until": st.sampled_from(DATES[3:]),
        "status": st.sampled_from(["valid", "suspended", "withdrawn"]),
    },
)
FACTORY = st.fixed_dictionaries(
    {
        "legal_name": st.sampled_from(["Cơ khí Đông Anh", "Turning works", "Dong Anh works"]),
        "country": st.just("VN"),
        "capabilities": st.lists(CAPABILITY, max_size=3),
        "groups": st.tuples(GROUP, GROUP),
        "certificates": st.lists(CERTIFICATE, max_size=2),
    },
    optional={
        "equipment": st.lists(MACHINE, max_size=3),
        "industry_codes": st.lists(st.sampled_from(["ISIC:2511", "NACE:2562", "ISIC:2910"]), min_size=1, max_size=2),
        "supply_tiers": st.lists(st.sampled_from(["C29:T1", "C30:T2"]), min_size=1, max_size=2),
        "product_codes": st.just(["HS:848790"]),
        "documentation_levels": st.lists(st.sampled_from(["PPAP3", "AS9102"]), min_size=1, max_size=2),
        "inspection_equipment": st.just(["cmm", {"type": "vision", "range": "300 mm"}]),
        "headcount_total": around(10, 50, 1000),
        "moq": around(100, 1000),
        "export_markets": st.just(["JP", "KR"]),
        "ports": st.just(["VNHPH"]),
        "province": st.sampled_from(["VN-HN", "VN-SG"]),
        "trading_name": st.just("Works of steel"),
    },
)


@st.composite
def records(draw, serial):
    """A record as an owner would state it; equal serials give elements equal ids, others never."""
    stated = draw(FACTORY)
    names = ("Mill", "Lathe")
    groups = [{"name": name, "unit": "HUR", **given} for name, given in zip(names, stated.pop("groups"), strict=True)]
    fresh = (sha256(f"{serial}/{number}".encode()).hexdigest()[:32] for number in count())
    return parse_profile({**stated, "capacity_groups": groups}, existing_ids=(), new_id=lambda: next(fresh))


def fresh_hours(record):
    """Every hour stated today."""
    return hours_as_of(record, stated_on(DAY))


@st.composite
def stated_days(draw, record):
    """Since when each level says what it says: on days around those that count."""
    ages = st.sampled_from([0, 1, 6, 7, 8, 41, 42, 43])
    day = ages.map(lambda age: (DAY - timedelta(days=age)).isoformat())
    paths = [f"capacity/{each}/spare_hours" for each in record.capacity_groups]
    days = {path: draw(st.tuples(day, day, day)) for path in paths if draw(st.booleans())}
    return Stated(default=draw(day), days=days)


@st.composite
def facts(draw, record):
    """An attestation of some values at some of their levels, some of which are not stated so any more."""
    claims, seed = {}, draw(st.integers(0, 255))
    for path, key, value in record.values():
        for level in (Level.BAND, Level.EXACT):
            cell = field(key).cell(value, level)
            chance = sha256(f"{seed}/{key}/{level}".encode()).digest()[0]  # drawn one by one, they would take most of the time
            if field(key).attestable and "value" in cell and chance % 3:
                claims[f"{path}@{cell['level']}"] = cell if chance % 4 else {**cell, "value": "changed"}
    until = draw(st.sampled_from([DAY - timedelta(days=1), DAY, DAY + timedelta(days=9)]))
    return Facts(claims=claims, provenance=draw(st.sampled_from([Provenance.DOCUMENT, Provenance.PEER])), until=until)


ORGANIZATIONS = ("did:web:node.example:orgs:a", "did:web:node.example:orgs:b")
LEVELS = st.sampled_from(list(Level))
PURPOSES = st.sampled_from(["sourcing", "rfq"])
SOME_PURPOSES = st.none() | st.frozensets(PURPOSES, min_size=1)
DAYS = st.none() | st.sampled_from([date(2026, 11, 24), DAY, date(2026, 11, 26)])
MANDATORY = {
    "org": st.none() | st.frozensets(st.sampled_from(ORGANIZATIONS), min_size=1),
    "country": st.none() | st.frozensets(st.sampled_from(["VN", "JP"]), min_size=1),
    "verified": st.none() | st.integers(1, 3),
}
CAP_AUDIENCES = st.just(ANYONE) | st.builds(Audience, **MANDATORY)
SHOW_AUDIENCES = st.one_of(
    st.just(ANYONE),
    st.just(Audience(tier=Tier.MEMBER)),
    st.builds(
        Audience,
        **MANDATORY,
        tier=st.sampled_from([None, Tier.MEMBER, Tier.PARTNER, Tier.CONFIDENTIAL]),
        nda=st.none() | st.just(frozenset({"standard"})),
        group=st.none() | st.just(frozenset({"friends"})),
        holds=st.none() | st.just(frozenset({"ISO9001"})),
    ),
)
TARGETS = st.sampled_from(
    ["*", LISTING, "identity", "location", "process", "lot", "lead_time", "capacity", "certificate"]
    + [each.key for each in FIELDS if each.search]
    + ["certificate.valid_from", "certificate.valid_until", "certificate.status", "certificate.document"]
)


@st.composite
def policies(draw, record):
    """A policy over that record, and now and then over a capability it no longer has."""
    named = [f"capability/{each}" for each in (*record.capabilities, "0" * 32)]
    shows = st.lists(st.tuples(TARGETS, LEVELS), min_size=1, max_size=4)
    hides = st.tuples(st.sampled_from(named), st.just(Level.HIDDEN))
    opens = st.tuples(st.sampled_from(named), st.just(Level.EXACT))
    caps = st.lists(st.tuples(TARGETS.filter(lambda each: each != "*"), LEVELS) | hides, min_size=1, max_size=3)
    base = (
        Rule(id=RuleId("base"), to=ANYONE, effect=Effect.SHOW, targets=((LISTING, Level.EXACT),)),
        Rule(
            id=RuleId("wide"),
            to=draw(st.just(ANYONE) | st.just(ANYONE) | SHOW_AUDIENCES),
            effect=Effect.SHOW,
            targets=(("*", draw(st.sampled_from([Level.BAND, Level.EXACT]))),),
        ),
    )
    more = draw(
        st.lists(
            st.builds(
                Rule,
                id=st.just(RuleId("show")),
                to=SHOW_AUDIENCES,
                effect=st.just(Effect.SHOW),
                targets=(shows | st.lists(opens, min_size=1, max_size=1)).map(tuple),
                purposes=SOME_PURPOSES,
                start=DAYS,
                until=DAYS,
            )
            | st.builds(
                Rule,
                id=st.just(RuleId("cap")),
                to=CAP_AUDIENCES,
                effect=st.just(Effect.CAP),
                targets=caps.map(tuple),
                start=DAYS,
                until=DAYS,
            ),
            max_size=4,
        )
    )
    kept = draw(st.sampled_from([base, base, base, base[1:]]))
    return Policy(factory="F", revision=1, rules=(*kept, *more))


VIEWERS = st.one_of(
    st.just(Viewer.anonymous()),
    st.just(Viewer.any_member()),
    st.builds(
        Viewer,
        org=st.sampled_from(ORGANIZATIONS),
        country=st.sampled_from(["VN", "JP"]),
        verified=st.integers(1, 3),
        purpose=PURPOSES,
        member=st.just(True),
        holds=st.sampled_from([{}, {"ISO9001": "document"}]),
    ),
)
GRANTS = st.one_of(
    st.builds(
        ActiveGrant,
        tier=st.sampled_from([Tier.PARTNER, Tier.CONFIDENTIAL]),
        purpose=PURPOSES,
        start=st.just(date(2026, 1, 1)),
        until=st.sampled_from([date(2026, 11, 24), DAY]),
        fields=st.none() | st.frozensets(st.sampled_from([each.key for each in FIELDS]), max_size=8),
    ),
    st.builds(
        ActiveGrant,
        tier=st.none(),
        purpose=PURPOSES,
        start=st.just(date(2026, 1, 1)),
        until=st.just(DAY),
        fields=st.frozensets(st.sampled_from([each.key for each in FIELDS]), max_size=8),
        direct=st.just(True),
    ),
)
RELATIONS = st.dictionaries(
    st.sampled_from(FACTORIES),
    st.builds(
        Relation,
        grants=st.lists(GRANTS, max_size=2).map(tuple),
        ndas=st.sampled_from([frozenset(), frozenset({"standard"})]),
        groups=st.sampled_from([frozenset(), frozenset({"friends"})]),
    ),
    max_size=3,
)
PLATFORMS = st.lists(
    st.builds(
        PlatformCap,
        rule=st.builds(
            Rule,
            id=st.just(RuleId("platform")),
            to=CAP_AUDIENCES,
            effect=st.just(Effect.CAP),
            targets=st.lists(st.tuples(TARGETS, LEVELS), min_size=1, max_size=2).map(tuple),
        ),
        binds=st.sampled_from(["identified", "everyone"]),
    ),
    max_size=1,
).map(tuple)


def many(values):
    """Some alternatives."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=4)


PARAMETERS = {
    "q": many(["dong anh", "works", "Đông", "turning works", "steel", "VN-HN"]),
    "country": many(["VN"]),
    "province": many(["VN", "VN-HN", "vn-sg"]),
    "process": many(PROCESSES),
    "operation": many(PROCESSES),
    "material": many(["P", "M", "k"]),
    "tolerance_class": many(["f", "m"]),
    "certificate": many(["iso 9001", "ISO9001:2015", "IATF16949"]),
    "max_x_min": st.tuples(LENGTHS),
    "tolerance_um_max": st.tuples(PRECISIONS),
    "lot": st.tuples(LOTS[0] | LOTS[1]),
    "lead_time_p50_max": st.tuples(LEAD_TIMES),
    "spare_hours": st.tuples(HOURS),
    "freshness_max": st.sampled_from(["0", "1", "6", "7", "41"]).map(lambda each: [each]),
    "backed": many(
        [
            f"{key}:{word}"
            for key in ("capability.process", "capability.tolerance_um", "province")
            for word in ("document", "peer")
        ]
        + ["certificate.scheme:document", "certificate.valid_until:document", "certificate.scheme:peer"]
    ),
    "text": many(["dong", "turning works", "Cơ khí", "lathe", "steel gang", "phay"]),
    "axes_min": st.tuples(st.sampled_from(["3", "4", "5"])),
    "it_grade_max": st.tuples(around(5, 7)),
    "special_process": many(SPECIAL),
    "shifts_min": st.tuples(st.sampled_from(["2", "3"])),
    "equipment": many(MACHINES),
    "equipment_axes_min": st.tuples(st.sampled_from(["4", "5"])),
    "equipment_accuracy_um_max": st.tuples(PRECISIONS),
    "equipment_count_min": st.tuples(around(5, 10)),
    "equipment_year_min": st.tuples(st.sampled_from(["2000", "2005", "2010"])),
    "industry": many(["ISIC:25", "isic 2511", "NACE:25.62", "ISIC:251"]),
    "supply_tier": many(["T1", "c29:t1", "C30:T2"]),
    "product": many(["HS:84", "HS:8487", "hs 8487.90"]),
    "documentation": many(["PPAP3", "AS9102"]),
    "inspection": many(["cmm", "vision"]),
    "headcount_min": st.tuples(around(10, 50, 1000)),
    "moq_max": st.tuples(around(100, 1000)),
    "export_market": many(["JP", "US"]),
    "port": many(["VN", "vnhph"]),
}


@st.composite
def searches(draw):
    """The parameters of a search."""
    least = draw(st.sampled_from([0, 1, 1]))
    chosen = draw(st.lists(st.sampled_from(sorted(PARAMETERS)), min_size=least, max_size=2, unique=True))
    given = {name: list(draw(PARAMETERS[name])) for name in chosen}
    wishes = draw(st.lists(st.sampled_from(chosen), unique=True)) if chosen else []
    if wishes:
        given["wish"] = wishes
    if draw(st.integers(0, 3)):
        orders = ["plain", "spare_hours", "lead_time", *["wishes"] * bool(wishes), *["relevance"] * ("text" in given)]
        given["sort"] = [draw(st.sampled_from(orders))]
    if draw(st.booleans()) and ("spare_hours" in given or given.get("sort") == ["spare_hours"]):
        given["weeks_from"] = [draw(st.sampled_from(WEEKS[:3]))]
        given["weeks_until"] = [draw(st.sampled_from(WEEKS[2:]))]
    if draw(st.booleans()) and "spare_hours" in given:
        given["hours_mode"] = [draw(st.sampled_from(["each", "total"]))]
    if draw(st.booleans()) and "certificate" in given:
        given["certificate_day"] = [draw(st.sampled_from(DATES))]
    return given
