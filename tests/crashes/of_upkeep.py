"""Write use-cases of audits in full, of confirming and erasing, of the worker, of `fsck` and of restored nodes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text, update

from sharing.models import StatusEntry, StoredView
from tests.api.people import members
from tests.api.test_factories import LATHE, made
from tests.api.world import NOON
from tests.crashes.of_audits import accepted, attested
from tests.crashes.of_people import as_owner
from tests.crashes.registry import KEY, Node, use
from tests.crashes.stopping import Command, Request, Step, done
from tests.documents import pdf


@use("attestations.suspend_attestation")
def suspend_attestation(node: Node) -> Step:
    return node.request("initech", "POST", f"/v1/attestations/{attested(node.world)}/suspension", json={"reason": "asked"})


@use("attestations.resume_attestation")
def resume_attestation(node: Node) -> Step:
    address = f"/v1/attestations/{attested(node.world)}"
    assert node.world.post("initech", f"{address}/suspension", json={"reason": "asked"}).status_code == 204
    return node.request("initech", "POST", f"{address}/resumption", json={"reason": "answered"})


@use("auditing.record_audit")
def record_audit(node: Node) -> Step:
    body = {"started": "2026-11-20", "lead_auditor": "Minh"}
    return node.request("initech", "PUT", f"/v1/audits/{accepted(node.world)}/record", json=body)


ITEMS = {"items": [{"id": "1", "criterion": "8.5.1", "class": "must", "field_paths": ["capability.tolerance_um"]}]}


@use("auditing.put_checklist")
def put_checklist(node: Node) -> Step:
    return node.request("initech", "PUT", f"/v1/audits/{accepted(node.world)}/checklist", json=ITEMS)


@use("auditing.put_results")
def put_results(node: Node) -> Step:
    address = f"/v1/audits/{accepted(node.world)}"
    answer = node.world.put("initech", f"{address}/checklist", json=ITEMS)
    assert answer.status_code == 200, answer.text
    body = {"results": [{"item": "1", "outcome": "conform"}]}
    return node.request("initech", "PUT", f"{address}/results", json=body)


FINDING = {"clause": "8.5.1", "statement": "No record", "objective_evidence": "Order 12", "grade": "minor"}


def found(node: Node) -> str:
    """A finding of an audit that runs."""
    answer = node.world.post("initech", f"/v1/audits/{accepted(node.world)}/findings", json=FINDING)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


@use("auditing.raise_finding")
def raise_finding(node: Node) -> Step:
    return node.request("initech", "POST", f"/v1/audits/{accepted(node.world)}/findings", json=FINDING, headers=KEY)


@use("auditing.take_finding_step")
def take_finding_step(node: Node) -> Step:
    body = {"step": "answer", "text": "We keep one now.", "due": "2026-12-20"}
    return node.request("acme", "POST", f"/v1/findings/{found(node)}/steps", json=body, headers=KEY)


@use("auditing.open_dispute")
def open_dispute(node: Node) -> Step:
    body = {"finding": found(node), "statement": "There is one."}
    return node.request("acme", "POST", "/v1/disputes", json=body, headers=KEY)


@use("auditing.take_dispute_step")
def take_dispute_step(node: Node) -> Step:
    opened = node.world.post("acme", "/v1/disputes", json={"finding": found(node), "statement": "There is one."})
    assert opened.status_code == 201, opened.text
    body = {"step": "answer", "text": "So there is.", "outcome": "upheld"}
    return node.request("initech", "POST", f"/v1/disputes/{opened.json['id']}/steps", json=body, headers=KEY)


LATER = NOON + timedelta(hours=20)


@use("factories.confirm_unchanged", now=LATER)
def confirm_unchanged(node: Node) -> Step:
    factory = made(node.world)
    node.world.clock.now = LATER
    node.world._tokens.clear()
    request = node.request("acme", "POST", f"/v1/factories/{factory}/confirmation", json={})
    return Request(method="POST", path=request.path, json={}, headers=request.headers, now=LATER)


@use("confirm")
def confirm(node: Node) -> Step:
    return Command(arguments=("confirm", made(node.world)))


@use("factories.erase_factory")
def erase_factory(node: Node) -> Step:
    person = members.owner(node.world)
    factory = person.for_("kinh-bac", "POST", "/v1/factories", json=dict(LATHE)).json["id"]
    return as_owner(person, "DELETE", f"/v1/factories/{factory}", {"confirm": factory})


@use("erase-factory")
def erase_factory_by_operator(node: Node) -> Step:
    factory = made(node.world)
    return Command(arguments=("org", "erase-factory", "acme", factory, "--confirm", factory))


A_WEEK_LATER = NOON + timedelta(days=8)
LEASE_OVER = timedelta(minutes=2)
"""A lease that its worker never gave back ends by itself, and the next worker takes it."""


@dataclass(frozen=True)
class Work:
    """One job of the worker, under its lease."""

    job: str
    now: Any = A_WEEK_LATER

    def __call__(self, url: str) -> Any:
        from api import worker
        from tests.api.world import world_at

        world = world_at(url, {})
        world.clock.now = self.now
        container = world.app.extensions["guildnet"]
        jobs = [each for each in worker.JOBS if each.name == self.job]
        ran = worker.run_once(container.house, container.settings, jobs=jobs)
        return {"status": 0 if not any(each.failure for each in ran) else 1, "body": str(ran)}


@use("lease-take", now=A_WEEK_LATER, retried_after=LEASE_OVER)
def lease_take(node: Node) -> Step:
    return Work("sweep-repeats")


@use("lease-release", now=A_WEEK_LATER, follows=True, retried_after=LEASE_OVER)
def lease_release(node: Node) -> Step:
    return Work("sweep-repeats")


@use("sweep-repeats", now=A_WEEK_LATER, follows=True, retried_after=LEASE_OVER)
def sweep_repeats(node: Node) -> Step:
    assert node.world.post("acme", "/v1/factories", json=dict(LATHE), headers=KEY).status_code == 201
    return Work("sweep-repeats")


@use("sweep-people", now=A_WEEK_LATER, follows=True, retried_after=LEASE_OVER)
def sweep_people(node: Node) -> Step:
    members.sign_up(node.world)
    return Work("sweep-people")


@use("post-notices", now=A_WEEK_LATER, follows=True, retried_after=LEASE_OVER)
def post_notices(node: Node) -> Step:
    certificate = {"scheme": "ISO9001:2015", "scope": "Turning", "number": "Q-1", "valid_until": "2026-12-10"}
    made(node.world, {**LATHE, "certificates": [certificate]})
    return Work("post-notices")


def looked(node: Node) -> None:
    """A disclosure that nobody has sealed."""
    factory = made(node.world)
    assert node.world.get("globex", f"/v1/factories/{factory}").status_code == 200


@use("seal-ledger", now=A_WEEK_LATER, follows=True, retried_after=LEASE_OVER)
def seal_ledger(node: Node) -> Step:
    looked(node)
    return Work("seal-ledger")


@use("seal-own-ledger", again="an export seals what was not sealed yet, and so does the one after it")
def seal_own_ledger(node: Node) -> Step:
    looked(node)
    return node.request("acme", "GET", "/v1/ledger/export")


@use("shorten-ledger", now=A_WEEK_LATER, follows=True, retried_after=LEASE_OVER)
def shorten_ledger(node: Node) -> Step:
    from sharing.ledger import sealing
    from sharing.ledger.models import Disclosure

    looked(node)
    # Before it is sealed: what is changed afterwards is a forgery, and `fsck` says so.
    with node.world.database.write() as session:
        session.execute(update(Disclosure).values(at=NOON - timedelta(days=4000)))
    sealing.seal_due(node.world.app.extensions["guildnet"].house)
    return Work("shorten-ledger")


@dataclass(frozen=True)
class Trim:
    """The worker's job that keeps the change table short: here, one row."""

    def __call__(self, url: str) -> Any:
        from sharing import upkeep
        from tests.api.world import world_at

        world = world_at(url, {})
        return {"status": 0, "body": str(upkeep.trim_changes(world.app.extensions["guildnet"].house, kept=1))}


