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
    if factory.first_published_at is None or not widens(old, new, house.today(), house.platform):
        return
    digest = digest_of(old, new)
    if digest not in confirmed:
        raise WideningNotConfirmed(digest=digest)
