"""Where a form leads back to: an address of this site, whatever the query says."""

from __future__ import annotations

from typing import Final

from flask import request

_LENGTH_MAX: Final = 2_000


def here() -> str:
    """The address in hand, to come back to it; only what can be asked again without changing anything."""
    if request.method not in {"GET", "HEAD"}:
        return "/"
    return request.full_path.rstrip("?")


def back(default: str) -> str:
    """`next` of the form or the query when it is an address within this site, else `default`.

    One slash, and neither a second nor a backslash after it (browsers read `/\\` as `//`, which names another host), and
    nothing that a header or a browser would cut off or skip.
    """
    asked = request.form.get("next") or request.args.get("next") or ""
    plain = asked.startswith("/") and asked[1:2] not in {"/", "\\"} and len(asked) <= _LENGTH_MAX
    return asked if plain and asked.isprintable() and "\\" not in asked else default
