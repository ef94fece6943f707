"""`make bench`: the goals of performance as ratios to peers of the same run, one line each.

Arguments pick goals (`p1 p2`). Run it with the Python of `.venv-bench` (requirements-bench.txt); a peer that is absent
is said to be.
"""

import sys

from tests.bench import (
    p1_codec,
    p2_validate,
    p3_pdf,
    p4_publish,
    p5_deliver,
    p6_cold,
    p7_package,
    p8_requests,
    p9_growth,
)
from tests.bench.measure import Goal, machine

BENCHES = {
    "p1": p1_codec.run,
    "p2": p2_validate.run,
    "p3": p3_pdf.run,
    "p4": p4_publish.run,
    "p5": p5_deliver.run,
    "p6": p6_cold.run,
    "p7": p7_package.run,
    "p8": p8_requests.run,
    "p9": p9_growth.run,
}


def main(wanted: list[str]) -> int:
    """Print machine and versions, then every goal; exit 1 if one is not met."""
    print(machine(), "CPU time, medians of interleaved runs.", sep="\n")
    met = True
    for name, run in BENCHES.items():
        if wanted and name not in wanted:
            continue
        for line in run():
            goal = isinstance(line, Goal)
            print(line if goal else f"   {line}", flush=True)
            met = met and not (isinstance(line, Goal) and not line.met)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main([argument.lower() for argument in sys.argv[1:]]))
