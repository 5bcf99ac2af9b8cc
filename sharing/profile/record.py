"""The record: canonical values by field key, and the elements of its collections by id.

Guarantees: immutable as far as its mappings go; the values inside are shared with whoever reads them and are not to be
changed. What the catalogue computes from other values is worked out whenever a record is made and never written.
Not serialisable by accident: only `record_document` writes it, for its owner and for the node's own tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sharing.catalogue import FIELDS
from sharing.catalogue.document import COLLECTIONS, ID, RUNS_ON
from sharing.catalogue.values import Value
from sharing.profile.computed import COMPUTED, with_computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of a collection: its values by field key (`capability.process`).

    `runs_on` is the id of the capacity group that a capability names.
    """

    id: str
    values: Mapping[str, Value]
    runs_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One factory as its owner states it; elements by id, in the owner's order."""

    factory: Mapping[str, Value]
    capabilities: Mapping[str, Element]
    capacity_groups: Mapping[str, Element]
    certificates: Mapping[str, Element]
    equipment: Mapping[str, Element] = field(default_factory=dict)
    documents: Mapping[str, Element] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all elements."""
        return frozenset(id_ for scope in COLLECTIONS.values() for id_ in self.collection(scope))

    def collection(self, scope: str) -> Mapping[str, Element]:
        """The elements of a scope: `capability`, `capacity`, `certificate`, `equipment` or `document`."""
        return {
            "capability": self.capabilities,
            "capacity": self.capacity_groups,
            "certificate": self.certificates,
            "equipment": self.equipment,
            "document": self.documents,
        }[scope]

    def values(self) -> Iterator[tuple[str, str, Value]]:
        """(path, field key, value) of every value: `capability/<id>/process`, `capability.process`, ..."""
        for key, value in self.factory.items():
            yield key, key, value
        for scope in COLLECTIONS.values():
            for element in self.collection(scope).values():
                for key, value in element.values.items():
                    yield f"{scope}/{element.id}/{key.rpartition('.')[2]}", key, value


def record_document(record: Record) -> dict[str, Value]:
    """The owner's JSON document of a record, with the ids of its elements; values are shared, not copied."""
    document: dict[str, Value] = dict(record.factory)
    for name, scope in COLLECTIONS.items():
        elements = record.collection(scope)
        if elements:
            document[name] = [_element_document(each) for each in elements.values()]
    return document


def _element_document(element: Element) -> dict[str, Value]:
    document: dict[str, Value] = {ID: element.id}
    document.update((key.rpartition(".")[2], value) for key, value in element.values.items() if key not in COMPUTED)
    if element.runs_on is not None:
        document[RUNS_ON] = element.runs_on
    return document


def record_of(document: Mapping[str, Value]) -> Record:
    """The record of a document that `record_document` wrote. Trusts it: what owners send goes to `parse_profile`."""
    factory = {key: value for key, value in document.items() if key not in COLLECTIONS}
    elements = {scope: _elements(document.get(name, ()), scope) for name, scope in COLLECTIONS.items()}
    return Record(
        factory=MappingProxyType(factory),
        capabilities=elements["capability"],
        capacity_groups=elements["capacity"],
        certificates=elements["certificate"],
        equipment=elements["equipment"],
        documents=elements["document"],
    )


class _Keys(dict[str, str]):
    """Name -> key of the fields of a scope, the catalogue's own texts, whose hashes are known."""

    def __init__(self, scope: str) -> None:
        super().__init__((each.name, each.key) for each in FIELDS if each.scope == scope)
        self._scope = scope

    def __missing__(self, name: str) -> str:
        return f"{self._scope}.{name}"


_KEYS = {scope: _Keys(scope) for scope in COLLECTIONS.values()}


def _elements(listed: Value, scope: str) -> Mapping[str, Element]:
    found: dict[str, Element] = {}
    keys = _KEYS[scope]
    for each in listed:
        if isinstance(each, dict):
            values = {keys[name]: value for name, value in each.items() if name not in (ID, RUNS_ON)}
            runs_on = each.get(RUNS_ON)
            found[each[ID]] = Element(id=each[ID], values=MappingProxyType(with_computed(values)), runs_on=runs_on)
    return MappingProxyType(found)
