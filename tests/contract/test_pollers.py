"""The pollers do to a handler what Lambda's event source mapping does, on real queues of the embedded AWS."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from chalice.app import Chalice, Rate, SQSEvent

from infra.local.aws import Aws, provision
from infra.local.event_source import Pace, Queue, poll_once, queues
from infra.local.pollers import poll, run_schedule
from infra.local.processes import Child, ready, start, stop, wait_until
from infra.local.schedules import run_at_their_rate, scheduled
from tests.conftest import Provisioned

AT_ONCE = Pace(retry=0)
Answer = Callable[[list[dict[str, Any]]], Any]


class Seen(list[list[dict[str, Any]]]):
    """The batches that a handler got, and what it answers to the next one."""

    answer: Answer = staticmethod(lambda records: None)

    def bodies(self) -> list[list[str]]:
        return [[record["body"] for record in batch] for batch in self]


def _app(seen: Seen, queue: str = "aanvragen", **options: Any) -> Chalice:
    app = Chalice("proef")

    @app.on_sqs_message(queue=queue, name="werk", **options)
    def werk(event: SQSEvent) -> Any:
        records = event.to_dict()["Records"]
        seen.append(records)
        return seen.answer(records)

    return app


@pytest.fixture(scope="module")
def account(ministack: str) -> Provisioned:
    """One account for all tests here: provisioning it anew for each would take most of their time."""
    return Provisioned(ministack, "200000009999", provision(Aws(ministack, "200000009999")))


@pytest.fixture
def aws(account: Provisioned) -> Provisioned:
    """The account, its queues empty."""
    sqs = account.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        sqs.purge_queue(QueueUrl=url)
    return account


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def queue(aws: Provisioned, seen: Seen) -> Queue:
    """The queue `aanvragen` with a handler that takes up to ten messages."""
    return queues(_app(seen, batch_size=10), aws.client("sqs"), aws.names)[0]


def test_every_queue_handler_of_the_app_is_found_by_itself(aws: Provisioned, seen: Seen) -> None:
    app = _app(seen, batch_size=7, maximum_batching_window_in_seconds=3, maximum_concurrency=4)
    app.on_sqs_message(queue="oso-sandbox-zorgvragen", name="ander")(lambda event: None)
    arn = f"arn:aws:sqs:eu-west-1:{aws.account}:oso-sandbox-publicaties"
    app.on_sqs_message(queue_arn=arn, name="derde")(lambda event: None)
    found = {one.naam: one for one in queues(app, aws.client("sqs"), aws.names)}
    assert found["werk"].url == aws.names["OSO_QUEUE_AANVRAGEN"]
    assert (found["werk"].batch_size, found["werk"].window, found["werk"].concurrency) == (7, 3, 4)
    assert found["ander"].url == aws.names["OSO_QUEUE_ZORGVRAGEN"]
    assert (found["derde"].url, found["derde"].arn) == (aws.names["OSO_QUEUE_PUBLICATIES"], arn)


def test_a_message_beyond_the_last_receive_is_kept_from_the_handler_and_ends_in_the_dead_letter_queue(
    aws: Provisioned, queue: Queue, seen: Seen
) -> None:
    """The embedded AWS gives one too often when it becomes visible in the very moment of a receive."""
    sqs = aws.client("sqs")
    seen.answer = lambda records: {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records]}
    sqs.send_message(QueueUrl=queue.url, MessageBody="te vaak")
    assert queue.receives == 5
    for _ in range(4):
        assert poll_once(queue, sqs, AT_ONCE) == 1
    assert poll_once(replace(queue, receives=4), sqs, AT_ONCE) == 0
    assert seen.bodies() == [["te vaak"]] * 4
    assert poll_once(queue, sqs, AT_ONCE, wait=0) == 0
    dead = sqs.get_queue_url(QueueName="oso-sandbox-aanvragen-dood")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=0)["Messages"]
    assert message["Body"] == "te vaak"


def test_a_record_has_the_shape_that_lambda_gives(aws: Provisioned, queue: Queue, seen: Seen) -> None:
    aws.client("sqs").send_message(
        QueueUrl=queue.url,
        MessageBody="één",
        MessageAttributes={"soort": {"DataType": "String", "StringValue": "x"}},
    )
    poll_once(queue, aws.client("sqs"))
    (record,) = seen[0]
    assert set(record) == {
        "messageId",
        "receiptHandle",
        "body",
        "attributes",
        "messageAttributes",
        "md5OfBody",
        "eventSource",
        "eventSourceARN",
        "awsRegion",
    }
    assert record["body"] == "één"
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == f"arn:aws:sqs:eu-west-1:{aws.account}:oso-sandbox-aanvragen"
    assert record["awsRegion"] == "eu-west-1"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdigit()
    assert record["messageAttributes"]["soort"]["stringValue"] == "x"


def test_a_handled_message_is_gone(aws: Provisioned, queue: Queue, seen: Seen) -> None:
    _send(aws, queue, "a")
    poll_once(queue, aws.client("sqs"), AT_ONCE)
    assert _left(aws, queue) == 0
    assert seen.bodies() == [["a"]]


def test_no_more_messages_are_taken_than_the_app_asks_for(aws: Provisioned, seen: Seen) -> None:
    (queue,) = queues(_app(seen, batch_size=2), aws.client("sqs"), aws.names)
    _send(aws, queue, "a", "b", "c")
    while poll_once(queue, aws.client("sqs"), AT_ONCE, wait=0):
        pass
    assert sorted(len(batch) for batch in seen) == [1, 2]


def test_a_batch_over_ten_is_collected_for_as_long_as_its_window(aws: Provisioned, seen: Seen) -> None:
    app = _app(seen, batch_size=15, maximum_batching_window_in_seconds=5)
    (queue,) = queues(app, aws.client("sqs"), aws.names)
    _send(aws, queue, *"abcdefghij")
    _send(aws, queue, *"klmnop")
    poll_once(queue, aws.client("sqs"), AT_ONCE, wait=0)
    assert len(seen[0]) == 15


def test_when_the_handler_raises_the_whole_batch_comes_back_and_ends_in_the_dead_letter_queue(
    aws: Provisioned, queue: Queue, seen: Seen, capfd: pytest.CaptureFixture[str]
) -> None:
    seen.answer = _crash
    _send(aws, queue, "a", "b")
    sqs = aws.client("sqs")
    while poll_once(queue, sqs, AT_ONCE, wait=0):
        pass
    assert seen.bodies().count(["a", "b"]) + seen.bodies().count(["b", "a"]) == 5
    dood = sqs.get_queue_url(QueueName="oso-sandbox-aanvragen-dood")["QueueUrl"]
    received = sqs.receive_message(QueueUrl=dood, MaxNumberOfMessages=10)["Messages"]
    assert sorted(one["Body"] for one in received) == ["a", "b"]
    assert "KeyError" in capfd.readouterr().out


def test_only_what_the_handler_names_comes_back(aws: Provisioned, queue: Queue, seen: Seen) -> None:
    seen.answer = _fail("b")
    _send(aws, queue, "a", "b", "c")
    poll_once(queue, aws.client("sqs"), AT_ONCE)
    seen.answer = lambda records: None
    poll_once(queue, aws.client("sqs"), AT_ONCE)
    assert (sorted(seen.bodies()[0]), seen.bodies()[1:]) == (["a", "b", "c"], [["b"]])
    assert _left(aws, queue) == 0


@pytest.mark.parametrize(
    "answer",
    [
        {"batchItemFailures": [{"itemIdentifier": "nooit-van-gehoord"}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"verkeerd": "x"}]},
        {"batchItemFailures": ["x"]},
        ["geen", "object"],
    ],
)
def test_an_answer_that_names_no_message_of_the_batch_fails_the_whole_batch(
    aws: Provisioned, queue: Queue, seen: Seen, answer: Any
) -> None:
    seen.answer = lambda records: answer
    _send(aws, queue, "a", "b")
    poll_once(queue, aws.client("sqs"), AT_ONCE)
    assert _left(aws, queue) == 2


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_answer_without_failures_is_success(aws: Provisioned, queue: Queue, seen: Seen, answer: Any) -> None:
    seen.answer = lambda records: answer
    _send(aws, queue, "a")
    poll_once(queue, aws.client("sqs"), AT_ONCE)
    assert _left(aws, queue) == 0


def test_without_a_setting_a_failed_message_stays_hidden_for_its_visibility(
    aws: Provisioned, queue: Queue, seen: Seen
) -> None:
    seen.answer = _crash
    _send(aws, queue, "a")
    poll_once(queue, aws.client("sqs"))
    assert poll_once(queue, aws.client("sqs"), wait=0) == 0
    assert _left(aws, queue, "ApproximateNumberOfMessagesNotVisible") == 1


def test_a_message_whose_reader_died_is_read_again_after_its_visibility(
    aws: Provisioned, queue: Queue, seen: Seen
) -> None:
    _send(aws, queue, "a")
    sqs = aws.client("sqs")
    sqs.receive_message(QueueUrl=queue.url, VisibilityTimeout=1)  # and nobody ever deletes it
    wait_until(lambda: poll_once(queue, sqs) == 1, 10, "the message")
    assert seen.bodies() == [["a"]]
    assert seen[0][0]["attributes"]["ApproximateReceiveCount"] == "2"


def test_many_threads_share_one_queue_and_each_message_is_handled_once(
    aws: Provisioned, queue: Queue, seen: Seen
) -> None:
    stopping = threading.Event()
    _send(aws, queue, *(f"{number}" for number in range(10)))
    threads = poll([queue, queue, queue], aws.client("sqs"), AT_ONCE, stopping)
    wait_until(lambda: sum(map(len, seen)) == 10, 10, "all messages")
    stopping.set()
    for thread in threads:
        thread.join()
    assert sorted(body for batch in seen.bodies() for body in batch) == sorted(f"{number}" for number in range(10))
    assert _left(aws, queue) == 0


def test_polling_goes_on_after_the_queue_was_out_of_reach(aws: Provisioned, queue: Queue, seen: Seen) -> None:
    class Shaky:
        """An SQS that refuses the first call."""

        calls = 0

        def __getattr__(self, call: str) -> Any:
            Shaky.calls += 1
            if Shaky.calls == 1:
                raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
            return getattr(aws.client("sqs"), call)

    _send(aws, queue, "a")
    stopping = threading.Event()
    (thread,) = poll([replace(queue, concurrency=1)], Shaky(), AT_ONCE, stopping)
    wait_until(lambda: seen.bodies() == [["a"]], 10, "the message")
    stopping.set()
    thread.join()


def test_a_schedule_of_the_app_runs_at_its_rate_and_at_once_when_told() -> None:
    app = Chalice("proef")
    events: list[Mapping[str, Any]] = []
    app.schedule(Rate(10, unit=Rate.MINUTES), name="opruimen")(lambda event: events.append(event.to_dict()))
    app.schedule("cron(30 2 * * ? *)", name="nachtelijk")(lambda event: None)
    opruimen, nachtelijk = scheduled(app)
    at = datetime(2026, 1, 31, 2, 30, tzinfo=UTC)
    assert opruimen.due(at) == datetime(2026, 1, 31, 2, 40, tzinfo=UTC)
    assert nachtelijk.due(at) == datetime(2026, 2, 1, 2, 30, tzinfo=UTC)
    stopping, now = threading.Event(), threading.Event()
    loop = threading.Thread(target=run_at_their_rate, args=([opruimen], run_schedule, stopping, now))
    loop.start()
    assert events == []
    now.set()
    wait_until(lambda: len(events) == 1, 5, "the schedule")
    stopping.set()
    loop.join()
    assert events[0]["source"] == "aws.events"
    assert events[0]["detail-type"] == "Scheduled Event"


def test_a_schedule_that_the_sandbox_cannot_keep_is_refused() -> None:
    app = Chalice("proef")
    app.schedule("cron(0/5 8-17 ? * MON-FRI *)", name="werkuren")(lambda event: None)
    with pytest.raises(ValueError, match="0/5"):
        scheduled(app)


_MODULE = """
import pathlib, time
from chalice.app import Chalice, Rate
app = Chalice("proef")
here = pathlib.Path(__file__).parent

