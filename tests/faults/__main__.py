"""`python -m tests.faults [FLOW=ask] [N=100] [SEED=7]`, `make faults`: every call of every flow, in every way.

Prints per flow its calls, messages and cases, and what differs when one does. Without N all cases; with it so many, as
SEED chooses. `FAULTS=all` in the environment also loses the answers of reads, which is the same as failing them.
Exits 0 when all is as without the fault, 1 when something differs, 2 for a flow that there is not.
"""

import logging
import sys
import tempfile
import time
from pathlib import Path
from random import SystemRandom

from infra.local.aws import Aws, provision, start_ministack
from infra.local.processes import stop
from tests.conftest import Provisioned
from tests.faults.flows import FLOWS
from tests.faults.sweep import Ground, Sweep, chosen, report, sample


def main(arguments: list[str]) -> int:
    """Run them; see the module."""
    given = dict(argument.split("=", 1) for argument in arguments)
    flows = chosen(given.get("FLOW", ""))
    if not flows:
        print(f"no such flow; there are: {', '.join(flow.name for flow in FLOWS)}", file=sys.stderr)
        return 2
    seed = given.get("SEED") or str(SystemRandom().randrange(10**6))
    logging.disable(logging.CRITICAL)  # what the workers log; a sweep prints its own lines
    with tempfile.TemporaryDirectory(prefix="oso-") as folder:
        endpoint, child = start_ministack(Path(folder))
        try:
            plain = Aws(endpoint, "320000000001")
            ground = Ground(Provisioned(endpoint, plain.account, provision(plain)))
            sweeps = [Sweep.of(flow, ground) for flow in flows]
            return _run(sweeps, seed, int(given["N"]) if "N" in given else None)
        finally:
            stop(child)


def _run(sweeps: list[Sweep], seed: str, number: int | None) -> int:
    began, wrong = time.monotonic(), 0
    for one, at, way in sample(sweeps, seed, number):
        try:
            one.run(at, way)
        except Exception as fault:  # noqa: BLE001  whatever a case ends with is a finding, and the others are run too
            wrong += 1
            print("\n".join([*getattr(fault, "__notes__", []), f"{type(fault).__name__}: {fault}"]), flush=True)
    print(report(sweeps, began) if not wrong else f"{wrong} cases differ", f"SEED={seed}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
