"""`python -m tests.faults [FLOW]`, `make faults FLOW=zorgvraag`: the fault sweeps, and how many cases each had.

FLOW is the name of one of the `test_*.py` here; without it all of them run. `FAULTS=all` also loses the answers of
reads, which is the same as failing them.
"""

import sys
from pathlib import Path

import pytest


def main(flows: list[str]) -> int:
    """Run the sweeps of these flows; the exit code of pytest, or 2 for a flow that there is not."""
    files = {path.stem.removeprefix("test_"): str(path) for path in Path(__file__).parent.glob("test_*.py")}
    unknown = [flow for flow in flows if flow not in files]
    if unknown:
        print(f"no such flow: {', '.join(unknown)}; there are: {', '.join(sorted(files))}", file=sys.stderr)
        return 2
    return int(pytest.main(["-q", "-s", *(files[flow] for flow in flows or sorted(files))]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
