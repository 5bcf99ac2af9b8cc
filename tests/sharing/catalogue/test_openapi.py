"""The documents generated from the table."""

import json

import jsonschema
import pytest
from hypothesis import given, settings

from sharing.catalogue import FIELDS
from sharing.catalogue.openapi import PROFILE_EXAMPLE, catalogue_document, profile_schema
from sharing.profile import record_document
from tests.sharing.profile_documents import documents, record

VALIDATOR = jsonschema.Draft202012Validator(profile_schema())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(profile_schema())


@settings(max_examples=40)
@given(documents())
def test_every_profile_that_is_accepted_fits_the_schema_before_and_after(document: dict[str, object]) -> None:
    assert not list(VALIDATOR.iter_errors(document))
    assert not list(VALIDATOR.iter_errors(record_document(record(document))))


@pytest.mark.parametrize(
    "document",
    [
        {"legal_name": "x"},
        {"legal_name": "x", "country": "VN", "colour": "red"},
        {"legal_name": "x", "country": "VN", "capabilities": [{}]},
        {"legal_name": "x", "country": "VN", "capabilities": [{"process": "3.2.1", "max_x_mm": "1e5"}]},
        {"legal_name": "x", "country": "VN", "capacity_groups": [{"name": "a", "spare_hours": {"2026": "1"}}]},
        {"legal_name": "x", "country": "VN", "certificates": [{"scheme": "ISO9001"}]},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(document: object) -> None:
    assert list(VALIDATOR.iter_errors(document))


def test_the_catalogue_document_names_every_field_and_is_json() -> None:
    document = json.loads(json.dumps(catalogue_document()))
    assert [each["field"] for each in document["fields"]] == [each.key for each in FIELDS]
    assert all(each["label"]["vi"] for each in document["fields"])
    assert document["vocabularies"]["DIN 8580"][0]["code"] == "1"
    assert len(json.dumps(document)) < 200_000


def test_the_example_in_the_description_is_a_profile() -> None:
    assert not list(VALIDATOR.iter_errors(PROFILE_EXAMPLE))
    read = record(PROFILE_EXAMPLE)
    assert [each.runs_on for each in read.capabilities.values()] == list(read.capacity_groups)
