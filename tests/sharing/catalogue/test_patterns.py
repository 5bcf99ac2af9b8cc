"""The patterns in the description against the readers: what one takes, the other does."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sharing.catalogue.codes import Codes
from sharing.catalogue.openapi import profile_schema
from sharing.catalogue.patterns import DAY, LINES, TEXT, decimal, one_of
from sharing.catalogue.places import COUNTRIES, PLACES
from sharing.catalogue.processes import PROCESSES
from sharing.catalogue.quantities import quantity
from sharing.catalogue.text import clean
from sharing.catalogue.vocabularies import CURRENCIES
from sharing.errors import Problems

BOUNDS = ((0, 6, 0), (1, 20, 0), (0, 100, 1), (1, 6500, 1), (1, 1000, 2), (1, 1000, 3), (0, 10**11, 2))


def test_a_day_is_described_as_it_is_read() -> None:
    day, last = date(1899, 12, 1), date(2200, 2, 1)
    while day < last:
        assert bool(re.search(DAY, day.isoformat())) == (1900 <= day.year <= 2199), day
        day += timedelta(days=1)
    for text in ("1900-02-29", "2100-02-29", "2023-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00", "2023-1-1"):
        assert not re.search(DAY, text)


def samples(most: int) -> set[str]:
    """Numbers around every border of a range to `most`, spelled in several ways."""
    wholes = {0, 1, 2, 5, 9, 10, 11, 19, 20, 99, 100, most // 2, most - 1, most, most + 1, most * 10, most * 11}
    wholes |= {int(str(most)[:at] + digit * (len(str(most)) - at)) for at in range(len(str(most))) for digit in "0159"}
    fractions = ("", ".", ".0", ".1", ".01", ".001", ".0001", ".10", ".900", ".9999", ".000", ".5000000000")
    return {f"{zeros}{whole}{end}" for zeros in ("", "0", "00") for whole in wholes for end in fractions}


@pytest.mark.parametrize(("least", "most", "decimals"), BOUNDS)
def test_a_number_is_described_as_it_is_read(least: int, most: int, decimals: int) -> None:
    pattern = re.compile(decimal(least, most, decimals))
    read = 0
    for text in samples(most) | {"", "-1", "+1", "1e3", " 1", "1 ", "1,5", "."}:
        found = quantity(text, "", Problems(), decimals=decimals, least=least, most=most * 10**decimals)
        assert bool(pattern.search(text)) == (found is not None), (text, found)
        if found is not None:
            read += 1
            assert Decimal(found).scaleb(-decimals) == Decimal(text)
    assert read > 20


def test_what_is_read_as_text_is_described_as_text() -> None:
    for code in range(0x110000):
        mark = chr(code)
        if 0xD800 <= code <= 0xDFFF:
            continue
        if clean(mark, "", Problems(), longest=9) is not None:
            assert re.search(TEXT, mark), hex(code)
        elif code < 0x300:
            assert not re.search(TEXT, mark), hex(code)
    for hidden in ("a\nb", "a\u202eb", "a\u200bb", "\ufeffa", "a\x00", "  ", "\u00a0", ""):
        assert not re.search(TEXT, hidden)
    assert re.search(LINES, "one\ntwo")
    assert not re.search(LINES, "one\n\ttwo")


@pytest.mark.parametrize("codes", [PLACES, COUNTRIES, CURRENCIES, PROCESSES], ids=lambda codes: codes.name)
def test_a_large_vocabulary_is_described_code_by_code(codes: Codes) -> None:
    listed = [each.code for each in codes]
    pattern = re.compile(one_of(listed))
    assert all(pattern.search(each) for each in listed)
    for code in listed:
        for other in (code + "0", "A" + code, code[:-1], code.lower(), code.replace(".", "x"), code.replace("-", "")):
            assert bool(pattern.search(other)) == (other in codes), other


def test_every_pattern_of_a_profile_is_plain_enough_for_every_validator() -> None:
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(profile_schema(), ensure_ascii=False))
    assert len(patterns) > 60
    for each in patterns:
        pattern = json.loads(f'"{each}"')
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        assert "(?" not in pattern
        assert not re.search(r"\\[pPwWsSdD]", pattern)
