"""Write use-cases of saved searches, and the look that compares them with the last one."""

from __future__ import annotations

from sqlalchemy import select

from sharing.alerts import looking
from sharing.alerts.models import SavedSearch
from tests.api.test_factories import made
from tests.crashes.of_upkeep import A_WEEK_LATER, LEASE_OVER, Work
from tests.crashes.registry import KEY, Node, use
from tests.crashes.stopping import Step

BODY = {"name": "Turning", "parameters": {"process": ["3.2"]}, "every": "daily", "mail": True}


def kept(node: Node) -> str:
    """A saved search of a buyer."""
    answer = node.world.post("globex", "/v1/saved-searches", json=BODY, purpose="sourcing")
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


@use("alerts.save_search")
def save_search(node: Node) -> Step:
    return node.request("globex", "POST", "/v1/saved-searches", json=BODY, headers=KEY)


@use("alerts.change_saved_search")
def change_saved_search(node: Node) -> Step:
    body = {"name": "Lathes", "every": "weekly", "mail": False}
    return node.request("globex", "PUT", f"/v1/saved-searches/{kept(node)}", json=body)


@use("alerts.delete_saved_search")
def delete_saved_search(node: Node) -> Step:
    return node.request("globex", "DELETE", f"/v1/saved-searches/{kept(node)}")


@use("look-at-search", now=A_WEEK_LATER, follows=True, retried_after=LEASE_OVER)
def look_at_search(node: Node) -> Step:
    """The second look, which finds a factory that the first did not."""
    kept(node)
    looking.look_at_due(node.world.app.extensions["guildnet"].house)
    made(node.world)
    with node.world.database.read() as session:
        assert all(session.scalars(select(SavedSearch.looked_at)))
    return Work("look-at-searches")
