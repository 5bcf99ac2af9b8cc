"""A plain search engine over projections: it knows no policy, no bitmap and no cleverness, and is what the index must equal."""

from datetime import date
from math import log2

from sharing.catalogue import FIELDS, Match, field
from sharing.catalogue.weeks import week_number
from sharing.search import FACETS, Order, matched_wishes, matches

LAST = 2**63 - 1
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def plain_search(contents, query, day, backings):
    """(ordered hits as (key, tie, factory id, capability id, wishes), facets) over contents by factory id."""
    weights = _weights(contents, query.ranked)
    hits = []
    facets = {name: {} for name in FACETS}
    for factory_id, content in contents.items():
        for capability_id in content.get("capability") or [None]:
            backing = backings[factory_id]
            if not matches(content, capability_id, query, day, backing):
                continue
            wishes = matched_wishes(content, capability_id, query, day, backing)
            hits.append(
                (
                    _key(content, capability_id, query, day, wishes, weights),
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


def _weights(contents, words):
    """What each word counts in this world: 1 + the whole part of 256 halvings of its frequency."""
    records = [_words(content, each) for content in contents.values() for each in content.get("capability") or [None]]
    having = {word: sum(word in record for record in records) for word in words}
    return {word: 1 + int(256 * log2((len(records) + 1) / count)) for word, count in having.items() if count}


def _words(content, capability_id):
    keys = [each.key for each in FIELDS if any(one.match is Match.WORDS for one in each.search)]
    return {word for key in keys for cell in _cells(content, capability_id, key) for word in field(key).cell_words(cell)}


def _key(content, capability_id, query, day, wishes, weights):
    if query.order is Order.WISHES:
        return -len(wishes)
    if query.order is Order.RELEVANCE:
        return -sum(weights.get(word, 0) for word in _words(content, capability_id) if word in query.ranked)
    capability = content.get("capability", {}).get(capability_id, {})
    if query.order is Order.LEAD_TIME:
        cell = capability.get("lead_time_p50_days", {})
        if "value" not in cell:
            return LAST
        return int(cell["value"] if cell["level"] == "exact" else cell["value"]["at_least"])
    if query.order is Order.SPARE_HOURS:
        cell = content.get("capacity", {}).get(capability.get("runs_on"), {}).get("spare_hours", {})
        if not cell or (day - date.fromisoformat(cell["as_of"])).days >= 42:
            return LAST
        first, last = query.weeks
        tenths = [
            round(float(hours if cell["level"] == "exact" else hours["at_least"]) * 10)
            for week, hours in cell.get("value", {}).items()
            if first <= week_number(week) <= last
        ]
        return -sum(tenths) if tenths else LAST
    return 0


def _cells(content, capability_id, key):
    name, scope = field(key).name, field(key).scope
    if scope == "capability":
        cells = [content.get("capability", {}).get(capability_id, {}).get(name)]
    elif scope == "factory":
        cells = [content.get(name)]
    else:
        cells = [each.get(name) for each in content.get(scope, {}).values()]
    return [cell for cell in cells if cell]


def _shown(content, capability_id, key):
    shown = [cell["value"] for cell in _cells(content, capability_id, key) if "value" in cell]
    return {one for value in shown for one in ([value] if isinstance(value, str) else value)}
