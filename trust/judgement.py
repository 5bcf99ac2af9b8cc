"""From the components of a bundle to a report: the view first, then one verdict per visible value.

If the view itself does not hold (key not believed, superseded, expired, status unknown), that finding stands beside
every value and every attestation: nothing under a view that does not hold may read as verified.
A certificate that shows the digest of its file has a document behind its other values: who reads the digest may fetch the
file and compare. Whether anybody did is not said, and the word of the verdict stays what it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from . import verdict
from .attestation import Attestation
from .belief import CLOCK_TOLERANCE, Belief, Believed, KeyRing, Undecided, Untrusted
from .cell import Shown, claim_name
from .contents import Contents
from .report import AttestationReport, FieldReport, Report, ViewReport
from .strict_json import JSON
from .verdict import Finding, InForce, Provenance, Revoked, Standing, StatusUnknown, Verdict
from .view import View

_FILE = re.compile(r"certificate/[0-9a-z]{1,64}/document", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One bundle at one moment. `view_holds` is the view's standing, or the finding that takes every value with it.

    `standings` are those of the attestations, by issuer and id: read once, however many values an attestation names.
    """

    contents: Contents
    ring: KeyRing
    at: datetime
    files: frozenset[str]  # paths of the digests that are shown
    standings: Mapping[tuple[str, str], Standing]
    view_key: Belief
    view_holds: InForce | Finding


def judge(contents: Contents, ring: KeyRing, *, at: datetime, development: bool) -> Report:
    """The report on opened `contents`, keys believed as `ring` says, at `at`."""
    shown = contents.view
    lists = contents.status_lists
    key = ring.judge(shown.signed_by, "organization", at, signed=shown.valid_from)
    standing = verdict.standing(shown.status, lists, ring, issuer=shown.issuer, at=at)
    if isinstance(standing, InForce) and isinstance(key, Believed):
        standing = verdict.under_key(standing, key, at=at)
    case = _Case(
        contents=contents,
        ring=ring,
        at=at,
        files=frozenset(item.path for item in shown.cells() if item.level == "exact" and _FILE.fullmatch(item.path)),
        standings={
            (said.issuer, said.id): verdict.standing(said.status, lists, ring, issuer=said.issuer, at=at)
            for said in (item.statement for item in contents.attestations)
        },
        view_key=key,
        view_holds=_view_holds(shown, key, standing, at),
    )
    return Report(
        at=at,
        development=development,
        view=_view_report(shown, key, standing),
        fields=tuple(_field(case, item) for item in shown.cells()),
    )


def _view_holds(shown: View, key: Belief, standing: Standing, at: datetime) -> InForce | Finding:
    if not isinstance(key, Believed):
        return verdict.of_key(key)
    if isinstance(standing, Revoked):
        return Finding(verdict=Verdict.WITHDRAWN, reason=_ended(standing), status_as_of=standing.as_of)
    if shown.valid_until is not None and at >= shown.valid_until:
        return Finding(verdict=Verdict.EXPIRED, reason="view_expired")
    if at < shown.valid_from - CLOCK_TOLERANCE:
        return Finding(verdict=Verdict.UNRESOLVABLE, reason="view_not_yet_valid")
    if isinstance(standing, StatusUnknown):
        return Finding(verdict=Verdict.UNRESOLVABLE, reason=f"view_{standing.reason}")
    return standing


def _view_report(shown: View, key: Belief, standing: Standing) -> ViewReport:
    status, as_of = "unknown", None
    if not isinstance(key, Believed):
        pass  # who is not believed names its own list: what that says is nothing
    elif isinstance(standing, InForce):
        status, as_of = "in_force" if shown.status else "live", _status_as_of(shown, standing)
    elif isinstance(standing, Revoked):
        status, as_of = _ended(standing), standing.as_of
    trusted = isinstance(key, Believed)
    return ViewReport(
        issuer=shown.issuer,
        factory=shown.factory,
        audience=shown.audience,
        valid_from=shown.valid_from,
        valid_until=shown.valid_until,
        trust="believed" if trusted else "untrusted" if isinstance(key, Untrusted) else "undecided",
        trust_reason=None if isinstance(key, Believed) else key.reason,
        custody=_words(key),
        key_stated_at=_stated_at(key),
        status=status,
        status_as_of=as_of,
    )


