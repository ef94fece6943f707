"""What a portal and a supplier's system do over the network: HTTP with a token, SOAP with a certificate."""

import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import urllib3
from urllib3.response import BaseHTTPResponse

from chalicelib.web.openapi import document
from infra.local.stack import Stack
from tests.pupil import record

HTTP = urllib3.PoolManager(retries=False, timeout=30, maxsize=8)
MERGE = "application/merge-patch+json"


@dataclass(frozen=True)
class Client:
    """One employee of one school, at the portal's API."""

    stack: Stack
    school: str
    rollen: tuple[str, ...] = ("administratie",)
    _made: list[str] = field(default_factory=list)

    def as_(self, *rollen: str) -> "Client":
        """A colleague with these roles."""
        return replace(self, rollen=rollen)

    def ask(
        self,
        verb: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        kind: str | None = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> BaseHTTPResponse:
        """One request: `body` goes as JSON, `raw` as it is."""
        sent = {"Authorization": f"Bearer {_token(self.stack, self.school, self.rollen)}"}
        named = {"If-Match": if_match, "Idempotency-Key": idempotency_key}
        sent |= {name: value for name, value in named.items() if value is not None} | dict(headers or {})
        data = raw if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = kind or (MERGE if verb == "PATCH" else "application/json")
        answer = HTTP.request(verb, f"{self.stack.portal}/v1{path}", body=data, headers=sent)
        _named(verb, path, answer)
        return answer

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        """The body of what must be there."""
        answer = self.ask("GET", path, headers=headers)
        assert answer.status == 200, answer.data
        return answer.json()

    def put_pupil(self, leerling_id: str, number: str | None = None, **elements: Any) -> None:
        """Put a fictional pupil that nobody knows yet."""
        answer = self.ask("PUT", f"/leerlingen/{leerling_id}", {"dossier": record(number, **elements)})
        assert answer.status == 201, answer.data
        self._made.append(leerling_id)

    def forget_pupils_made(self) -> None:
        """Take away every pupil that this client put."""
        while self._made:
            self.ask("DELETE", f"/leerlingen/{self._made.pop()}", if_match="*")

    def card(self, leerling_id: str) -> Any:
        """The card of a pupil."""
        return self.get(f"/leerlingen/{leerling_id}/overstapdossier")

    def fill_in(self, leerling_id: str, **fields: Any) -> BaseHTTPResponse:
        """Save the card."""
        return self.ask("PATCH", f"/leerlingen/{leerling_id}/overstapdossier", fields, if_match="*")

    def act(self, leerling_id: str, act: str, **fields: Any) -> BaseHTTPResponse:
        """verzamelen, klaarzetten, intrekken."""
        return self.ask("POST", f"/leerlingen/{leerling_id}/overstapdossier/{act}", fields)

    def publish(self, leerling_id: str, brin: str = "99EF", overdracht: str = "POPO") -> None:
        """Fill in, collect, record the inzage and set ready for `brin`."""
        leaving = {"datum": "2026-07-31", "adviesVo": "40", "vervolgschool": {"brin": brin, "naam": "Het Schijnpad"}}
        for answer in (
            self.fill_in(leerling_id, uitschrijving=leaving),
            self.act(leerling_id, "verzamelen", overdracht=overdracht),
            self.fill_in(leerling_id, inzage={"waarde": "JA"}),
            self.act(leerling_id, "klaarzetten"),
        ):
            assert answer.status == 200, answer.data

    def request(self, number: str, brin: str = "14SS", key: str = "", **fields: Any) -> BaseHTTPResponse:
        """Ask another school for a dossier."""
        asked = {"brin": brin, "pgnType": "BSN", "pgn": number, **fields}
        return self.ask("POST", "/dossieraanvragen", asked, idempotency_key=key or uuid.uuid4().hex)

    def outcome(self, id_: str) -> Any:
        """Wait until a request of our own has its outcome."""
        end = time.monotonic() + 20
        while (found := self.get(f"/dossieraanvragen/{id_}"))["status"] == "UITSTAAND":
            assert time.monotonic() < end, found
            time.sleep(0.05)
        return found

    def fetch(self, number: str, brin: str = "14SS", **fields: Any) -> Any:
        """Ask, and wait for the outcome."""
        answer = self.request(number, brin, **fields)
        assert answer.status == 202, answer.data
        return self.outcome(answer.json()["id"])


@lru_cache(maxsize=1)
def _operations() -> list[tuple[str, re.Pattern[str], Any]]:
    """Every operation of the API document by its verb and path, the plainest path first."""
    paths = sorted(document()["paths"].items(), key=lambda pair: pair[0].count("{"))
    return [
        (verb.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
        for path, operations in paths
        for verb, operation in operations.items()
    ]


def _named(verb: str, path: str, answer: BaseHTTPResponse) -> None:
    """Whatever a test is refused, the API document names: the code, with this status, at this operation."""
    if answer.headers.get("Content-Type") != "application/problem+json" or "X-Correlation-Id" not in answer.headers:
        return  # what API Gateway or Chalice answers by itself has no operation
    asked = f"/v1{path.partition('?')[0]}"
    operation = next(one for named, where, one in _operations() if named == verb and where.fullmatch(asked))
    code = answer.json()["code"]
    assert code in operation["responses"].get(str(answer.status), {}).get("x-codes", ()), (
        f"{verb} {operation['operationId']} does not name {code} with {answer.status}"
    )


_TOKENS: dict[tuple[Path, str, tuple[str, ...]], str] = {}


def _token(stack: Stack, school: str, rollen: tuple[str, ...]) -> str:
    """A token holds for an hour: one per employee will do."""
    who = (stack.folder, school, rollen)
    if who not in _TOKENS:
        _TOKENS[who] = stack.token(school, *rollen)
    return _TOKENS[who]


def problem(answer: BaseHTTPResponse, status: int | None = None, code: str | None = None) -> Any:
    """The problem+json of a refusal, checked for what every refusal has (api.md, Errors)."""
    assert answer.headers["Content-Type"] == "application/problem+json", (answer.status, answer.data[:200])
    found: Mapping[str, Any] = answer.json()
    assert found["status"] == answer.status
    assert found["code"].replace("_", "").isupper(), found
    assert found["title"], found
    assert found["detail"].endswith("."), found
    for melding in found["meldingen"]:
        assert set(melding) == {"code", "pad", "waarde", "toegestaan", "tekst", "watNu", "ernst"}
    if status is not None:
        assert answer.status == status, found
    if code is not None:
        assert found["code"] == code, found
    return found
