"""Selective disclosure for JWTs (RFC 9901), compact form, without key binding.

`conceal` and `issue` make digests and disclosures; `present` keeps some disclosures; `process` puts the disclosed
claims back and refuses the whole object at the first thing that does not fit (section 7.1, and stricter: see below).
`process` does not check the signature: `verify` does both.

Stricter than the RFC: salts shorter than 128 bits or used twice, and names that decide validity at the top level
(`NEVER_DISCLOSED`), are refused. A digest without a disclosure is not an error: it is a hidden claim or a decoy.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from . import base64url, jws, strict_json
from .errors import DisclosureError, EncodingError, JsonError
from .keys import Entropy, Kid, PublicKey, Signer
from .strict_json import JSON, MAX_DEPTH

ALGORITHM = "sha-256"
SALT_BYTES = 16
MAX_DISCLOSURES = 4096
NEVER_DISCLOSED = frozenset(
    {"@context", "type", "issuer", "validFrom", "validUntil", "credentialStatus"}  # VC Data Model 2.0
    | {"iss", "aud", "exp", "nbf", "cnf", "vct", "status"}  # section 9.7
)
_RESERVED = frozenset({"_sd", "...", "_sd_alg"})
_MIN_SALT = 22  # characters: 128 bits in base64url


@dataclass(frozen=True, slots=True)
class Disclosable:
    """Marks the value of an object member, or an array element, as selectively disclosable."""

    value: object


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure: `text` as sent, its `digest`, the claim `name` (None: an array element), `value` and `salt`.

    The repr shows none of what is secret: a disclosure in a log is a disclosure to its readers.
    """

    text: str = field(repr=False)
    digest: str
    name: str | None = field(repr=False)
    value: JSON = field(repr=False)
    salt: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """An SD-JWT taken apart: the issuer-signed JWT and its disclosures, in the order received."""

    jwt: str
    disclosures: tuple[Disclosure, ...]


def conceal(
    claims: Mapping[str, object], *, entropy: Entropy, decoys: Callable[[int], int] = lambda _real: 0
) -> tuple[dict[str, object], list[str]]:
    """(payload, disclosure texts) of a claim tree in which `Disclosable` marks what is hidden (section 4.2).

    `decoys(n)` says how many decoy digests stand beside n real ones in an object (section 4.2.5).
    DisclosureError if the tree uses the reserved names itself.
    """
    disclosures: list[str] = []

    def conceal_object(members: Mapping[str, object]) -> dict[str, object]:
        if not _RESERVED.isdisjoint(members):
            raise DisclosureError("reserved_name")
        plain: dict[str, object] = {}
        hidden: list[tuple[str | None, object]] = []
        for name, value in members.items():
            if isinstance(value, Disclosable):
                hidden.append((name, walk(value.value)))
            else:
                plain[name] = walk(value)
        if hidden:
            plain["_sd"], texts = disclose(hidden, entropy=entropy, decoys=decoys(len(hidden)))
            disclosures.extend(texts)
        return plain

    def conceal_element(value: object) -> object:
        digests, texts = disclose([(None, walk(value))], entropy=entropy)
        disclosures.extend(texts)
        return {"...": digests[0]}

    def walk(value: object) -> object:
        if isinstance(value, Mapping):
            return conceal_object(value)
        if isinstance(value, list | tuple):
            return [conceal_element(item.value) if isinstance(item, Disclosable) else walk(item) for item in value]
        return value

    payload = conceal_object(claims)
    payload["_sd_alg"] = ALGORITHM
    return payload, disclosures


def disclose(hidden: Sequence[tuple[str | None, object]], *, entropy: Entropy, decoys: int = 0) -> tuple[list[str], list[str]]:
    """(digests, disclosure texts) of named claims, or of array elements (name None), each with a fresh 128-bit salt.

    The digests contain `decoys` more that belong to nothing, and are sorted: their order must not tell which
    (section 4.2.4.1). The values stand as they are; whoever nests disclosures conceals the inner ones first.
    """
    pool = entropy(SALT_BYTES * (len(hidden) + decoys))
    salts = [pool[start : start + SALT_BYTES] for start in range(0, len(pool), SALT_BYTES)]
    texts = []
    for salt, (name, value) in zip(salts, hidden, strict=False):
        written = base64url.encode(salt)
        content = [written, value] if name is None else [written, name, value]
        texts.append(base64url.encode(strict_json.compact(content)))
    digests = [digest(text) for text in texts]
    digests += [base64url.encode(sha256(salt).digest()) for salt in salts[len(hidden) :]]
    return sorted(digests), texts


def issue(
    claims: Mapping[str, object],
    *,
    typ: str,
    signer: Signer,
    entropy: Entropy,
    decoys: Callable[[int], int] = lambda _real: 0,
) -> str:
    """The SD-JWT of `claims` with all its disclosures: `<jwt>~<disclosure>~...~`."""
    payload, disclosures = conceal(claims, entropy=entropy, decoys=decoys)
    return join(jws.sign(payload, typ=typ, signer=signer), disclosures)


def join(jwt: str, disclosures: Sequence[str]) -> str:
    """The compact SD-JWT of a signed JWT and disclosure texts."""
    return "~".join([jwt, *disclosures, ""])


