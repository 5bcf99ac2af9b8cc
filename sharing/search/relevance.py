"""How much a word tells in one viewer's world: the rarer among the records they see, the more.

Guarantees: deterministic integers from two counts, taken by the caller inside the view. With the counts of the whole
network, the order of a viewer's own hits would tell how often others use a word.
"""

FRACTION = 256
"""Steps per halving of the frequency."""


def weight(records: int, having: int) -> int:
    """1 + floor(FRACTION x log2((records + 1) / having)) for a word that `having` >= 1 of the viewer's `records` show."""
    # Whole numbers all the way: a logarithm in floating point may differ in its last digit between machines.
    ratio: int = (records + 1) ** FRACTION // having**FRACTION
    return ratio.bit_length()
