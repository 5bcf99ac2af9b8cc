"""The table: what the rest of the house relies on."""

from itertools import pairwise

import pytest

from policies.levels import Level
from policies.matrix import matrix_from
from policies.model import LISTING
from sharing.catalogue import (
    FIELDS,
    GROUPS,
    HISTORY,
    VERSION,
    Match,
    default_matrix,
    facet_fields,
    field,
    search_parameters,
    vocabulary,
)
from sharing.catalogue.families import Version
from sharing.errors import SharingError


def merges_only(before: Version, after: Version) -> bool:
    """Whether every family of `after` that existed keeps a subset of its edges and its lowest one."""
    return all(
        set(after.edges[key]) <= set(edges) and after.edges[key][0] == edges[0]
        for key, edges in before.edges.items()
        if key in after.edges
    )


def test_a_later_catalogue_version_only_merges_neighbouring_bands() -> None:
    assert [each.number for each in HISTORY] == [str(at) for at in range(1, len(HISTORY) + 1)]
    for before, after in pairwise(HISTORY):
        assert merges_only(before, after)
    assert HISTORY[-1].number == VERSION


def test_a_moved_edge_and_a_new_edge_would_be_noticed() -> None:
    one = Version(number="1", edges={"x": (0, 10, 100)})
    assert merges_only(one, Version(number="2", edges={"x": (0, 100)}))
    assert not merges_only(one, Version(number="2", edges={"x": (0, 11, 100)}))
    assert not merges_only(one, Version(number="2", edges={"x": (0, 5, 10, 100)}))
    assert not merges_only(one, Version(number="2", edges={"x": (10, 100)}))


def test_the_fields_have_the_edges_of_the_published_version() -> None:
    assert {each.key: each.edges for each in FIELDS if each.edges} == dict(HISTORY[-1].edges)


def test_edges_ascend_and_begin_at_or_below_the_least_value() -> None:
    for each in FIELDS:
        if each.edges:
            assert list(each.edges) == sorted(set(each.edges))
            assert each.minimum is not None
            assert each.edges[0] <= float(each.minimum)


def test_every_field_has_labels_in_english_and_vietnamese_and_a_known_group() -> None:
    assert len({each.key for each in FIELDS}) == len(FIELDS)
    for each in FIELDS:
        assert each.label_en
        assert each.label_vi
        assert each.group in GROUPS


def test_the_places_of_fields_never_change_because_policies_and_indexes_hold_them() -> None:
    assert vocabulary().fields[:4] == ("legal_name", "trading_name", "identifiers", "established_year")
    assert vocabulary().fields[38] == "note"  # the last of version 1
    assert vocabulary().fields[39:42] == ("name_ascii", "legal_form", "business_model")
    assert vocabulary().fields[-1] == "document.file"
    assert len(FIELDS) == 95


def test_weekly_hours_are_never_attestable() -> None:
    assert not [each.key for each in FIELDS if each.group == "capacity" and each.attestable]
    assert field("capability.tolerance_um").attestable


def test_default_levels_rise_with_trust_and_fit_each_chain() -> None:
    for each in FIELDS:
        assert list(each.default) == sorted(each.default)
        for level in each.default:
            assert each.shown(level) is level or each.shown(level) is Level.EXACT


def test_the_default_matrix_is_what_policies_take() -> None:
    matrix = matrix_from(default_matrix(), vocabulary())
    assert matrix.rows[LISTING][0] is Level.EXACT
    assert matrix.rows["capacity.spare_hours"] == (Level.HIDDEN, Level.BAND, Level.EXACT, Level.EXACT)
    assert matrix.rows["note"][:2] == (Level.HIDDEN, Level.HIDDEN)


def test_factory_requirements_are_a_name_and_a_country() -> None:
    assert [each.key for each in FIELDS if each.required] == ["legal_name", "country"]


def test_an_unknown_field_is_a_sharing_error() -> None:
    with pytest.raises(SharingError):
        field("capability.colour")


def test_search_reads_only_what_its_match_makes_sense_for() -> None:
    parameters = search_parameters()
    assert parameters["lot"].reads == (("capability.lot_min", Match.AT_MOST), ("capability.lot_max", Match.AT_LEAST))
    assert parameters["lot"].every
    assert not parameters["material"].every
    for each in parameters.values():
        for key, match in each.reads:
            if match in (Match.AT_LEAST, Match.AT_MOST):
                assert field(key).form.ordered
            if match is Match.TERM:
                assert field(key).kind in ("code", "codes", "grade", "structured_codes", "instruments")
    assert "note" not in parameters["q"].fields


def test_facets_are_the_short_vocabularies_that_buyers_choose_by() -> None:
    assert {each.key for each in facet_fields()} == {
        "country",
        "province",
        "capability.process",
        "capability.material_family",
        "certificate.scheme",
        "capability.tolerance_class",
        "equipment.class",
        "documentation_levels",
    }
