"""What holds for every command: help, `--json`, and exit codes by the kind of failure."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from api.cli import main
from api.cli.group import Commands, code_of
from api.cli.settings import settings
from api.settings import SettingsError
from network.errors import DatabaseBusy, SealBroken
from sharing.errors import NotFound
from tests.api.cli.conftest import Shell


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {child}", each) for child, each in command.commands.items())
        else:
            yield name, command


def test_every_command_explains_itself(empty: Shell) -> None:
    for name, command in commands():
        assert command.help, name
        assert empty.run(*name.split(), "--help").stdout
        options = [each for each in command.params if isinstance(each, click.Option)]
        unexplained = [each.name for each in options if not each.help and name != "demo"]
        assert not unexplained, name


def test_every_command_that_answers_has_json(empty: Shell) -> None:
    for name, command in commands():
        if name.split()[0] not in {"serve", "demo"}:
            assert any("--json" in each.opts for each in command.params), name


@pytest.mark.parametrize(
    ("error", "code"),
    [(NotFound("x"), 1), (DatabaseBusy("x"), 1), (SealBroken("x"), 3), (SettingsError(("x",)), 1)],
)
def test_an_error_of_ours_becomes_its_code_and_an_exit_code(error: Exception, code: int) -> None:
    @click.command()
    def fails() -> None:
        raise error

    group = Commands()
    group.get_command = lambda ctx, cmd_name: fails  # type: ignore[method-assign,assignment]
    result = CliRunner().invoke(group, ["fails"])
    assert result.exit_code == code
    assert result.stdout == ""
    assert str(code_of(error)) in result.stderr


def test_a_defect_of_ours_is_not_dressed_as_an_expected_failure() -> None:
    @click.command()
    def fails() -> None:
        raise KeyError("x")

    group = Commands()
    group.get_command = lambda ctx, cmd_name: fails  # type: ignore[method-assign,assignment]
    assert isinstance(CliRunner().invoke(group, ["fails"]).exception, KeyError)


def test_an_unknown_command_is_wrong_usage(empty: Shell) -> None:
    empty.run("frobnicate", code=2)


def test_settings_are_shown_without_secrets(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDNET_KEK", "c2VjcmV0" * 5)
    monkeypatch.setenv("GUILDNET_DATABASE_URL", "postgresql+psycopg://me:pa55word@db/guildnet")
    shown = empty.run("settings").stdout + empty.run("settings", "--json").stdout
    assert "c2VjcmV0" not in shown
    assert "pa55word" not in shown
    described = {each["variable"]: each["value"] for each in json.loads(empty.run("settings", "--json").stdout)}
    assert described["GUILDNET_KEK"] == "set"
    assert settings.help


def test_a_misspelt_setting_stops_every_command(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDNET_DATABSE_URL", "x")
    assert "GUILDNET_DATABSE_URL" in empty.run("settings", code=1).stderr
    assert "settings_invalid" in empty.run("init", "--origin", "https://a.example.org", code=1).stderr
