"""One row of the catalogue: a field, its chain of levels, and what it says at each level.

Guarantees: `cell` at a coarser level is a function of the cell at a finer one; `terms` and `words` of a level are
computed from that level's cell alone. Levels are normalised to the chain here, so equal views give equal bytes.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policies.levels import Level
from sharing.catalogue.codes import Codes
from sharing.catalogue.forms.base import Edges, Form
from sharing.catalogue.search import Filter
from sharing.catalogue.values import NOTHING, Cell, Value
from sharing.errors import Problems


class Chain(StrEnum):
    """How a field coarsens: `coarse` shows band as exact, `opaque` shows band as existence, `banded` has bands."""

    COARSE = "coarse"
    OPAQUE = "opaque"
    BANDED = "banded"


TIERS = ("public", "member", "partner", "confidential")
FACTORY = "factory"

_STEPS: dict[Chain, tuple[Level, Level, Level, Level]] = {
    Chain.COARSE: (Level.HIDDEN, Level.EXISTENCE, Level.EXACT, Level.EXACT),
    Chain.OPAQUE: (Level.HIDDEN, Level.EXISTENCE, Level.EXISTENCE, Level.EXACT),
    Chain.BANDED: (Level.HIDDEN, Level.EXISTENCE, Level.BAND, Level.EXACT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the catalogue.

    `key` is `legal_name` or `capability.process`; `default` holds the level of public, member, partner, confidential;
    `mandatory` fields may not be missing from their factory or element; `search` says which parameters read it;
    `derived_from` names the fields it must not be finer than; a `computed` field is worked out from them and never stated.
    """

    key: str
    group: str
    form: Form[Any]
    chain: Chain
    default: tuple[Level, Level, Level, Level]
    label_en: str
    label_vi: str
    mandatory: bool = False
    attestable: bool = True
    search: tuple[Filter, ...] = ()
    facet: bool = False
    derived_from: tuple[str, ...] = ()
    computed: bool = False

    @property
    def scope(self) -> str:
        """`factory`, or what the key begins with: `capability`, `capacity`, `certificate`, `equipment`, `document`."""
        before, dot, _ = self.key.partition(".")
        return before if dot else FACTORY

    @property
    def name(self) -> str:
        """The key without its scope, as profile documents and projections spell it."""
        return self.key.rpartition(".")[2]

    @property
    def required(self) -> bool:
        """Whether a factory without it cannot be published."""
        return self.mandatory and self.scope == FACTORY

    @property
    def kind(self) -> str:
        """The word for its form of value: text, code, number ..."""
        return self.form.word

    @property
    def unit(self) -> str | None:
        """UN/CEFACT Recommendation 20 code, for quantities."""
        return self.form.unit

    @property
    def decimals(self) -> int:
        """Digits after the point that a quantity keeps."""
        return self.form.decimals

    @property
    def minimum(self) -> str | None:
        """Least value, inclusive."""
        return self.form.minimum

    @property
    def maximum(self) -> str | None:
        """Greatest value, inclusive."""
        return self.form.maximum

    @property
    def edges(self) -> Edges:
        """Lower edges of the bands, in whole units, ascending."""
        return self.form.edges

    @property
    def codes(self) -> Codes | None:
        """The closed vocabulary, for codes."""
        return self.form.codes

    def parse(self, raw: object, path: str, problems: Problems) -> Value | None:
        """The canonical stored value of `raw`, or None after noting what is wrong at `path`."""
        parsed: Value | None = self.form.parse(raw, path, problems)
        return parsed

    def shown(self, level: Level) -> Level:
        """`level` as this field's chain really shows it."""
        return _STEPS[self.chain][level]

    def cell(self, value: Value, level: Level) -> Cell | None:
        """What a viewer at `level` gets of a stored value; None when hidden. The value inside is shared, not copied."""
        step = _STEPS[self.chain][level]
        if step is Level.HIDDEN:
            return None
        if step is Level.EXISTENCE:
            return {"level": "existence"}
        exact = step is Level.EXACT
        cell: Cell = {"level": "exact" if exact else "band", "value": value if exact else self.form.band(value)}
        unit = self.form.unit
        if unit is not None:
            cell["unit"] = unit
        return cell

    def terms(self, value: Value, level: Level) -> frozenset[str]:
        """Filter terms of a stored value as shown at `level`; codes bring their ancestors."""
        step = _STEPS[self.chain][level]
        if step is Level.EXACT:
            return self.form.terms(value)
        return self.form.band_terms(self.form.band(value)) if step is Level.BAND else NOTHING

    def words(self, value: Value, level: Level) -> frozenset[str]:
        """Folded words of a stored value as shown at `level`."""
        step = _STEPS[self.chain][level]
        if step is Level.EXACT:
            return self.form.words(value)
        return self.form.band_words(self.form.band(value)) if step is Level.BAND else NOTHING

    def cell_terms(self, cell: Cell) -> frozenset[str]:
        """The same terms, read from a cell of a projection; trusts its shape."""
        if cell["level"] == "exact":
            return self.form.terms(cell["value"])
        return self.form.band_terms(cell["value"]) if cell["level"] == "band" else NOTHING

    def cell_words(self, cell: Cell) -> frozenset[str]:
        """The same words, read from a cell of a projection; trusts its shape."""
        if cell["level"] == "exact":
            return self.form.words(cell["value"])
        return self.form.band_words(cell["value"]) if cell["level"] == "band" else NOTHING

    def scaled(self, value: Value) -> int:
        """An ordered value (number, year, date) as an integer multiple of 10^-decimals; dates as day numbers."""
        return self.form.scaled(value)

    def band_scaled(self, value: Value) -> tuple[int, int | None]:
        """The half-open band around an ordered value, scaled alike; None is the open top."""
        return self.form.band_scaled(value)
