"""`make bulk [N=1000] [WORKERS=2] [DUPLICATE=1] [POISON=1] [KILL=1]`: a school binnen brin in one order, from nothing.

A sandbox with WORKERS workers on the queue; DUPLICATE delivers every message twice; POISON spoils the stored record of
so many pupils, so that reading it raises what nobody expected; KILL lets so many workers begin and kills them at it.
Follows the progress, counts everything, and exits 0 only if each pupil has exactly one result, nothing was done twice,
and each poisoned one is in the dead-letter queue.
"""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.arguments import assignments
from infra.local.bulk_pupils import put_pupils
from infra.local.enrol import enrol
from infra.local.portal_client import Portal
from infra.local.processes import Child, ready, start, stop_all, wait_until
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack, stack
from infra.local.world import Options

SCHOOL = "14SS00"
_PAUSE = 0.5
_HIDDEN = 15  # seconds: longer than a batch takes, so that only those of a killed worker come back
_SPOILT = b"dit is geen record"


@dataclass(frozen=True)
class Plan:
    """What to run: pupils, workers, whether each message comes twice, and how many records are spoilt."""

    n: int = 1000
    workers: int = 2
    duplicate: bool = False
    poison: int = 0
    kill: int = 0

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> "Plan":
        """From `N=1000 WORKERS=2 DUPLICATE=1 POISON=1 KILL=1`; ValueError for anything else."""
        given = dict(argument.split("=", 1) for argument in arguments)
        numbers = {
            name: int(given.pop(name)) for name in ("N", "WORKERS", "DUPLICATE", "POISON", "KILL") if name in given
        }
        if given:
            raise ValueError(f"unknown: {', '.join(given)}")
        standard = cls()
        return cls(
            numbers.get("N", standard.n),
            numbers.get("WORKERS", standard.workers),
            bool(numbers.get("DUPLICATE", 0)),
            numbers.get("POISON", 0),
            numbers.get("KILL", 0),
        )


@dataclass
class Outcome:
    """What was seen."""

    opdracht: Mapping[str, Any]
    seconds: float
    cpu: float
    seen: list[int]
    requests: Counter[str]
    batches: int
    messages: int
    wrong: list[str] = field(default_factory=list)


