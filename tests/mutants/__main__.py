"""`make mutants [PART=domain] [N=300] [SEED=1]`: break the code in N places per part, and count what tests notice.

N=0 breaks every place there is; otherwise it is a sample, drawn by SEED. Exit 1 when fewer than 90 % of a part are
killed; a survivor that `argued.txt` explains counts as neither. One process; ONLY=domain/dossier limits it to modules.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.mutants.covers import EVERY, Covers, covers
from tests.mutants.sites import Site, sites
from tests.mutants.trial import ROOT, is_killed, warm

GOAL = 0.9
ENOUGH = 300
_SLOWEST = 120.0
"""Seconds of tests that one mutant is worth; of more, the shortest ones."""
PARTS = {
    "domain": (
        "domain/*.py",
        *("unit/test_domain_*.py", "unit/test_opdracht.py", "unit/test_zorgvraag.py", "unit/test_attack.py"),
        *("unit/test_vergelijken.py", "unit/test_web_*.py", "unit/test_messages*.py", "unit/test_samenstellen*.py"),
        *("unit/test_fixed_values.py", "unit/test_document.py"),
        *("unit/test_regels_termijn.py", "unit/test_openapi.py", "unit/test_readme.py", "property/test_dossier.py"),
    ),
    "regels": (
        "gegevensset/regel*.py",
        *("unit/test_regels*.py", "unit/test_gegevensset_blokken.py", "unit/test_mutations.py"),
        *("unit/test_gegevensset_versie.py", "unit/test_fixed_values.py"),
    ),
    "messages": (
        "messages/*.py",
        *(
            "unit/test_messages*.py",
            "unit/test_traffic_center.py",
            "property/test_soap.py",
            "unit/test_fixed_values.py",
        ),
    ),
}
"""By part: its modules, then the test files that are asked. Those with servers or a minute of work are left out."""


@dataclass
class Result:
    """What became of the mutants of one part."""

    tried: int = 0
    killed: int = 0
    argued: list[Site] = field(default_factory=list)
    survived: list[Site] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """Of those that could be killed, the share that was."""
        return self.killed / max(1, self.killed + len(self.survived))


def all_sites(part: str, only: str = "") -> list[Site]:
    """Every mutant of a part."""
    paths = sorted((ROOT / "chalicelib").glob(PARTS[part][0]))
    return [site for path in paths if only in path.as_posix() for site in sites(path, ROOT)]


def argued() -> dict[str, str]:
    """Why a mutant changes nothing, by its id (`argued.txt`: the id, ` | `, the reason)."""
    lines = (ROOT / "tests" / "mutants" / "argued.txt").read_text().splitlines()
    return {name: why for name, _, why in (line.partition(" | ") for line in lines if line[:1] not in ("", "#"))}


def run(part: str, chosen: Sequence[Site]) -> Result:
    """Try these mutants one by one, saying which survive."""
    result, begin, known = Result(), time.monotonic(), argued()
    reach = covers(sorted(str(path.relative_to(ROOT)) for one in PARTS[part][1:] for path in ROOT.glob(f"tests/{one}")))
    for site in chosen:
        result.tried += 1
        if _is_noticed(site, reach):
            result.killed += 1
        elif site.id in known:
            result.argued.append(site)
        else:
            result.survived.append(site)
            print(f"  SURVIVED {site.id} (line {site.line})", flush=True)
    result.seconds = time.monotonic() - begin
    return result


def _is_noticed(site: Site, reach: Covers) -> bool:
    path = site.path.relative_to(ROOT / "chalicelib")
    tests, total = [], 0.0
    for test, seconds in _askable(f"{path}:{site.function}", f"{path}:0", reach):
        total += seconds
        if total < _SLOWEST:
            tests.append(test)
    module = ".".join(("chalicelib", *path.with_suffix("").parts)).removesuffix(".__init__")
    return bool(tests) and is_killed(module, site.mutated(), tests, 30 + 5 * min(total, _SLOWEST))


def _askable(function: str, module: str, reach: Covers) -> Iterator[tuple[str, float]]:
    """The tests that call the function, the shortest first.

    What runs when the module is imported has its say everywhere: then those of the module, and after them all others.
    """
    found = dict(reach.get(function, ()))
    rows = [found]
    if function == module or not found:
        rows = [dict(reach.get(module, ())), dict(reach.get(EVERY, ()))]
    seen: set[str] = set()
    for some in rows:
        yield from ((test, some[test]) for test in sorted(some.keys() - seen, key=lambda test: (some[test], test)))
        seen |= some.keys()


def main(arguments: Sequence[str]) -> int:
    """Run every part, or the one that is named."""
    asked = dict(argument.split("=", 1) for argument in arguments)
    n, seed, code = int(asked.get("N", ENOUGH)), int(asked.get("SEED", 1)), 0
    warm()
    for part in [asked["PART"]] if "PART" in asked else PARTS:
        every = all_sites(part, asked.get("ONLY", ""))
        chosen = Random(seed).sample(every, min(n, len(every))) if n else every
        result = run(part, chosen)
        print(" ".join(_report(part, result, len(every), seed)), flush=True)
        code |= result.share < GOAL
    return code


def _report(part: str, result: Result, total: int, seed: int) -> Iterator[str]:
    sample = f"a sample of {result.tried} of {total} mutants, seed {seed}"
    yield f"{part}: {f'all {total} mutants' if result.tried == total else sample}:"
    yield f"{result.killed} killed, {len(result.argued)} argued, {len(result.survived)} survived:"
    yield f"{100 * result.share:.1f} % in {result.seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
