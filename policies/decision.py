"""The answer of a policy: one level per field for one viewer, as an integer.

Layout (the search index relies on it): with ``F = vocabulary.width`` and ``p`` the position of a field, level >= k is
bit ``p + F * (k - 1)`` for k = 1..3; the listing of the j-th capability that the policy names is bit ``3 * F + j``.
Guarantees that a decision whose listing is hidden has no bit at all, however it was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.levels import Level
from policies.model import LISTING, Vocabulary

LEVEL_COUNT = 3


def bits_up_to(position: int, level: Level, width: int) -> int:
    """Bits of one field that a show at ``level`` sets."""
    return sum(1 << (position + width * (k - 1)) for k in range(1, level + 1))


def bits_above(position: int, level: Level, width: int) -> int:
    """Bits of one field that a cap at ``level`` clears."""
    return sum(1 << (position + width * (k - 1)) for k in range(level + 1, LEVEL_COUNT + 1))


def capability_bit(index: int, width: int) -> int:
    """Bit of the listing of the ``index``-th capability that the policy names."""
    return 1 << (LEVEL_COUNT * width + index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The level of every field for one viewer and one factory."""

    vocabulary: Vocabulary = field(repr=False)
    capabilities: tuple[str, ...]
    bits: int

    def __post_init__(self) -> None:
        if not self.bits & 1:
            object.__setattr__(self, "bits", 0)

    @property
    def listed(self) -> bool:
        """Whether the factory exists for the viewer."""
        return self.bits & 1 == 1

    def level(self, name: str) -> Level:
        """Level of a field or of ``$listing``; raises UnknownField."""
        position, width = self.vocabulary.position(name), self.vocabulary.width
        return Level(sum(self.bits >> (position + width * k) & 1 for k in range(LEVEL_COUNT)))

    @property
    def levels(self) -> Mapping[str, Level]:
        """Level of each field of the vocabulary, in its order, without ``$listing``."""
        return {name: self.level(name) for name in self.vocabulary.fields}

    def capability_listed(self, capability: str) -> bool:
        """Whether a capability exists for the viewer; one the policy does not name follows the factory's listing."""
        if capability not in self.capabilities:
            return self.listed
        return bool(self.bits & capability_bit(self.capabilities.index(capability), self.vocabulary.width))


def decision_of_levels(levels: Mapping[str, Level], capabilities: Mapping[str, bool], vocabulary: Vocabulary) -> Decision:
    """Encode levels by name (``$listing`` among them) and the listing of each capability the policy names."""
    width, bits = vocabulary.width, 0
    columns = [bits_up_to(0, level, width) for level in Level]
    for name in (LISTING, *vocabulary.fields):
        bits |= columns[levels[name]] << vocabulary.position(name)
    named = tuple(sorted(capabilities))
    for index, capability in enumerate(named):
        if capabilities[capability]:
            bits |= capability_bit(index, width)
    return Decision(vocabulary=vocabulary, capabilities=named, bits=bits)
