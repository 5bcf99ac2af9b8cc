"""The end of the story: a bundle, checked with nothing but two anchors, and a forged one, refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.cli.demo.stage import DoorClosed, Party, Stage
from api.cli.demo.telling import Teller
from trust import anchors as anchor_texts
from trust import bundle
from trust.errors import TrustError
from trust.keys import PrivateKey
from trust.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The bundle on disk, the anchors it was checked under, and what that found."""

    file: Path
    anchors: tuple[str, ...]
    report: Report


def prove(stage: Stage, buyer: Party, factory: str, auditor: PrivateKey, teller: Teller) -> Proof:
    """Save the buyer's bundle, verify it offline under the node's root and the auditor's pinned key, then damage it."""
    teller.chapter("Proof, on a laptop without a network")
    answer = buyer.call("GET", f"/v1/factories/{factory}/bundle", purpose="rfq")
    data = answer.get_data()
    file = stage.folder / "kinh-bac.bundle.json"
    file.write_bytes(data)
    pinned = (stage.anchor, auditor.kid)
    report = bundle.verify(data, anchor_texts.require(pinned), datetime.now(UTC), development=True)
    teller.say(
        "Minato Motors saves the bundle and checks it against two lines it was given on paper: the node's anchor, and the "
        f"association's own key {auditor.kid}. No node is asked. This is the same check as:"
    )
    teller.say(f"guildnet verify {file} --development \\\n    --anchor '{pinned[0]}' \\\n    --anchor '{pinned[1]}'")
    rows = [
        (each.path.rpartition("/")[2], each.verdict, each.provenance or "", each.custody or "", each.reason)
        for each in report.fields
        if each.attestations
    ]
    teller.table("Attested values", ("value", "verdict", "backed by", "custody of the key", "reason"), rows)
    stated = Counter(str(each.verdict) for each in report.fields)["not_attested"]
    teller.say(f"{stated} more values are signed by the factory alone: not attested, which means unknown and never no.")
    teller.say(f"One character changed in the file: refused as {_forged(data, pinned)}.")
    return Proof(file=file, anchors=pinned, report=report)


def _forged(data: bytes, pinned: tuple[str, ...]) -> str:
    middle = len(data) // 2
    other = b"A" if data[middle : middle + 1] != b"A" else b"B"
    try:
        forged = data[:middle] + other + data[middle + 1 :]
        bundle.verify(forged, anchor_texts.require(pinned), datetime.now(UTC), development=True)
    except TrustError as error:
        return error.code
    raise DoorClosed("A forged bundle was accepted.")
