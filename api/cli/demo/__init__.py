"""`guildnet demo`: the whole job on one machine, told step by step, and then a node to try."""

from api.cli.demo.command import demo

__all__ = ["demo"]
