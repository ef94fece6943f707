"""The one seam through which a process reaches AWS and the other side; one call of it can be made to go wrong.

Every call is counted. Call number `at` goes wrong in one of six ways, and a message that a queue gives in two more.
"""

import os
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from chalicelib.errors import OsoError, Unavailable
from chalicelib.sender import Send
from chalicelib.store import Stores
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.nudges import Nudges
from chalicelib.store.tabel import Tabel
from tests.conftest import Provisioned

T = TypeVar("T")
PEPPER = {"1": b"p" * 32}


class Way(StrEnum):
    """How a call goes wrong, or a message is delivered."""

    FAILS = "fails before it acts"
    ANSWER_LOST = "acts, but its answer is lost"
    DIES = "the process dies right after it"
    THROTTLED = "is throttled"
    CONFLICT = "collides with a transaction"
    AGAIN = "acts, its answer is lost, and the client of AWS does it again"
    TWICE = "its message is delivered twice"
    LATE = "its message comes after all else"


_READS = ("get_item", "batch_get_item", "query", "scan", "get_object", "list_object_versions", "encrypt", "decrypt")
_CONDITIONAL = ("transact_write_items", "put_item", "update_item", "delete_item")


def sweep(names: Sequence[str]) -> Iterator[tuple[int, Way]]:
    """Every call of a calm run in the three plain ways; of a read a lost answer is a failure, so that is done once.

    `FAULTS=all` in the environment does those too.
    """
    for at, name in enumerate(names, 1):
        yield from ((at, way) for way in (Way.FAILS, Way.ANSWER_LOST, Way.DIES) if _differs(name, way))


def cases(seam: "Seam") -> Iterator[tuple[int, Way]]:
    """Every call of a calm run in every way that it can go wrong, and every message twice and late."""
    for at, name in enumerate(seam.names, 1):
        ways = [Way.FAILS, Way.ANSWER_LOST, Way.DIES, Way.THROTTLED]
        ways += [Way.CONFLICT] if name.split()[1] in _CONDITIONAL else []
        ways += [Way.AGAIN] if name.split()[1] not in (*_READS, "send") else []
        yield from ((at, way) for way in ways if _differs(name, way))
    yield from ((at, way) for at in range(1, len(seam.messages) + 1) for way in (Way.TWICE, Way.LATE))


def _differs(name: str, way: Way) -> bool:
    read = name.split()[1] in _READS and os.environ.get("FAULTS") != "all"
    return not (read and way is Way.ANSWER_LOST)


class Died(BaseException):
    """The process is gone: nobody catches this but who started it."""


WRONG = (Died, OsoError, BotoCoreError, ClientError)
"""What a process can end with when a call goes wrong, or when the one before it did what it is asked for."""


@dataclass
class Seam:
    """Counts calls and messages; `names` and `messages` are what there was, in order."""

    at: int | None = None
    way: Way = Way.FAILS
    names: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def call(self, name: str, act: Callable[[], T], errors: Mapping[Way, Exception | T]) -> T:
        """Do one call, or what is to go wrong with it; an error that is no exception is answered."""
        with self.lock:
            self.names.append(name)
            hit = len(self.names) == self.at and self.way not in (Way.TWICE, Way.LATE)
        if not hit:
            return act()
        if self.way is Way.AGAIN:
            act()
            return act()
        if self.way in (Way.ANSWER_LOST, Way.DIES):
            act()
        if self.way is Way.DIES:
            raise Died
        error = errors.get(self.way, errors[Way.FAILS])
        if isinstance(error, Exception):
            raise error
        return error

    def delivery(self, body: str) -> Way | None:
        """How this message is delivered: None as it should be."""
        self.messages.append(body)
        odd = len(self.messages) == self.at and self.way in (Way.TWICE, Way.LATE)
        return self.way if odd else None

    def send(self, send: Send, who: str) -> Send:
        """The seam of the Traffic Center and of the other school. Who is too busy answers 503."""
        errors: dict[Way, Exception | tuple[int, bytes]] = {Way.FAILS: Unavailable("GEEN_ANTWOORD")}
        errors[Way.THROTTLED] = 503, b""

        def sent(url: str, data: bytes) -> tuple[int, bytes]:
            return self.call(f"{who} send {url}", lambda: send(url, data), errors)

        return sent


