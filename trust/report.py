"""What an offline verification found: plain values, the same for the command line, the pages and the API.

`Report.document()` is the JSON form. Times are RFC 3339, absent facts are null. Values of the view are shown as they
are even when nothing supports them; the verdict beside each says so.
"""

from dataclasses import dataclass
from datetime import date, datetime

from . import instant
from .attestation import Independence
from .strict_json import JSON
from .verdict import Provenance, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationReport:
    """One attestation that speaks about one value. `provenance` is what it would give if it were verified.

    `key_stated_at` as in `ViewReport`, of the key that signed the attestation. `label`: why it gives no more than `self`.
    `independence`: what the auditor declared; None for one from before that was asked.
    """

    attestation: str
    issuer: str
    scheme: str
    assessor_level: str
    method: str
    audited: date
    valid_from: datetime
    valid_until: datetime
    verdict: Verdict
    reason: str
    provenance: Provenance
    label: str | None
    independence: Independence | None
    status_as_of: datetime | None
    custody: str | None
    key_stated_at: datetime | None

    def document(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "attestation": self.attestation,
            "issuer": self.issuer,
            "scheme": self.scheme,
            "assessor_level": self.assessor_level,
            "method": self.method,
            "audited": self.audited.isoformat(),
            "valid_from": instant.write(self.valid_from),
            "valid_until": instant.write(self.valid_until),
            "verdict": str(self.verdict),
            "reason": self.reason,
            "provenance": str(self.provenance),
            "label": self.label,
            "independence": None if self.independence is None else self.independence.document(),
            "status_as_of": _instant(self.status_as_of),
            "custody": self.custody,
            "key_stated_at": _instant(self.key_stated_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReport:
    """One visible value: its verdict is that of the best of `attestations` (best first), if there is any.

    `provenance` is None where nothing is known about the value, because the view itself does not hold.
    `who` and `when` are the auditor and the last day of the audit, or the factory's organization and the view's date.
    """

    path: str
    level: str
    value: JSON
    unit: str | None
    verdict: Verdict
    reason: str
    provenance: Provenance | None
    who: str
    when: date
    status_as_of: datetime | None
    custody: str | None
    attestations: tuple[AttestationReport, ...]

    def document(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "path": self.path,
            "level": self.level,
            "value": self.value,
            "unit": self.unit,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "provenance": None if self.provenance is None else str(self.provenance),
            "who": self.who,
            "when": self.when.isoformat(),
            "status_as_of": _instant(self.status_as_of),
            "custody": self.custody,
            "attestations": [item.document() for item in self.attestations],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewReport:
    """The view as a whole. `trust`: believed, untrusted or undecided, with `trust_reason` unless believed.

    `key_stated_at`: when an anchored node last said what it says of the key, the older of that and of what is said of
    its root; None for a key that only the user's pin vouches for, or that no anchor leads to.
    `status`: `live` (it has an end instead), `in_force`, `superseded`, `suspended` or `unknown`. `status_as_of` is the
    oldest moment among the lists and key statements it rests on.
    """

    issuer: str
    factory: str
    audience: str
    valid_from: datetime
    valid_until: datetime | None
    trust: str
    trust_reason: str | None
    custody: str | None
    key_stated_at: datetime | None
    status: str
    status_as_of: datetime | None

    def document(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "issuer": self.issuer,
            "factory": self.factory,
            "audience": self.audience,
            "valid_from": instant.write(self.valid_from),
            "valid_until": _instant(self.valid_until),
            "trust": self.trust,
            "trust_reason": self.trust_reason,
            "custody": self.custody,
            "key_stated_at": _instant(self.key_stated_at),
            "status": self.status,
            "status_as_of": _instant(self.status_as_of),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of `bundle.verify`. `development`: local identities are involved, which prove nothing to others."""

    at: datetime
    development: bool
    view: ViewReport
    fields: tuple[FieldReport, ...]

    def document(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "at": instant.write(self.at),
            "development": self.development,
            "view": self.view.document(),
            "fields": [item.document() for item in self.fields],
        }


def _instant(when: datetime | None) -> str | None:
    return None if when is None else instant.write(when)
