"""Every case in which the node may do other than schemathesis expects, each with its reason. There are no others.

No check is switched off: each still looks at every answer, and a disagreement counts unless an entry here fits it. The
record of the long run, docs/evidence/long-conformance.md, says how often each was needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sharing.exchange import ExchangeError


def _codes(family: type[ExchangeError]) -> Iterator[str]:
    yield family.code
    for each in family.__subclasses__():
        yield from _codes(each)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One answer that a check found wrong."""

    operation: str
    check: str
    failure: str
    message: str
    method: str
    url: str
    sent_headers: Mapping[str, list[str]]
    status: int | None
    problem: Mapping[str, Any]

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the single faults, or of the whole problem where it names none."""
        faults = self.problem.get("errors") or []
        return frozenset(each["code"] for each in faults) or frozenset({str(self.problem.get("code"))})


@dataclass(frozen=True, kw_only=True)
class Exempt:
    """`fits` says which cases, `reason` why the node is right."""

    reason: str
    fits: Callable[[Case], bool]


BEYOND_A_SCHEMA: Mapping[str, str] = {
    "bad_text": "which characters are printable is Unicode's to say, release by release",
    "invisible_character": "likewise: control, bidi and unassigned characters are categories, not a range",
    "forbidden_character": "likewise, in a profile",
    "bad_character": "likewise, in a policy",
    "not_normalized": "normal form C cannot be written as a pattern",
    "not_ascii": "said of a text whose pattern the generator may leave",
    "unknown_code": "vocabularies of some hundred codes are named in the description and served at /v1/catalogue",
    "unknown_purpose": "likewise, where a purpose stands in a query",
    "unknown_tier": "a tier is offered by this node or not",
    "unknown_field": "fields and groups are those of /v1/catalogue",
    "unknown_target": "likewise",
    "unknown_organization": "which organizations there are is not for a description that everybody reads",
    "unknown_audience": "likewise",
    "not_published": "likewise: whether a factory is published",
    "malformed_json": "JSON within a text of the query",
    "unknown_capability": "which capabilities a factory has is its owner's",
    "unknown_path": "likewise: paths of the newest profile",
    "unknown_id": "likewise: only elements that the profile has keep their ids",
    "unknown_reference": "a reference within the document",
    "ambiguous_reference": "likewise: a name that two elements have",
    "unknown_country": "250 countries",
    "wrong_factory": "the factory of the address, said again in the document",
    "check_digit": "arithmetic over the characters",
    "not_a_grade": "one of three systems of names, each with its own spelling",
    "not_a_date": "JSON Schema has a format for days, and no first and last of them (a policy's days)",
    "not_a_week": "whether a year has a week 53",
    "not_a_language": "which subtags go together",
    "out_of_range": "a decimal number as text has no minimum in JSON Schema",
    "too_precise": "likewise: decimals",
    "not_a_number": "likewise: more digits, zeros in front and behind among them, than anybody writes",
    "no_words": "which characters make a word is Unicode's to say",
    "never_backed": "fields that can be attested are those of /v1/catalogue",
    "contradiction": "one value against another",
    "unused_setting": "likewise: a setting without what it changes",
    "unknown_wish": "likewise: a wish without what it names",
    "bad_range": "likewise: from one week to another",
    "from_after_until": "likewise",
    "until_before_from": "likewise",
    "duplicate": "two elements that are the same in one of their members",
    "without_grant": "which members go together with which decision",
    "one_of_two": "which of two members is given",
    "needed_without_sd_jwt": "which members go together with which way of signing",
    "said_by_sd_jwt": "likewise",
    "not_a_calendar": "a language of its own (RFC 5545)",
    "invalid_cursor": "a cursor is sealed; only the node can tell one of its own",
    "too_large": "the largest page is the operator's setting, and the description is the same everywhere",
    "too_far": "days counted from today",
    "too_long": "from one day to another",
    "too_wide": "from the first week of an object to its last",
    "in_the_past": "likewise",
}
"""Codes of refusals (422) that JSON Schema has no words for."""


WHOLE: Mapping[str, str] = {
    "ticket_invalid": "a token from a letter: only the node can tell one that it wrote",
    "address_invalid": "which mail addresses this node can write to (RFC 5321) is more than a pattern says",
    "password_refused": "which passwords everybody tries first; and its length is that of its normal form",
    "file_refused": "whether bytes are a whole PDF, PNG or JPEG",
}
"""Codes of whole refusals, with 415 or 422, of which the same is true."""


_VIEW = re.compile("/v1/factories/[0-9A-Z]{21}(/bundle)?")

LISTS: frozenset[str] = frozenset(_codes(ExchangeError))
"""Codes with which a file as a whole is refused as a list or a workbook: what its bytes are is not for a schema to say."""


_FAMILY = re.compile(r"capabilities/\d+/material_family")


def _codes_without_families(case: Case) -> frozenset[str]:
    """The codes, without that of a family that must be stated: whether a grade tells its own is the catalogue's to say."""
    faults = case.problem.get("errors") or []
    rest = [each for each in faults if not (each["code"] == "required" and _FAMILY.fullmatch(each["path"]))]
    return frozenset(each["code"] for each in rest) if faults else case.codes


def _beyond_a_schema(case: Case) -> bool:
    if case.check != "positive_data_acceptance":
        return False
    if case.operation == "POST /v1/imports" and case.status in {415, 422} and case.problem.get("code") in LISTS:
        return True
    if case.status in {415, 422} and case.problem.get("code") in WHOLE:
        return True
    return case.status == 422 and _codes_without_families(case) <= set(BEYOND_A_SCHEMA)


def _oauth(case: Case) -> bool:
    refused = case.operation == "POST /v1/token" and case.status == 400 and "error" in case.problem
    return refused and case.check == "positive_data_acceptance"


def _too_large(case: Case) -> bool:
    return case.check == "negative_data_rejection" and case.status == 413


def _long_line(case: Case) -> bool:
    return case.status == 414 and len(case.url) > 4_000


def _draft(case: Case) -> bool:
    asked = case.method == "GET" and _VIEW.fullmatch(urlsplit(case.url).path) is not None
    return asked and case.check == "ensure_resource_availability" and case.status == 404


EXCEPTIONS: Mapping[str, Exempt] = {
    "beyond-a-schema": Exempt(
        reason="The refusal names only faults that JSON Schema has no words for; BEYOND_A_SCHEMA lists them with reasons.",
        fits=_beyond_a_schema,
    ),
    "oauth": Exempt(
        reason="RFC 6749 section 5.2: a token request that cannot be answered is refused with 400 and `error`; which members "
        "it needs depends on where the client puts its credentials.",
        fits=_oauth,
    ),
    "draft": Exempt(
        reason="What was made is a draft: its view is there for nobody, its owner included, before it is published; the owner "
        "reads and writes its profile and policy and looks at previews. Schemathesis asks for the view at once.",
        fits=_draft,
    ),
    "line-too-long": Exempt(
        reason="gunicorn refuses a request line above its own limit with 414 and a page of its own, before the node reads it.",
        fits=_long_line,
    ),
    "refused-for-its-size": Exempt(
        reason="A body above the limit of the node is refused with 413 before it is read; schemathesis does not count 413 "
        "as a rejection.",
        fits=_too_large,
    ),
}
