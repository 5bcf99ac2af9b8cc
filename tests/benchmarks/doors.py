"""The other doors of HTTP, for one factory at a time: its view, its signed forms, what its owner reads, and the token.

The baseline is the same as that of search pages: a bare Flask route that checks the same token, reads the factory's published
row by its key, and sends the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from sharing.models import Factory, PolicyRevision, StoredView
from tests.benchmarks.http import Door
from tests.benchmarks.network import CLOSE, MEMBER, OWNER, Network
from tests.benchmarks.timing import Row, in_turns

ANONYMOUS = "anonymous"
BARE = "Flask route: token, same row by key, same bytes"
SIGNED = "application/vc+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request of one viewer. `factory` is whose row the baseline reads."""

    name: str
    viewer: str
    path: str
    factory: str
    headers: Mapping[str, str] = field(default_factory=dict)


def doors(network: Network, door: Door, budget: float) -> list[Row]:
    """A row for each request."""
    rows = []
    for asked in _all(network):
        real, bare = door.same(asked.viewer, asked.path, [asked.factory], asked.headers)
        measured, base = in_turns([real, bare], budget)
        rows.append(
            Row(
                group="other doors over HTTP",
                name=asked.name,
                viewer=asked.viewer,
                measured=measured,
                baseline=BARE,
                base=base,
            )
        )
    return rows


def _all(network: Network) -> list[Asked]:
    factory, standing = _open_factory(network)
    view = f"/v1/factories/{factory}"
    found = [Asked(name="view as JSON", viewer=who, path=view, factory=factory) for who in (ANONYMOUS, MEMBER, CLOSE)]
    found += [
        Asked(name="signed view", viewer=who, path=view, factory=factory, headers={"Accept": SIGNED})
        for who in (ANONYMOUS, MEMBER)
    ]
    found += [Asked(name="bundle", viewer=who, path=f"{view}/bundle", factory=factory) for who in (ANONYMOUS, MEMBER)]
    found.append(Asked(name="status list", viewer=ANONYMOUS, path=f"/v1/status/{standing}", factory=factory))
    found += [Asked(name=f"own {what}", viewer=OWNER, path=f"{view}/{what}", factory=factory) for what in ("profile", "policy")]
    found.append(Asked(name="preview as a partner", viewer=OWNER, path=f"{view}/preview?as=partner", factory=factory))
    found.append(Asked(name="own factories", viewer=OWNER, path="/v1/factories", factory=factory))
    return found


def _open_factory(network: Network) -> tuple[str, str]:
    """A factory of the first owner, if there is one under the catalogue's policy, and the status list of its public view."""
    varied = select(PolicyRevision.factory_id).where(PolicyRevision.revision > 1)
    query = (
        select(Factory.id, StoredView.status_list_id)
        .join(StoredView, StoredView.factory_id == Factory.id)
        .where(
            Factory.organization_id == network.world.ids[OWNER],
            StoredView.audience == "public",
        )
        .order_by(Factory.id.in_(varied), Factory.id)
        .limit(1)
    )
    with network.house.database.read() as session:
        found = session.execute(query).one()
    return str(found[0]), str(found[1])
