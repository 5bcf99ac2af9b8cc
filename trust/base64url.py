"""Base64url without padding, one text per byte string (RFC 4648 section 5, RFC 7515 appendix C).

Guarantees that `decode(t)` succeeds only if `encode(decode(t)) == t`: padding, white space, the standard alphabet and
non-zero trailing bits are refused, so that no signed or hashed text has a second spelling.
"""

import binascii

from .errors import EncodingError

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_URL = bytes.maketrans(b"+/", b"-_")
# The two standard characters become ones that no base64 has, so that they are refused and not translated.
_TO_STANDARD = bytes.maketrans(b"-_+/", b"+/!!")
# By length modulo 4: the last characters whose unused low bits are zero.
_LAST = {0: _ALPHABET, 2: _ALPHABET[::16], 3: _ALPHABET[::4]}


def encode(data: bytes) -> str:
    """The unpadded base64url text of `data`."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL, b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of an unpadded base64url text; EncodingError for every other text."""
    try:
        raw = text.encode("ascii")
        if raw and raw[-1] not in _LAST.get(len(raw) % 4, b""):
            raise EncodingError("not_canonical")
        return binascii.a2b_base64(raw.translate(_TO_STANDARD) + b"=" * (-len(raw) % 4), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        raise EncodingError("not_base64url") from None
