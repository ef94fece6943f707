"""`python -m infra.redrive QUEUE [AANTAL] [--doe]`: what lies in a dead letter queue, and put it back after a fix.

QUEUE is publicaties, aanvragen or zorgvragen. A dry run by default: it shows which rows the messages are about, by
kind, school and id, and leaves them; `--doe` puts at most AANTAL (100) of them back. A message is first sent, then
removed: ended half way it is there twice, which is as once (the row behind it is the truth). What it does is not the
same for each queue: README, "When something is wrong".
"""

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Any

from chalicelib.config import Settings
from chalicelib.errors import Invalid
from chalicelib.store import Nudge
from infra.doctor import open_client

QUEUES = ("publicaties", "aanvragen", "zorgvragen")
_VERBORGEN = 120
_PER_KEER = 10


def url_of(settings: Settings, queue: str) -> str:
    """The address of a queue by its short name."""
    return {
        "publicaties": settings.queue_publicaties,
        "aanvragen": settings.queue_aanvragen,
        "zorgvragen": settings.queue_zorgvragen,
    }[queue]


def dead(sqs: Any, url: str, most: int) -> Iterator[dict[str, Any]]:
    """At most so many messages of the dead letter queue of this queue, each hidden from others for two minutes."""
    seen: set[str] = set()
    while len(seen) < most:
        answer = sqs.receive_message(
            QueueUrl=f"{url}-dood",
            MaxNumberOfMessages=min(_PER_KEER, most - len(seen)),
            VisibilityTimeout=_VERBORGEN,
            WaitTimeSeconds=0,
        )
        fresh = [one for one in answer.get("Messages", []) if one["MessageId"] not in seen]
        if not fresh:
            return
        seen.update(one["MessageId"] for one in fresh)
        yield from fresh


def about(body: str) -> str:
    """Which row a message is about; nothing of a body that we cannot read."""
    try:
        nudge = Nudge.parse(body)
    except Invalid:
        return "onleesbaar bericht"
    return f"{nudge.soort} {nudge.school} {nudge.id}"


def redrive(sqs: Any, url: str, most: int, *, doe: bool) -> list[str]:
    """Show, and with `doe` put back; what cannot be read stays where it is."""
    lines = []
    for message in list(dead(sqs, url, most)):  # all first: what is shown only becomes visible again
        what = about(message["Body"])
        place = {"QueueUrl": f"{url}-dood", "ReceiptHandle": message["ReceiptHandle"]}
        if doe and what != "onleesbaar bericht":
            sqs.send_message(QueueUrl=url, MessageBody=message["Body"])
            sqs.delete_message(**place)
            what = f"teruggezet: {what}"
        else:
            sqs.change_message_visibility(**place, VisibilityTimeout=0)
        lines.append(what)
    return lines


def main(arguments: list[str]) -> int:
    """Print a line per message and a count."""
    parser = argparse.ArgumentParser(prog="python -m infra.redrive", description=__doc__)
    parser.add_argument("queue", choices=QUEUES)
    parser.add_argument("aantal", nargs="?", type=int, default=100)
    parser.add_argument("--doe", action="store_true", help="put them back; without it they are only shown")
    asked = parser.parse_args(arguments)
    lines = redrive(
        open_client()("sqs"), url_of(Settings.from_env(os.environ), asked.queue), asked.aantal, doe=asked.doe
    )
    print(*lines, sep="\n", end="\n" if lines else "")
    print(f"{len(lines)} bericht(en) in de dode wachtrij bekeken" + ("" if asked.doe else "; met --doe gaan ze terug"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
