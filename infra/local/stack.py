"""The whole sandbox as one context manager: embedded AWS, Traffic Center, both doors of the app and its pollers.

Every part is a process of its own on a free loopback port. They are ended by pid on the way out, also by SIGINT and
SIGTERM, and the kernel ends them should we be killed. Nothing is global: two stacks can run side by side, and share a
Traffic Center (`traffic_center` and `stack(center=...)`).
"""

import json
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import Any

from chalicelib.web.klok import NEDERLAND
from infra.local import world
from infra.local.aws import Aws, provision, start_ministack
from infra.local.issuer import Issuers, make_issuers
from infra.local.pki import Pki, make_pki
from infra.local.processes import LOOPBACK, Child, listen, port_of, ready, start, stop_all
from infra.local.world import Center, Options

_ACCOUNT = "100000000001"
_FOUNDATION = frozenset({"ministack", "traffic-center"})


@dataclass(frozen=True)
class Stack:
    """A running sandbox: its addresses, what the app was told (`env`), and who may sign tokens.

    `parties` has the control page of each other system that takes part (`Options.parties`).
    """

    folder: Path
    portal: str
    wire: str
    center: Center
    aws: Aws
    issuers: Issuers
    shift: timedelta
    parties: Mapping[str, str]
    env: Mapping[str, str] = field(repr=False)
    children: Sequence[Child] = field(repr=False)

    @property
    def pki(self) -> Pki:
        """The certificates of the sandbox."""
        return self.center.pki

    @property
    def logs(self) -> tuple[Path, ...]:
        """Every file that a part of this sandbox writes its log lines to."""
        return tuple(sorted(self.folder.rglob("*.log")))

    def token(self, school: str, *rollen: str, **options: Any) -> str:
        """Sign a token for an employee of `school`; `administratie` when no rol is named (`Issuers.token`).

        It is valid from now by the clock of the app, which may be a shifted one.
        """
        return self.issuers.token(school, rollen or ("administratie",), **{"klok": self.now(), **options})

    def now(self) -> datetime:
        """Give the time by the clock of the app."""
        return datetime.now(UTC) + self.shift

    def today(self) -> date:
        """Give the day in the Netherlands by the clock of the app: around midnight not the day of the machine."""
        return self.now().astimezone(NEDERLAND).date()

    def run_schedule(self, naam: str) -> None:
        """Run one scheduled function now and wait for it; RuntimeError naming the log if it fails."""
        command = [sys.executable, "-m", "infra.local.pollers", "--nu", naam]
        child = start(naam, command, self.folder / "schema.log", self.env)
        try:
            ready(child)
            code = child.process.wait(120)
        finally:
            stop_all([child])
        if code != 0:
            raise RuntimeError(f"{naam} failed, see {child.log}")


@contextmanager
def traffic_center(folder: Path, pki: Pki | None = None) -> Iterator[Center]:
    """Run a sandbox Traffic Center that knows all schools of the sandbox, for stacks that share it."""
    with ended() as children:
        pki = pki or make_pki(folder / "pki")
        children.append(_center_process(folder, pki))
        yield _center(folder, pki, children[-1])


@contextmanager
def stack(folder: Path | None = None, options: Options | None = None, center: Center | None = None) -> Iterator[Stack]:
    """Run the whole sandbox until the block ends.

    Files go under `folder`; without one into a temporary folder that is removed. With a `center` that is used instead
    of a Traffic Center of its own. Raises StartError, naming the part and showing its log, if one does not come up.
    """
    with ExitStack() as cleanup:
        if folder is None:
            folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="oso-")))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        children = cleanup.enter_context(ended())
        yield _start(folder.absolute(), options or Options(), center, children)


def _start(folder: Path, options: Options, center: Center | None, children: list[Child]) -> Stack:
    """Start every part; each is in `children` from its first moment, so that it is ended whatever happens next."""
    if center is None:
        pki = make_pki(folder / "pki")
        children.append(_center_process(folder, pki))
    endpoint, ministack = start_ministack(folder / "aws", options.keep)
    children.append(ministack)
    aws = Aws(endpoint, _ACCOUNT)
    names = provision(aws)
    issuers = make_issuers(folder / "issuer", options.scholen)
    center = center or _center(folder, pki, children[0])
    with listen() as portal, listen() as wire:
        address = f"https://{LOOPBACK}:{port_of(wire)}/oso/{options.profiel}"
        env = {**aws.environment(), **names, **world.settings(folder, options, center, issuers, address)}
        began = len(children)
        children.extend(_parts(folder, env, options, center, (portal, wire)))
    facts = {part.naam: ready(part) for part in children[began:]}
    return Stack(
        folder=folder,
        portal=facts["portal"]["adres"],
        wire=address,
        center=center,
        aws=aws,
        issuers=issuers,
        shift=options.klok - datetime.now(UTC) if options.klok else timedelta(),
        parties={naam: facts[naam]["standAdres"] for naam in options.parties},
        env=env,
        children=tuple(children),
    )


def _parts(
    folder: Path, env: Mapping[str, str], options: Options, center: Center, doors: tuple[socket, socket]
) -> Iterator[Child]:
    """Start the app, a process per door and one for its queues and schedules, and the systems of others."""
    portal, wire = doors
    pki = center.pki

    def part(naam: str, module: str, arguments: Sequence[str], sockets: Sequence[socket] = ()) -> Child:
        return start(naam, [sys.executable, "-m", module, *arguments], folder / f"{naam}.log", env, sockets)

    yield part("portal", "infra.local.serve", ["--deuren=portal", f"--fd={portal.fileno()}"], [portal])
    tls = [f"--certificaat={pki.cert('server')}", f"--sleutel={pki.key('server')}", f"--client-ca={pki.ca}"]
    yield part("wire", "infra.local.serve", ["--deuren=wire", f"--fd={wire.fileno()}", *tls], [wire])
    if options.pollers:
        retry = [] if options.retry is None else [f"--herkansing={options.retry}"]
        yield part("pollers", "infra.local.pollers", retry)
    for naam in options.parties:
        theirs = [f"--pki={pki.map}", f"--tc={center.adres}", f"--zoeksleutel={center.sleutel}"]
        yield part(naam, f"infra.local.{naam}", [*theirs, f"--generatie={options.profiel}"])


def _center_process(folder: Path, pki: Pki) -> Child:
    world.secret(folder / "zoeksleutel")
    facts = folder / "aanleverpunten.json"
    facts.write_text(json.dumps(world.aanleverpunten({})))
    command = [sys.executable, "-m", "infra.local.traffic_center", f"--pki={pki.map}", f"--aanleverpunten={facts}"]
    return start("traffic-center", command, folder / "traffic-center.log", {})


def _center(folder: Path, pki: Pki, process: Child) -> Center:
    facts = ready(process)
    return Center(facts["adres"], facts["standAdres"], pki, folder / "zoeksleutel")


@contextmanager
def ended() -> Iterator[list[Child]]:
    """Give a list of children that are ended on the way out, also when we are asked to end by SIGTERM."""
    children: list[Child] = []
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)) if main else None
    try:
        yield children
    finally:
        # What answers requests and messages may still need what it stands on to finish them.
        stop_all([child for child in children if child.naam not in _FOUNDATION])
        stop_all(children)
        if main:
            signal.signal(signal.SIGTERM, before)
