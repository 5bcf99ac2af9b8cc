"""What can go wrong with the ledger."""

from sharing.errors import SharingError


class DisclosureUnrecorded(SharingError):
    """What an answer discloses could not be noted, so the answer does not leave."""

    code = "disclosure_unrecorded"


class LedgerDamaged(SharingError):
    """A row of the ledger is not in the form this program writes, or not what was sealed."""

    code = "ledger_damaged"


class ProbingLimited(SharingError):
    """An organization asked too many questions in a week that differ in little."""

    code = "probing_limited"
