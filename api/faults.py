"""What an asker can correct: one `Fault` for each place in the request that is wrong.

Guarantees: the same list whoever found the fault, marshmallow, webargs or one of our packages. `path` walks from the
document's top, `capabilities/0/process`, and is empty for the document itself; a fault of the query is named by its
parameter alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_LOCATIONS = frozenset({"json", "query", "form", "headers", "view_args", "path"})

_CODE_OF_MESSAGE = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown_member",
    "Field may not be null.": "null",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`code` is stable and for programs; `message` is for people."""

    path: str
    code: str
    message: str


class Wrong(str):
    """A marshmallow error message that carries its own code: `raise ValidationError(Wrong("text", "code"))`."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, message: str, code: str) -> Wrong:
        """A text with a code."""
        made = super().__new__(cls, message)
        made.code = code
        return made


def faults_of(source: object) -> tuple[Fault, ...]:
    """The faults in a package error's `errors` or `problems`, or in marshmallow's messages; empty for anything else."""
    if isinstance(source, Mapping):
        if len(source) == 1 and next(iter(source)) in _LOCATIONS:
            source = next(iter(source.values()))
        return tuple(sorted(_walk(source, ""), key=lambda item: (item.path, item.code, item.message)))
    found = getattr(source, "errors", None) or getattr(source, "problems", None)
    if isinstance(found, Iterable) and not isinstance(found, str):
        return tuple(_one(item) for item in found)
    return ()


def _one(item: object) -> Fault:
    if isinstance(item, tuple) and len(item) == 3:
        path, code, message = item
    else:
        path, code, message = (getattr(item, name, "") for name in ("path", "code", "message"))
    return Fault(path=str(path), code=str(code), message=str(message))


def _walk(messages: object, path: str) -> Iterator[Fault]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _walk(inner, _joined(path, name))
    elif isinstance(messages, Iterable) and not isinstance(messages, str):
        for inner in messages:
            yield from _walk(inner, path)
    else:
        text = str(messages)
        code = messages.code if isinstance(messages, Wrong) else _CODE_OF_MESSAGE.get(text, "invalid")
        yield Fault(path=path, code=code, message=text)


def _joined(path: str, name: object) -> str:
    if name == "_schema":
        return path
    return f"{path}/{name}" if path else str(name)
