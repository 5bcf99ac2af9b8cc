"""The project as a fresh checkout would hold it, and processes that see nothing of the place they are started from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.shared_material import ROOT

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
MINUTES_MAX = 10


def checked_in() -> list[str]:
    """Every file that is in the repository or about to be: tracked, or new and not ignored."""
    # The owner of a checkout may be another user than the one who tests, as in a container.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted({name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()})


def clean_copy(folder: Path) -> list[str]:
    """Copy what is checked in to a new `folder`; returns the names."""
    names = checked_in()
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return names


def environment(**added: str) -> dict[str, str]:
    """Without PYTHONPATH, settings of a node and a virtual environment; with pip's index and proxies."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("PIP_")}
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    return {**kept, **proxies, "PYTHONUTF8": "1", **added}


def run(command: Sequence[str], folder: Path, *, code: int = 0, **added: str) -> subprocess.CompletedProcess[str]:
    """A process in `folder` that must end with `code`."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(**added),
        capture_output=True,
        text=True,
        timeout=60 * MINUTES_MAX,
        check=False,
    )
    assert done.returncode == code, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def bare_python(folder: Path) -> Path:
    """A folder for the front of PATH in which `python3` is the Python of this run, outside of any environment."""
    folder.mkdir()
    script = folder / "python3"
    script.write_text(f'#!/bin/sh\nexec "{Path(sys._base_executable)}" "$@"\n', encoding="utf-8")  # type: ignore[attr-defined]
    script.chmod(0o755)
    return folder
