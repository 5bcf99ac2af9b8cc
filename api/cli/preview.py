"""The question before the first publication: what everybody and what every member would see.

Guarantees: shows projections and nothing else, every visible value of them.
"""

from __future__ import annotations

import click

from api.cli import show
from sharing.projection import Projection
from sharing.publish import Preview
from trust import strict_json


def preview_document(preview: Preview) -> dict[str, object]:
    """The JSON form; null where an audience would see nothing."""
    return {
        "digest": preview.digest,
        "items": [
            {"factory": each.factory_id, "public": _content(each.public), "member": _content(each.member)}
            for each in preview.items
        ],
    }


def write_preview(preview: Preview) -> None:
    """The same for people."""
    for each in preview.items:
        click.echo(f"\nfactory {each.factory_id}")
        public, member = _cells(each.public), _cells(each.member)
        paths = [*member, *(path for path in public if path not in member)]
        rows = [(path, public.get(path, "-"), member.get(path, "-")) for path in paths]
        show.write_table(("field", "everybody sees", "every member sees"), rows, empty="Nobody would see anything.")


def _content(projection: Projection | None) -> object:
    return None if projection is None else strict_json.loads(projection.canonical)


def _cells(projection: Projection | None) -> dict[str, str]:
    if projection is None:
        return {}
    return {path: show.cell_text(cell) for path, cell in projection.cells()}