def split(text: str) -> Parts:
    """The parts of a compact SD-JWT without key binding, every disclosure parsed; DisclosureError otherwise."""
    if len(text) > 2 * jws.MAX_TOKEN:
        raise DisclosureError("too_large")
    jwt, *texts = text.split("~")
    if not texts:
        raise DisclosureError("not_an_sd_jwt")
    if texts.pop():
        raise DisclosureError("key_binding_not_supported")
    if len(texts) > MAX_DISCLOSURES:
        raise DisclosureError("too_many_disclosures")
    return Parts(jwt, tuple([parse_disclosure(item) for item in texts]))


def present(text: str, keep: Callable[[Disclosure], bool]) -> str:
    """`text` with only those disclosures for which `keep` says yes; the bytes of what stays are unchanged."""
    parts = split(text)
    return join(parts.jwt, [item.text for item in parts.disclosures if keep(item)])


def kid_of(text: str) -> Kid:
    """The kid the JWT inside names, checked by nobody: only for finding the key."""
    return jws.kid_of(text.partition("~")[0])


def verify(text: str, *, typ: str, key: PublicKey, kid: str) -> dict[str, JSON]:
    """The processed payload of an SD-JWT signed by `key`."""
    parts = split(text)
    return process(jws.verify(parts.jwt, typ=typ, key=key, kid=kid), parts.disclosures)


def digest(text: str) -> str:
    """The digest of a disclosure text (section 4.2.3)."""
    return base64url.encode(sha256(text.encode("ascii")).digest())


def parse_disclosure(text: str) -> Disclosure:
    """A disclosure, checked for form alone (section 7.1 step 3)."""
    try:
        content = strict_json.loads(base64url.decode(text))
    except (EncodingError, JsonError) as error:
        raise DisclosureError("malformed_disclosure", error.reason) from None
    if not isinstance(content, list) or len(content) not in {2, 3}:
        raise DisclosureError("malformed_disclosure")
    salt = content[0]
    if not isinstance(salt, str) or len(salt) < _MIN_SALT:
        raise DisclosureError("salt")
    if len(content) == 2:
        return Disclosure(text, digest(text), None, content[1], salt)
    name = content[1]
    if not isinstance(name, str) or name in _RESERVED:
        raise DisclosureError("reserved_name")
    return Disclosure(text, digest(text), name, content[2], salt)


def process(payload: Mapping[str, JSON], disclosures: Sequence[Disclosure]) -> dict[str, JSON]:
    """The payload with its disclosed claims in place and every SD-JWT member removed (section 7.1 step 3).

    DisclosureError for: another `_sd_alg`; a digest that occurs twice; a disclosure that is repeated, that nothing
    refers to or that is of the wrong kind for its place; a salt used twice; a disclosed name that is already there,
    is reserved, or decides validity; malformed `_sd` or `...`.
    """
    if payload.get("_sd_alg", ALGORITHM) != ALGORITHM:
        raise DisclosureError("digest_algorithm")
    waiting = {item.digest: item for item in disclosures}
    if len(waiting) != len(disclosures):
        raise DisclosureError("repeated_disclosure")
    if len({item.salt for item in disclosures}) != len(disclosures):
        raise DisclosureError("repeated_salt")
    restoring = _Restoring(waiting)
    processed = restoring.members(payload, 1)
    if restoring.waiting:
        raise DisclosureError("unreferenced_disclosure")
    return processed


class _Restoring:
    """One pass over a payload. Owns `waiting`: the disclosures by digest that no place has claimed yet."""

    def __init__(self, waiting: dict[str, Disclosure]) -> None:
        self.waiting = waiting
        self._seen: set[str] = set()

    def value(self, value: JSON, depth: int) -> JSON:
        if isinstance(value, dict):
            return self.members(value, depth)
        if isinstance(value, list):
            return self.elements(value, depth)
        return value

    def members(self, members: Mapping[str, JSON], depth: int) -> dict[str, JSON]:
        _bound(depth)
        if "..." in members or (depth > 1 and "_sd_alg" in members):
            raise DisclosureError("reserved_name")
        digests = members.get("_sd", [])
        if not isinstance(digests, list):
            raise DisclosureError("malformed_digest")
        result = {
            name: self.value(value, depth + 1) if isinstance(value, dict | list) else value
            for name, value in members.items()
            if name not in _RESERVED
        }
        for reference in digests:
            found = self._take(reference)
            if found is None:
                continue
            if found.name is None:
                raise DisclosureError("wrong_kind")
            if found.name in result:
                raise DisclosureError("name_collision")
            if depth == 1 and found.name in NEVER_DISCLOSED:
                raise DisclosureError("validity_disclosed")
            result[found.name] = self.value(found.value, depth + 1)
        return result

    def elements(self, items: Sequence[JSON], depth: int) -> list[JSON]:
        _bound(depth)
        result: list[JSON] = []
        for item in items:
            if not (isinstance(item, dict) and "..." in item):
                result.append(self.value(item, depth + 1))
                continue
            if len(item) != 1:
                raise DisclosureError("malformed_digest")
            found = self._take(item["..."])
            if found is not None:
                if found.name is not None:
                    raise DisclosureError("wrong_kind")
                result.append(self.value(found.value, depth + 1))
        return result

    def _take(self, reference: JSON) -> Disclosure | None:
        if not isinstance(reference, str):
            raise DisclosureError("malformed_digest")
        if reference in self._seen:
            raise DisclosureError("repeated_digest")
        self._seen.add(reference)
        return self.waiting.pop(reference, None)


def _bound(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise DisclosureError("too_deep")
