"""A bundle is checked by its anchors alone, with an exit code that a script can act on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.cli.conftest import Shell

WITHOUT_THE_NODE = """
import socket, sys
def refuse(*arguments, **named):
    raise AssertionError("the network was asked")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from api.cli import main
try:
    main(sys.argv[1:], prog_name="guildnet")
except SystemExit as ended:
    loaded = {name.partition(".")[0] for name in sys.modules}
    of_the_node = {"network", "sharing", "policies", "sqlalchemy", "flask", "gunicorn", "alembic", "httpx"}
    print(sorted(loaded & of_the_node), file=sys.stderr)
    raise
"""


@pytest.fixture
def published(shell: Shell) -> tuple[Shell, str, str]:
    """A node with one published factory: its id and the node's anchor."""
    arguments = ("import", shell.file("list.csv", "name,country\nAn Phat,VN\n"), "--org", "an-phat", "--publish", "--rows", "2")
    preview = shell.json(*arguments)["preview"]
    shell.run(*arguments, "--confirm", preview["digest"])
    return shell, preview["items"][0]["factory"], shell.json("key", "list")["anchors"][0]


def test_a_bundle_verifies_with_the_nodes_anchor_and_prints_who_stated_what(published: tuple[Shell, str, str]) -> None:
    shell, factory, anchor = published
    assert shell.json("export", "bundle", factory, "--out", shell.path("b.json"))["as"] == "public"
    report = shell.json("verify", shell.path("b.json"), "--anchor", anchor)
    assert report["holds"] is True
    assert report["view"]["custody"] == "as stated through https://registry.example.org"
    assert {field["path"]: field["verdict"] for field in report["fields"]} == {
        "country": "not_attested",
        "legal_name": "not_attested",
    }
    people = shell.run("verify", shell.path("b.json"), "--anchor", anchor).stdout
    assert "und: An Phat" in people
    assert "as stated through" in people


def test_the_organizations_own_key_is_anchor_enough_for_a_view_made_for_its_reader(
    published: tuple[Shell, str, str],
) -> None:
    shell, factory, _ = published
    kid = shell.json("key", "list", "an-phat")["keys"][0]["kid"]
    shell.run("export", "bundle", factory, "--as", "buyer", "--out", shell.path("b.json"))
    assert shell.json("verify", shell.path("b.json"), "--anchor", kid)["view"]["status"] == "live"
    # A standing view can be superseded; who signs its status stands in the view, which the anchored key signed.
    shell.run("export", "bundle", factory, "--as", "public", "--out", shell.path("b.json"))
    standing = shell.json("verify", shell.path("b.json"), "--anchor", kid)["view"]
    assert (standing["trust"], standing["status"]) == ("believed", "in_force")


def test_an_organizations_bundle_is_for_it_alone_and_expires(published: tuple[Shell, str, str]) -> None:
    shell, factory, anchor = published
    shell.run("export", "bundle", factory, "--as", "buyer", "--out", shell.path("b.json"))
    report = shell.json("verify", shell.path("b.json"), "--anchor", anchor)
    assert report["view"]["audience"] == "did:web:registry.example.org:orgs:buyer"
    later = shell.json("verify", shell.path("b.json"), "--anchor", anchor, "--at", "2099-01-01", code=1)
    assert {field["verdict"] for field in later["fields"]} == {"expired"}


def test_without_an_anchor_or_with_what_is_none_it_is_wrong_usage(published: tuple[Shell, str, str]) -> None:
    shell, factory, anchor = published
    shell.run("export", "bundle", factory, "--out", shell.path("b.json"))
    shell.run("verify", shell.path("b.json"), code=2)
    shell.run("verify", shell.path("b.json"), "--anchor", "node:https://registry.example.org", code=2)
    shell.run("verify", shell.path("none.json"), "--anchor", anchor, code=2)
    shell.run("verify", shell.path("b.json"), "--anchor", anchor, "--at", "yesterday", code=2)
    shell.run("verify", shell.path("b.json"), "--anchor", anchor, "--at", "2026-11-22T10:00:00", code=2)


def test_somebody_elses_anchor_believes_nothing(published: tuple[Shell, str, str]) -> None:
    shell, factory, anchor = published
    shell.run("export", "bundle", factory, "--out", shell.path("b.json"))
    other = anchor.partition("#")[0] + "#" + shell.json("key", "list", "buyer")["keys"][0]["kid"].partition("#")[2]
    report = shell.json("verify", shell.path("b.json"), "--anchor", other, code=1)
    assert report["holds"] is False
    assert {field["verdict"] for field in report["fields"]} == {"issuer_untrusted"}


