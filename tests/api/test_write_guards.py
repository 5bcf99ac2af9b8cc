"""Sending a write again: each POST takes an `Idempotency-Key`, or stands here with why a repeat does no harm."""

from __future__ import annotations

import inspect
import re

from tests.api.world import World, rules_for_programs

STATE = "a repeat finds the state changed and is refused, or changes nothing"
ANSWER = "an answer: nothing is changed"
SAME = "the same again changes nothing"
ONCE = "what it is done with (a code, a token, an invitation) counts once"

HARMLESS = {
    "answers.preview_draft": ANSWER,
    "answers.explain_draft": ANSWER,
    "answers.audience_of_draft": ANSWER,
    "answers.policy_impact": ANSWER,
    "answers.oddities_of_draft": ANSWER,
    "access-requests.decide_request": STATE,
    "applications.apply": STATE,
    "applications.attach_document": SAME,
    "attestations.revoke_attestation": STATE,
    "attestations.suspend_attestation": STATE,
    "attestations.resume_attestation": STATE,
    "audits.accept_audit": STATE,
    "audits.decline_audit": STATE,
    "audits.close_audit": STATE,
    "audits.make_worksheet": "a draft that nobody signed says nothing to anybody",
    "duplicates.find_duplicates": "a search; what it finds is noted once",
    "duplicates.decide_duplicate": STATE,
    "factories.confirm_unchanged": SAME,
    "factories.publish_factory": SAME,
    "factories.withdraw_factory": STATE,
    "files.add_file": "a file is kept by its digest: " + SAME,
    "me.offer_factor": "the last offer counts, until it is confirmed",
    "me.confirm_factor": ONCE,
    "me.renew_recovery_codes": "the last codes count",
    "me.accept_terms": SAME,
    "organization.leave": STATE,
    "organization.make_client": "the secret is not kept, so a repeat could not give it again; clients are listed and revoked",
    "organization.rotate_secret": "the last secret counts",
    "owners.accept_nda": STATE,
    "people.invite": "a second invitation takes the place of the first",
    "people.accept_invitation": ONCE,
    "sessions.log_in": "a second session is the person's own, listed, and ends",
    "sign-ups.sign_up": "answers alike whether the address is known; letters are bounded",
    "sign-ups.confirm_sign_up": ONCE,
    "sign-ups.request_reset": "answers alike whether the address is known; letters are bounded",
    "sign-ups.finish_reset": ONCE,
    "token.token": "a second token expires like the first",
}

WHOLE = {
    "alerts.change_saved_search": "a name, how often, and whether by mail",
    "auditing.record_audit": "one auditor's own paper, sent whole",
    "auditing.put_checklist": "likewise",
    "auditing.put_results": "likewise",
    "me.change_me": "a name and a language",
    "me.change_password": "asks for the password that was",
    "people.set_role": "one word",
}
"""PUT without `If-Match`: what a blind write could lose there."""


def routes(world: World, method: str) -> set[str]:
    """The endpoints that answer a method."""
    found = (rule for rule in rules_for_programs(world.app) if method in (rule.methods or ()))
    return {rule.endpoint for rule in found if "." in rule.endpoint}


def source(world: World, endpoint: str) -> str:
    """What a route's function says, with the functions of its own module that it calls."""
    view = inspect.unwrap(world.app.view_functions[endpoint])
    text = inspect.getsource(view)
    for name in set(re.findall(r"\b(_\w+)\(", text)):
        called = view.__globals__.get(name)
        text += inspect.getsource(called) if inspect.isfunction(called) else ""
    return text


def test_every_post_takes_a_key_or_does_no_harm_when_repeated(world: World) -> None:
    posts = routes(world, "POST")
    keyed = {endpoint for endpoint in posts if "repeats." in source(world, endpoint)}
    assert {"factories.create_factory", "grants.give_grant", "imports.import_file"} <= keyed
    assert sorted(posts - keyed - set(HARMLESS)) == [], "take an Idempotency-Key, or say why a repeat does no harm"
    assert sorted(set(HARMLESS) - (posts - keyed)) == []


def test_a_key_of_something_under_another_counts_for_that_one_alone(world: World) -> None:
    """What a key is kept under names everything that the path names: the body alone does not say which audit was meant."""
    for rule in rules_for_programs(world.app):
        text = source(world, rule.endpoint) if "POST" in (rule.methods or ()) and "." in rule.endpoint else ""
        if "repeats." in text:
            (kept,) = re.findall(r"repeats\.(?:once\(\w+, \w+, |key\()(.+?)[,)]", text)
            assert all(f"{{{name}}}" in kept for name in rule.arguments), rule.endpoint


def test_every_put_heeds_if_match_or_says_what_a_blind_write_could_lose(world: World) -> None:
    puts = routes(world, "PUT")
    guarded = {endpoint for endpoint in puts if re.search(r"expected_(revision|list)", source(world, endpoint))}
    assert {"factories.put_profile", "factories.put_policy", "owners.put_list"} <= guarded
    assert sorted(puts - guarded - set(WHOLE)) == []
    assert sorted(set(WHOLE) - (puts - guarded)) == []


def test_a_list_that_somebody_changed_meanwhile_is_not_overwritten(world: World) -> None:
    made = world.put("acme", "/v1/lists/friends", json={"organizations": ["globex"]})
    seen = world.get("acme", "/v1/lists/friends").headers["ETag"]
    assert made.headers["ETag"] == seen
    changed = world.put("acme", "/v1/lists/friends", json={"organizations": ["umbrella"]}, headers={"If-Match": seen})
    assert changed.status_code == 200
    late = world.put("acme", "/v1/lists/friends", json={"organizations": []}, headers={"If-Match": seen})
    assert (late.status_code, late.json["code"]) == (412, "precondition_failed")
    assert world.get("acme", "/v1/lists/friends").json["organizations"] == ["did:web:node.example:orgs:umbrella"]
    fresh = world.get("acme", "/v1/lists/friends").headers["ETag"]
    assert world.put("acme", "/v1/lists/friends", json={"organizations": []}, headers={"If-Match": fresh}).status_code == 200
    gone = world.put("acme", "/v1/lists/others", json={"organizations": ["globex"]}, headers={"If-Match": seen})
    assert gone.status_code == 412
    assert world.put("acme", "/v1/lists/others", json={"organizations": ["globex"]}).status_code == 200