@app.on_sqs_message(queue="aanvragen", name="werk")
def werk(event):
    (here / "begonnen").touch()
    while not (here / "ga door").exists():
        time.sleep(0.01)
    (here / "klaar").touch()

@app.schedule(Rate(1, unit=Rate.DAYS), name="opruimen")
def opruimen(event):
    (here / "opgeruimd").touch()
    if (here / "mislukt").exists():
        raise KeyError
"""


@pytest.fixture
def module(tmp_path: Path) -> dict[str, str]:
    """An app in a file of its own; gives the environment in which it can be imported."""
    (tmp_path / "proefapp.py").write_text(_MODULE)
    return {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def pollers(aws: Provisioned, module: dict[str, str], tmp_path: Path) -> Iterator[Child]:
    """The pollers as a process."""
    child = start("pollers", _command(), tmp_path / "pollers.log", {**aws.environment(), **aws.names, **module})
    assert ready(child) == {"queues": ["werk"], "schemas": ["opruimen"], "pid": child.process.pid}
    yield child
    stop(child)


def test_on_sigterm_the_message_at_hand_is_finished_and_nothing_is_left(
    aws: Provisioned, pollers: Child, tmp_path: Path
) -> None:
    url = aws.names["OSO_QUEUE_AANVRAGEN"]
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="a")
    wait_until((tmp_path / "begonnen").exists, 10, "the handler")
    pollers.process.terminate()
    (tmp_path / "ga door").touch()
    assert pollers.process.wait(10) == 0
    assert (tmp_path / "klaar").exists()
    counts = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"
    assert json.loads(pollers.log.read_text().splitlines()[-1]) == {
        "poller": "batch",
        "queue": "werk",
        "berichten": 1,
        "mislukt": 0,
    }


def test_a_signal_runs_the_schedules_now(pollers: Child, tmp_path: Path) -> None:
    os.kill(pollers.process.pid, signal.SIGUSR1)
    wait_until((tmp_path / "opgeruimd").exists, 10, "the schedule")


@pytest.mark.parametrize("mislukt", [False, True])
def test_a_command_runs_one_schedule_and_tells_how_it_went(
    module: dict[str, str], tmp_path: Path, mislukt: bool
) -> None:
    if mislukt:
        (tmp_path / "mislukt").touch()
    child = start("nu", [*_command(), "--nu", "opruimen"], tmp_path / "nu.log", module)
    assert ready(child)["nu"] == "opruimen"
    assert child.process.wait(20) == int(mislukt)
    assert (tmp_path / "opgeruimd").exists()
    assert ("KeyError" in child.log.read_text()) is mislukt
    stop(child)


def _command() -> list[str]:
    return [sys.executable, "-m", "infra.local.pollers", "--app", "proefapp", "--herkansing", "0"]


def _send(aws: Provisioned, queue: Queue, *bodies: str) -> None:
    entries = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies)]
    aws.client("sqs").send_message_batch(QueueUrl=queue.url, Entries=entries)


def _left(aws: Provisioned, queue: Queue, which: str = "ApproximateNumberOfMessages") -> int:
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=[which])
    return int(answer["Attributes"][which])


def _crash(records: list[dict[str, Any]]) -> None:
    raise KeyError(len(records))


def _fail(*bodies: str) -> Answer:
    return lambda records: {
        "batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records if one["body"] in bodies]
    }