class _Client:
    """A boto client whose calls go through the seam."""

    def __init__(self, client: Any, seam: Seam, who: str) -> None:
        self._client, self._seam, self._who = client, seam, who

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or name.startswith("generate_") or name == "exceptions":
            return found
        if name == "get_paginator":
            return lambda operation: _Pages(found(operation), self._seam, f"{self._who} {operation}")

        def call(**arguments: Any) -> Any:
            if name == "transact_write_items":  # as botocore does: one token for all attempts at one call
                arguments = {"ClientRequestToken": uuid.uuid4().hex, **arguments}
            errors = _errors(self._client, name, arguments)
            return self._seam.call(f"{self._who} {name}{_about(arguments)}", lambda: found(**arguments), errors)

        return call


def _errors(client: Any, name: str, arguments: Mapping[str, Any]) -> dict[Way, Any]:
    """What AWS says when a call goes wrong in each way; of a batch it says which part of it was not done."""
    errors: dict[Way, Any] = {Way.FAILS: EndpointConnectionError(endpoint_url="http://127.0.0.1")}
    errors[Way.THROTTLED] = ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, name)
    if name == "transact_write_items":
        for way, code in ((Way.THROTTLED, "ThrottlingError"), (Way.CONFLICT, "TransactionConflict")):
            reasons: Any = {"CancellationReasons": [{"Code": "None"}, {"Code": code}]}
            error = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
            errors[way] = client.exceptions.TransactionCanceledException({**error, **reasons}, name)
    elif name in _CONDITIONAL:
        collision: Any = {"Error": {"Code": "TransactionConflictException", "Message": ""}}
        errors[Way.CONFLICT] = client.exceptions.TransactionConflictException(collision, name)
    elif name == "batch_get_item":
        errors[Way.THROTTLED] = {"Responses": {}, "UnprocessedKeys": arguments["RequestItems"]}
    elif name == "send_message_batch":
        failed = [{"Id": one["Id"], "Code": "RequestThrottled"} for one in arguments["Entries"]]
        errors[Way.THROTTLED] = {"Successful": [], "Failed": failed}
    return errors


@dataclass(frozen=True)
class _Pages:
    """A paginator of a boto client; all its pages count as one call."""

    paginator: Any
    seam: Seam
    name: str

    def paginate(self, **arguments: Any) -> list[Any]:
        error = EndpointConnectionError(endpoint_url="http://127.0.0.1")
        return self.seam.call(self.name, lambda: list(self.paginator.paginate(**arguments)), {Way.FAILS: error})


def _about(arguments: Mapping[str, Any]) -> str:
    """Which kind of row one reads: the word before the first # of its key."""
    return " " + str(arguments["Key"]["pk"]["S"]).partition("#")[0] if isinstance(arguments.get("Key"), dict) else ""


def stores_of(aws: Provisioned, seam: Seam | None = None, who: str = "") -> Stores:
    """The stores of a process that just started."""

    def client(service: str) -> Any:
        plain = aws.client(service)
        return plain if seam is None else _Client(plain, seam, who)

    names = aws.names
    queues = {"PUBLICATIE": "OSO_QUEUE_PUBLICATIES", "AANVRAAG": "OSO_QUEUE_AANVRAGEN"}
    queues |= {"NOTIFICATIE": "OSO_QUEUE_AANVRAGEN", "ZORGVRAAG": "OSO_QUEUE_ZORGVRAGEN"}
    return Stores(
        state=Tabel(client("dynamodb"), names["OSO_TABEL_STATE"]),
        log=Tabel(client("dynamodb"), names["OSO_TABEL_MUTATIELOG"]),
        inhoud=Inhoud(client("s3"), names["OSO_BUCKET"]),
        geheim=Geheim(client("kms"), names["OSO_KMS_SLEUTEL"], PEPPER),
        nudges=Nudges(client("sqs"), {kind: names[name] for kind, name in queues.items()}),
    )
