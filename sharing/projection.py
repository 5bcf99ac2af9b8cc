"""Projections: a record cut down to one decision. The only thing about a factory that may be emitted.

Guarantees: a Projection comes out of `project()` and from nowhere else; what is hidden and what was never given leave
the same bytes; levels are normalised to each field's chain, so equal views are equal bytes; each cell says since when
its level shows what it shows. Immutable, and not serialisable by accident: whoever emits it asks for `content` or
`canonical`.
Does not decide anything, and does not know who the viewer is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NoReturn

from policies.decision import Decision
from policies.levels import LEVELS, Level
from sharing.catalogue import FIELDS, Cell, Value, vocabulary
from sharing.catalogue.document import COLLECTIONS
from sharing.errors import ProjectionForged
from sharing.ledger.sight import Sight
from sharing.profile import Element, Record
from sharing.stated import Stated
from trust import strict_json

_MAKING = object()  # known to project() alone
_PLAIN = ("id", "organization")
_SCOPES = tuple(COLLECTIONS.values())
_PLAIN_SCOPES = tuple(scope for scope in _SCOPES if scope not in {"capability", "capacity"})
RUNS_ON = "runs_on"

Shown = Callable[[Value], Value] | None
Plan = Mapping[str, tuple[str, str, Level, Shown, str | None]]
"""Field key -> the field's name, the word for the level as its chain shows it, that level, what makes the value that is shown
of the one that is stored (None: none is shown), and its unit."""


class Projection:
    """What one viewer may be told of one factory."""

    __slots__ = ("_canonical", "_content", "_digest", "_sight")

    _content: dict[str, Value]
    _canonical: bytes | None
    _digest: str | None
    _sight: Sight | None

    def __init__(self, content: dict[str, Value], *, making: object, sight: Sight | None = None) -> None:
        if making is not _MAKING:
            raise ProjectionForged("A Projection is made by project() alone.")
        object.__setattr__(self, "_content", content)
        object.__setattr__(self, "_canonical", None)
        object.__setattr__(self, "_digest", None)
        object.__setattr__(self, "_sight", sight)

    def __init_subclass__(cls) -> None:
        raise ProjectionForged("Projection has no subclasses.")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ProjectionForged("A Projection does not change.")

    def __delattr__(self, name: str) -> NoReturn:
        raise ProjectionForged("A Projection does not change.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise ProjectionForged("A Projection is not copied or pickled; project again.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Projection) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self.canonical)

    def __repr__(self) -> str:
        return f"<Projection of {self.factory_id}>"

    @property
    def factory_id(self) -> str:
        """The factory's id, without the URN."""
        return str(self._content["id"]).rpartition(":")[2]

    @property
    def organization(self) -> str:
        """The DID of the organization that owns the factory."""
        return str(self._content["organization"])

    @property
    def sight(self) -> Sight | None:
        """For whom it was made and why, for the ledger; None for what only its owner reads. No part of what is emitted."""
        return self._sight

    @property
    def levels(self) -> dict[str, Level]:
        """Field key -> the level at which its values are shown; fields of which none is shown are absent."""
        found: dict[str, Level] = {}
        for name, value in self._content.items():
            if name in _PLAIN or not isinstance(value, dict):
                continue
            if name not in _SCOPES:
                found[name] = LEVELS[value["level"]]
                continue
            for element in value.values():
                for field, cell in element.items():
                    if field != RUNS_ON:
                        found[f"{name}.{field}"] = LEVELS[cell["level"]]
        return found

    @property
    def content(self) -> dict[str, Value]:
        """The JSON that leaves, as a copy that is the caller's own."""
        return _thawed(self._content)

    @property
    def seen(self) -> Mapping[str, Value]:
        """The same without a copy, to be read and never changed: what only looks at a page or writes it down needs no other."""
        return self._content

    @property
    def canonical(self) -> bytes:
        """The RFC 8785 bytes of the content."""
        found = self._canonical
        if found is None:
            # Content is text under ASCII names, for which this is RFC 8785 too, ten times sooner (a test compares).
            found = strict_json.compact(self._content)
            object.__setattr__(self, "_canonical", found)
        return found

    @property
    def digest(self) -> str:
        """SHA-256 of `canonical`, lower-case hexadecimal."""
        found = self._digest
        if found is None:
            found = hashlib.sha256(self.canonical).hexdigest()
            object.__setattr__(self, "_digest", found)
        return found

    @property
    def capabilities(self) -> tuple[str, ...]:
        """The ids of the capabilities that exist for the viewer, sorted."""
        return self.elements("capability")

    def elements(self, scope: str) -> tuple[str, ...]:
        """The ids of the visible elements of a scope such as `capability` or `certificate`, sorted."""
        found = self._content.get(scope)
        return tuple(sorted(found)) if isinstance(found, dict) else ()

    def runs_on(self, capability: str) -> str | None:
        """The visible capacity group that a visible capability runs on."""
        found = self._content.get("capability")
        element = found.get(capability) if isinstance(found, dict) else None
        group = element.get(RUNS_ON) if isinstance(element, dict) else None
        return group if isinstance(group, str) else None

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """(stable path, cell) of every visible value; the cells are copies."""
        for name, value in self._content.items():
            if name in _PLAIN or not isinstance(value, dict):
                continue
            if name not in _SCOPES:
                yield name, _thawed(value)
                continue
            for id_, element in value.items():
                for field, cell in element.items():
                    if field != RUNS_ON:
                        yield f"{name}/{id_}/{field}", _thawed(cell)

    def seen_cells(self, scope: str) -> Iterator[tuple[str, Cell]]:
        """(stable path, cell) of what the elements of a scope show, to be read and never changed."""
        elements = self._content.get(scope)
        for id_, element in elements.items() if isinstance(elements, dict) else ():
            for field, cell in element.items():
                if field != RUNS_ON:
                    yield f"{scope}/{id_}/{field}", cell

    def cell(self, path: str) -> Cell | None:
        """The cell at a stable path, or None when nothing is shown there."""
        at: object = self._content
        for step in path.split("/"):
            at = at.get(step) if isinstance(at, dict) else None
        return _thawed(at) if isinstance(at, dict) and "level" in at else None


