"""A list becomes drafts, and published factories only after the very preview was confirmed."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.api.cli.conftest import Shell
from tests.shared_material import shared

LIST = 'name,country,address,website\nAn Phat 1,VN,1 Le Loi,\nAn Phat 2,Việt Nam,2 Le Loi,\nAN PHAT 1,Vietnam,"1, Lê Lợi",\n'
BAD = LIST + "B,Atlantis,,\nC,VN\n"


def factories(shell: Shell) -> list[Any]:
    from sharing import factories as service

    container = shell.container()
    try:
        house = container.house
        with house.database.read() as session:
            from api.cli.node import acting_for, organization

            return service.list_factories(house, session, acting_for(organization(session, "an-phat")))
    finally:
        container.close()


def test_the_real_list_is_imported_whole_and_a_second_time_changes_nothing(shell: Shell) -> None:
    path = str(shared("data/osh_facilities_geocoded.csv"))
    first = shell.json("import", path, "--org", "an-phat")
    assert first["rows"] == 959 == first["drafts"] + len(first["repeats"]) + first["error_rows"]
    assert first["drafts"] <= 955
    assert first["outcomes"]["created"] == first["drafts"]
    assert first["ignored"] == ["source_list", "sector"]
    second = shell.json("import", path, "--org", "an-phat")
    assert second["outcomes"] == {"created": 0, "unchanged": first["drafts"], "changed": 0, "kept": 0}
    assert len(factories(shell)) == first["drafts"]


def test_a_dry_run_says_the_same_and_stores_nothing(shell: Shell) -> None:
    path = shell.file("list.csv", LIST)
    trial = shell.json("import", path, "--org", "an-phat", "--dry-run")
    assert trial["dry_run"] is True
    assert {each["factory"] for each in trial["factories"]} == {None}
    assert factories(shell) == []
    assert "dry run" in shell.run("import", path, "--org", "an-phat", "--dry-run").stdout
    assert shell.json("import", path, "--org", "an-phat")["outcomes"] == trial["outcomes"]


def test_bad_rows_are_reported_with_exit_code_1_while_the_others_load(shell: Shell) -> None:
    path = shell.file("list.csv", BAD)
    result = shell.json("import", path, "--org", "an-phat", "--errors", shell.path("errors.csv"), code=1)
    assert [(each["row"], each["column"], each["code"]) for each in result["errors"]] == [
        (5, "country", "country_unknown"),
        (6, None, "too_few_columns"),
    ]
    assert len(factories(shell)) == 2
    with (shell.folder / "errors.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["row"] for row in csv.DictReader(stream)] == ["4", "5", "6"]
    people = shell.run("import", path, "--org", "an-phat", code=1).stdout
    assert "Atlantis" in people
    assert "the same as row 2" in people
    assert people.index("Atlantis") < people.index("the same as row 2") < people.index("4 read")
    assert "legal_name" not in people, "what each column was read as is for --json"


def test_a_mapping_is_chosen_by_hand_and_a_missing_one_is_explained(shell: Shell) -> None:
    path = shell.file("list.csv", "A=B,Nước,Secret\nAn Phat,VN,x\n")
    assert "legal_name" in shell.run("import", path, "--org", "an-phat", code=1).stderr
    result = shell.json("import", path, "--org", "an-phat", "--map", "A=B=legal_name")
    assert result["mapping"] == {"A=B": "legal_name", "Nước": "country"}
    assert result["ignored"] == ["Secret"]
    shell.run("import", path, "--org", "an-phat", "--map", "legal_name", code=2)


@pytest.mark.parametrize(("slug", "code"), [("nobody", "organization_unknown"), ("buyer", "role_required")])
def test_only_a_supplier_of_this_node_has_factories(shell: Shell, slug: str, code: str) -> None:
    assert code in shell.run("import", shell.file("list.csv", LIST), "--org", slug, code=1).stderr


def test_a_file_of_300_megabytes_is_refused_clearly(shell: Shell) -> None:
    with Path(shell.path("big.csv")).open("wb") as stream:
        stream.truncate(300_000_000)
    assert "source_too_large" in shell.run("import", shell.path("big.csv"), "--org", "an-phat", code=1).stderr
    assert "source_unreadable" in shell.run("import", shell.path("none.csv"), "--org", "an-phat", code=1).stderr


def test_publishing_asks_first_and_then_publishes_exactly_what_was_shown(shell: Shell) -> None:
    arguments = ("import", shell.file("list.csv", LIST), "--org", "an-phat", "--publish", "--rows", "2-2")
    asked = shell.json(*arguments)
    assert asked["published"] is None
    (item,) = asked["preview"]["items"]
    assert item["public"]["legal_name"]["value"] == {"und": "An Phat 1"}
    assert "address" not in item["public"]
    assert {each.state for each in factories(shell)} == {"draft"}
    assert "preview_not_confirmed" in shell.run(*arguments, "--confirm", "0" * 64, code=1).stderr
    assert {each.state for each in factories(shell)} == {"draft"}
    done = shell.json(*arguments, "--confirm", asked["preview"]["digest"])
    assert done["published"] == [item["factory"]]
    assert sorted(each.state for each in factories(shell)) == ["draft", "published"]


def test_a_preview_for_people_shows_both_audiences_and_the_digest_to_give(shell: Shell) -> None:
    arguments = ("import", shell.file("list.csv", LIST), "--org", "an-phat", "--publish", "--rows", "2")
    digest = shell.json(*arguments)["preview"]["digest"]
    result = shell.run(*arguments)
    assert "every member sees" in result.stdout
    assert f"--confirm {digest}" in result.stderr


def test_rows_that_were_published_before_are_not_asked_about_again(shell: Shell) -> None:
    path = shell.file("list.csv", LIST)
    for rows, code in (("2", 0), ("2-3", 0), ("2-3", 1)):
        arguments = ("import", path, "--org", "an-phat", "--publish", "--rows", rows)
        if code:
            assert "never published" in shell.run(*arguments, code=code).stderr
        else:
            preview = shell.json(*arguments)["preview"]
            assert len(preview["items"]) == 1
            shell.run(*arguments, "--confirm", preview["digest"])
    assert [each.state for each in factories(shell)] == ["published", "published"]


def test_a_confirmed_digest_is_worth_nothing_once_a_row_has_changed(shell: Shell) -> None:
    arguments = ("import", shell.file("list.csv", LIST), "--org", "an-phat", "--publish", "--rows", "2")
    digest = shell.json(*arguments)["preview"]["digest"]
    shell.file("list.csv", LIST.replace("An Phat 1,", "AN PHAT 1,"))
    assert "preview_not_confirmed" in shell.run(*arguments, "--confirm", digest, code=1).stderr


def test_a_changed_row_updates_a_draft_and_leaves_a_published_factory_alone(shell: Shell) -> None:
    arguments = ("import", shell.file("list.csv", LIST), "--org", "an-phat")
    publish = (*arguments, "--publish", "--rows", "2")
    digest = shell.json(*publish)["preview"]["digest"]
    shell.run(*publish, "--confirm", digest)
    shell.file("list.csv", LIST.replace("Le Loi,", "Le Loi,http://new.example"))
    result = shell.json(*arguments)
    assert result["outcomes"] == {"created": 0, "unchanged": 0, "changed": 1, "kept": 1}
    assert sorted((each.state, each.revision) for each in factories(shell)) == [("draft", 2), ("published", 1)]


@pytest.mark.parametrize(
    "options",
    [
        ("--publish",),
        ("--rows", "2-3"),
        ("--publish", "--rows", "3-2"),
        ("--confirm", "x"),
        ("--publish", "--rows", "2", "--dry-run"),
    ],
)
def test_publishing_options_that_contradict_each_other_are_wrong_usage(shell: Shell, options: tuple[str, ...]) -> None:
    shell.run("import", shell.file("list.csv", LIST), "--org", "an-phat", *options, code=2)
    assert factories(shell) == []
