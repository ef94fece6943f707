"""The one seam through which a process reaches AWS and the other side; one call of it can be made to go wrong.

Every call is counted. Call number `at` goes wrong in one of three ways: it fails before it acts, it acts but its
answer is lost, or the process dies right after it acted.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from botocore.exceptions import EndpointConnectionError

from chalicelib.errors import Unavailable
from chalicelib.store import Stores
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.nudges import Nudges
from chalicelib.store.tabel import Tabel
from chalicelib.traffic_center import Send
from tests.conftest import Provisioned

T = TypeVar("T")
PEPPER = {"1": b"p" * 32}


class Way(StrEnum):
    """How a call goes wrong."""

    FAILS = "fails before it acts"
    ANSWER_LOST = "acts, but its answer is lost"
    DIES = "the process dies right after it"


_READS = ("get_item", "batch_get_item", "query", "get_object", "list_object_versions", "encrypt", "decrypt")


def sweep(names: Sequence[str]) -> Iterator[tuple[int, Way]]:
    """Every call of a calm run in every way; of a read a lost answer is a failure, so that is done once.

    `FAULTS=all` in the environment does those too.
    """
    for at, name in enumerate(names, 1):
        read = name.split()[1] in _READS and os.environ.get("FAULTS") != "all"
        yield from ((at, way) for way in Way if not (read and way is Way.ANSWER_LOST))


class Died(BaseException):
    """The process is gone: nobody catches this but who started it."""


@dataclass
class Seam:
    """Counts calls; `names` are what was called, in order."""

    at: int | None = None
    way: Way = Way.FAILS
    names: list[str] = field(default_factory=list)

    def call(self, name: str, act: Callable[[], T], error: Exception) -> T:
        """Do one call, or what is to go wrong with it."""
        self.names.append(name)
        if len(self.names) != self.at:
            return act()
        if self.way is Way.FAILS:
            raise error
        answer = act()
        if self.way is Way.DIES:
            raise Died
        del answer
        raise error

    def send(self, send: Send, who: str) -> Send:
        """The seam of the Traffic Center and of the other school."""

        def sent(url: str, data: bytes) -> tuple[int, bytes]:
            return self.call(f"{who} send {url}", lambda: send(url, data), Unavailable("GEEN_ANTWOORD"))

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
            error = EndpointConnectionError(endpoint_url="http://127.0.0.1")
            return self._seam.call(f"{self._who} {name}{_about(arguments)}", lambda: found(**arguments), error)

        return call


@dataclass(frozen=True)
class _Pages:
    """A paginator of a boto client; all its pages count as one call."""

    paginator: Any
    seam: Seam
    name: str

    def paginate(self, **arguments: Any) -> list[Any]:
        error = EndpointConnectionError(endpoint_url="http://127.0.0.1")
        return self.seam.call(self.name, lambda: list(self.paginator.paginate(**arguments)), error)


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
