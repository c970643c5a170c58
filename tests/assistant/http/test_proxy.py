"""Workers behind nginx, with the configuration that docs/growing.md shows."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.http.bench.nginx import CONFIGURATION, configured, nginx_program
from assistant.http.bench.workers import WorkersReport, run_workers
from tests.postgres import postgres_server

ECHO = (
    "import os, pathlib, sys; from assistant.http.bench.child import serve;"
    "serve(int(sys.argv[1]), os.environ['DATABASE_URL'], pathlib.Path(), [], os.getppid())"
)


def test_the_page_shows_the_configuration_that_is_tested() -> None:
    page = Path(__file__).parents[3] / "docs" / "growing.md"
    assert f"```nginx\n{CONFIGURATION.read_text()}```" in page.read_text()


def test_ports_and_files_are_the_benchs_own(tmp_path: Path) -> None:
    text = " ".join(configured(CONFIGURATION.read_text(), tmp_path, (1, [2, 3, 4]), (5, [6])).split())
    assert re.findall(r"server 127\.0\.0\.1:(\d+) fail_timeout=1s;", text) == ["2", "3", "4", "6"]
    assert re.findall(r"listen 127\.0\.0\.1:(\d+);.*?proxy_pass http://(\w+);", text) == [
        ("1", "workers"),
        ("5", "models"),
    ]
    assert f"pid {tmp_path}/pid;" in text


@pytest.mark.slow
@pytest.mark.postgres
def test_conversations_go_from_worker_to_worker_and_survive_one() -> None:
    if nginx_program() is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    with postgres_server() as url:
        report = run_workers(
            url,
            worker=lambda port: (sys.executable, "-c", ECHO, str(port)),
            models=0,
            kills=1,
            calm=1.5,
            progress=False,
        )
    assert report.passed, str(report)
    assert report.least_share > 0.2


def test_the_report_fails_for_what_it_should() -> None:
    good = WorkersReport(2, 2, 4, 100, 90, 12, 12, 0.5, 0, 0, 0, 3, 0, 1, 0, 1.0)
    assert good.passed
    for worse in ("lost", "doubled", "repeats", "failed_otherwise", "stuck"):
        assert not replace(good, **{worse: 1}).passed
    assert not replace(good, spread=0).passed
    assert not replace(good, turns=0).passed
    assert "least_share" in str(good)
