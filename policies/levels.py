"""Ordered words: how precisely a field is shown, how much a party is trusted, how certain an atom is.

Guarantees total orders only. What a level means for a value (which band, which unit) is the catalogue's business.
"""

from enum import IntEnum


class Level(IntEnum):
    """How precisely a field is shown; a higher level tells everything a lower one tells."""

    HIDDEN = 0
    EXISTENCE = 1
    BAND = 2
    EXACT = 3

    @property
    def word(self) -> str:
        """The lower-case word used in documents and views."""
        return self.name.lower()


class Tier(IntEnum):
    """A rung of trust. ``PUBLIC`` is everybody; an audience never names it (it says "anyone")."""

    PUBLIC = 0
    MEMBER = 1
    PARTNER = 2
    CONFIDENTIAL = 3

    @property
    def word(self) -> str:
        """The lower-case word used in documents."""
        return self.name.lower()


class Kleene(IntEnum):
    """Three-valued truth. A conjunction is the minimum, an alternative the maximum."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


LEVELS = {level.word: level for level in Level}
TIERS = {tier.word: tier for tier in Tier}


def kleene(value: bool) -> Kleene:
    """The certain truth value of a fact that is known."""
    return Kleene.TRUE if value else Kleene.FALSE
