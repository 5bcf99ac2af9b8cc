"""Two at once, on a database where they really run at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from network.database import Database
from network.people import accounts, applications, outbox
from network.people.models import ApplicationRow, PersonRow, SignUpRow
from network.people.outbox import Letter
from tests.api.people.members import ORGANIZATION, Postbox, token_in
from tests.world import World


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each returned, or the code of its error."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            results[place] = work()  # type: ignore[call-overload]
        except Exception as error:
            results[place] = getattr(error, "code", repr(error))  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)


def sign_up(world: World, email: str, slug: str = "kinh-bac") -> object:
    with world.house.database.write() as session:
        accounts.sign_up(
            session, world.house.keystore, address=email, password="hash", name="An", language="en",
            organization=ORGANIZATION | {"slug": slug}, place="", now=world.clock(),
        )  # fmt: skip
    return "done"


def letters(world: World) -> list[Letter]:
    box = Postbox()
    outbox.deliver(world.house.database, world.house.keystore, box, now=world.clock())
    return box.letters


def confirm(world: World, token: str) -> object:
    with world.house.database.write() as session:
        accounts.confirm(session, world.house.keystore, token, seen="hash", now=world.clock())
    return "done"


def test_two_sign_ups_and_confirmations_at_once_make_one_account(database: Database) -> None:
    world = World.on(database)
    results = at_once(*(lambda: sign_up(world, "an@kinhbac.vn") for _ in range(2)))
    assert set(results) <= {"done", "database_busy"}, "the loser of the first count asks again"
    for _ in range(2 - results.count("done")):
        sign_up(world, "an@kinhbac.vn")
    tokens = [token_in(each) for each in letters(world)]
    assert len(tokens) == 2
    assert sorted(map(str, at_once(*(lambda token=token: confirm(world, token) for token in tokens)))) == [
        "done",
        "ticket_invalid",
    ]
    with database.read() as session:
        assert (session.query(PersonRow).count(), session.query(ApplicationRow).count()) == (1, 1)
        assert session.query(SignUpRow).count() == 0


def test_one_token_confirmed_twice_at_once_makes_one_account(database: Database) -> None:
    world = World.on(database)
    sign_up(world, "an@kinhbac.vn")
    [token] = [token_in(each) for each in letters(world)]
    assert sorted(map(str, at_once(*(lambda: confirm(world, token) for _ in range(2))))) == ["done", "ticket_invalid"]


def test_an_application_approved_twice_at_once_makes_one_organization(database: Database) -> None:
    world = World.on(database)
    sign_up(world, "an@kinhbac.vn")
    confirm(world, token_in(letters(world)[0]))
    with database.read() as session:
        [asked] = applications.waiting(session)

    def approve() -> object:
        with database.write() as session:
            applications.approve(session, world.house.keystore, asked.id, verified=2, now=world.clock())
        return "done"

    assert sorted(map(str, at_once(approve, approve))) == ["done", "people_conflict"]
    assert len(letters(world)) == 1
