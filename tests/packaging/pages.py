"""Commands as the pages of the project write them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.shared_material import ROOT

SHELLS = {"sh", "bash", "shell", "console"}
ENDS = {"&&", "||", "|", ";", "&", "(", ")", "`"}
ARROWS = {">", ">>", "<", "2>"}
FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"(^|\s)#\s.*$", re.MULTILINE)
VARIABLE = re.compile(r"[A-Za-z_]\w*=")


def pages() -> list[Path]:
    """The pages people read: those at the top, and the folder docs."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def fenced(text: str) -> Iterator[str]:
    """The blocks of a page that a person would paste into a shell."""
    for match in FENCE.finditer(text):
        if match[1] in SHELLS:
            yield match[2]


def under(page: Path, heading: str) -> str:
    """The first shell block below a heading."""
    _, found, rest = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    assert found, f"{page.name} has no section {heading!r}"
    return next(fenced(rest)).strip()


def commands(script: str) -> Iterator[list[str]]:
    """The words of each simple command of a script, without redirections, comments and variables set in front.

    Where a block shows output too, its commands are the lines that begin with a prompt. Lines that do not name our command
    line are left alone: they may end inside a quotation.
    """
    lines = COMMENT.sub("", script.replace("\\\n", " ")).splitlines()
    prompted = [line for line in lines if line.lstrip().startswith("$ ")]
    for line in prompted or lines:
        if "guildnet" not in line:
            continue
        words: list[str] = []
        for word in (*_split(line.strip().removeprefix("$ ")), ";"):
            if word not in ENDS:
                words.append(word)
                continue
            if found := _plain(words):
                yield found
            words = []


def _split(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.commenters = ""
    lexer.whitespace_split = True
    return list(lexer)


def _plain(words: list[str]) -> list[str]:
    kept = [word for at, word in enumerate(words) if word not in ARROWS and (at == 0 or words[at - 1] not in ARROWS)]
    while kept and VARIABLE.match(kept[0]):
        kept = kept[1:]
    return kept


def guildnet(words: list[str]) -> list[str] | None:
    """The arguments, if this is a call of our command line."""
    return words[1:] if words and words[0].rpartition("/")[2] == "guildnet" else None
