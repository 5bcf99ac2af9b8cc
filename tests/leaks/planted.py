"""The planted leaks: each is a mistake in the running application that a reader of the code could believe to be harmless.

A suite that finds none of them finds nothing. Each is patched over the product's own functions, and the very same
properties that guard the product must fail with it. `ROWS` are the rows of the table of channels; those that are starred
there stand in `STARRED`, and each has a leak here (a test counts).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.leaks import plants_doors as doors
from tests.leaks import plants_search as search
from tests.leaks import plants_suggest as suggest

Patch = pytest.MonkeyPatch

RELEVANCE = "relevance from global statistics"
TOTALS = "totals, page counts"
FACETS = "facets, zero buckets"
SUGGESTIONS = "suggestions, spelling"
SORT = "sort by a hidden field, tie-break by row id"
FILTER = "filter on a hidden field, band filtered by its exact value"
CURSORS = "cursors"
FORBIDDEN = "403 against 404"
ETAG = "ETag, Last-Modified, updated_at, versions, Content-Length"
TAKEN = "unique names, already taken, import dedupe"
OMITTED = "omitting a credential"
STARRED = (RELEVANCE, TOTALS, FACETS, SUGGESTIONS, SORT, FILTER, CURSORS, FORBIDDEN, ETAG, TAKEN, OMITTED)
"""The rows of the table of channels that are starred."""

CACHES = "caches and shared pages between viewers"
UNKNOWN = "unknown field, facet list"
MARKS = "array lengths, existence marks"
TEXT = "derived fields, free text, file names"
BACKING = "verdicts, provenance and freshness per level"
ALERTS = "alerts, saved searches, exports, webhooks, feeds"
OTHERS = (ALERTS, CACHES, UNKNOWN, MARKS, TEXT, BACKING)


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A planted leak; `plant` patches it in, `row` is the channel it opens.

    `by` names the properties that must catch it. P2 is not among them where the leak tells something that equal views
    hold in common (the signed part of an attestation is in both), or in which equal views seldom differ (caps that hide from
    those who tell nothing of themselves, and from nobody else, are rare); P1 is not where
    the reference has no opinion, because the answer is about what is one's own.
    """

    name: str
    plant: Callable[[Patch], None]
    row: str
    by: tuple[str, ...] = ("P1", "P2")
    about: str | None = None
    """What all networks and questions put to it are about (`worlds.ABOUT`), as a part of those put to the product are; None:
    they are those put to the product."""


ONE = ("P1",)
TWO = ("P2",)
LEAKS = (
    Leak(name="count before filter", plant=search.count_before_filter, row=TOTALS),
    Leak(name="facet of a hidden field", plant=search.facet_of_a_hidden_field, row=FACETS),
    Leak(name="sort by a hidden field", plant=search.sort_by_a_hidden_field, row=SORT),
    Leak(name="band filtered by its exact value", plant=search.band_filtered_by_its_exact_value, row=FILTER),
    Leak(name="403 for 404", plant=doors.forbidden_for_not_found, row=FORBIDDEN),
    Leak(name="ETag of the full record", plant=doors.etag_of_the_full_record, row=ETAG),
    Leak(name="filter on a hidden field", plant=search.filter_on_a_hidden_field, row=FILTER),
    Leak(name="facets with zero buckets", plant=search.zero_buckets, row=FACETS),
    Leak(name="ties by row number", plant=search.ties_by_row, row=SORT),
    Leak(name="cursor with a row number", plant=search.cursor_with_a_row_number, row=CURSORS),
    Leak(name="Last-Modified of the revision", plant=doors.last_modified, row=ETAG),
    Leak(name="claims of every level", plant=doors.claims_of_every_level, row=MARKS, by=ONE),
    Leak(name="hidden told from never given", plant=doors.hidden_and_absent_differ, row=MARKS),
    Leak(name="frequencies of all records", plant=search.frequencies_of_all_records, row=RELEVANCE, by=ONE, about="text"),
    Leak(name="ranked by hidden words", plant=search.ranked_by_hidden_words, row=RELEVANCE, by=ONE, about="text"),
    Leak(name="backed though hidden", plant=search.backed_though_hidden, row=BACKING, about="backed"),
    Leak(name="backed at any level", plant=search.backed_at_any_level, row=BACKING, by=ONE, about="backed"),
    Leak(
        name="bands as fresh as what is behind", plant=search.bands_as_fresh_as_what_is_behind, row=BACKING,
        about="freshness_max",
    ),
    Leak(
        name="bands stale with what is behind", plant=search.bands_stale_with_what_is_behind, row=BACKING, by=ONE,
        about="spare_hours",
    ),
    Leak(name="facet of hidden machines", plant=search.facet_of_hidden_machines, row=FACETS, by=ONE, about="equipment"),
    Leak(name="document on its digest alone", plant=doors.document_on_its_digest_alone, row=TEXT, about="document"),
    Leak(name="name of the file", plant=doors.name_of_the_file, row=TEXT, by=ONE, about="document"),
    Leak(name="caps about what is omitted are skipped", plant=doors.omitted_credentials, row=OMITTED, by=ONE),
    Leak(name="view kept without its purpose", plant=search.view_kept_without_its_purpose, row=CACHES, by=ONE, about="purpose"),
    Leak(name="refusing what nobody states", plant=search.refusing_what_nobody_states, row=UNKNOWN),
    Leak(name="name already taken", plant=doors.name_already_taken, row=TAKEN, by=TWO),
    Leak(name="import compared with all", plant=doors.import_compared_with_all, row=TAKEN, by=TWO),
    Leak(
        name="suggestions ordered by global frequency", plant=suggest.ordered_by_frequency_everywhere, row=SUGGESTIONS, by=ONE,
        about="suggest",
    ),
    Leak(
        name="suggestions count the whole network", plant=suggest.numbers_of_the_whole_network, row=SUGGESTIONS,
        about="suggest",
    ),
    Leak(name="hidden term suggested", plant=suggest.terms_that_nobody_shows, row=SUGGESTIONS, about="suggest"),
    Leak(
        name="correction asks the whole dictionary", plant=suggest.correction_asks_the_whole_dictionary, row=SUGGESTIONS,
        by=ONE, about="suggest",
    ),
    Leak(name="words of hidden fields suggested", plant=suggest.words_of_hidden_fields, row=SUGGESTIONS, about="suggest"),
    Leak(
        name="names withheld because others have them", plant=suggest.names_when_few_have_them_anywhere, row=SUGGESTIONS,
        by=ONE, about="suggest",
    ),
)  # fmt: skip
