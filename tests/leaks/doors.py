"""How a node is asked: through one application in this process that is pointed at whichever node is asked next.

Making an application takes longer than twenty answers and is the same for every node, so all nodes that are not asked at
once share one. Nothing of a node is kept by it: its container hands out the house of the node that is asked.
"""

from __future__ import annotations

from functools import cache

from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from api.container import Container
from api.settings import Settings
from sharing.house import House

SETTINGS = Settings(search_floor_ms=0, rate_limit="1000000 per minute", rate_limit_token="1000000 per minute")


class Pointing:
    """A container whose house is that of the node asked last."""

    settings = SETTINGS
    house: House


def application(house: House, settings: Settings = SETTINGS) -> Flask:
    """An application of this node's own."""
    return create_app(settings, container=Container(settings=settings, house=house))


def client(house: House) -> FlaskClient:
    """The shared application, pointed at this node."""
    pointing, asked = _shared()
    pointing.house = house
    return asked


def shared() -> Flask:
    """The application that all nodes share, for a server; `client` points it."""
    _, asked = _shared()
    return asked.application


@cache
def _shared() -> tuple[Pointing, FlaskClient]:
    pointing = Pointing()
    app = create_app(SETTINGS, container=pointing)  # type: ignore[arg-type]
    return pointing, app.test_client(use_cookies=False)
