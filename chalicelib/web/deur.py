"""The portal's door: every route with what it asks for and what it gives, in one register.

From the register come the Chalice routes, the checks that each request passes (token, right, body, headers), and
the OpenAPI document. A view gets a Vraag and gives an Antwoord; it never sees a token or a raw body.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ValidationError

from chalicelib.domain import teksten
from chalicelib.domain.mutatielog import Door
from chalicelib.domain.nummers import Pgn, PgnType, Vestiging
from chalicelib.domain.rechten import Recht
from chalicelib.errors import Invalid, NotFound, OsoError
from chalicelib.flows import Werk
from chalicelib.web import cors, domein, klok, verbinding
from chalicelib.web.log import KOP, plek, regel, soort
from chalicelib.web.log import begin as start
from chalicelib.web.query import Parameter, controleer_query
from chalicelib.web.replies import VAN_CHALICE, Antwoord, keuzes, past_niet, probleem, van_pydantic
from chalicelib.web.toegang import Toegang, controleer_token, eis

MAX_BODY = 4 * 1024 * 1024
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
XML = "application/xml"
CSV = "text/csv"
LANGSTE_SLEUTEL = 255
_LANGSTE_PADDEEL = 200
_ONBEKEND = {"id": "NIET_GEVONDEN", "documentId": "DOCUMENT_NIET_GEVONDEN"}


@dataclass(frozen=True)
class Vraag:
    """One checked request."""

    toegang: Toegang
    werk: Werk
    pad: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    koppen: Mapping[str, str] = field(repr=False)
    ruw: bytes = field(repr=False)
    body: Any = field(default=None, repr=False)

    @property
    def school(self) -> Vestiging:
        """The school of the token."""
        return self.toegang.school

    @property
    def leerling_id(self) -> str:
        """The leerlingId of the path."""
        return self.pad["leerlingId"]

    @property
    def if_match(self) -> str:
        """The If-Match that the route requires; Invalid("IF_MATCH_ONTBREEKT"), 428, without one."""
        waarde = self.koppen.get("if-match", "").strip()
        if not waarde:
            raise Invalid("IF_MATCH_ONTBREEKT")
        return waarde

    @property
    def idempotency_key(self) -> str:
        """The Idempotency-Key that the route requires: 1 to 255 visible characters of ASCII, or Invalid."""
        waarde = self.koppen.get("idempotency-key", "").strip()
        if not waarde:
            raise Invalid("SLEUTEL_ONTBREEKT", meldingen=[teksten.melding("SLEUTEL_ONTBREEKT", pad="Idempotency-Key")])
        if len(waarde) > LANGSTE_SLEUTEL or not waarde.isascii() or not waarde.isprintable():
            raise onjuist("Idempotency-Key", f"1 tot en met {LANGSTE_SLEUTEL} zichtbare tekens (ASCII)")
        return waarde


def onjuist(pad: str, toegestaan: str, code: str = "VELD_ONJUIST") -> Invalid:
    """What is said of one wrong value: where it stands and what may stand there; the value itself is not repeated."""
    return Invalid(code, meldingen=[replace(teksten.melding(code, pad=pad), toegestaan=toegestaan)])


def lees_pgn(soort: PgnType, nummer: str, pad: str) -> Pgn:
    """A number from a body, or Invalid("PGN_ONGELDIG") that names its field and which check failed."""
    try:
        return Pgn.parse(soort, nummer)
    except Invalid as fout:
        detail = f"Het nummer is niet geldig: {fout.detail}."
        raise Invalid(fout.code, detail, [teksten.melding(fout.code, pad=pad, detail=detail)]) from None


View = Callable[[Vraag], Antwoord]


@dataclass(frozen=True)
class Route:
    """One verb on one path."""

    verb: str
    pad: str
    samenvatting: str
    recht: Recht | None
    view: View
    body: type[BaseModel] | None = None
    soorten: tuple[str, ...] = (JSON,)
    query: tuple[Parameter, ...] = ()
    antwoorden: Mapping[int, Any] = field(default_factory=dict)
    fouten: tuple[str, ...] = ()
    ongeldig: tuple[str, ...] = ()
    """Codes that say here that the input is wrong (422), and elsewhere that the rules refuse it (409)."""
    if_match: bool = False
    etag: bool = False
    """Whether what it answers has an ETag."""
    idempotent: bool = False
    voorbeeld_body: type[BaseModel] | None = None
    uitleg: str = ""


ROUTES: list[Route] = []


def route(verb: str, pad: str, samenvatting: str, **eigenschappen: Any) -> Callable[[View], View]:
    """Put a view in the register. Properties: see Route."""

    def zet(view: View) -> View:
        ROUTES.append(Route(verb, f"/v1{pad}", samenvatting, view=view, uitleg=view.__doc__ or "", **eigenschappen))
        return view

    return zet


def maak_blueprint(naam: str) -> Blueprint:
    """All routes of the register as one Chalice blueprint."""
    blueprint = Blueprint(naam)
    for deze in ROUTES:
        # Chalice would refuse a kind of content by itself, without naming the kinds that are taken: see _eis_soort
        blueprint.route(deze.pad, methods=[deze.verb], content_types=[])(_beantwoorder(deze, blueprint))
    for pad in sorted({deze.pad for deze in ROUTES}):
        verbs = sorted(deze.verb for deze in ROUTES if deze.pad == pad)
        blueprint.route(pad, methods=["OPTIONS"])(cors.vooraf(verbs, blueprint))
    return blueprint


def _beantwoorder(deze: Route, blueprint: Blueprint) -> Callable[..., Response]:
    def beantwoord(**pad: str) -> Response:
        request = blueprint.current_request
        begin, koppen = time.monotonic(), {naam.lower(): waarde for naam, waarde in request.headers.items()}
        correlatie, gegevens = start(koppen), {"verb": deze.verb, "route": deze.pad, "code": "OK"}
        try:
            antwoord = _behandel(deze, request, pad, gegevens)
        except OsoError as fout:
            antwoord = probleem(fout)
            gegevens["code"] = fout.code
        # Left to Chalice, the text of the error would go to the log, and it may hold what was sent.
        except Exception as fout:  # noqa: BLE001 - the outermost door; its kind and place are logged, never its text
            antwoord = probleem(Invalid("TECHNISCHE_FOUT"))
            gegevens |= {"code": "TECHNISCHE_FOUT", "fout": soort(fout), "plek": plek(fout)}
        response = antwoord.als_response()
        if past_niet(response.body):  # what another school sent may be larger than one answer (15.30)
            antwoord, gegevens["code"] = probleem(Invalid("TONEN_TE_GROOT")), "ANTWOORD_TE_GROOT"
            response = antwoord.als_response()
        toegevoegd = {KOP: correlatie, **cors.koppen(koppen.get("origin", ""))}
        vary = ", ".join(filter(None, (antwoord.koppen.get("Vary"), toegevoegd.get("Vary"))))
        response.headers |= toegevoegd | ({"Vary": vary} if vary else {})
        _schrijf(gegevens, antwoord, begin)
        return response

    return beantwoord


def _schrijf(gegevens: Mapping[str, Any], antwoord: Antwoord, begin: float) -> None:
    """The line of one request, with the id of what it made: work that is done later stands under that."""
    gemaakt = antwoord.koppen.get("Location", "").rpartition("/")[2] if "{" not in gegevens["route"] else ""
    velden = {**gegevens, **({"id": gemaakt} if gemaakt else {})}
    mislukt = "portal" if antwoord.status >= 500 else ""
    regel("request", mislukt=mislukt, **velden, status=antwoord.status, ms=int(1000 * (time.monotonic() - begin)))


def _behandel(deze: Route, request: Any, pad: Mapping[str, str], gegevens: dict[str, Any]) -> Antwoord:
    op = klok.nu()
    domein.eis("portal", request.context)
    toegang = controleer_token(request.headers.get("authorization"), op) if deze.recht else _NIEMAND
    if deze.recht:
        # who it was, for who already knows: the `sub` of a token can be a mail address or a staff number
        wie = verbinding.stores().geheim.vingerafdruk("medewerker", toegang.door.school, toegang.door.sub)
        gegevens |= {"school": toegang.door.school, "medewerker": wie[:18]}
        verbinding.eis_tempo("portal", toegang.door.school)
        eis(toegang, deze.recht)
    _eis_soort(deze, request.headers.get("content-type") or JSON)
    query = controleer_query(deze.query, request.query_params or {})
    ruw = request.raw_body or b""
    if len(ruw) > MAX_BODY:
        raise Invalid("TE_GROOT")
    vraag = Vraag(
        toegang=toegang,
        werk=Werk(verbinding.stores(), toegang.door, op),
        pad=_pad(pad),
        query=query,
        koppen={naam.lower(): waarde for naam, waarde in request.headers.items()},
        ruw=ruw,
        body=lees_body(deze.body, ruw) if deze.body else None,
    )
    return deze.view(vraag)


_NIEMAND = Toegang(Door("", "", ""), Vestiging(""), frozenset())


def _eis_soort(deze: Route, soort: str) -> None:
    """Refuse a body of a kind that the route does not take; one that says nothing of itself counts as JSON."""
    if (deze.body or deze.voorbeeld_body) and soort.partition(";")[0].strip().lower() not in deze.soorten:
        raise onjuist("Content-Type", keuzes(deze.soorten), "INHOUDSTYPE_ONBEKEND")


def lees_body(soort: type[BaseModel], ruw: bytes) -> BaseModel:
    """A JSON body as its model. Raises Invalid: JSON_ONLEESBAAR, or every wrong field by name."""
    # duplicate keys, depth and surrogates are refused there
    from chalicelib.gegevensset.lezen import GEEN_OBJECT, lees_json

    try:
        lees_json(ruw, MAX_BODY)
    except Invalid as fout:
        if fout.detail == GEEN_OBJECT:  # readable, so not 400
            raise onjuist("", "een JSON-object") from None
        raise
    try:
        return soort.model_validate_json(ruw, strict=True)
    except ValidationError as fout:
        raise van_pydantic(fout) from None


def _pad(gegeven: Mapping[str, str]) -> Mapping[str, str]:
    """The parts of the path. One that is longer than any key of ours names nothing, and no store is asked for it."""
    if _lengte(gegeven, "leerlingId") > _LANGSTE_PADDEEL:
        raise Invalid("LEERLING_ID_ONGELDIG", meldingen=[teksten.melding("LEERLING_ID_ONGELDIG", pad="/leerlingId")])
    for naam, code in _ONBEKEND.items():
        if _lengte(gegeven, naam) > _LANGSTE_PADDEEL:
            raise NotFound(code)
    return gegeven


def _lengte(gegeven: Mapping[str, str], naam: str) -> int:
    """In octets, as a key is measured: 1,024 for all parts together."""
    return len(gegeven.get(naam, "").encode("utf-8", "surrogatepass"))


def eigen_problemen(event: Any, get_response: Callable[[Any], Response]) -> Response:
    """Middleware: what Chalice answers before any view of ours becomes problem+json too."""
    response = get_response(event)
    body = response.body
    if isinstance(body, dict) and "Code" in body:
        code = VAN_CHALICE.get(response.status_code, "TECHNISCHE_FOUT")
        antwoord = probleem(Invalid(code))
        regel("request", code, mislukt="portal" if antwoord.status >= 500 else "", status=antwoord.status)
        toegestaan = {naam: w for naam, w in response.headers.items() if naam.lower() == "allow"}
        response = antwoord.als_response()
        response.headers |= toegestaan
    return response