@use("trim-changes")
def trim_changes(node: Node) -> Step:
    made(node.world)
    made(node.world)
    return Trim()


@use("fsck-views", points=("view:signed",))
def fsck_views(node: Node) -> Step:
    factory = made(node.world)
    with node.world.database.write() as session:
        session.execute(
            update(StoredView).where(StoredView.factory_id == factory).values(projection_digest=hashlib.sha256(b"").hexdigest())
        )
    return Command(arguments=("fsck", "--rebuild"))


@use("fsck-status")
def fsck_status(node: Node) -> Step:
    factory = made(node.world)
    with node.world.database.read() as session:
        stored = session.get(StoredView, (factory, "member"))
        assert stored is not None
    assert node.world.post("acme", f"/v1/factories/{factory}/withdraw").status_code == 204
    with node.world.database.write() as session:
        entry = session.get(StatusEntry, (stored.status_list_id, stored.status_index))
        assert entry is not None
        session.execute(
            text("UPDATE status_entries SET revoked = :no WHERE list_id = :list"), {"no": False, "list": entry.list_id}
        )
    return Command(arguments=("fsck", "--rebuild"))


def backed_up(node: Node) -> Path:
    """A backup of the node as it is."""
    file = node.folder / "node.backup"
    answer = done(node.world.settings.database_url, Command(arguments=("backup", str(file))))
    assert answer["status"] == 0, answer
    return file


PDF = pdf()


@use("files.add_file")
def add_file(node: Node) -> Step:
    request = node.request("acme", "POST", "/v1/files?name=certificate.pdf")
    return Request(method="POST", path=request.path, data=PDF, headers={**request.headers, "Content-Type": "application/pdf"})


def kept(node: Node) -> str:
    """The digest of a file that acme keeps."""
    headers = {"Content-Type": "application/pdf"}
    answer = node.world.post("acme", "/v1/files?name=certificate.pdf", data=PDF, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json["digest"])


@use("files.throw_away")
def throw_away(node: Node) -> Step:
    return node.request("acme", "DELETE", f"/v1/files/{kept(node)}")


@use("file-add")
def file_add(node: Node) -> Step:
    path = node.folder / "certificate.pdf"
    path.write_bytes(PDF)
    return Command(arguments=("file", "add", str(path), "--org", "acme"))


@use("file-remove")
def file_remove(node: Node) -> Step:
    return Command(arguments=("file", "remove", kept(node), "--org", "acme"))


@use("record-disclosures", again="who looks again is shown again, and recorded again")
def record_disclosures(node: Node) -> Step:
    return node.request("globex", "GET", f"/v1/factories/{made(node.world)}", purpose="rfq")
