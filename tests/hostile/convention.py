"""Which functions of the product read what somebody else wrote: by their names, so that a new one is found.

A public function or method whose name begins with one of `VERBS` is a parser, or stands in `NOT_PARSERS` with a reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from tests.contract.tree import sources, tree
from tests.shared_material import ROOT

VERBS = re.compile(r"(parse|read|load|loads|open|unseal|peek|unpack|decode|verify|split|from|sniff|detect|inspect|plan)(_|$)")

NOT_PARSERS: Mapping[str, str] = {
    r"sharing\.catalogue\..*\.parse": "every form of the catalogue is reached through parse_profile",
    r"sharing\.catalogue\.field:Field\.parse": "likewise",
    r"trust\.keys:PrivateKey\.from_seed": "32 bytes of our own chance or of a sealed key",
    r"trust\.instant:from_numeric": "reached through every token that has an iat",
    r"policies\.survey:Survey\.plan": "counts what there is to work out about policies that parse_policy made; reads nothing",
    r"api\.web\.cookies:Cookie\.open_session": "Flask reads what this node signed; another signature is no cookie",
    r"network\.database:Database\.read": "opens a transaction",
    r"network\.columns:.*": "types of columns: what they read this program wrote",
    r"network\.membership\.clients:verify_client": "compares a secret; reached through the token request",
    r"network\.keystore:load_kek": "read_kek or parse_kek, by the settings",
    r"sharing\.search\.packing:.*": "inside an index snapshot, behind its keyed digest; see SnapshotFile.read",
    r"sharing\.search\.saved:.*": "likewise",
    r"sharing\.search\.replica:Shelf\.load": "a protocol; SnapshotFile.read is what reads",
    r"sharing\.snapshots:SnapshotFile\.load": "SnapshotFile.read, then comparisons",
    r"api\.cli\.node:read_settings": "Settings.from_env with the environment of the process",
    r"api\.cli\.verify:verify": "the command around trust.bundle.verify",
    r"api\.cli\.ledger:verify": "the command around trust.disclosures.verify",
    r"(api\.resources\.auditing|sharing\.auditing\.disputes):open_dispute": "begins a dispute; reads nothing",
    r".*:open_dispute": "opens a dispute; its body is read by its schema",
    r"api\.backups\.dumps:read_contents": "PostgreSQL's own pg_restore reads it",
    r"api\.backups\.taking:verify": "compares a digest",
    r"api\.container:open_journal": "opens the file that the settings name; see the door `journal file`",
    r"api\.parsing:StrictParser\..*": "see the doors `http ...`",
}
"""Pattern over `module:name` -> why it needs no mutator of its own."""


def parsers() -> Iterator[str]:
    """`module:name` of every public function or method whose name says that it reads something."""
    for path in sources():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and VERBS.match(node.name):
                yield f"{module}:{node.name}"
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and VERBS.match(inner.name):
                        yield f"{module}:{node.name}.{inner.name}"


def excepted(name: str) -> str | None:
    """Why this one needs no mutator, if it needs none."""
    return next((reason for pattern, reason in NOT_PARSERS.items() if re.fullmatch(pattern, name)), None)
