"""Schemathesis against the node over HTTP: every phase, every check, for one asker; what it found, in short."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.engine import events, from_schema
from waitress import create_server  # type: ignore[import-untyped]

from tests.conformance.exceptions import EXCEPTIONS, Case

FUZZING = frozenset({"fuzzing"})
ALL_PHASES = frozenset({"examples", "coverage", "fuzzing", "stateful"})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One disagreement between the description and the node."""

    operation: str
    check: str
    status: int | None
    told: str
    sent: str
    body: str

    def __str__(self) -> str:
        return f"{self.operation} {self.check} ({self.status}): {self.told}\n  {self.sent}\n  {self.body}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`asked`: how often each operation was asked; `checked`: how often each check looked at an answer. `excused`: exception ->
    how often it was used; `codes`: likewise of the codes of refusals that a schema has no words for."""

    asked: Mapping[str, int]
    checked: Mapping[str, int]
    findings: list[Finding]
    excused: Mapping[str, int]
    codes: Mapping[str, int]

    @property
    def cases(self) -> int:
        """How many requests were made."""
        return sum(self.asked.values())


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of its own."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(5)


def conformance(
    address: str, *, token: str | None, examples: int, seed: int = 1, phases: frozenset[str] = ALL_PHASES
) -> Outcome:
    """Run these phases, with `examples` made-up requests for each operation in the fuzzing phase, all made up from `seed`."""
    described = schemathesis.openapi.from_url(f"{address}/openapi.json")
    config = described.config
    if token is not None:
        config.update(headers={"Authorization": f"Bearer {token}"})
    config.update(continue_on_failure=True, workers=1)
    config.seed = seed
    config.generation.update(max_examples=examples, database="none", no_shrink=True)
    for phase in ALL_PHASES:
        getattr(config.phases, phase).enabled = phase in phases
    findings: list[Finding] = []
    checked: dict[str, int] = defaultdict(int)
    excused: dict[str, int] = defaultdict(int)
    codes: dict[str, int] = defaultdict(int)
    asked: dict[str, int] = defaultdict(int)
    for event in from_schema(described).execute():
        if isinstance(event, events.FatalError | events.NonFatalError):
            raise AssertionError(f"schemathesis could not run: {event}")
        if not isinstance(event, events.ScenarioFinished):
            continue
        for case_id, results in event.recorder.checks.items():
            # An event of the stateful phase is of no single operation; each of its cases is.
            operation = event.recorder.cases[case_id].value.operation.label
            asked[operation] += 1
            for result in results:
                checked[result.name] += 1
                if result.failure_info is None:
                    continue
                interaction = event.recorder.interactions[case_id]
                case = _case(operation, result, interaction)
                reason = next((name for name, each in EXCEPTIONS.items() if each.fits(case)), None)
                if reason is not None:
                    excused[reason] += 1
                    for code in case.codes:
                        codes[code] += 1
                else:
                    findings.append(_finding(case, result))
    return Outcome(asked=dict(asked), checked=dict(checked), findings=findings, excused=dict(excused), codes=dict(codes))


def _case(label: str, result: Any, interaction: Any) -> Case:
    response, request = interaction.response, interaction.request
    body: Any = None
    if response is not None and response.content:
        try:
            body = json.loads(response.content)
        except ValueError:
            body = None
    return Case(
        operation=label,
        check=result.name,
        failure=type(result.failure_info.failure).__name__,
        message=str(result.failure_info.failure),
        method=request.method,
        url=request.uri,
        sent_headers={name.lower(): values for name, values in request.headers.items()},
        status=None if response is None else response.status_code,
        problem=body if isinstance(body, dict) else {},
    )


def _finding(case: Case, result: Any) -> Finding:
    return Finding(
        operation=case.operation,
        check=case.check,
        status=case.status,
        told=case.message[:600],
        sent=result.failure_info.code_sample[:600],
        body=json.dumps(case.problem)[:6000],
    )
