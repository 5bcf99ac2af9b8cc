"""Asking over a real socket: a waitress server on the loopback interface in front of the application that all nodes share.

What comes back is read by `http.client`, so status, headers and body went through a server's framing. What the
server does by itself is undone, and no more: names of headers are spelled as the application spelled them, `Connection` is
taken off, and so is the `Date` that the server adds where the application gave none.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode

from waitress.server import create_server
from werkzeug import Response

from tests.leaks import doors
from tests.leaks.nodes import Node

HOST = "127.0.0.1"
UNUSED_S = 86_400
"""For so long nothing may be asked: between two networks that live on there are others that are asked in this process."""
SPELLED = ("ETag", "WWW-Authenticate", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id")
_SPELLED = {each.lower(): each for each in SPELLED}
_GETS_NO_BODY = frozenset({"GET", "HEAD", "DELETE"})


class Wire:
    """One connection to the server, kept alive; it asks whichever node it is told to."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=600)

    def open(
        self,
        node: Node,
        path: str,
        *,
        method: str,
        headers: Mapping[str, str],
        query_string: Iterable[tuple[str, str]] = (),
        json: Any = None,
        data: bytes | None = None,
        content_type: str | None = None,
    ) -> Response:
        """Send one request and read its whole answer."""
        doors.client(node.house)
        body, sent = data, dict(headers)
        if json is not None:
            body, content_type = _written(json), "application/json"
        if content_type is not None:
            sent["Content-Type"] = content_type
        if body is None and method not in _GETS_NO_BODY:
            sent["Content-Length"] = "0"
        query = urlencode(list(query_string))
        self._connection.request(method, quote(path) + (f"?{query}" if query else ""), body=body, headers=sent)
        answer = self._connection.getresponse()
        content = answer.read()
        told = [(_spelled(name), value) for name, value in answer.getheaders() if name != "Connection"]
        if "ETag" not in dict(told):
            told = [each for each in told if each[0] != "Date"]
        response = Response(content, status=answer.status)
        # What the server said, not what a response object would say by itself.
        response.headers.clear()
        response.headers.extend(told)
        return response


def _spelled(name: str) -> str:
    return _SPELLED.get(name.lower(), name)


def _written(document: object) -> bytes:
    return json.dumps(document).encode()


@cache
def wire() -> Wire:
    """The connection of this process; its server ends with the process."""
    server = create_server(
        doors.shared(), host=HOST, port=0, ident=None, threads=2, clear_untrusted_proxy_headers=True, channel_timeout=UNUSED_S
    )
    threading.Thread(target=server.run, name="leaks wire", daemon=True).start()
    return Wire(int(server.effective_port))
