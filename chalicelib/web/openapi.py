"""The OpenAPI 3.1 document, made from the register of routes (api.md).

`python -m chalicelib.web.openapi` prints the document.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.domain.rechten import RECHTEN_VAN_EEN_PORTAAL, Rol
from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.domain.teksten import TEKSTEN
from chalicelib.flows.leerlingen import Record, aangevuld
from chalicelib.gegevensset.bijlagen import TEKSTEN as BIJLAGETEKSTEN
from chalicelib.gegevensset.bijlagen import wat_nu as bijlage_wat_nu
from chalicelib.gegevensset.regels import alle_regels
from chalicelib.gegevensset.schema import json_schema
from chalicelib.gegevensset.structuurtekst import CODES as STRUCTUURCODES
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.web import portal, uit
from chalicelib.web.deur import CSV, LANGSTE_SLEUTEL, ROUTES, XML, Route
from chalicelib.web.log import KOP
from chalicelib.web.openapi_antwoorden import REF, foute, goede, koppen, met_voorbeeld, problemen
from chalicelib.web.openapi_bron import met_bron
from chalicelib.web.replies import API_VERSION
from chalicelib.web.toegang import ALGORITMES, LANGST, SPELING, VERBODEN_KOPPEN, VERPLICHT
from chalicelib.web.voorbeelden import CSV_LIJST

_KIES = "Kies een van de toegestane waarden."
_PADUITLEG = {
    "leerlingId": "de eigen sleutel van het portaal, nooit een nummer van de leerling: wat als BSN of onderwijsnummer "
    "klopt wordt geweigerd, ook met punten of streepjes of zonder de nul vooraan; dat treft ongeveer een op de elf "
    "sleutels van alleen acht of negen cijfers",
    "nummer": "het aanleverpunt, een geheel getal vanaf 0",
    "id": "zoals gegeven bij het aanmaken",
    "documentId": "zoals gegeven bij het toevoegen",
    "a": "nummer van een versie",
    "n": "nummer van de bijlage, vanaf 1",
    "b": "nummer van een versie",
}
_SLEUTEL = {"type": "string", "minLength": 1, "maxLength": LANGSTE_SLEUTEL, "pattern": "^[ -~]+$"}
_CORRELATIE = (
    "komt terug in het antwoord en staat in onze logs: 8 tot 64 letters, cijfers en streepjes, geen nummer; wat daar "
    "niet aan voldoet wordt vervangen"
)


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
            "headers": koppen(),
            "examples": problemen(ROUTES),
            "securitySchemes": {"token": _token()},
        },
        "x-codes": {code: {"tekst": tekst, "watNu": wat_nu} for code, (tekst, wat_nu) in sorted(_teksten().items())},
        "x-resultaten": {r.code: {"wire": r.wire, "tekst": r.tekst, "watNu": r.wat_nu} for r in RESULTATEN.values()},
    }


def _token() -> dict[str, Any]:
    """How a token must be made (api.md, Who), from what checks it."""
    verplicht, rollen = (", ".join(f"`{naam}`" for naam in namen) for namen in (VERPLICHT, Rol))
    uitleg = (
        "A JWT of an OIDC issuer that the operator of the installation has listed with its public keys (JWKS) and the "
        "vestigingen that it may speak for; signed by the portal's server, never in a browser. Header: `alg` "
        f"{' or '.join(ALGORITMES)}, and `kid`, the id of a key in that JWKS; not {', '.join(VERBODEN_KOPPEN)}. "
        f"Claims: {verplicht} are mandatory, times in whole seconds since 1970, `exp` at most {LANGST} seconds after "
        f"`iat`, `nbf` honoured, clocks may differ {SPELING} seconds. `school` is BRIN and vestigingscode together, "
        "such as `14SS00`; one that the issuer may not speak for gives 403. `sub` and `naam` are the employee who "
        "acts, as the mutatielog will name them; a token without them is that of a machine and gives "
        f"{', '.join(sorted(RECHTEN_VAN_EEN_PORTAAL))} alone. `rollen` is a list of {rollen}; `x-recht` of an "
        "operation says which right it asks for."
    )
    return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": uitleg}


def _teksten() -> dict[str, tuple[str, str]]:
    """Every code that an answer or a melding may carry: ours, those of attachments, and those of the standard."""
    alle = {code: (tekst, "Zie de melding.") for code, tekst in STRUCTUURCODES.items()}
    for tabel in map(standaard, VERSIES):
        alle |= {
            f"CL.{lijst.nummer}": (f"De waarde staat niet in codelijst {lijst.nummer} ({lijst.naam}).", _KIES)
            for lijst in tabel.codelijsten.values()
        }
        alle |= {code: (een.tekst, een.wat_nu) for een in alle_regels(tabel) for code in (een.code, *een.ook)}
    alle |= {code: (tekst, bijlage_wat_nu(code)) for code, tekst in BIJLAGETEKSTEN.items()}
    return alle | TEKSTEN


def _schemas() -> dict[str, Any]:
    modellen: set[type[BaseModel]] = {uit.Probleem}
    for deze in ROUTES:
        modellen |= {m for m in (deze.body, deze.voorbeeld_body) if m}
        for antwoord in deze.antwoorden.values():
            modellen |= set(_modellen(antwoord))
    _, schema = models_json_schema(
        [(model, "validation") for model in sorted(modellen, key=lambda m: m.__name__)], ref_template=REF
    )
    schemas: dict[str, Any] = {
        naam: een | met_bron(een.get("description", "")) for naam, een in schema["$defs"].items()
    }
    dossiers = [{"$ref": REF.format(model=_dossiernaam(versie))} for versie in VERSIES]
    schemas["RecordVorm"]["properties"]["dossier"] = {"title": "Dossier", "anyOf": dossiers}
    return schemas | {naam: een for versie in VERSIES for naam, een in _dossier(versie)}


def _dossiernaam(versie: str, blok: str = "") -> str:
    return f"Dossier-{versie}" + (f".{blok}" if blok else "")


def _dossier(versie: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The dossier of a version as a portal puts it, from its table: what we write ourselves need not be there."""
    schema = json_schema(versie)
    zelf = aangevuld(Record(versie, {"huidigeschool": {}}))
    per_blok = {"": zelf.keys() - {"huidigeschool"}, "huidigeschool": zelf["huidigeschool"].keys()}
    heel = {naam: deel for naam, deel in schema.items() if not naam.startswith("$")}
    for blok, inhoud in {"": heel, **schema["$defs"]}.items():
        nodig = [naam for naam in inhoud.get("required", ()) if naam not in per_blok.get(blok, ())]
        yield _dossiernaam(versie, blok), _verwijzend({**inhoud, "required": nodig}, versie)


