"""A seeded stream of profile documents like those of machining shops in northern Vietnam.

Guarantees: every document is accepted by `parse_profile`; equal arguments give equal documents; document n does not
depend on `count`, so a longer stream begins with the shorter one. Every name and note says that it is synthetic.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from math import log
from random import Random

from sharing.catalogue.values import Value
from sharing.catalogue.weeks import week_of
from sharing.synthetic.breadth import breadth
from sharing.synthetic.trades import GRADES, PLACES, TRADES, Place, Trade

Document = dict[str, Value]

_WORDS = (
    "An Phú",
    "Bình Minh",
    "Đại Thành",
    "Đông Á",
    "Hòa Phát Tài",
    "Hưng Thịnh",
    "Kim Long",
    "Minh Đức",
    "Nam Việt",
    "Phú Cường",
    "Quang Trung",
    "Sao Bắc",
    "Tân Tiến",
    "Thăng Tiến",
    "Thành Công",
    "Trường Giang",
    "Việt Tín",
    "Vạn Xuân",
)
_NOTE = "Synthetic factory for tests and demonstrations; no such company exists. Dữ liệu giả lập."
_CERTIFICATES = (
    (0.58, "ISO9001:2015"),
    (0.24, "ISO14001:2015"),
    (0.13, "IATF16949:2016"),
    (0.08, "ISO45001:2018"),
    (0.03, "AS9100:D"),
    (0.03, "ISO13485:2016"),
    (0.03, "AEO:C"),
    (0.02, "TISAX:AL2"),
    (0.02, "ISO27001:2022"),
)
_SMALL = 0.12  # share of shops that publish five fields and nothing more
_MOST = 12  # capabilities of the others
USUAL_RATE = 0.235  # four capabilities on average
_TRADE_WEIGHTS = tuple(accumulate(each.weight for each in TRADES))
_PLACE_WEIGHTS = tuple(accumulate(each.weight for each in PLACES))


def synthetic_factories(count: int, seed: int, today: date, *, first: int = 1, rate: float = USUAL_RATE) -> Iterator[Document]:
    """`count` profile documents from number `first` on; weeks begin with that of `today`, certificates run around it.

    `rate`: how fast large numbers of capabilities become rare (`rate_of`).
    """
    weeks = [week_of(today + timedelta(weeks=each)) for each in range(27)]
    for number in range(first, first + count):
        yield _factory(seed, number, today, weeks, rate)


def rate_of(mean: float) -> float:
    """The rate at which factories have `mean` capabilities on average: more than 1, and less than half of the most."""
    others = (mean - _SMALL) / (1 - _SMALL)
    return log(others / (others - 1))


def _factory(seed: int, number: int, today: date, weeks: list[str], rate: float) -> Document:
    # Strings are hashed by their content here, in every process alike.
    random = Random(f"{seed}/{number}")  # noqa: S311 - made-up data, not secrets
    place = random.choices(PLACES, cum_weights=_PLACE_WEIGHTS)[0]
    word = random.choice(_WORDS)
    document: Document = {
        "legal_name": {
            "vi": f"Công ty TNHH Cơ khí {word} {number} (giả lập)",
            "en": f"{word} Mechanical {number} Co., Ltd (synthetic)",
        },
        "country": "VN",
        "province": place.code,
        "established_year": str(random.randint(1988, today.year - 1)),
    }
    trades = random.choices(TRADES, cum_weights=_TRADE_WEIGHTS, k=min(_MOST, 1 + int(random.expovariate(rate))))
    if random.random() < _SMALL:
        document["capabilities"] = [{"process": trades[0].process}]
        return document
    document["note"] = _NOTE
    document["address"] = f"Lô CN-{random.randint(1, 60)}, khu công nghiệp mẫu, {place.name}"
    document["point"] = _point(random, place)
    document["contacts"] = [
        {"role": "sales", "channel": f"sales@factory-{number}.example", "languages": ["vi", "en"]},
    ]
    groups: dict[str, Value] = {}
    capabilities: list[Value] = []
    for trade in trades:
        name = trade.machine
        if name not in groups:
            groups[name] = {"name": name, "unit": "HUR", "spare_hours": _spare_hours(random, weeks)}
        capabilities.append(_capability(random, trade, name))
    document["capabilities"] = capabilities
    document["capacity_groups"] = list(groups.values())
    certificates = _certificates(random, number, place, trades[0], today)
    if certificates:
        document["certificates"] = certificates
    document.update(breadth(Random(f"{seed}/{number}/breadth"), trades, today.year))  # noqa: S311 - made-up data
    return document


def _capability(random: Random, trade: Trade, group: str) -> Document:
    family = random.choice(trade.materials)
    capability: Document = {"process": trade.process, "material_family": family, "capacity_group": group}
    if random.random() < 0.7:
        capability["material_grade"] = random.choice(GRADES[family])
    if random.random() < 0.6:
        capability["secondary_operations"] = random.sample(trade.operations, random.randint(1, len(trade.operations)))
    for name, (low, high) in trade.sizes:
        if random.random() < 0.9:
            capability[name] = str(round(_skewed(random, low, high) / 10) * 10)
    if random.random() < 0.5:
        capability["max_mass_kg"] = str(round(_skewed(random, 2, 1500)))
    capability["tolerance_class"] = random.choice("fmmmc")
    if random.random() < 0.8:
        capability["tolerance_um"] = str(round(_skewed(random, *trade.tolerance)))
        capability["roughness_um"] = f"{max(0.05, _skewed(random, *trade.roughness)):.2f}"
    low_lot = max(1, round(_skewed(random, trade.lot[0], trade.lot[1] / 20)))
    high_lot = max(low_lot, round(_skewed(random, trade.lot[1] / 10, trade.lot[1])))
    capability["lot_min"] = str(low_lot)
    capability["lot_economic"] = str((low_lot + high_lot) // 2)
    capability["lot_max"] = str(high_lot)
    usual = round(_skewed(random, *trade.days))
    capability["lead_time_p50_days"] = str(usual)
    capability["lead_time_p90_days"] = str(usual + random.randint(0, 1 + usual // 2))
    return capability


def _spare_hours(random: Random, weeks: list[str]) -> Document:
    machines = 1 + int(random.expovariate(0.12))
    load = random.uniform(0.45, 1.02)
    hours: Document = {}
    for at, week in enumerate(weeks[: random.choice((8, 13, 13, 26))]):
        # Order books thin out with distance, so spare hours grow.
        free = machines * 44 * max(0.0, 1 - load * (1 - at / 60) * random.uniform(0.85, 1.1))
        hours[week] = str(min(6500, round(free)))
    return hours


def _certificates(random: Random, number: int, place: Place, trade: Trade, today: date) -> list[Value]:
    found: list[Value] = []
    for share, scheme in _CERTIFICATES:
        if random.random() >= share:
            continue
        begun = today - timedelta(days=random.randint(10, 1150))
        found.append(
            {
                "scheme": scheme,
                "number": f"SYN-{number}-{len(found) + 1}",
                "issuer": f"Example Certification Body {random.randint(1, 12)} (synthetic)",
                "scope": f"{trade.machine}: gia công chi tiết cơ khí chính xác",
                "sites": [f"Nhà máy {place.name}"],
                "valid_from": begun.isoformat(),
                "valid_until": (begun + timedelta(days=1095)).isoformat(),
            }
        )
    return found


def _point(random: Random, place: Place) -> Document:
    return {"lat": f"{random.uniform(*place.lat):.4f}", "lon": f"{random.uniform(*place.lon):.4f}"}


def _skewed(random: Random, low: float, high: float) -> float:
    """Between `low` and `high`, small ones more often, as machine sizes and lots are."""
    share = random.random()
    return low + (high - low) * share * share
