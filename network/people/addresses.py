"""Mail addresses: which are taken, and when two are one.

Guarantees: an accepted address is one line of ASCII that can stand in a mail header (RFC 5321 dot-string without
quotes, a host name of two labels or more); two addresses that differ in case alone belong to one account.
"""

from __future__ import annotations

import re
from typing import Final

from network.people.errors import AddressInvalid
from network.people.models import ADDRESS_MAX

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS_PATTERN: Final = rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+"
"""How an address is written; that the part before the @ has 64 characters at the most is not in it."""
_FORM: Final = re.compile(ADDRESS_PATTERN)
_LOCAL_MAX: Final = 64


def parse_address(text: str) -> str:
    """The address with its host in lower case; raises `AddressInvalid`. Hosts in other scripts are given as `xn--`."""
    local, _, host = text.rpartition("@")
    if len(text) > ADDRESS_MAX or len(local) > _LOCAL_MAX or not _FORM.fullmatch(text):
        raise AddressInvalid("This is not a mail address that this node can write to.", path="email")
    return f"{local}@{host.lower()}"


def key_of(address: str) -> str:
    """What an address is looked up by."""
    return address.lower()