def project(
    record: Record,
    decision: Decision,
    *,
    stated: Stated,
    factory_id: str,
    organization_did: str,
    sight: Sight | None = None,
) -> Projection | None:
    """`record` cut down to `decision`, each cell with the day of its own level; None when for this viewer there is none."""
    if not decision.listed:
        return None
    plan = _plan(decision.bits & _FIELD_BITS) if decision.vocabulary is _VOCABULARY else _foreign(decision)
    content: dict[str, Value] = {"id": f"urn:guildnet:factory:{factory_id}", "organization": organization_did}
    content.update(_cells(record.factory, plan, "", stated))
    groups = _visible(record.capacity_groups, plan, "capacity", stated)
    capabilities: dict[str, Value] = {
        id_: _capability(each, plan, groups, stated)
        for id_, each in record.capabilities.items()
        if decision.capability_listed(id_)
    }
    shown: dict[str, dict[str, Value]] = {
        "capability": capabilities,
        "capacity": groups,
        **{scope: _visible(record.collection(scope), plan, scope, stated) for scope in _PLAIN_SCOPES},
    }
    content.update((scope, elements) for scope, elements in shown.items() if elements)
    return Projection(content, making=_MAKING, sight=sight)


_VOCABULARY = vocabulary()
_FIELD_BITS = (1 << 3 * _VOCABULARY.width) - 1


@lru_cache(maxsize=4096)
def _plan(bits: int) -> Plan:
    """The plan of a decision; policies repeat, so few plans serve many factories."""
    return _planned(Decision(vocabulary=_VOCABULARY, capabilities=(), bits=bits))


def _foreign(decision: Decision) -> Plan:
    if decision.vocabulary != _VOCABULARY:
        raise ProjectionForged("The decision speaks another vocabulary than this catalogue.")
    return _planned(decision)


def _planned(decision: Decision) -> Plan:
    found = {}
    for each in FIELDS:
        level = each.shown(decision.level(each.key))
        if level is not Level.HIDDEN:
            valued = level is not Level.EXISTENCE
            show = each.form.band if level is Level.BAND else _as_it_is
            found[each.key] = (each.name, level.word, level, show if valued else None, each.unit if valued else None)
    return found


def _as_it_is(value: Value) -> Value:
    return value


def _cells(values: Mapping[str, Value], plan: Plan, prefix: str, stated: Stated) -> dict[str, Value]:
    """What `Field.cell` makes of each value at its level (a test compares), with its day."""
    found: dict[str, Value] = {}
    default, dated = stated.default, bool(stated.days)
    for key, value in values.items():
        step = plan.get(key)
        if step is not None:
            name, word, level, show, unit = step
            cell: dict[str, Value] = {
                "as_of": stated.of(prefix + name, level) if dated else default,
                "level": word,
            }
            if show is not None:
                if unit is not None:
                    cell["unit"] = unit
                cell["value"] = value if show is _as_it_is else show(value)
            found[name] = cell
    return found


def _visible(elements: Mapping[str, Element], plan: Plan, scope: str, stated: Stated) -> dict[str, Value]:
    """Elements with at least one visible value; the others are absent, as if never given."""
    return {id_: cells for id_, each in elements.items() if (cells := _cells(each.values, plan, f"{scope}/{id_}/", stated))}


def _capability(element: Element, plan: Plan, groups: Mapping[str, Value], stated: Stated) -> dict[str, Value]:
    cells = _cells(element.values, plan, f"capability/{element.id}/", stated)
    if element.runs_on is not None and element.runs_on in groups:
        cells[RUNS_ON] = element.runs_on
    return cells


def _thawed(value: Mapping[str, Value]) -> dict[str, Value]:
    return {key: each if isinstance(each, str) else _copied(each) for key, each in value.items()}


def _copied(value: Value) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _thawed(value)
    return [_copied(each) for each in value]
