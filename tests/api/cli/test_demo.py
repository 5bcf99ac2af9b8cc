"""The demonstration tells what the node answered, and what it tells is what it should be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.cli.demo.stage import Credentials, Party
from api.container import build
from api.settings import Settings
from sharing.synthetic import synthetic_factories
from tests.api.cli.conftest import Shell
from tests.shared_material import ROOT

MAIN = "import sys; from api.cli import main; main(sys.argv[1:], prog_name='guildnet')"
MORE, SEED = 25, 7
TITLES = (
    "A node and its members",
    "Three suppliers say what they make, and decide who sees it",
    "One factory, seen by three",
    "A buyer looks for a turning shop",
    "A rival is kept out, and cannot tell",
    "A partner comes closer, for a purpose and a time",
    "Two auditors sign what they saw",
    "Things change, and the proof follows",
    "Proof, on a laptop without a network",
)
MEMBERS, POLICY, LEVELS, SEARCH, RIVAL, CLOSER, AUDIT, CHANGE, PROOF = TITLES


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The story as a program gets it, with more factories behind it."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-c", MAIN, "demo", "--no-serve", "--json", "--folder", str(folder / "node")]
    command += ["--factories", str(MORE), "--seed", str(SEED)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUILDNET_")}
    done = subprocess.run(
        command, cwd=folder, env=kept | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def parties(told: Any) -> Iterator[dict[str, Party]]:
    """Who can ask the node that was left behind; "" is the public."""
    node = Path(told["folder"])
    settings = Settings(database_url=f"sqlite:///{node / 'guildnet.db'}", kek_file=str(node / "guildnet.kek"), development=True)
    container = build(settings)
    app = create_app(settings, container=container)
    known = {each["organization"]: each for each in told["credentials"]}
    yield {"": Party(app)} | {
        slug: Party(
            app,
            Credentials(slug=slug, name=slug, roles=(), client_id=each["client_id"], client_secret=each["client_secret"]),
        )
        for slug, each in known.items()
    }
    container.close()


def table(told: Any, chapter: str) -> list[dict[str, str]]:
    """The rows of a chapter's only table, by column."""
    (found,) = (each for each in told["chapters"] if each["title"] == chapter)
    (only,) = found["tables"]
    return [dict(zip(only["columns"], row, strict=True)) for row in only["rows"]]


def said(told: Any, chapter: str) -> str:
    (found,) = (each for each in told["chapters"] if each["title"] == chapter)
    return "\n".join(found["text"])


def test_the_story_has_nine_chapters(told: Any) -> None:
    assert tuple(each["title"] for each in told["chapters"]) == TITLES


def test_one_auditor_keeps_its_own_key(told: Any) -> None:
    own = [row["organization"] for row in table(told, MEMBERS) if row["signing key"] != "held by the node"]
    assert own == ["Northern Machining Association"]
    assert (Path(told["folder"]) / "machining-association.key").stat().st_mode & 0o077 == 0


def test_no_tier_of_the_starting_policy_sees_less_than_the_one_outside_it(told: Any) -> None:
    order = ["hidden", "existence", "band", "exact"]
    rows = table(told, POLICY)
    assert len(rows) == 20
    for row in rows:
        levels = [order.index(row[tier]) for tier in ("public", "member", "partner", "confidential") if row[tier] != "mixed"]
        assert levels == sorted(levels), row
        assert row["confidential"] == "exact"


def test_each_comes_closer_by_the_level_that_is_theirs(told: Any) -> None:
    seen = {row["value"]: (row["public"], row["member"], row["partner"]) for row in table(told, LEVELS)}
    assert seen["province"] == ("VN", "VN-56", "VN-56")
    assert seen["tolerance_um"] == ("not disclosed", "[5, 10) µm", "5 µm")
    assert seen["lead_time_p50_days"] == ("not disclosed", "[14, 28) days", "14 days")
    assert seen["spare_hours"] == ("not disclosed", "[40, 80) h", "60 h")
    assert seen["name"][0] == seen["number"][0] == "provided"


def test_the_public_sees_bands_and_nothing_finer(parties: dict[str, Party], told: Any) -> None:
    content = parties[""].done("GET", f"/v1/factories/{told['factories']['kinh-bac']}")["factory"]
    capabilities = content["capability"].values()
    for name in ("lot_min", "max_diameter_mm"):
        shown = [cell[name] for cell in capabilities if name in cell]
        assert shown, name
        assert {cell["level"] for cell in shown} == {"band"}
    assert not [cell for cell in capabilities if "tolerance_um" in cell]
    assert "contacts" not in content
    assert "note" not in content


