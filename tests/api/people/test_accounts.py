"""Sign-up, confirmation, reset, and what a stranger can learn from them: nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from werkzeug.test import TestResponse

from api import signing_in
from network.people import attempts
from network.people.accounts import RESET_HOURS, SIGN_UP_HOURS
from tests.api.people.conftest import CHEAP
from tests.api.people.members import ORGANIZATION, PASSWORD, confirmed, log_in, post, sign_up, somebody, token_in
from tests.api.world import World

OF_THE_ASKER = {"X-Request-Id", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"}
NEW = "another rather long thing"


def seen(answer: TestResponse) -> tuple[int, bytes, dict[str, str]]:
    """All that a stranger can look at, less what is drawn for each request or counts their own requests."""
    headers = {name: value for name, value in answer.headers if name not in OF_THE_ASKER}
    return answer.status_code, answer.data, headers


def test_a_person_signs_up_confirms_and_logs_in(world: World) -> None:
    assert seen(sign_up(world))[:2] == (202, b'{"state":"waiting"}\n')
    assert log_in(world).status_code == 401, "there is no account before the address is confirmed"
    [letter] = post(world)
    assert letter.to == "an@kinhbac.vn"
    body = {"token": token_in(letter), "password": PASSWORD}
    assert world.post(None, "/v1/sign-ups/confirmation", json=body).status_code == 204
    begun = log_in(world, "An@KinhBac.VN")
    assert begun.status_code == 201
    me = world.get(None, "/v1/me", headers={"Authorization": f"Bearer {begun.json['secret']}"}).json
    assert (me["email"], me["organizations"], me["terms_accepted"]) == ("an@kinhbac.vn", [], False)


def test_a_letter_is_in_the_language_of_its_reader(world: World) -> None:
    sign_up(world, language="vi")
    [letter] = post(world)
    assert "Xác nhận" in letter.subject


def test_a_confirmation_needs_the_password_of_the_sign_up(world: World) -> None:
    """Somebody who gets a letter for a sign-up that was not theirs does not get an account with a stranger's password."""
    sign_up(world)
    token = token_in(post(world)[0])
    wrong = world.post(None, "/v1/sign-ups/confirmation", json={"token": token, "password": NEW})
    unknown = world.post(None, "/v1/sign-ups/confirmation", json={"token": "A" * 43, "password": PASSWORD})
    assert seen(wrong) == seen(unknown)
    assert (wrong.status_code, wrong.json["code"]) == (422, "ticket_invalid")


def test_mailed_tokens_work_once_and_end_by_themselves(world: World) -> None:
    sign_up(world)
    token = token_in(post(world)[0])
    world.clock.move(hours=SIGN_UP_HOURS, seconds=1)
    body = {"token": token, "password": PASSWORD}
    assert world.post(None, "/v1/sign-ups/confirmation", json=body).status_code == 422
    confirmed(world)
    assert world.post(None, "/v1/sign-ups/confirmation", json=body).status_code == 422

    for later, status in ((0, 204), (RESET_HOURS, 422)):
        world.post(None, "/v1/password-resets", json={"email": "an@kinhbac.vn"})
        token = token_in(next(each for each in post(world) if "token" in each.text))
        world.clock.move(hours=later)
        body = {"token": token, "password": NEW}
        assert world.post(None, "/v1/password-resets/completion", json=body).status_code == status
        assert world.post(None, "/v1/password-resets/completion", json=body).status_code == 422


def test_only_the_first_of_two_confirmations_makes_an_account(world: World) -> None:
    sign_up(world)
    sign_up(world, name="Somebody else")
    first, second = (token_in(each) for each in post(world))
    assert world.post(None, "/v1/sign-ups/confirmation", json={"token": second, "password": PASSWORD}).status_code == 204
    assert world.post(None, "/v1/sign-ups/confirmation", json={"token": first, "password": PASSWORD}).status_code == 422


