"""`python -m infra.local.leaks`, `make leaks`: search everything that a run leaves behind for personal data.

Three sandboxes: one runs the happy paths, the refusals and the bad input of several pupils (`scenario.py`), two the
demo, in either generation of the protocol. Then every number, name, address, phone number, mail address and text of
theirs is looked for in logs, metrics, exceptions, URLs, keys, queue bodies, headers and refusals.
Prints the places, and how many values and bytes were searched. Exits 0 when nothing was found, else 1 with the place
and the masked value. `--plant` writes one number to a log first, and must therefore fail.
"""

import argparse
import io
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from pathlib import Path

from infra.local import demo
from infra.local.enrol import enrol
from infra.local.evidence import Evidence, gather
from infra.local.exceptions import texts
from infra.local.nummers import NUMMERS
from infra.local.portal_client import Portal
from infra.local.processes import ROOT
from infra.local.scenario import run
from infra.local.search import Needle, Place, find, needles, needles_of, numbers
from infra.local.stack import stack
from infra.local.story import Story
from infra.local.world import Options

DOSSIERS = ROOT / "tests" / "dossiers"


def main() -> int:
    """Run, search and report; see the module."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.leaks", description=__doc__.split("\n\n")[0])
    parser.add_argument("--plant", action="store_true", help="zet een nummer in een logregel; dan moet dit mislukken")
    asked = parser.parse_args()
    pupils = example_pupils(DOSSIERS)
    wanted = (*needles(pupils), *needles_of(NUMMERS))
    with stack(None, Options(retry=1, pollers=False, parties=("swv",))) as running:
        evidence = run(running, pupils)
        if asked.plant:
            plant(evidence, numbers(wanted)[0])
        places = list(gather(evidence))
    for profiel in ("18", "22"):
        places += _demo(profiel)
    return report([*places, *texts(pupils)], wanted)


def _demo(profiel: str) -> Iterator[Place]:
    """What the chapters of `make demo` about one installation leave behind, in this generation."""
    options = Options(retry=1, parties=("swv",), profiel=profiel)
    with tempfile.TemporaryDirectory(prefix="oso-") as uit, stack(None, options) as running:
        enrol(running)
        evidence = Evidence(running)
        story = Story(running, Portal(running, "14SS00", trace=evidence.trace), demo.pupils(DOSSIERS), Path(uit))
        with redirect_stdout(io.StringIO()):
            told = demo.tell(story, demo.ONE)
        if not told:
            raise SystemExit(1)
        yield from list(gather(evidence))


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
    kinds = Counter(one.kind for one in wanted)
    print(f"  gezocht: {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}")
    for line in found[:20]:
        print(f"GEVONDEN in {line}", file=sys.stderr)
    print(f"{len(wanted)} waarden, {sum(sizes.values())} bytes doorzocht, {len(found)} found")
    return 1 if found else 0


def _wanted_in(place: Place, wanted: tuple[Needle, ...]) -> tuple[Needle, ...]:
    """In the state a name may stand, as the card of a pupil must show it; a number never."""
    return numbers(wanted) if place.numbers_only else wanted


if __name__ == "__main__":
    raise SystemExit(main())
