"""A factory's profile: its full private record, read from the owner's document and written back to it.

Guarantees: `parse_profile` reports every problem of a document at once and nothing but `ProfileErrors` leaves it; what
it accepts survives `record_document` and back unchanged. A record never leaves its home node: only a projection does.
"""

from sharing.profile.reading import parse_profile
from sharing.profile.record import Element, Record, record_document, record_of

__all__ = ["Element", "Record", "parse_profile", "record_document", "record_of"]
