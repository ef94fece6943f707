"""The OpenAPI 3.1 document, made from the register of routes (api.md).

`python -m chalicelib.web.openapi` prints the document.
"""

import json
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.domain.teksten import TEKSTEN
from chalicelib.gegevensset.bijlagen import TEKSTEN as BIJLAGETEKSTEN
from chalicelib.gegevensset.bijlagen import wat_nu as bijlage_wat_nu
from chalicelib.web import portal, uit
from chalicelib.web.deur import ROUTES, XML, Route
from chalicelib.web.replies import API_VERSION, STATUS_VAN_CODE, TITEL
from chalicelib.web.voorbeelden import VOORBEELDEN

_REF = "#/components/schemas/{model}"
_KOP = {"type": "string"}
_JSON_FOUTEN = ("JSON_TE_DIEP", "JSON_DUBBEL", "JSON_GETAL", "JSON_TEKEN")
_PER_STATUS = {
    401: "TOKEN_ONTBREEKT TOKEN_ONGELDIG",
    404: "LEERLING_NIET_GEVONDEN NIET_GEVONDEN DOCUMENT_NIET_GEVONDEN VERSIE_NIET_GEVONDEN BIJLAGE_NIET_GEVONDEN "
    "ZORGVRAAG_NIET_GEVONDEN",
    412: "INTUSSEN_GEWIJZIGD",
    422: f"{' '.join(_JSON_FOUTEN)} "
    "ONBEKEND_VELD VELD_ONJUIST VELD_ONTBREEKT SLEUTEL_ONTBREEKT PGN_ONGELDIG XML_DTD LEERLING_ID_ONGELDIG "
    "BRIN_ONGELDIG AANLEVERPUNT_ONGELDIG INZAGEDATUM_ONGELDIG REDEN_NIET_AKKOORD_ONTBREEKT TOETS_ONBEKEND "
    "PLAN_ONBEKEND KEUS_KAN_NIET AANVRAAG_ONBEKEND INZAGE_LEERLING_ONTBREEKT INZAGE_NIEMAND OOK_OVERSTAP_ONBEKEND "
    "LEERLING_DUBBEL AANTAL_LEERLINGEN AANTAL_VRAGEN VRAAG_DUBBEL CSV_ONLEESBAAR CURSOR_ONGELDIG "
    "STANDAARDVERSIE_ONBEKEND NAAMRUIMTE_ONBEKEND WORTEL_ONBEKEND",
    503: "TRAFFIC_CENTER_ONBEREIKBAAR",
}
_STATUS_VAN_FOUT = STATUS_VAN_CODE | {code: status for status, codes in _PER_STATUS.items() for code in codes.split()}
_PADUITLEG = {
    "leerlingId": "de eigen sleutel van het portaal, nooit een nummer van de leerling",
    "nummer": "het aanleverpunt, een geheel getal vanaf 0",
    "id": "zoals gegeven bij het aanmaken",
    "documentId": "zoals gegeven bij het toevoegen",
    "a": "nummer van een versie",
    "n": "nummer van de bijlage, vanaf 1",
    "b": "nummer van een versie",
}
_NIET_GEVONDEN = {
    "{documentId}": "DOCUMENT_NIET_GEVONDEN",
    "{b}": "VERSIE_NIET_GEVONDEN",
    "{n}": "BIJLAGE_NIET_GEVONDEN",
}
_PAGINA = {
    "type": "object",
    "required": ["items", "volgende", "totaal"],
    "properties": {"volgende": {"type": ["string", "null"]}, "totaal": {"type": "integer"}},
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document."""
    assert portal.__all__  # importing it filled the register
    paden: dict[str, dict[str, Any]] = {}
    for deze in ROUTES:
        paden.setdefault(deze.pad, {})[deze.verb.lower()] = _operatie(deze)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OSO-uitwisseldienst",
            "version": API_VERSION,
            "description": "De dienst waarmee schoolportalen overstapdossiers volgens OSO verzamelen, klaarzetten en "
            "opvragen. Fouten zijn problem+json met een vaste `code`; zie de lijsten bij `x-codes` en `x-resultaten`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paden,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "x-codes": {code: {"tekst": tekst, "watNu": wat_nu} for code, (tekst, wat_nu) in sorted(_teksten().items())},
        "x-resultaten": {r.code: {"wire": r.wire, "tekst": r.tekst, "watNu": r.wat_nu} for r in RESULTATEN.values()},
    }


def _teksten() -> dict[str, tuple[str, str]]:
    """Every code that an answer may carry: ours, and those of attachments."""
    return TEKSTEN | {code: (tekst, bijlage_wat_nu(code)) for code, tekst in BIJLAGETEKSTEN.items()}


def _schemas() -> dict[str, Any]:
    modellen: set[type[BaseModel]] = {uit.Probleem}
    for deze in ROUTES:
        modellen |= {m for m in (deze.body, deze.voorbeeld_body) if m}
        for antwoord in deze.antwoorden.values():
            modellen |= set(_modellen(antwoord))
    _, schema = models_json_schema(
        [(model, "validation") for model in sorted(modellen, key=lambda m: m.__name__)], ref_template=_REF
    )
    schemas: dict[str, Any] = schema["$defs"]
    return schemas


def _modellen(antwoord: Any) -> list[type[BaseModel]]:
    if isinstance(antwoord, dict):
        return [waarde for waarde in antwoord.values() if isinstance(waarde, type)]
    return [antwoord] if antwoord else []


def _operatie(deze: Route) -> dict[str, Any]:
    operatie: dict[str, Any] = {
        "operationId": deze.view.__name__ + "_" + deze.view.__module__.rpartition(".")[2],
        "tags": [deze.view.__module__.rpartition(".")[2]],
        "summary": deze.samenvatting,
        "description": deze.uitleg,
        "parameters": _parameters(deze),
        "responses": {**_goede(deze), **_foute(deze)},
    }
    if deze.recht is None:
        operatie["security"] = []
    else:
        operatie["x-recht"] = deze.recht.value
    if deze.body or deze.voorbeeld_body:
        operatie["requestBody"] = {"required": True, "content": _inhoud_in(deze)}
    return operatie


def _parameters(deze: Route) -> list[dict[str, Any]]:
    namen = [deel[1:-1] for deel in deze.pad.split("/") if deel.startswith("{")]
    parameters = [
        {"name": n, "in": "path", "required": True, "description": _PADUITLEG[n], "schema": _padschema(n)}
        for n in namen
    ]
    parameters += [
        {"name": p.naam, "in": "query", "required": p.verplicht, "description": p.uitleg, "schema": dict(p.schema)}
        for p in deze.query
    ]
    koppen = [
        (deze.if_match, "If-Match", "de ETag van wat u gelezen heeft, of *", True),
        (XML in deze.soorten, "If-Match", "alleen bij een leerling die er al is", False),
        (deze.idempotent, "Idempotency-Key", "een eigen, unieke sleutel; nog eens is hetzelfde", True),
        (True, "X-Correlation-Id", "8 tot 64 letters, cijfers en streepjes; komt terug in het antwoord", False),
    ]
    parameters += [
        {"name": naam, "in": "header", "required": verplicht, "description": uitleg, "schema": _KOP}
        for geldt, naam, uitleg, verplicht in koppen
        if geldt
    ]
    return parameters


def _padschema(naam: str) -> dict[str, Any]:
    patronen = {
        "leerlingId": "^[A-Za-z0-9._-]{1,64}$",
        "nummer": "^(0|[1-9][0-9]{0,5})$",
        "a": "^[0-9]{1,6}$",
        "b": "^[0-9]{1,6}$",
    }
    return {"type": "string", "pattern": patronen.get(naam, "^[A-Za-z0-9._-]{1,80}$")}


def _inhoud_in(deze: Route) -> dict[str, Any]:
    model = deze.body or deze.voorbeeld_body
    assert model is not None
    naam = model.__name__
    json_inhoud: dict[str, Any] = {"schema": {"$ref": _REF.format(model=naam)}}
    if naam in VOORBEELDEN:
        json_inhoud["examples"] = {"voorbeeld": {"value": VOORBEELDEN[naam]}}
    xml_inhoud = {"schema": {"type": "string", "description": "een OSO-dossier, versie 2019.1 of 2018.1"}}
    return {soort: xml_inhoud if "xml" in soort else json_inhoud for soort in deze.soorten}


def _goede(deze: Route) -> dict[str, Any]:
    antwoorden: dict[str, Any] = {}
    for status, antwoord in deze.antwoorden.items():
        koppen = {"API-Version": {"schema": _KOP}, "X-Correlation-Id": {"schema": _KOP}}
        if deze.if_match or (
            isinstance(antwoord, type) and antwoord.__name__ in ("KaartUit", "SchoolUit", "LeerlingUit")
        ):
            koppen["ETag"] = {"schema": _KOP}
        if status in (201, 202):
            koppen["Location"] = {"schema": _KOP}
        beschrijving: dict[str, Any] = {"description": "Gelukt", "headers": koppen}
        if antwoord is not None:
            beschrijving["content"] = _inhoud_uit(antwoord)
        antwoorden[str(status)] = beschrijving
    return antwoorden


def _inhoud_uit(antwoord: Any) -> dict[str, Any]:
    if not isinstance(antwoord, dict):
        inhoud: dict[str, Any] = {"schema": {"$ref": _REF.format(model=antwoord.__name__)}}
        if antwoord.__name__ in VOORBEELDEN:
            inhoud["examples"] = {"voorbeeld": {"value": VOORBEELDEN[antwoord.__name__]}}
        return {"application/json": inhoud}
    if "items" in antwoord:
        ref = {"$ref": _REF.format(model=antwoord["items"].__name__)}
        schema = _PAGINA | {"properties": {**_PAGINA["properties"], "items": {"type": "array", "items": ref}}}  # type: ignore[dict-item]  # a literal of our own
        csv = {"text/csv": {"schema": {"type": "string"}}} if antwoord.get("csv") else {}
        return {"application/json": {"schema": schema}, **csv}
    if "record" in antwoord:
        ref = {"$ref": _REF.format(model=antwoord["record"].__name__)}
        return {"application/json": {"schema": ref}, XML: {"schema": {"type": "string"}}}
    if "html" in antwoord:
        return {"text/html": {"schema": {"type": "string"}}}
    return {"application/json": {"schema": {"type": "object"}}}


def _foute(deze: Route) -> dict[str, Any]:
    """Every error of a route by its status, with the codes that it may carry."""
    per_status: dict[int, list[str]] = {}
    codes = {code: _status(code) for code in (*_algemene_codes(deze), *deze.fouten)} | dict.fromkeys(deze.ongeldig, 422)
    for code, status in codes.items():
        per_status.setdefault(status, []).append(code)
    inhoud = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Probleem")}}}
    return {
        str(status): {
            "description": f"{TITEL[status]}: {', '.join(deze_codes)}",
            "content": inhoud,
            "x-codes": deze_codes,
        }
        for status, deze_codes in sorted(per_status.items())
    }


def _status(code: str) -> int:
    """The status that a code goes with; a refusal by the rules unless it is said otherwise."""
    return _STATUS_VAN_FOUT.get(code) or (422 if code.startswith("BIJLAGE_") else 409)


def _algemene_codes(deze: Route) -> list[str]:
    """What a route may answer by its shape alone."""
    leerling, neemt_aan = "leerlingId" in deze.pad, bool(deze.body or deze.voorbeeld_body)
    bladert = "na" in {p.naam for p in deze.query} | set(deze.body.model_fields if deze.body else ())
    per_vorm = (
        (deze.recht, "TOKEN_ONTBREEKT TOKEN_ONGELDIG SCHOOL_NIET_TOEGESTAAN ROL_ONVOLDOENDE TE_VEEL_VERZOEKEN"),
        (leerling, "LEERLING_ID_ONGELDIG"),
        (leerling and not (deze.verb == "PUT" and deze.pad.endswith("{leerlingId}")), "LEERLING_NIET_GEVONDEN"),
        ("{id}" in deze.pad, "NIET_GEVONDEN"),
        *((naam in deze.pad, code) for naam, code in _NIET_GEVONDEN.items()),
        (neemt_aan, "JSON_ONLEESBAAR INHOUDSTYPE_ONBEKEND ONBEKEND_VELD VELD_ONJUIST VELD_ONTBREEKT TE_GROOT"),
        (neemt_aan, " ".join(_JSON_FOUTEN)),
        (deze.verb == "GET" and "{" in deze.pad, "TONEN_TE_GROOT"),
        (deze.query, "ONBEKEND_VELD VELD_ONJUIST"),
        (any(p.verplicht for p in deze.query), "VELD_ONTBREEKT"),
        ("{b}" in deze.pad, "VELD_ONJUIST"),
        (bladert, "CURSOR_ONGELDIG"),
        (deze.if_match, "IF_MATCH_ONTBREEKT INTUSSEN_GEWIJZIGD"),
        (deze.idempotent, "SLEUTEL_ONTBREEKT"),
    )
    return list(dict.fromkeys(code for geldt, codes in per_vorm if geldt for code in codes.split()))


if __name__ == "__main__":
    print(json.dumps(document(), ensure_ascii=False, indent=2))  # noqa: T201  the command's output
