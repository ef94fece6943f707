"""`make fuzz [N=100000] [TARGET=soap] [SEED=1]`: give every target N inputs; exit 1 when one did what it must not.

Each target runs in a process of its own, so that its memory can be told. An input that fails is kept in `build/fuzz`:
put it in `tests/fuzz/corpus/TARGET` when it is mended, and every run tries it again. KEEP=40 adds the first small
inputs of so many different outcomes to that corpus.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from importlib import import_module

from infra.local.processes import ROOT
from tests.fuzz import api
from tests.fuzz.engine import CORPUS, SMALL, Outcome, Target, fuzz, keep, read_corpus

API = "api"
"""What schemathesis makes of our OpenAPI document (`api.py`), with counts of its own."""
TARGETS = {
    "soap": "wire",
    "answer": "answers",
    "dossier": "dossier",
    "portal": "portal",
    "zip": "zips",
    "jwt": "tokens",
}


def main(arguments: list[str]) -> int:
    """Run all targets, or the one that is named."""
    asked = dict(argument.split("=", 1) for argument in arguments)
    n, seed = int(asked.get("N", 100_000)), int(asked.get("SEED", 1))
    if asked.get("TARGET") == API:
        return api.run(n, seed)
    if "TARGET" in asked:
        return _one(asked["TARGET"], n, seed, int(asked.get("KEEP", 0)))
    command = [sys.executable, "-m", "tests.fuzz", f"N={n}", f"SEED={seed}"]
    codes = [subprocess.run([*command, f"TARGET={naam}"], cwd=ROOT, check=False).returncode for naam in (*TARGETS, API)]
    failed = sum(map(bool, codes))
    print(f"fuzz: {len(TARGETS)} targets and the API, {n * len(TARGETS)} inputs, seed {seed}, {failed} failed")
    return max(codes)


def _one(naam: str, n: int, seed: int, kept: int = 0) -> int:
    open_target: Callable[[], AbstractContextManager[Target]] = import_module(f"tests.fuzz.{TARGETS[naam]}").target
    corpus = read_corpus(naam)
    with open_target() as target:
        outcome = fuzz(target, n, seed, corpus)
    print(*_report(naam, outcome, seed, len(corpus)), sep="\n", flush=True)
    for number, _, data in outcome.failures.values():
        print(f"  input {number} is kept in {keep(naam, ROOT / 'build' / 'fuzz', data).relative_to(ROOT)}")
    for data in [data for data in outcome.fresh if len(data) < SMALL][:kept]:
        keep(naam, CORPUS / naam, data)
    return 1 if outcome.wrong else 0


def _report(naam: str, outcome: Outcome, seed: int, kept: int) -> Iterator[str]:
    """What was done and seen, for people."""
    used, number, size = outcome.slowest
    begin, end = outcome.memory
    yield (
        f"{naam}: {outcome.inputs} inputs ({kept} of the corpus), seed {seed}, {outcome.seconds:.0f} s, "
        f"{len(outcome.outcomes)} different outcomes; slowest {1000 * used:.0f} ms CPU (input {number}, {size} bytes); "
        f"memory {begin:.0f} -> {end:.0f} MiB"
    )
    yield from (f"  {count:7d}  {text}" for text, count in _most(outcome.outcomes))
    yield from (f"  WRONG {text}" for text in outcome.wrong)


def _most(outcomes: Mapping[str, int], shown: int = 6) -> list[tuple[str, int]]:
    return sorted(((text[:90], count) for text, count in outcomes.items()), key=lambda one: -one[1])[:shown]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
