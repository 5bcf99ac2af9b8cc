"""A key of one's own stays in its file; the node's keys are listed, shown and replaced, and none is printed."""

import json
import stat

import pytest

from tests.api.cli.conftest import Shell

DID = "did:web:registry.example.org:orgs:tuv"


def test_a_new_key_file_is_private_and_its_secret_is_printed_nowhere(empty: Shell) -> None:
    result = empty.run("key", "new", "--did", DID, "--out", empty.path("tuv.key"))
    file = empty.folder / "tuv.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["d"] not in result.output
    assert set(json.loads(result.stdout)) == {"kty", "crv", "x"}
    shown = empty.json("key", "show", empty.path("tuv.key"))
    assert shown["kid"].startswith(f"{DID}#")
    assert shown["public"] == json.loads(result.stdout)


def test_a_key_file_is_never_overwritten(empty: Shell) -> None:
    empty.run("key", "new", "--did", DID, "--out", empty.path("tuv.key"))
    before = (empty.folder / "tuv.key").read_bytes()
    empty.run("key", "new", "--did", DID, "--out", empty.path("tuv.key"), code=1)
    assert (empty.folder / "tuv.key").read_bytes() == before


def test_what_is_no_did_gets_no_key(empty: Shell) -> None:
    empty.run("key", "new", "--did", "tuv", "--out", empty.path("tuv.key"), code=1)
    assert not (empty.folder / "tuv.key").exists()


@pytest.mark.parametrize("harm", ["mode", "kid", "x", "extra", "text", "seed"])
def test_a_key_file_that_is_not_as_it_was_made_is_refused(empty: Shell, harm: str) -> None:
    empty.run("key", "new", "--did", DID, "--out", empty.path("tuv.key"))
    empty.run("key", "new", "--did", DID, "--out", empty.path("other.key"))
    file = empty.folder / "tuv.key"
    members = json.loads(file.read_text())
    other = json.loads((empty.folder / "other.key").read_text())
    match harm:
        case "mode":
            file.chmod(0o640)
        case "kid" | "x":
            members[harm] = other[harm]
        case "extra":
            members["note"] = "x"
        case "seed":
            members["d"] = "AAAA"
    file.write_text("not json" if harm == "text" else json.dumps(members))
    empty.run("key", "show", empty.path("tuv.key"), code=1)


def test_the_keys_of_the_node_are_listed_with_its_anchor(shell: Shell) -> None:
    listed = shell.json("key", "list")
    assert {key["role"] for key in listed["keys"]} == {"root", "token", "status"}
    root = next(key for key in listed["keys"] if key["role"] == "root")
    assert listed["anchors"] == [f"node:https://registry.example.org#{root['kid'].partition('#')[2]}"]
    assert listed["anchors"][0] in shell.run("key", "list").stdout


def test_a_key_is_shown_by_its_id(shell: Shell) -> None:
    kid = shell.json("key", "list", "an-phat")["keys"][0]["kid"]
    assert shell.json("key", "show", kid)["custody"] == "node"
    assert kid in shell.run("key", "show", kid).stdout
    assert "key_unknown" in shell.run("key", "show", f"{DID}#{'A' * 43}", code=1).stderr


def test_an_organizations_key_is_replaced_and_the_old_one_stays_listed(shell: Shell) -> None:
    (old,) = shell.json("key", "list", "an-phat")["keys"]
    new = shell.json("key", "rotate", "an-phat")
    keys = {key["kid"]: key["valid_until"] for key in shell.json("key", "list", "an-phat")["keys"]}
    assert keys[old["kid"]] is not None
    assert keys[new["kid"]] is None


def test_replacing_the_root_key_changes_the_anchor_and_says_so(shell: Shell) -> None:
    before = shell.json("key", "list")["anchors"]
    assert "anchor" in shell.run("key", "rotate", "node", "--role", "root").stderr.lower()
    assert shell.json("key", "list")["anchors"] != before


def test_the_node_needs_a_role_and_an_organization_has_none(shell: Shell) -> None:
    shell.run("key", "rotate", "node", code=2)
    shell.run("key", "rotate", "an-phat", "--role", "root", code=2)


def test_an_auditor_brings_their_own_key_and_only_they_replace_it(shell: Shell) -> None:
    public = shell.run("key", "new", "--did", DID, "--out", shell.path("tuv.key")).stdout
    shell.file("tuv.jwk", public)
    shown = shell.json("org", "add", "tuv", "--name", "T", "--role", "auditor", "--public-key", shell.path("tuv.jwk"))
    assert [(key["kid"], key["custody"]) for key in shown["keys"]] == [
        (shell.json("key", "show", shell.path("tuv.key"))["kid"], "self")
    ]
    assert "key_refused" in shell.run("key", "rotate", "tuv", code=1).stderr
    shell.file("next.jwk", shell.run("key", "new", "--did", DID, "--out", shell.path("next.key")).stdout)
    shell.run("key", "rotate", "tuv", "--public-key", shell.path("next.jwk"))
    assert len(shell.json("key", "list", "tuv")["keys"]) == 2


def test_a_private_key_is_not_taken_for_a_public_one(shell: Shell) -> None:
    shell.run("key", "new", "--did", DID, "--out", shell.path("tuv.key"))
    shell.run("org", "add", "tuv", "--name", "T", "--public-key", shell.path("tuv.key"), code=1)
