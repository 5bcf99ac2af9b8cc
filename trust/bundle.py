"""A file that proves itself: one view, what attests it, and what is needed to check both. No network, no node.

    {"v":1,"type":"guildnet-bundle","view":JWT,"presentations":[...],"status_lists":[...],"key_statements":[...]}

Guarantees: a changed file is refused (`contents`); a key inside is believed only through an anchor (`belief`); the
verdict is per value (`verdict`, `judgement`). `verify` is the verifier: the command line, the pages and the node use
this one function.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from . import did, instant, strict_json
from .anchors import Anchor
from .belief import KeyRing
from .contents import TYPE, VERSION, Contents, unpack
from .errors import AnchorError, BundleError
from .judgement import judge
from .report import Report
from .view import OPEN_AUDIENCES


def assemble(view: str, presentations: Iterable[str], status_lists: Iterable[str], key_statements: Iterable[str]) -> bytes:
    """The bundle of these components; TrustError if `verify` would refuse it, for example for a component too many.

    The order of the components and repetitions do not matter.
    """
    data = strict_json.canonical(
        {
            "v": VERSION,
            "type": TYPE,
            "view": view,
            "presentations": sorted(set(presentations)),
            "status_lists": sorted(set(status_lists)),
            "key_statements": sorted(set(key_statements)),
        }
    )
    unpack(data)
    return data


def verify(data: bytes, anchors: Sequence[Anchor], at: datetime, *, development: bool = False) -> Report:
    """What the bundle proves at `at` to someone who trusts `anchors` alone.

    Raises AnchorError `no_anchor` for an empty list, BundleError `development_identity` if local identities are
    involved and not asked for, and any TrustError for a bundle that is not exactly one. What is merely not believed,
    expired or unknown is a verdict and not an error.
    """
    if not anchors:
        raise AnchorError("no_anchor")
    at = instant.aware(at)
    contents = unpack(data)
    local = _is_development(contents)
    if local and not development:
        raise BundleError("development_identity")
    return judge(contents, KeyRing(anchors, contents.statements), at=at, development=local)


def _is_development(contents: Contents) -> bool:
    dids = {statement.subject for statement in contents.statements.values()}
    audience = contents.view.audience
    return any(did.is_development(item) for item in dids) or (audience not in OPEN_AUDIENCES and did.is_development(audience))
