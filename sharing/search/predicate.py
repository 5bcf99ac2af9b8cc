"""Whether one projected record satisfies a query, in plain Python over the JSON that would be shown.

Guarantees: pure; reads nothing but the projection, so it cannot know what is hidden. It is the second opinion on
every row of a page, and shares with the index the meaning of atoms (`query`) and the catalogue's reading of cells,
but no bitmap or column.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple, cast

from sharing.backing import CLASSES, SHOWN_DOCUMENT, Backing
from sharing.catalogue import Cell, field
from sharing.catalogue.quantities import scale
from sharing.catalogue.weeks import week_number
from sharing.freshness import STALE_DAYS
from sharing.search.query import (
    AnyWords,
    Atom,
    BackedBy,
    Certificates,
    Comparison,
    Fresh,
    Numbers,
    Query,
    SpareHours,
    Terms,
    Words,
)
from sharing.search.reading import HOURS, NOT_IN_FORCE, SCHEME, VALID_FROM, VALID_UNTIL, WORD_FIELDS
from trust.verdict import Provenance

Content = Mapping[str, object]


def matches(content: Content, capability_id: str | None, query: Query, day: date, backing: Backing = ()) -> bool:
    """Whether the record exists in the projection and satisfies every filter on `day`; `backing` is the factory's.

    `content` is `Projection.content`; None for `capability_id` is the factory itself, which is a record only while it
    shows no capability.
    """
    if query.only is not None and content["id"] != f"urn:guildnet:factory:{query.only}":
        return False
    capabilities = _part(content, "capability")
    if capability_id is None and capabilities:
        return False
    if capability_id is not None and capability_id not in capabilities:
        return False
    return all(_holds(content, capability_id, atom, day, backing) for atom in query.filters)


def matched_wishes(
    content: Content, capability_id: str | None, query: Query, day: date, backing: Backing = ()
) -> tuple[str, ...]:
    """The names of the wishes that the record satisfies, in the order of the query."""
    return tuple(wish.name for wish in query.wishes if _holds(content, capability_id, wish, day, backing))


def _part(content: Content, name: str) -> Mapping[str, Content]:
    return cast(Mapping[str, Content], content.get(name, {}))


def _holds(content: Content, capability_id: str | None, atom: Atom, day: date, backing: Backing) -> bool:
    def cells(*keys: str) -> Iterator[tuple[str, Cell]]:
        return ((key, cell) for key in keys for cell in _cells(content, capability_id, key))

    match atom:
        case Words():
            holds = _seen_words(content, capability_id).issuperset(atom.words)
        case AnyWords():
            holds = not _seen_words(content, capability_id).isdisjoint(atom.words)
        case Terms():
            holds = any(not field(key).cell_terms(cell).isdisjoint(atom.terms) for key, cell in cells(*atom.fields))
        case Numbers():
            verdicts = (_compared(content, capability_id, comparison) for comparison in atom.comparisons)
            found = [each for each in verdicts if each is not None]
            holds = bool(found) and all(found)
        case Certificates():
            on = atom.day or day
            holds = any(_certified(each, atom, on) for each in _part(content, "certificate").values())
        case SpareHours():
            holds = any("value" in cell and _age(cell, day) < STALE_DAYS and _spare(cell, atom) for _, cell in cells(HOURS))
        case Fresh():
            holds = any("value" in cell and _age(cell, day) <= atom.days for _, cell in cells(HOURS))
        case BackedBy():
            holds = all(
                any(_rank(placed, backing, day) >= rank for placed in _placed(content, capability_id, key))
                for key, rank in atom.asked
            )
    return holds


def _seen_words(content: Content, capability_id: str | None) -> set[str]:
    seen: set[str] = set()
    for each in WORD_FIELDS:
        for cell in _cells(content, capability_id, each.key):
            seen |= each.cell_words(cell)
    return seen


def _age(cell: Cell, day: date) -> int:
    """Days since what is shown was stated or confirmed, at the level at which it is shown."""
    return (day - date.fromisoformat(cast(str, cell["as_of"]))).days


class _Placed(NamedTuple):
    """A cell, its stable path, and the factory or element that shows it."""

    path: str
    holder: Content
    cell: Cell


def _placed(content: Content, capability_id: str | None, key: str) -> Iterator[_Placed]:
    """The cells of a field that belong to the record: its own, its group's, its factory's, those of all other elements."""
    scope, _, name = key.rpartition(".")
    holders: Mapping[str, Content]
    if scope == "":
        holders = {"": content}
    elif scope in ("capability", "capacity"):
        own = _part(content, "capability").get(capability_id or "", {})
        element = cast(str, own.get("runs_on", "")) if scope == "capacity" else capability_id or ""
        holders = {element: own if scope == "capability" else _part(content, "capacity").get(element, {})}
    else:
        holders = _part(content, scope)
    for element, holder in holders.items():
        if name in holder:
            path = f"{scope}/{element}/{name}" if scope else name
            yield _Placed(path, holder, cast(Cell, holder[name]))


def _cells(content: Content, capability_id: str | None, key: str) -> Iterator[Cell]:
    return (placed.cell for placed in _placed(content, capability_id, key))


def _rank(placed: _Placed, backing: Backing, day: date) -> int:
    """How the shown value is backed on a day; of what is merely provided, nothing is."""
    if "value" not in placed.cell:
        return -1
    ranks = [
        CLASSES[each.provenance]
        for each in backing
        if each.path == placed.path and each.level.name.lower() == placed.cell["level"] and each.until >= day
    ]
    scope, _, document = SHOWN_DOCUMENT.partition(".")
    if placed.path.startswith(f"{scope}/") and not placed.path.endswith(f"/{document}"):
        file = cast("Cell | None", placed.holder.get(document))
        if file is not None and file["level"] == "exact":
            ranks.append(CLASSES[Provenance.DOCUMENT])
    return max(ranks, default=0)


def _compared(content: Content, capability_id: str | None, comparison: Comparison) -> bool | None:
    """Whether a shown value of the field satisfies the comparison (of several machines one); None when none is shown."""
    cells = [cell for cell in _cells(content, capability_id, comparison.field) if "value" in cell]
    return any(_compare(cell, comparison) for cell in cells) if cells else None


def _compare(cell: Cell, comparison: Comparison) -> bool:
    low, high = _ends(cell, comparison.field)
    if comparison.at_least is not None:
        return low >= comparison.at_least
    return high is not None and comparison.at_most is not None and high <= comparison.at_most


def _ends(cell: Cell, key: str) -> tuple[int, int | None]:
    """The least and the largest scaled value that a cell leaves possible; None is no end."""
    read = field(key).scaled
    if cell["level"] == "exact":
        return read(cell["value"]), read(cell["value"])
    interval = cast(Mapping[str, str], cell["value"])
    return read(interval["at_least"]), read(interval["below"]) - 1 if "below" in interval else None


def _certified(certificate: Content, atom: Certificates, day: date) -> bool:
    scheme = cast("Cell | None", certificate.get("scheme"))
    if scheme is None or field(SCHEME).cell_terms(scheme).isdisjoint(atom.terms):
        return False
    status = cast("Cell | None", certificate.get("status"))
    if status is not None and status.get("value") in NOT_IN_FORCE:
        return False
    begun = cast("Cell | None", certificate.get("valid_from"))
    if begun is not None and "value" in begun:
        _, latest = _ends(begun, VALID_FROM)
        if latest is None or latest > day.toordinal():
            return False
    ended = cast("Cell | None", certificate.get("valid_until"))
    return ended is None or "value" not in ended or _ends(ended, VALID_UNTIL)[0] >= day.toordinal()


def _spare(cell: Cell, atom: SpareHours) -> bool:
    decimals = field(HOURS).decimals
    hours: list[int] = []
    for week, shown in cast(Mapping[str, object], cell["value"]).items():
        number = week_number(week)
        if number is not None and atom.first <= number <= atom.last:
            least = shown if cell["level"] == "exact" else cast(Mapping[str, str], shown)["at_least"]
            hours.append(scale(cast(str, least), decimals))
    if atom.each:
        return len(hours) == atom.last - atom.first + 1 and min(hours) >= atom.tenths
    return bool(hours) and sum(hours) >= atom.tenths
