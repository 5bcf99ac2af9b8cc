"""What can be odd about a policy: rules that do nothing, rules about to end, and what fields tell together.

Guarantees, each tested by leaving the rule out: ``dead``, ``shadowed``, ``never_seen`` and ``cap_shadowed`` rules can all be
left out together without a change for any possible viewer from today on; ``cap_never_bites`` likewise, except for who gets
a direct grant of a field it limits. Of the other codes each comes with a witness: a possible viewer without narrowed or
direct grants (those an owner gives field by field, knowing what they do). Only the owner's own rules are judged.

    dead               a rule that no viewer can make true from today on
    shadowed           a show: others always show as much to the same viewers (``by``, one for each field)
    never_seen         a show of nothing but what a cap for everybody hides (``by``)
    cap_shadowed       a cap: others always limit as much (``by``)
    cap_never_bites    a cap of what no rule ever shows any better to anybody whom it meets
    expiring           a rule that ends within the days asked (``day``: its last)
    place_beside_hidden_name   somebody sees where exactly, and not who
    identifying        somebody to whom the name is hidden sees fields by which fewer than k factories fit (``count``)
    derived_cut        a rule shows a derived field more precisely than what it is derived from allows
    derived_computable somebody sees everything a field is computed from more precisely than the field
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policies.levels import Level
from policies.model import RuleId
from policies.who import Witness


class Oddity(StrEnum):
    """Stable codes."""

    DEAD = "dead"
    SHADOWED = "shadowed"
    NEVER_SEEN = "never_seen"
    CAP_SHADOWED = "cap_shadowed"
    CAP_NEVER_BITES = "cap_never_bites"
    EXPIRING = "expiring"
    PLACE_BESIDE_HIDDEN_NAME = "place_beside_hidden_name"
    IDENTIFYING = "identifying"
    DERIVED_CUT = "derived_cut"
    DERIVED_COMPUTABLE = "derived_computable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """One finding: what a sentence about it needs.

    ``rule``: the rule that is odd, None where it is the policy. ``by``: rules that make it so. ``levels``: of each of
    ``fields`` for the witness; for ``derived_cut`` and ``derived_computable`` of the derived field (what the rules say of
    it, then what is seen). ``others``: the names that are hidden, or what the field is derived from.
    """

    code: Oddity
    rule: RuleId | None = None
    by: tuple[RuleId, ...] = ()
    fields: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    others: tuple[str, ...] = ()
    day: date | None = None
    count: int | None = None
    witness: Witness | None = None
