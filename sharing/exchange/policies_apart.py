"""Two policies compared before values of one factory come under the policy of another.

Guarantees: no question is asked only if every rule that shows in the kept policy stands in the other as well, and every cap
of the other stands in the kept one. Shows only add and caps only take away, so then nobody is shown more of a value than the
other policy shows them, given the same place on either factory. Rules that come to the same in other words are asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from policies import Policy
from policies.model import CAPABILITY_PREFIX, Effect, Rule
from sharing.errors import ConfirmationNeeded, Problem

OTHER_POLICY = "merged_under_another_policy"


def ask_about_policies(kept: Policy, other: Policy, *, copied: Collection[str]) -> None:
    """Raise `ConfirmationNeeded` unless `kept` shows no more than `other` does; `copied`: capabilities and other elements of
    the other factory, by the ids they have there, that go along. Paths lead into the rules of the policy that is named."""
    shows = {_said(rule, copied) for rule in other.effective if rule.effect is Effect.SHOW}
    caps = {_said(rule, copied) for rule in kept.effective if rule.effect is Effect.CAP}
    asked = (
        *_asked(
            other,
            Effect.CAP,
            caps,
            copied,
            "hides or coarsens what is taken from the other factory, and the kept one's does not.",
        ),
        *_asked(kept, Effect.SHOW, shows, copied, "shows what is taken from the other factory, and the other one's does not."),
    )
    if asked:
        raise ConfirmationNeeded(asked)


def _asked(policy: Policy, effect: Effect, known: Collection[object], copied: Collection[str], words: str) -> Iterator[Problem]:
    for place, rule in enumerate(policy.effective):
        if rule.effect is effect and _targets(rule, copied) and _said(rule, copied) not in known:
            message = f"Rule {rule.id} of {policy.factory} {words} Merged, it stands under the kept one's policy."
            yield Problem(path=f"rules/{place}/{effect}", code=OTHER_POLICY, message=message)


def _said(rule: Rule, copied: Collection[str]) -> object:
    """A rule without its name, and without the capabilities that stay where they are."""
    return rule.effect, rule.to, rule.purposes, rule.start, rule.until, _targets(rule, copied)


def _targets(rule: Rule, copied: Collection[str]) -> frozenset[object]:
    return frozenset(
        (target, level)
        for target, level in rule.targets
        if not target.startswith(CAPABILITY_PREFIX) or target.removeprefix(CAPABILITY_PREFIX) in copied
    )
