"""What an operator can set, as data.

Every setting is a `GUILDNET_` variable with a default, a unit and a sentence; `docs/settings.md` is made from this
table by `as_markdown`, and a test fails when the two differ. A misspelt variable is an error, because a limit that was
meant and silently not applied is worse than a start that fails. Secrets never come out again: not in `repr`, not in
`describe`.

Not here: the origin of the node. It is asked once, at `guildnet init`, and stored in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import ClassVar, Literal, Self, TypeAlias, TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "GUILDNET_"

_OF_THE_TEST_SUITE = ("GUILDNET_TEST_", "GUILDNET_SHARED")
"""Read by the tests, never by the program; a test run must be able to start the program with them set."""

Value: TypeAlias = str | int | bool
Show: TypeAlias = Literal["plain", "secret", "url"]
T = TypeVar("T", str, int, bool)

_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """The environment does not describe a usable configuration. `problems` has one sentence for each fault found."""

    code: ClassVar[str] = "settings_invalid"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One setting as `guildnet settings` shows it; `value` and `default` are texts with every secret taken out."""

    variable: str
    value: str
    default: str
    unit: str
    doc: str


def _setting(default: T, *, unit: str, doc: str, show: Show = "plain", at_least: int | None = None) -> T:
    note = {"unit": unit, "doc": doc, "show": show, "at_least": at_least}
    return field(default=default, repr=show == "plain", metadata=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One value for each setting. Build it with `from_env`; the constructor is for tests."""

    database_url: str = _setting(
        "sqlite:///guildnet.db",
        unit="URL",
        show="url",
        doc="Where the node keeps everything: `sqlite:///FILE`, or `postgresql+psycopg://USER@HOST/NAME` "
        "(PostgreSQL 15 or later).",
    )
    kek_file: str = _setting(
        "guildnet.kek",
        unit="path",
        doc="File with the key that opens the stored private keys, readable by its owner only. "
        "`guildnet init` makes it. Keep it out of every backup.",
    )
    kek: str = _setting(
        "",
        unit="base64url, 32 bytes",
        show="secret",
        doc="The same key as text, for places without a file; when set, the file is not read.",
    )
    journal_file: str = _setting(
        "",
        unit="path",
        doc="File in which the node remembers, outside the database, what it took back, so that a restored copy is "
        "noticed. Empty: the key file's name with `.journal`, and none when the key is given as text. Keep it out of "
        "every backup of the database.",
    )
    platform_caps_file: str = _setting(
        "",
        unit="path",
        doc="JSON file with the limits that no owner can lift (sanctions, export control, competition law). Empty: none.",
    )
    development: bool = _setting(
        False,
        unit="true or false",
        doc="Allow an `http://localhost:PORT` origin and loopback peers. "
        "What such a node signs verifies only with `--development`.",
    )
    token_lifetime_s: int = _setting(
        600, unit="seconds", at_least=30, doc="How long an access token lasts. Revocation does not wait for it."
    )
    search_floor_ms: int = _setting(
        20,
        unit="milliseconds",
        at_least=0,
        doc="No search answers sooner, so that its time tells less. Waited after the database connection is returned.",
    )
    probing_limit: int = _setting(
        200,
        unit="questions in a week",
        at_least=1,
        doc="How many searches an organization, together with those of the same beneficial owners, may ask from Monday to "
        "Sunday (UTC) that differ in numbers, weeks and days alone. One asked before is answered.",
    )
    question_limit: int = _setting(
        5_000,
        unit="questions in a week",
        at_least=1,
        doc="The same for searches that use the same parameters, whatever they ask for.",
    )
    ledger_days: int = _setting(
        1_095,
        unit="days",
        at_least=30,
        doc="How long an owner's ledger says who saw what. After that its hash alone is kept, so that the ledger can still be "
        "checked.",
    )
    ledger_public_days: int = _setting(
        90, unit="days", at_least=1, doc="The same for what was shown to the public, of whom nobody is known."
    )
    page_size_max: int = _setting(
        100, unit="items", at_least=1, doc="The largest page of a search; a larger one that is asked for is an error."
    )
    body_bytes_max: int = _setting(
        262_144, unit="bytes", at_least=1024, doc="The largest request body; a larger one is refused before it is read."
    )
    import_bytes_max: int = _setting(
        67_108_864, unit="bytes", at_least=1024, doc="The largest file that `guildnet import` and `POST /v1/imports` read."
    )
    rate_limit: str = _setting(
        "600 per minute",
        unit="limits, separated by `;`",
        doc="Requests of one organization (of one address when anonymous), all routes together.",
    )
    rate_limit_token: str = _setting("30 per minute", unit="limits, separated by `;`", doc="Token requests from one address.")
    rate_limit_sign_in: str = _setting(
        "20 per minute",
        unit="limits, separated by `;`",
        doc="Log-ins, sign-ups, resets and mailed tokens from one address, each kind counted by itself.",
    )
    rate_limit_storage: str = _setting(
        "memory://",
        unit="URL",
        show="url",
        doc="Where the counters of the limits live. Several processes need a shared place: `redis://` or `valkey://`.",
    )
    index_snapshot: str = _setting(
        "",
        unit="path",
        doc="Where `guildnet worker` writes the search index and other processes load it at their start. Holds what owners "
        "hide. Empty: the SQLite file's name with `.index`, or `guildnet.index` with PostgreSQL; `none`: no snapshot.",
    )
    sign_in_floor_ms: int = _setting(
        400,
        unit="milliseconds",
        at_least=0,
        doc="No log-in, sign-up or reset answers sooner, so that its time tells less. Waited without a database connection.",
    )
    session_lifetime_s: int = _setting(
        2_592_000, unit="seconds", at_least=60, doc="How long a person stays logged in at the most."
    )
    session_idle_s: int = _setting(
        604_800, unit="seconds", at_least=60, doc="How long a person stays logged in without doing anything."
    )
    password_memory_kib: int = _setting(
        65_536,
        unit="KiB",
        at_least=64,
        doc="Memory of one argon2id hash; the defaults of the three are RFC 9106's second choice. "
        "A log-in makes hashes of older costs anew.",
    )
    password_rounds: int = _setting(3, unit="count", at_least=1, doc="Passes of one argon2id hash over its memory.")
    password_lanes: int = _setting(4, unit="count", at_least=1, doc="Lanes of one argon2id hash.")
    smtp_url: str = _setting(
        "",
        unit="URL",
        show="url",
        doc="Where letters are sent: `smtp://USER:PASSWORD@HOST:PORT` (STARTTLS is demanded, except on the loopback) or "
        "`smtps://...`. Empty: letters wait, unless `GUILDNET_MAIL_FILE` is set.",
    )
    mail_from: str = _setting("", unit="mail address", doc="Whom letters come from. Needed with `GUILDNET_SMTP_URL`.")
    mail_file: str = _setting(
        "", unit="path", doc="File that letters are appended to instead of being sent; for development, it holds their tokens."
    )
    trusted_proxies: int = _setting(
        0,
        unit="count",
        at_least=0,
        doc="Reverse proxies in front of the node whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.",
    )
    metrics_port: int = _setting(
        0,
        unit="port",
        at_least=0,
        doc="Where `guildnet serve` answers Prometheus at `/metrics`, on the loopback interface only; 0: nowhere.",
    )
    log_level: str = _setting("INFO", unit="DEBUG, INFO, WARNING or ERROR", doc="The least serious message that is logged.")

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Self:
        """Read every `GUILDNET_` variable of `environment`; raises `SettingsError` with all faults at once."""
        known = {PREFIX + item.name.upper(): item for item in fields(cls)}
        problems: list[str] = []
        values: dict[str, Value] = {}
        for variable, text in sorted(environment.items()):
            if not variable.startswith(PREFIX) or variable.startswith(_OF_THE_TEST_SUITE):
                continue
            if variable not in known:
                problems.append(f"{variable} is not a setting")
                continue
            try:
                values[known[variable].name] = _read(known[variable], text)
            except ValueError as error:
                problems.append(f"{variable} {error}")
        if problems:
            raise SettingsError(tuple(problems))
        return cls(**values)  # type: ignore[arg-type]

    def describe(self) -> tuple[Described, ...]:
        """Every setting in the order of the table, with secrets replaced by `set` or `not set`."""
        return tuple(
            Described(
                variable=PREFIX + item.name.upper(),
                value=_shown(getattr(self, item.name), item.metadata["show"]),
                default=_shown(_default(item), item.metadata["show"]),
                unit=item.metadata["unit"],
                doc=item.metadata["doc"],
            )
            for item in fields(self)
        )


def as_markdown() -> str:
    """The text of `docs/settings.md`."""
    head = (
        "# Settings\n\n"
        "Set in the environment. An unknown `GUILDNET_` variable stops the program. `guildnet settings` prints the\n"
        "values in force, without secrets. This page is made from `api/settings.py`; a test fails when it is out of\n"
        "date.\n\n"
        "| variable | default | unit | meaning |\n|---|---|---|---|\n"
    )
    rows = (
        f"| `{item.variable}` | {f'`{item.default}`' if item.default else '(empty)'} | {item.unit} | {item.doc} |\n"
        for item in Settings().describe()
    )
    return head + "".join(rows)


def _default(item: Field[Value]) -> Value:
    if item.default is MISSING:  # pragma: no cover - every setting has one; a test says so
        raise TypeError(item.name)
    return item.default


def _shown(value: Value, show: Show) -> str:
    if show == "secret":
        return "set" if value else "not set"
    if show == "url":
        try:
            return make_url(str(value)).render_as_string(hide_password=True)
        except ArgumentError:
            return "(not a URL)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(item: Field[Value], text: str) -> Value:
    # A bool is an int, so it is asked for first.
    if isinstance(_default(item), bool):
        return _truth(text)
    if isinstance(_default(item), int):
        return _whole(item, text)
    return _text(item, text)


def _truth(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError("must be true or false")
    return _WORDS[text.lower()]


def _whole(item: Field[Value], text: str) -> int:
    least: int = item.metadata["at_least"]
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ValueError("must be a whole number")
    if int(text) < least:
        raise ValueError(f"must be at least {least}")
    return int(text)


def _text(item: Field[Value], text: str) -> str:
    if item.name == "log_level" and text not in _LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(_LOG_LEVELS)}")
    if item.metadata["show"] == "url" and "://" not in text and (text or _default(item)):
        raise ValueError("must be a URL")
    return text
