"""P6: cold start of the packaged functions against what a plain `chalice package` ships: sources, nothing left out."""

import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra import bundle
from infra.local.processes import ROOT
from tests.bench.measure import Goal

ROUNDS = 7
BUILD = ROOT / "build"
_GIVEN = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "x"}
"""As Lambda starts a process: without these botocore asks the network who it is."""


def run() -> Iterator[Goal | str]:
    """The goals of P6, fresh processes in turn."""
    layouts = made()
    sources = BUILD / "plain"  # as Chalice packs: no compiled module
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(ROOT / "chalicelib", sources / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "app.py", sources / "app.py")
    plain = [str(BUILD / "packages"), str(sources)]
    ways = {
        "wire": ("wire", [str(layouts["wire"])]),
        "portal": ("portal", [str(layouts["portal"])]),
        "plain": ("portal,wire", plain),
        "plain wire": ("wire", plain),
    }
    found: dict[str, list[tuple[int, int, str]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (doors, folders) in ways.items():
            found[name].append(cold(doors, folders))
    cpu = {name: statistics.median(one[0] for one in rows) for name, rows in found.items()}
    memory = {name: max(one[1] for one in rows) / 1024 for name, rows in found.items()}
    for name in ways:
        yield f"{name}: {cpu[name]:.0f} ms CPU, {memory[name]:.0f} MiB, loads {found[name][0][2] or 'nothing heavy'}"
    yield Goal("P6", "delivery function: CPU to open, plain package : ours", cpu["plain wire"] / cpu["wire"], 3, True)
    yield Goal("P6", "delivery function: peak memory in MiB", memory["wire"], 40, False)
    yield Goal("P6", "largest function : smallest", cpu["portal"] / cpu["wire"], 5, False)


def cold(doors: str, folders: list[str]) -> tuple[int, int, str]:
    """CPU milliseconds, KiB and heavy packages of one new process."""
    env = {"OSO_STAGE": "dev", "OSO_DEUREN": doors, "AWS_DEFAULT_REGION": "eu-west-1", "HOME": "/tmp", **_GIVEN}
    door = doors.partition(",")[0]
    command = [sys.executable, "-I", "-S", "-B", str(ROOT / "tests" / "packaged.py"), door, *folders]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    cpu, memory, *heavy = done.stdout.split()
    return int(cpu), int(memory), " ".join(heavy)


def made() -> dict[str, Path]:
    """The layout of each door, as `make package` leaves it; made here where it was not."""
    if not (BUILD / "packages").exists():
        BUILD.mkdir(exist_ok=True)
        bundle.install(BUILD / "packages")
    for door in bundle.NAMES:
        (BUILD / door).mkdir(exist_ok=True)
        bundle.build(BUILD / "packages", door, BUILD / door)
    return {door: BUILD / door / "layout" for door in bundle.NAMES}
