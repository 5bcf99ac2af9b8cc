"""A small network to verify in: nodes with their keys, a factory, an auditor. Deterministic; every part can be replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from trust import anchors, attestation, bundle, did, key_statement, status_list, view
from trust.anchors import Anchor
from trust.attestation import Audit, Statement
from trust.keys import PrivateKey
from trust.report import FieldReport, Report
from trust.status_list import Entry

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FACTORY = "urn:guildnet:factory:0123456789ABCDEFGHJKM"
CAPABILITY = "0f" * 16
TOLERANCE = f"capability/{CAPABILITY}/tolerance_um"
EXACT = {"level": "exact", "value": "10", "unit": "4H"}
BAND = {"level": "band", "value": {"at_least": "10", "below": "20"}, "unit": "4H"}


class Counter:
    """Entropy that never repeats and never differs between runs."""

    def __init__(self, seed: str = "entropy") -> None:
        self.state = seed.encode()

    def __call__(self, size: int) -> bytes:
        out = b""
        while len(out) < size:
            self.state = sha256(self.state).digest()
            out += self.state
        return out[:size]


def key(name: str, owner: str) -> PrivateKey:
    return PrivateKey.from_seed(sha256(name.encode()).digest(), did=owner)


@dataclass
class Node:
    """A node with a root and a status key, stating the keys of its organizations."""

    origin: str
    name: str = ""

    def __post_init__(self) -> None:
        self.did = did.of_node(self.origin)
        self.root = key(f"root {self.origin} {self.name}", self.did)
        self.status = key(f"status {self.origin} {self.name}", self.did)

    def organization(self, slug: str, name: str = "") -> PrivateKey:
        return key(f"{self.origin} {slug} {name}", did.of_organization(self.origin, slug))

    def state(self, signer: PrivateKey, role: str = "organization", custody: str = "node", **changes) -> str:
        known = {
            "root": self.root,
            "subject": signer.kid.partition("#")[0],
            "key": signer.public,
            "role": role,
            "custody": custody,
            "valid_from": NOW - 400 * DAY,
            "issued": NOW,
        }
        return key_statement.issue(**(known | changes))

    def root_statement(self, **changes) -> str:
        return self.state(self.root, "root", "self", **changes)

    def status_statement(self, **changes) -> str:
        return self.state(self.status, "status", "node", **changes)

    @property
    def anchor(self) -> Anchor:
        return anchors.parse(f"node:{self.origin}#{self.root.public.thumbprint}")

    def entry(self, index: int, purpose: str = "revocation") -> Entry:
        return Entry(purpose=purpose, index=index, url=f"{self.origin}/status/{purpose}", key=self.status.kid)

    def status_list(self, *indexes: int, purpose: str = "revocation", signed: datetime = NOW - HOUR, **changes) -> str:
        known = {
            "url": f"{self.origin}/status/{purpose}",
            "issuer": self.did,
            "purpose": purpose,
            "encoded": status_list.encode(indexes),
            "valid_from": signed,
            "valid_until": signed + DAY,
            "signer": self.status,
        }
        return status_list.issue(**(known | changes))


HOME = Node("https://home.example")
AWAY = Node("https://away.example")
SUPPLIER = HOME.organization("lathe")
AUDITOR = AWAY.organization("tuv")
VIEW_INDEX, ATTESTATION_INDEX = 7, 94_567


def content(**changes) -> dict:
    document = {
        "id": FACTORY,
        "organization": SUPPLIER.kid.partition("#")[0],
        "legal_name": {"level": "exact", "value": {"vi": "Cơ khí Tiện"}},
        "capability": {CAPABILITY: {"tolerance_um": EXACT}},
    }
    return document | changes


def stored_view(document: Mapping | None = None, **changes) -> str:
    known = {
        "audience": "public",
        "valid_from": NOW - 30 * DAY,
        "status": (HOME.entry(VIEW_INDEX),),
        "signer": SUPPLIER,
    }
    return view.issue(document or content(), **(known | changes))


def live_view(document: Mapping | None = None, **changes) -> str:
    known = {"audience": "public", "valid_from": NOW - HOUR / 2, "valid_until": NOW + HOUR / 2, "signer": SUPPLIER}
    return view.issue(document or content(), **(known | changes))


def statement(**changes) -> Statement:
    known = {
        "id": "a" * 32,
        "issuer": AUDITOR.kid.partition("#")[0],
        "factory": FACTORY,
        "scheme": "guildnet-peer-1",
        "assessor_level": "peer",
        "method": "onsite",
        "audit": Audit(id="b" * 32, started=date(2026, 9, 1), ended=date(2026, 9, 2)),
        "valid_from": NOW - 60 * DAY,
        "valid_until": NOW + 300 * DAY,
        "status": (AWAY.entry(ATTESTATION_INDEX),),
    }
    return Statement(**(known | changes))


def attest(claims: Mapping | None = None, *, signer: PrivateKey = AUDITOR, **changes) -> str:
    """The full attestation, with every disclosure."""
    entropy = Counter("attestation")
    return attestation.issue(
        statement(issuer=signer.kid.partition("#")[0], **changes),
        claims=claims or {f"{TOLERANCE}@exact": EXACT, f"{TOLERANCE}@band": BAND},
        revision_digest=attestation.digest_of_revision(b"revision 3", entropy=entropy),
        signer=signer,
        entropy=entropy,
    )


@dataclass
class Parts:
    """The components of the usual bundle. Replace any before `pack`."""

    view: str = field(default_factory=stored_view)
    presentations: Sequence[str] = field(default_factory=lambda: [attestation.present(attest(), [f"{TOLERANCE}@exact"])])
    status_lists: Sequence[str] = field(default_factory=lambda: [HOME.status_list(), AWAY.status_list()])
    key_statements: Sequence[str] = field(
        default_factory=lambda: [
            HOME.root_statement(),
            HOME.status_statement(),
            HOME.state(SUPPLIER),
            AWAY.root_statement(),
            AWAY.status_statement(),
            AWAY.state(AUDITOR, custody="self"),
        ]
    )
    anchors: Sequence[Anchor] = (HOME.anchor, AWAY.anchor)
    at: datetime = NOW
    development: bool = False

    def pack(self) -> bytes:
        return bundle.assemble(self.view, self.presentations, self.status_lists, self.key_statements)

    def report(self) -> Report:
        return bundle.verify(self.pack(), self.anchors, self.at, development=self.development)

    def tolerance(self) -> FieldReport:
        return next(item for item in self.report().fields if item.path == TOLERANCE)


def verdicts(report: Report) -> set[tuple[str, str]]:
    """(verdict, reason) of every value and of every attestation beside it."""
    found = {(str(item.verdict), item.reason) for item in report.fields}
    return found | {(str(one.verdict), one.reason) for item in report.fields for one in item.attestations}
