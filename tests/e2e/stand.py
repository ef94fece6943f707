"""The control pages of the sandbox's other parties: what they saw, and what they are made to do."""

import json
from typing import Any

from tests.e2e.client import HTTP


class Stand:
    """One control page."""

    def __init__(self, address: str) -> None:
        self._address = address

    def look(self) -> Any:
        """What the party shows: counters, sessions, what it received."""
        return HTTP.request("GET", f"{self._address}/stand").json()

    def make(self, act: str, **order: object) -> Any:
        """Make the party do, or misbehave."""
        answer = HTTP.request("POST", f"{self._address}/stand/{act}", body=json.dumps(order).encode())
        assert answer.status == 200, answer.data
        return answer.json()["resultaat"]

    def trouble(self, message: str, what: str, times: int = 1) -> None:
        """Let the next calls with this message go wrong in this way."""
        self.make("storing", bericht=message, wat=what, aantal=times)

    def count(self, message: str) -> int:
        """How many calls with this message came in."""
        return int(self.look()["tellers"].get(message, 0))

    def sessions(self) -> list[Any]:
        """The sessions of a Traffic Center, oldest first."""
        return list(self.look()["sessies"])
