"""The everyday face of a policy: rows of fields, columns of tiers, a level in each cell.

Guarantees that reading back what was written gives the same matrix, and that a column never shows less than the one
before it: tiers only add, so a lower level in a higher tier is read and written as the lower tier's level.
Speaks of the four tier rules alone; what other rules show or cap is not in the matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from policies.levels import Level, Tier
from policies.model import ANYONE, LISTING, Audience, Effect, Policy, Rule, RuleId, Vocabulary

Row = tuple[Level, Level, Level, Level]
"""Levels for public, member, partner, confidential: indexed by ``Tier``."""

HIDDEN_ROW: Row = (Level.HIDDEN, Level.HIDDEN, Level.HIDDEN, Level.HIDDEN)
TIER_RULES = {RuleId(f"tier-{tier.word}"): tier for tier in Tier}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """One row for ``$listing`` and for each field."""

    vocabulary: Vocabulary = field(repr=False)
    rows: Mapping[str, Row]

    def cell(self, target: str, tier: Tier) -> Level | None:
        """The level of a group, a field or ``$listing`` in a column; None where its fields differ ("mixed").

        Raises UnknownField.
        """
        levels = {self.rows[name][tier] for name in self.vocabulary.expand(target)}
        return levels.pop() if len(levels) == 1 else None


def matrix_from(rows: Mapping[str, Row], vocabulary: Vocabulary) -> Matrix:
    """A matrix from rows by group, field or ``$listing``; a field's own row goes before its group's.

    Rows not given are hidden. Raises UnknownField.
    """
    full: dict[str, Row] = dict.fromkeys((LISTING, *vocabulary.fields), HIDDEN_ROW)
    for target in sorted(rows, key=lambda name: name in vocabulary.positions):
        for name in vocabulary.expand(target):
            full[name] = _rising(rows[target])
    return Matrix(vocabulary=vocabulary, rows=full)


def rules_from_matrix(rows: Mapping[str, Row], vocabulary: Vocabulary) -> tuple[Rule, ...]:
    """The show rules ``tier-public`` ... ``tier-confidential`` that store a matrix; a tier that sees nothing has none.

    ``rows`` as for ``matrix_from``. Raises UnknownField.
    """
    matrix = matrix_from(rows, vocabulary)
    rules = []
    for id_, tier in TIER_RULES.items():
        targets = _targets(matrix, tier)
        if targets:
            rules.append(Rule(id=id_, to=tier_audience(tier), effect=Effect.SHOW, targets=targets))
    return tuple(rules)


def matrix_of(policy: Policy, vocabulary: Vocabulary) -> Matrix:
    """What the tier rules of a policy show in each tier. Raises UnknownField."""
    columns: dict[Tier, dict[str, Level]] = {tier: {} for tier in Tier}
    for rule in policy.rules:
        if not is_tier_rule(rule):
            continue
        column = columns[TIER_RULES[rule.id]]
        for target, level in rule.targets:
            for name in vocabulary.expand(target):
                column[name] = max(level, column.get(name, level))
    rows = {name: _row(columns, name) for name in (LISTING, *vocabulary.fields)}
    return matrix_from(rows, vocabulary)


def tier_audience(tier: Tier) -> Audience:
    """Everybody on a tier or above it."""
    return ANYONE if tier is Tier.PUBLIC else Audience(tier=tier)


def is_tier_rule(rule: Rule) -> bool:
    """Whether a rule is a column of the matrix: it has the reserved id and says nothing but who and what."""
    tier = TIER_RULES.get(rule.id)
    unlimited = rule.purposes is None and rule.start is None and rule.until is None
    shows = rule.effect is Effect.SHOW and not any(target.startswith("capability/") for target, _ in rule.targets)
    return tier is not None and unlimited and shows and rule.to == tier_audience(tier)


def _row(columns: Mapping[Tier, Mapping[str, Level]], name: str) -> Row:
    public, member, partner, confidential = (columns[tier].get(name, Level.HIDDEN) for tier in Tier)
    return (public, member, partner, confidential)


def _rising(row: Row) -> Row:
    public, member, partner, confidential = accumulate(row, max)
    return (public, member, partner, confidential)


def _targets(matrix: Matrix, tier: Tier) -> tuple[tuple[str, Level], ...]:
    """The column as targets: a group where its fields agree, else field by field; hidden cells are left out."""
    targets = []
    for target, members in {LISTING: (LISTING,), **matrix.vocabulary.groups}.items():
        names = members if matrix.cell(target, tier) is None else (target,)
        targets += [(name, matrix.cell(name, tier) or Level.HIDDEN) for name in names]
    return tuple((name, level) for name, level in targets if level > Level.HIDDEN)
