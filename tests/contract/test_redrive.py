"""Messages of a dead letter queue: shown by id, put back after a fix; nothing is lost and nothing else is moved."""

from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from chalicelib.store import Nudge
from infra.redrive import about, redrive
from tests.conftest import Provisioned


@pytest.fixture
def queue(aws: Provisioned) -> tuple[Any, str]:
    """A queue whose dead letter queue has twelve messages, one of which nobody can read."""
    sqs, url = aws.client("sqs"), aws.names["OSO_QUEUE_ZORGVRAGEN"]
    for number in range(11):
        sqs.send_message(QueueUrl=f"{url}-dood", MessageBody=Nudge("ZORGVRAAG", "14SS00", f"l-1/z-{number}").body())
    sqs.send_message(QueueUrl=f"{url}-dood", MessageBody='{"bsn": "geheim"}')
    return sqs, url


def waiting(sqs: Any, url: str) -> int:
    facts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(facts["ApproximateNumberOfMessages"]) + int(facts["ApproximateNumberOfMessagesNotVisible"])


def test_a_dry_run_shows_ids_and_moves_nothing(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    lines = redrive(sqs, url, 100, doe=False)
    assert len(lines) == 12
    assert "ZORGVRAAG 14SS00 l-1/z-0" in lines
    assert (waiting(sqs, url), waiting(sqs, f"{url}-dood")) == (0, 12)


def test_what_can_be_read_goes_back_and_the_rest_stays(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    lines = redrive(sqs, url, 100, doe=True)
    assert sum(one.startswith("teruggezet: ") for one in lines) == 11
    assert (waiting(sqs, url), waiting(sqs, f"{url}-dood")) == (11, 1)


def test_what_nobody_can_read_goes_when_asked_and_nothing_else_does(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    lines = redrive(sqs, url, 100, doe=False, weg=True)
    assert [one for one in lines if one.startswith("weggehaald: ")] == ["weggehaald: onleesbaar bericht"]
    assert (waiting(sqs, url), waiting(sqs, f"{url}-dood")) == (0, 11)


def test_an_empty_answer_is_not_the_end(queue: tuple[Any, str]) -> None:
    """SQS keeps a queue on many servers, and may answer for one that has nothing."""
    sqs, url = queue
    nothing: tuple[Any, Any] = AWSResponse("https://sqs.example", 200, HTTPHeaders(), None), {"ResponseMetadata": {}}
    answers = iter([nothing])
    sqs.meta.events.register("before-call.sqs.ReceiveMessage", lambda **_: next(answers, None))
    assert len(redrive(sqs, url, 100, doe=False)) == 12


def test_no_more_than_asked_for_goes_back(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    assert len(redrive(sqs, url, 3, doe=True)) == 3
    assert waiting(sqs, url) + waiting(sqs, f"{url}-dood") == 12
    assert waiting(sqs, url) <= 3


def test_a_message_that_cannot_be_read_says_nothing() -> None:
    assert about('{"bsn": "geheim"}') == about("<x/>") == "onleesbaar bericht"
