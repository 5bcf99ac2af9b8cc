"""The catalogue itself: every field, once, in one table that drives everything else.

Guarantees: a field's bit in every policy and index is its place here, so rows are only ever appended, never reordered.
"""

from sharing.catalogue.field import Field
from sharing.catalogue.table.founding import FOUNDING
from sharing.catalogue.table.making import MAKING
from sharing.catalogue.table.trading import TRADING

FIELDS: tuple[Field, ...] = (*FOUNDING, *MAKING, *TRADING)
