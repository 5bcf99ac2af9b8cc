"""A plain search engine over projections: it knows no policy, no bitmap and no cleverness, and is what the index must equal."""

from sharing.catalogue import field
from sharing.catalogue.weeks import week_number
from sharing.search import FACETS, Order, matched_wishes, matches

LAST = 2**63 - 1
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def plain_search(contents, query, day):
    """(ordered hits as (key, tie, factory id, capability id, wishes), facets) over contents by factory id."""
    hits = []
    facets = {name: {} for name in FACETS}
    for factory_id, content in contents.items():
        for capability_id in content.get("capability") or [None]:
            if not matches(content, capability_id, query, day):
                continue
            wishes = matched_wishes(content, capability_id, query, day)
            hits.append(
                (
                    _key(content, capability_id, query, wishes),
                    _tie(factory_id, capability_id),
                    factory_id,
                    capability_id,
                    wishes,
                )
            )
            for name, key in FACETS.items():
                for value in _shown(content, capability_id, key):
                    facets[name][value] = facets[name].get(value, 0) + 1
    return sorted(hits, key=lambda hit: hit[:2]), facets


def _tie(factory_id, capability_id):
    if capability_id is not None:
        return int(capability_id, 16) >> 64
    number = 0
    for character in factory_id[:13]:
        number = number * 32 + ALPHABET.index(character)
    return number >> 1


def _key(content, capability_id, query, wishes):
    if query.order is Order.WISHES:
        return -len(wishes)
    capability = content.get("capability", {}).get(capability_id, {})
    if query.order is Order.LEAD_TIME:
        cell = capability.get("lead_time_p50_days", {})
        if "value" not in cell:
            return LAST
        return int(cell["value"] if cell["level"] == "exact" else cell["value"]["at_least"])
    if query.order is Order.SPARE_HOURS:
        cell = content.get("capacity", {}).get(capability.get("runs_on"), {}).get("spare_hours", {})
        first, last = query.weeks
        tenths = [
            round(float(hours if cell["level"] == "exact" else hours["at_least"]) * 10)
            for week, hours in cell.get("value", {}).items()
            if first <= week_number(week) <= last
        ]
        return -sum(tenths) if tenths else LAST
    return 0


def _shown(content, capability_id, key):
    name = field(key).name
    if key == "certificate.scheme":
        cells = [each.get(name, {}) for each in content.get("certificate", {}).values()]
    elif key.startswith("capability."):
        cells = [content.get("capability", {}).get(capability_id, {}).get(name, {})]
    else:
        cells = [content.get(name, {})]
    return {cell["value"] for cell in cells if "value" in cell}
