"""Manufacturing processes by the numbering of DIN 8580 and its part standards; labels are our own.

Guarantees: a code's parent is the code without its last number, as in the standard.
"""

import json
from collections.abc import Iterator
from importlib.resources import files

from sharing.catalogue.codes import Code, Codes


def _codes() -> Iterator[Code]:
    table = files("sharing.catalogue").joinpath("processes.json").read_text(encoding="utf-8")
    for code, english, vietnamese in json.loads(table):
        yield Code(code=code, parent=code.rpartition(".")[0] or None, label_en=english, label_vi=vietnamese)


PROCESSES = Codes("DIN 8580", _codes())
