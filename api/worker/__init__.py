"""The worker: what is done from time to time, by one of however many processes there are.

`JOBS` is the list; `run_once` and `run_until` carry it out under the leases of the database.
"""

from __future__ import annotations

from api.worker.jobs import JOBS, Job
from api.worker.loop import Ran, run_once, run_until

__all__ = ["JOBS", "Job", "Ran", "run_once", "run_until"]
