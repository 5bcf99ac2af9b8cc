"""What differs between two views of one factory by one viewer.

Guarantees: pure; reads two views of that viewer and nothing else, so a change that they cannot see is none. The day on which
a value was confirmed is no difference; that it became stale, expired or overdue is one, as far as it shows. A value that is
shown no more, or less precisely than before, is not repeated: `before` says only what the later view says as finely.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sharing.catalogue import Cell
from sharing.freshness import freshness
from sharing.projection import Projection
from trust import strict_json

_RANK = {"existence": 1, "band": 2, "exact": 3}
_MOST = 8 * 1024 * 1024

State = Mapping[str, Cell]
"""Path -> what is shown there, without its day, with `freshness` where that says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What was shown at a path and what is shown there now; None: nothing, or nothing that may be repeated."""

    path: str
    before: Cell | None
    after: Cell | None


def state_of(projection: Projection, day: date) -> dict[str, Cell]:
    """What a projection shows on a day, as far as a change of it is told."""
    ageing = freshness(projection, day)
    found = {}
    for path, cell in projection.cells():
        shown = {name: value for name, value in cell.items() if name != "as_of"}
        word = _word(ageing.get(path, {}))
        found[path] = shown if word is None else {**shown, "freshness": word}
    return found


def _word(aged: Mapping[str, object]) -> str | None:
    if aged.get("confidence") == "stale":
        return "stale"
    return next((word for word in ("expired", "overdue") if aged.get(word) is True), None)


def differences(before: State, after: State) -> tuple[Change, ...]:
    """Every path that differs, in order."""
    found = [
        Change(path=path, before=before.get(path), after=after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]
    return recut(found, after)


def recut(changes: Sequence[Change], now: State) -> tuple[Change, ...]:
    """The changes as they may be told to somebody who sees `now`: no value that is not shown there, or not as finely.

    That something is shown no more is told, and not what it was. A change of which nothing is left is left out.
    """
    found = []
    for each in changes:
        if each.after is None:
            found.append(Change(path=each.path, before=None, after=None))
            continue
        before, after = (_as_fine(cell, now.get(each.path)) for cell in (each.before, each.after))
        if after is not None:
            found.append(Change(path=each.path, before=before, after=after))
    return tuple(found)


def _as_fine(cell: Cell | None, now: Cell | None) -> Cell | None:
    if cell is None or now is None:
        return None
    return cell if _RANK[cast("str", cell["level"])] <= _RANK[cast("str", now["level"])] else None


def packed(value: Mapping[str, Cell] | Sequence[Change]) -> bytes:
    """A state, or changes, as they are stored."""
    plain: object = value
    if not isinstance(value, Mapping):
        plain = [[each.path, each.before, each.after] for each in value]
    return zlib.compress(strict_json.canonical(plain), 6)


def stored_state(stored: bytes | None) -> dict[str, Cell]:
    """A state that this module packed; of what was emptied nothing is left."""
    return {} if stored is None else cast("dict[str, Cell]", _plain(stored))


def stored_changes(stored: bytes | None) -> tuple[Change, ...]:
    """Changes that this module packed."""
    rows = () if stored is None else cast("Sequence[tuple[str, Cell | None, Cell | None]]", _plain(stored))
    return tuple(Change(path=path, before=before, after=after) for path, before, after in rows)


def _plain(stored: bytes) -> object:
    return strict_json.loads(zlib.decompress(stored), max_bytes=_MOST)
