"""Commands as the pages of the project write them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.shared_material import ROOT

SHELLS = {"sh", "bash", "shell", "console"}
ENDS, ARROWS = frozenset("();|&\n"), frozenset("<>")
FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"(^|\s)#\s.*$", re.MULTILINE)
PROMPT = re.compile(r"^\$ ", re.MULTILINE)
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
    """The words of each simple command of a script, without redirections, comments and variables set in front."""
    lexer = shlex.shlex(PROMPT.sub("", COMMENT.sub("", script.replace("\\\n", " "))), posix=True, punctuation_chars="();|&<>\n")
    lexer.commenters = ""
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    words: list[str] = []
    for word in (*lexer, ";"):
        if not word or not ENDS.issuperset(word):
            words.append(word)
            continue
        if found := _plain(words):
            yield found
        words = []


def _plain(words: list[str]) -> list[str]:
    kept: list[str] = []
    to_file = False
    for word in words:
        arrow = bool(word) and ARROWS.issuperset(word)
        if arrow and kept and kept[-1].isdigit():
            kept.pop()  # the 2 of 2>
        if not arrow and not to_file:
            kept.append(word)
        to_file = arrow
    while kept and VARIABLE.match(kept[0]):
        kept = kept[1:]
    return kept


def guildnet(words: list[str]) -> list[str] | None:
    """The arguments, if this is a call of our command line."""
    return words[1:] if words and words[0].rpartition("/")[2] == "guildnet" else None
