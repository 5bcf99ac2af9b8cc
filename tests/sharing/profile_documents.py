"""Hypothesis strategies for what owners may write: one for each field of the catalogue, and whole profile documents."""

from collections.abc import Callable
from datetime import date
from itertools import count

from hypothesis import strategies as st

from sharing.catalogue import FIELDS, Field, fields_of
from sharing.catalogue.forms.codes import ManyCodes, OneCode
from sharing.catalogue.quantities import scale, unscale
from sharing.catalogue.weeks import week_name, week_number
from sharing.errors import Problems
from sharing.profile import Record, parse_profile

FIRST_WEEK = week_number("2026-W01") or 0
IDENTIFIERS = (
    ("vn_tax", "0100109106"),
    ("vn_tax", "0100109106-001"),
    ("lei", "5493001KJTIIGC8Y1R12"),
    ("gln", "9521000000018"),
    ("duns", "150483782"),
    ("bpn", "BPNL00000003AYRE"),
    ("os_id", "CN2021250D1DTN7"),
)
STRUCTURED = {
    "industry_codes": ("ISIC:2511", "ISIC:25", "NACE:2562", "NACE:29"),
    "supply_tiers": ("C29:T1", "C30:OEM", "C25:T4"),
    "product_codes": ("UNSPSC:31161500", "UNSPSC:3116", "HS:848790", "HS:8487"),
    "ports": ("VNHPH", "VNSGN", "JPYOK"),
}
CALENDAR = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Shift\nEND:VEVENT\nEND:VCALENDAR"
GRADES = ("JIS:S45C", "EN:1.4301", "AISI:7075", "JIS:FC250", "EN:3.7165", "JIS:QQ99", "AISI:UNOBTAINIUM 5")


def readable_text(longest: int) -> st.SearchStrategy[str]:
    """Text that `clean` accepts, with letters of several scripts."""
    letters = "aZ09 -.,/đĐếỗ漢한яß"
    return st.text(alphabet=letters, min_size=1, max_size=longest).map(lambda text: f"x{text}"[:longest].strip() or "x")


def raw_values(field: Field) -> st.SearchStrategy[object]:
    """What an owner may write for a field."""
    return _BY_KIND[field.kind](field)


def stored_values(field: Field) -> st.SearchStrategy[object]:
    """What the catalogue stores for a field."""

    def stored(raw: object) -> object:
        problems = Problems()
        value = field.parse(raw, field.key, problems)
        assert value is not None, (field.key, raw, problems.found)
        return value

    return raw_values(field).map(stored)


def _numbers(field: Field) -> st.SearchStrategy[object]:
    low, high = (scale(each or "0", field.decimals) for each in (field.minimum, field.maximum))
    edges = [each * 10**field.decimals + step for each in field.edges for step in (-1, 0, 1)]
    near = [st.sampled_from([each for each in edges if low <= each <= high])] if edges else []
    return st.one_of(*near, st.integers(low, high)).map(lambda each: unscale(each, field.decimals))


def _codes(field: Field) -> st.SearchStrategy[str]:
    assert isinstance(field.form, OneCode)
    if field.key == "country":
        return st.just("VN")
    if field.key == "province":
        return st.sampled_from(["VN-56", "VN-HN", "VN-HP"])
    assert field.codes is not None
    return st.sampled_from([each.code for each in field.codes])


def _many(field: Field) -> st.SearchStrategy[object]:
    assert isinstance(field.form, ManyCodes)
    return st.lists(st.sampled_from([each.code for each in field.form.codes or ()]), min_size=1, max_size=6)


def _weekly(field: Field) -> st.SearchStrategy[object]:
    hours = st.one_of(st.sampled_from([0, 399, 400, 401, 799, 800, 6400, 65000]), st.integers(0, 65000))
    weeks = st.dictionaries(st.integers(0, 60).map(lambda each: week_name(FIRST_WEEK + each)), hours, min_size=1, max_size=8)
    return weeks.map(lambda found: {week: unscale(tenths, 1) for week, tenths in found.items()})


