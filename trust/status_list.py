"""Revocation, suspension and labels by bit: W3C Bitstring Status List v1.0, as `vc+jwt`.

Guarantees: a list has at least 131,072 entries (herd privacy, section 3.2); expansion stops at a cap while streaming,
because 256 MiB of zeros gzips to 261 kB, and only the list being read or looked up is expanded at any time; a bit is
read only from the list, purpose, index and issuer the entry names; a list lives at most 24 hours. Does not fetch, and
does not decide whether the signing key is believed.
"""

import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias, cast

from . import base64url, did, instant, jws, members
from .credential import CONTEXT, JWT_TYP, credential_type
from .did import Did
from .errors import CredentialError, EncodingError, StatusListError
from .keys import Kid, PublicKey, Signer, split_kid
from .strict_json import JSON

MIN_ENTRIES = 131_072
MAX_BYTES = 131_072  # of expanded bitstring: 1,048,576 entries
MAX_LIFE = timedelta(hours=24)
MAX_URL = 2048  # characters

Purpose = Literal["revocation", "suspension", "message"]
PURPOSES: tuple[Purpose, ...] = ("revocation", "suspension", "message")

Label = Literal["self", "reciprocal", "ring"]
LABELS: tuple[Label, ...] = ("self", "reciprocal", "ring")
"""What a list of purpose `message` says of an attestation: its two bits hold 0 (nothing) or the place of one of these."""
MESSAGE_BITS = 2
MESSAGE_ENTRIES = MIN_ENTRIES * MESSAGE_BITS  # bits of a list of purpose `message`

