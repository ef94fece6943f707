"""A bounded part of `make soak`, and whether it would see what it is there to see."""

import subprocess
import sys
import time

import pytest

from infra.local.processes import ROOT
from infra.local.soak import Meter, grown, report


def test_mixed_traffic_gives_no_error_and_leaves_the_queues_empty() -> None:
    command = [sys.executable, "-m", "infra.local.soak", "MINUTES=0.1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "; 0 errors" in done.stdout
    assert "queues afterwards: empty" in done.stdout
    for kind in ("portal", "wire", "bulk order"):
        assert f"\n  {kind} " in done.stdout, "not everybody took part"


@pytest.mark.parametrize(("end", "named"), [(100.0, []), (119.0, []), (121.0, ["portal"])])
def test_memory_that_grows_is_named_after_some_minutes_only(end: float, named: list[str]) -> None:
    memory = [{"portal": 100.0, "wire": 50.0}, {"portal": end, "wire": 50.0}]
    assert [text.split()[3] for text in grown(memory, 10)] == named
    assert list(grown(memory, 0.5)) == []


def test_the_report_counts_answers_and_errors() -> None:
    meter = Meter()
    for _ in range(120):
        meter.add("portal", time.monotonic() - 0.05)
    meter.fault("iets")
    lines = list(report(meter, [{"portal": 1.0}], 2))
    assert lines[0] == "120 answers in 2 minutes, 1.0 per second; 1 errors"
    assert lines[1].startswith("  portal         120  p50 50 ms  p95 5")
