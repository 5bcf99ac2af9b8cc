"""Which passwords are taken, and that their hashes say nothing of who has one."""

from __future__ import annotations

import pytest

from network.people.addresses import key_of, parse_address
from network.people.attempts import FREE, delay_s
from network.people.duplicates import folded
from network.people.errors import AddressInvalid, PasswordRefused
from network.people.passwords import Passwords, check

CHEAP = Passwords(memory_kib=64, rounds=1, lanes=1)


@pytest.mark.parametrize(
    "password",
    [
        "a rather long thing",
        "mật khẩu của tôi dài",
        "correct horse battery",
        "tr0ub4dor&3xyz",
        "            ~!@#   zq",
        "密码很长很长很长很长很长吗",
        "ninety-nine percent",
    ],
)
def test_long_passwords_are_taken_whatever_they_are_made_of(password: str) -> None:
    check(password, about=("an@kinhbac.vn", "An Nguyen"))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "length"),
        ("x" * 257, "length"),
        ("password1234", "common"),
        ("Password!!!!2026", "common"),
        ("PASSWORDPASSWORD", "common"),
        ("qwertyuiopasdf", "common"),
        ("123456789012", "common"),
        ("098765432109", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("abababababab", "common"),
        ("abcdabcdabcd", "common"),
        ("guildnet2026", "common"),
        ("an.nguyen@kinh", "own_name"),
        ("an.nguyen1234", "own_name"),
        ("with\x00a null in it", "character"),
    ],
)
def test_what_is_guessed_first_is_refused_with_its_reason(password: str, reason: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check(password, about=("an.nguyen@kinhbac.vn", "An Nguyen"))
    assert refused.value.fields["reason"] == reason
    assert password not in str(refused.value)


def test_a_password_typed_in_another_normal_form_is_the_same() -> None:
    assert CHEAP.matches(
        CHEAP.hash("m\u1eadt kh\u1ea9u c\u1ee7a t\u00f4i"), "ma\u0323\u0302t kha\u0302\u0309u cu\u0309a to\u0302i"
    )


def test_without_an_account_nothing_matches_not_even_what_is_compared_in_its_place() -> None:
    assert not CHEAP.matches(None, "nobody has this password")
    assert CHEAP.matches(CHEAP.hash("a rather long thing"), "a rather long thing")
    assert not CHEAP.matches(CHEAP.hash("a rather long thing"), "a rather long thinG")


def test_a_hash_is_argon2id_and_is_made_anew_when_its_costs_change() -> None:
    encoded = CHEAP.hash("a rather long thing")
    assert encoded.startswith("$argon2id$")
    assert not CHEAP.outdated(encoded)
    assert Passwords(memory_kib=128, rounds=1, lanes=1).outdated(encoded)


@pytest.mark.parametrize("address", ["An@KinhBac.VN", "a.b+c@x-y.example", "o'brien@mail.example.org"])
def test_addresses_keep_their_local_part_and_are_one_whatever_their_case(address: str) -> None:
    parsed = parse_address(address)
    assert parsed.partition("@")[0] == address.partition("@")[0]
    assert key_of(parsed) == address.lower()


@pytest.mark.parametrize(
    "address",
    ["", "an", "@x.vn", "an@", "an@x", "an@@x.vn", "a b@x.vn", "an@x.vn\r\nBcc: b@x.vn", "an@-x.vn", "an@x..vn", ".an@x.vn",
     '"an"@x.vn', "an@[127.0.0.1]", "án@x.vn", "a" * 65 + "@x.vn", "an@" + "x" * 250 + ".vn", "an@x.vn,b@x.vn", "an@x.vn\x00"],
)  # fmt: skip
def test_what_could_mean_another_header_or_another_reader_is_no_address(address: str) -> None:
    with pytest.raises(AddressInvalid) as refused:
        parse_address(address)
    assert "@" not in str(refused.value)


def test_failures_delay_after_a_few_and_never_for_long() -> None:
    assert [delay_s(count) for count in range(FREE)] == [0.0] * FREE
    later = [delay_s(count) for count in range(FREE, 60)]
    assert later == sorted(later)
    assert later[-1] == 4.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CÔNG TY TNHH CƠ KHÍ ĐÔNG ANH", "Cơ khí Đông Anh Co., Ltd."),
        ("Đông Anh Mechanics JSC", "Mechanics Dong Anh"),
        ("Müller GmbH & Co. KG", "MULLER"),
    ],
)
def test_names_fold_to_the_same_words(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_name_of_legal_forms_alone_keeps_its_words() -> None:
    assert folded("Joint Stock Company") != ""
    assert folded("Alpha Ltd") != folded("Beta Ltd")
