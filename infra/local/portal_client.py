"""A small client of our own HTTP API: an employee of one school at the portal's door, for the demo, commands and tests.

Every exchange is kept in `trace`, so that a run can be searched afterwards (`infra.local.leaks`).
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import uuid4

import urllib3

from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.samenstellen import nummer_van
from infra.local.stack import Stack

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
XML = "application/xml"
_HTTP = urllib3.PoolManager(retries=False, timeout=60, maxsize=4)


class UnexpectedAnswerError(RuntimeError):
    """The API answered otherwise than the caller needs; the text names the call, the status and the code."""


@dataclass(frozen=True)
class Answer:
    """One exchange: what was asked of whom, and what came back. Bodies are not shown."""

    school: str
    verb: str
    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """The body as values; None when it is empty."""
        return json.loads(self.data) if self.data else None

    @property
    def code(self) -> str:
        """The stable code of a refusal (problem+json), or ""."""
        return str(self.json["code"]) if "problem+json" in self.headers.get("content-type", "") else ""

    @property
    def etag(self) -> str:
        """The ETag, for If-Match."""
        return self.headers["etag"]


@dataclass(frozen=True)
class Portal:
    """An employee with role `rol` at a school (`14SS00`), speaking to the portal door of a running sandbox."""

    stack: Stack
    school: str
    rol: str = "administratie"
    trace: list[Answer] = field(default_factory=list, repr=False)

    def to(self, school: str, rol: str = "administratie") -> "Portal":
        """Give somebody at another desk, whose exchanges are kept in the same trace."""
        return replace(self, school=school, rol=rol)

    @cached_property
    def token(self) -> str:
        """A token that holds for an hour."""
        return self.stack.token(self.school, self.rol)

    def ask(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        expect: int | None = None,
    ) -> Answer:
        """Send one request to `/v1{path}`: a mapping as JSON, bytes as XML. `headers` are added, or replace ours.

        Raises UnexpectedAnswerError when `expect` is given and the status is another one.
        """
        sent = {"Authorization": f"Bearer {self.token}", "Accept": JSON}
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        if data is not None:
            sent["Content-Type"] = XML if isinstance(body, bytes) else MERGE_PATCH if verb == "PATCH" else JSON
        answer = self._send(verb, f"{self.stack.portal}/v1{path}", data, {**sent, **(headers or {})})
        if expect is not None and answer.status != expect:
            raise UnexpectedAnswerError(f"{verb} {path}: {answer.status} {answer.code}, {expect} was expected")
        return answer

    def fetch(self, url: str) -> bytes:
        """Follow a link that the API handed out, without a token."""
        answer = self._send("GET", url, None, {})
        if answer.status != 200:
            raise UnexpectedAnswerError(f"a link that was handed out: {answer.status}")
        return answer.data

    def _send(self, verb: str, url: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        reply = _HTTP.request(verb, url, body=data, headers=dict(headers))
        got = {name.lower(): value for name, value in reply.headers.items()}
        answer = Answer(self.school, verb, url, reply.status, got, reply.data)
        self.trace.append(answer)
        return answer


def card_path(leerling_id: str) -> str:
    """The path of a pupil's card."""
    return f"/leerlingen/{leerling_id}/overstapdossier"


def fill_card(portal: Portal, leerling_id: str, body: Mapping[str, Any], expect: int | None = 200) -> Answer:
    """PATCH the card as an employee does: read it, change it."""
    card = portal.ask("GET", card_path(leerling_id), expect=200)
    return portal.ask("PATCH", card_path(leerling_id), body, {"If-Match": card.etag}, expect)


def request_dossier(
    portal: Portal, brin: str, number: tuple[str, str], key: str = "", expect: int | None = 202
) -> Answer:
    """Ask for the pupil with this number, `("BSN", "…")` or `("ONDERWIJSNUMMER", "…")`, at the school `brin`."""
    body = {"brin": brin, "pgnType": number[0], "pgn": number[1]}
    return portal.ask("POST", "/dossieraanvragen", body, {"Idempotency-Key": key or uuid4().hex}, expect)


def outcome(portal: Portal, request_id: str, seconds: float = 60) -> Any:
    """Wait until a request of our own is answered and give it; after `seconds` as it then is (UITSTAAND)."""
    end = time.monotonic() + seconds
    while True:
        card = portal.ask("GET", f"/dossieraanvragen/{request_id}", expect=200).json
        if card["status"] != "UITSTAAND" or time.monotonic() > end:
            return card
        time.sleep(0.1)


def download(portal: Portal, path: str) -> bytes:
    """The bytes behind a route that hands out a link."""
    return portal.fetch(portal.ask("GET", path, expect=200).json["url"])


def number_of(data: bytes) -> tuple[str, str] | None:
    """The kind and the digits of the number in a dossier, as `request_dossier` takes them; None when it has none.

    Raises Invalid for bytes that are no dossier.
    """
    found = nummer_van(decode(data).dossier)
    return (found[0].upper(), found[1]) if found else None
