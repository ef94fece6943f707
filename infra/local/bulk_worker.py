"""`python -m infra.local.bulk_worker`: one worker of the queue `publicaties`, as a Lambda would be, that counts.

With `--dubbel` it delivers every batch twice: the second time after the first, and of every fifth batch at the same
time. Prints one JSON line when it polls, and one when it is asked to end: requests per AWS operation, and CPU seconds.
"""

import argparse
import itertools
import json
import os
import resource
import signal
import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3

from infra.local.event_source import Handler, Pace, poll_once, queues
from infra.local.processes import announce
from infra.local.serve import load_app

_EVERY = 5


def main() -> int:
    """Poll until asked to stop."""
    asked = _arguments()
    os.environ["OSO_DEUREN"] = "portal"
    app = load_app("app")
    from chalicelib.web import verbinding

    sqs = boto3.client("sqs")
    found = next(one for one in queues(app, sqs, os.environ, concurrency=1) if one.naam == "publicaties")
    queue = replace(found, handler=twice(found.handler)) if asked.dubbel else found
    stores = verbinding.stores()
    counted = count(sqs, stores.state.client, stores.inhoud.client, stores.nudges.client, stores.geheim.client)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    announce({"pid": os.getpid()})
    cpu = _cpu()
    batches, messages, empty = 0, 0, 0
    while not stopping.is_set():
        got = poll_once(queue, sqs, Pace(asked.zichtbaarheid, asked.herkansing))
        batches, messages, empty = batches + bool(got), messages + got, empty + (not got)
    facts = {"batches": batches, "berichten": messages, "leeg": empty, "cpu": _cpu() - cpu}
    asked.uit.write_text(json.dumps({**facts, "verzoeken": dict(counted)}))
    return 0


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def count(*clients: Any) -> Counter[str]:
    """Count every request that these clients make, by operation, retries included."""
    counted: Counter[str] = Counter()
    lock = threading.Lock()

    def one(event_name: str, **_: Any) -> None:
        service, operation = event_name.split(".")[1:]
        with lock:
            counted[f"{service}.{operation}"] += 1

    for client in clients:
        client.meta.events.register("before-send", one)
    return counted


def twice(handler: Handler) -> Handler:
    """Deliver every batch two times; a message that failed either time has failed."""
    numbers = itertools.count(1)

    def delivered(event: Mapping[str, Any], context: Any) -> Any:
        at_once = next(numbers) % _EVERY == 0
        with ThreadPoolExecutor(2 if at_once else 1) as both:
            answers = list(both.map(lambda _: handler(event, context), range(2)))
        failed = {one["itemIdentifier"] for answer in answers for one in answer["batchItemFailures"]}
        return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in sorted(failed)]}

    return delivered


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.bulk_worker", description=__doc__)
    parser.add_argument("--dubbel", action="store_true", help="deliver every message twice")
    parser.add_argument("--herkansing", type=int, help="seconds until a failed message returns")
    parser.add_argument("--zichtbaarheid", type=int, help="seconds that a received message is hidden")
    parser.add_argument("--uit", type=Path, required=True, help="where the counts go at the end")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
