"""Identifiers of companies and sites, with their check digits verified where the scheme has any.

Guarantees: a stored identifier has its scheme's canonical spelling and a right check digit. Does not say that the
identifier was ever issued, or to whom.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sharing.catalogue.places import COUNTRIES

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A scheme: `read` gives the canonical spelling of a compact identifier (no blanks or hyphens), or None."""

    name: str
    label_en: str
    label_vi: str
    read: Callable[[str], str | None]


def _vn_tax(text: str) -> str | None:
    """Vietnamese tax code: 10 digits, the last a check digit; 3 more for a branch (Circular 86/2024/TT-BTC)."""
    if not re.fullmatch(r"[0-9]{10}([0-9]{3})?", text) or text[10:] == "000":
        return None
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, text, strict=False))
    if 10 - total % 11 != int(text[9]):  # a remainder of 0 would need the digit 10: such codes are not issued
        return None
    return f"{text[:10]}-{text[10:]}" if text[10:] else text


def _lei(text: str) -> str | None:
    """Legal Entity Identifier (ISO 17442-1): 18 characters and two check digits, ISO 7064 MOD 97-10."""
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", text):
        return None
    return text if int("".join(str(int(each, 36)) for each in text)) % 97 == 1 else None


def _gln(text: str) -> str | None:
    """Global Location Number (GS1 General Specifications 7.9): 13 digits, weights 1 and 3, modulo 10."""
    if not re.fullmatch(r"[0-9]{13}", text):
        return None
    return text if sum(int(each) * (3 if at % 2 else 1) for at, each in enumerate(text)) % 10 == 0 else None


def _duns(text: str) -> str | None:
    """D-U-N-S number: 9 digits; it has had no check digit since 2006."""
    return text if re.fullmatch(r"[0-9]{9}", text) else None


def _bpn(text: str) -> str | None:
    """Catena-X business partner number of a legal entity, site or address; its last 12 keep their case."""
    return text if re.fullmatch(r"BPN[LSA][a-zA-Z0-9]{12}", text) else None


def _os_id(text: str) -> str | None:
    """Open Supply Hub id: country, year, day of year, five characters and a check character (sum modulo 32)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{7}[0-9A-HJKMNP-TV-Z]{6}", text) or text[:2] not in COUNTRIES:
        return None
    total = ord(text[0]) + ord(text[1]) + sum(_CROCKFORD.index(each) for each in text[2:14])
    return text if _CROCKFORD[total % 32] == text[14] else None


SCHEMES: dict[str, Scheme] = {
    each.name: each
    for each in (
        Scheme(name="vn_tax", label_en="Vietnamese tax code", label_vi="Mã số thuế", read=_vn_tax),
        Scheme(name="lei", label_en="Legal Entity Identifier", label_vi="Mã định danh pháp nhân (LEI)", read=_lei),
        Scheme(name="gln", label_en="Global Location Number", label_vi="Mã địa điểm toàn cầu (GLN)", read=_gln),
        Scheme(name="duns", label_en="D-U-N-S number", label_vi="Số D-U-N-S", read=_duns),
        Scheme(name="bpn", label_en="Business partner number", label_vi="Số đối tác kinh doanh (BPN)", read=_bpn),
        Scheme(name="os_id", label_en="Open Supply Hub id", label_vi="Mã Open Supply Hub", read=_os_id),
    )
}


def identifier(scheme: str, text: str) -> str | None:
    """The canonical spelling of an identifier of a known scheme, or None when its form or check digit is wrong."""
    compact = re.sub(r"[\s.-]", "", text)
    return SCHEMES[scheme].read(compact if scheme == "bpn" else compact.upper())
