"""Rules between several values of a profile; each looks only at values that were read without a problem."""

from collections.abc import Mapping
from itertools import pairwise

from sharing.catalogue import field
from sharing.catalogue.materials import UNCLASSIFIED, family
from sharing.catalogue.quantities import scale
from sharing.catalogue.values import Value
from sharing.errors import Problems

_LOTS = ("capability.lot_min", "capability.lot_economic", "capability.lot_max")
_LEAD_TIMES = ("capability.lead_time_p50_days", "capability.lead_time_p90_days")
_INSTALLED, _HELD, _SURGE = "capacity.installed_hours", "capacity.held_hours", "capacity.surge_hours"
_SPARE = "capacity.spare_hours"
_VALIDITY = ("certificate.valid_from", "certificate.valid_until")


def check_factory(values: Mapping[str, Value], problems: Problems) -> None:
    """A province lies in the country."""
    country, province = values.get("country"), values.get("province")
    if isinstance(country, str) and isinstance(province, str) and not province.startswith(f"{country}-"):
        problems.add("province", "contradiction", "This province is not in the country given.")


def check_capability(values: Mapping[str, Value], path: str, problems: Problems) -> None:
    """Lots and lead times ascend; a grade that no rule classifies needs its material family beside it."""
    _ascending(_LOTS, values, path, problems)
    _ascending(_LEAD_TIMES, values, path, problems)
    grade = values.get("capability.material_grade")
    if isinstance(grade, str) and family(grade) == UNCLASSIFIED and "capability.material_family" not in values:
        message = "The family of this grade is not known; state material_family as well."
        problems.add(f"{path}/material_family", "required", message)


def check_capacity(values: Mapping[str, Value], path: str, problems: Problems) -> None:
    """No more hours are held than are installed, and no week has more spare hours than are installed and can be added."""
    installed, held, surge = (values.get(key) for key in (_INSTALLED, _HELD, _SURGE))
    if not isinstance(installed, str):
        return
    most = scale(installed, 1)
    if isinstance(held, str) and scale(held, 1) > most:
        problems.add(f"{path}/held_hours", "contradiction", "More hours are held than are installed.")
    spare = values.get(_SPARE)
    for week, hours in spare.items() if isinstance(spare, Mapping) else ():
        if scale(str(hours), 1) > most + (scale(surge, 1) if isinstance(surge, str) else 0):
            problems.add(
                f"{path}/spare_hours/{week}", "contradiction", "More hours are spare than are installed, surge included."
            )


def check_certificate(values: Mapping[str, Value], path: str, problems: Problems) -> None:
    """A certificate does not end before it begins."""
    _ascending(_VALIDITY, values, path, problems)


def _ascending(keys: tuple[str, ...], values: Mapping[str, Value], path: str, problems: Problems) -> None:
    given = [(field(key), values[key]) for key in keys if key in values]
    for (low, less), (high, more) in pairwise(given):
        if low.scaled(less) > high.scaled(more):
            problems.add(f"{path}/{high.name}", "contradiction", f"This must not be below {low.name}.")
