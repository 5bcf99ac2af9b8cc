"""Forms over closed vocabularies: one code, or a set of codes; a code's band is its parent."""

import re
from collections.abc import Callable, Container, Sequence
from typing import Any

from sharing.catalogue.codes import Codes
from sharing.catalogue.forms.base import Form
from sharing.catalogue.patterns import one_of
from sharing.catalogue.values import NOTHING, Value
from sharing.errors import Problems

_LONGEST = 40
_LISTED = 60  # larger vocabularies are a pattern: whoever tries every value of a list should not try 5,000 provinces


def as_written(code: str) -> str:
    """Codes are taken as they are."""
    return code


def upper(code: str) -> str:
    """Codes are taken in upper case and without blanks: `iso 9001:2015` is ISO9001:2015."""
    return re.sub(r"\s+", "", code).upper()


class OneCode(Form[str]):
    """One code of a vocabulary; with `below`, only one that has a parent."""

    word = "code"

    def __init__(self, codes: Codes, *, banded: bool, spelled: Callable[[str], str] = as_written, below: bool = False) -> None:
        self.codes: Codes = codes
        self.banded = banded
        self._spelled = spelled
        self._accepted = frozenset(each.code for each in codes if each.parent is not None or not below)
        self._terms = {each.code: frozenset(codes.ancestors(each.code)) for each in codes}

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """A known code."""
        if not isinstance(raw, str):
            problems.add(path, "not_text", "This must be a code, written as text.")
            return None
        code = self._spelled(raw) if len(raw) <= _LONGEST else raw
        if code not in self._accepted:
            problems.add(path, "unknown_code", f"This is not a code of the vocabulary {self.codes.name}.")
            return None
        return code

    def band(self, value: str) -> Value:
        """The parent, or the code itself at the top."""
        return self.codes.parent(value)

    def terms(self, value: str) -> frozenset[str]:
        """The code and its ancestors."""
        return self._terms.get(value) or frozenset((value,))

    def words(self, value: str) -> frozenset[str]:
        """The words of its labels and of its ancestors' labels."""
        return self.codes.words(value)

    def band_terms(self, band: Value) -> frozenset[str]:
        """The parent and its ancestors."""
        return self.terms(band) if isinstance(band, str) else NOTHING

    def band_words(self, band: Value) -> frozenset[str]:
        """The words of the parent's labels."""
        return self.codes.words(band) if isinstance(band, str) else NOTHING

    def schema(self) -> dict[str, Any]:
        """One of the codes."""
        return code_schema(self.codes, self._accepted)


class ManyCodes(Form[Sequence[str]]):
    """A set of codes, stored sorted; its band, if it has one, is the set of their parents."""

    word = "codes"

    def __init__(self, codes: Codes, *, most: int, banded: bool = True, spelled: Callable[[str], str] = as_written) -> None:
        self.codes: Codes = codes
        self.banded = banded
        self._most = most
        self._one = OneCode(codes, banded=banded, spelled=spelled)

    def parse(self, raw: object, path: str, problems: Problems) -> Sequence[str] | None:
        """A list of known codes; repeats are dropped."""
        if not isinstance(raw, list) or not raw or len(raw) > self._most:
            problems.add(path, "not_a_list", f"This must be a list of 1 to {self._most} codes.")
            return None
        found = {self._one.parse(each, f"{path}/{at}", problems) for at, each in enumerate(raw)}
        return sorted(each for each in found if each is not None) if None not in found else None

    def band(self, value: Sequence[str]) -> Value:
        """The parents, sorted."""
        return sorted({self.codes.parent(each) for each in value})

    def terms(self, value: Sequence[str]) -> frozenset[str]:
        """All codes and their ancestors."""
        return NOTHING.union(*(self._one.terms(each) for each in value))

    def words(self, value: Sequence[str]) -> frozenset[str]:
        """The words of all labels."""
        return NOTHING.union(*(self.codes.words(each) for each in value))

    def band_terms(self, band: Value) -> frozenset[str]:
        """The parents and their ancestors."""
        return self.terms(band) if isinstance(band, list) else NOTHING

    def band_words(self, band: Value) -> frozenset[str]:
        """The words of the parents' labels."""
        return self.words(band) if isinstance(band, list) else NOTHING

    def schema(self) -> dict[str, Any]:
        """A list of strings."""
        return {"type": "array", "minItems": 1, "maxItems": self._most, "items": code_schema(self.codes)}


def code_schema(codes: Codes, accepted: Container[str] | None = None) -> dict[str, Any]:
    """JSON Schema of one code, of those that are accepted if not all are.

    Blanks and small letters, which some fields take too, are not described: programs send codes as they are.
    """
    listed = [each.code for each in codes if accepted is None or each.code in accepted]
    spelled = {"enum": listed} if len(listed) <= _LISTED else {"pattern": one_of(listed), "examples": listed[:1]}
    return {"type": "string", **spelled, "description": f"vocabulary {codes.name}"}
