"""What a file says of a factory, joined to what is known of it. Pure.

Guarantees: an import adds and updates, it never removes; a value that the file does not state stays; an element is found again
by its id, else by what identifies it (a capacity group by its name, a certificate by scheme and number ...), the n-th alike by
the n-th alike, so the same file a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sharing.catalogue import Value, fields_of
from sharing.catalogue.document import COLLECTIONS, ID, RUNS_ON
from sharing.errors import Problem, Problems
from sharing.exchange.elements import collection_of
from sharing.exchange.stated import Child, RowError, folded
from sharing.exchange.targets import GROUP

_IDENTIFYING: Mapping[str, tuple[str, ...]] = {
    "capability": ("process", "material_family", "material_grade"),
    "capacity": ("name",),
    "certificate": ("scheme", "number"),
    "equipment": ("class", "make", "model"),
    "document": ("title", "kind", "revision"),
}


@dataclass(slots=True)
class Merged:
    """The joined document, the ids its new elements were given, and where each path came from."""

    document: dict[str, object]
    fresh: set[str] = field(default_factory=set)
    sources: dict[str, Child] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def findings(self, problems: Sequence[Problem], otherwise: RowError) -> list[RowError]:
        """Each problem of the joined document at the cell it came from; what has none is said of the factory's row."""
        found = []
        for problem in problems:
            place, member = self._source(problem.path)
            if place is not None:
                found.append(place.finding(member, problem.code, problem.message))
            else:
                message = f"{problem.path}: {problem.message}" if problem.path else problem.message
                found.append(
                    RowError(row=otherwise.row, column=None, code=problem.code, message=message, sheet=otherwise.sheet)
                )
        return found

    def _source(self, path: str) -> tuple[Child | None, str]:
        parts = path.split("/")
        child = self.sources.get("/".join(parts[:2]))
        member = "/".join(parts[2:])
        return child, GROUP if member == RUNS_ON else member


def merge(
    known: Mapping[str, object], stated: Mapping[str, object], children: Sequence[Child], *, new_id: Callable[[], str]
) -> Merged:
    """`known` with what a file states laid over it."""
    merged = Merged(document={**known, **stated})
    local: dict[str, str] = {}  # what the file calls a capacity group -> its id
    # Capacity groups come before the capabilities that name them.
    for scope in sorted(COLLECTIONS.values(), key=lambda each: each == "capability"):
        mine = [each for each in children if each.scope == scope]
        if mine:
            _elements(merged, scope, mine, local, new_id)
    return merged


def _elements(merged: Merged, scope: str, children: Sequence[Child], local: dict[str, str], new_id: Callable[[], str]) -> None:
    collection = collection_of(scope)
    held = merged.document.get(collection, [])
    elements: list[dict[str, object]] = (
        [dict(each) for each in held if isinstance(each, dict)] if isinstance(held, list) else []
    )
    by_id = {str(each.get(ID)): at for at, each in enumerate(elements)}
    alike: dict[object, list[int]] = {}
    for at, each in enumerate(elements):
        alike.setdefault(identity(scope, each), []).append(at)
    for child in children:
        stated: dict[str, object] = dict(child.document)
        if child.group:
            group = _group(merged, child, local)
            if group is None:
                continue
            stated[RUNS_ON] = group
        place = by_id.get(child.local, -1)
        same = alike.get(identity(scope, stated), [])
        if place < 0 and same:
            place = same.pop(0)
        elif place in same:
            same.remove(place)
        if place < 0:
            fresh = new_id()
            merged.fresh.add(fresh)
            elements.append({ID: fresh, **stated})
            place = len(elements) - 1
        else:
            elements[place] = _laid_over(scope, elements[place], stated)
        merged.sources[f"{collection}/{place}"] = child
        if scope == "capacity":
            identifier = str(elements[place][ID])
            local[child.local or ""] = identifier
    merged.document[collection] = elements


def _laid_over(scope: str, element: Mapping[str, object], stated: Mapping[str, object]) -> dict[str, object]:
    """Weeks are laid over weeks; every other value replaces."""
    joined = {**element, **stated}
    for name, of in fields_of(scope).items():
        before, after = element.get(name), stated.get(name)
        if of.kind == "weekly" and isinstance(before, Mapping) and isinstance(after, Mapping):
            joined[name] = {**before, **after}
    return joined


def _group(merged: Merged, child: Child, local: Mapping[str, str]) -> str | None:
    if child.group in local:
        return local[child.group]
    held = merged.document.get("capacity_groups", [])
    groups = [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []
    fitting = [
        str(each[ID])
        for each in groups
        if child.group == each.get(ID) or folded(str(each.get("name", ""))) == folded(child.group)
    ]
    if len(fitting) == 1:
        return fitting[0]
    code = "ambiguous_reference" if fitting else "unknown_reference"
    message = "several capacity groups have this name" if fitting else f"there is no capacity group {child.group[:60]!r}"
    merged.errors.append(child.finding(GROUP, code, message))
    return None


def identity(scope: str, element: Mapping[str, object]) -> object:
    """What makes two elements of a factory the same one, as the catalogue would store it."""
    fields = fields_of(scope)
    names = _IDENTIFYING.get(scope) or tuple(name for name, each in fields.items() if each.mandatory)
    return tuple(_stored(scope, name, element.get(name)) for name in names)


def _stored(scope: str, name: str, raw: object) -> str:
    of = fields_of(scope).get(name)
    if raw is None or of is None:
        return ""
    value: Value | None = of.form.parse(raw, "", Problems())
    return folded(value) if isinstance(value, str) else str(value)
