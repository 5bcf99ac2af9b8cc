"""What every form of value can do: be read, be coarsened, and say the terms and words of what is shown.

Guarantees of every subclass: functions are total on stored values, pure, and depend on no other value. What a form says
of a band (`band_terms`, `band_words`) is computed from the band alone, never from the value behind it.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from sharing.catalogue.codes import Codes
from sharing.catalogue.values import NOTHING, Value
from sharing.errors import Problems

V = TypeVar("V", bound=Value)
Edges = tuple[int, ...]


class Form(ABC, Generic[V]):
    """One form of value; `word` names it in documents and `banded` says that it has a band family."""

    word: ClassVar[str]
    ordered: ClassVar[bool] = False

    banded: bool = False
    unit: str | None = None
    decimals: int = 0
    minimum: str | None = None
    maximum: str | None = None
    edges: Edges = ()
    codes: Codes | None = None

    @abstractmethod
    def parse(self, raw: object, path: str, problems: Problems) -> V | None:
        """The canonical stored value, or None after noting at least one problem. Raises nothing."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """JSON Schema of what `parse` reads."""

    def band(self, value: V) -> Value:
        """The band of a stored value; only forms with `banded` have one."""
        raise NotImplementedError(self.word)

    def terms(self, value: V) -> frozenset[str]:
        """Filter terms of the exact value."""
        del value
        return NOTHING

    def words(self, value: V) -> frozenset[str]:
        """Folded words of the exact value."""
        del value
        return NOTHING

    def band_terms(self, band: Value) -> frozenset[str]:
        """Filter terms of a band."""
        del band
        return NOTHING

    def band_words(self, band: Value) -> frozenset[str]:
        """Folded words of a band."""
        del band
        return NOTHING

    def asked(self, text: str) -> str | None:
        """A search term as the terms of values spell it, for forms without a closed vocabulary; None when it is none."""
        return text

    def scaled(self, value: V) -> int:
        """An ordered value as an integer multiple of 10^-decimals (dates: proleptic day number)."""
        raise NotImplementedError(self.word)

    def band_scaled(self, value: V) -> tuple[int, int | None]:
        """The half-open band around an ordered value, scaled alike; None is the open top."""
        raise NotImplementedError(self.word)
