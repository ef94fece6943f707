"""`python -m tests.history RUNS=20 ACTS=12 SEED=7`, `make history`: everybody at once, and is every answer explained?

Prints the acts, how many overlapped, the answers and the seed. Exits 0 when each history has an order that explains it,
1 with the history that has none. The seed fixes who does what and who waits where; the threads decide the rest.
"""

import logging
import sys
import tempfile
from pathlib import Path
from random import SystemRandom

from infra.local.aws import Aws, provision, start_ministack
from infra.local.processes import stop
from tests.conftest import Provisioned
from tests.history.run import Ground, Unexplained, figures, play


def main(arguments: list[str]) -> int:
    """Run them; see the module."""
    given = dict(argument.split("=", 1) for argument in arguments)
    runs, acts = int(given.get("RUNS", "20")), int(given.get("ACTS", "12"))
    seed = given.get("SEED") or str(SystemRandom().randrange(10**6))
    logging.disable(logging.CRITICAL)  # what the workers log
    with tempfile.TemporaryDirectory(prefix="oso-") as folder:
        endpoint, child = start_ministack(Path(folder))
        try:
            plain = Aws(endpoint, "330000000001")
            ground = Ground.of(Provisioned(endpoint, plain.account, provision(plain)))
            schools = [play(ground, number, f"{seed} {number}", acts) for number in range(1, runs + 1)]
        except Unexplained as wrong:
            print(f"no order explains this, SEED={seed}:\n{wrong}")
            return 1
        finally:
            stop(child)
    print(f"{runs} runs, every history explained and logged, SEED={seed}\n{figures(schools)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
