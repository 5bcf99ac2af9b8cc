"""The rest of a made-up profile: machines, inspection, people, terms, markets and footprint.

Guarantees: drawn from chance of its own, so that what the shop makes does not change when this grows.
"""

from collections.abc import Sequence
from random import Random

from sharing.catalogue.values import Value
from sharing.synthetic.trades import Trade

_MACHINES = {
    "Tiện CNC": "turning",
    "Phay CNC": "machining_centre.vertical",
    "Phay 5 trục": "machining_centre.horizontal",
    "Mài": "grinding.cylindrical",
    "Xung điện, cắt dây": "edm.wire",
    "Khoan, ta rô": "drilling",
    "Máy dập": "forming.press",
    "Máy chấn": "forming.press_brake",
}
_AXES = {"turning": (2, 3), "machining_centre.vertical": (3, 4), "machining_centre.horizontal": (4, 5)}
_MODELS = ("job_shop", "build_to_print", "contract_manufacturer", "toolmaker")
_INSTRUMENTS = ("cmm", "projector", "roughness", "micrometer", "gauges", "hardness", "height", "vision")
_DOCUMENTATION = ("PPAP2", "PPAP3", "AS9102", "EN10204-2.1", "EN10204-3.1")
_INDUSTRIES = ("ISIC:2511", "ISIC:2592", "ISIC:2822", "ISIC:2930", "ISIC:2599", "ISIC:2813")
_PRODUCTS = ("HS:848790", "HS:870899", "HS:731815", "HS:848340", "UNSPSC:31161500")
_MARKETS = ("JP", "KR", "US", "DE", "TH", "CN")


def breadth(random: Random, trades: Sequence[Trade], year: int) -> dict[str, Value]:
    """Top-level fields and `equipment` of a profile whose capabilities are of these trades; `year` is the current one."""
    headcount = round(8 * 40 ** random.random())
    found: dict[str, Value] = {
        "legal_form": random.choice(("limited_liability", "limited_liability", "joint_stock", "sole_proprietor")),
        "business_model": random.sample(_MODELS, random.randint(1, 2)),
        "industry_codes": random.sample(_INDUSTRIES, random.randint(1, 2)),
        "product_codes": random.sample(_PRODUCTS, random.randint(1, 3)),
        "inspection_equipment": [{"type": each} for each in random.sample(_INSTRUMENTS, random.randint(2, 5))],
        "documentation_levels": random.sample(_DOCUMENTATION, random.randint(1, 3)),
        "headcount_total": str(headcount),
        "headcount_qc": str(max(1, headcount // 15)),
        "equipment": [_machine(random, each, year) for each in dict.fromkeys(trades)],
    }
    if random.random() < 0.6:
        found["external_ppm"] = str(round(10 * 500 ** random.random()))
        found["on_time_delivery"] = f"{random.uniform(85, 99.8):.1f}"
    if random.random() < 0.5:
        found["hourly_rate"] = {"amount": str(random.randint(6, 45)), "currency": "USD"}
        found["incoterms"] = random.sample(("EXW", "FCA", "FOB", "DAP"), random.randint(1, 3))
        found["currencies"] = ["VND", "USD"]
    if random.random() < 0.5:
        found["export_markets"] = random.sample(_MARKETS, random.randint(1, 3))
        found["export_share"] = str(random.randint(1, 90))
    if random.random() < 0.2:
        found["energy_kwh_per_hour"] = str(random.randint(3, 60))
    return found


def _machine(random: Random, trade: Trade, year: int) -> dict[str, Value]:
    kind = _MACHINES.get(trade.machine, "other")
    machine: dict[str, Value] = {
        "class": kind,
        "count": str(1 + int(random.expovariate(0.3))),
        "year": str(random.randint(year - 20, year - 1)),
        "make": f"Synthetic Works {random.randint(1, 20)}",
        "model": f"S-{random.randint(100, 999)}",
        "automation": random.choice(("manual", "cnc", "cnc", "cnc", "robot")),
    }
    if kind in _AXES:
        machine["axes"] = str(random.randint(*_AXES[kind]))
    return machine
