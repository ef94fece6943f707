"""Every route of the portal: requests after the OpenAPI document, and spoilt ones, to the real store."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from urllib.parse import quote

from chalicelib.store.items import to_attributes
from chalicelib.store.tabel import Tabel
from chalicelib.web.openapi import document
from infra.local.enrol import enrol
from infra.local.gateway import Answer, Request
from infra.local.issuer import MEDEWERKER
from infra.local.portal_client import Portal
from tests.fuzz.doors import Doors, doors
from tests.fuzz.engine import Target
from tests.fuzz.shapes import TEXTS, spoil, value
from tests.pupil import NUMBERS, record

_KNOWN = ("vast-1", "vast-2")
_EPOCH = 500
"""After so many inputs the two pupils make place for new ones, and the school is as it was enrolled again."""


@contextmanager
def target() -> Iterator[Target]:
    """The portal's door for somebody of 14SS00 who may do everything; two pupils are known there."""
    with doors() as open_:
        requests = _Requests(open_)
        assert requests.run(b"GET /v1/leerlingen/vast-1") == "200"
        words = [text.encode("utf-8", "replace") for text in TEXTS] + [
            b"null",
            b'"\\ud800"',
            b"1e999",
            b"NaN",
            b"[" * 99,
        ]
        yield Target("portal", requests.run, [requests.make(Random(0))], words, requests.make, spoil=0.2)


class _Requests:
    """Makes requests as bytes (`VERB target`, ` -` for no If-Match, a line end, the body) and sends them."""

    def __init__(self, open_: Doors) -> None:
        self._doors = open_
        self._document = document()
        self._schemas = self._document["components"]["schemas"]
        self._operations = [
            (verb.upper(), path, operation)
            for path, verbs in self._document["paths"].items()
            for verb, operation in verbs.items()
        ]
        self._token, self._asked = "", 0

    def make(self, rnd: Random) -> bytes:
        """One request to a route drawn at random; routes with a body are drawn more often."""
        verb, path, operation = max(
            (rnd.choice(self._operations) for _ in range(2)), key=lambda one: "requestBody" in one[2]
        )
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                part = rnd.choice((*_KNOWN, *_KNOWN, *_KNOWN, "0", "1", "nieuw", rnd.choice(TEXTS)))
                path = path.replace(f"{{{parameter['name']}}}", quote(part.encode("utf-8", "replace"), safe="") or "x")
        query = [
            f"{one['name']}={quote(str(value(rnd, one['schema'], self._schemas)).encode('utf-8', 'replace'), safe='')}"
            for one in operation["parameters"]
            if one["in"] == "query" and rnd.random() < 0.5
        ]
        without = " -" if rnd.random() < 0.3 else ""
        return f"{verb} {path}{'?' if query else ''}{'&'.join(query)}{without}\n".encode() + self._body(rnd, operation)

    def _body(self, rnd: Random, operation: Any) -> bytes:
        content = operation.get("requestBody", {}).get("content", {})
        schema = next((one["schema"] for kind, one in content.items() if "json" in kind), None)
        if schema is None:
            return b""
        made = value(rnd, schema, self._schemas)
        if isinstance(made, dict) and "dossier" in made:
            made["dossier"] = record(rnd.choice(NUMBERS[:-2]))
        made = spoil(rnd, made) if rnd.random() < 0.5 else made
        return json.dumps(made, ensure_ascii=rnd.random() < 0.5).encode("utf-8", "surrogatepass")

    def run(self, data: bytes) -> str:
        """Send one; the answer must be one that the service means: no 5xx but for what another system says."""
        if self._asked % _EPOCH == 0:
            self._begin_again()
        line, _, body = data.replace(b"vast-", f"r{self._asked // _EPOCH}-".encode()).partition(b"\n")
        self._asked += 1
        verb, _, rest = line.decode("latin-1").partition(" ")
        address = "".join(sign for sign in rest.removesuffix(" -") if "!" <= sign <= "~")
        kind = "application/merge-patch+json" if verb == "PATCH" else "application/json"
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": kind,
            "Idempotency-Key": f"sleutel-{self._asked}",
            **({} if rest.endswith(" -") else {"If-Match": "*"}),
        }
        answer = self._doors.ask(Request(verb.strip(), address, tuple(headers.items()), body))
        return _judge(answer)

    def _begin_again(self) -> None:
        """Take the pupils of before away, put new ones, and set the school right: acts of before must not pile up."""
        up = self._doors.up
        enrol(up)
        self._token = up.token("14SS00", *sorted(MEDEWERKER))
        portal, epoch = Portal(up, "14SS00"), self._asked // _EPOCH
        for n, number in enumerate(NUMBERS[-2:], 1):
            portal.to("14SS00", "directie").ask("DELETE", f"/leerlingen/r{epoch - 1}-{n}/bewaren")
            portal.ask("DELETE", f"/leerlingen/r{epoch - 1}-{n}", headers={"If-Match": "*"})
            portal.ask("PUT", f"/leerlingen/r{epoch}-{n}", {"dossier": record(number)}, expect=201)
        state = Tabel(up.aws.client("dynamodb"), up.env["OSO_TABEL_STATE"])
        for row in list(state.alles("SCHOOL#14SS00", "OPDRACHT#")):  # a year's worth in an hour: their term is over
            state.client.delete_item(TableName=state.naam, Key=to_attributes({"pk": row["pk"], "sk": row["sk"]}))


def _judge(answer: Answer) -> str:
    kinds = [value for name, value in answer.headers if name.lower() == "content-type"]
    if answer.status < 400:
        return str(answer.status)
    assert kinds == ["application/problem+json"], (answer.status, kinds)
    code = json.loads(answer.body)["code"]
    assert answer.status < 500 or answer.status in (502, 503), (answer.status, code)
    return f"{answer.status} {code}"
