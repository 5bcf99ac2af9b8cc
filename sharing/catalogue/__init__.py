"""The field catalogue: one table that drives validation, levels, bands, index terms, labels and documents.

Guarantees: `FIELDS` is fixed for a version; `field(key)` finds a row; nothing here depends on anybody's data.
Does not decide who sees what: levels come from a policy's decision.
"""

from collections.abc import Mapping
from types import MappingProxyType

from policies.levels import Level
from policies.matrix import Row
from policies.model import LISTING, Vocabulary
from sharing.catalogue.document import COLLECTIONS
from sharing.catalogue.families import HISTORY, VERSION
from sharing.catalogue.field import FACTORY, TIERS, Chain, Field
from sharing.catalogue.folding import fold, tokens, words
from sharing.catalogue.search import Filter, Match, SearchParameter
from sharing.catalogue.table import FIELDS
from sharing.catalogue.values import Cell, Value
from sharing.errors import UnknownField

__all__ = [
    "FACTORY",
    "FIELDS",
    "HISTORY",
    "SCOPES",
    "TIERS",
    "VERSION",
    "Cell",
    "Chain",
    "Field",
    "Filter",
    "Match",
    "SearchParameter",
    "Value",
    "default_matrix",
    "facet_fields",
    "field",
    "fields_of",
    "fold",
    "group_label",
    "search_parameters",
    "tokens",
    "vocabulary",
    "words",
]

SCOPES = (FACTORY, *COLLECTIONS.values())
GROUPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "identity": ("Identity", "Thông tin định danh"),
        "location": ("Location", "Địa điểm"),
        "contact": ("Contact", "Liên hệ"),
        "process": ("Processes", "Công nghệ"),
        "material": ("Materials", "Vật liệu"),
        "geometry": ("Workpiece size", "Kích thước phôi"),
        "tolerance": ("Precision", "Độ chính xác"),
        "lot": ("Lot sizes", "Cỡ lô"),
        "lead_time": ("Lead time", "Thời gian giao hàng"),
        "capacity": ("Capacity", "Năng lực"),
        "certificate": ("Certificates", "Chứng nhận"),
        "note": ("Note", "Ghi chú"),
        "classification": ("Industries and products", "Ngành và sản phẩm"),
        "equipment": ("Machines", "Máy móc thiết bị"),
        "quality": ("Quality", "Chất lượng"),
        "commercial": ("Commercial terms", "Điều kiện thương mại"),
        "markets": ("Markets", "Thị trường"),
        "people": ("People", "Nhân sự"),
        "sustainability": ("Sustainability", "Phát triển bền vững"),
        "documents": ("Documents", "Tài liệu"),
    }
)

_BY_KEY: Mapping[str, Field] = MappingProxyType({each.key: each for each in FIELDS})
_BY_SCOPE: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {scope: MappingProxyType({each.name: each for each in FIELDS if each.scope == scope}) for scope in SCOPES}
)
_VOCABULARY = Vocabulary(
    fields=tuple(_BY_KEY),
    groups={group: tuple(each.key for each in FIELDS if each.group == group) for group in GROUPS},
    derived={each.key: each.derived_from for each in FIELDS if each.derived_from},
)


def field(key: str) -> Field:
    """The field of a key such as `capability.process`; raises UnknownField."""
    found = _BY_KEY.get(key)
    if found is None:
        raise UnknownField(f"The catalogue has no field {key[:80]!r}.")
    return found


def fields_of(scope: str) -> Mapping[str, Field]:
    """Name -> field of a scope, one of `SCOPES`."""
    return _BY_SCOPE[scope]


def vocabulary() -> Vocabulary:
    """The names that policies may use."""
    return _VOCABULARY


def group_label(group: str, language: str) -> str:
    """A group's label in `vi`, otherwise in English."""
    english, vietnamese = GROUPS[group]
    return vietnamese if language == "vi" else english


def default_matrix() -> dict[str, Row]:
    """Where a new policy starts: a row of levels for `$listing` and each field, for `policies.matrix`."""
    everybody = (Level.EXACT, Level.EXACT, Level.EXACT, Level.EXACT)
    return {LISTING: everybody, **{each.key: each.default for each in FIELDS}}


def facet_fields() -> tuple[Field, ...]:
    """The fields whose shown terms may be counted as facets."""
    return tuple(each for each in FIELDS if each.facet)


def search_parameters() -> Mapping[str, SearchParameter]:
    """Every parameter of the search by name, with the fields it reads."""
    reads: dict[str, list[tuple[str, Match]]] = {}
    for each in FIELDS:
        for one in each.search:
            reads.setdefault(one.parameter, []).append((each.key, one.match))
    return {name: SearchParameter(name=name, reads=tuple(found)) for name, found in reads.items()}
