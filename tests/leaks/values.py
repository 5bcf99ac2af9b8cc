"""What the owners of a generated network state: values on band edges or one step beside, of the fields of its theme first."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from tests.documents import pdf, png
from tests.leaks import fields
from tests.world import NOW

DAY = NOW.date()
DID = "did:web:node.example:orgs:"
PAPERS = {
    sha256(content).hexdigest(): (kind, content)
    for kind, content in (
        ("application/pdf", pdf(b"Certificate of the leak suite")),
        ("application/pdf", pdf(b"Certificate that was renewed")),
        ("image/png", png(7)),
        ("application/pdf", pdf(b"In no generated profile")),
    )
}
"""The files that profiles attach, by digest; the last one is for changes alone."""
DIGESTS = tuple(PAPERS)
MACHINES = ("machining_centre.vertical", "machining_centre.horizontal")
PROCESSES = ("1.1", "1.1.1", "1.1.2", "1.2", "1.2.2", "3.2.1")
SCHEMES = ("ISO9001", "ISO9001:2015", "IATF16949:2016", "AS9100")
WEEKS = ("2026-W46", "2026-W47", "2026-W48", "2026-W49", "2027-W01")
FAMILIES = {"JIS:S45C": "P", "JIS:SUS304": "M", "EN:1.4301": "M", "JIS:FC250": "K"}
DISGUISED_FAMILIES = {"AISI:6061": "N"}
"""Of the grade that stands for a hidden one; nobody states it, but what is hidden may be shown later."""
NAMES = ("Cơ khí Đông Anh", "Turning works", "Dong Anh works")


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
        "document": st.sampled_from(DIGESTS[:3]),
        "valid_from": BEGINNINGS,
        "valid_until": ENDS,
        "status": st.sampled_from(["valid", "suspended", "withdrawn"]),
    },
)
ATTACHED = st.fixed_dictionaries(
    {"title": st.sampled_from(["Shaft", "Report"]), "kind": st.sampled_from(["drawing", "report"])},
    optional={"file": st.sampled_from(DIGESTS[:3]), "revision": st.just("B")},
)
FILES = "document.file"
"""In a theme: certificates and documents with files, and rules that speak of them."""
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
    attached = FILES in theme
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
        "certificates": draw(st.lists(CERTIFICATE, min_size=max(least, attached), max_size=2)),
        "documents": draw(st.lists(ATTACHED, min_size=int(attached), max_size=2)) if attached else [],
        "equipment": draw(st.lists(machine, min_size=1, max_size=2)) if machines else [],
    }
