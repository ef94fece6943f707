"""schemathesis on the whole API of a running sandbox: another mind's idea of what follows from our OpenAPI document.

It lives in an environment of its own and takes minutes, so it runs in `make fuzz` alone. Two of its checks do not hold
here: that what fits the schema is taken (the rules of OSO refuse more than a schema can say), and its list of statuses
for a header that is missing (ours is 428, RFC 6585). What it once found, `tests/e2e/test_openapi_random.py` asks too.
"""

import re
import subprocess
from collections.abc import Iterator

from infra.local.enrol import enrol
from infra.local.issuer import MEDEWERKER
from infra.local.processes import ROOT
from infra.local.stack import stack
from infra.local.world import Options
from infra.venv import ensure

_NOT = "positive_data_acceptance,missing_required_header"
_PHASES = "examples,coverage,fuzzing"


def run(n: int, seed: int) -> int:
    """Ask every operation `n // 10_000` times in each way; 1 when an answer is not what the document says."""
    program = ensure(ROOT / ".venv-fuzz", ROOT / "requirements-fuzz.txt").with_name("schemathesis")
    with stack(None, Options(retry=1, parties=("test_school", "swv"))) as up:
        enrol(up)
        token = up.token("99EF00", *sorted(MEDEWERKER))
        command = [str(program), "run", f"{up.portal}/v1/openapi.json", f"--header=Authorization: Bearer {token}"]
        command += [f"--max-examples={max(1, n // 10_000)}", f"--seed={seed}", f"--phases={_PHASES}"]
        command += [f"--exclude-checks={_NOT}", "--no-color", "--continue-on-failure"]
        done = subprocess.run(command, cwd=up.folder, capture_output=True, text=True, check=False)
    print("\n".join(_summary(done.stdout, seed)) or done.stderr[-2000:], flush=True)
    if done.returncode:
        print(done.stdout[-20_000:])
    return done.returncode


def _summary(text: str, seed: int) -> Iterator[str]:
    tested, cases = re.search(r"Tested: (\d+)", text), re.search(r"(\d+) generated[^\n]*", text)
    if tested and cases:
        yield f"api: schemathesis, {tested[1]} operations, {cases[0].strip()}, seed {seed}"