def _field(case: _Case, shown: Shown) -> FieldReport:
    name = claim_name(shown.path, shown.level)
    reports = sorted(
        (_attested(case, item, item.claims[name], shown.cell) for item in case.contents.attestations if name in item.claims),
        key=_best_first,
    )
    return _backed(case, shown, tuple(reports)) if reports else _stated(case, shown)


def _backed(case: _Case, shown: Shown, reports: tuple[AttestationReport, ...]) -> FieldReport:
    best = reports[0]
    provenance = best.provenance if best.verdict in verdict.VERIFIED else Provenance.SELF
    return FieldReport(
        path=shown.path,
        level=shown.level,
        value=shown.value,
        unit=shown.unit,
        verdict=best.verdict,
        reason=best.reason,
        provenance=_at_least(provenance, _own(case, shown)) if isinstance(case.view_holds, InForce) else None,
        who=best.issuer,
        when=best.audited,
        status_as_of=best.status_as_of,
        custody=best.custody,
        attestations=reports,
    )


def _stated(case: _Case, shown: Shown) -> FieldReport:
    holds = case.view_holds
    finding = Finding(verdict=Verdict.NOT_ATTESTED, reason="stated_by_factory") if isinstance(holds, InForce) else holds
    return FieldReport(
        path=shown.path,
        level=shown.level,
        value=shown.value,
        unit=shown.unit,
        verdict=finding.verdict,
        reason=finding.reason,
        provenance=_own(case, shown) if isinstance(holds, InForce) else None,
        who=case.contents.view.issuer,
        when=case.contents.view.valid_from.date(),
        status_as_of=_status_as_of(case.contents.view, holds) if isinstance(holds, InForce) else finding.status_as_of,
        custody=_words(case.view_key),
        attestations=(),
    )


def _own(case: _Case, shown: Shown) -> Provenance:
    """How the factory itself backs a value: by its word, or by the file of the certificate that it belongs to."""
    element, _, name = shown.path.rpartition("/")
    backed = shown.level != "existence" and name != "document" and f"{element}/document" in case.files
    return Provenance.DOCUMENT if backed else Provenance.SELF


def _at_least(one: Provenance, other: Provenance) -> Provenance:
    return max(one, other, key=list(Provenance).index)


def _attested(case: _Case, item: Attestation, attested: Mapping[str, JSON], shown: Mapping[str, JSON]) -> AttestationReport:
    statement = item.statement
    key = case.ring.judge(item.signed_by, "organization", case.at, signed=statement.valid_from)
    standing = case.standings[statement.issuer, statement.id]
    label = verdict.label_of(item, standing, view_issuer=case.contents.view.issuer)
    if isinstance(case.view_holds, Finding):
        finding = case.view_holds
    else:
        finding = verdict.of_claim(
            item,
            attested,
            shown,
            belief=key,
            status=standing,
            view_status=case.view_holds,
            at=case.at,
        )
    return AttestationReport(
        attestation=statement.id,
        issuer=statement.issuer,
        scheme=statement.scheme,
        assessor_level=statement.assessor_level,
        method=statement.method,
        audited=statement.audit.ended,
        valid_from=statement.valid_from,
        valid_until=statement.valid_until,
        verdict=finding.verdict,
        reason=finding.reason,
        provenance=verdict.provenance_of(item, label=label),
        label=label,
        independence=statement.independence,
        status_as_of=finding.status_as_of,
        custody=_words(key),
        key_stated_at=_stated_at(key),
    )


def _best_first(report: AttestationReport) -> tuple[tuple[bool, int, int], str, str]:
    return verdict.rank(report.verdict, report.provenance), report.issuer, report.attestation


def _ended(standing: Revoked) -> str:
    return "suspended" if standing.purpose == "suspension" else "superseded"


def _status_as_of(shown: View, standing: InForce) -> datetime | None:
    return standing.as_of if shown.status else None  # a live view has no status that could be of some moment


def _words(key: Belief) -> str | None:
    return key.words if isinstance(key, Believed) else None


def _stated_at(key: Belief) -> datetime | None:
    return key.stated_at if isinstance(key, (Believed, Undecided)) else None  # of the untrusted, nobody said anything
