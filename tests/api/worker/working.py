"""A worker of its own process, with one slow job that writes when it began and ended.

Run as `python -m tests.api.worker.working DATABASE_URL FILE SECONDS`: the job takes so many seconds, is due again at once,
and its lease lasts one second.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from api.container import build
from api.settings import Settings
from api.worker import Job, run_until
from sharing.house import House
from tests.api.world import KEK
from trust import base64url

LASTS = timedelta(seconds=1)


def main(url: str, file: str, seconds: str) -> None:
    """Work until killed."""

    def write(word: str) -> None:
        with Path(file).open("a") as lines:
            lines.write(f"{time.time():.4f} {os.getpid()} {word}\n")

    def work(house: House, settings: Settings, now: datetime) -> int:
        write("begin")
        time.sleep(float(seconds))
        write("end")
        return 1

    settings = Settings(database_url=url, kek=base64url.encode(KEK.secret))
    job = Job(name="slow", every=timedelta(0), run=work)
    run_until(threading.Event(), build(settings).house, settings, jobs=[job], lasts=LASTS, look_s=0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
