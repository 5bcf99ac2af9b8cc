"""Countries (ISO 3166-1 alpha-2) and their provinces (ISO 3166-2), from pycountry.

Guarantees: a province's parent is its country, by the first two letters of its code.
"""

import gettext
from collections.abc import Iterator

import pycountry

from sharing.catalogue.codes import Code, Codes


def _countries() -> Iterator[Code]:
    vietnamese = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["vi"], fallback=True)
    for country in pycountry.countries:
        name = getattr(country, "common_name", country.name)
        yield Code(code=country.alpha_2, parent=None, label_en=name, label_vi=vietnamese.gettext(country.name))


def _provinces() -> Iterator[Code]:
    yield from _countries()
    for province in pycountry.subdivisions:
        yield Code(code=province.code, parent=province.country_code, label_en=province.name, label_vi=province.name)


COUNTRIES = Codes("ISO 3166-1 alpha-2", _countries())
# Holds the countries too: they are what a province's band shows.
PLACES = Codes("ISO 3166-2", _provinces())
