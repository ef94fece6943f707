"""`python -m infra.local.pollers`: what AWS does between queues, clock and the app's own handlers.

The handlers come from the Chalice app itself: every `on_sqs_message` gets its queue polled as Lambda's event source
mapping does, every `schedule` runs at its rate. SIGUSR1 runs all schedules now, `--nu NAAM` runs one and ends.
Prints one JSON line when it polls; ends on SIGTERM after the batches at hand.
"""

import argparse
import os
import signal
import threading
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.event_source import Pace, Queue, call, log, poll_once, queues
from infra.local.processes import announce
from infra.local.schedules import Schedule, run_at_their_rate, scheduled
from infra.local.serve import load_app


def run_schedule(schedule: Schedule) -> bool:
    """Run one scheduled handler now, with the event that EventBridge gives; tell whether it went well."""
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "eu-west-1",
        "resources": [schedule.naam],
        "detail": {},
    }
    error, _ = call(schedule.handler, event, schedule.naam)
    log("schema", functie=schedule.naam, gelukt=error is None)
    return error is None


def poll(found: Iterable[Queue], sqs: Any, pace: Pace, stopping: threading.Event) -> list[threading.Thread]:
    """Start the threads that poll until `stopping` is set."""

    def forever(queue: Queue) -> None:
        while not stopping.is_set():
            try:
                poll_once(queue, sqs, pace)
            except (BotoCoreError, ClientError) as error:  # SQS is away for a moment: Lambda keeps on polling too
                log("stoornis", queue=queue.naam, fout=type(error).__name__)
                stopping.wait(1)

    threads = [threading.Thread(target=forever, args=[queue]) for queue in found for _ in range(queue.concurrency)]
    for thread in threads:
        thread.start()
    return threads


def main() -> int:
    """Poll until asked to stop, or run one schedule."""
    asked = _arguments()
    os.environ["OSO_DEUREN"] = asked.deuren
    app = load_app(asked.app)
    schedules = scheduled(app)
    if asked.nu:
        announce({"nu": asked.nu, "pid": os.getpid()})
        return 0 if run_schedule(next(one for one in schedules if one.naam == asked.nu)) else 1
    sqs = boto3.client("sqs")
    found = queues(app, sqs, os.environ)
    stopping, now = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    signal.signal(signal.SIGUSR1, lambda *_: now.set())
    announce({"queues": [one.naam for one in found], "schemas": [one.naam for one in schedules], "pid": os.getpid()})
    threads = poll(found, sqs, Pace(asked.zichtbaarheid, asked.herkansing), stopping)
    run_at_their_rate(schedules, run_schedule, stopping, now)
    for thread in threads:
        thread.join()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.pollers", description=__doc__)
    parser.add_argument("--deuren", default="portal")
    parser.add_argument("--app", default="app", help="the module that holds the Chalice object")
    parser.add_argument(
        "--zichtbaarheid", type=int, help="seconds that a received message is hidden; default: the queue's"
    )
    parser.add_argument(
        "--herkansing", type=int, help="seconds until a failed message returns; default: its visibility"
    )
    parser.add_argument("--nu", metavar="NAAM", help="run this scheduled function once and end")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
