"""The shapes of stored values and shown cells: JSON made of text, lists and mappings, never of numbers."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

# Numbers are canonical decimal strings, so that no reader's float can change a signed value.
Value: TypeAlias = Union[str, Sequence["Value"], Mapping[str, "Value"]]  # noqa: UP007  # str | "X" is no union
Cell: TypeAlias = dict[str, Value]

NOTHING: frozenset[str] = frozenset()
