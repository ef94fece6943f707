"""`python -m infra.local.run`, `make run`: the sandbox, kept up for a developer or a portal until Ctrl-C.

Its state lies in `var/run` (OSO_VAR names another folder) and is there again at the next start; the schools are
enrolled. Prints the addresses, and one token per demo role.
"""

import fcntl
import json
import os
import signal
import sys
import threading
from pathlib import Path

from infra.arguments import parser
from infra.local.enrol import enrol
from infra.local.issuer import MEDEWERKER
from infra.local.processes import ROOT, StartError, tail
from infra.local.settings import SettingsError
from infra.local.stack import Stack, stack
from infra.local.world import Options

FOLDER = Path(os.environ.get("OSO_VAR") or ROOT / "var" / "run")


def main() -> int:
    """Keep the sandbox up; 1 when a part of it ends by itself, after showing its log, or when it already runs."""
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("De sandbox draait al: `make token` geeft een token, Ctrl-C in het andere venster stopt hem.")
            return 1
        try:
            with stack(FOLDER, Options(keep=True, parties=("test_school", "swv"))) as running:
                return _keep_up(running)
        except (StartError, SettingsError) as error:
            print(f"De sandbox komt niet op: {error}", file=sys.stderr)
            return 1


def _keep_up(running: Stack) -> int:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    enrol(running)
    _show(running)
    while not stopping.wait(0.5) and all(one.alive() for one in running.children):
        pass
    for child in running.children:
        if not child.alive() and not stopping.is_set():
            print(f"{child.naam} is gestopt:\n{tail(child.log)}", file=sys.stderr)
            return 1
    print("\nDe sandbox stopt; de gegevens blijven in", _relative(running.folder))
    return 0


def _show(running: Stack) -> None:
    addresses = {
        "API": f"{running.portal}/v1",
        "documentatie": f"{running.portal}/v1/docs",
        "SOAP-deur": running.wire,
        "Traffic Center": running.center.adres,
        "stand van het Traffic Center": f"{running.center.stand}/stand",
        **{f"stand van {naam}": f"{page}/stand" for naam, page in running.parties.items()},
        "embedded AWS": running.aws.endpoint,
        "testcertificaten": _relative(running.pki.map),
        "logboeken": _relative(running.folder),
    }
    (running.folder / "adressen.json").write_text(json.dumps(addresses, indent=2))
    for naam, address in addresses.items():
        print(f"{naam:30} {address}")
    print("\nTokens voor 14SS00, een uur geldig (`make token SCHOOL=99EF00 ROL=directie` maakt een ander):")
    for rol in MEDEWERKER:
        print(f"\n{rol}:\n{running.token('14SS00', rol)}")
    print("\nCtrl-C stopt de sandbox.", flush=True)


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    parser("infra.local.run", __doc__).parse_args()
    raise SystemExit(main())
