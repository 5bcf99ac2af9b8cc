"""`python -m tests.leaks [WORD...]`: plants each leak in turn, lets the suite find it, and prints the table.

Words choose among the names and rows. Exits 1 when a leak was not caught.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import structlog

from api import migrations
from tests.leaks.nodes import Files, template
from tests.leaks.table import EXPLAINED, HEAD, MOST, chosen, line, proved


def main() -> int:
    """Print a line for each leak as it is caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.leaks", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="only leaks with such a word in their name or row")
    parser.add_argument("--most", type=int, default=MOST, help="comparisons after which a leak counts as not caught")
    given = parser.parse_args()
    structlog.configure(processors=[structlog.testing.LogCapture()])
    missed, leaks = 0, chosen(given.words)
    sys.stdout.write("\n".join((*EXPLAINED, "", line(HEAD), "")))
    with tempfile.TemporaryDirectory(prefix="guildnet-leaks-") as folder:
        url = f"sqlite:///{folder}/template.db"
        migrations.upgrade(url)
        files = Files(Path(folder))
        made = template(files.fresh(url), files)
        for leak in leaks:
            row = proved(leak, made, given.most)
            missed += bool(row.missed)
            sys.stdout.write(line(row.cells()) + "\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(leaks) - missed} of {len(leaks)} planted leaks were caught by every property that must.\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
