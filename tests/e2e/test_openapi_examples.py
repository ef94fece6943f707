"""The examples that the OpenAPI document gives of a body, sent as they are: none is refused for its form."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.web.openapi import document
from infra.local.issuer import MEDEWERKER
from infra.local.stack import Stack
from tests.e2e.client import Client, problem

_PUPIL = "voorbeeld"
_THING = {"leerlingId": _PUPIL, "id": "onbekend", "documentId": "onbekend"}
_NEEDS_MORE = {  # what an example cannot name: it is made by somebody else first
    "AANVRAAG_ONBEKEND",
    "NIET_GEVONDEN",
    "ZORGVRAAG_NIET_GEVONDEN",
    "NIET_KLAAR",
    "NIET_VERZAMELD",
    "DATUM_UITSCHRIJVING_ONTBREEKT",
    "INZAGE_ONTBREEKT",
    "HERKOMST_ONTBREEKT",
    "AANLEVERPUNT_ONBEKEND",
    "BEWAREN_OPGELEGD",
}


def examples() -> Iterator[Any]:
    """Verb, path, kind, operation and body of every example, those that destroy last."""
    operations = [
        (verb, path, operation) for path, verbs in document()["paths"].items() for verb, operation in verbs.items()
    ]
    for verb, path, operation in sorted(operations, key=lambda one: (one[0] == "delete", one[1] != _RECORD)):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            for name, example in content.get("examples", {}).items():
                made = (verb.upper(), path, kind, operation, example["value"])
                yield pytest.param(*made, id=f"{operation['operationId']} {kind} {name}")


_RECORD = "/v1/leerlingen/{leerlingId}"


@pytest.fixture(scope="module")
def employee(sandbox: Stack) -> Iterator[Client]:
    """Somebody who may do everything at 16VO00, with the pupil of the examples."""
    client = Client(sandbox, "16VO00", tuple(sorted(MEDEWERKER)))
    body = document()["paths"][_RECORD]["put"]["requestBody"]["content"]["application/json"]
    made = client.ask("PUT", f"/leerlingen/{_PUPIL}", body["examples"]["voorbeeld"]["value"])
    assert made.status == 201, made.data
    yield client
    client.ask("DELETE", f"/leerlingen/{_PUPIL}/bewaren")
    client.ask("DELETE", f"/leerlingen/{_PUPIL}", if_match="*")


@pytest.mark.parametrize(("verb", "path", "kind", "operation", "body"), list(examples()))
def test_an_example_is_taken_as_it_is(
    employee: Client, verb: str, path: str, kind: str, operation: Any, body: Any
) -> None:
    names = {p["name"]: p for p in operation["parameters"]}
    asked = "&".join(f"{n}={p['schema']['enum'][0]}" for n, p in names.items() if p["in"] == "query" and p["required"])
    answer = employee.ask(
        verb,
        path.removeprefix("/v1").format(**_THING) + ("?" + asked if asked else ""),
        body if kind != "text/csv" else None,
        raw=body.encode() if kind == "text/csv" else None,
        kind=kind,
        if_match="*" if "If-Match" in names else None,
        idempotency_key=f"{operation['operationId']} {kind}" if "Idempotency-Key" in names else None,
    )
    if answer.status >= 300:
        assert problem(answer)["code"] in _NEEDS_MORE, answer.data


def test_the_card_can_be_filled_in_by_the_examples_in_their_order(sandbox: Stack, number: str) -> None:
    client = Client(sandbox, "14SS00", tuple(sorted(MEDEWERKER)))
    shapes = document()["paths"]["/v1/leerlingen/{leerlingId}/overstapdossier"]["patch"]["requestBody"]["content"]
    card = {name: one["value"] for name, one in shapes["application/json"]["examples"].items()}
    client.put_pupil("voorbeeld-kaart", number)
    assert client.fill_in("voorbeeld-kaart", **card["voorbeeld"]).status == 200
    collected = client.act("voorbeeld-kaart", "verzamelen", overdracht="POPO")
    assert collected.status == 200, collected.data
    seen = card["inzage"] | {"inzage": {"waarde": card["inzage"]["inzage"]["waarde"]}}  # on the day of this run
    assert client.fill_in("voorbeeld-kaart", **seen).status == 200
    assert client.act("voorbeeld-kaart", "klaarzetten").status == 200
    client.forget_pupils_made()