_TYPE = "BitstringStatusListCredential"
_ENTRY_MEMBERS = ("type", "statusPurpose", "statusListIndex", "statusListCredential", "statusKey")
_MESSAGES: Mapping[str, object] = {
    "statusSize": MESSAGE_BITS,
    "statusMessages": [{"status": hex(value), "message": text} for value, text in enumerate(("none", *LABELS))],
}  # section 2.1: what an entry of purpose `message` says of its own bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where the status of a credential stands: bit `index` of the list at `url`, signed by the key `key`."""

    purpose: Purpose
    index: int
    url: str
    key: Kid

    def document(self) -> dict[str, object]:
        """The `credentialStatus` object. The index is a base-10 string (section 2.1)."""
        return {
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.url,
            "statusKey": self.key,
            **(_MESSAGES if self.purpose == "message" else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A signed list, read. `valid_from` is the moment its bits were true.

    It keeps the packed text, which `decode` expands: many lists of zeros are small in a file and large in memory.
    """

    url: str
    issuer: Did
    signed_by: Kid
    purpose: Purpose
    encoded: str
    valid_from: datetime
    valid_until: datetime

    def valid(self, at: datetime) -> bool:
        """Whether the list is the current word at `at`."""
        return self.valid_from <= at < self.valid_until


@dataclass(frozen=True, slots=True)
class Clear:
    """The bit is not set."""


@dataclass(frozen=True, slots=True)
class Set:
    """The bit is set: the credential is revoked or suspended."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The node that keeps the list says this of who stands behind the credential. It takes nothing back."""

    label: Label


@dataclass(frozen=True, slots=True)
class Unknown:
    """The list does not answer for that entry; `reason` says why."""

    reason: str


Status: TypeAlias = Clear | Set | Labelled | Unknown


def encode(set_indexes: Iterable[int], *, entries: int = MIN_ENTRIES) -> str:
    """The multibase text of a list of `entries` bits with those of `set_indexes` set. Index 0 is the leftmost bit."""
    if entries < MIN_ENTRIES or entries % 8 or entries > MAX_BYTES * 8:
        raise StatusListError("size")
    return _packed(tuple(sorted(set_indexes)), entries)


def message_bits(index: int, label: Label) -> tuple[int, ...]:
    """The bits to set, in a list of `MESSAGE_ENTRIES`, for the entry `index` to say `label`."""
    value = LABELS.index(label) + 1
    return tuple(index * MESSAGE_BITS + place for place in range(MESSAGE_BITS) if value >> (MESSAGE_BITS - 1 - place) & 1)


@lru_cache(maxsize=64)  # most lists have no bit set
def _packed(set_indexes: tuple[int, ...], entries: int) -> str:
    bits = bytearray(entries // 8)
    for index in set_indexes:
        if not 0 <= index < entries:
            raise StatusListError("index_out_of_range")
        bits[index >> 3] |= 0x80 >> (index & 7)
    # mtime=0: the same bits give the same bytes, whenever they were packed.
    return "u" + base64url.encode(gzip.compress(bytes(bits), mtime=0))


def decode(text: str) -> bytes:
    """The bitstring of a multibase text; StatusListError if too short, too large or damaged."""
    if not text.startswith("u"):
        raise StatusListError("multibase")
    try:
        packed = base64url.decode(text[1:])
        stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        bits = stream.decompress(packed, MAX_BYTES + 1)
    except (EncodingError, zlib.error):
        raise StatusListError("damaged") from None
    if len(bits) > MAX_BYTES:
        raise StatusListError("too_large")
    if not stream.eof or stream.unused_data:
        raise StatusListError("damaged")
    if len(bits) * 8 < MIN_ENTRIES:
        raise StatusListError("too_short")
    return bits


def issue(
    *,
    url: str,
    issuer: str,
    purpose: Purpose,
    encoded: str,
    valid_from: datetime,
    valid_until: datetime,
    signer: Signer,
) -> str:
    """The signed list at `url`. `encoded` comes from `encode`; at most 24 hours of validity."""
    payload = {
        "@context": list(CONTEXT),
        "id": url,
        "type": credential_type(_TYPE),
        "issuer": issuer,
        "validFrom": instant.write(valid_from),
        "validUntil": instant.write(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    }
    token = jws.sign(payload, typ=JWT_TYP, signer=signer)
    read(token, key=signer.public)
    return token


def signed_by(token: str) -> Kid:
    """The kid a list names; to be checked with `read`."""
    return jws.kid_of(token)


def read(token: str, *, key: PublicKey) -> StatusList:
    """The list of `token`, signed by `key`; TokenError, CredentialError or StatusListError otherwise."""
    kid = signed_by(token)
    payload = jws.verify(token, typ=JWT_TYP, key=key, kid=kid)
    required = ("@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject")
    members.only(payload, required=required)
    if payload["@context"] != list(CONTEXT) or payload["type"] != credential_type(_TYPE):
        raise CredentialError("type")
    subject = members.mapping(payload, "credentialSubject")
    members.only(subject, required=("id", "type", "statusPurpose", "encodedList"))
    url, issuer = _url(payload["id"]), members.text(payload, "issuer")
    if subject["type"] != "BitstringStatusList" or subject["id"] != f"{url}#list":
        raise CredentialError("type")
    if split_kid(kid)[1] != key.thumbprint:
        raise CredentialError("key_id")
    did.parse(issuer)
    valid_from, valid_until = members.when(payload, "validFrom"), members.when(payload, "validUntil")
    if not valid_from < valid_until <= valid_from + MAX_LIFE:
        raise StatusListError("life")
    encoded = members.text(subject, "encodedList")
    decode(encoded)  # refused here, so that a list that was read can always be expanded
    return StatusList(
        url=url,
        issuer=Did(issuer),
        signed_by=kid,
        purpose=cast(Purpose, members.choice(subject, "statusPurpose", PURPOSES)),
        encoded=encoded,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def read_entry(value: JSON) -> Entry:
    """The entry of one `credentialStatus` object. The index may be a string (ours) or an integer (UNTP 0.7.0)."""
    if not isinstance(value, dict):
        raise CredentialError("status_entry")
    messages: Mapping[str, object] = _MESSAGES if value.get("statusPurpose") == "message" else {}
    members.only(value, required=(*_ENTRY_MEMBERS, *messages), optional=("id",))
    if value["type"] != "BitstringStatusListEntry" or any(value[name] != said for name, said in messages.items()):
        raise CredentialError("status_entry")
    return Entry(
        purpose=cast(Purpose, members.choice(value, "statusPurpose", PURPOSES)),
        index=_index(value["statusListIndex"]),
        url=_url(value["statusListCredential"]),
        key=_key(members.text(value, "statusKey")),
    )


@lru_cache(maxsize=64)  # the entries of one body name one key
def _key(text: str) -> Kid:
    did.parse(split_kid(text)[0])
    return Kid(text)


def read_entries(value: JSON) -> tuple[Entry, ...]:
    """The entries of a `credentialStatus` member: one object or a list of them, one per purpose."""
    entries = tuple(read_entry(item) for item in (value if isinstance(value, list) else [value]))
    if not entries or len({entry.purpose for entry in entries}) != len(entries):
        raise CredentialError("status_entry")
    return entries


def look_up(entry: Entry, status_list: StatusList, *, issuer: str) -> Status:
    """The bit of `entry`, for a credential issued by `issuer`.

    The list's issuer must be that of the credential or the DID whose status key the credential names, and the list
    must be signed by that very key: the credential's signed body is what delegates.
    """
    if status_list.url != entry.url:
        return Unknown("status_list_other")
    if status_list.purpose != entry.purpose:
        return Unknown("status_purpose")
    if status_list.signed_by != entry.key:
        return Unknown("status_key")
    if status_list.issuer not in {issuer, split_kid(entry.key)[0]}:
        return Unknown("status_issuer")
    return _value(entry, decode(status_list.encoded))


def _value(entry: Entry, bits: bytes) -> Status:
    size = MESSAGE_BITS if entry.purpose == "message" else 1
    if (entry.index + 1) * size > len(bits) * 8:
        return Unknown("status_index")
    value = 0
    for place in range(entry.index * size, (entry.index + 1) * size):
        value = value << 1 | (bits[place >> 3] >> (7 - (place & 7)) & 1)
    if entry.purpose == "message":
        return Labelled(LABELS[value - 1]) if value else Clear()
    return Set() if value else Clear()


def judge_online(status_list: StatusList, *, at: datetime, last_seen: datetime | None) -> Unknown | None:
    """Why a list just fetched cannot answer online: past its life, or older than one already seen. None: it can.

    `last_seen` is the `valid_from` of the newest list that was accepted from that address.
    """
    if not status_list.valid(at):
        return Unknown("status_list_expired")
    if last_seen is not None and status_list.valid_from < last_seen:
        return Unknown("status_list_older_than_seen")
    return None


def _index(value: JSON) -> int:
    if type(value) is int and value >= 0:
        return value
    # No sign, no leading zero, few digits: one text per index, and no long conversion.
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        number = int(value)
        if str(number) == value:
            return number
    raise CredentialError("status_index")


def _url(value: JSON) -> str:
    if not isinstance(value, str) or len(value) > MAX_URL or not value.isascii() or not value.isprintable():
        raise CredentialError("status_url")
    if " " in value or "#" in value or not value.startswith(("https://", "http://localhost")):
        raise CredentialError("status_url")
    return value


def entry_documents(entries: Iterable[Entry]) -> list[Mapping[str, object]]:
    """The `credentialStatus` member of several entries, ordered by purpose."""
    return [entry.document() for entry in sorted(entries, key=lambda entry: entry.purpose)]
