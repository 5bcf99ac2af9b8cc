"""The questions that are measured: each as parameters of the search, and as SQL over the plain tables that answers the same.

Guarantees: for somebody who sees everything exactly both sides have the same answer; the run checks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from sharing.search import Order, Query, parse_query
from sharing.search.query import SpareHours

PAGE = 20
WEEKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`tokens` are asked of FTS5 (see `plain.token`), `where` of the plain columns; `values` fill its question marks.

    Of a `ranked` question one token is enough, and its page is ordered by how much the tokens tell: FTS5 has a measure of its
    own for that, so the pages are not compared.
    """

    name: str
    parameters: Mapping[str, Sequence[str]]
    tokens: tuple[tuple[str, str], ...] = ()
    where: str = ""
    values: tuple[object, ...] = field(default=())
    ranked: bool = False

    def query(self, day: date) -> Query:
        """As the search reads it."""
        return parse_query(self.parameters, day)

    @property
    def address(self) -> str:
        """The path and query string of its first page."""
        return f"/v1/search?{urlencode(self.parameters, doseq=True)}"


def questions(day: date) -> tuple[Question, ...]:
    """All of them, as asked on `day`."""
    hours = parse_query({"spare_hours": ["1"]}, day)
    first, last = next((atom.first, atom.last) for atom in hours.filters if isinstance(atom, SpareHours))
    return (
        Question(name="one common term", parameters={"process": ["3.2.3"]}, tokens=(("capability.process", "3.2.3"),)),
        Question(
            name="three terms (AND)",
            parameters={"process": ["3.2.3"], "material": ["N"], "province": ["VN-HN"]},
            tokens=(("capability.process", "3.2.3"), ("capability.material_family", "N"), ("province", "VN-HN")),
        ),
        Question(
            name="number at most",
            parameters={"tolerance_um_max": ["12"]},
            where="r.tolerance <= ?",
            values=(1200,),
        ),
        Question(
            name="a rare word",
            parameters={"q": ["7"]},
            tokens=(("", "7"),),
        ),
        Question(
            name=f"spare hours over {WEEKS} weeks",
            parameters={"spare_hours": ["2000"]},
            where="r.grp IN (SELECT grp FROM hours WHERE week BETWEEN ? AND ? GROUP BY grp HAVING sum(tenths) >= ?)",
            values=(first, last, 20000),
        ),
        Question(
            name="text, two words",
            parameters={"q": ["bình minh"]},
            tokens=(("", "binh"), ("", "minh")),
        ),
        Question(
            name="ranked text, any of three words",
            parameters={"text": ["bình minh precision"]},
            tokens=(("", "binh"), ("", "minh"), ("", "precision")),
            ranked=True,
        ),
        Question(
            name="spare hours stated within 14 days",
            parameters={"spare_hours": ["2000"], "freshness_max": ["14"]},
            where="r.grp IN (SELECT grp FROM hours WHERE week BETWEEN ? AND ? GROUP BY grp HAVING sum(tenths) >= ?)",
            values=(first, last, 20000),
        ),
        Question(
            name="one term, most spare hours first",
            parameters={"process": ["3.2.3"], "sort": [Order.SPARE_HOURS.value]},
            tokens=(("capability.process", "3.2.3"),),
        ),
    )
