"""The whole HTTP answer (status, headers, body) that a viewer's world calls for, put together without the node.

Uses the plain engine for searches and `trust` for what is signed, which is deterministic (Ed25519). Knows no index, no
policy, no projection code and no route of the node: it is given a finished view. Nothing in here looks at what is hidden,
because nothing of it is in what it is given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from tests.leaks import suggesting
from tests.leaks.reference import Catalogue, Engine, aged, written
from tests.leaks.replacements import REPLACED, Answer, Header
from trust import bundle as bundles
from trust import instant, status_list
from trust import view as signed_views

JSON, SIGNED, PROBLEM = "application/json", "application/vc+jwt", "application/problem+json"
ATTACHING = (("certificate", "document"), ("document", "file"))
VERDICT = ("verdict", "reason", "provenance", "who", "when", "status_as_of", "custody", "attestations")

_COUNTED = tuple((name, "(replaced)") for name in REPLACED["header"] if name.startswith("X-RateLimit"))
_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_RUN_NOTHING = f"{_NOTHING}; sandbox"
_ALWAYS: tuple[Header, ...] = (
    *_COUNTED,
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Link", '</v1/disclosure-notice>; rel="terms-of-service"'),
    ("Cache-Control", "private, no-store"),
    ("Vary", "Accept, Authorization"),
    ("X-Request-Id", "(replaced)"),
)
_NOT_FOUND = {
    "code": "not_found",
    "detail": "There is nothing at this address.",
    "errors": [],
    "status": 404,
    "title": "Not found",
    "type": "urn:guildnet:error:not_found",
}


class Seen(Protocol):
    """A finished view (`viewing.View`)."""

    @property
    def contents(self) -> Mapping[str, Mapping[str, Any]]:
        """Factory id -> the JSON that is shown of it."""

    @property
    def presented(self) -> Mapping[str, Sequence[Any]]:
        """Factory id -> attestations with a visible claim."""

    @property
    def standing(self) -> Mapping[str, Any]:
        """Factory id -> where its stored public view stands; for nobody alone."""

    @property
    def lists(self) -> Mapping[str, tuple[str, str, tuple[int, ...]]]:
        """Status list id -> (issuer, purpose, bits set)."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What the asker knows of themselves; `did` is None for nobody. `id` and `purpose` are what cursors are bound to."""

    id: str | None
    did: str | None
    purpose: str | None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The request's clock reading."""

    now: datetime
    hour: datetime
    day: date


