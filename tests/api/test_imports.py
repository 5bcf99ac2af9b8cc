"""Files over HTTP: imported, asked about, their errors fetched; the template; pairs; everything own."""

from __future__ import annotations

import io
import json

import pytest
from openpyxl import load_workbook

from tests.api.world import World
from tests.sharing.exchange.books import FACTORIES, FULL, book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BAD = book({"Factories": FACTORIES, "Capabilities": (("Factory", "Process"), ("F1", "=1"), ("F2", "Turning"))})


def test_a_workbook_is_imported_and_asked_about_afterwards(world: World) -> None:
    made = world.post("acme", "/v1/imports", data=book(FULL), content_type=XLSX)
    assert made.status_code == 201
    assert made.json["result"]["outcomes"]["created"] == 2
    assert made.json["has_errors"] is False
    assert world.get("acme", made.headers["Location"]).json == made.json
    assert len(world.get("acme", "/v1/factories").json["factories"]) == 2
    assert world.get("acme", f"{made.headers['Location']}/errors").status_code == 404
    for other in ("umbrella", "globex"):
        assert world.get(other, made.headers["Location"]).status_code == 404


def test_a_dry_run_says_what_the_real_run_then_does_and_stores_only_its_report(world: World) -> None:
    trial = world.post("acme", "/v1/imports?dry_run=true", data=BAD, content_type=XLSX)
    assert world.get("acme", "/v1/factories").json["factories"] == []
    assert world.get("acme", trial.headers["Location"]).json["dry_run"] is True
    real = world.post("acme", "/v1/imports", data=BAD, content_type=XLSX)
    said, done = dict(trial.json["result"]), dict(real.json["result"])
    assert (said.pop("dry_run"), done.pop("dry_run")) == (True, False)
    for each in (*said["factories"], *done["factories"]):
        each.pop("factory")
    assert said == done


def test_the_workbook_of_errors_has_a_comment_in_each_bad_cell(world: World) -> None:
    made = world.post("acme", "/v1/imports", data=BAD, content_type=XLSX)
    assert made.json["has_errors"] is True
    (error,) = made.json["result"]["errors"]
    assert (error["sheet"], error["cell"], error["code"]) == ("Capabilities", "B2", "formula")
    answer = world.get("acme", f"{made.headers['Location']}/errors")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    errors = load_workbook(io.BytesIO(answer.data))
    assert errors.sheetnames[0] == "Problems"
    assert "formula" in errors["Capabilities"]["B2"].comment.text
    assert errors["Capabilities"]["B3"].comment is None
    assert [cell.value for cell in errors["Problems"][2]][:2] == ["Capabilities", "B2"]


def test_the_same_key_imports_once(world: World) -> None:
    headers = {"Idempotency-Key": "import-number-1"}
    first = world.post("acme", "/v1/imports", data=book(FULL), content_type=XLSX, headers=headers)
    again = world.post("acme", "/v1/imports", data=book(FULL), content_type=XLSX, headers=headers)
    assert again.json["id"] == first.json["id"] or again.status_code == 409  # a workbook made again may differ in its time
    data = book(FULL)
    headers = {"Idempotency-Key": "import-number-2"}
    ids = {world.post("acme", "/v1/imports", data=data, content_type=XLSX, headers=headers).json["id"] for _ in range(2)}
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("who", "data", "media", "query", "status", "code"),
    [
        ("globex", b"name,country\nA,VN\n", "text/csv", "", 403, "role_required"),
        ("acme", b"{}", "application/json", "", 415, "media_type_unsupported"),
        ("acme", b"PK\x03\x04", XLSX, "", 422, "workbook_damaged"),
        ("acme", b"name\nA\n", "text/csv", "", 422, "mapping_incomplete"),
        ("acme", b"name,country\nA,VN\n", "text/csv", "?map=nonsense", 422, "validation_failed"),
        ("acme", b"name,country\nA,VN\n", "text/csv", "?holds=shoes", 422, "validation_failed"),
        ("acme", b"name,country\n" + b"x" * 70_000_000, "text/csv", "", 413, "body_too_large"),
        (None, b"name,country\nA,VN\n", "text/csv", "", 401, "token_required"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_with_its_code(
    world: World, who: str | None, data: bytes, media: str, query: str, status: int, code: str
) -> None:
    answer = world.post(who, f"/v1/imports{query}", data=data, content_type=media)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_file_may_be_larger_than_other_bodies_and_other_bodies_may_not(world: World) -> None:
    rows = b"".join(b"Works %d,VN\n" % at for at in range(100))
    padded = b"name,country,remark\n" + rows + b"Big,VN," + b"x" * 15_000 + b"\n" + b",,\n" * 150_000
    assert len(padded) > 400_000
    assert world.post("acme", "/v1/imports?dry_run=true", data=padded, content_type="text/csv").status_code == 201
    assert world.post("acme", "/v1/factories", data=padded, content_type="application/json").status_code == 413


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_template_comes_in_both_languages_and_imports_nothing_as_it_is(world: World, language: str) -> None:
    answer = world.get("acme", f"/v1/imports/template?language={language}")
    assert answer.mimetype == XLSX
    made = world.post("acme", "/v1/imports", data=answer.data, content_type=XLSX)
    assert made.status_code == 201, made.json
    assert made.json["result"]["rows"] == 0
    assert {each["holds"] for each in made.json["result"]["sheets"]} == {
        "factories", "capabilities", "capacity_groups", "certificates", "machines", "documents"
    }  # fmt: skip
    assert [each["ignored"] for each in made.json["result"]["sheets"] if each["ignored"]] == []


def test_pairs_are_listed_decided_and_undone(world: World) -> None:
    world.post("acme", "/v1/imports", data=b"name,country,address\nAn Phat,VN,1 Le Loi\n", content_type="text/csv")
    second = world.post("acme", "/v1/imports", data=b"name,country,address\nAn Phat,VN,2 Le Loi\n", content_type="text/csv")
    assert second.json["result"]["factories"][0]["alike"] == 1
    (pair,) = world.get("acme", "/v1/duplicates").json["duplicates"]
    address = f"/v1/duplicates/{pair['id']}"
    assert world.get("umbrella", address).status_code == 404
    assert world.post("umbrella", f"{address}/decision", json={"decision": "merge"}).status_code == 404
    merged = world.post("acme", f"{address}/decision", json={"decision": "merge"})
    assert (merged.status_code, merged.json["state"]) == (200, "merged")
    assert world.post("acme", f"{address}/decision", json={"decision": "apart"}).json["code"] == "state_conflict"
    assert world.get("acme", "/v1/duplicates").json["duplicates"] == []
    assert len(world.get("acme", "/v1/duplicates?state=merged").json["duplicates"]) == 1
    assert world.delete("acme", f"{address}/decision").json["state"] == "open"
    assert world.post("acme", "/v1/duplicates").json == {"open": 1}


@pytest.mark.parametrize(("form", "media"), [("json", "application/json"), ("csv", "application/zip"), ("xlsx", XLSX)])
def test_everything_own_is_a_file_of_ones_own(world: World, form: str, media: str) -> None:
    world.post("acme", "/v1/imports", data=book(FULL), content_type=XLSX)
    answer = world.get("acme", f"/v1/export?format={form}")
    assert (answer.status_code, answer.mimetype) == (200, media)
    if form == "json":
        assert len(json.loads(answer.data)["factories"]) == 2
        assert json.loads(world.get("umbrella", "/v1/export?format=json").data)["factories"] == []
    assert world.get("acme", "/v1/export").status_code == 422
