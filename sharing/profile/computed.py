"""Values that are worked out of others and never stated: the utilisation of a capacity group.

Guarantees: a function of the stated values alone, not of the day. Who sees a computed value sees its inputs at least as
precisely: the vocabulary of the policies says so, and the catalogue gives it no band, since a band of it could move while
the bands of its inputs stand still.
"""

from collections.abc import Mapping

from sharing.catalogue import FIELDS
from sharing.catalogue.quantities import scale, unscale
from sharing.catalogue.values import Value

COMPUTED = frozenset(each.key for each in FIELDS if each.computed)

_INSTALLED, _SPARE, _UTILISATION = "capacity.installed_hours", "capacity.spare_hours", "capacity.utilisation"


def with_computed(values: dict[str, Value]) -> dict[str, Value]:
    """The same mapping, with what is computed from its values added to it."""
    installed, spare = values.get(_INSTALLED), values.get(_SPARE)
    if isinstance(installed, str) and isinstance(spare, Mapping):
        used = _utilisation(scale(installed, 1), [scale(str(hours), 1) for hours in spare.values()])
        if used is not None:
            values[_UTILISATION] = used
    return values


def _utilisation(installed: int, spare: list[int]) -> str | None:
    """Percent of the installed hours (tenths per week) that are not spare, over the weeks stated, in whole percent."""
    whole = installed * len(spare)
    if not whole:
        return None
    return unscale(max(0, (whole - sum(spare)) * 100 // whole), 0)
