"""`python -m infra.local.leaks`, `make leaks`: search everything that a run leaves behind for personal data.

A sandbox runs the happy paths, the refusals and the bad input of several pupils. Then every number, name, address,
phone number, mail address and text of theirs is looked for in logs, URLs, keys, queue bodies, headers and refusals.
Prints the places, and how many values and bytes were searched. Exits 0 when nothing was found, else 1 with the place
and the masked value. `--plant` writes one number to a log first, and must therefore fail.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from infra.local.evidence import Evidence, gather
from infra.local.processes import ROOT
from infra.local.scenario import run
from infra.local.search import Needle, Place, find, needles, numbers
from infra.local.stack import stack
from infra.local.world import Options

DOSSIERS = ROOT / "tests" / "dossiers"


def main() -> int:
    """Run, search and report; see the module."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.leaks", description=__doc__.split("\n\n")[0])
    parser.add_argument("--plant", action="store_true", help="zet een nummer in een logregel; dan moet dit mislukken")
    asked = parser.parse_args()
    pupils = example_pupils(DOSSIERS)
    with stack(None, Options(retry=1, pollers=False)) as running:
        evidence = run(running, pupils)
        if asked.plant:
            plant(evidence, numbers(needles(pupils))[0])
        places = list(gather(evidence))
    return report(places, needles(pupils))


def example_pupils(folder: Path) -> list[bytes]:
    """The full example dossiers of the current version of the standard."""
    return [path.read_bytes() for path in sorted(folder.glob("2019.1_*_vol.xml"))]


def plant(evidence: Evidence, needle: Needle) -> None:
    """Write a number to the log of the portal, as a careless line of code would."""
    with (evidence.stack.folder / "portal.log").open("a") as log:
        print(f'{{"message": "opgevraagd", "pgn": "{needle.value}"}}', file=log)


def report(places: Iterable[Place], wanted: tuple[Needle, ...]) -> int:
    """Search, print what was searched per kind of place and what was found, and give the exit code."""
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    found: list[str] = []
    for place in places:
        sizes[place.name] += len(place.text.encode())
        counts[place.name] += 1
        found += [f"{place.name}, {place.where}: {one}" for one in find(_wanted_in(place, wanted), place.text)]
    for name in sorted(sizes):
        print(f"  {counts[name]:5d} stuks {sizes[name]:9d} bytes  {name}")
    for line in found[:20]:
        print(f"GEVONDEN in {line}", file=sys.stderr)
    print(f"{len(wanted)} waarden, {sum(sizes.values())} bytes doorzocht, {len(found)} found")
    return 1 if found else 0


def _wanted_in(place: Place, wanted: tuple[Needle, ...]) -> tuple[Needle, ...]:
    """In the state a name may stand, as the card of a pupil must show it; a number never."""
    return numbers(wanted) if place.numbers_only else wanted


if __name__ == "__main__":
    raise SystemExit(main())
