"""The searches of generated networks: bounds on the same edges as the values, words and codes that are stated."""

from __future__ import annotations

from hypothesis import strategies as st

from sharing.search import COMPLETED
from tests.leaks import fields
from tests.leaks.values import BEGINNINGS, ENDS, FURTHER, HOURS, NUMBERS, NUMERIC, PROCESSES, SEARCHED, WEEKS, Theme


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


TEXTS_TYPED = (
    "đông a", "dong", "dogn", "works", "wroks", "turn", "trun", "co k", "anh", "1.1", "1.", "3.2", "viet", "vietnma", "vn",
    "steel", "stele", "thép", "cast", "sus", "jis", "iso", "ios9", "iaft", "máy", "machin", "machni", "ma h",
)  # fmt: skip
COMPLETING = st.just(list(COMPLETED)) | st.lists(
    st.sampled_from([*COMPLETED, "q", "process"]), min_size=1, max_size=3, unique=True
)
Typed = tuple[str, list[str], int, bool]
"""What is typed, for which parameters, how many suggestions, and whether within a search."""


def typed(at_most: int) -> st.SearchStrategy[list[Typed]]:
    """What is typed before the searches are asked, at least half as much as `at_most`."""
    one = st.tuples(
        st.sampled_from(TEXTS_TYPED), COMPLETING, st.sampled_from([1, 3, 50]), st.sampled_from([True, False, False])
    )
    return st.lists(one, min_size=at_most // 2, max_size=at_most)


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
