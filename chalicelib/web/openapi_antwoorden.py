"""The answers of a route in the OpenAPI document: every status with its headers, its content and its codes.

The codes of a route are those that it names itself, and those that follow from its shape.
"""

from typing import Any

from chalicelib.domain.teksten import TEKSTEN, melding
from chalicelib.errors import Invalid, OsoError
from chalicelib.web.deur import XML, Route
from chalicelib.web.log import KOP
from chalicelib.web.replies import STATUS, STATUS_VAN_CODE, TITEL, probleem
from chalicelib.web.voorbeelden import VARIANTEN, VOORBEELDEN
from chalicelib.web.voorbeelden_uit import voorbeelden_uit

REF = "#/components/schemas/{model}"
_JSON_FOUTEN = ("JSON_TE_DIEP", "JSON_DUBBEL", "JSON_GETAL", "JSON_TEKEN")
_PER_STATUS = {
    401: "TOKEN_ONTBREEKT TOKEN_ONGELDIG",
    404: "LEERLING_NIET_GEVONDEN NIET_GEVONDEN DOCUMENT_NIET_GEVONDEN VERSIE_NIET_GEVONDEN BIJLAGE_NIET_GEVONDEN "
    "ZORGVRAAG_NIET_GEVONDEN INHOUD_WEG",
    412: "INTUSSEN_GEWIJZIGD",
    422: f"{' '.join(_JSON_FOUTEN)} "
    "ONBEKEND_VELD VELD_ONJUIST VELD_ONTBREEKT SLEUTEL_ONTBREEKT PGN_ONGELDIG XML_DTD LEERLING_ID_ONGELDIG "
    "BRIN_ONGELDIG AANLEVERPUNT_ONGELDIG INZAGEDATUM_ONGELDIG REDEN_NIET_AKKOORD_ONTBREEKT TOETS_ONBEKEND "
    "PLAN_ONBEKEND KEUS_KAN_NIET AANVRAAG_ONBEKEND INZAGE_LEERLING_ONTBREEKT INZAGE_NIEMAND "
    "INZAGE_VERZORGER_ONTBREEKT INZAGE_NIET_AKKOORD INZAGE_WAARDE_NEE OOK_OVERSTAP_ONBEKEND "
    "LEERLING_DUBBEL AANTAL_LEERLINGEN AANTAL_VRAGEN VRAAG_DUBBEL CSV_ONLEESBAAR CURSOR_ONGELDIG "
    "STANDAARDVERSIE_ONBEKEND NAAMRUIMTE_ONBEKEND WORTEL_ONBEKEND",
    503: "TRAFFIC_CENTER_ONBEREIKBAAR",
}
_STATUS_VAN_FOUT = STATUS_VAN_CODE | {code: status for status, codes in _PER_STATUS.items() for code in codes.split()}
_NIET_GEVONDEN = {
    "{documentId}": "DOCUMENT_NIET_GEVONDEN",
    "{b}": "VERSIE_NIET_GEVONDEN",
    "{n}": "BIJLAGE_NIET_GEVONDEN",
}
_PAGINA: dict[str, Any] = {
    "type": "object",
    "required": ["items", "volgende", "totaal"],
    "properties": {"volgende": {"type": ["string", "null"]}, "totaal": {"type": "integer"}},
}
_TEKST = {"type": "string"}
_KOPPEN: dict[str, tuple[str, dict[str, Any]]] = {
    "API-Version": ("version of this interface", _TEKST),
    KOP: ("the id under which this request stands in our logs: the one that you sent, or a new one", _TEKST),
    "ETag": ("state of what was read or changed; goes into If-Match of the next change", _TEKST),
    "Vary": ("the form of the answer is chosen by Accept", _TEKST),
    "Location": ("path at which what was made or started can be followed", _TEKST),
    "WWW-Authenticate": ("how to make yourself known", {"const": "Bearer"}),
    "Retry-After": ("in how many seconds it makes sense to try again", {"type": "integer", "minimum": 1}),
}
_ALTIJD = ("API-Version", KOP)
_BIJ_STATUS = {201: ("Location",), 202: ("Location",), 401: ("WWW-Authenticate",), 429: ("Retry-After",)}


def koppen() -> dict[str, Any]:
    """Every header that an answer may have, for `components`."""
    return {naam: {"description": uitleg, "required": True, "schema": vorm} for naam, (uitleg, vorm) in _KOPPEN.items()}


def _koppen(*namen: str) -> dict[str, Any]:
    return {naam: {"$ref": f"#/components/headers/{naam}"} for naam in (*_ALTIJD, *namen)}


