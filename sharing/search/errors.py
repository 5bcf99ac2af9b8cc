"""What can go wrong in a search.

SharingError
└── SearchError
    ├── InvalidQuery    the parameters of a search are refused; carries every problem found
    └── InvalidCursor   not a cursor of this node, this viewer and this query (which of these is not said)
"""

from sharing.errors import Problem, SharingError


class SearchError(SharingError):
    """Root of the errors of searching."""

    code = "search_error"


class InvalidQuery(SearchError):
    """The parameters are refused; depends on the request alone, never on what is stored."""

    code = "invalid_query"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            f"The search has {len(problems)} problem(s); the first: {problems[0].path}: {problems[0].message}",
            problems=[{"path": each.path, "code": each.code, "message": each.message} for each in problems],
        )
        self.problems = problems


class InvalidCursor(SearchError):
    """The cursor does not continue this search."""

    code = "invalid_cursor"
