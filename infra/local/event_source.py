"""One queue as Lambda's event source mapping treats it: batches, the record shape, partial failures, retries.

The handlers come from the Chalice app itself; nothing here knows which ones there are.
"""

import json
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice, SQSEventConfig
from chalice.local import LambdaContext

Handler = Callable[[Mapping[str, Any], Any], Any]
Message = Mapping[str, Any]
_MAX_RECEIVE = 10


@dataclass(frozen=True)
class Queue:
    """One queue and the handler that the app has for it; the numbers are those that the app asks Lambda for.

    `receives`: how often a message may be received before it belongs in the dead letter queue, None for always.
    """

    naam: str
    url: str
    arn: str
    handler: Handler
    batch_size: int
    window: int
    concurrency: int
    receives: int | None = None


@dataclass(frozen=True)
class Pace:
    """How this poller differs from Lambda, for tests that cannot wait: both in seconds, None as the queue says.

    `visibility`: how long a received message stays hidden. `retry`: how soon a failed one comes back.
    """

    visibility: int | None = None
    retry: int | None = None


def queues(app: Chalice, sqs: Any, settings: Mapping[str, str], concurrency: int = 2) -> tuple[Queue, ...]:
    """Find every queue handler of the app. A queue is named in full, or as the setting `OSO_QUEUE_<NAME>` names it."""
    return tuple(
        _queue(source, app.handler_map[source.name], sqs, settings, concurrency)
        for source in app.event_sources
        if isinstance(source, SQSEventConfig)
    )


def _queue(source: Any, handler: Handler, sqs: Any, settings: Mapping[str, str], concurrency: int) -> Queue:
    short = source.queue or source.queue_arn.rpartition(":")[2]
    url = settings.get(f"OSO_QUEUE_{short.upper()}") or sqs.get_queue_url(QueueName=short)["QueueUrl"]
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn", "RedrivePolicy"])["Attributes"]
    return Queue(
        naam=source.name,
        url=url,
        arn=told["QueueArn"],
        handler=_first_call_alone(handler),
        batch_size=source.batch_size,
        window=source.maximum_batching_window_in_seconds,
        concurrency=source.maximum_concurrency or concurrency,
        receives=int(json.loads(told["RedrivePolicy"])["maxReceiveCount"]) if "RedrivePolicy" in told else None,
    )


def poll_once(queue: Queue, sqs: Any, pace: Pace = Pace(), wait: int = 1) -> int:
    """Receive one batch, let the handler have it, settle the messages; return how many there were."""
    messages = _gather(queue, sqs, pace, wait)
    if messages:
        failed = _handle(queue, messages)
        _settle(queue, sqs, messages, failed, pace)
    return len(messages)


def _gather(queue: Queue, sqs: Any, pace: Pace, wait: int) -> list[Message]:
    """Receive up to a batch. SQS gives ten at most, so a larger batch is collected for as long as its window."""
    messages: list[Message] = _receive(queue, sqs, pace, queue.batch_size, wait)
    end = time.monotonic() + queue.window
    while 0 < len(messages) < queue.batch_size and time.monotonic() < end:
        messages += _receive(queue, sqs, pace, queue.batch_size - len(messages), wait)
    return messages


def _receive(queue: Queue, sqs: Any, pace: Pace, room: int, wait: int) -> list[Message]:
    hidden = {} if pace.visibility is None else {"VisibilityTimeout": pace.visibility}
    answer = sqs.receive_message(
        QueueUrl=queue.url,
        MaxNumberOfMessages=min(room, _MAX_RECEIVE),
        WaitTimeSeconds=wait,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
        **hidden,
    )
    return [message for message in answer.get("Messages", []) if not _overdue(queue, sqs, message)]


def _overdue(queue: Queue, sqs: Any, message: Message) -> bool:
    """Whether a message should have been in the dead letter queue by now; then it is put back, to be moved there.

    SQS never gives a message once more than its queue allows. ministack moves it there in a step before it looks what
    is visible, so one that becomes visible between the two is given after all; its handler would take it for a late
    copy of what is done, and nobody would ever find it among the dead letters.
    """
    if queue.receives is None or int(message["Attributes"]["ApproximateReceiveCount"]) <= queue.receives:
        return False
    sqs.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return True


def _handle(queue: Queue, messages: Sequence[Message]) -> set[str]:
    """Call the handler with the event that Lambda makes; return the ids of the messages that must come back."""
    ids = {one["MessageId"] for one in messages}
    event = json.loads(json.dumps({"Records": [_record(queue, one) for one in messages]}))
    error, answer = call(queue.handler, event, queue.naam)
    failed = ids if error else failures(answer, ids)
    log("batch", queue=queue.naam, berichten=len(ids), mislukt=len(failed))
    return failed


def call(handler: Handler, event: Mapping[str, Any], naam: str) -> tuple[BaseException | None, Any]:
    """Call a handler as Lambda does: whatever it raises is logged with its traceback, and never ends the poller."""
    with ThreadPoolExecutor(1, thread_name_prefix=naam) as lambda_:
        future = lambda_.submit(handler, event, LambdaContext(naam, 512, 60_000))
    error = future.exception()
    if error is not None:
        log("fout", functie=naam, spoor="".join(traceback.format_exception(error)))
        return error, None
    return None, future.result()


def failures(answer: Any, ids: set[str]) -> set[str]:
    """Read a partial batch response: nothing named is all done; a name that we do not know fails the whole batch.

    So does an answer of the wrong shape: that is how Lambda treats it, and it keeps a message from being lost.
    """
    if not answer:
        return set()
    named = answer.get("batchItemFailures") if isinstance(answer, dict) else [None]
    if not named:
        return set()
    found = {str(one.get("itemIdentifier")) if isinstance(one, dict) else "" for one in named}
    return found if found <= ids else ids


def _settle(queue: Queue, sqs: Any, messages: Sequence[Message], failed: set[str], pace: Pace) -> None:
    """Delete what is done. What failed comes back when its visibility ends, or sooner if `pace` says so."""
    done = [message["ReceiptHandle"] for message in messages if message["MessageId"] not in failed]
    for begin in range(0, len(done), _MAX_RECEIVE):
        entries = [{"Id": str(n), "ReceiptHandle": one} for n, one in enumerate(done[begin : begin + _MAX_RECEIVE])]
        sqs.delete_message_batch(QueueUrl=queue.url, Entries=entries)
    for message in messages:
        if message["MessageId"] in failed and pace.retry is not None:
            place = {"QueueUrl": queue.url, "ReceiptHandle": message["ReceiptHandle"]}
            sqs.change_message_visibility(**place, VisibilityTimeout=pace.retry)


def _record(queue: Queue, message: Message) -> dict[str, Any]:
    """Write one message in the shape of a Lambda SQS event."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": queue.arn.split(":")[3],
    }


def _first_call_alone(handler: Handler) -> Handler:
    """Let one thread make the first call: Chalice builds its chain of middleware then, from a generator, unguarded."""
    lock = threading.Lock()
    warm = threading.Event()

    def guarded(event: Mapping[str, Any], context: Any) -> Any:
        if warm.is_set():
            return handler(event, context)
        with lock:
            try:
                return handler(event, context)
            finally:
                warm.set()

    return guarded


def log(soort: str, **facts: Any) -> None:
    """Write one JSON line; never a message body."""
    print(json.dumps({"poller": soort, **facts}, ensure_ascii=False), flush=True)
