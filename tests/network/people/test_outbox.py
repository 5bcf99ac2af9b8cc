"""Letters: written with what causes them, sealed while they wait, sent by a real SMTP server's rules."""

from __future__ import annotations

import email
import email.policy
import socket
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import text

from api.mail import MailFile, Smtp, message_of, transport
from api.settings import Settings, SettingsError
from network.database import Database
from network.people import outbox, terms
from network.people.errors import MailFailed
from network.people.letters import LANGUAGES, TOPICS, written
from network.people.models import LetterRow
from network.people.outbox import ATTEMPTS_MAX, Letter
from tests.world import NOW, World

pytestmark = [
    # Of the server, which stands on this machine: it asks for a password without TLS, and uses its own old attribute.
    pytest.mark.filterwarnings("ignore:Requiring AUTH"),
    pytest.mark.filterwarnings("ignore:Session.login_data"),
]
SENDER = "registry@node.example"


class Anything(dict[str, str]):
    """A value for every name a letter has."""

    def __missing__(self, name: str) -> str:
        return name.upper()


VALUES = Anything()


class Receiving:
    """A mail server's handler: keeps what it got, refuses whom it is told to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.refusing = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.refusing:
            return "451 Not now"
        self.envelopes.append(envelope)
        return "250 Taken"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def receiving() -> Iterator[tuple[Receiving, int]]:
    handler = Receiving()

    def who(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given.login == b"node" and given.password == b"s3cret")

    controller = Controller(
        handler,
        hostname="0.0.0.0",
        port=free_port(),
        server_hostname="mail.example",
        authenticator=who,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    yield handler, controller.port
    controller.stop()


def way(world: World, port: int, **changes: str) -> Smtp:
    user, password, host = (changes.get(name, usual) for name, usual in
                            (("user", "node"), ("password", "s3cret"), ("host", "127.0.0.1")))  # fmt: skip
    made = transport(Settings(smtp_url=f"smtp://{user}:{password}@{host}:{port}", mail_from=SENDER), world.clock())
    assert isinstance(made, Smtp)
    return made


def post(world: World, to: str = "an@kinhbac.vn", language: str = "vi") -> None:
    with world.house.database.write() as session:
        outbox.post(
            session, world.house.keystore, to=to, topic="reset", language=language, now=world.clock(),
            values={"token": "T" * 43, "hours": "2"},
        )  # fmt: skip


def deliver(world: World, transport: outbox.Transport) -> outbox.Delivered:
    return outbox.deliver(world.house.database, world.house.keystore, transport, now=world.clock())


def test_a_letter_arrives_whole_through_a_real_mail_server(database: Database, receiving: tuple[Receiving, int]) -> None:
    world = World.on(database)
    handler, port = receiving
    post(world)
    assert deliver(world, way(world, port)) == outbox.Delivered(sent=1, put_off=0, given_up=0)
    [envelope] = handler.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["an@kinhbac.vn"])
    read = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert read["Subject"] == "Mật khẩu mới tại Test node"
    assert "    " + "T" * 43 in read.get_content()
    assert read["Auto-Submitted"] == "auto-generated"
    with database.read() as session:
        assert session.query(LetterRow).count() == 0


def test_what_waits_is_sealed(database: Database) -> None:
    world = World.on(database)
    post(world)
    with database.read() as session:
        [row] = session.execute(text("SELECT * FROM outbox")).all()
    for secret in ("kinhbac", "T" * 43):
        assert secret not in str(row)
        assert secret.encode().hex() not in str(row)


def test_a_letter_of_what_was_rolled_back_is_never_sent(database: Database, receiving: tuple[Receiving, int]) -> None:
    world = World.on(database)
    with database.write() as session:
        outbox.post(session, world.house.keystore, to="an@kinhbac.vn", topic="known", language="en", now=world.clock())
        session.rollback()
    assert deliver(world, way(world, receiving[1])).sent == 0


def test_a_letter_that_does_not_go_is_tried_again_later_and_given_up_in_the_end(
    sqlite_database: Database, receiving: tuple[Receiving, int]
) -> None:
    world = World.on(sqlite_database)
    handler, port = receiving
    handler.refusing = True
    post(world)
    waits = []
    for _ in range(ATTEMPTS_MAX - 1):
        assert deliver(world, way(world, port)) == outbox.Delivered(sent=0, put_off=1, given_up=0)
        assert deliver(world, way(world, port)) == outbox.Delivered(sent=0, put_off=0, given_up=0), "not before it is due"
        with sqlite_database.read() as session:
            waits.append(session.query(LetterRow).one().due_at - world.clock())
        world.clock.now += waits[-1]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert deliver(world, way(world, port)) == outbox.Delivered(sent=0, put_off=0, given_up=1)
    with sqlite_database.read() as session:
        assert outbox.waiting(session) == 0
    handler.refusing = False
    post(world)
    assert deliver(world, way(world, port)).sent == 1


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"port": "1"}], ids=["wrong-password", "no-server"])
def test_a_server_that_cannot_be_used_is_one_error_without_a_secret(
    sqlite_database: Database, receiving: tuple[Receiving, int], changes: dict[str, str]
) -> None:
    world = World.on(sqlite_database)
    given = dict(changes)
    port = int(given.pop("port", receiving[1]))
    with pytest.raises(MailFailed) as failed:
        way(world, port, **given).send(Letter(to="an@kinhbac.vn", subject="S", text="T" * 43))
    told = f"{failed.value} {failed.value.fields}"
    assert "kinhbac" not in told
    assert "wrong" not in told
    assert failed.value.__suppress_context__, "the server's own words may name the address"


def test_nothing_goes_unencrypted_over_a_network(sqlite_database: Database, receiving: tuple[Receiving, int]) -> None:
    """A server that offers no STARTTLS is refused unless it is on the loopback; told by its name, not by where it is."""
    world = World.on(sqlite_database)
    handler, port = receiving
    with pytest.raises(MailFailed):
        way(world, port, host="127.0.0.2").send(Letter(to="an@kinhbac.vn", subject="S", text="T"))
    assert handler.envelopes == []


def test_a_development_file_takes_letters_and_only_its_owner_reads_it(tmp_path: Path, sqlite_database: Database) -> None:
    world = World.on(sqlite_database)
    file = tmp_path / "mail.mbox"
    made = transport(Settings(mail_file=str(file)), world.clock())
    assert isinstance(made, MailFile)
    post(world, language="en")
    post(world, to="binh@other.vn", language="en")
    assert deliver(world, made).sent == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().count("\nSubject: A new password at Test node\n") == 2


def test_settings_that_cannot_send_are_refused(sqlite_database: Database) -> None:
    now = World.on(sqlite_database).clock()
    assert transport(Settings(), now) is None
    for settings in (Settings(smtp_url="smtp://mail.example"), Settings(smtp_url="http://mail.example", mail_from=SENDER)):
        with pytest.raises(SettingsError):
            transport(settings, now)
    shown = {each.variable: each.value for each in Settings(smtp_url="smtp://node:s3cret@mail.example:587").describe()}
    assert "s3cret" not in str(shown)


@pytest.mark.parametrize("topic", sorted(TOPICS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_written_in_every_language(topic: str, language: str) -> None:
    subject, body = written(topic, language, VALUES)
    assert subject
    assert "\n" not in subject
    assert "$" not in subject + body
    assert message_of(Letter(to="an@kinhbac.vn", subject=subject, text=body), SENDER, NOW).as_bytes()


def test_a_name_with_line_breaks_makes_no_header() -> None:
    subject, _ = written("approved", "en", Anything(organization="X\r\nBcc: everybody@example.org"))
    assert "\n" not in subject
    assert "\r" not in subject


def test_a_text_of_the_terms_changes_with_its_version_only() -> None:
    digests = {"2026-11": "5399da4f382609226207d1037227a922afade35322e090d8aac5c17eb3227f2c"}
    current = terms.in_force()
    assert digests[current.version] == current.digest, "the text changed: raise VERSION and enter its digest here"
    assert set(current.texts) == set(LANGUAGES)
