"""The OpenAPI 3.1 document and its readable page, both made from the register of routes (api.md).

`python -m chalicelib.web.openapi` prints the document.
"""

import json
from functools import lru_cache
from html import escape
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
    "LEERLING_DUBBEL AANTAL_LEERLINGEN",
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
        (deze.voorbeeld_body is not None, "If-Match", "alleen bij een leerling die er al is", False),
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
    for code in dict.fromkeys((*_algemene_codes(deze), *deze.fouten)):
        per_status.setdefault(_status(code), []).append(code)
    inhoud = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Probleem")}}}
    return {
        str(status): {"description": f"{TITEL[status]}: {', '.join(codes)}", "content": inhoud, "x-codes": codes}
        for status, codes in sorted(per_status.items())
    }


def _status(code: str) -> int:
    """The status that a code goes with; a refusal by the rules unless it is said otherwise."""
    return _STATUS_VAN_FOUT.get(code) or (422 if code.startswith("BIJLAGE_") else 409)


def _algemene_codes(deze: Route) -> list[str]:
    codes: list[str] = []
    if deze.recht:
        codes += ["TOKEN_ONTBREEKT", "TOKEN_ONGELDIG", "SCHOOL_NIET_TOEGESTAAN", "ROL_ONVOLDOENDE"]
    if "leerlingId" in deze.pad:
        codes.append("LEERLING_ID_ONGELDIG")
    if "leerlingId" in deze.pad and deze.verb != "PUT":
        codes.append("LEERLING_NIET_GEVONDEN")
    if "{id}" in deze.pad:
        codes.append("NIET_GEVONDEN")
    codes += [_NIET_GEVONDEN[naam] for naam in _NIET_GEVONDEN if naam in deze.pad]
    if deze.body or deze.voorbeeld_body:
        codes += [
            "JSON_ONLEESBAAR",
            "INHOUDSTYPE_ONBEKEND",
            "ONBEKEND_VELD",
            "VELD_ONJUIST",
            "VELD_ONTBREEKT",
            "TE_GROOT",
            *_JSON_FOUTEN,
        ]
    if deze.verb == "GET" and "{" in deze.pad:
        codes.append("TONEN_TE_GROOT")
    if deze.query:
        codes += [] if deze.body else ["ONBEKEND_VELD", "VELD_ONJUIST"]
    if deze.if_match:
        codes += ["IF_MATCH_ONTBREEKT", "INTUSSEN_GEWIJZIGD"]
    if deze.idempotent:
        codes.append("SLEUTEL_ONTBREEKT")
    return list(dict.fromkeys(codes))


def pagina() -> str:
    """The document as one readable page without scripts."""
    doc = document()
    delen = [
        f"<section><h2><b>{verb.upper()}</b> {escape(pad)}</h2><p>{escape(op['summary'])}</p>{_tabel(op)}</section>"
        for pad, operaties in doc["paths"].items()
        for verb, op in operaties.items()
    ]
    codes = "".join(
        f"<tr><td>{code}</td><td>{escape(c['tekst'])}</td><td>{escape(c['watNu'])}</td></tr>"
        for code, c in (doc["x-codes"] | doc["x-resultaten"]).items()
    )
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>OSO-uitwisseldienst</title><style>'
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
        "h2{font:600 1rem monospace;background:#f1f3f5;padding:.5rem;margin:2rem 0 .5rem}b{color:#0b5394}"
        "table{border-collapse:collapse;width:100%}td{border-top:1px solid #ddd;padding:.25rem;vertical-align:top}"
        f"</style></head><body><h1>OSO-uitwisseldienst {API_VERSION}</h1><p>{escape(doc['info']['description'])}</p>"
        f"{''.join(delen)}<h1>Codes</h1><table>{codes}</table></body></html>"
    )


def _tabel(operatie: dict[str, Any]) -> str:
    rijen = [(f"{p['in']} {p['name']}", p["description"]) for p in operatie["parameters"]]
    rijen += [
        (soort, inhoud["schema"].get("$ref", "").rpartition("/")[2] or inhoud["schema"].get("description", ""))
        for soort, inhoud in operatie.get("requestBody", {}).get("content", {}).items()
    ]
    rijen += [(status, antwoord["description"]) for status, antwoord in operatie["responses"].items()]
    return f"<table>{''.join(f'<tr><td>{escape(a)}</td><td>{escape(b)}</td></tr>' for a, b in rijen)}</table>"


if __name__ == "__main__":
    print(json.dumps(document(), ensure_ascii=False, indent=2))  # noqa: T201  the command's output