def run(up: Stack, plan: Plan, folder: Path, *, quiet: bool = False) -> Outcome:
    """Put the pupils, order the act, follow it, and compare everything with what was promised."""
    portal = Portal(up, SCHOOL)
    ids = put_pupils(portal, plan.n)
    poisoned = spoil(up, ids[:: max(1, plan.n // max(1, plan.poison))][: plan.poison])
    opdracht_id = order(portal, "binnen-brin", {"leerlingIds": ids})
    hidden = _HIDDEN if plan.kill else None
    for number in range(plan.kill):
        with workers(up, folder, [folder / f"killed-{number}.json"], hidden=hidden) as doomed:
            kill(up, opdracht_id, doomed[0])
    counts = [folder / f"worker-{number}.json" for number in range(plan.workers)]
    with workers(up, folder, counts, duplicate=plan.duplicate, hidden=hidden):
        began = time.monotonic()
        seen, opdracht = follow(portal, opdracht_id, quiet=quiet)
        seconds = time.monotonic() - began
        wait_until(lambda: queued(up, "") == 0 and queued(up, "_DOOD") == plan.poison, 60, "the dead-letter queue")
    facts = [json.loads(path.read_text()) for path in counts]
    requests: Counter[str] = Counter()
    for one in facts:
        requests.update(one["verzoeken"])
    requests["sqs.ReceiveMessage"] -= sum(one["leeg"] for one in facts)
    outcome = Outcome(
        opdracht,
        seconds,
        sum(one["cpu"] for one in facts),
        seen,
        requests,
        sum(one["batches"] for one in facts),
        sum(one["berichten"] for one in facts),
    )
    outcome.wrong += compare(up, portal, opdracht_id, outcome, ids, poisoned)
    return outcome


def spoil(up: Stack, ids: Sequence[str]) -> list[str]:
    """Overwrite the stored record of these pupils with something that is none, as a fault in storage would."""
    s3, bucket = up.aws.client("s3"), up.env["OSO_BUCKET"]
    for id_ in ids:
        found = s3.list_objects_v2(Bucket=bucket, Prefix=f"{SCHOOL}/{id_}/")["Contents"]
        for one in found:
            s3.put_object(Bucket=bucket, Key=one["Key"], Body=_SPOILT)
    return list(ids)


@contextmanager
def workers(
    up: Stack, folder: Path, counts: Sequence[Path], *, duplicate: bool = False, hidden: int | None = None
) -> Iterator[list[Child]]:
    """Workers on the queue; each writes its counts to its path when the block ends."""
    children: list[Child] = []
    try:
        for number, path in enumerate(counts):
            command = [sys.executable, "-m", "infra.local.bulk_worker", "--herkansing=1", f"--uit={path}"]
            command += ["--dubbel"] if duplicate else []
            command += [f"--zichtbaarheid={hidden}"] if hidden else []
            children.append(start(f"worker-{number}", command, folder / f"worker-{number}.log", up.env))
        for child in children:
            ready(child)
        yield children
    finally:
        stop_all(children)


def kill(up: Stack, opdracht_id: str, worker: Child) -> None:
    """End a worker in the middle of a batch, without a chance to say goodbye."""
    before = results(up, opdracht_id)
    wait_until(lambda: results(up, opdracht_id) > before, 60, "a result")
    worker.process.kill()
    worker.process.wait()


def results(up: Stack, opdracht_id: str) -> int:
    """How many pupils of an order have a result."""
    query = {
        "TableName": up.env["OSO_TABEL_STATE"],
        "KeyConditionExpression": "pk = :p AND begins_with(sk, :s)",
        "ExpressionAttributeValues": {":p": {"S": f"OPDRACHT#{SCHOOL}#{opdracht_id}"}, ":s": {"S": "REGEL#"}},
    }
    return int(up.aws.client("dynamodb").query(**query, Select="COUNT")["Count"])


def order(portal: Portal, act: str, body: Mapping[str, Any]) -> str:
    """Order a bulk act; gives the id of the opdracht."""
    answer = portal.ask("POST", f"/overstapdossiers/{act}", body, {"Idempotency-Key": os.urandom(8).hex()}, expect=202)
    return answer.headers["location"].rpartition("/")[2]


def follow(portal: Portal, opdracht_id: str, seconds: float = 900, *, quiet: bool = False) -> tuple[list[int], Any]:
    """Ask how far it is until it is done, saying so; gives every count that was seen, and the opdracht at the end."""
    seen: list[int] = []
    end = time.monotonic() + seconds
    while True:
        card = portal.ask("GET", f"/opdrachten/{opdracht_id}", expect=200).json
        done = card["gelukt"] + card["mislukt"] + card["overgeslagen"]
        if not seen or done != seen[-1]:
            seen.append(done)
            if not quiet:
                print(f"  {card['tekst']}", flush=True)
        if card["status"] == "GEREED" or time.monotonic() > end:
            return seen, card
        time.sleep(_PAUSE)


def queued(up: Stack, which: str) -> int:
    """How many messages the queue (or with `_DOOD` its dead-letter queue) holds, hidden ones included."""
    sqs = up.aws.client("sqs")
    url = up.env["OSO_QUEUE_PUBLICATIES"] + which.lower().replace("_", "-")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def compare(
    up: Stack, portal: Portal, opdracht_id: str, outcome: Outcome, ids: Sequence[str], poisoned: Sequence[str]
) -> Iterator[str]:
    """Everything that is not as promised."""
    good = len(ids) - len(poisoned)
    expected = {"status": "GEREED", "totaal": len(ids), "gelukt": good, "mislukt": len(poisoned), "overgeslagen": 0}
    expected |= {"soort": "BINNEN_BRIN"}
    expected |= {"tekst": f"{good} dossier(s) klaargezet (alle niet-methodetoetsen zijn meegenomen)"}
    for name, value in expected.items():
        if outcome.opdracht[name] != value:
            yield f"{name}: {outcome.opdracht[name]}, not {value}"
    results = {one["leerlingId"]: one["resultaat"] for one in pages(portal, f"/opdrachten/{opdracht_id}/resultaten")}
    promised = {id_: "MISLUKT_TECHNISCH" if id_ in poisoned else "GELUKT" for id_ in ids}
    if results != promised:
        yield f"{sum(results.get(id_) != promised[id_] for id_ in ids)} results are not as promised"
    cards = {card["leerling_id"]["S"]: card for card in read_cards(up)}
    for id_ in ids:
        # made, collected, set ready: three entries; a second delivery would have left more
        entries, version, status = ("1", "0", "NIET_KLAAR") if id_ in poisoned else ("3", "1", "KLAAR")
        card = cards[id_]
        if (card["log_aantal"]["N"], card["laatste_nummer"]["N"], card["status"]["S"]) != (entries, version, status):
            yield f"{id_}: {card['log_aantal']['N']} entries, version {card['laatste_nummer']['N']}, {card['status']}"
    if len(ids) >= 100 and len(outcome.seen) < 4:
        yield "progress could not be followed"


def pages(portal: Portal, path: str) -> Iterator[Any]:
    """Every item of a list."""
    after = ""
    while True:
        page = portal.ask("GET", f"{path}?limiet=100{after}", expect=200).json
        yield from page["items"]
        if not page["volgende"]:
            return
        after = f"&na={page['volgende']}"


def read_cards(up: Stack) -> Iterator[Any]:
    """The rows of all cards of the school."""
    pages_ = (
        up.aws.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=up.env["OSO_TABEL_STATE"],
            KeyConditionExpression="pk = :p AND begins_with(sk, :s)",
            ExpressionAttributeValues={":p": {"S": f"SCHOOL#{SCHOOL}"}, ":s": {"S": "DOSSIER#bulk-"}},
            ConsistentRead=True,
        )
    )
    for page in pages_:
        yield from page["Items"]


def report(plan: Plan, outcome: Outcome) -> Iterator[str]:
    """The counts, for people."""
    card = outcome.opdracht
    twice = ", every message twice" if plan.duplicate else ""
    yield f"{plan.n} pupils, {plan.workers} worker(s){twice}, {plan.kill} killed before, {plan.poison} poisoned"
    yield f"gelukt {card['gelukt']}, mislukt {card['mislukt']}, overgeslagen {card['overgeslagen']}: {card['tekst']}"
    yield f"{outcome.seconds:.1f} s, {card['gelukt'] / outcome.seconds:.1f} dossiers per second"
    yield f"{outcome.cpu:.1f} CPU-seconds of the workers, {card['gelukt'] / outcome.cpu:.1f} dossiers per CPU-second"
    yield f"{outcome.messages} messages received in {outcome.batches} batches; progress seen {len(outcome.seen)} times"
    sqs = sum(number for name, number in outcome.requests.items() if name.startswith("sqs."))
    yield f"{sqs / plan.n:.2f} SQS requests per pupil"
    yield ", ".join(f"{name} {number / plan.n:.2f}" for name, number in sorted(outcome.requests.items())) + " per pupil"


def main() -> int:
    """Run it; see the module."""
    plan = Plan.parse(assignments("infra.local.bulk", Plan.parse.__doc__))
    school = [one for one in SCHOLEN if one.vestiging == SCHOOL]
    with tempfile.TemporaryDirectory(prefix="oso-bulk-") as map_, stack(Path(map_), Options(pollers=False)) as up:
        enrol(up, school)
        outcome = run(up, plan, Path(map_))
    print(*report(plan, outcome), *(f"NOT AS PROMISED: {text}" for text in outcome.wrong), sep="\n")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
