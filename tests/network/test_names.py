"""Origins, slugs and names: one spelling each, and nothing that could be mistaken for another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.errors import NameInvalid, NetworkError, OriginInvalid, SlugInvalid
from network.names import check_name, is_did, is_id, parse_origin, parse_slug


@pytest.mark.parametrize(
    ("text", "did"),
    [
        ("https://guild.example", "did:web:guild.example"),
        ("https://guild.example:8443", "did:web:guild.example%3A8443"),
        ("https://a-b.c1.example", "did:web:a-b.c1.example"),
        ("https://xn--hip-hi-1ya.vn", "did:web:xn--hip-hi-1ya.vn"),
    ],
)
def test_an_https_origin_gives_a_did(text, did):
    origin = parse_origin(text)
    assert (origin.origin, origin.did, origin.development) == (text, did, False)
    assert parse_origin(text, development=True).development is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "guild.example",
        "http://guild.example",
        "https://",
        "https://guild.example/",
        "https://guild.example/path",
        "https://guild.example?x",
        "https://guild.example#x",
        "https://user@guild.example",
        "https://Guild.example",
        "HTTPS://guild.example",
        "https://guild.example.",
        "https://guild..example",
        "https://-guild.example",
        "https://guild-.example",
        "https://guild_x.example",
        "https://guild.example:",
        "https://guild.example:443",
        "https://guild.example:0",
        "https://guild.example:08443",
        "https://guild.example:65536",
        "https://guild.example:٤٤",
        "https://guild.example%3A8443",
        "https://hiệp-hội.vn",
        "https://localhost",
        "https://localhost:8443",
        "https://registry",
        "https://127.0.0.1",
        "https://127.1",
        "https://0x7f.1",
        "https://2130706433",
        "https://[::1]",
        "https://guild.example\n",
        " https://guild.example",
        "https://guild.example\x00",
        "https://" + "a." * 200 + "example",
    ],
)
def test_any_other_origin_is_refused(text):
    for development in (False, True):
        with pytest.raises(OriginInvalid):
            parse_origin(text, development=development)


def test_localhost_needs_the_development_setting():
    accepted = parse_origin("http://localhost:8080", development=True)
    assert (accepted.did, accepted.development) == ("did:web:localhost%3A8080", True)
    with pytest.raises(OriginInvalid) as caught:
        parse_origin("http://localhost:8080")
    assert caught.value.fields["reason"] == "development_only"


@pytest.mark.parametrize("text", ["http://localhost", "http://localhost:80", "http://localhost:8080/", "http://127.0.0.1:8080"])
def test_other_local_origins_are_refused_even_in_development(text):
    with pytest.raises(OriginInvalid):
        parse_origin(text, development=True)


@pytest.mark.parametrize("text", ["an-phat", "3m", "a1", "x" * 63, "a-b-c-1"])
def test_a_slug_is_accepted_as_it_is(text):
    assert parse_slug(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "a", "x" * 64, "An-Phat", "an phat", "an_phat", "-an", "an-", "an--phat", "an.phat", "an/phat", "än", "a\n",
     "an-phat\n", "..", "%2e", "a:b", "٣m", "an\x00phat"],
)  # fmt: skip
def test_any_other_slug_is_refused(text):
    with pytest.raises(SlugInvalid):
        parse_slug(text)


@pytest.mark.parametrize("text", ["Công ty TNHH An Phát", "株式会社", "A", "x" * 200, "O'Neil & Söhne (2)"])
def test_a_name_is_accepted_as_it_is(text):
    assert check_name(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"),
        ("x" * 201, "length"),
        (" x", "length"),
        ("x ", "length"),
        ("a\x00b", "character"),
        ("a\nb", "character"),
        ("a\u202eb", "character"),
        ("a\u2066b", "character"),
        ("a\u200bb", "character"),
        ("a\ufeffb", "character"),
        ("a\ud800b", "character"),
        ("a\u2028b", "character"),
        ("a\ue000b", "character"),
        ("Cong\u0302", "not_nfc"),
    ],
)
def test_a_name_that_could_deceive_is_refused(text, reason):
    with pytest.raises(NameInvalid) as caught:
        check_name(text)
    assert caught.value.fields["reason"] == reason


@given(st.text(max_size=40))
def test_any_text_is_accepted_or_refused_by_name(text):
    assert isinstance(is_id(text), bool)
    assert isinstance(is_did(text), bool)
    for parse in (parse_origin, parse_slug, check_name):
        try:
            parse(text)
        except NetworkError:
            continue
