"""Reading the members of a signed payload, strictly and with types: what is missing or odd is CredentialError."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from . import instant
from .errors import CredentialError
from .strict_json import JSON


def only(members: Mapping[str, JSON], *, required: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Refuse a payload that lacks a required member or has one that is not named."""
    present, needed = set(members), set(required)
    if not needed <= present or not present <= needed | set(optional):
        raise CredentialError("members", ",".join(sorted((needed - present) or (present - needed - set(optional)))))


def text(members: Mapping[str, JSON], name: str) -> str:
    """A member that must be a non-empty string."""
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise CredentialError("member_type", name)
    return value


def choice(members: Mapping[str, JSON], name: str, allowed: Iterable[str]) -> str:
    """A member that must be one of `allowed`."""
    value = text(members, name)
    if value not in allowed:
        raise CredentialError("member_value", name)
    return value


def when(members: Mapping[str, JSON], name: str) -> datetime:
    """A member that must be an instant."""
    try:
        return instant.read(members.get(name))
    except CredentialError:
        raise CredentialError("member_type", name) from None


def when_or_none(members: Mapping[str, JSON], name: str) -> datetime | None:
    """A member that is null or absent, or else an instant."""
    return None if members.get(name) is None else when(members, name)


def mapping(members: Mapping[str, JSON], name: str) -> dict[str, JSON]:
    """A member that must be an object."""
    value = members.get(name)
    if not isinstance(value, dict):
        raise CredentialError("member_type", name)
    return value
