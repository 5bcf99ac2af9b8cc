"""`guildnet ledger`: listed, exported, and checked against a head that was kept, on the node and elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from api.cli import main
from network import identity
from sharing.ledger import sealing
from sharing.ledger.models import Disclosure
from tests.api.ledger.rows import rows
from tests.api.ledger.test_sealing import rewrite
from tests.api.test_factories import made
from tests.api.world import KEK, World
from trust import anchors, base64url


def run(world: World, *arguments: str) -> Result:
    environment = {"GUILDNET_DATABASE_URL": world.settings.database_url, "GUILDNET_KEK": base64url.encode(KEK.secret)}
    return CliRunner().invoke(main, list(arguments), env=environment)


@pytest.fixture
def looked(world: World) -> World:
    factory = made(world)
    for _ in range(3):
        assert world.get("globex", f"/v1/factories/{factory}").status_code == 200
    sealing.seal_due(world.app.extensions["guildnet"].house)
    return world


def anchor(world: World) -> str:
    with world.database.read() as session:
        return anchors.write(identity.own_anchors(session)[0])


def test_the_list_names_viewers_groups_and_rules(looked: World) -> None:
    told = run(looked, "ledger", "list", "--org", "acme")
    assert told.exit_code == 0, told.output
    assert told.output.count("Globex") == 3
    found = json.loads(run(looked, "ledger", "list", "--org", "acme", "--viewer", "globex", "--json").output)
    assert len(found) == 3
    assert run(looked, "ledger", "list", "--org", "umbrella").output.strip() == "Nobody saw anything."


def test_an_export_is_checked_anywhere_and_a_rewritten_one_is_found(looked: World, tmp_path: Path) -> None:
    ledger, head = tmp_path / "ledger.jsonl", tmp_path / "head"
    assert run(looked, "ledger", "head", "--org", "acme", "--out", str(head)).exit_code == 0
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear owner,\r\nkeep this:\r\n\r\n" + head.read_text().replace("\n", "\r\n") + "\r\nBye\r\n", newline="")
    export = ("ledger", "export", "--org", "acme", "--out", str(ledger))
    check = ("ledger", "verify", str(ledger), "--head", str(letter), "--anchor", anchor(looked))
    assert run(looked, *export).exit_code == 0
    assert run(looked, *check).exit_code == 0
    assert run(looked, "ledger", "verify", "--head", str(head)).exit_code == 0
    assert run(looked, "ledger", "verify", str(ledger)).exit_code == 2
    rewrite(looked, 1)
    found = run(looked, "ledger", "verify", "--head", str(head), "--json")
    assert found.exit_code == 3
    assert "rewritten" in found.output
    assert run(looked, *export).exit_code == 0
    assert run(looked, *check).exit_code == 3


def test_a_row_whose_content_was_taken_away_holds_and_is_counted_among_the_hashes(looked: World, tmp_path: Path) -> None:
    head, ledger = tmp_path / "head", tmp_path / "ledger.jsonl"
    assert run(looked, "ledger", "head", "--org", "acme", "--out", str(head)).exit_code == 0
    with looked.database.write() as session:
        session.execute(update(Disclosure).where(Disclosure.leaf == 1).values(id="", factory_id=None, viewer=""))
    found = json.loads(run(looked, "ledger", "verify", "--head", str(head), "--json").output)
    assert (found["holds"], found["leaves"], found["hashed"]) == (True, [3], [1])
    assert run(looked, "ledger", "export", "--org", "acme", "--out", str(ledger)).exit_code == 0
    check = ("ledger", "verify", str(ledger), "--head", str(head), "--anchor", anchor(looked), "--json")
    found = json.loads(run(looked, *check).output)
    assert (found["holds"], found["told"], found["hashed"]) == (True, 2, 1)


def test_what_is_no_head_is_refused(looked: World, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.write_text("nothing")
    assert run(looked, "ledger", "verify", "--head", str(nothing)).exit_code == 1
    assert run(looked, "ledger", "verify").exit_code == 2


def test_a_bundle_written_for_somebody_is_in_the_ledger(looked: World, tmp_path: Path) -> None:
    factory = rows(looked)[0].factory_id
    for audience in ("public", "member", "globex"):
        out = tmp_path / audience
        assert run(looked, "export", "bundle", str(factory), "--as", audience, "--out", str(out)).exit_code == 0
    assert [(each.way, each.viewer) for each in rows(looked)[-3:-1]] == [
        ("export bundle", "public"),
        ("export bundle", "member"),
    ]
    assert run(looked, "export", "bundle", str(factory), "--as", "nobody", "--out", str(tmp_path / "x")).exit_code == 1
    assert len(rows(looked)) == 6
