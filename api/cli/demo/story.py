"""The story: a factory publishes at levels, is found, lets a partner closer, is audited, and proves it offline.

Each chapter answers one clause of what its people asked for: clear security, sharing at levels, evident benefit. What is
shown is what the node answered to that party; only the questions are written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from api.cli.demo.proof import Proof, prove
from api.cli.demo.stage import Party, Stage
from api.cli.demo.telling import Teller
from sharing import catalogue
from sharing.synthetic import demo_suppliers
from sharing.worksheet import Assessment, sign_worksheet
from trust.attestation import Independence
from trust.keys import PrivateKey

TURNING = "3.2.1"
ATTESTED = ("capability.process", "capability.tolerance_um", "capability.roughness_um")
UNITS = {"4H": "µm", "MMT": "mm", "KGM": "kg", "DAY": "days", "HUR": "h", "H87": "pieces"}
SHOWN = ("legal_name", "province", "process", "tolerance_um", "lead_time_p50_days", "name", "spare_hours", "scheme", "number")


@dataclass(slots=True)
class Cast:
    """Who is in the story."""

    kinh_bac: Party
    thang_long: Party
    hai_cang: Party
    buyer: Party
    association: Party
    association_key: PrivateKey
    association_key_file: Path
    peer: Party
    public: Party
    factories: dict[str, str]
    capability: str = ""

    def all(self) -> tuple[Party, ...]:
        """Every party with credentials."""
        return self.kinh_bac, self.thang_long, self.hai_cang, self.buyer, self.association, self.peer


def tell(stage: Stage, teller: Teller, today: date) -> tuple[Cast, Proof]:
    """The whole story, in order; ends with the proof."""
    cast = _introduce(stage, teller)
    _publish(cast, teller, today)
    _levels(cast, teller)
    _search(cast, teller)
    _rival(cast, teller)
    _closer(cast, teller, today)
    peer_attestation = _audit(stage, cast, teller, today)
    _change(cast, teller, peer_attestation)
    return cast, prove(stage, cast.buyer, cast.factories["kinh-bac"], cast.association_key, teller)


def _introduce(stage: Stage, teller: Teller) -> Cast:
    teller.chapter("A node and its members")
    teller.say(
        "A node is run by somebody whom factories trust: here an industry association. It was made a moment ago, in a folder "
        f"of its own, with one SQLite file. Its anchor is {stage.anchor}: who verifies anything later starts from that line."
    )
    key_party, key, key_file = stage.party_with_own_key(
        "machining-association", "Northern Machining Association", roles=["auditor"]
    )
    cast = Cast(
        kinh_bac=stage.party("kinh-bac", "Kinh Bac Turning", roles=["supplier"]),
        thang_long=stage.party("thang-long", "Thang Long 5-Axis", roles=["supplier"]),
        hai_cang=stage.party("hai-cang", "Hai Cang Stamping", roles=["supplier"]),
        buyer=stage.party("minato-motors", "Minato Motors", roles=["buyer"], country="JP", sectors=["C29"]),
        association=key_party,
        association_key=key,
        association_key_file=key_file,
        peer=stage.party("dong-anh-gears", "Dong Anh Gears", roles=["supplier", "auditor"]),
        public=Party(stage.app),
        factories={},
    )
    rows = [
        (party.credentials.name, ", ".join(party.credentials.roles), _custody(party, cast))
        for party in cast.all()
        if party.credentials is not None
    ]
    teller.table("Who is here (all synthetic)", ("organization", "roles", "signing key"), rows)
    return cast


def _custody(party: Party, cast: Cast) -> str:
    return f"in its own file {cast.association_key_file.name}" if party is cast.association else "held by the node"


def _publish(cast: Cast, teller: Teller, today: date) -> None:
    teller.chapter("Three suppliers say what they make, and decide who sees it")
    suppliers = ((cast.kinh_bac, "kinh-bac"), (cast.thang_long, "thang-long"), (cast.hai_cang, "hai-cang"))
    documents = demo_suppliers(today)
    for (party, slug), document in zip(suppliers, documents, strict=True):
        made = party.done("POST", "/v1/factories", json=document)["id"]
        cast.factories[slug] = made
        question = party.call("POST", f"/v1/factories/{made}/publish", json={}).get_json()
        party.done("POST", f"/v1/factories/{made}/publish", json={"preview": question["digest"]})
    profile = cast.kinh_bac.done("GET", f"/v1/factories/{cast.factories['kinh-bac']}/profile")
    cast.capability = profile["document"]["capabilities"][0]["id"]
    teller.say(
        "Each posts a profile, and gets a draft that nobody else sees. The first publication asks a question: it answers 409 "
        "with exactly what everybody and what every member would see, and waits for the digest of that preview. So nobody "
        "publishes what they have not looked at."
    )
    matrix = cast.kinh_bac.done("GET", f"/v1/factories/{cast.factories['kinh-bac']}/policy")["matrix"]
    tiers = ("public", "member", "partner", "confidential")
    rows = [(name, *(row[tier] for tier in tiers)) for name, row in matrix.items() if name in catalogue.vocabulary().groups]
    teller.table("The starting policy: how precisely each tier sees", ("group", *tiers), rows)


def _levels(cast: Cast, teller: Teller) -> None:
    teller.chapter("One factory, seen by three")
    factory = cast.factories["kinh-bac"]
    teller.say(
        "The same factory, asked for by nobody in particular, by a member who came to source, and by its owner as a partner "
        "would see it. A band names its edges and never moves; what is hidden looks exactly like what was never given."
    )
    seen = (
        cast.public.done("GET", f"/v1/factories/{factory}")["factory"],
        cast.buyer.done("GET", f"/v1/factories/{factory}", purpose="sourcing")["factory"],
        cast.kinh_bac.done("GET", f"/v1/factories/{factory}/preview", **{"as": "partner"})["factory"],
    )
    teller.table("Kinh Bac Turning", ("value", "public", "member", "partner"), list(_side_by_side(seen, cast.capability)))


def _search(cast: Cast, teller: Teller) -> None:
    teller.chapter("A buyer looks for a turning shop")
    questions: list[tuple[str, dict[str, str]]] = [
        ("turning", {"process": TURNING}),
        ("turning, to 10 µm", {"process": TURNING, "tolerance_um_max": "10"}),
        ("turning, to 9 µm", {"process": TURNING, "tolerance_um_max": "9"}),
        ("turning, IATF 16949 valid today", {"process": TURNING, "certificate": "IATF16949"}),
        ("tiện (in Vietnamese, without marks)", {"q": "tien"}),
    ]
    rows = []
    for words, query in questions:
        public = cast.public.done("GET", "/v1/search", **query)
        buyer = cast.buyer.done("GET", "/v1/search", purpose="sourcing", **query)
        rows.append((words, _counts(public), _counts(buyer)))
    teller.table("GET /v1/search", ("question", "the public finds", "a member finds"), rows)
    teller.say(
        "Precision is not public, so the public finds nothing by it. A member sees it as a band, and a band answers only what "
        "is certain: the capability of [5, 10) µm is surely within 10 µm; nothing is said about 9. Counts, facets, order and "
        "errors are computed from what the asker may see and from nothing else."
    )


def _rival(cast: Cast, teller: Teller) -> None:
    teller.chapter("A rival is kept out, and cannot tell")
    factory = cast.factories["thang-long"]
    rules = cast.thang_long.done("GET", f"/v1/factories/{factory}/policy")["document"]["rules"]
    rival = cast.hai_cang.credentials
    slug = "" if rival is None else rival.slug
    did = cast.hai_cang.done("GET", f"/orgs/{slug}/did.json")["id"]
    policy = {"v": 1, "rules": [*rules, {"id": "rivals", "to": {"org": [did]}, "cap": [["$listing", "hidden"]]}]}
    warned = cast.thang_long.call("PUT", f"/v1/factories/{factory}/policy", json=policy).get_json()
    teller.say(f"Thang Long caps Hai Cang. The node warns before saving: “{warned['errors'][0]['message']}” Thang Long agrees.")
    cast.thang_long.done("PUT", f"/v1/factories/{factory}/policy", json=policy, confirm="cap_reaches_public")
    unknown = "0" * 20 + "I"
    rows = []
    for party, purpose in ((cast.hai_cang, "sourcing"), (cast.public, None), (cast.buyer, "sourcing")):
        answer = party.call("GET", f"/v1/factories/{factory}", purpose=purpose)
        invented = party.call("GET", f"/v1/factories/{unknown}", purpose=purpose)
        same = "the same answer" if answer.get_data() == invented.get_data() else "another answer"
        found = party.done("GET", "/v1/search", purpose=purpose, process="3.2.3")
        rows.append((party.name, answer.status_code, f"{same} as for an invented id", _counts(found)))
    teller.table("Thang Long's factory", ("asked by", "status", "compared", "milling found"), rows)


def _closer(cast: Cast, teller: Teller, today: date) -> None:
    teller.chapter("A partner comes closer, for a purpose and a time")
    factory, until = cast.factories["kinh-bac"], today + timedelta(days=30)
    ask = {"factory": factory, "purpose": "rfq", "message": "2,000 shafts a month, S45C, from January"}
    rows: list[tuple[object, ...]] = [("before asking", *_hours(cast, factory))]
    asked = cast.buyer.done("POST", "/v1/access-requests", purpose="rfq", json=ask)
    rows.append(("while the request waits", *_hours(cast, factory)))
    decision = {"decision": "grant", "tier": "partner", "until": until.isoformat()}
    granted = cast.kinh_bac.done("POST", f"/v1/access-requests/{asked['id']}/decision", json=decision)
    rows.append((f"granted until {until.isoformat()}", *_hours(cast, factory)))
    cast.kinh_bac.done("DELETE", f"/v1/grants/{granted['grant']}")
    rows.append(("withdrawn (the same tokens)", *_hours(cast, factory)))
    again = cast.buyer.done("POST", "/v1/access-requests", purpose="rfq", json=ask)
    cast.kinh_bac.done("POST", f"/v1/access-requests/{again['id']}/decision", json=decision)
    rows.append(("asked again, granted again", *_hours(cast, factory)))
    columns = ("when", "with purpose rfq", "with purpose sourcing")
    teller.table("Spare hours of the first week, as Minato Motors reads them", columns, rows)
    teller.say("Waiting grants nothing. A grant is for one purpose, and ends at the next request after it is withdrawn.")


def _audit(stage: Stage, cast: Cast, teller: Teller, today: date) -> str:
    teller.chapter("Two auditors sign what they saw")
    teller.say(
        "The association keeps its own key file. Both sides accept the audit; only then does the auditor see the fields in "
        "scope. It takes a worksheet home, signs it there without any network, and hands the result in."
    )
    worksheet = _engage(cast, cast.association, "vma-machining", ATTESTED, today)
    assessment = Assessment(
        paths=None,
        method="onsite",
        assessed_on=today,
        valid_until=today + timedelta(days=365),
        independence=Independence(months=24),
    )
    house = stage.container.house
    signed = sign_worksheet(worksheet, assessment, signer=cast.association_key, at=house.now(), entropy=house.entropy)
    cast.association.done(
        "POST", "/v1/attestations", purpose="audit", json={"attestation": worksheet["attestation"], "sd_jwt": signed}
    )
    teller.say("Dong Anh Gears, a peer factory, has the node sign with the key it holds: the verdict will say so.")
    sheet = _engage(cast, cast.peer, "peer-visit", ("capability.max_diameter_mm",), today)
    body = {
        "attestation": sheet["attestation"],
        "method": "onsite",
        "assessed_on": today.isoformat(),
        "valid_until": (today + timedelta(days=180)).isoformat(),
        "independence": {"months": 12, "exceptions": "Both are members of the same association."},
    }
    cast.peer.done("POST", "/v1/attestations", purpose="audit", json=body)
    rows = []
    for party, purpose in ((cast.public, None), (cast.buyer, "sourcing"), (cast.buyer, "rfq")):
        answer = party.call("GET", f"/v1/attestations/{worksheet['attestation']}", purpose=purpose)
        claims = answer.get_json().get("claims", [])
        levels = [claim.rpartition("@")[2] for claim in claims]
        who = party.name if purpose is None else f"{party.name}, {purpose}"
        rows.append((who, len(claims), levels.count("exact"), levels.count("band")))
    teller.table("The association's attestation, shown in part to each", ("reader", "claims shown", "exact", "as a band"), rows)
    return str(sheet["attestation"])


def _engage(cast: Cast, auditor: Party, scheme: str, scope: tuple[str, ...], today: date) -> Mapping[str, Any]:
    proposal = {
        "factory": cast.factories["kinh-bac"],
        "auditor": "" if auditor.credentials is None else auditor.credentials.slug,
        "scheme": scheme,
        "scheme_version": "2026",
        "type": "peer",
        "modality": "onsite",
        "scope": list(scope),
        "scope_text": "Turning and grinding, Que Vo site",
        "from": today.isoformat(),
        "until": (today + timedelta(days=14)).isoformat(),
    }
    audit = cast.kinh_bac.done("POST", "/v1/audits", json=proposal)["id"]
    auditor.done("POST", f"/v1/audits/{audit}/acceptance", purpose="audit", json={})
    answer = auditor.done("POST", f"/v1/audits/{audit}/worksheets", purpose="audit", json={})
    worksheet: Mapping[str, Any] = answer["worksheet"]
    return worksheet


def _change(cast: Cast, teller: Teller, peer_attestation: str) -> None:
    teller.chapter("Things change, and the proof follows")
    factory = cast.factories["kinh-bac"]
    before = {party.name: party.call("GET", f"/v1/factories/{factory}").get_data() for party in (cast.public, cast.hai_cang)}
    document = cast.kinh_bac.done("GET", f"/v1/factories/{factory}/profile")["document"]
    document["capabilities"][0]["tolerance_um"] = "6"
    cast.kinh_bac.done("PUT", f"/v1/factories/{factory}/profile", json=document)
    cast.kinh_bac.done("POST", f"/v1/factories/{factory}/publish", json={})
    same = all(
        party.call("GET", f"/v1/factories/{factory}").get_data() == before[party.name] for party in (cast.public, cast.hai_cang)
    )
    teller.say(
        "Kinh Bac now states 6 µm where 5 µm was attested. Whoever sees the band [5, 10) got "
        + ("exactly the same bytes as before" if same else "other bytes than before")
        + "; whoever sees the exact value will read that it changed since the audit."
    )
    reason = {"reason": "The peer's gauge was out of calibration"}
    cast.peer.done("POST", f"/v1/attestations/{peer_attestation}/revocation", purpose="audit", json=reason)
    teller.say("Dong Anh Gears withdraws its attestation: its gauge was out of calibration.")


def _counts(answer: Mapping[str, Any]) -> str:
    return f"{answer['capabilities']} capabilities, {answer['factories']} factories"


def _hours(cast: Cast, factory: str) -> tuple[str, str]:
    seen = [cast.buyer.done("GET", f"/v1/factories/{factory}", purpose=each)["factory"] for each in ("rfq", "sourcing")]
    first, second = (dict(_cells(each, cast.capability)).get("spare_hours", "not disclosed") for each in seen)
    return first, second


def _side_by_side(seen: tuple[Mapping[str, Any], ...], capability: str) -> Iterator[tuple[str, ...]]:
    columns = [dict(_cells(each, capability)) for each in seen]
    for name in SHOWN:
        yield (name, *(column.get(name, "not disclosed") for column in columns))


def _cells(content: Mapping[str, Any], capability: str) -> Iterator[tuple[str, str]]:
    """In words: the factory's own values, those of one capability and its capacity group, and of one certificate."""
    part = content.get("capability", {}).get(capability, {})
    group = content.get("capacity", {}).get(part.get("runs_on", ""), {})
    certificate = min(content.get("certificate", {"": {}}).items())[1]
    places = [content, part, group, certificate]
    for place in places:
        for name, cell in place.items():
            if name in SHOWN and isinstance(cell, dict) and "level" in cell:
                yield name, words(cell)


def words(cell: Mapping[str, Any]) -> str:
    """A cell as a person reads it."""
    if cell["level"] == "existence":
        return "provided"
    value, unit = cell["value"], f" {UNITS.get(cell['unit'], cell['unit'])}" if "unit" in cell else ""
    if isinstance(value, dict) and not value.keys() <= {"at_least", "below"}:
        value = next(iter(value.values()))  # the first language, or the first week
    if isinstance(value, dict):
        upper = f"{value['below']})" if "below" in value else "…"
        return f"[{value['at_least']}, {upper}{unit}"
    return f"{value}{unit}"
