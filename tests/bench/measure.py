"""CPU time of several ways to do the same, interleaved in one process; goals as ratios, one line each."""

import gc
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("lxml", "pydantic", "pydantic-xml", "xmlschema", "fpdf2", "reportlab")


def medians(ways: Mapping[str, Callable[[], object]], rounds: int = 41) -> dict[str, float]:
    """Milliseconds of CPU per call: the median over rounds in which every way has its turn."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()  # warm: compiled schemas and plans are made once per process
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect(0)
            start = time.process_time_ns()
            way()
            times[name].append((time.process_time_ns() - start) / 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


@dataclass(frozen=True)
class Goal:
    """`ratio` is what was measured; `at_least` says whether a greater one is better."""

    name: str
    what: str
    ratio: float
    goal: float
    at_least: bool

    @property
    def met(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal

    def __str__(self) -> str:
        if self.met:
            return f"{self.name} MET {self.ratio:.2f}x (goal {self.goal:g}x)  {self.what}"
        short = (1 - self.ratio / self.goal) if self.at_least else (self.ratio / self.goal - 1)
        return f"{self.name} SHORT BY {short:.0%} ({self.ratio:.2f}x, goal {self.goal:g}x)  {self.what}"


def machine() -> str:
    """What this was measured on: processor, Python and the packages that take part."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        cpu = f"{len(models)} x {models[0]}" if models else cpu
    found = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return f"{cpu}; {platform.python_implementation()} {platform.python_version()}; {found}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