def goede(deze: Route) -> dict[str, Any]:
    """Every answer of a route that is no error, by its status."""
    antwoorden: dict[str, Any] = {}
    for status, antwoord in deze.antwoorden.items():
        vormen = isinstance(antwoord, dict) and ("record" in antwoord or "csv" in antwoord)
        namen = [*(["ETag"] if deze.etag else []), *(["Vary"] if vormen else []), *_BIJ_STATUS.get(status, ())]
        beschrijving: dict[str, Any] = {"description": "Gelukt", "headers": _koppen(*namen)}
        if antwoord is not None:
            beschrijving["content"] = _inhoud(antwoord)
        antwoorden[str(status)] = beschrijving
    return antwoorden


def _inhoud(antwoord: Any) -> dict[str, Any]:
    if not isinstance(antwoord, dict):
        return {"application/json": met_voorbeeld(antwoord.__name__)}
    if "items" in antwoord:
        naam = antwoord["items"].__name__
        lijst = {"type": "array", "items": {"$ref": REF.format(model=naam)}}
        inhoud: dict[str, Any] = {"schema": _PAGINA | {"properties": {**_PAGINA["properties"], "items": lijst}}}
        if naam in voorbeelden_uit():
            een = {"items": [voorbeelden_uit()[naam]], "volgende": None, "totaal": 1}
            inhoud["examples"] = {"voorbeeld": {"value": een}}
        csv = {"text/csv": {"schema": _TEKST}} if antwoord.get("csv") else {}
        return {"application/json": inhoud, **csv}
    if "record" in antwoord:
        return {
            "application/json": met_voorbeeld(antwoord["record"].__name__),
            XML: {"schema": _TEKST},
            "text/xml": {"schema": _TEKST},
        }
    if "html" in antwoord:
        return {"text/html": {"schema": _TEKST}}
    return {"application/json": {"schema": {"type": "object"}}}


def met_voorbeeld(naam: str) -> dict[str, Any]:
    """The JSON content of this model, with its examples where it has any."""
    inhoud: dict[str, Any] = {"schema": {"$ref": REF.format(model=naam)}}
    alle = VOORBEELDEN | voorbeelden_uit()
    if naam in alle:
        per_naam = {"voorbeeld": alle[naam], **VARIANTEN.get(naam, {})}
        inhoud["examples"] = {titel: {"value": waarde} for titel, waarde in per_naam.items()}
    return inhoud


def foute(deze: Route) -> dict[str, Any]:
    """Every error of a route by its status, with the codes that it may carry."""
    return {
        str(status): {
            "description": f"{TITEL[status]}: {', '.join(deze_codes)}",
            "headers": _koppen(*_BIJ_STATUS.get(status, ())),
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": REF.format(model="Probleem")},
                    "examples": {code: {"$ref": f"#/components/examples/{_naam(code, status)}"} for code in deze_codes},
                }
            },
            "x-codes": deze_codes,
        }
        for status, deze_codes in sorted(_per_status(deze).items())
    }


def problemen(routes: list[Route]) -> dict[str, Any]:
    """The answer of every code with every status that it goes with, for `components`."""
    alle = {(code, status) for deze in routes for status, codes in _per_status(deze).items() for code in codes}
    return {_naam(code, status): {"value": probleem(_fout(code, status)).body} for code, status in sorted(alle)}


def _naam(code: str, status: int) -> str:
    return f"{code}.{status}"


def _fout(code: str, status: int) -> OsoError:
    """An error of ours that leaves with this status."""
    soort = next((soort for soort, een in STATUS.items() if een == status), Invalid)
    return soort(code, meldingen=[melding(code)] if code in TEKSTEN and status in (409, 422) else [])


def _per_status(deze: Route) -> dict[int, list[str]]:
    per_status: dict[int, list[str]] = {}
    codes = {code: _status(code) for code in (*_algemene_codes(deze), *deze.fouten)} | dict.fromkeys(deze.ongeldig, 422)
    for code, status in codes.items():
        per_status.setdefault(status, []).append(code)
    return per_status


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
        (True, "ONBEKEND_VELD"),  # a query is looked at everywhere
        (deze.query, "VELD_ONJUIST"),
        (any(p.verplicht for p in deze.query), "VELD_ONTBREEKT"),
        ("{b}" in deze.pad, "VELD_ONJUIST"),
        (bladert, "CURSOR_ONGELDIG"),
        (deze.if_match, "IF_MATCH_ONTBREEKT INTUSSEN_GEWIJZIGD"),
        (deze.idempotent, "SLEUTEL_ONTBREEKT VELD_ONJUIST"),
    )
    return list(dict.fromkeys(code for geldt, codes in per_vorm if geldt for code in codes.split()))
