"""Organizations are added, changed and shown with who says what; secrets are seen once."""

from network.membership import verify_client
from tests.api.cli.conftest import Shell


def test_an_organization_is_added_with_its_facts_and_shown_with_their_source(shell: Shell) -> None:
    shown = shell.json("org", "add", "tuv", "--name", "TÜV", "--role", "auditor", "--role", "accreditor", "--country", "DE")
    assert shown == shell.json("org", "show", "tuv")
    assert shown["did"] == "did:web:registry.example.org:orgs:tuv"
    assert shown["roles"] == ["accreditor", "auditor"]
    assert {(fact["attribute"], fact["value"], fact["source"]) for fact in shown["facts"]} == {
        ("role", "auditor", "operator"),
        ("role", "accreditor", "operator"),
        ("country", "DE", "operator"),
    }
    assert [key["custody"] for key in shown["keys"]] == ["node"]


def test_the_list_is_for_people_and_for_programs(shell: Shell) -> None:
    assert [each["slug"] for each in shell.json("org", "list")] == ["an-phat", "buyer"]
    assert "An Phát" in shell.run("org", "list").stdout


def test_a_name_cannot_move_the_cursor_or_pass_for_markup(shell: Shell) -> None:
    shell.run("org", "set", "buyer", "--name", "[red]B[/red] & Co")
    assert "[red]B[/red] & Co" in shell.run("org", "list").stdout
    assert "\x1b" not in shell.run("org", "list").stdout


def test_facts_are_replaced_and_a_verification_of_zero_takes_it_back(shell: Shell) -> None:
    shown = shell.json("org", "set", "an-phat", "--role", "buyer", "--sector", "C25", "--verified", "0", "--name", "AP")
    assert (shown["roles"], shown["sectors"], shown["verified"], shown["name"]) == (["buyer"], ["C25"], None, "AP")
    assert shown["country"] == "VN"
    assert not [fact for fact in shown["facts"] if fact["attribute"] == "verified"]


def test_an_organization_is_suspended_and_reinstated(shell: Shell) -> None:
    assert shell.json("org", "set", "buyer", "--suspend")["suspended"] is True
    assert shell.json("org", "set", "buyer", "--reinstate")["suspended"] is False


def test_wrong_usage_is_told_from_an_expected_failure(shell: Shell) -> None:
    shell.run("org", "set", "buyer", code=2)
    shell.run("org", "add", "x1", "--name", "X", "--role", "king", code=2)
    shell.run("org", "set", "buyer", "--verified", "4", code=2)
    shell.run("org", "client", "buyer", "--label", "x", "--revoke", "y", code=2)
    assert "organization_unknown" in shell.run("org", "show", "nobody", code=1).stderr
    assert "slug_taken" in shell.run("org", "add", "buyer", "--name", "B", code=1).stderr
    assert "fact_invalid" in shell.run("org", "set", "buyer", "--country", "Vietnam", code=1).stderr


def test_a_failed_change_leaves_nothing_behind(shell: Shell) -> None:
    shell.run("org", "add", "half", "--name", "Half", "--role", "buyer", "--country", "Vietnam", code=1)
    assert [each["slug"] for each in shell.json("org", "list")] == ["an-phat", "buyer"]


def test_a_client_gets_a_secret_that_works_and_is_never_shown_again(shell: Shell) -> None:
    made = shell.json("org", "client", "an-phat", "--label", "ERP", "--scope", "read")
    assert made["scope"] == "read"
    container = shell.container()
    try:
        with container.house.database.read() as session:
            assert verify_client(session, made["client_id"], made["client_secret"]).label == "ERP"
    finally:
        container.close()
    assert made["client_secret"] not in shell.run("org", "show", "an-phat").output
    assert made["client_secret"].encode() not in (shell.folder / "node.db").read_bytes()


def test_a_client_is_revoked_by_its_own_organization_only(shell: Shell) -> None:
    made = shell.json("org", "client", "an-phat", "--label", "ERP")
    assert "client_unknown" in shell.run("org", "client", "buyer", "--revoke", made["client_id"], code=1).stderr
    shell.run("org", "client", "an-phat", "--revoke", made["client_id"])
    assert [each["revoked"] for each in shell.json("org", "show", "an-phat")["clients"]] == [True]


def test_a_beneficial_owner_is_the_operators_own_name_for_whoever_owns_it(shell: Shell) -> None:
    shell.run("org", "set", "an-phat", "--beneficial-owner", "tran-family", "--beneficial-owner", "fund.vn")
    facts = {(each["attribute"], each["value"]) for each in shell.json("org", "show", "an-phat")["facts"]}
    assert {("beneficial_owner", "tran-family"), ("beneficial_owner", "fund.vn")} <= facts
    shell.run("org", "set", "an-phat", "--beneficial-owner", "Tran Family", code=1)
