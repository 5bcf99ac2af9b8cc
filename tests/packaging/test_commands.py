"""Every command that a page or a message names is there, with the options it is given."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from api.cli import main
from tests.contract.tree import shown, sources
from tests.packaging.pages import commands, fenced, guildnet, pages

INLINE = re.compile(r"`(guildnet [^`]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
MODULE = re.compile(r"python -m (tests\.\w+)")
CHOSEN = (click.Choice, click.types.IntParamType, click.types.BoolParamType)


def wrong(words: list[str], *, complete: bool = True) -> str | None:
    """What click would say against these arguments. `complete`: arguments that are needed must be there, and no others."""
    command: click.Command = main
    context = click.Context(main, info_name="guildnet")
    try:
        while isinstance(command, click.Group):
            if not words or words[0] in {"--help", "-h", "--version"}:
                return None
            name, found, words = command.resolve_command(context, words)
            if found is None:
                return f"no command {name}"
            command, context = found, click.Context(found, info_name=name, parent=context)
        if "--help" in words:
            return None
        given, rest, _ = command.make_parser(context).parse_args(list(words))
        for parameter in command.params:
            value = given.get(parameter.name or "")
            missing = not isinstance(value, str | list | tuple | bool) or value in ((), [])
            if missing and parameter.required and complete:
                return f"{parameter.name} is missing"
            if not missing and isinstance(parameter.type, CHOSEN) and complete:
                parameter.type_cast_value(context, value)
    except click.BadOptionUsage as error:
        # `--anchor` alone names an option; only in a block it lacks its value.
        return error.format_message() if complete else None
    except click.UsageError as error:
        return error.format_message()
    return f"too much: {rest}" if rest and complete else None


def pasted() -> list[tuple[str, list[str]]]:
    """(page, arguments) of every call of `guildnet` in a shell block."""
    found = []
    for page in pages():
        for block in fenced(page.read_text(encoding="utf-8")):
            found += [(shown(page), arguments) for each in commands(block) if (arguments := guildnet(each)) is not None]
    return found


def named() -> list[tuple[str, list[str]]]:
    """(file, arguments) of every call of `guildnet` between backticks, in the pages and in what our code says."""
    found = []
    for path in [*pages(), *sources()]:
        for text in INLINE.findall(path.read_text(encoding="utf-8")):
            found.append((shown(path), shlex.split(" ".join(text.split()))[1:]))
    return found


def test_the_pages_have_commands_to_look_at() -> None:
    first = [" ".join(arguments[:2]) for page, arguments in pasted() if page == "README.md"]
    assert {"demo", "init --origin", "org add", "org client", "serve", "verify bundle.json"} <= set(first)
    assert ("README.md", ["demo", "--no-serve", "--json"]) in named()


@pytest.mark.parametrize(("place", "arguments"), pasted(), ids=lambda value: value if isinstance(value, str) else value[0])
def test_every_command_of_a_page_can_be_pasted(place: str, arguments: list[str]) -> None:
    assert wrong(arguments) is None, f"{place}: guildnet {shlex.join(arguments)}"


def test_every_command_that_is_named_exists() -> None:
    found = {f"{place}: guildnet {shlex.join(words)}": wrong(words, complete=False) for place, words in named()}
    assert {text: why for text, why in found.items() if why is not None} == {}


@pytest.mark.parametrize(
    "arguments",
    [
        "dance",
        "org dance",
        "demo --loud",
        "demo now",
        "org add",
        "org add kinh-bac --name K --role dancer",
        "demo --port 7",
        "serve --port many",
    ],
)
def test_the_look_at_commands_finds_what_is_wrong(arguments: str) -> None:
    assert wrong(arguments.split()) is not None


def test_commands_are_read_as_a_shell_reads_them() -> None:
    script = """
A=1 guildnet serve --host '' >log 2>errors # it's started
$ .venv/bin/guildnet init \\
    --origin 'a#b' && x | guildnet key list; y
curl -d '{
  "guildnet": "demo"
}' && guildnet demo
"""
    found = [arguments for each in commands(script) if (arguments := guildnet(each)) is not None]
    assert found == [["serve", "--host", ""], ["init", "--origin", "a#b"], ["key", "list"], ["demo"]]


@pytest.mark.parametrize("page", pages(), ids=shown)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_module_of_the_tests_that_a_page_has_run_is_there() -> None:
    modules = {name for page in pages() for name in MODULE.findall(page.read_text(encoding="utf-8"))}
    assert [name for name in sorted(modules) if find_spec(name) is None] == []
