"""The question before a policy shows anybody more: asked once, answered with the digest of exactly that change."""

from __future__ import annotations

from policies import Policy
from sharing.answers.widening import digest_of, widens
from sharing.errors import WideningNotConfirmed
from sharing.house import House
from sharing.models import Factory


def ask_about_widening(house: House, factory: Factory, old: Policy, new: Policy, *, confirmed: frozenset[str]) -> None:
    """Raise `WideningNotConfirmed` if `new` may show anybody more than `old`, unless `confirmed` holds the change's digest.

    A factory that was never published has its own question, at the first publication.
    """
    digest = digest_of(old, new)
    # What is confirmed need not be worked out.
    if factory.first_published_at is None or digest in confirmed:
        return
    if widens(old, new, house.today(), tuple(house.platform)):
        raise WideningNotConfirmed(digest=digest)
