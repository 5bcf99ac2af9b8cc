"""Which factory the rows of the other sheets belong to.

Guarantees: a row names its factory by the owner's reference, the factory's id, an identifier, or its name; a name that fits
two is an error, never a guess; an empty cell means the only factory there is. Not here: factories that were imported before
(`drafts` looks the orphans up).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sharing.exchange.stated import Child, Draft, RowError, folded
from sharing.exchange.targets import OF_FACTORY
from trust.strict_json import JSON, canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans:
    """Elements of one factory that the file itself does not list, by what their rows say of it; empty: nothing."""

    of: str
    children: tuple[Child, ...]


def names_of(document: Mapping[str, object], *, reference: str = "", factory_id: str = "") -> Iterator[str]:
    """Every text by which a row may name this factory, folded."""
    if reference:
        yield folded(reference)
    if factory_id:
        yield folded(factory_id)
    identifiers = document.get("identifiers")
    for each in identifiers if isinstance(identifiers, list) else ():
        if isinstance(each, dict):
            yield compact(str(each.get("value", "")))
    for name in ("legal_name", "trading_name"):
        stated = document.get(name)
        for text in stated.values() if isinstance(stated, dict) else [stated] if isinstance(stated, str) else []:
            yield folded(str(text))


def compact(identifier: str) -> str:
    """An identifier without what people put between its digits."""
    return re.sub(r"[\s.-]", "", identifier).lower()


def assigned(
    drafts: tuple[Draft, ...], children: Sequence[Child]
) -> tuple[tuple[Draft, ...], tuple[Orphans, ...], tuple[RowError, ...]]:
    """The drafts with their children, the orphans, and rows whose factory cannot be told."""
    if not children:
        return drafts, (), ()
    known: dict[str, set[int]] = {}
    for at, draft in enumerate(drafts):
        for name in names_of(draft.document, reference=draft.reference, factory_id=draft.factory_id):
            known.setdefault(name, set()).add(at)
    own: dict[int, list[Child]] = {}
    orphans: dict[str, list[Child]] = {}
    errors: list[RowError] = []
    for child in children:
        places = known.get(folded(child.of)) or known.get(compact(child.of)) or set()
        if not child.of and len(drafts) == 1:
            places = {0}
        if len(places) == 1:
            own.setdefault(next(iter(places)), []).append(child)
        elif places:
            message = f"{len(places)} factories of this file are called {child.of[:60]!r}; give each a reference and write that"
            errors.append(child.finding(OF_FACTORY, "factory_ambiguous", message))
        elif not child.of and drafts:
            errors.append(child.finding(OF_FACTORY, "factory_missing", "this row does not say which factory it belongs to"))
        else:
            orphans.setdefault(folded(child.of), []).append(child)
    filled = tuple(_with(draft, tuple(own[at])) if at in own else draft for at, draft in enumerate(drafts))
    waiting = tuple(Orphans(of=each[0].of, children=tuple(each)) for each in orphans.values())
    return filled, waiting, tuple(errors)


def _with(draft: Draft, children: tuple[Child, ...]) -> Draft:
    """The draft with its elements; its digest then stands for all of it."""
    said: list[JSON] = [draft.digest]
    for each in children:
        said.append([each.scope, dict(each.document), each.local, each.group])
    return replace(draft, children=children, digest=hashlib.sha256(canonical(said)).hexdigest())
