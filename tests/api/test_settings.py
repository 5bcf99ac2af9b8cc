"""Settings come from the environment, all faults at once, and never show a secret."""

from __future__ import annotations

import pytest

from api.settings import Settings, SettingsError


def test_a_setting_is_read_by_its_type() -> None:
    given = {"GUILDNET_DEVELOPMENT": "Yes", "GUILDNET_PAGE_SIZE_MAX": "7", "GUILDNET_KEK_FILE": "/k", "PATH": "/bin"}
    settings = Settings.from_env(given)
    assert (settings.development, settings.page_size_max, settings.kek_file) == (True, 7, "/k")


@pytest.mark.parametrize(
    ("variable", "text", "problem"),
    [
        ("GUILDNET_PAGESIZE", "7", "is not a setting"),
        ("GUILDNET_page_size_max", "7", "is not a setting"),
        ("GUILDNET_DEVELOPMENT", "maybe", "must be true or false"),
        ("GUILDNET_PAGE_SIZE_MAX", "-1", "must be a whole number"),
        ("GUILDNET_PAGE_SIZE_MAX", "1_0", "must be a whole number"),
        ("GUILDNET_PAGE_SIZE_MAX", "٣", "must be a whole number"),
        ("GUILDNET_PAGE_SIZE_MAX", "0", "must be at least 1"),
        ("GUILDNET_LOG_LEVEL", "info", "must be one of"),
        ("GUILDNET_DATABASE_URL", "guildnet.db", "must be a URL"),
    ],
)
def test_a_fault_is_named_with_its_variable(variable: str, text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({variable: text})
    assert refused.value.problems[0].startswith(f"{variable} {problem}")


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({"GUILDNET_A": "1", "GUILDNET_DEVELOPMENT": "x", "GUILDNET_B": "1"})
    assert len(refused.value.problems) == 3


def test_variables_of_the_test_suite_are_not_settings() -> None:
    assert Settings.from_env({"GUILDNET_TEST_POSTGRES_URL": "x", "GUILDNET_SHARED": "y"}) == Settings()


def test_secrets_are_never_shown() -> None:
    settings = Settings(
        kek="k-secret",
        database_url="postgresql+psycopg://me:p-secret@host/db",
        rate_limit_storage="redis://:r-secret@host",
    )
    shown = repr(settings) + repr(settings.describe())
    assert "secret" not in shown.replace("secret text", "")
    values = {item.variable: item.value for item in settings.describe()}
    assert values["GUILDNET_KEK"] == "set"
    assert values["GUILDNET_DATABASE_URL"] == "postgresql+psycopg://me:***@host/db"
    assert Settings().describe()[2].value == "not set"
