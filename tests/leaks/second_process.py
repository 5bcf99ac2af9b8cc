"""Another process of the same node: its own connections and its own index. Each line on standard input asks one search as
nobody; the ids of the factories that were found are written as one line of JSON.

Run as `python -m tests.leaks.second_process DATABASE_URL`.
"""

from __future__ import annotations

import json
import sys

from sharing.search import parse_query
from sharing.searching import search
from sharing.viewers import Caller
from tests.leaks.nodes import Files, Node


def main(url: str) -> None:
    """Answer until the input ends."""
    node = Node.at(url, Files.__new__(Files), {})
    house = node.house
    for _ in sys.stdin:
        answer = search(house, lambda _: Caller.anonymous(), parse_query({}, house.today()), limit=100)
        print(json.dumps(sorted({item.projection.factory_id for item in answer.items})), flush=True)
    node.close()


if __name__ == "__main__":
    main(sys.argv[1])
