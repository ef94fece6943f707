"""Nudges: a queue message names a row, nothing else (house 1.3)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import Invalid

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
else:
    SQSClient = object


@dataclass(frozen=True)
class Nudge:
    """The whole body of a message: what kind of row, of which school, with which id."""

    soort: str
    school: str
    id: str

    def body(self) -> str:
        """As it travels."""
        return json.dumps({"soort": self.soort, "school": self.school, "id": self.id})

    @classmethod
    def parse(cls, body: str) -> "Nudge":
        """The Nudge of a message, or Invalid("NUDGE_ONLEESBAAR")."""
        try:
            plain = json.loads(body)
            return cls(str(plain["soort"]), str(plain["school"]), str(plain["id"]))
        except (ValueError, KeyError, TypeError):
            raise Invalid("NUDGE_ONLEESBAAR") from None


@dataclass(frozen=True)
class Nudges:
    """The queues, by the kind of row that they are about."""

    client: SQSClient
    queues: Mapping[str, str]

    def send(self, nudge: Nudge) -> None:
        """Send one."""
        self.client.send_message(QueueUrl=self.queues[nudge.soort], MessageBody=nudge.body())

    def send_batch(self, nudges: Iterable[Nudge]) -> None:
        """Send many of one kind, ten a request."""
        alle = list(nudges)
        for begin in range(0, len(alle), 10):
            deel = alle[begin : begin + 10]
            antwoord = self.client.send_message_batch(
                QueueUrl=self.queues[deel[0].soort],
                Entries=[{"Id": str(n), "MessageBody": nudge.body()} for n, nudge in enumerate(deel)],
            )
            for mislukt in antwoord.get("Failed", []):
                self.send(deel[int(mislukt["Id"])])