class Reference:
    """Answers for one viewer."""

    def __init__(
        self, view: Seen, asker: Asker, keys: Any, at: Moment, catalogue: Catalogue, papers: Mapping[str, tuple[str, bytes]]
    ) -> None:
        self._view = view
        self._asker = asker
        self._keys = keys
        self._at = at
        self._papers = papers
        self._catalogue = catalogue
        self._reports: dict[str, dict[str, dict[str, Any]]] = {}
        self.engine = Engine(view.contents, catalogue, at.day, self._provenance)
        self.bound_to = f"{asker.id}/{asker.purpose}"

    def search(self, given: Mapping[str, Sequence[str]], query: bytes, after: tuple[int, int] | None) -> Answer:
        """GET /v1/search."""
        return _answer(200, JSON, self.engine.search(given, who=self.bound_to, query=query, after=after))

    def suggest(self, given: Mapping[str, Sequence[str]], typed: str, parameters: Sequence[str], limit: int) -> Answer:
        """GET /v1/search/suggest."""
        return _answer(200, JSON, suggesting.body(self.engine, self._catalogue, given, typed, parameters, limit))

    def factory(self, factory_id: str, form: str) -> Answer:
        """GET /v1/factories/{id} as `json` or `signed`, or its `bundle`."""
        content = self._view.contents.get(factory_id)
        if content is None:
            return self.nothing()
        if form == "signed":
            return _tagged(SIGNED, self._signed(factory_id, content).encode())
        if form == "bundle":
            return _tagged(JSON, self._bundle(factory_id, content))
        verdicts: dict[str, Any] = {}
        files = [each.get("document", {}) for each in content.get("certificate", {}).values()]
        if self._view.presented.get(factory_id) or any(file.get("level") == "exact" for file in files):
            said = self._said(factory_id)
            verdicts = {path: {name: each[name] for name in VERDICT} for path, each in said.items()}
        return _tagged(JSON, written({"factory": content, "verdicts": verdicts, "freshness": aged(content, self._at.day)}))

    def _said(self, factory_id: str) -> dict[str, dict[str, Any]]:
        """The verifier's words on each value of this viewer's bundle."""
        if factory_id not in self._reports:
            bundle = self._bundle(factory_id, self._view.contents[factory_id])
            report = bundles.verify(bundle, self._keys.anchors, self._at.now)
            self._reports[factory_id] = {each.path: dict(each.document()) for each in report.fields}
        return self._reports[factory_id]

    def _provenance(self, factory_id: str) -> dict[str, str]:
        said = self._said(factory_id) if self._view.presented.get(factory_id) else {}
        return {path: each["provenance"] or "self" for path, each in said.items()}

    def attestation(self, attestation_id: str) -> Answer:
        """GET /v1/attestations/{id}."""
        for each in (each for some in self._view.presented.values() for each in some):
            if each.id == attestation_id:
                content = self._view.contents[each.factory_id]
                inside = self._asker.did in {each.issuer, content["organization"]}
                document = {
                    "id": each.id,
                    "factory": content,
                    "issuer": each.issuer,
                    "claims": list(each.claims),
                    "presentation": each.for_auditor if inside else each.presentation,
                    "audit": each.audit_id,
                    "revoked": each.state == "revoked",
                    "state": each.state,
                    "label": None,
                }
                return _tagged(JSON, written(document))
        return self.nothing()

    def document(self, factory_id: str, digest: str) -> Answer:
        """GET /v1/factories/{id}/documents/{digest}: what a digest names is in the view with the digest itself."""
        content = self._view.contents.get(factory_id, {})
        cells = [each.get(name, {}) for scope, name in ATTACHING for each in content.get(scope, {}).values()]
        if digest not in {cell.get("value") for cell in cells if cell.get("level") == "exact"}:
            return self.nothing()
        kind, body = self._papers[digest]
        ending = {"application/pdf": "pdf", "image/png": "png"}[kind]
        return _tagged(
            kind, body, ("Content-Disposition", f'attachment; filename="{digest[:16]}.{ending}"'), policy=_RUN_NOTHING
        )

    def status(self, list_id: str) -> Answer:
        """GET /v1/status/{id}, for a list that something in the view names."""
        if list_id not in self._view.lists:
            return self.nothing()
        return _tagged(SIGNED, self._list(list_id).encode())

    def nothing(self) -> Answer:
        """The one answer for what does not exist in the view."""
        body = json.dumps(_NOT_FOUND, sort_keys=True, separators=(",", ":")).encode()
        return _answer(404, PROBLEM, body)

    def _signed(self, factory_id: str, content: Mapping[str, Any]) -> str:
        signer = self._keys.organization[content["organization"]]
        if self._asker.did is not None:
            until = self._at.hour + timedelta(hours=1)
            return signed_views.issue(
                content, audience=self._asker.did, valid_from=self._at.hour, valid_until=until, signer=signer
            )
        stands = self._view.standing[factory_id]
        entry = status_list.Entry(
            purpose="revocation", index=stands.index, url=self._url(stands.list_id), key=self._keys.status.kid
        )
        since = instant.read(stands.since)
        return signed_views.issue(content, audience="public", valid_from=since, status=(entry,), signer=signer)

    def _bundle(self, factory_id: str, content: Mapping[str, Any]) -> bytes:
        shown = self._view.presented.get(factory_id, ())
        lists = {each for one in shown for each in one.lists}
        if self._asker.did is None:
            lists |= {self._view.standing[factory_id].list_id}
        kids = {self._keys.root, self._keys.organization[content["organization"]].kid}
        kids |= {kid for kid in self._keys.statements if any(kid.startswith(f"{each.issuer}#") for each in shown)}
        kids |= {self._keys.status.kid} if lists else set()
        return bundles.assemble(
            view=self._signed(factory_id, content),
            presentations=[each.presentation for each in shown],
            status_lists=[self._list(each) for each in lists],
            key_statements=[self._keys.statements[kid] for kid in kids],
        )

    def _list(self, list_id: str) -> str:
        issuer, purpose, bits = self._view.lists[list_id]
        return status_list.issue(
            url=self._url(list_id),
            issuer=issuer,
            purpose=purpose,  # type: ignore[arg-type]
            encoded=status_list.encode(bits, entries=131_072 * (2 if purpose == "message" else 1)),
            valid_from=self._at.hour,
            valid_until=self._at.hour + timedelta(hours=24),
            signer=self._keys.status,
        )

    def _url(self, list_id: str) -> str:
        return f"{self._keys.origin}/v1/status/{list_id}"


def etag(answer: Answer) -> str:
    """The ETag of an answer."""
    return next(value for name, value in answer.headers if name == "ETag")


def without_body(answer: Answer) -> Answer:
    """The answer to HEAD."""
    return Answer(status=answer.status, headers=answer.headers, body=b"")


def unchanged(answer: Answer) -> Answer:
    """The answer 304 to somebody who has this one already."""
    headers = tuple(each for each in answer.headers if each[0] not in {"Content-Type", "Content-Length"})
    return Answer(status=304, headers=headers, body=b"")


def _answer(status: int, kind: str, body: bytes, *more: Header, policy: str = _NOTHING) -> Answer:
    always = (*_ALWAYS, ("Content-Security-Policy", policy))
    headers = (("Content-Type", kind), ("Content-Length", str(len(body))), *more, *always)
    return Answer(status=status, headers=headers, body=body).sorted()


def _tagged(kind: str, body: bytes, *more: Header, policy: str = _NOTHING) -> Answer:
    tag = hashlib.sha256(body).hexdigest()[:32]
    return _answer(200, kind, body, ("ETag", f'"{tag}"'), ("Date", "(replaced)"), *more, policy=policy)
