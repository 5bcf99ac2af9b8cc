"""Files over HTTP: taken in by content, given as attachments, and otherwise the 404 of an unknown address."""

from __future__ import annotations

import pytest

from network.media import FILE_BYTES_MAX
from tests.api.world import World
from tests.documents import jpeg, pdf, png

EXACT = {"v": 1, "rules": [{"id": "all", "to": "anyone", "show": [["*", "exact"]]}]}


def upload(world: World, content: bytes, who: str = "acme", **other: object) -> str:
    answer = world.ask(who, "POST", "/v1/files", data=content, **other)
    assert answer.status_code == 201, answer.json
    assert answer.headers["Location"].endswith(f"/v1/files/{answer.json['digest']}")
    return str(answer.json["digest"])


def factory(world: World, digest: str) -> str:
    document = {"legal_name": "Files", "country": "VN", "documents": [{"title": "Drawing", "file": digest}]}
    made: str = world.post("acme", "/v1/factories", json=document).json["id"]
    question = world.post("acme", f"/v1/factories/{made}/publish", json={}).json
    assert world.post("acme", f"/v1/factories/{made}/publish", json={"preview": question["digest"]}).status_code == 200
    return made


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [(pdf(), "application/pdf", "pdf"), (png(), "image/png", "png"), (jpeg(), "image/jpeg", "jpg")],
    ids=["pdf", "png", "jpeg"],
)
def test_a_file_leaves_as_an_attachment_of_the_type_that_it_is(world: World, content: bytes, kind: str, ending: str) -> None:
    digest = upload(world, content, content_type="text/html")
    made = factory(world, digest)
    address = f"/v1/factories/{made}/documents/{digest}"
    assert world.get(None, address).status_code == 404
    world.save_policy("acme", made, EXACT)
    for answer in (world.get(None, address), world.get("globex", address), world.get("acme", f"/v1/files/{digest}")):
        assert (answer.status_code, answer.data) == (200, content)
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{digest[:16]}.{ending}"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_file_that_the_asker_has_already_is_not_sent_again(world: World) -> None:
    digest = upload(world, pdf())
    made = factory(world, digest)
    address = f"/v1/factories/{made}/documents/{digest}"
    known = {"If-None-Match": world.get("acme", f"/v1/files/{digest}").headers["ETag"]}
    assert world.get("globex", address, headers=known).status_code == 404
    world.save_policy("acme", made, EXACT)
    assert world.get("globex", address).headers["ETag"] == known["If-None-Match"]
    for slug, path in (("globex", address), ("acme", f"/v1/files/{digest}")):
        again = world.get(slug, path, headers=known)
        assert (again.status_code, again.data) == (304, b"")


def test_a_file_that_is_not_shown_answers_like_one_that_never_was(world: World) -> None:
    digest = upload(world, pdf())
    made = factory(world, digest)
    unknown = world.get("globex", f"/v1/factories/{made}/documents/{'0' * 64}")
    hidden = world.get("globex", f"/v1/factories/{made}/documents/{digest}")
    nowhere = world.get("globex", f"/v1/factories/{'0' * 21}/documents/{digest}")
    assert {(each.status_code, each.data) for each in (unknown, hidden, nowhere)} == {(404, unknown.data)}
    assert world.get("globex", f"/v1/files/{digest}").data == unknown.data
    assert world.delete("globex", f"/v1/files/{digest}").data == unknown.data


def test_the_larger_limit_is_that_of_this_address_alone(world: World) -> None:
    large = png(text=b"x" * 1_000_000)
    assert upload(world, large)
    assert world.ask("acme", "POST", "/v1/factories", data=large).status_code == 413
    refused = world.ask("acme", "POST", "/v1/files", data=b"%PDF-1.4" + bytes(FILE_BYTES_MAX))
    assert (refused.status_code, refused.json["code"]) == (413, "body_too_large")


def test_what_is_no_file_is_refused(world: World) -> None:
    for content in (b"", b"hello", b"<html></html>"):
        answer = world.ask("acme", "POST", "/v1/files?name=certificate.pdf", data=content, content_type="application/pdf")
        assert (answer.status_code, answer.json["code"]) == (415, "file_refused")
    assert world.ask(None, "POST", "/v1/files", data=pdf()).status_code == 401


def test_a_file_in_use_stays_and_another_goes(world: World) -> None:
    used, spare = upload(world, pdf()), upload(world, png(), query_string={"name": "Spare part.png"})
    factory(world, used)
    listed = {each["digest"]: each for each in world.get("acme", "/v1/files").json["files"]}
    assert (listed[used]["used"], listed[spare]["used"], listed[spare]["name"]) == (True, False, "Spare part.png")
    assert world.delete("acme", f"/v1/files/{used}").status_code == 409
    assert world.delete("acme", f"/v1/files/{spare}").status_code == 204
    assert world.get("acme", f"/v1/files/{spare}").status_code == 404


def test_a_profile_that_names_an_unknown_file_is_refused_with_its_path(world: World) -> None:
    document = {"legal_name": "Files", "country": "VN", "documents": [{"title": "Drawing", "file": "0" * 64}]}
    answer = world.post("acme", "/v1/factories", json=document)
    assert answer.status_code == 422
    assert [(each["path"], each["code"]) for each in answer.json["errors"]] == [("documents/0/file", "unknown_file")]


def test_confirming_says_what_is_as_of_today(world: World) -> None:
    document = {"legal_name": "C", "country": "VN", "capacity_groups": [{"name": "Mill", "spare_hours": {"2026-W48": "9"}}]}
    made = world.post("acme", "/v1/factories", json=document).json["id"]
    answer = world.post("acme", f"/v1/factories/{made}/confirmation", json={})
    assert answer.status_code == 200
    assert [each.rpartition("/")[2] for each in answer.json["paths"]] == ["name", "spare_hours"]
    assert answer.json["live"] == []
    wrong = world.post("acme", f"/v1/factories/{made}/confirmation", json={"paths": ["capability/x"]})
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, "paths/0")
    assert world.post("globex", f"/v1/factories/{made}/confirmation", json={}).status_code == 404