def test_every_changed_byte_is_damage_or_disbelief_and_never_holds(published: tuple[Shell, str, str]) -> None:
    shell, factory, anchor = published
    shell.run("export", "bundle", factory, "--out", shell.path("b.json"))
    data = (shell.folder / "b.json").read_bytes()
    for at in range(0, len(data), 97):
        (shell.folder / "c.json").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        shell.run("verify", shell.path("c.json"), "--anchor", anchor, code=3)
    (shell.folder / "c.json").write_bytes(data[:-1])
    shell.run("verify", shell.path("c.json"), "--anchor", anchor, code=3)
    shell.run("verify", shell.file("c.json", "{}"), "--anchor", anchor, code=3)


def test_a_bundle_of_a_development_node_needs_the_option(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDNET_DEVELOPMENT", "true")
    anchor = empty.json("init", "--origin", "http://localhost:8123")["anchor"]
    empty.run("org", "add", "an-phat", "--name", "An Phát", "--role", "supplier")
    arguments = ("import", empty.file("list.csv", "name,country\nA,VN\n"), "--org", "an-phat", "--publish", "--rows", "2")
    preview = empty.json(*arguments)["preview"]
    empty.run(*arguments, "--confirm", preview["digest"])
    empty.run("export", "bundle", preview["items"][0]["factory"], "--out", empty.path("b.json"))
    assert "--development" in empty.run("verify", empty.path("b.json"), "--anchor", anchor, code=1).stderr
    shown = empty.run("verify", empty.path("b.json"), "--anchor", anchor, "--development").stdout
    assert "proves nothing to others" in shown


def test_it_needs_no_node_no_database_no_network_and_loads_none(published: tuple[Shell, str, str], tmp_path: Path) -> None:
    shell, factory, anchor = published
    shell.run("export", "bundle", factory, "--out", shell.path("b.json"))
    bundle = tmp_path / "elsewhere" / "b.json"
    bundle.parent.mkdir()
    bundle.write_bytes((shell.folder / "b.json").read_bytes())
    root = str(Path(__file__).resolve().parents[3])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": root}
    command = [sys.executable, "-c", WITHOUT_THE_NODE, "verify", str(bundle), "--anchor", anchor, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=bundle.parent, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert json.loads(done.stdout)["holds"] is True
    assert [file.name for file in bundle.parent.iterdir()] == ["b.json"]


def test_only_what_is_published_is_exported(published: tuple[Shell, str, str]) -> None:
    shell, factory, _ = published
    out = ("--out", shell.path("b.json"))
    assert "not_found" in shell.run("export", "bundle", "0" * 21, *out, code=1).stderr
    shell.run("export", "bundle", factory, "--as", "nobody-here", *out, code=1)
    assert not (shell.folder / "b.json").exists()


def test_after_a_rotation_new_bundles_verify_and_those_saved_before_say_why_not(
    published: tuple[Shell, str, str],
) -> None:
    shell, factory, anchor = published
    shell.run("export", "bundle", factory, "--out", shell.path("before.json"))
    shell.run("key", "rotate", "an-phat")
    shell.run("export", "bundle", factory, "--out", shell.path("after.json"))
    assert shell.json("verify", shell.path("after.json"), "--anchor", anchor)["holds"] is True
    # Saved before, it carries what the node said of the key then; its status list is the only word on what came later.
    assert shell.json("verify", shell.path("before.json"), "--anchor", anchor)["view"]["status"] == "in_force"


def test_a_compromised_key_closes_and_its_owner_goes_on_with_the_next_one(published: tuple[Shell, str, str]) -> None:
    shell, factory, anchor = published
    kid = shell.json("key", "list", "an-phat")["keys"][0]["kid"]
    assert shell.json("key", "compromise", kid, "--at", "2026-11-01")["compromised_at"].startswith("2026-11-01")
    shell.run("export", "bundle", factory, "--out", shell.path("b.json"))
    report = shell.json("verify", shell.path("b.json"), "--anchor", anchor, code=1)
    assert (report["view"]["trust"], report["view"]["trust_reason"]) == ("untrusted", "compromised_key")
    shell.run("key", "rotate", "an-phat")
    shell.run("export", "bundle", factory, "--out", shell.path("b.json"))
    assert shell.json("verify", shell.path("b.json"), "--anchor", anchor)["holds"] is True