def test_a_band_finds_only_what_is_certain(told: Any) -> None:
    found = {row["question"]: (row["the public finds"], row["a member finds"]) for row in table(told, SEARCH)}
    nothing, two = "0 capabilities, 0 factories", "2 capabilities, 1 factories"
    assert found["turning, to 10 µm"] == (nothing, two)
    assert found["turning, to 9 µm"] == (nothing, nothing)
    assert nothing not in found["turning"] + found["tiện (in Vietnamese, without marks)"]


def test_the_rival_gets_the_404_of_an_invented_id(told: Any) -> None:
    rival, public, buyer = table(told, RIVAL)
    for kept_out in (rival, public):
        assert kept_out["status"] == "404"
        assert kept_out["compared"] == "the same answer as for an invented id"
        assert kept_out["milling found"] == "0 capabilities, 0 factories"
    assert (buyer["asked by"], buyer["status"]) == ("Minato Motors", "200")
    assert buyer["milling found"] == "3 capabilities, 1 factories"
    assert "log out and look again" in said(told, RIVAL)


def test_the_grant_widens_one_purpose_and_ends_when_withdrawn(told: Any) -> None:
    rows = table(told, CLOSER)
    band, exact = "[40, 80) h", "60 h"
    assert [row["with purpose rfq"] for row in rows] == [band, band, exact, band, exact]
    assert {row["with purpose sourcing"] for row in rows} == {band}


def test_each_reader_gets_the_claims_of_their_own_levels(told: Any) -> None:
    public, member, partner = table(told, AUDIT)
    assert (public["exact"], public["as a band"]) == ("4", "0"), "the process of four capabilities and no measure"
    assert (member["exact"], member["as a band"]) == ("4", "8")
    assert (partner["exact"], partner["as a band"]) == ("12", "0")


def test_a_change_within_a_band_is_no_change_for_who_sees_the_band(told: Any) -> None:
    assert "exactly the same bytes as before" in said(told, CHANGE)


def test_the_proof_shows_every_verdict_of_the_story(told: Any) -> None:
    rows = table(told, PROOF)
    by_value = {name: [row["verdict"] for row in rows if row["value"] == name] for name in {row["value"] for row in rows}}
    assert set(by_value["max_diameter_mm"]) == {"withdrawn"}
    assert sorted(by_value["tolerance_um"]) == ["changed_since", *["verified_current"] * 3]
    assert set(by_value["process"]) == {"verified_current"}
    assert told["verdicts"] == {"not_attested": 81, "verified_current": 11, "changed_since": 1, "withdrawn": 4}
    assert "refused as" in said(told, PROOF)


def test_the_command_that_the_story_names_says_the_same(told: Any, empty: Shell) -> None:
    (named,) = (each for each in said(told, PROOF).splitlines() if each.startswith("guildnet verify"))
    assert told["bundle"] in named
    anchors = [word for anchor in told["anchors"] for word in ("--anchor", anchor)]
    report = empty.json("verify", told["bundle"], "--development", *anchors, code=1)
    verdicts = [field["verdict"] for field in report["fields"]]
    assert {each: verdicts.count(each) for each in set(verdicts)} == told["verdicts"]


def test_the_factories_it_adds_are_found_by_everybody(parties: dict[str, Party], told: Any) -> None:
    day = datetime.now(UTC).date()
    added = {document["legal_name"]["en"] for document in synthetic_factories(MORE, SEED, day)}
    assert len(added) == MORE
    for who, purpose in (("", None), ("minato-motors", "sourcing")):
        names, cursor = set(), None
        while True:
            query = {"limit": "20"} | ({"cursor": cursor} if cursor else {})
            page = parties[who].done("GET", "/v1/search", purpose=purpose, **query)
            names |= {item["factory"]["legal_name"]["value"]["en"] for item in page["items"]}
            cursor = page["next"]
            if cursor is None:
                break
        assert added <= names
        assert len(names - added) == (2 if who == "" else 3), "one supplier of the story keeps the public out"
        assert page["factories"] == len(names)


def test_it_does_not_write_into_a_folder_that_holds_something(empty: Shell) -> None:
    empty.file("kept.txt", "mine")
    empty.run("demo", "--no-serve", "--folder", str(empty.folder), code=2)
    assert [each.name for each in empty.folder.iterdir()] == ["kept.txt"]
