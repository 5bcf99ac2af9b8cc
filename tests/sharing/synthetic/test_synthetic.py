"""Made-up factories: accepted, repeatable, and plainly labelled."""

import json
from datetime import date
from itertools import islice

from sharing.catalogue.materials import family
from sharing.synthetic import demo_suppliers, synthetic_factories
from sharing.synthetic.trades import GRADES, PLACES, TRADES
from tests.sharing.profile_documents import record

TODAY = date(2026, 11, 22)


def test_every_synthetic_document_is_an_accepted_profile_and_says_what_it_is() -> None:
    for document in synthetic_factories(300, 1, TODAY):
        one = record(json.loads(json.dumps(document)))
        assert 1 <= len(one.capabilities) <= 12
        assert "synthetic" in str(one.factory["legal_name"])
        assert all(each.runs_on in one.capacity_groups for each in one.capabilities.values() if each.runs_on)


def test_a_seed_gives_the_same_factories_and_a_longer_stream_begins_with_the_shorter() -> None:
    short = list(synthetic_factories(20, 7, TODAY))
    assert short == list(islice(synthetic_factories(1000, 7, TODAY), 20))
    assert short != list(synthetic_factories(20, 8, TODAY))


def test_the_stream_has_the_variety_that_search_needs() -> None:
    all_of_them = [record(each) for each in synthetic_factories(400, 3, TODAY)]
    processes = {each.values["capability.process"] for one in all_of_them for each in one.capabilities.values()}
    assert processes == {each.process for each in TRADES}
    assert {one.factory["province"] for one in all_of_them} == {each.code for each in PLACES}
    assert any(not one.capacity_groups for one in all_of_them)
    assert any(len(one.certificates) > 1 for one in all_of_them)


def test_grades_of_a_family_are_classified_as_that_family_unless_hardened() -> None:
    for code, grades in GRADES.items():
        assert {family(each) for each in grades} == {"P" if code == "H" else code}


def test_demo_suppliers_are_rich_accepted_and_labelled() -> None:
    shops = [record(each) for each in demo_suppliers(TODAY)]
    assert [one.factory["province"] for one in shops] == ["VN-56", "VN-HN", "VN-HP"]
    for one in shops:
        assert "Synthetic" in str(one.factory["note"])
        assert len(one.capabilities) == 4
        assert len(one.capacity_groups) == 2
        assert all(each.runs_on for each in one.capabilities.values())
        assert all(each.values["certificate.valid_until"] > TODAY.isoformat() for each in one.certificates.values())


def test_demo_suppliers_are_accepted_around_the_turn_of_a_long_year() -> None:
    for today in (date(2026, 12, 31), date(2027, 1, 1), date(2024, 2, 29)):
        for each in demo_suppliers(today):
            record(each)
