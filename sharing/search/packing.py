"""Objects in memory as columns of plain bytes, and back: the inside of an index snapshot.

Values are stored by their shape: equal kinds together, numbers as arrays, texts as JSON, bitmaps serialised, the fields of
equal objects side by side. Reading it back calls no code that the bytes name: classes come from the caller's registry, and
their attributes are set, no constructor runs.

Guarantees: what is unpacked is equal to what was packed, with the same order of dictionaries; a bitmap or an object of a
registered class that stood in two places stands in both again. Whatever has no shape here (a class that is not in the
registry, a list that stands in two places) raises `Unpackable` instead of being left out.
Does not guarantee: anything about bytes that were not packed by this very program. Whoever reads a file checks first that
it is this program's own; damaged bytes can raise any exception here.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date
from enum import Enum
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from sharing.search.errors import SearchError

Node = dict[str, Any]
"""The description of a column, as JSON; `part` and the like are numbers of byte strings."""

_INT64 = (-(1 << 63), (1 << 63) - 1)


class Unpackable(SearchError):
    """The index holds something that a snapshot has no shape for: a defect, found by a test."""

    code = "snapshot_unpackable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """How a class is stored: all its attributes but `made`, which are made anew by what stands there."""

    cls: type
    made: Mapping[str, Callable[[], object]]


Registry = Mapping[str, Saved]
"""Classes and enumerations by their names."""


def registry(classes: Iterable[type | Saved]) -> Registry:
    """By name; a bare class makes nothing anew."""
    listed = [each if isinstance(each, Saved) else Saved(cls=each, made={}) for each in classes]
    return {each.cls.__name__: each for each in listed}


def attributes(value: object) -> list[str]:
    """The names of an object's attributes, whether it has slots or not."""
    slots = getattr(type(value), "__dataclass_fields__", None)
    return [each.name for each in dataclass_fields(value)] if slots is not None else list(vars(value))  # type: ignore[arg-type]


def pack(value: object, classes: Registry) -> tuple[Node, list[bytes]]:
    """The description of one value, and the byte strings that it speaks of."""
    packer = _Packer(classes)
    node = packer.column([value])
    return {"tree": node, "bitmaps": packer.bitmaps_node()}, packer.parts


def unpack(node: Node, parts: Sequence[bytes | memoryview], classes: Registry) -> object:
    """The value that `pack` described."""
    unpacker = _Unpacker(parts, classes)
    unpacker.read_bitmaps(node["bitmaps"])
    (value,) = unpacker.column(node["tree"])
    return value