def _verwijzend(deel: Any, versie: str) -> Any:
    """A part of such a schema, pointing at where its blocks stand in the document."""
    if isinstance(deel, list):
        return [_verwijzend(een, versie) for een in deel]
    if not isinstance(deel, dict):
        return deel
    return {
        naam: REF.format(model=_dossiernaam(versie, een.rpartition("/")[2]))
        if naam == "$ref" and isinstance(een, str)
        else _verwijzend(een, versie)
        for naam, een in deel.items()
    }


def _modellen(antwoord: Any) -> list[type[BaseModel]]:
    if isinstance(antwoord, dict):
        return [waarde for waarde in antwoord.values() if isinstance(waarde, type)]
    return [antwoord] if antwoord else []


def _operatie(deze: Route) -> dict[str, Any]:
    operatie: dict[str, Any] = {
        "operationId": deze.view.__name__ + "_" + deze.view.__module__.rpartition(".")[2],
        "tags": [deze.view.__module__.rpartition(".")[2]],
        "summary": deze.samenvatting,
        **met_bron(deze.uitleg),
        "parameters": _parameters(deze),
        "responses": {**goede(deze), **foute(deze)},
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
    eigen = [
        (deze.if_match, "If-Match", "de ETag van wat u gelezen heeft (of enkele), of *", True, {"type": "string"}),
        (XML in deze.soorten, "If-Match", "alleen bij een leerling die er al is", False, {"type": "string"}),
        (deze.idempotent, "Idempotency-Key", "een eigen, unieke sleutel; nog eens is hetzelfde", True, _SLEUTEL),
        (True, KOP, _CORRELATIE, False, {"type": "string"}),
    ]
    parameters += [
        {"name": naam, "in": "header", "required": verplicht, "description": uitleg, "schema": vorm}
        for geldt, naam, uitleg, verplicht, vorm in eigen
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
    per_soort = {
        XML: {"schema": {"type": "string", "description": f"een OSO-dossier, versie {' of '.join(VERSIES)}"}},
        CSV: {
            "schema": {"type": "string", "description": "the columns brin, pgnType and pgn"},
            "examples": {"voorbeeld": {"value": CSV_LIJST}},
        },
    }
    return {soort: per_soort.get(soort) or met_voorbeeld(model.__name__) for soort in deze.soorten}


if __name__ == "__main__":
    print(json.dumps(document(), ensure_ascii=False, indent=2))  # noqa: T201  the command's output
