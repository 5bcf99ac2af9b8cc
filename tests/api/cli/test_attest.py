"""An auditor signs a worksheet with their own key, offline, and what they signed verifies."""

import json
from datetime import timedelta

import pytest

from api.cli.node import acting_for, organization
from sharing import attestations, audits
from sharing.audits import Engagement
from tests.api.cli.conftest import Shell
from trust import strict_json

DID = "did:web:registry.example.org:orgs:tuv"


@pytest.fixture
def audited(shell: Shell) -> tuple[Shell, str]:
    """A worksheet in `sheet.json` for an auditor whose key is `tuv.key`, about a published factory; its id."""
    shell.file("tuv.jwk", shell.run("key", "new", "--did", DID, "--out", shell.path("tuv.key")).stdout)
    shell.run("org", "add", "tuv", "--name", "T", "--role", "auditor", "--public-key", shell.path("tuv.jwk"))
    arguments = (
        "import",
        shell.file("list.csv", "name,country,year\nAn Phat,VN,1998\n"),
        "--org",
        "an-phat",
        "--publish",
        "--rows",
        "2",
    )
    preview = shell.json(*arguments)["preview"]
    shell.run(*arguments, "--confirm", preview["digest"])
    factory = preview["items"][0]["factory"]
    container = shell.container()
    try:
        house = container.house
        engagement = Engagement(
            factory_id=factory,
            auditor="tuv",
            scheme="ISO9001",
            scheme_version="2015",
            kind="initial",
            modality="onsite",
            scope=("legal_name", "established_year"),
            scope_text="The whole site",
            start=house.today(),
            until=house.today() + timedelta(days=30),
        )
        with house.database.write() as session:
            owner, auditor = (acting_for(organization(session, slug)) for slug in ("an-phat", "tuv"))
            audit = audits.propose_audit(house, session, owner, engagement)
            audits.accept_audit(house, session, auditor, audit.id)
        with house.database.write() as session:
            sheet = attestations.make_worksheet(house, session, auditor, audit.id)
        today = house.today()
    finally:
        container.close()
    (shell.folder / "sheet.json").write_bytes(strict_json.canonical(sheet))
    (shell.folder / "today").write_text(today.isoformat())
    return shell, factory


DECLARED = ("--independent-months", "24", "--exceptions", "One joint training in 2025", "--yes")


def sign(shell: Shell, *options: str, code: int = 0, declared: tuple[str, ...] = DECLARED) -> str:
    today = (shell.folder / "today").read_text()
    how = ("--method", "onsite", "--assessed-on", today, "--valid-until", "2027-11-01")
    arguments = ("attest", shell.path("sheet.json"), "--key", shell.path("tuv.key"), "--out", shell.path("signed.txt"))
    return shell.run(*arguments, *how, *declared, *options, code=code).output


def test_a_worksheet_is_shown_before_it_is_signed(audited: tuple[Shell, str]) -> None:
    shell, _ = audited
    assert "und: An Phat" in shell.run("attest", shell.path("sheet.json")).stdout
    assert shell.json("attest", shell.path("sheet.json"))["issuer"] == DID


def test_what_was_signed_offline_is_taken_by_the_node_and_verifies_in_a_bundle(audited: tuple[Shell, str]) -> None:
    shell, factory = audited
    sign(shell)
    identifier = json.loads((shell.folder / "sheet.json").read_text())["attestation"]
    container = shell.container()
    try:
        with container.house.database.write() as session:
            auditor = acting_for(organization(session, "tuv"))
            signed = (shell.folder / "signed.txt").read_text()
            attestations.submit_attestation(container.house, session, auditor, identifier, signed)
    finally:
        container.close()
    shell.run("export", "bundle", factory, "--as", "member", "--out", shell.path("b.json"))
    anchor = shell.json("key", "list")["anchors"][0]
    report = shell.json("verify", shell.path("b.json"), "--anchor", anchor)
    verdicts = {field["path"]: field["verdict"] for field in report["fields"]}
    assert verdicts["legal_name"] == "verified_current"
    assert verdicts["country"] == "not_attested"
    (attested,) = {each["attestation"]: each for field in report["fields"] for each in field["attestations"]}.values()
    assert attested["independence"]["period"] == "P24M"
    assert attested["label"] is None
    shown = shell.run("verify", shell.path("b.json"), "--anchor", anchor).stdout
    assert "24 months" in shown
    assert "One joint training in 2025" in shown
    assert {field["who"] for field in report["fields"]} == {DID, "did:web:registry.example.org:orgs:an-phat"}


