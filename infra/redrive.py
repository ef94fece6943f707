"""`python -m infra.redrive QUEUE [AANTAL] [--doe | --weg] [--stage NAME]`: what lies in a dead letter queue, and back.

QUEUE is publicaties, aanvragen or zorgvragen. A dry run by default: it shows which rows the messages are about, by
kind, school and id, and leaves them; `--doe` puts at most AANTAL (100) of them back. A message is first sent, then
removed: ended half way it is there twice, which is as once (the row behind it is the truth). What it does is not the
same for each queue: README, "When something is wrong".
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from chalicelib.config import Settings
from chalicelib.errors import Invalid
from chalicelib.store import Nudge
from infra import stage
from infra.doctor import open_client

QUEUES = ("publicaties", "aanvragen", "zorgvragen")
_VERBORGEN = 120
_PER_KEER = 10
_WACHT, _LEEG = 1, 2
ONLEESBAAR = "onleesbaar bericht"


def url_of(settings: Settings, queue: str) -> str:
    """The address of a queue by its short name."""
    return {
        "publicaties": settings.queue_publicaties,
        "aanvragen": settings.queue_aanvragen,
        "zorgvragen": settings.queue_zorgvragen,
    }[queue]


def dead(sqs: Any, url: str, most: int) -> Iterator[dict[str, Any]]:
    """At most so many messages of the dead letter queue of this queue, each hidden from others for two minutes.

    An empty answer proves little: SQS keeps a queue on many servers. So each question waits, which asks all of them,
    and only the second in a row that brings nothing new ends it.
    """
    seen, empty = set[str](), 0
    while len(seen) < most and empty < _LEEG:
        answer = sqs.receive_message(
            QueueUrl=f"{url}-dood",
            MaxNumberOfMessages=min(_PER_KEER, most - len(seen)),
            VisibilityTimeout=_VERBORGEN,
            WaitTimeSeconds=_WACHT,
        )
        fresh = [one for one in answer.get("Messages", []) if one["MessageId"] not in seen]
        empty = 0 if fresh else empty + 1
        seen.update(one["MessageId"] for one in fresh)
        yield from fresh


def about(body: str) -> str:
    """Which row a message is about; nothing of a body that we cannot read."""
    try:
        nudge = Nudge.parse(body)
    except Invalid:
        return ONLEESBAAR
    return f"{nudge.soort} {nudge.school} {nudge.id}"


def redrive(sqs: Any, url: str, most: int, *, doe: bool, weg: bool = False) -> list[str]:
    """Show, with `doe` put back, and with `weg` remove what cannot be read: no worker can ever do anything with it.

    Left there it would keep the alarm of its queue on, and the next message that failed would call nobody.
    """
    lines = []
    for message in list(dead(sqs, url, most)):  # all first: what is shown only becomes visible again
        what = about(message["Body"])
        place = {"QueueUrl": f"{url}-dood", "ReceiptHandle": message["ReceiptHandle"]}
        if weg and what == ONLEESBAAR:
            sqs.delete_message(**place)
            what = f"weggehaald: {what}"
        elif doe and what != ONLEESBAAR:
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
    parser.add_argument("--weg", action="store_true", help="remove those that nobody can read")
    stage.add_argument(parser)
    asked = parser.parse_args(arguments)
    return stage.run(lambda: _redrive(asked))


def _redrive(asked: argparse.Namespace) -> int:
    settings = Settings.from_env(stage.environment(asked.stage, f"OSO_QUEUE_{asked.queue.upper()}"))
    lines = redrive(open_client()("sqs"), url_of(settings, asked.queue), asked.aantal, doe=asked.doe, weg=asked.weg)
    print(*lines, sep="\n", end="\n" if lines else "")
    print(f"{len(lines)} bericht(en) in de dode wachtrij bekeken" + ("" if asked.doe else "; met --doe gaan ze terug"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
