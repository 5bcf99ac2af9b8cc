"""Is something odd? Everything about a policy that its owner may not have meant (``odd`` says what each code means).

Guarantees: nothing is said of a platform's or a template's rule, which the owner cannot change.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from policies.idle import expiring, idle_rules
from policies.model import PlatformCap, Policy, Vocabulary
from policies.odd import Odd, Oddity
from policies.revealing import (
    MOST_FEW,
    Combination,
    derived_computable,
    derived_cut,
    identifying,
    looked_for,
    places_beside_hidden_names,
)
from policies.survey import Survey

__all__ = ["Combination", "Odd", "Oddities", "Oddity", "Tells", "oddities"]

SOON_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Tells:
    """What the catalogue knows of fields: which say where exactly, which say who, which can be computed from their inputs;
    and which combinations may point to this factory, with how many fit (fewer than ``few`` are few)."""

    places: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    computable: Collection[str] = ()
    combinations: tuple[Combination, ...] = ()
    few: int = MOST_FEW


NOTHING_KNOWN = Tells()


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddities:
    """What was found, and the codes that could not be looked for to the end, because the policy has too many regions."""

    found: tuple[Odd, ...]
    unfinished: frozenset[Oddity]


def oddities(
    policy: Policy,
    *,
    today: date,
    vocabulary: Vocabulary,
    platform: Sequence[PlatformCap] = (),
    within_days: int = SOON_DAYS,
    tells: Tells = NOTHING_KNOWN,
) -> Oddities:
    """Everything odd about a policy from ``today`` on. Raises UnknownField."""
    survey = Survey(policies=(policy,), platform=platform, vocabulary=vocabulary, today=today, piecemeal=False)
    names = tells.names
    searches: dict[Oddity, Iterable[Odd]] = {
        Oddity.PLACE_BESIDE_HIDDEN_NAME: places_beside_hidden_names(survey, tells.places, names) if names else (),
        Oddity.IDENTIFYING: identifying(survey, tells.combinations, names, tells.few) if names else (),
        Oddity.DERIVED_CUT: derived_cut(survey),
        Oddity.DERIVED_COMPUTABLE: derived_computable(survey, tells.computable),
    }
    found = [
        *idle_rules(policy, today=today, vocabulary=vocabulary, platform=platform),
        *expiring(policy, today, within_days),
    ]
    unfinished = set()
    for code, search in searches.items():
        odd, finished = looked_for(iter(search))
        found += odd
        if not finished:
            unfinished.add(code)
    return Oddities(found=tuple(found), unfinished=frozenset(unfinished))
