"""A bounded part of `make fuzz`, and whether the engine sees what it is there to see."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.processes import ROOT
from tests.fuzz.__main__ import TARGETS
from tests.fuzz.engine import CORPUS, Target, fuzz, read_corpus

BOUNDED = {"soap": 200, "answer": 1000, "dossier": 250, "portal": 150, "zip": 1000, "jwt": 1000}


@pytest.mark.parametrize("naam", TARGETS)
def test_no_hostile_input_gets_an_answer_that_is_not_meant(naam: str) -> None:
    command = [sys.executable, "-m", "tests.fuzz", f"TARGET={naam}", f"N={BOUNDED[naam]}", "SEED=11"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert f"{naam}: {BOUNDED[naam]} inputs ({len(read_corpus(naam))} of the corpus)" in done.stdout


def test_the_corpus_is_small_and_of_known_targets() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} <= TARGETS.keys()
    assert sum(path.stat().st_size for path in files) < 300_000


def _target(run: object) -> Target:
    return Target("proef", run, [b"<a>een</a>", b'{"b": 1}'])  # type: ignore[arg-type] # each test gives its own


def test_an_error_is_found_reported_once_and_its_input_kept() -> None:
    def run(data: bytes) -> str:
        if b"<" not in data:
            raise KeyError("weg")
        return "goed"

    seen = fuzz(_target(run), 60, 1)
    ((text, (_, _, data)),) = seen.failures.items()
    assert text.startswith("KeyError at test_fuzz.py:")
    assert b"<" not in data
    assert len(seen.wrong) == 1


def test_a_slow_input_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.engine.SLOW", 0.001)
    assert "s of CPU" in fuzz(_target(lambda _: str(sum(range(2_000_000)))), 2, 1).wrong[0]


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.engine.HANG", 1)

    def run(_: bytes) -> str:
        while True:
            pass

    assert "TimeoutError" in fuzz(_target(run), 1, 1).wrong[0]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_growing_memory_is_found() -> None:
    kept: list[bytes] = []

    def run(data: bytes) -> str:
        kept.append(bytes(1_000_000) + data)
        return "goed"

    assert "memory grew" in fuzz(_target(run), 60, 1).wrong[0]


def test_a_seed_gives_the_same_inputs_each_time_and_another_seed_others() -> None:
    def inputs(seed: int) -> list[bytes]:
        given: list[bytes] = []

        def run(data: bytes) -> str:
            given.append(data)
            return str(len(data) % 3)

        fuzz(_target(run), 50, seed)
        return given

    assert inputs(1) == inputs(1) != inputs(2)
