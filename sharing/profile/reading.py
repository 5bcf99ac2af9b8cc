"""Reading an owner's profile document into a record, with every problem at once.

Guarantees: any JSON value gives a record or `ProfileErrors`, nothing else. Ids of elements are either known to the
caller or made by `new_id`; nobody chooses them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType

from sharing.catalogue import Field, fields_of
from sharing.catalogue.document import COLLECTIONS, ID, MOST, RUNS_ON
from sharing.catalogue.values import Value
from sharing.errors import Problems, ProfileErrors
from sharing.profile.checks import check_capability, check_capacity, check_certificate, check_factory
from sharing.profile.computed import with_computed
from sharing.profile.record import Element, Record

_CHECKS = {"capability": check_capability, "capacity": check_capacity, "certificate": check_certificate}
_REFERENCE_LONGEST = 500
_GUESSES = 20  # guessing what was meant costs more than reading; after so many problems nobody is helped by it


def parse_profile(document: object, *, existing_ids: Collection[str], new_id: Callable[[], str]) -> Record:
    """The record of an owner's document (JSON as read: dict, list, str, int ...).

    Elements with an `id` must have one of `existing_ids`; the others get a `new_id()`. Raises ProfileErrors with all
    problems, each with its path in the document.
    """
    problems = Problems()
    if not isinstance(document, dict):
        problems.add("", "not_an_object", "A profile is a JSON object.")
        raise ProfileErrors(tuple(problems.found))
    reading = _Reading(problems, existing_ids, new_id)
    factory = reading.values({key: value for key, value in document.items() if key not in COLLECTIONS}, "factory", "")
    check_factory(factory, problems)
    groups = reading.elements(document, "capacity_groups")
    capabilities = reading.elements(document, "capabilities")
    certificates = reading.elements(document, "certificates")
    equipment = reading.elements(document, "equipment")
    documents = reading.elements(document, "documents")
    runs_on = reading.references(groups)
    if problems.found:
        raise ProfileErrors(tuple(problems.found))
    linked = {id_: replace(each, runs_on=runs_on.get(id_)) for id_, each in capabilities.items()}
    return Record(
        factory=MappingProxyType(factory),
        capabilities=MappingProxyType(linked),
        capacity_groups=MappingProxyType(groups),
        certificates=MappingProxyType(certificates),
        equipment=MappingProxyType(equipment),
        documents=MappingProxyType(documents),
    )


class _Reading:
    """One document being read: its problems, the ids it used, and the references still to be resolved."""

    def __init__(self, problems: Problems, existing_ids: Collection[str], new_id: Callable[[], str]) -> None:
        self._problems = problems
        self._existing = existing_ids
        self._new_id = new_id
        self._used: set[str] = set()
        self._pending: dict[str, tuple[str, object]] = {}

    def values(self, raw: Mapping[object, object], scope: str, path: str) -> dict[str, Value]:
        """The values of one factory or element by field key."""
        fields = fields_of(scope)
        found: dict[str, Value] = {}
        for name, given in raw.items():
            field = fields.get(name) if isinstance(name, str) else None
            if field is None:
                self._unknown_key(name, fields, path)
                continue
            if field.computed:
                self._problems.add(f"{path}{name}", "computed", "This is worked out from other values; leave it out.")
                continue
            value = field.form.parse(given, f"{path}{name}", self._problems)
            if value is not None:
                found[field.key] = value
        for name, field in fields.items():
            if field.mandatory and name not in raw:
                self._problems.add(f"{path}{name}", "required", f"{field.label_en} is required.")
        return found

    def _unknown_key(self, name: object, fields: Mapping[str, Field], path: str) -> None:
        # The key is the owner's own text: it is quoted in part, escaped, and never used as a path.
        shown = name[:40] if isinstance(name, str) else "?"
        meant = get_close_matches(shown, fields, n=3) if len(self._problems) < _GUESSES else []
        hint = f"did you mean {' or '.join(meant)}?" if meant else f"some of the fields are {', '.join(list(fields)[:8])}."
        self._problems.add(path.rstrip("/"), "unknown_key", f"There is no field {shown!a} here; {hint}")

    def elements(self, document: Mapping[object, object], collection: str) -> dict[str, Element]:
        """The elements of one collection by id."""
        scope, most = COLLECTIONS[collection], MOST[collection]
        listed = document.get(collection, [])
        if not isinstance(listed, list):
            self._problems.add(collection, "not_a_list", "This must be a list.")
            return {}
        if len(listed) > most:
            self._problems.add(collection, "too_many", f"At most {most}.")
            return {}
        found: dict[str, Element] = {}
        for at, raw in enumerate(listed):
            path = f"{collection}/{at}"
            if not isinstance(raw, dict):
                self._problems.add(path, "not_an_object", "This must be an object.")
                continue
            id_ = self._id(raw, path)
            given = {name: value for name, value in raw.items() if name not in (ID, RUNS_ON)}
            if RUNS_ON in raw:
                if scope == "capability":
                    self._pending[id_] = (f"{path}/{RUNS_ON}", raw[RUNS_ON])
                else:
                    self._unknown_key(RUNS_ON, fields_of(scope), f"{path}/")
            values = self.values(given, scope, f"{path}/")
            check = _CHECKS.get(scope)
            if check is not None:
                check(values, path, self._problems)
            found[id_] = Element(id=id_, values=MappingProxyType(with_computed(values)))
        return found

    def _id(self, raw: Mapping[object, object], path: str) -> str:
        if ID not in raw:
            fresh = self._new_id()
            self._used.add(fresh)
            return fresh
        id_ = raw[ID]
        if not isinstance(id_, str) or id_ not in self._existing:
            self._problems.add(f"{path}/{ID}", "unknown_id", "No element has that id; leave it out.")
            return path
        if id_ in self._used:
            self._problems.add(f"{path}/{ID}", "duplicate_id", "Another element has this id.")
            return path
        self._used.add(id_)
        return id_

    def references(self, groups: Mapping[str, Element]) -> dict[str, str]:
        """Capability id -> capacity group id, from references by id or by a name that one group has."""
        named: dict[str, list[str]] = {}
        for id_, group in groups.items():
            named.setdefault(str(group.values.get("capacity.name")), []).append(id_)
        found: dict[str, str] = {}
        for capability, (path, reference) in self._pending.items():
            if not isinstance(reference, str) or len(reference) > _REFERENCE_LONGEST:
                self._problems.add(path, "not_text", "Name a capacity group by its id or its name.")
                continue
            same = [reference] if reference in groups else named.get(_as_stored(reference), [])
            if len(same) == 1:
                found[capability] = same[0]
            elif same:
                self._problems.add(path, "ambiguous_reference", "Several capacity groups have this name; use an id.")
            else:
                self._problems.add(path, "unknown_reference", "There is no capacity group of this id or name.")
        return found


def _as_stored(name: str) -> str:
    """A capacity group's name as the catalogue stores it, so that a reference may be spelled as the name was."""
    kept = fields_of("capacity")["name"].form.parse(name, "", Problems())
    return kept if isinstance(kept, str) else ""
