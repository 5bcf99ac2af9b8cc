"""What a valid policy means and its owner may not expect: said before it is saved, for a yes.

Guarantees to look at the policy alone: no viewer, no day, no directory. Codes are stable.

    cap_reaches_public   a cap that names a mandatory attribute or a purpose also limits the public, any member and so
                         other nodes, because the capped party could come without saying who it is
    no_effect            a target that changes nothing, whatever the other rules say
"""

from collections.abc import Iterator

from policies.errors import Fault
from policies.levels import Level
from policies.model import ANYONE, CAPABILITY_PREFIX, Effect, Policy, Rule

CAP_REACHES_PUBLIC = "cap_reaches_public"
NO_EFFECT = "no_effect"


def policy_warnings(policy: Policy) -> tuple[Fault, ...]:
    """Warnings in document order; paths as in ``PolicyErrors``. An empty tuple asks nothing of the owner."""
    return tuple(warning for place, rule in enumerate(policy.rules) for warning in _warnings(f"rules/{place}", rule))


def _warnings(path: str, rule: Rule) -> Iterator[Fault]:
    if rule.effect is Effect.CAP and (rule.to != ANYONE or rule.purposes is not None):
        words = (
            "This limit also hides from the public, from both logs and so from other nodes, "
            "because the capped party could log out and look again."
        )
        yield Fault(path=path, code=CAP_REACHES_PUBLIC, message=words)
    idle = Level.HIDDEN if rule.effect is Effect.SHOW else Level.EXACT
    for place, (target, level) in enumerate(rule.targets):
        here = f"{path}/{rule.effect.value}/{place}"
        if level is idle:
            words = (
                "Showing as hidden hides nothing; only a cap hides."
                if rule.effect is Effect.SHOW
                else ("Limiting to exact limits nothing.")
            )
            yield Fault(path=here, code=NO_EFFECT, message=words)
        elif rule.effect is Effect.SHOW and target.startswith(CAPABILITY_PREFIX):
            words = "Whoever sees that the factory exists sees its capabilities; only a cap hides one."
            yield Fault(path=here, code=NO_EFFECT, message=words)
