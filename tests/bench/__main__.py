"""`make bench`: the goals of performance as ratios to peers of the same run, one line each.

Arguments pick goals (`p1 p2`); with `--strict` a goal that is missed is a failure, else it is printed as missed. Run it
with the Python of `.venv-bench` (requirements-bench.txt); a peer that is absent is said to be.
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


def main(arguments: list[str]) -> int:
    """Print machine and versions, every goal, and how many are met; exit 1 where --strict asks for all."""
    wanted = [one.lower() for one in arguments if one != "--strict"]
    print(machine(), "CPU time, medians of interleaved runs.", sep="\n")
    goals: list[Goal] = []
    for name, run in BENCHES.items():
        if wanted and name not in wanted:
            continue
        for line in run():
            print(line if isinstance(line, Goal) else f"   {line}", flush=True)
            goals += [line] if isinstance(line, Goal) else []
    met = sum(goal.met for goal in goals)
    print(f"bench: {len(goals)} goals, {met} met, {len(goals) - met} short")
    return 1 if "--strict" in arguments and met < len(goals) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