def test_only_the_chosen_paths_are_signed(audited: tuple[Shell, str]) -> None:
    shell, _ = audited
    sign(shell)
    whole = len((shell.folder / "signed.txt").read_text().split("~"))
    sign(shell, "--path", "legal_name")
    assert len((shell.folder / "signed.txt").read_text().split("~")) < whole
    assert "does not have country" in sign(shell, "--path", "country", code=1)


def test_what_every_reader_learns_is_shown_and_asked_about_before_it_is_signed(audited: tuple[Shell, str]) -> None:
    shell, _ = audited
    asked = sign(shell, code=1, declared=DECLARED[:-1])
    for words in ("ISO9001 2015", "period P24M", "One joint training in 2025", "number of digests: 16", "Sign this?"):
        assert words in asked
    assert "An Phat" not in asked
    assert not (shell.folder / "signed.txt").exists()


def test_nothing_is_signed_without_a_declaration_of_independence(audited: tuple[Shell, str]) -> None:
    shell, _ = audited
    assert "--independent-months" in sign(shell, code=2, declared=("--yes",))
    sign(shell, code=2, declared=("--independent-months", "0", "--yes"))
    sign(shell, code=1, declared=("--independent-months", "9", "--exceptions", "two\nlines", "--yes"))
    assert not (shell.folder / "signed.txt").exists()


def test_somebody_elses_key_does_not_sign(audited: tuple[Shell, str]) -> None:
    shell, _ = audited
    (shell.folder / "tuv.key").unlink()
    shell.run("key", "new", "--did", DID.replace("tuv", "other"), "--out", shell.path("tuv.key"))
    sign(shell, code=1)
    assert not (shell.folder / "signed.txt").exists()


def test_a_worksheet_that_is_none_and_days_that_cannot_be_are_refused(audited: tuple[Shell, str]) -> None:
    shell, _ = audited
    today = (shell.folder / "today").read_text()
    for option in ("--valid-until", "--assessed-on"):
        said = sign(shell, option, "2020-01-01", code=1)
        assert option in said
        assert today in said
    shell.file("sheet.json", json.dumps({"issuer": DID}))
    sign(shell, code=1)
    shell.run("attest", shell.path("sheet.json"), code=1)
    for text in ("", "[]", '{"worksheet'):
        shell.file("sheet.json", text)
        for said in (shell.run("attest", shell.path("sheet.json"), code=1).stderr, sign(shell, code=1)):
            assert "sheet.json is not a worksheet" in said


@pytest.mark.parametrize("action", ["--revoke", "--suspend", "--resume"])
def test_a_request_about_an_attestation_is_signed_with_a_reason(audited: tuple[Shell, str], action: str) -> None:
    shell, _ = audited
    arguments = ("attest", action, "0" * 32, "--key", shell.path("tuv.key"), "--out", shell.path("revoked.txt"))
    shell.run(*arguments, code=2)
    shell.run(*arguments, "--reason", "error")
    assert (shell.folder / "revoked.txt").read_text().count(".") == 2


def test_what_is_missing_is_wrong_usage(audited: tuple[Shell, str]) -> None:
    shell, _ = audited
    shell.run("attest", code=2)
    shell.run("attest", shell.path("sheet.json"), "--revoke", "x", code=2)
    shell.run("attest", shell.path("sheet.json"), "--key", shell.path("tuv.key"), code=2)
    shell.run("attest", shell.path("sheet.json"), "--key", shell.path("tuv.key"), "--out", shell.path("x"), code=2)
