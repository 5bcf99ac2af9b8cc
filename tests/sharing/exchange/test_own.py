"""Everything own goes out, and the workbook of it comes back to equal records in an empty account."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from network.database import Database
from sharing import factories
from sharing.catalogue import FIELDS, Field, fields_of
from sharing.catalogue.document import COLLECTIONS, ID, RUNS_ON
from sharing.erasing import erase
from sharing.exchange import Outcome, apply_import, plan_import
from sharing.exchange.own import own_data
from sharing.models import Factory
from sharing.parties import MOST_LISTED
from sharing.synthetic.factories import synthetic_factories
from tests.documents import pdf
from tests.sharing.auditing import engagements
from tests.sharing.exchange.books import rows_of
from tests.world import NOW, World

HOSTILE: dict[str, Any] = {
    "legal_name": {"vi": "=cmd|'/C calc'!A0", "en": "'+1 Đúc áp lực", "zh-Hans": "越南"},
    "trading_name": "@SUM(A1)",
    "country": "VN",
    "address": "1 Lê Lợi\nQuận 1; TP.HCM",
    "point": {"lat": "-10.776889", "lon": "106.7"},
    "identifiers": [{"scheme": "vn_tax", "value": "0300588569"}, {"scheme": "duns", "value": "123456789"}],
    "contacts": [
        {"role": "sales", "channel": "+84 28 1234", "name": "Bà Hoa", "languages": ["vi", "en"]},
        {"role": "website", "channel": "https://an-phat.example/?a=1|2;3"},
    ],
    "note": "-1\n{not json}",
    "capacity_groups": [
        {"name": "CNC", "unit": "HUR", "spare_hours": {"2026-W48": "20.5", "2026-W53": "0"}},
        {"name": "CNC", "spare_hours": {"2027-W01": "7"}},
    ],
    "capabilities": [
        {"process": "3.2.1", "tolerance_um": "0.05", "max_x_mm": "1234.5", "secondary_operations": ["3.2.2", "3.2.3"]},
        {"process": "3.2.1", "material_grade": "JIS:S45C"},
    ],
    "certificates": [
        {"scheme": "ISO9001:2015", "scope": "a; b\nc", "sites": ["Hà Nội; Bắc Ninh"], "valid_until": "2027-06-30"},
        {"scheme": "ISO9001:2015", "scope": "x", "sites": ["[one]", "=two"]},
    ],
}


@pytest.fixture
def world(sqlite_database: Database) -> World:
    made = World.on(sqlite_database)
    for slug in ("one", "two"):
        made.organization(slug)
    made.organization("buyer", roles=("buyer",))
    return made


def exported(world: World, form: str, slug: str = "one") -> bytes:
    with world.house.database.read() as session:
        return own_data(world.house, session, world.caller(slug), form)


def records(world: World, slug: str) -> list[Any]:
    """The profiles without the ids of their elements, capacity groups in the place of their ids."""
    document = json.loads(exported(world, "json", slug))
    return sorted((_without_ids(each["profile"]) for each in document["factories"]), key=json.dumps)


def _without_ids(profile: Mapping[str, Any]) -> dict[str, Any]:
    groups = {each[ID]: at for at, each in enumerate(profile.get("capacity_groups", ()))}
    plain = dict(profile)
    for name in COLLECTIONS:
        if name in plain:
            elements = [{key: value for key, value in each.items() if key != ID} for each in plain[name]]
            plain[name] = [{**each, **({RUNS_ON: groups[each[RUNS_ON]]} if RUNS_ON in each else {})} for each in elements]
    return plain


def brought_in(world: World, slug: str, data: bytes) -> Any:
    plan = plan_import(io.BytesIO(data))
    assert plan.errors == ()
    assert plan.orphans == ()
    with world.house.database.write() as session:
        result = apply_import(world.house, session, world.caller(slug), plan)
    assert result.errors == ()
    return result


def test_a_workbook_of_everything_own_comes_back_to_equal_records(world: World) -> None:
    first = world.factory("one", HOSTILE, live=False)
    caller = world.caller("one")
    with world.house.database.write() as session:
        known = dict(factories.get_profile(world.house, session, caller, first).document)
        groups = [each[ID] for each in known["capacity_groups"]]  # type: ignore[attr-defined]
        known["capabilities"][1][RUNS_ON] = groups[1]  # type: ignore[index]
        factories.put_profile(world.house, session, caller, first, known)
    for document in synthetic_factories(12, 3, NOW.date()):
        world.factory("one", document, live=False)
    brought_in(world, "two", exported(world, "xlsx"))
    assert records(world, "two") == records(world, "one")


def sample(of: Field) -> Any:
    """A value of any field that there is, as awkward as it allows; a form that is not known here fails the test."""
    codes = [each.code for each in of.codes] if of.codes is not None else []
    made = {
        "text": "=1+1; 'a' | b",
        "ascii_text": "-An Phat; Co | 1",
        "texts": ["=A; B", "[c]"],
        "number": of.maximum if of.decimals == 0 else f"{of.minimum}",
        "it_grade": "7",
        "year": "2009",
        "date": "2027-06-30",
        "code": "VN-54" if of.name == "province" else (codes or [""])[-1],
        "codes": codes[:2],
        "grade": "JIS:S45C",
        "money": {"amount": "1500000.5", "currency": "VND"},
        "structured_codes": None,
        "instruments": [{"type": codes[0], "range": "0 | 100", "resolution": "1 µm"}, {"type": codes[1]}] if codes else None,
        "contacts": HOSTILE["contacts"],
        "identifiers": HOSTILE["identifiers"],
        "point": HOSTILE["point"],
        "text_by_language": HOSTILE["legal_name"],
        "weekly": {"2026-W48": "0.5", "2028-W10": "7"},
        "calendar": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:=1\n  folded\nEND:VEVENT\nEND:VCALENDAR",
        "file": None,
    }[of.kind]
    if of.kind == "structured_codes":
        made = {"industry_codes": ["ISIC:2511", "NACE:2562"], "supply_tiers": ["C29:T1"], "ports": ["VNHPH", "VNSGN"]}.get(
            of.name, ["HS:848790", "UNSPSC:31161500"]
        )
    return made


def test_every_field_of_the_catalogue_survives_the_way_out_and_in(world: World) -> None:
    document = {name: sample(of) for name, of in fields_of("factory").items() if not of.computed}
    for name, scope in COLLECTIONS.items():
        # A file is known by its digest to the organization that uploaded it; it does not travel in a workbook.
        kept = {key: of for key, of in fields_of(scope).items() if not of.computed and of.kind != "file"}
        document[name] = [{key: sample(of) for key, of in kept.items()}]
    document["country"] = "VN"
    (group,) = document["capacity_groups"]
    group.update(installed_hours="100", held_hours="10", surge_hours="5")
    (capability,) = document["capabilities"]
    capability.update(capacity_group=group["name"], lot_min="1", lot_economic="2", lead_time_p50_days="5")
    (certificate,) = document["certificates"]
    certificate["valid_from"] = "2024-01-01"
    world.factory("one", document, live=False)
    brought_in(world, "two", exported(world, "xlsx"))
    assert records(world, "two") == records(world, "one")
    (record,) = records(world, "two")
    stated = {*record} | {f"{scope}.{key}" for name, scope in COLLECTIONS.items() for each in record[name] for key in each}
    assert {each.key for each in FIELDS if not each.computed and each.kind != "file"} <= stated


def test_a_file_that_the_account_does_not_have_is_an_error_in_its_cell_and_leaves_no_half_factory(world: World) -> None:
    text = "factory,title,file\n,Plan,{}\n".format("0f" * 32)
    world.factory("one", {"legal_name": "A", "country": "VN"}, live=False)
    plan = plan_import(io.BytesIO(text.encode()), scope="document")
    with world.house.database.write() as session:
        result = apply_import(world.house, session, world.caller("one"), plan)
    assert [(each.column, each.code) for each in result.errors] == [("file", "unknown_file")]
    assert len(records(world, "one")) == 1


def test_importing_it_into_the_same_account_changes_nothing(world: World) -> None:
    world.factory("one", HOSTILE, live=False)
    result = brought_in(world, "one", exported(world, "xlsx"))
    assert [each.outcome for each in result.applied] == [Outcome.UNCHANGED]


def test_lists_come_out_escaped_with_their_letters_whole(world: World) -> None:
    world.factory("one", HOSTILE, live=False)
    with zipfile.ZipFile(io.BytesIO(exported(world, "csv"))) as archive:
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert {"factories.csv", "capabilities.csv", "weekly-capacity.csv", "policies.csv", "grants.csv"} <= set(texts)
    for text in texts.values():
        for row in csv.reader(io.StringIO(text, newline="")):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    (row,) = csv.DictReader(io.StringIO(texts["factories.csv"], newline=""))
    assert row["Legal name [vi]"] == "'=cmd|'/C calc'!A0"
    assert row["Legal name [en]"] == "''+1 Đúc áp lực"
    back = plan_import(io.BytesIO(texts["factories.csv"].encode()))
    assert back.errors == ()
    assert back.drafts[0].document["legal_name"] == HOSTILE["legal_name"]
    assert back.drafts[0].document["point"] == HOSTILE["point"]


def test_no_cell_of_the_workbook_is_a_formula(world: World) -> None:
    from openpyxl import load_workbook

    world.factory("one", HOSTILE, live=False)
    book = load_workbook(io.BytesIO(exported(world, "xlsx")))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert cells
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert "'=cmd|'/C calc'!A0" in rows_of(exported(world, "xlsx"), "Factories")[1]


def test_agreements_go_along_and_nothing_of_others(world: World) -> None:
    mine = world.factory("one", {"legal_name": "Mine", "country": "VN"})
    world.factory("two", {"legal_name": "Theirs, unseen", "country": "VN"}, live=False)
    from sharing import grants

    with world.house.database.write() as session:
        grants.give_grant(
            world.house, session, world.caller("one"), factory_id=mine, organization="buyer", tier="partner", purpose="rfq"
        )
    document = json.loads(exported(world, "json"))
    assert [each["factory"] for each in document["grants"]] == [mine]
    assert document["factories"][0]["policy"]["rules"]
    assert "Theirs" not in json.dumps(document)
    held = json.loads(exported(world, "json", "buyer"))
    assert held["factories"] == []
    assert [each["factory"] for each in held["grants"]] == [mine]


def test_everything_means_more_than_a_list_shows_and_names_the_files(world: World) -> None:
    from sharing import grants
    from sharing.files import shelf

    mine = world.factory("one", {"legal_name": "Mine", "country": "VN"})
    owner = world.caller("one")
    with world.house.database.write() as session:
        for _ in range(MOST_LISTED + 1):
            grants.give_grant(world.house, session, owner, factory_id=mine, organization="buyer", tier="partner", purpose="rfq")
        digest = shelf.add_file(world.house, session, owner, pdf(), name="drawing.pdf").digest
    document = json.loads(exported(world, "json"))
    assert len(document["grants"]) == MOST_LISTED + 1
    assert [(each["digest"], each["name"]) for each in document["files"]] == [(digest, "drawing.pdf")]
    assert digest in str(rows_of(exported(world, "xlsx"), "Files"))


def test_an_erased_factory_is_named_nowhere_in_what_its_owner_or_its_auditor_takes_along(world: World) -> None:
    world.organization("auditor", roles=("auditor",))
    gone, stays = (world.factory("one", engagements.SHOP, policy=engagements.OPEN) for _ in range(2))
    for factory in (gone, stays):
        engagements.attested(world, factory, owner="one", auditor="auditor")
    for slug in ("one", "auditor"):
        document = json.loads(exported(world, "json", slug))
        assert {each["factory"] for each in document["attestations"]} == {gone, stays}
    with world.house.database.write() as session:
        erase(session, session.get_one(Factory, gone), world.house.now())
    for slug in ("one", "auditor"):
        text = exported(world, "json", slug).decode()
        assert gone not in text
        assert [each["factory"] for each in json.loads(text)["attestations"]] == [stays]
