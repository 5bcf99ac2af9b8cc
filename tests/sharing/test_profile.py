"""Profiles: what owners write becomes a record and comes back unchanged."""

import json

import pytest
from hypothesis import given, settings

from sharing.catalogue import FIELDS, default_matrix
from sharing.errors import ProfileErrors
from sharing.profile import Record, parse_profile, record_document, record_of
from tests.shared_material import shared
from tests.sharing.profile_documents import documents, hexadecimal_ids, record, records


def test_a_profile_of_five_fields_is_enough() -> None:
    small = record(
        {
            "legal_name": "Byrav Automats",
            "country": "IN",
            "province": "IN-TN",
            "established_year": 1993,
            "capabilities": [{"process": "3.2.1"}],
        }
    )
    assert small.factory["legal_name"] == {"und": "Byrav Automats"}
    assert small.factory["established_year"] == "1993"
    assert [each.values for each in small.capabilities.values()] == [{"capability.process": "3.2.1"}]


def test_a_name_and_a_country_are_the_least() -> None:
    assert record({"legal_name": "x", "country": "VN"}).ids == frozenset()


@settings(max_examples=60)
@given(documents())
def test_a_record_survives_its_document_and_json(document: dict[str, object]) -> None:
    first = record(document)
    written = json.loads(json.dumps(record_document(first)))
    again = parse_profile(written, existing_ids=first.ids, new_id=hexadecimal_ids())
    assert again == first
    assert record_of(written) == first
    assert record_document(again) == record_document(first)


@settings(max_examples=30)
@given(records)
def test_values_are_listed_under_their_stable_paths(one: Record) -> None:
    listed = {path: value for path, _, value in one.values()}
    for id_, element in one.capabilities.items():
        assert listed[f"capability/{id_}/process"] == element.values["capability.process"]
    known = {each.key for each in FIELDS}
    assert {key for _, key, _ in one.values()} <= known == set(default_matrix()) - {"$listing"}


def test_elements_keep_their_ids_and_new_ones_get_new_ids() -> None:
    first = record({"legal_name": "x", "country": "VN", "capabilities": [{"process": "3.2.1"}]})
    (old,) = first.capabilities
    document = record_document(first)
    document["capabilities"] = [{"process": "3.2.3"}, *document["capabilities"]]  # type: ignore[misc]
    fresh = iter(["f" * 32])
    second = parse_profile(document, existing_ids=first.ids, new_id=lambda: next(fresh))
    assert list(second.capabilities) == ["f" * 32, old]


def test_a_capability_names_its_capacity_group_by_name_or_by_id() -> None:
    one = record(
        {
            "legal_name": "x",
            "country": "VN",
            "capacity_groups": [{"name": "Tiện"}, {"name": "Phay"}],
            "capabilities": [{"process": "3.2.1", "capacity_group": " Tie\u0323\u0302n "}],
        }
    )
    (capability,) = one.capabilities.values()
    assert capability.runs_on is not None
    assert one.capacity_groups[capability.runs_on].values["capacity.name"] == "Tiện"
    by_id = parse_profile(record_document(one), existing_ids=one.ids, new_id=hexadecimal_ids())
    assert by_id == one


def test_a_real_small_shop_can_be_stated_as_loosely_as_it_publishes() -> None:
    raw = json.loads(shared("data/machine_shop_profile_real.json").read_text(encoding="utf-8"))
    shop = record(
        {
            "legal_name": raw["legal_name"],
            "country": raw["country"],
            "established_year": raw["established_year"],
            "capabilities": [{"process": each["din8580"]} for each in raw["processes"]],
            "certificates": [
                {"scheme": each["standard"], "issuer": each["issuer"], "scope": "not stated"} for each in raw["certificates"]
            ],
        }
    )
    assert len(shop.capabilities) == 2
    (certificate,) = shop.certificates.values()
    assert certificate.values["certificate.scheme"] == "ISO9001:2015"


def test_records_are_not_serialisable_by_accident_and_do_not_change() -> None:
    one = record({"legal_name": "x", "country": "VN"})
    with pytest.raises(TypeError):
        json.dumps(one)
    with pytest.raises(TypeError):
        one.factory["note"] = "x"  # type: ignore[index]


def test_what_is_refused_says_so_in_structured_fields() -> None:
    with pytest.raises(ProfileErrors) as refused:
        record({"country": "XX"})
    assert refused.value.code == "profile_invalid"
    assert {(each.path, each.code) for each in refused.value.problems} == {
        ("legal_name", "required"),
        ("country", "unknown_code"),
    }
    assert len(refused.value.fields["problems"]) == 2  # type: ignore[arg-type]
