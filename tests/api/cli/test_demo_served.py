"""`guildnet demo` as a person runs it: it serves what it told, the lines it prints work, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.shared_material import ROOT

MAIN = "import sys; from api.cli import main; main(sys.argv[1:], prog_name='guildnet')"
SECONDS_MAX = 120
BEGINNING = "Three things to try while it is served:"
CURL = '''#!{python}
"""As much of curl as the demonstration prints: -s, -u, -d, -H and an address."""
import base64, sys, urllib.request
words, headers, form, address = iter(sys.argv[1:]), {{}}, [], ""
for word in words:
    if word == "-u":
        headers["Authorization"] = "Basic " + base64.b64encode(next(words).encode()).decode()
    elif word == "-d":
        form.append(next(words))
    elif word == "-H":
        name, _, value = next(words).partition(": ")
        headers[name] = value
    elif word != "-s":
        address = word
data = "&".join(form).encode() or None
sys.stdout.write(urllib.request.urlopen(urllib.request.Request(address, data, headers)).read().decode())
'''


@pytest.fixture
def shell_path(tmp_path: Path) -> str:
    """A PATH with curl, or with a few lines of Python in its place where there is none."""
    path = os.environ["PATH"]
    if shutil.which("curl") is not None:
        return path
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "curl").write_text(CURL.format(python=sys.executable), encoding="utf-8")
    (folder / "curl").chmod(0o755)
    return f"{folder}:{path}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + SECONDS_MAX
    while True:
        try:
            with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                assert answer.read() == b"ready\n"
                return
        except OSError:
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until, "nobody answers"
            time.sleep(0.1)


def alive(group: int) -> bool:
    """Whether any process of the group is left, a child that nobody waits for included."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_printed_lines_work_and_ctrl_c_leaves_no_process_behind(tmp_path: Path, shell_path: str) -> None:
    port, out, log = free_port(), tmp_path / "out.txt", tmp_path / "log.txt"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUILDNET_")}
    with out.open("wb") as written, log.open("wb") as logged:
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "demo", "--port", str(port), "--folder", str(tmp_path / "node")],
            cwd=tmp_path,
            env=kept | {"PYTHONPATH": str(ROOT)},
            stdout=written,
            stderr=logged,
            start_new_session=True,
        )
    try:
        wait_until_ready(port, process, log)
        story, _, lines = out.read_text(encoding="utf-8").partition(BEGINNING)
        assert re.findall(r"^(\d)\. ", story, re.MULTILINE) == list("123456789")
        found, seen = ask(lines, tmp_path, shell_path)
        assert found["factories"] == 1, "the turning shop, by a word without its marks and a certificate"
        assert seen["factory"]["legal_name"]["value"]["en"] == "Kinh Bac Sample Precision Co., Ltd"
        (group,) = {part["runs_on"] for part in seen["factory"]["capability"].values() if part["tolerance_um"]["value"] == "6"}
        assert seen["factory"]["capacity"][group]["spare_hours"]["level"] == "exact", "the grant of the story is in force"

        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == 0, log.read_text(encoding="utf-8")
        assert not alive(process.pid)
        assert "Traceback" not in log.read_text(encoding="utf-8")
        assert (tmp_path / "node" / "guildnet.db").exists(), "what was told can be looked at afterwards"
    finally:
        if alive(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(lines: str, folder: Path, path: str) -> list[Any]:
    """Paste the printed lines into a shell, as they are; the answers of the two that show one."""
    assert lines.count("curl ") == 3
    first, second, third = re.split(r"\n  (?=TOKEN=|curl )", lines.strip().partition("\n\n")[0])
    script = f"set -eu\n{first}\necho\necho ---\n{second}\n{third}\n"
    environment = {"PATH": path, "HOME": str(folder), "NO_PROXY": "localhost", "no_proxy": "localhost"}
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(answer) for answer in done.stdout.split("\n---\n")]