def test_a_new_password_ends_every_session_and_leaves_a_letter(world: World) -> None:
    person = somebody(world)
    world.post(None, "/v1/password-resets", json={"email": person.email})
    body = {"token": token_in(post(world)[0]), "password": NEW}
    assert world.post(None, "/v1/password-resets/completion", json=body).status_code == 204
    assert person.ask("GET", "/v1/me").status_code == 401
    assert "password was changed" in post(world)[0].text
    assert (log_in(world).status_code, log_in(world, password=NEW).status_code) == (401, 201)


def test_changing_the_password_asks_for_the_old_one_and_ends_every_session(world: World) -> None:
    person = somebody(world)
    wrong = person.ask("PUT", "/v1/me/password", json={"old": NEW, "new": NEW})
    assert (wrong.status_code, wrong.json["code"]) == (401, "sign_in_refused")
    assert person.ask("PUT", "/v1/me/password", json={"old": PASSWORD, "new": NEW}).status_code == 204
    assert person.ask("GET", "/v1/me").status_code == 401
    assert log_in(world, password=NEW).status_code == 201


Ask = Callable[[World, str], TestResponse]
FORMS: dict[str, Ask] = {
    "log-in": lambda world, email: log_in(world, email, "not the password of anybody"),
    "log-in with a code": lambda world, email: log_in(world, email, "not the password of anybody", code="123456"),
    "sign-up": sign_up,
    "reset": lambda world, email: world.post(None, "/v1/password-resets", json={"email": email}),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_known_and_an_unknown_address_get_the_same_bytes(world: World, form: str) -> None:
    somebody(world)
    known, unknown = (FORMS[form](world, email) for email in ("an@kinhbac.vn", "no@body.example"))
    assert seen(known) == seen(unknown)


def test_a_log_in_with_the_right_password_but_no_code_looks_like_a_wrong_password(world: World) -> None:
    person = somebody(world)
    person.switch_on_factor()
    assert seen(log_in(world)) == seen(log_in(world, password=NEW)) == seen(log_in(world, "no@body.example"))
    assert seen(log_in(world, code="000000")) == seen(log_in(world))


@pytest.mark.parametrize("form", FORMS)
def test_as_many_hashes_are_computed_for_an_unknown_address(world: World, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody(world)
    computed: list[str] = []
    for name in ("hash", "verify"):
        real = getattr(PasswordHasher, name)

        def counted(self: Any, *given: Any, real: Any = real, name: str = name) -> Any:
            computed.append(name)
            return real(self, *given)

        monkeypatch.setattr(PasswordHasher, name, counted)
    counts = []
    for email in ("an@kinhbac.vn", "no@body.example"):
        computed.clear()
        FORMS[form](world, email)
        counts.append(list(computed))
    assert counts[0] == counts[1]
    assert len(counts[0]) == 1


def test_no_answer_comes_before_the_floor(new_world: Callable[..., World]) -> None:
    world = new_world(**CHEAP | {"sign_in_floor_ms": 150})
    for form in FORMS.values():
        begun = time.monotonic()
        form(world, "no@body.example")
        assert time.monotonic() - begun >= 0.15


def test_failures_slow_down_known_and_unknown_addresses_alike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody(world)
    waits: list[float] = []
    monkeypatch.setattr(signing_in.time, "sleep", waits.append)
    found = {}
    for email in ("an@kinhbac.vn", "no@body.example"):
        waits.clear()
        for _ in range(attempts.FREE + 3):
            log_in(world, email, "not the password of anybody")
        found[email] = [round(each * 4) / 4 for each in waits]
    assert found["an@kinhbac.vn"] == found["no@body.example"] == [0.25, 0.5, 1.0]


def test_the_right_password_still_logs_in_after_others_guessed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessers elsewhere make a log-in slow, never impossible."""
    somebody(world)
    monkeypatch.setattr(signing_in.time, "sleep", lambda _: None)
    for number in range(attempts.REFUSED_AFTER * 2):
        log_in_from(world, f"203.0.113.{number}", "not the password of anybody")
    assert log_in_from(world, "198.51.100.7", PASSWORD).status_code == 201


def test_one_place_that_guesses_is_refused_for_known_and_unknown_addresses_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody(world)
    monkeypatch.setattr(signing_in.time, "sleep", lambda _: None)
    for email in ("an@kinhbac.vn", "no@body.example"):
        for _ in range(attempts.REFUSED_AFTER):
            assert log_in(world, email, "not the password of anybody").status_code == 401
    known, unknown = (log_in(world, email) for email in ("an@kinhbac.vn", "no@body.example"))
    assert seen(known) == seen(unknown)
    assert (known.status_code, known.json["code"]) == (429, "too_many_attempts")
    world.clock.move(hours=1, seconds=1)
    assert log_in(world).status_code == 201


def log_in_from(world: World, place: str, password: str) -> TestResponse:
    body = {"email": "an@kinhbac.vn", "password": password}
    return world.post(None, "/v1/sessions", json=body, environ_base={"REMOTE_ADDR": place})


def test_forms_send_an_address_no_more_than_a_few_letters(world: World) -> None:
    for _ in range(attempts.LETTERS_MAX + 3):
        assert sign_up(world).status_code == 202
    assert len(post(world)) == attempts.LETTERS_MAX
    answers = [sign_up_from(world, f"203.0.113.{number}") for number in range(attempts.LETTERS_TOTAL)]
    assert len(post(world)) == attempts.LETTERS_TOTAL - attempts.LETTERS_MAX
    assert len({answer.data for answer in answers}) == 1


@pytest.mark.parametrize("places", [1, attempts.LETTERS_TOTAL + 3])
def test_strangers_cannot_stop_an_address_from_signing_up(world: World, places: int) -> None:
    for number in range(attempts.LETTERS_TOTAL + 3):
        sign_up_from(world, f"203.0.113.{number % places}", password=f"{number} of somebody else", name="Mallory")
    strangers = {token_in(each) for each in post(world)}
    world.clock.move(seconds=1)
    assert sign_up_from(world, "198.51.100.7").status_code == 202
    own = {token_in(each) for each in post(world)}
    assert bool(own) == (places == 1), "from many places they use up the letters, but what they sent proves the address"
    body = {"token": min(own or strangers), "password": PASSWORD}
    assert world.post(None, "/v1/sign-ups/confirmation", json=body).status_code == 204
    assert log_in(world).status_code == 201
    assert log_in(world, password="0 of somebody else").status_code == 401
    body = {"token": min(strangers), "password": "0 of somebody else"}
    assert world.post(None, "/v1/sign-ups/confirmation", json=body).status_code == 422, "their sign-ups are gone"


def test_somebody_at_the_same_place_delays_nobody(world: World) -> None:
    """Behind one network address all count together; whoever reads the address's mail signs up all the same, at once."""
    for number in range(attempts.LETTERS_TOTAL + 3):
        sign_up(world, password=f"{number} of somebody else", name="Mallory")
    token = token_in(post(world)[0])
    sign_up(world)
    confirmation = {"token": token, "password": PASSWORD}
    assert world.post(None, "/v1/sign-ups/confirmation", json=confirmation).status_code == 422, "it was one too many"
    assert seen(sign_up(world, token=token))[:2] == (202, b'{"state":"waiting"}\n')
    for number in range(attempts.LETTERS_TOTAL + 3):
        sign_up(world, password=f"{number} of somebody else", name="Mallory")
    assert post(world) == []
    assert world.post(None, "/v1/sign-ups/confirmation", json=confirmation).status_code == 204
    assert log_in(world).status_code == 201
    assert log_in(world, password="0 of somebody else").status_code == 401


def test_a_token_speaks_for_its_own_address_until_it_ends(world: World) -> None:
    sign_up(world)
    token = token_in(post(world)[0])
    others = sign_up(world, "binh@other.vn", token=token)
    assert (others.status_code, others.json["code"]) == (422, "ticket_invalid")
    assert sign_up(world, token="A" * 43).status_code == 422
    world.clock.move(hours=SIGN_UP_HOURS, seconds=1)
    assert sign_up(world, token=token).status_code == 422
    confirmed(world)
    assert sign_up(world, token=token).status_code == 422
    assert log_in(world).status_code == 201


def test_a_new_password_opens_the_place_where_others_guessed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody(world)
    monkeypatch.setattr(signing_in.time, "sleep", lambda _: None)
    for _ in range(attempts.REFUSED_AFTER):
        log_in(world, password="not the password of anybody")
    assert log_in(world).status_code == 429
    world.post(None, "/v1/password-resets", json={"email": "an@kinhbac.vn"})
    body = {"token": token_in(post(world)[0]), "password": NEW}
    assert world.post(None, "/v1/password-resets/completion", json=body).status_code == 204
    assert log_in(world, password=NEW).status_code == 201


def test_a_token_confirms_no_sign_up_of_another_address(world: World) -> None:
    sign_up(world)
    sign_up(world, "binh@other.vn", password=NEW)
    letters = {each.to: token_in(each) for each in post(world)}
    body = {"token": letters["an@kinhbac.vn"], "password": NEW}
    assert world.post(None, "/v1/sign-ups/confirmation", json=body).status_code == 422


def test_strangers_cannot_stop_an_address_from_getting_a_new_password(world: World) -> None:
    confirmed(world)
    for _ in range(attempts.LETTERS_MAX + 1):
        world.post(None, "/v1/password-resets", json={"email": "an@kinhbac.vn"})
    assert len(post(world)) == attempts.LETTERS_MAX
    place = {"REMOTE_ADDR": "198.51.100.7"}
    world.post(None, "/v1/password-resets", json={"email": "an@kinhbac.vn"}, environ_base=place)
    [letter] = post(world)
    body = {"token": token_in(letter), "password": NEW}
    assert world.post(None, "/v1/password-resets/completion", json=body).status_code == 204


def test_an_ipv6_subscriber_is_one_place(world: World) -> None:
    for number in range(attempts.LETTERS_TOTAL):
        sign_up_from(world, f"2001:db8:0:1::{number:x}")
    assert len(post(world)) == attempts.LETTERS_MAX
    sign_up_from(world, "2001:db8:0:2::1")
    sign_up_from(world, "::ffff:203.0.113.1")
    sign_up_from(world, "::ffff:198.51.100.1")
    assert len(post(world)) == 3


def sign_up_from(world: World, place: str, **changes: Any) -> TestResponse:
    body = {"email": "an@kinhbac.vn", "password": PASSWORD, "name": "An Nguyen", "language": "en"}
    body |= {"organization": ORGANIZATION} | changes
    return world.post(None, "/v1/sign-ups", json=body, environ_base={"REMOTE_ADDR": place})


def test_an_address_with_an_account_is_told_by_mail_only(world: World) -> None:
    confirmed(world)
    sign_up(world, password="something else entirely")
    [letter] = post(world)
    assert "already" in letter.subject
    assert log_in(world).status_code == 201


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "passwordpassword"}, "password"),
        ({"organization": ORGANIZATION | {"roles": ["operator"]}}, "roles"),
        ({"organization": ORGANIZATION | {"slug": "No Slug"}}, "slug"),
        ({"organization": ORGANIZATION | {"identifiers": {"vn_tax": "0100109107"}}}, "organization/identifiers/vn_tax"),
        ({"organization": ORGANIZATION | {"identifiers": {"passport": "1"}}}, "organization/identifiers/passport"),
    ],
)
def test_what_is_wrong_with_a_sign_up_is_told_by_its_place(world: World, change: dict[str, Any], path: str) -> None:
    answer = sign_up(world, **change)
    assert answer.status_code == 422, answer.text
    assert [fault["path"] for fault in answer.json["errors"]] == [path]
    assert post(world) == []
