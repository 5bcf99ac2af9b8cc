"""The record of an audit: what was done, checklist, results, findings, disputes; and the list of attestations."""

from __future__ import annotations

import marshmallow as ma

from api.schemas.fields import Day, Flag, Moment, Shown, Text, Whole
from sharing.auditing import checklist, disputes, findings, results


class Performed(ma.Schema):
    """What the auditor did; sent whole, and replaces what was there."""

    started = Day(load_default=None, allow_none=True)
    ended = Day(load_default=None, allow_none=True)
    person_days = Text(most=12, load_default=None, allow_none=True, metadata={"description": "A decimal number"})
    lead_auditor = Text(most=200, least=0, load_default="")
    team = ma.fields.List(Text(most=200), load_default=[], validate=ma.validate.Length(max=50))
    report_digest = Text(most=64, load_default=None, allow_none=True, metadata={"description": "SHA-256 in hex"})


class Recorded(ma.Schema):
    """What belongs to an audit beside its terms."""

    objective = ma.fields.String(required=True)
    announced = ma.fields.Boolean(required=True, allow_none=True)
    sites = ma.fields.List(ma.fields.String(), required=True)
    previous_audit = ma.fields.String(required=True, allow_none=True)
    started = Day(required=True, allow_none=True)
    ended = Day(required=True, allow_none=True)
    person_days = ma.fields.String(required=True, allow_none=True)
    lead_auditor = ma.fields.String(required=True)
    team = ma.fields.List(ma.fields.String(), required=True)
    report_digest = ma.fields.String(required=True, allow_none=True)


class Item(ma.Schema):
    """An item by id and criterion, never by its text."""

    id = Text(most=64, required=True)
    criterion = Text(most=64, required=True, metadata={"description": "A reference such as 8.5.1.2"})
    kind = Text(most=12, data_key="class", load_default="must", metadata={"enum": list(checklist.CLASSES)})
    applicable = Flag(load_default=True)
    na_reason = Text(most=checklist.LONGEST_REASON, least=0, load_default="")
    field_paths = ma.fields.List(Text(most=140), load_default=[])


class ChecklistBody(ma.Schema):
    """The items of the audit, all of them; `guildnet audit checklist` makes this from a file."""

    items = ma.fields.List(ma.fields.Nested(Item), required=True, attribute="listed")


class Evidence(ma.Schema):
    """Evidence by its digest; the piece itself stays with whoever collected it."""

    digest = Text(most=64, required=True, metadata={"description": "SHA-256 in hex"})
    media_type = Text(most=129, required=True)
    collected_at = Day(required=True)
    method = Text(most=12, required=True, metadata={"enum": list(results.METHODS)})


class Result(ma.Schema):
    """What was found at one item."""

    item = Text(most=64, required=True)
    outcome = Text(most=16, required=True, metadata={"enum": list(results.OUTCOMES)})
    maturity = Whole(least=0, most=5, load_default=None, allow_none=True)
    sampled_n = Whole(least=0, most=results.MOST_SAMPLED, load_default=None, allow_none=True)
    evidence = ma.fields.List(ma.fields.Nested(Evidence), load_default=[])


class ResultsBody(ma.Schema):
    """Results at some items; a second one for an item replaces the first."""

    results = ma.fields.List(ma.fields.Nested(Result), required=True, validate=ma.validate.Length(min=1, max=500))


class Entry(ma.Schema):
    """An item and its result."""

    item = ma.fields.Nested(Item, required=True)
    result = ma.fields.Nested(Result, required=True, allow_none=True)


class Checklist(ma.Schema):
    """An audit's checklist, for one of its two parties."""

    audit = ma.fields.String(required=True, attribute="audit_id")
    factory = Shown(required=True)
    entries = ma.fields.List(ma.fields.Nested(Entry), required=True)


class FindingBody(ma.Schema):
    """A finding. It bars the fields of all items with its criterion, and those that it names."""

    item = Text(most=64, load_default=None, allow_none=True)
    clause = Text(most=64, required=True, metadata={"description": "A reference such as 8.5.1.2"})
    statement = Text(most=2000, lines=True, required=True)
    objective_evidence = Text(most=4000, lines=True, required=True)
    grade = Text(most=10, required=True, metadata={"enum": list(findings.GRADES)})
    due = Day(load_default=None, allow_none=True)
    field_paths = ma.fields.List(Text(most=140), load_default=[])


