"""What an owner asks before saving, from the command line: the same answers, as tables and as JSON."""

from __future__ import annotations

import json

import pytest

from tests.api.cli.conftest import Shell

DRAFT = {
    "v": 1,
    "rules": [
        {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"]]},
        {"id": "members", "to": {"tier": "member"}, "for": ["sourcing"], "show": [["location", "exact"]]},
    ],
}


@pytest.fixture
def factory(shell: Shell) -> str:
    shell.run("import", shell.file("list.csv", "name,country\nAn Phat,VN\n"), "--org", "an-phat")
    path = shell.file("again.csv", "name,country\nAn Phat,VN\n")
    return str(shell.json("import", path, "--org", "an-phat", "--dry-run")["factories"][0]["factory"])


def test_each_question_has_an_answer_for_people_and_for_programs(shell: Shell, factory: str) -> None:
    draft = shell.file("draft.json", json.dumps(DRAFT))
    shown = shell.json("policy", "preview", factory, "--as", "org:buyer", "--purpose", "sourcing", "--draft", draft)
    assert (shown["factory"]["country"]["value"], shown["viewer"]["purpose"]) == ("VN", "sourcing")
    assert "An Phat" in shell.run("policy", "preview", factory).stdout
    told = shell.json("policy", "explain", factory, "--field", "country", "--as", 'viewer:{"country": "JP"}', "--draft", draft)
    assert told["fields"][0]["would_take"][0]["lacks"] == ["come for the purpose of sourcing"]
    assert "country" in shell.run("policy", "explain", factory, "--field", "country").stdout
    seers = shell.json("policy", "audience", factory, "--field", "country", "--draft", draft)
    assert [each["purposes"] for each in seers["members"]] == [["sourcing"]] * seers["count"]
    assert seers["count"] > 0
    assert "members" in shell.run("policy", "audience", factory, "--field", "country", "--draft", draft).stdout
    changed = shell.json("policy", "impact", factory, "--draft", draft)
    assert (changed["everybody"]["exact"], changed["directory"]["lose"] > 0) == (True, True)
    assert "lose" in shell.run("policy", "impact", factory, "--draft", draft).stdout
    dead = {**DRAFT, "rules": [*DRAFT["rules"], {"id": "again", "to": "anyone", "show": [["identity", "band"]]}]}  # type: ignore[misc]
    odd = shell.json("policy", "oddities", factory, "--draft", shell.file("dead.json", json.dumps(dead)))
    assert [(each["code"], each["rule"], each["by"]) for each in odd["found"]] == [("shadowed", "again", ["card"])]
    assert "Nothing is odd" in shell.run("policy", "oddities", factory, "--draft", draft).stdout
    assert "Everybody sees" in shell.run("policy", "sentences", factory).stdout
    assert "Mọi người" in shell.run("policy", "sentences", factory, "--lang", "vi").stdout
    assert {each["name"] for each in shell.json("policy", "templates")["templates"]} >= {"open-card", "stealth"}
    assert "Stealth" in shell.run("policy", "templates").stdout


def test_an_unknown_factory_and_a_bad_draft_are_sentences_with_a_code(shell: Shell, factory: str) -> None:
    assert "not_found" in shell.run("policy", "preview", "0" * 21, code=1).stderr
    bad = shell.file("bad.json", '{"v": 1, "rules": []}')
    assert "document_invalid" in shell.run("policy", "impact", factory, "--draft", bad, code=1).stderr
