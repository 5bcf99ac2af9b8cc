"""How search reads fields: the filter parameters, each with the fields it looks at.

Guarantees: the list is fixed by the catalogue, so a parameter's presence tells nothing about anybody's data.
"""

from dataclasses import dataclass
from enum import StrEnum


class Match(StrEnum):
    """How a parameter's argument is compared with what a viewer may see of a field."""

    TERM = "term"  # the argument is one of the shown terms
    AT_LEAST = "at_least"  # shown value >= argument, certainly
    AT_MOST = "at_most"  # shown value <= argument, certainly
    HOURS = "hours"  # shown weekly hours, summed over weeks, >= argument, certainly
    WORDS = "words"  # every folded word of the argument is among the shown words


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A field's part in the search parameter `parameter`."""

    parameter: str
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParameter:
    """One parameter of the search: every (field key, match) it looks at.

    Several terms or words are alternatives (`material` finds a family or a grade's family); several comparisons must
    all hold (`lot`: lot_min <= q and q <= lot_max).
    """

    name: str
    reads: tuple[tuple[str, Match], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of the fields it reads."""
        return tuple(key for key, _ in self.reads)

    @property
    def every(self) -> bool:
        """Whether all of its fields must agree, rather than any."""
        return all(match in (Match.AT_LEAST, Match.AT_MOST) for _, match in self.reads)