_LANGUAGES = st.sampled_from(["vi", "en", "zh-Hans", "und"])
_BY_KIND: dict[str, Callable[[Field], st.SearchStrategy[object]]] = {
    "text": lambda field: readable_text(40),
    "ascii_text": lambda field: st.sampled_from(["Dong Anh Works", "x-9", "A & B Co., Ltd."]),
    "texts": lambda field: st.lists(readable_text(30), min_size=1, max_size=3),
    "text_by_language": lambda field: st.dictionaries(_LANGUAGES, readable_text(30), min_size=1),
    "number": _numbers,
    "year": lambda field: st.integers(1800, 2199),
    "date": lambda field: st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str),
    "code": _codes,
    "codes": _many,
    "grade": lambda field: st.sampled_from(GRADES),
    "weekly": _weekly,
    "point": lambda field: st.fixed_dictionaries(
        {
            "lat": st.integers(-90 * 10**6, 90 * 10**6).map(lambda each: unscale(each, 6)),
            "lon": st.integers(-180 * 10**6, 180 * 10**6).map(lambda each: unscale(each, 6)),
        }
    ),
    "it_grade": _numbers,
    "structured_codes": lambda field: st.lists(st.sampled_from(STRUCTURED[field.key]), min_size=1, max_size=3),
    "money": lambda field: st.fixed_dictionaries(
        {
            "amount": st.sampled_from([0, 99, 100, 101, 1000, 99999, 10**9]).map(lambda each: unscale(each, 2)),
            "currency": st.sampled_from(["VND", "USD", "JPY"]),
        }
    ),
    "file": lambda field: st.sampled_from(["ab" * 32, "CD" * 32, "sha256:" + "0" * 64]),
    "calendar": lambda field: st.sampled_from([CALENDAR, CALENDAR.replace("\n", "\r\n"), CALENDAR.replace("Shift", "Ca 2")]),
    "instruments": lambda field: st.lists(
        st.sampled_from(["cmm", "vision"])
        | st.fixed_dictionaries({"type": st.sampled_from(["cmm", "hardness"])}, optional={"range": readable_text(8)}),
        min_size=1,
        max_size=3,
    ),
    "identifiers": lambda field: st.lists(
        st.sampled_from(IDENTIFIERS).map(lambda each: {"scheme": each[0], "value": each[1]}), min_size=1, max_size=4
    ),
    "contacts": lambda field: st.lists(
        st.fixed_dictionaries(
            {"role": readable_text(10), "channel": readable_text(20)},
            optional={"name": readable_text(10), "languages": st.lists(_LANGUAGES, min_size=1, max_size=3)},
        ),
        min_size=1,
        max_size=2,
    ),
}


def _part(scope: str, leave_out: frozenset[str] = frozenset()) -> st.SearchStrategy[dict[str, object]]:
    fields = {name: field for name, field in fields_of(scope).items() if name not in leave_out}
    return st.fixed_dictionaries(
        {name: raw_values(field) for name, field in fields.items() if field.mandatory},
        optional={name: raw_values(field) for name, field in fields.items() if not field.mandatory and not field.computed},
    )


# Values that must ascend are drawn one at a time, so that every drawn document is right by construction.
_CAPABILITIES = _part("capability", frozenset({"lot_economic", "lot_max", "lead_time_p90_days", "material_family"}))

_CAPACITY = _part("capacity", frozenset({"installed_hours"}))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    """A right profile document."""
    document = draw(_part("factory"))
    groups = draw(st.lists(_CAPACITY, max_size=2, unique_by=lambda each: str(each["name"])))
    for group in groups:
        if draw(st.booleans()):
            group["installed_hours"] = "6500"
    capabilities = draw(st.lists(_CAPABILITIES, max_size=3))
    for capability in capabilities:
        capability["material_family"] = draw(st.sampled_from("PMKNSH"))
        if groups and draw(st.booleans()):
            capability["capacity_group"] = draw(st.sampled_from([each["name"] for each in groups]))
    certificates = draw(st.lists(_part("certificate", frozenset({"valid_until"})), max_size=2))
    return document | {
        "capabilities": capabilities,
        "capacity_groups": groups,
        "certificates": certificates,
        "equipment": draw(st.lists(_part("equipment"), max_size=3)),
        "documents": draw(st.lists(_part("document"), max_size=2)),
    }


def hexadecimal_ids() -> Callable[[], str]:
    """Fresh ids, for one test."""
    numbers = count(1)
    return lambda: f"{next(numbers):032x}"


def record(document: object) -> Record:
    """The record of a new document."""
    return parse_profile(document, existing_ids=frozenset(), new_id=hexadecimal_ids())


records = documents().map(record)
ALL_KEYS = tuple(each.key for each in FIELDS)
