"""Groups of countries that a policy may name in place of codes, each a list as of a day.

Guarantees: every member is an ISO 3166-1 code, and no name of a group is one. A policy stores the countries and not the
group's name, so a list that grows later opens nothing by itself. Sources: the organizations' own lists of members.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

_EU = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
_EFTA = frozenset({"CH", "IS", "LI", "NO"})
_ASEAN = frozenset(["BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryGroup:
    """`countries` are those that belonged to it on `as_of`."""

    name: str
    label_en: str
    label_vi: str
    as_of: date
    countries: frozenset[str]


def _group(name: str, english: str, vietnamese: str, as_of: date, countries: frozenset[str]) -> CountryGroup:
    return CountryGroup(name=name, label_en=english, label_vi=vietnamese, as_of=as_of, countries=countries)


_CPTPP = frozenset(["AU", "BN", "CA", "CL", "GB", "JP", "MX", "MY", "NZ", "PE", "SG", "VN"])
_RCEP = (_ASEAN - {"TL"}) | {"AU", "CN", "JP", "KR", "NZ"}

COUNTRY_GROUPS: Mapping[str, CountryGroup] = MappingProxyType(
    {
        each.name: each
        for each in (
            _group("ASEAN", "ASEAN", "Hiệp hội các quốc gia Đông Nam Á (ASEAN)", date(2025, 10, 26), _ASEAN),
            _group("EU", "European Union", "Liên minh châu Âu", date(2020, 2, 1), _EU),
            _group(
                "EEA",
                "European Economic Area",
                "Khu vực kinh tế châu Âu",
                date(2020, 2, 1),
                _EU | (_EFTA - {"CH"}),
            ),
            _group("EFTA", "EFTA", "Hiệp hội mậu dịch tự do châu Âu (EFTA)", date(1995, 1, 1), _EFTA),
            _group("CPTPP", "CPTPP", "Hiệp định CPTPP", date(2024, 12, 15), _CPTPP),
            _group("RCEP", "RCEP", "Hiệp định RCEP", date(2023, 6, 2), frozenset(_RCEP)),
            _group("USMCA", "USMCA", "Hiệp định USMCA", date(2020, 7, 1), frozenset({"CA", "MX", "US"})),
        )
    }
)

COUNTRIES_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: group.countries for name, group in COUNTRY_GROUPS.items()},
)