class Step(ma.Schema):
    """A step that one side took."""

    step = ma.fields.String(required=True)
    party = ma.fields.String(required=True, metadata={"enum": ["owner", "auditor"]})
    text = ma.fields.String(required=True)
    outcome = ma.fields.String(required=True, allow_none=True)
    grade = ma.fields.String(required=True, allow_none=True)
    due = Day(required=True, allow_none=True)
    at = Moment(required=True)


class Finding(ma.Schema):
    """A finding, for one of the audit's two parties. `bars`: its fields cannot be attested now."""

    id = ma.fields.String(required=True)
    audit = ma.fields.String(required=True, attribute="audit_id")
    factory = Shown(required=True)
    item = ma.fields.String(required=True, allow_none=True)
    clause = ma.fields.String(required=True)
    statement = ma.fields.String(required=True)
    objective_evidence = ma.fields.String(required=True)
    grade = ma.fields.String(required=True)
    due = Day(required=True, allow_none=True)
    field_paths = ma.fields.List(ma.fields.String(), required=True)
    status = ma.fields.String(required=True, metadata={"enum": ["open", "answered", "accepted", "verified", "closed"]})
    bars = ma.fields.Boolean(required=True)
    raised_at = Moment(required=True)
    steps = ma.fields.List(ma.fields.Nested(Step), required=True)
    disputes = ma.fields.List(ma.fields.String(), required=True)


class FindingList(ma.Schema):
    """The findings of an audit, the first raised first."""

    findings = ma.fields.List(ma.fields.Nested(Finding), required=True)


class FindingStepBody(ma.Schema):
    """The owner answers with a corrective action; the auditor accepts, returns, verifies or closes."""

    step = Text(most=12, required=True, metadata={"enum": list(findings.MOVES)})
    text = Text(most=4000, lines=True, required=True)
    due = Day(load_default=None, allow_none=True)


class DisputeBody(ma.Schema):
    """The owner's counter-statement to a finding or to an attestation."""

    finding = Text(most=32, load_default=None)
    attestation = Text(most=32, load_default=None)
    statement = Text(most=4000, lines=True, required=True)


class DisputeStepBody(ma.Schema):
    """The auditor answers with an outcome; the owner accepts, maintains, or takes the dispute back."""

    step = Text(most=12, required=True, metadata={"enum": list(disputes.MOVES)})
    text = Text(most=4000, lines=True, required=True)
    outcome = Text(most=12, load_default=None, allow_none=True, metadata={"enum": [*disputes.OUTCOMES, None]})
    grade = Text(most=10, load_default=None, allow_none=True, metadata={"enum": [*findings.GRADES, None]})


class Dispute(ma.Schema):
    """A dispute, for its two parties; the first step is the owner's counter-statement."""

    id = ma.fields.String(required=True)
    audit = ma.fields.String(required=True, attribute="audit_id")
    factory = Shown(required=True)
    finding = ma.fields.String(required=True, allow_none=True, attribute="finding_id")
    attestation = ma.fields.String(required=True, allow_none=True, attribute="attestation_id")
    state = ma.fields.String(required=True, metadata={"enum": ["open", "answered", "settled", "maintained"]})
    outcome = ma.fields.String(required=True, allow_none=True)
    opened_at = Moment(required=True)
    steps = ma.fields.List(ma.fields.Nested(Step), required=True)


class DisputeList(ma.Schema):
    """The caller's disputes, newest first, about factories that it sees now."""

    disputes = ma.fields.List(ma.fields.Nested(Dispute), required=True)


class AttestationQuery(ma.Schema):
    """Which attestations."""

    factory = Text(most=21, load_default=None, metadata={"description": "Only those about this factory"})


class ListedAttestation(ma.Schema):
    """An attestation for its factory's owner or its auditor."""

    id = ma.fields.String(required=True)
    factory = Shown(required=True)
    owner = ma.fields.String(required=True)
    auditor = ma.fields.String(required=True)
    audit = ma.fields.String(required=True, attribute="audit_id")
    issued_at = Moment(required=True)
    valid_until = Day(required=True, allow_none=True)
    state = ma.fields.String(required=True, metadata={"enum": ["in_force", "suspended", "revoked", "expired"]})
    label = ma.fields.String(required=True, allow_none=True, metadata={"enum": ["self", "reciprocal", "ring", None]})
    reason = ma.fields.String(required=True, allow_none=True)
    disputes = ma.fields.List(ma.fields.String(), required=True)


class AttestationList(ma.Schema):
    """The caller's attestations, newest first, about factories that it sees now."""

    attestations = ma.fields.List(ma.fields.Nested(ListedAttestation), required=True)
