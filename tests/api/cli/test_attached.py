"""`guildnet file` and `guildnet confirm` on a node of their own."""

from __future__ import annotations

from pathlib import Path

from tests.api.cli.conftest import Shell
from tests.documents import pdf, png


def kept(shell: Shell, *contents: bytes) -> list[str]:
    paths = []
    for number, content in enumerate(contents):
        path = Path(shell.path(f"file-{number}.pdf"))
        path.write_bytes(content)
        paths.append(str(path))
    return [each["digest"] for each in shell.json("file", "add", *paths, "--org", "an-phat")["files"]]


def test_files_are_kept_listed_written_and_thrown_away(shell: Shell) -> None:
    one, two = kept(shell, pdf(), png())
    listed = shell.json("file", "list", "--org", "an-phat")["files"]
    assert {(each["digest"], each["media_type"]) for each in listed} == {(one, "application/pdf"), (two, "image/png")}
    out = shell.path("out.pdf")
    shell.run("file", "get", one, "--org", "an-phat", "--out", out)
    assert Path(out).read_bytes() == pdf()
    shell.run("file", "remove", two, "--org", "an-phat")
    assert [each["digest"] for each in shell.json("file", "list", "--org", "an-phat")["files"]] == [one]
    assert "not_found" in shell.run("file", "get", two, "--org", "an-phat", "--out", out, code=1).stderr


def test_one_file_that_is_none_keeps_all_out(shell: Shell) -> None:
    good, bad = Path(shell.path("good.pdf")), Path(shell.path("bad.pdf"))
    good.write_bytes(pdf())
    bad.write_bytes(b"hello")
    assert "file_refused" in shell.run("file", "add", str(good), str(bad), "--org", "an-phat", code=1).stderr
    assert "There are no files." in shell.run("file", "list", "--org", "an-phat").stdout


def test_confirming_an_unknown_factory_fails(shell: Shell) -> None:
    assert "not_found" in shell.run("confirm", "0" * 21, code=1).stderr