class _Packer:
    def __init__(self, classes: Registry) -> None:
        self.parts: list[bytes] = []
        self._classes = classes
        self._name_of = {each.cls: name for name, each in classes.items()}
        self._bitmaps: dict[int, int] = {}
        self._bitmap_list: list[BitMap] = []
        self._objects: dict[str, dict[int, int]] = {}
        self._containers: set[int] = set()

    def bitmaps_node(self) -> Node:
        texts = [each.serialize() for each in self._bitmap_list]
        return {"lengths": self._numbers([len(each) for each in texts]), "part": self._part(b"".join(texts))}

    def column(self, values: Sequence[object]) -> Node:
        kinds = set(map(type, values))
        if len(kinds) == 1:
            return self._of_kind(kinds.pop(), values)
        order = sorted(kinds, key=lambda kind: kind.__name__)
        number = {kind: at for at, kind in enumerate(order)}
        return {
            "kind": "mixed",
            "which": self._numbers([number[type(each)] for each in values]),
            "of": [self._of_kind(kind, [each for each in values if type(each) is kind]) for kind in order],
        }

    def _of_kind(self, kind: type, values: Sequence[Any]) -> Node:
        plain = _PLAIN.get(kind)
        if plain is not None:
            return {"kind": kind.__name__, "n": len(values)} | plain(self, values)
        if issubclass(kind, Enum):
            self._known(kind)
            return {"kind": "enum", "class": kind.__name__, "names": self._texts([each.name for each in values])}
        self._known(kind)
        return self._of_objects(kind, values)

    def _known(self, kind: type) -> None:
        if kind not in self._name_of:
            raise Unpackable(f"{kind.__module__}.{kind.__qualname__} stands in the index, but not in sharing.search.saved.")

    def _of_objects(self, kind: type, values: Sequence[object]) -> Node:
        name = self._name_of[kind]
        known = self._objects.setdefault(name, {})
        new = []
        for each in values:
            if id(each) not in known:
                known[id(each)] = len(known)
                new.append(each)
        node: Node = {"kind": "object", "class": name, "new": len(new), "refs": self._numbers([known[id(e)] for e in values])}
        if new:
            names = [each for each in attributes(new[0]) if each not in self._classes[name].made]
            node["attributes"] = {each: self.column([getattr(value, each) for value in new]) for each in names}
        return node

    def _part(self, data: bytes) -> int:
        self.parts.append(data)
        return len(self.parts) - 1

    def _numbers(self, values: Sequence[int]) -> Node:
        found = np.array(values, dtype=np.int64)
        top = int(found.max(initial=0))
        small = next((kind for kind in ("u1", "u2", "u4") if top < 1 << 8 * int(kind[1])), "i8")
        dtype = np.dtype("<i8" if int(found.min(initial=0)) < 0 else f"<{small}")
        return {"dtype": dtype.str, "part": self._part(found.astype(dtype).tobytes())}

    def _texts(self, values: Sequence[str]) -> int:
        return self._part(json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode())

    def _alone(self, values: Sequence[object]) -> None:
        """Something that can change and stands in two places would become two things."""
        seen = set(map(id, values))
        if len(seen) < len(values) or not self._containers.isdisjoint(seen):
            raise Unpackable("One list, dictionary, set or array of the index stands in two places.")
        self._containers |= seen

    def _integers(self, values: Sequence[int]) -> Node:
        if all(_INT64[0] <= each <= _INT64[1] for each in values):
            return {"numbers": self._numbers(values)}
        return {"texts": self._texts([str(each) for each in values])}

    def _strings(self, values: Sequence[str]) -> Node:
        return {"part": self._texts(values)}

    def _dates(self, values: Sequence[date]) -> Node:
        return {"numbers": self._numbers([each.toordinal() for each in values])}

    def _nothing(self, values: Sequence[object]) -> Node:
        del values
        return {}

    def _ragged(self, values: Sequence[Iterable[object]]) -> Node:
        inside = [tuple(each) for each in values]
        return {"lengths": self._numbers(list(map(len, inside))), "of": self.column(list(chain.from_iterable(inside)))}

    def _changeable(self, values: Sequence[Iterable[object]]) -> Node:
        self._alone(values)
        return self._ragged(values)

    def _mappings(self, values: Sequence[Mapping[object, object]]) -> Node:
        self._alone(values)
        keys = list(chain.from_iterable(values))
        held = list(chain.from_iterable(each.values() for each in values))
        return {"lengths": self._numbers(list(map(len, values))), "keys": self.column(keys), "of": self.column(held)}

    def _arrays(self, values: Sequence[array[int]]) -> Node:
        self._alone(values)
        codes = sorted({each.typecode for each in values})
        if len(codes) != 1:
            raise Unpackable("Arrays of several types stand side by side.")
        data = self._part(b"".join(each.tobytes() for each in values))
        return {"code": codes[0], "lengths": self._numbers(list(map(len, values))), "part": data}

    def _tables(self, values: Sequence[NDArray[Any]]) -> Node:
        self._alone(values)
        if any(each.dtype.hasobject for each in values):
            raise Unpackable("An array of objects stands in the index.")
        return {"each": [[e.dtype.str, list(e.shape), self._part(np.ascontiguousarray(e).tobytes())] for e in values]}

    def _bits(self, values: Sequence[BitMap]) -> Node:
        for each in values:
            if id(each) not in self._bitmaps:
                self._bitmaps[id(each)] = len(self._bitmap_list)
                self._bitmap_list.append(each)
        return {"refs": self._numbers([self._bitmaps[id(each)] for each in values])}


_PLAIN: Mapping[type, Callable[[_Packer, Sequence[Any]], Node]] = {
    type(None): _Packer._nothing,
    bool: lambda packer, values: {"numbers": packer._numbers([int(each) for each in values])},
    int: _Packer._integers,
    str: _Packer._strings,
    date: _Packer._dates,
    tuple: _Packer._ragged,
    frozenset: _Packer._ragged,
    list: _Packer._changeable,
    set: _Packer._changeable,
    dict: _Packer._mappings,
    array: _Packer._arrays,
    np.ndarray: _Packer._tables,
    BitMap: _Packer._bits,
}


