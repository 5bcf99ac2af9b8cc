"""Identifiers and their check digits."""

import pytest

from sharing.catalogue.identifiers import identifier


@pytest.mark.parametrize(
    ("scheme", "written", "stored"),
    [
        ("vn_tax", "0100109106", "0100109106"),
        ("vn_tax", "0100109106001", "0100109106-001"),
        ("vn_tax", "0100109106-001", "0100109106-001"),
        ("lei", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12"),
        ("lei", "5493 001k jtii gc8y 1r12", "5493001KJTIIGC8Y1R12"),
        ("gln", "9521000000018", "9521000000018"),
        ("duns", "15-048-3782", "150483782"),
        ("bpn", "BPNL00000003AYRE", "BPNL00000003AYRE"),
        ("bpn", "BPNS00000003ayre", "BPNS00000003ayre"),
        ("os_id", "CN2021250D1DTN7", "CN2021250D1DTN7"),
    ],
)
def test_a_right_identifier_is_stored_in_its_canonical_spelling(scheme: str, written: str, stored: str) -> None:
    assert identifier(scheme, written) == stored


@pytest.mark.parametrize(
    ("scheme", "written"),
    [
        ("vn_tax", "0100109107"),
        ("vn_tax", "010010910"),
        ("vn_tax", "0100109106000"),
        ("vn_tax", "01001091060"),
        ("lei", "5493001KJTIIGC8Y1R13"),
        ("lei", "5493001KJTIIGC8Y1R1"),
        ("gln", "9521000000019"),
        ("gln", "952100000001"),
        ("duns", "15048378"),
        ("bpn", "BPNX00000003AYRE"),
        ("bpn", "bpnl00000003AYRE"),
        ("os_id", "CN2021250D1DTN8"),
        ("os_id", "ZZ2021250D1DTN7"),
        ("vn_tax", "٠١٠٠١٠٩١٠٦"),
        ("lei", ""),
        ("gln", "x"),
    ],
)
def test_a_wrong_check_digit_length_or_alphabet_is_refused(scheme: str, written: str) -> None:
    assert identifier(scheme, written) is None


@pytest.mark.parametrize(
    ("scheme", "right"), [("vn_tax", "0100109106"), ("lei", "5493001KJTIIGC8Y1R12"), ("gln", "9521000000018")]
)
def test_any_single_wrong_digit_is_caught(scheme: str, right: str) -> None:
    for at, digit in enumerate(right):
        if digit.isdigit():
            for other in "0123456789":
                if other != digit:
                    assert identifier(scheme, right[:at] + other + right[at + 1 :]) is None
