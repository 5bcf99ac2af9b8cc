"""Shorthand for the rows of the table: default levels by tier, the usual quantities, the usual filters."""

from policies.levels import Level
from sharing.catalogue import families
from sharing.catalogue.field import Chain
from sharing.catalogue.forms.numbers import Quantity
from sharing.catalogue.forms.texts import Text
from sharing.catalogue.search import Filter, Match

WORDS_PARAMETER = "q"
COARSE, OPAQUE, BANDED = Chain.COARSE, Chain.OPAQUE, Chain.BANDED
_COLUMN = {"-": Level.HIDDEN, "?": Level.EXISTENCE, "B": Level.BAND, "E": Level.EXACT}


def columns(row: str) -> tuple[Level, Level, Level, Level]:
    """Levels of public, member, partner and confidential from a row such as `-B/E/E` without its slashes."""
    public, member, partner, confidential = (_COLUMN[each] for each in row)
    return public, member, partner, confidential


def millimetres() -> Quantity:
    """Lengths to a tenth."""
    return Quantity(unit="MMT", decimals=1, minimum="0.1", maximum="100000", edges=families.LENGTH)


def kilograms() -> Quantity:
    """Masses to a gram."""
    return Quantity(unit="KGM", decimals=3, minimum="0.001", maximum="1000000", edges=families.MASS)


def micrometres() -> Quantity:
    """Precision to a hundredth."""
    return Quantity(unit="4H", decimals=2, minimum="0.01", maximum="10000", edges=families.PRECISION)


def pieces() -> Quantity:
    """Lot sizes."""
    return Quantity(unit="H87", decimals=0, minimum="1", maximum="1000000000", edges=families.LOT)


def days() -> Quantity:
    """Lead times."""
    return Quantity(unit="DAY", decimals=0, minimum="0", maximum="3650", edges=families.LEAD_TIME)


def text(longest: int, *, lines: bool = False) -> Text:
    """Free text."""
    return Text(longest=longest, lines=lines)


def term(parameter: str) -> tuple[Filter, ...]:
    """A filter by code, and the words of its labels."""
    return (Filter(parameter=parameter, match=Match.TERM), Filter(parameter=WORDS_PARAMETER, match=Match.WORDS))


def named() -> tuple[Filter, ...]:
    """Words alone."""
    return (Filter(parameter=WORDS_PARAMETER, match=Match.WORDS),)


def at_least(parameter: str) -> tuple[Filter, ...]:
    """A filter for shown values of at least the argument."""
    return (Filter(parameter=parameter, match=Match.AT_LEAST),)


def at_most(parameter: str) -> tuple[Filter, ...]:
    """A filter for shown values of at most the argument."""
    return (Filter(parameter=parameter, match=Match.AT_MOST),)


def weekly() -> Quantity:
    """Hours in a week, alike in every week."""
    return Quantity(unit="HUR", decimals=1, minimum="0", maximum="6500", edges=families.WEEKLY_HOURS)


def rate() -> Quantity:
    """A share of deliveries or parts, in percent."""
    return Quantity(unit="P1", decimals=1, minimum="0", maximum="100", edges=families.RATE)


def heads() -> Quantity:
    """Numbers of people."""
    return Quantity(unit="IE", decimals=0, minimum="0", maximum="1000000", edges=families.HEADS)


def decade(unit: str) -> Quantity:
    """An amount whose bands are powers of ten."""
    return Quantity(unit=unit, decimals=2, minimum="0", maximum="100000000000", edges=families.DECADES)