class _Unpacker:
    def __init__(self, parts: Sequence[bytes | memoryview], classes: Registry) -> None:
        self._parts = parts
        self._classes = classes
        self._bitmaps: list[BitMap] = []
        self._objects: dict[str, list[Any]] = {}

    def read_bitmaps(self, node: Node) -> None:
        data = bytes(self._parts[node["part"]])
        self._bitmaps = [BitMap.deserialize(data[start:end]) for start, end in self._slices(node["lengths"])]

    def column(self, node: Node) -> list[Any]:
        kind = node["kind"]
        if kind == "mixed":
            streams = [iter(self.column(each)) for each in node["of"]]
            return [next(streams[number]) for number in self._numbers(node["which"]).tolist()]
        if kind == "object":
            return self._of_objects(node)
        if kind == "enum":
            members = self._classes[node["class"]].cls.__members__  # type: ignore[attr-defined]
            return [members[name] for name in self._json(node["names"])]
        return _READ[kind](self, node)

    def _of_objects(self, node: Node) -> list[Any]:
        saved = self._classes[node["class"]]
        known = self._objects.setdefault(node["class"], [])
        kind: Any = saved.cls
        new = [kind.__new__(kind) for _ in range(node["new"])]
        known += new
        for name, column in node.get("attributes", {}).items():
            for each, value in zip(new, self.column(column), strict=True):
                object.__setattr__(each, name, value)
        for name, make in saved.made.items():
            for each in new:
                object.__setattr__(each, name, make())
        return [known[number] for number in self._numbers(node["refs"]).tolist()]

    def _json(self, part: int) -> list[Any]:
        found: list[Any] = json.loads(bytes(self._parts[part]))
        return found

    def _numbers(self, node: Node) -> NDArray[Any]:
        return np.frombuffer(self._parts[node["part"]], dtype=node["dtype"])

    def _slices(self, lengths: Node) -> Iterable[tuple[int, int]]:
        return pairwise(accumulate(self._numbers(lengths).tolist(), initial=0))

    def _integers(self, node: Node) -> list[int]:
        if "texts" in node:
            return [int(each) for each in self._json(node["texts"])]
        numbers: list[int] = self._numbers(node["numbers"]).tolist()
        return numbers

    def _ragged(self, node: Node, make: Callable[[list[Any]], object]) -> list[Any]:
        held = self.column(node["of"])
        return [make(held[start:end]) for start, end in self._slices(node["lengths"])]

    def _mappings(self, node: Node) -> list[Any]:
        keys, held = self.column(node["keys"]), self.column(node["of"])
        return [dict(zip(keys[a:b], held[a:b], strict=True)) for a, b in self._slices(node["lengths"])]

    def _arrays(self, node: Node) -> list[Any]:
        whole = array(node["code"])
        whole.frombytes(bytes(self._parts[node["part"]]))
        return [whole[start:end] for start, end in self._slices(node["lengths"])]

    def _tables(self, node: Node) -> list[Any]:
        # Where the bytes can be written to (a file mapped for this process alone) they are used as they lie, else copied.
        lent = [np.frombuffer(self._parts[p], dtype=dtype).reshape(shape) for dtype, shape, p in node["each"]]
        return [each if each.flags.writeable else each.copy() for each in lent]


_READ: Mapping[str, Callable[[_Unpacker, Node], list[Any]]] = {
    "NoneType": lambda _, node: [None] * node["n"],
    "bool": lambda unpacker, node: [bool(each) for each in unpacker._integers(node)],
    "int": _Unpacker._integers,
    "str": lambda unpacker, node: unpacker._json(node["part"]),
    "date": lambda unpacker, node: [date.fromordinal(each) for each in unpacker._integers(node)],
    "tuple": lambda unpacker, node: unpacker._ragged(node, tuple),
    "frozenset": lambda unpacker, node: unpacker._ragged(node, frozenset),
    "list": lambda unpacker, node: unpacker._ragged(node, list),
    "set": lambda unpacker, node: unpacker._ragged(node, set),
    "dict": _Unpacker._mappings,
    "array": _Unpacker._arrays,
    "ndarray": _Unpacker._tables,
    "BitMap": lambda unpacker, node: [unpacker._bitmaps[number] for number in unpacker._numbers(node["refs"]).tolist()],
}
