"""`python -m infra.check`, `make check`: everything that reads the code without running it. All of it, then 0 or 1."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_BIN = Path(sys.executable).parent
_CHECKS: dict[str, Sequence[str]] = {
    "opmaak": ["ruff", "format", "--check", "--quiet"],
    "ruff": ["ruff", "check", "--quiet"],
    "mypy": ["mypy", "--no-error-summary"],
    "import-afspraken": ["lint-imports", "--no-logo", "--cache-dir", ".import_linter_cache"],
    "cloudformation": ["cfn-lint", "infra/resources.yaml"],
    "openapi": ["python", "-m", "infra.openapi_lint"],
}


def main() -> int:
    """Run every check, print its name, outcome and time, and the output of those that found something."""
    failed = [naam for naam, command in _CHECKS.items() if not _run(naam, command)]
    print("make check: alles in orde" if not failed else f"make check: mis bij {', '.join(failed)}")
    return 1 if failed else 0


def _run(naam: str, command: Sequence[str]) -> bool:
    start = time.monotonic()
    result = subprocess.run([str(_BIN / command[0]), *command[1:]], capture_output=True, text=True, check=False)
    good = result.returncode == 0
    print(f"{'ok ' if good else 'MIS'} {naam:18} {time.monotonic() - start:5.1f} s", flush=True)
    if not good:
        print(result.stdout + result.stderr, flush=True)
    return good


if __name__ == "__main__":
    raise SystemExit(main())
