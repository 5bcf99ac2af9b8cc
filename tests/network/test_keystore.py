"""Sealed means: not without the key, not in another place, not changed; and the key is for its owner's eyes."""

from __future__ import annotations

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.errors import KekExists, KekInvalid, KekUnreadable, KeystoreError, SealBroken
from network.keystore import Kek, create_kek, load_kek, parse_kek, read_kek
from tests.network.beginnings import keystore

DID = "did:web:guild.example:orgs:an-phat"
OTHER = "did:web:guild.example:orgs:binh-minh"


def test_what_was_sealed_opens_under_the_same_label():
    store = keystore()
    assert store.open("disclosure/1", store.seal("disclosure/1", b"salt")) == b"salt"
    assert store.open("", store.seal("", b"")) == b""


def test_sealing_twice_gives_different_bytes():
    store = keystore()
    assert store.seal("a", b"same") != store.seal("a", b"same")


def test_a_sealed_value_moved_to_another_label_does_not_open():
    store = keystore()
    with pytest.raises(SealBroken):
        store.open("disclosure/2", store.seal("disclosure/1", b"salt"))


def test_another_kek_does_not_open():
    with pytest.raises(SealBroken):
        keystore(b"x" * 32).open("a", keystore().seal("a", b"secret"))


@pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
def test_one_changed_bit_anywhere_does_not_open(place):
    store = keystore()
    sealed = bytearray(store.seal("a", b"secret"))
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        store.open("a", bytes(sealed))


def test_a_key_sealed_for_one_owner_does_not_open_for_another():
    store = keystore()
    _, kid, sealed = store.new_key(DID)
    _, other_kid, _ = store.new_key(OTHER)
    assert store.signer(kid=kid, owner=DID, sealed=sealed).kid == kid
    for moved in ({"kid": other_kid, "owner": DID}, {"kid": kid, "owner": OTHER}, {"kid": other_kid, "owner": OTHER}):
        with pytest.raises(SealBroken):
            store.signer(**moved, sealed=sealed)


def test_a_seal_over_another_private_key_does_not_pass_for_this_one():
    store = keystore()
    _, kid, _ = store.new_key(DID)
    with pytest.raises(SealBroken):
        store.signer(kid=kid, owner=DID, sealed=store._seal(bytes(32), "key", kid, DID))


def test_the_border_between_kid_and_owner_is_sealed_too():
    """Names are length-prefixed, so letters cannot be pushed from one into the other."""
    store = keystore()
    sealed = store._seal(b"secret", "key", "ab", "c")
    with pytest.raises(SealBroken):
        store._open(sealed, "key", "a", "bc")


def test_a_blob_does_not_open_as_a_key():
    store = keystore()
    _, kid, _ = store.new_key(DID)
    with pytest.raises(SealBroken):
        store.signer(kid=kid, owner=DID, sealed=store.seal(f"{kid}{DID}", bytes(32)))


def test_a_signer_signs_what_its_public_key_verifies():
    store = keystore()
    public, kid, sealed = store.new_key(DID)
    signer = store.signer(kid=kid, owner=DID, sealed=sealed)
    assert signer.public == public
    public.verify(signer.sign(b"message"), b"message")
    assert kid == f"{DID}#{public.thumbprint}"


def test_derived_keys_depend_on_label_and_kek_only():
    assert keystore().derive("cursor") == keystore().derive("cursor")
    assert len({keystore().derive("cursor"), keystore().derive("other"), keystore(b"x" * 32).derive("cursor")}) == 3
    assert len(keystore().derive("cursor", 64)) == 64
    assert keystore().derive("cursor") != b"k" * 32


@pytest.mark.parametrize("umask", [0, 0o777])
def test_a_kek_file_is_for_its_owner_only(tmp_path, umask):
    path = tmp_path / "guildnet.kek"
    previous = os.umask(umask)
    try:
        made = create_kek(path, os.urandom)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_kek(path) == made
    assert len(path.read_text()) == 44


def test_a_kek_file_is_never_overwritten(tmp_path):
    path = tmp_path / "guildnet.kek"
    create_kek(path, os.urandom)
    before = path.read_bytes()
    with pytest.raises(KekExists):
        create_kek(path, os.urandom)
    assert path.read_bytes() == before


def test_a_kek_is_not_written_through_a_symbolic_link(tmp_path):
    link = tmp_path / "guildnet.kek"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KekExists):
        create_kek(link, os.urandom)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o620])
def test_a_kek_file_that_others_can_reach_is_refused(tmp_path, mode):
    path = tmp_path / "guildnet.kek"
    create_kek(path, os.urandom)
    path.chmod(mode)
    with pytest.raises(KekUnreadable):
        read_kek(path)


def test_a_missing_kek_file_or_folder_is_named(tmp_path):
    with pytest.raises(KekUnreadable) as caught:
        read_kek(tmp_path / "none")
    assert caught.value.fields["path"] == str(tmp_path / "none")
    with pytest.raises(KekUnreadable):
        create_kek(tmp_path / "no" / "folder", os.urandom)
    with pytest.raises(KekUnreadable):
        read_kek(tmp_path)


def test_the_environment_overrides_the_file(tmp_path):
    path = tmp_path / "guildnet.kek"
    made = create_kek(path, os.urandom)
    text = "A" * 43
    assert load_kek(path, text).secret == bytes(32)
    assert load_kek(path, "") == made


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 43 + "=", " " + "A" * 43, "A" * 42 + "B", "+" * 43])
def test_another_spelling_of_a_kek_is_refused(text):
    with pytest.raises(KekInvalid):
        parse_kek(text)


@given(st.one_of(st.text(), st.text(alphabet="AB_-=\n", min_size=40, max_size=46)))
def test_any_text_as_kek_is_read_or_refused_by_name(text):
    try:
        parse_kek(text)
    except KekInvalid:
        return


@given(st.binary(max_size=80), st.text(max_size=20))
def test_any_bytes_open_or_are_refused_by_name(data, label):
    with pytest.raises(KeystoreError):
        keystore().open(label, data)


@given(st.binary(max_size=200))
def test_any_bytes_in_a_kek_file_are_read_or_refused_by_name(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("kek") / "kek"
    path.touch(mode=0o600)
    path.write_bytes(data)
    with pytest.raises(KeystoreError):
        read_kek(path)


def test_secrets_do_not_show_in_repr():
    assert "6b6b" not in repr(Kek(secret=b"k" * 32)).lower()
    assert "kkkk" not in repr(Kek(secret=b"k" * 32))
    assert "kkkk" not in repr(keystore())
