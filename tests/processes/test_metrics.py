"""Prometheus is answered on the loopback interface alone, with sums over all processes and labels that are constants."""

from __future__ import annotations

import http.client
import re
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.routing import declared_routes
from api.settings import Settings
from api.worker import JOBS
from tests.api.world import KEK, populate
from tests.processes.running import Redis, command, environment, free_port, served, started
from trust import base64url

LABELS = {"method", "route", "status", "le", "job", "alarm"}
FIXED = re.compile(r"[a-z_-]{1,40}")


def scraped(port: int, path: str = "/metrics", host: str = "127.0.0.1") -> str:
    with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def values(text: str, name: str, **labels: str) -> list[float]:
    """The values of a metric's samples that have these labels."""
    samples = [each for family in text_string_to_metric_families(text) for each in family.samples if each.name == name]
    return [each.value for each in samples if labels.items() <= each.labels.items()]


def own_address() -> str | None:
    """An address of this machine that is not its loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return None
        found: str = probe.getsockname()[0]
        return None if found.startswith("127.") else found


def test_numbers_of_all_processes_with_bounded_labels_on_the_loopback_alone(
    sqlite_url: str, tmp_path: Path, redis: Redis
) -> None:
    clients = populate(sqlite_url)
    port = free_port()
    settings = environment(sqlite_url, rate_limit_storage=redis.url, metrics_port=str(port))
    document = {"legal_name": "Zebra forging", "country": "VN", "capabilities": [{"process": "3.2.1"}]}
    with served(settings, tmp_path, "--workers", "3", "--host", "0.0.0.0") as server:
        with started(command("worker", "--once"), settings, tmp_path / "worker.log") as worker:
            assert worker.wait(60) == 0
        token = server.token(clients["acme"])
        made = server.ask("POST", "/v1/factories", token=token, body=document).json["id"]
        address = f"/v1/factories/{made}/publish"
        digest = server.ask("POST", address, token=token, body={}).json["digest"]
        server.ask("POST", address, token=token, body={"preview": digest})
        before = values(scraped(port), "guildnet_requests_total", route="/v1/search", status="200")
        for number in range(30):
            assert server.ask("GET", f"/v1/search?text=zebra{number}").status == 200
        server.ask("GET", "/v1/search?nonsense=zebra")
        server.ask("GET", "/no/such/zebra")
        server.ask("BREW", "/v1/search")
        text = scraped(port)
        redis.kill()
        assert {server.ask("GET", "/v1/search").status for _ in range(12)} == {200}
        assert 1 <= sum(values(scraped(port), "guildnet_alarms_total", alarm="limits_storage_gone")) <= 3

        assert sum(values(text, "guildnet_requests_total", route="/v1/search", status="200")) == sum(before) + 30
        assert sum(values(text, "guildnet_request_seconds_count", route="/v1/search")) >= 31
        assert values(text, "guildnet_requests_total", route="none", status="404") == [1]
        assert values(text, "guildnet_requests_total", method="other") == [1]
        assert values(text, "guildnet_index_factories") == [1]
        assert len(values(text, "guildnet_index_lag")) == 1
        assert values(text, "guildnet_mail_waiting") == [0]
        assert {each for job in JOBS for each in values(text, "guildnet_job_failures", job=job.name)} == {0}

        routes = patterns(sqlite_url)
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                assert set(sample.labels) <= LABELS
                for name, value in sample.labels.items():
                    if name == "route":
                        assert value in routes
                    elif name == "status":
                        assert value.isdigit()
                    elif name in {"job", "alarm"}:
                        assert FIXED.fullmatch(value)
        for secret in ("zebra", "Zebra", made, "acme", clients["acme"][0], "node.example"):
            assert secret not in text

        with pytest.raises(urllib.error.HTTPError, match="404"):
            scraped(port, "/")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/metrics")
        assert connection.getresponse().status == 501
        connection.close()
        elsewhere = own_address()
        if elsewhere is not None:
            assert scraped(server.port, "/healthz", elsewhere)
            with pytest.raises(OSError, match="refused"):
                scraped(port, host=elsewhere)
        # Not at the door of everybody.
        assert server.ask("GET", "/metrics").status == 404


def patterns(url: str) -> set[str]:
    app = create_app(Settings(database_url=url, kek=base64url.encode(KEK.secret)))
    app.extensions["guildnet"].close()
    assert declared_routes(app)
    return {rule.rule for rule in app.url_map.iter_rules()} | {"none"}


def test_without_a_port_nothing_listens_and_nothing_is_counted(sqlite_url: str) -> None:
    populate(sqlite_url)
    app = create_app(Settings(database_url=sqlite_url, kek=base64url.encode(KEK.secret)))
    try:
        hooks = [hook.__module__ for hook in app.after_request_funcs[None]]
        assert "api.metrics" not in hooks
    finally:
        app.extensions["guildnet"].close()


def test_a_port_that_is_taken_is_said(sqlite_url: str, tmp_path: Path) -> None:
    populate(sqlite_url)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = environment(sqlite_url, metrics_port=str(port))
        log = tmp_path / "serve.log"
        with started(command("serve", "--port", str(free_port())), settings, log) as process:
            assert process.wait(60) == 1
        assert f"GUILDNET_METRICS_PORT {port}" in log.read_text()
        assert "Traceback" not in log.read_text()
