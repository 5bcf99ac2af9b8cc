"""Band edges by family, and the frozen record of them for every catalogue version ever published.

Guarantees (a test compares neighbours): a later version's edges are a subset of the version before, so it may only
merge neighbouring intervals. Two overlapping versions would otherwise reveal the intersection of their intervals.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LENGTH = (0, 100, 250, 500, 1000, 2000, 5000)
MASS = LENGTH
PRECISION = (0, 5, 10, 20, 50, 100, 200)
LOT = (1, 10, 100, 1000, 10_000, 100_000)
LEAD_TIME = (0, 7, 14, 28, 56, 84)
WEEKLY_HOURS = (0, 40, 80, 160, 320, 640)
IT_GRADE = (0, 5, 7, 9, 11, 14)
MACHINES = (1, 5, 10, 20)
PPM = (0, 10, 50, 100, 500, 1000, 5000)
RATE = (0, 80, 90, 95, 98)
SHARE = (0, 10, 25, 50, 75)
CPK = (0, 1, 2)
HEADS = (0, 10, 50, 100, 250, 500, 1000)
DECADES = (0, *(10**power for power in range(12)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A published version of the catalogue: its number and the lower edges of every banded quantity, in whole units."""

    number: str
    edges: Mapping[str, tuple[int, ...]]


# Written out, not taken from the constants above: changing a constant must not change what was published.
_DECADES_2 = (
    *(0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000),
    *(1_000_000_000, 10_000_000_000, 100_000_000_000),
)
HISTORY: tuple[Version, ...] = (
    Version(
        number="1",
        edges={
            "capability.max_x_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_y_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_z_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_diameter_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_length_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_mass_kg": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.tolerance_um": (0, 5, 10, 20, 50, 100, 200),
            "capability.roughness_um": (0, 5, 10, 20, 50, 100, 200),
            "capability.lot_min": (1, 10, 100, 1000, 10_000, 100_000),
            "capability.lot_economic": (1, 10, 100, 1000, 10_000, 100_000),
            "capability.lot_max": (1, 10, 100, 1000, 10_000, 100_000),
            "capability.lead_time_p50_days": (0, 7, 14, 28, 56, 84),
            "capability.lead_time_p90_days": (0, 7, 14, 28, 56, 84),
            "capacity.spare_hours": (0, 40, 80, 160, 320, 640),
        },
    ),
    Version(
        number="2",
        edges={
            "capability.max_x_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_y_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_z_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_diameter_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_length_mm": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.max_mass_kg": (0, 100, 250, 500, 1000, 2000, 5000),
            "capability.tolerance_um": (0, 5, 10, 20, 50, 100, 200),
            "capability.roughness_um": (0, 5, 10, 20, 50, 100, 200),
            "capability.lot_min": (1, 10, 100, 1000, 10_000, 100_000),
            "capability.lot_economic": (1, 10, 100, 1000, 10_000, 100_000),
            "capability.lot_max": (1, 10, 100, 1000, 10_000, 100_000),
            "capability.lead_time_p50_days": (0, 7, 14, 28, 56, 84),
            "capability.lead_time_p90_days": (0, 7, 14, 28, 56, 84),
            "capacity.spare_hours": (0, 40, 80, 160, 320, 640),
            "capability.it_grade": (0, 5, 7, 9, 11, 14),
            "equipment.count": (1, 5, 10, 20),
            "equipment.accuracy_um": (0, 5, 10, 20, 50, 100, 200),
            "capacity.installed_hours": (0, 40, 80, 160, 320, 640),
            "capacity.held_hours": (0, 40, 80, 160, 320, 640),
            "capacity.surge_hours": (0, 40, 80, 160, 320, 640),
            "external_ppm": (0, 10, 50, 100, 500, 1000, 5000),
            "on_time_delivery": (0, 80, 90, 95, 98),
            "first_pass_yield": (0, 80, 90, 95, 98),
            "cpk": (0, 1, 2),
            "moq": _DECADES_2,
            "min_order_value": _DECADES_2,
            "hourly_rate": _DECADES_2,
            "export_share": (0, 10, 25, 50, 75),
            "headcount_total": (0, 10, 50, 100, 250, 500, 1000),
            "headcount_direct": (0, 10, 50, 100, 250, 500, 1000),
            "headcount_qc": (0, 10, 50, 100, 250, 500, 1000),
            "headcount_engineers": (0, 10, 50, 100, 250, 500, 1000),
            "energy_kwh_per_hour": _DECADES_2,
            "grid_factor_g_per_kwh": _DECADES_2,
            "scope_1_2_kg": _DECADES_2,
        },
    ),
)
VERSION = HISTORY[-1].number
