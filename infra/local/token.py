"""`python -m infra.local.token SCHOOL ROL...`, `make token`: print a token for the sandbox of `make run`."""

import argparse
import sys
from pathlib import Path

from infra.local.issuer import MEDEWERKER, SCHOLEN, Issuers
from infra.local.run import FOLDER


def main() -> int:
    """Print the token and nothing else; 1 and a hint when the sandbox never ran."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.token", description=__doc__)
    parser.add_argument(
        "school", nargs="?", default="14SS00", choices=sorted(s for een in SCHOLEN.values() for s in een)
    )
    parser.add_argument("rol", nargs="*", default=["administratie"], help=", ".join(MEDEWERKER))
    parser.add_argument("--map", type=Path, default=FOLDER, help="the folder of the sandbox")
    asked = parser.parse_args()
    if unknown := set(asked.rol) - set(MEDEWERKER):
        parser.error(f"onbekende rol: {', '.join(sorted(unknown))}")
    if not (asked.map / "issuer").exists():
        print("Start eerst de sandbox met `make run`.", file=sys.stderr)
        return 1
    print(Issuers(asked.map / "issuer", SCHOLEN).token(asked.school, asked.rol))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
