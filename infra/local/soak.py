"""`make soak [MINUTES=10]`: mixed traffic against the sandbox of `make run`, as fast as this machine holds.

Employees of three schools publish, ask and import in the portal; other suppliers' systems ask on the wire; a fourth
school orders in bulk. Everybody goes on with the next thing as soon as the last one is answered. Exit 0 only if no
answer was wrong, the queues are empty afterwards, and the memory of what is ours stayed flat.
"""

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from infra.arguments import assignments
from infra.local import swarm
from infra.local.bulk import follow, order
from infra.local.bulk_pupils import record
from infra.local.enrol import enrol
from infra.local.nummers import NUMMERS
from infra.local.portal_client import Answer, Portal, card_path, download, outcome, request_dossier
from infra.local.processes import wait_until
from infra.local.stack import Stack, stack
from infra.local.world import Options

_OURS = ("portal", "wire", "pollers")
_JUDGED = 3.0
"""Minutes from which memory is judged: before, every process is still filling its caches."""
_FLAT_SHARE, _FLAT_MIB = 1.08, 12.0
_BULK = 10
_WAIT = 120.0


@dataclass
class Meter:
    """Every answer that was waited for, and everything that went wrong, from all threads."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, began: float) -> None:
        """Note one answer."""
        used = time.monotonic() - began
        with self._lock:
            self.seconds.setdefault(kind, []).append(used)

    def fault(self, text: str) -> None:
        """Note something that was not as promised."""
        with self._lock:
            self.wrong[text] += 1


@dataclass(frozen=True)
class Metered(Portal):
    """A portal whose calls are measured, and not kept."""

    meter: Meter = field(default_factory=Meter, repr=False)

    def _send(self, verb: str, url: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        began = time.monotonic()
        answer = super()._send(verb, url, data, headers)
        self.trace.clear()
        self.meter.add("portal", began)
        return answer


def publish_and_fetch(up: Stack, meter: Meter, number: str, bron: str, doel: str) -> None:
    """One pupil from record to import at the next school, as two employees do it, and away again."""
    here, there = Metered(up, bron, meter=meter), Metered(up, doel, meter=meter)
    id_ = f"duur-{swarm.letters(12)}"
    dossier = swarm.Dossier(here, "0", id_, number, doel[:4])
    swarm.publiceer(dossier)
    for path in ("/leerlingen?limiet=25", "/werkvoorraad", card_path(id_), f"{card_path(id_)}/mutatielogs"):
        here.ask("GET", path, expect=200)
    here.ask("POST", "/leerlingen/zoeken", {"pgnType": "BSN", "pgn": number}, expect=200)
    download(here, f"{card_path(id_)}/pdf")
    asked = request_dossier(there, bron[:4], ("BSN", number)).json["id"]
    card = outcome(there, asked, _WAIT)
    if card["status"] != "ONTVANGEN":
        meter.fault(f"a dossier that is ready was not received: {card['status']} {card.get('resultaat')}")
    else:
        there.ask("POST", f"/dossieraanvragen/{asked}/importeren", {"leerlingId": id_}, expect=200)
    if not here.ask("GET", f"{card_path(id_)}/mutatielogs/controle", expect=200).json["geldig"]:
        meter.fault("a chain is broken")
    for portal in (here, there):
        portal.ask("DELETE", f"/leerlingen/{id_}", headers={"If-Match": "*"})


def ask_on_the_wire(up: Stack, meter: Meter, dossiers: Sequence[swarm.Dossier], schools: Sequence[str]) -> None:
    """One wave: each of these schools asks for each of these dossiers; one may have it, the others may not."""
    center = swarm.vrager(up, 1)
    for dossier in dossiers:
        for door in schools:
            asked = swarm.open_vraag(center, dossier, door)
            began = time.monotonic()
            swarm.stel(center, up.wire, asked)
            meter.add("wire", began)
            if asked.antwoord != asked.verwacht:
                meter.fault(f"on the wire: {asked.antwoord[:60]}")


def order_in_bulk(up: Stack, meter: Meter, school: str) -> None:
    """A class binnen brin in one order, followed to its end, and away again."""
    portal, run = Metered(up, school, meter=meter), swarm.letters(8)
    ids = [f"klas-{run}-{number}" for number in range(_BULK)]
    for id_ in ids:
        portal.ask("PUT", f"/leerlingen/{id_}", {"dossier": record(id_)}, expect=201)
    began = time.monotonic()
    _, card = follow(portal, order(portal, "binnen-brin", {"leerlingIds": ids}), _WAIT, quiet=True)
    meter.add("bulk order", began)
    if (card["status"], card["gelukt"]) != ("GEREED", _BULK):
        meter.fault(f"bulk: {card['status']}, {card['gelukt']} of {_BULK}")
    for id_ in ids:
        portal.ask("DELETE", f"/leerlingen/{id_}", headers={"If-Match": "*"}, expect=204)


def _people(up: Stack, meter: Meter) -> Iterator[Callable[[], None]]:
    """Everybody who takes part: what each does again and again. Nobody shares a number with another."""
    pairs = (("14SS00", "99EF00"), ("99EF00", "14SS00"), ("16VO00", "99EF00"))
    for (bron, doel), number in zip(pairs, NUMMERS, strict=False):
        yield lambda bron=bron, doel=doel, number=number: publish_and_fetch(up, meter, number, bron, doel)  # type: ignore[misc] # bound now
    schools = ["41ZW", "42ZW", "43ZW"]
    for brin in schools:
        swarm.maak_bekend(up, brin)
    for (bron, punt), number in zip((("14SS00", "0"), ("99EF00", "0")), NUMMERS[3:], strict=False):
        dossier = swarm.Dossier(Portal(up, bron), punt, f"duur-{bron}", number, schools[0])
        ready = [swarm.publiceer(dossier)]
        yield lambda ready=ready: ask_on_the_wire(up, meter, ready, schools)  # type: ignore[misc] # bound now
    yield lambda: order_in_bulk(up, meter, "14SS01")


def _again_and_again(act: Callable[[], None], end: float, meter: Meter) -> None:
    while time.monotonic() < end:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault that is counted and shown
            meter.fault(f"{type(error).__name__}: {str(error)[:120]}")
            time.sleep(0.2)  # a service that is gone is not asked a thousand times a second


def soak(up: Stack, minutes: float) -> tuple[Meter, list[dict[str, float]]]:
    """Let everybody do their thing for so long; what was measured, and memory after a quarter, half and all of it."""
    meter = Meter()
    acts = list(_people(up, meter))
    meter.seconds.clear()
    began = time.monotonic()
    threads = [
        threading.Thread(target=_again_and_again, args=(act, began + 60 * minutes, meter), daemon=True) for act in acts
    ]
    for thread in threads:
        thread.start()
    memory = []
    for share in (0.25, 0.5, 1.0):
        while (left := began + 60 * minutes * share - time.monotonic()) > 0:
            time.sleep(min(left, 1))
        memory.append(resident(up))
    for thread in threads:
        thread.join(2 * _WAIT)
        if thread.is_alive():
            meter.fault("somebody waits without end")
    return meter, memory


def resident(up: Stack) -> dict[str, float]:
    """MiB in memory of each server process; nothing where /proc does not say."""
    found = {}
    for child in up.children:
        path = Path(f"/proc/{child.process.pid}/status")
        if path.exists():
            line = next((line for line in path.read_text().splitlines() if line.startswith("VmRSS")), "VmRSS: 0 kB")
            found[child.naam] = int(line.split()[1]) / 1024
    return found


def waiting(up: Stack) -> dict[str, int]:
    """How many messages each queue holds that is not empty, hidden ones and dead ones included."""
    sqs, found = up.aws.client("sqs"), {}
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    for url in sqs.list_queues()["QueueUrls"]:
        held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        if number := sum(int(held[name]) for name in names):
            found[url.rpartition("/")[2]] = number
    return found


def grown(memory: Sequence[Mapping[str, float]], minutes: float) -> Iterator[str]:
    """Every process of ours that holds more at the end than it may, after a quarter of the run as its start."""
    if minutes < _JUDGED:
        return
    for naam in _OURS:
        begin, end = memory[0].get(naam, 0.0), memory[-1].get(naam, 0.0)
        if end > begin * _FLAT_SHARE + _FLAT_MIB:
            yield f"the memory of {naam} grew from {begin:.0f} to {end:.0f} MiB"


def report(meter: Meter, memory: Sequence[Mapping[str, float]], minutes: float) -> Iterator[str]:
    """What was measured, for people."""
    total = sum(map(len, meter.seconds.values()))
    yield f"{total} answers in {minutes:g} minutes, {total / 60 / minutes:.1f} per second; {meter.wrong.total()} errors"
    for kind, seconds in sorted(meter.seconds.items()):
        yield f"  {kind:11} {len(seconds):6d}  {_percentiles(seconds)}"
    for naam in memory[-1]:
        kept = "" if naam in _OURS else "  (keeps the data of the run)"
        yield f"  memory of {naam:15} {' -> '.join(f'{one.get(naam, 0):.0f}' for one in memory)} MiB{kept}"


def _percentiles(seconds: Sequence[float]) -> str:
    cut = quantiles(seconds, n=100) if len(seconds) > 1 else [*seconds] * 99
    return "  ".join(f"p{p} {1000 * cut[p - 1]:.0f} ms" for p in (50, 95, 99))


def run(minutes: float) -> tuple[Iterable[str], list[str]]:
    """A whole soak: the lines of the report, and what was not as promised."""
    options = Options(retry=2, parties=("test_school", "swv"), env={"OSO_VRAGEN_PER_DAG": "1000000"})
    with tempfile.TemporaryDirectory(prefix="oso-soak-") as folder, stack(Path(folder), options) as up:
        enrol(up)
        Portal(up, "16VO00", "beheerder").ask("PATCH", "/school", {"soort": "BO"}, {"If-Match": "*"}, expect=200)
        meter, memory = soak(up, minutes)
        began = time.monotonic()
        wait_until(lambda: not waiting(up) or time.monotonic() - began > 60, 90, "the queues")
        left = waiting(up)
    lines = [*report(meter, memory, minutes), f"queues afterwards: {left or 'empty'}"]
    wrong = [f"{number}x {text}" for text, number in meter.wrong.most_common(20)]
    wrong += [f"a queue is not empty: {naam} holds {number}" for naam, number in left.items()]
    return lines, [*wrong, *grown(memory, minutes)]


def main(arguments: Sequence[str]) -> int:
    """`MINUTES=10`."""
    asked = dict(argument.split("=", 1) for argument in arguments)
    minutes = float(asked.get("MINUTES", 10))
    lines, wrong = run(minutes)
    print(f"{os.cpu_count()} CPUs; {'memory is judged' if minutes >= _JUDGED else 'too short to judge memory'}")
    print(*lines, *(f"NOT AS PROMISED {text}" for text in wrong), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(assignments("infra.local.soak", main.__doc__)))
