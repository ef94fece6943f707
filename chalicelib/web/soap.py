"""The wire's door: SOAP over mutual TLS, one path per generation (protocol 9b.7).

The certificate is read from what API Gateway (or the TLS listener) established, never from a header.
"""

import base64
import hashlib
import re
import time
from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.config import settings
from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Invalid, OsoError
from chalicelib.flows import zorgvraag_beantwoorden
from chalicelib.flows.balie import Balie, Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.notificaties import ontvang
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages.berichten import Bericht, DocumentRequest, Doel, NotificatieRequest, TerugkoppelingRequest
from chalicelib.messages.document import encode_document_response
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.web import domein, klok, verbinding
from chalicelib.web.log import begin as start
from chalicelib.web.log import meet, plek, regel, soort

blueprint = Blueprint(__name__)
SOORTEN = ["text/xml", "application/soap+xml", "application/xml"]
"""The kinds of content that we read. Chalice is not told: it would refuse another one in JSON of its own."""
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END CERTIFICATE-----")
# a subject (RFC 4514) in pieces: what is escaped or in quotes is of its value, whatever it says
_STUK = re.compile(r'[^,+;"\\]+|\\.|"(?:[^"\\]|\\.)*"|([,+;])', re.DOTALL)
_IS_OIN = re.compile(r"\s*(?:serialNumber|(?:OID\.)?2\.5\.4\.5)\s*=(.*)", re.DOTALL | re.IGNORECASE)
_OIN = re.compile(r"[0-9A-Za-z]{1,64}")


@blueprint.route("/oso/18", methods=["POST"], content_types=[])
def oso_18() -> Response:
    """The door of generation '18."""
    return _antwoord(PROFIELEN["18"], blueprint.current_request)


@blueprint.route("/oso/22", methods=["POST"], content_types=[])
def oso_22() -> Response:
    """The door of generation '22."""
    return _antwoord(PROFIELEN["22"], blueprint.current_request)


def _antwoord(profiel: Protocolprofiel, request: Any) -> Response:
    """One message to one answer or fault; one log line, without number, name or body."""
    begin = time.monotonic()
    start({naam.lower(): waarde for naam, waarde in request.headers.items()})
    hier = domein.past("wire", request.context)
    beller = _beller(request.context.get("identity", {}).get("clientCert")) if hier else None
    gegevens: dict[str, Any] = {"profiel": profiel.naam, "oin": beller.oin if beller else ""}
    soort_inhoud = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data = (request.raw_body or b"") if soort_inhoud in SOORTEN else b""  # nothing that we could read
    status, body, code = _behandel(profiel, beller, data, gegevens)
    _schrijf(code, gegevens | {"status": status, "ms": int(1000 * (time.monotonic() - begin))})
    koppen: dict[str, str | list[str]] = {"Content-Type": "text/xml; charset=utf-8", "Cache-Control": "no-store"}
    koppen |= {"Retry-After": "60"} if status == 429 else {}
    return Response(body=body.decode(), status_code=status, headers=koppen)


def _schrijf(code: str, gegevens: Mapping[str, Any]) -> None:
    """The line of one message. Who asks for numbers that nobody knows is counted per asking school."""
    regel("soap", code, **gegevens)
    if code == uitkomst.NIET_BEKEND.code and gegevens.get("vrager"):
        telling = ("leerling_niet_bekend", "Count", ("vrager",))
        meet("vrager", [telling], vrager=gegevens["vrager"], leerling_niet_bekend=1)


def _behandel(
    profiel: Protocolprofiel, beller: Beller | None, data: bytes, gegevens: dict[str, Any]
) -> tuple[int, bytes, str]:
    """HTTP status, body and outcome code; in `gegevens` what the line says too.

    A refusal is a fault with status 500, as SOAP 1.1 has it (inferred, 4.3).
    """
    if beller is None:
        return _fault(profiel, uitkomst.CERTIFICAAT_ONBEKEND, "Client")
    try:
        verbinding.eis_tempo("wire", beller.oin)
        bericht = soap.decode(profiel, data)
        gegevens |= _vrager(bericht)
        antwoord = _doe(_balie(), beller, bericht)
    except Invalid as fout:
        return 500, soap.fault_bij(profiel, fout), fout.code
    except OsoError as fout:
        if fout.wacht:
            return 429, _technisch(profiel, fout.code, {})[1], fout.code
        return _technisch(profiel, fout.code, gegevens)
    # A school's system reads SOAP alone: whatever broke (AWS, a bug) must not leave as Chalice's JSON.
    except Exception as fout:  # noqa: BLE001 - the outermost door; the kind of error is logged, never its text
        gegevens["plek"] = plek(fout)
        return _technisch(profiel, soort(fout), gegevens)
    if isinstance(antwoord, Resultaat):
        return _fault(profiel, antwoord, "Client")
    if isinstance(antwoord, bytes):
        return 200, encode_document_response(profiel, antwoord), uitkomst.GESLAAGD.code
    return 200, soap.encode(profiel, antwoord), type(antwoord).__name__


def _doe(balie: Balie, beller: Beller, bericht: Bericht) -> bytes | Bericht | Resultaat:
    """The operations that a school's system answers; any other is not for us."""
    if balie.stores.geweerd() & {beller.oin, beller.vingerafdruk}:
        return uitkomst.CERTIFICAAT_ONBEKEND
    if isinstance(bericht, DocumentRequest):
        zorgvraag = bericht.koppelsleutel is not None
        return (
            zorgvraag_beantwoorden.beantwoord(balie, beller, bericht)
            if zorgvraag
            else beantwoord(balie, beller, bericht)
        )
    if isinstance(bericht, NotificatieRequest) and bericht.betreft is Doel.OV:
        return ontvang(balie, beller, bericht)
    if isinstance(bericht, TerugkoppelingRequest):
        return zorgvraag_beantwoorden.ontvang(balie, beller, bericht)
    return uitkomst.BERICHT_ONGELDIG


def _balie() -> Balie:
    s = settings()
    return Balie(verbinding.stores(), verbinding.traffic_center(), s.leveranciers, verbinding.overzicht, klok.nu())


def _fault(profiel: Protocolprofiel, resultaat: Resultaat, kant: soap.Kant) -> tuple[int, bytes, str]:
    return 500, soap.fault(profiel, resultaat, kant), resultaat.code


def _vrager(bericht: Bericht) -> dict[str, str]:
    """The school that asks for a dossier, as its message says; only counted once the Traffic Center confirmed it."""
    if not isinstance(bericht, DocumentRequest) or bericht.adressen.doel_brin is None:
        return {}
    return {"vrager": bericht.adressen.doel_brin.code}


def _technisch(profiel: Protocolprofiel, code: str, gegevens: dict[str, Any]) -> tuple[int, bytes, str]:
    """We could not judge: a Server fault, so that the asker tries again later. Our own code goes to the log alone."""
    gegevens["mislukt"] = "wire"
    return 500, soap.fault(profiel, uitkomst.TECHNISCHE_FOUT, "Server"), code


def _beller(certificaat: Mapping[str, Any] | None) -> Beller | None:
    """Who holds the client certificate: issuer, and the OIN in its subject's serialNumber."""
    if not certificaat:
        return None
    oin = _oin(str(certificaat.get("subjectDN", "")))
    pem = _PEM.search(str(certificaat.get("clientCertPem", "")))
    if oin is None or pem is None:
        return None
    vingerafdruk = hashlib.sha256(base64.b64decode(pem[1])).hexdigest()  # as openssl prints it
    return Beller(str(certificaat.get("issuerDN", "")), oin, vingerafdruk)


def _oin(subject: str) -> str | None:
    """The serialNumber in a subject; None without one, and with more than one: then nobody knows whose it is."""
    nummers = [nummer[1] for kenmerk in _kenmerken(subject) if (nummer := _IS_OIN.fullmatch(kenmerk))]
    return nummers[0] if len(nummers) == 1 and _OIN.fullmatch(nummers[0]) else None


def _kenmerken(subject: str) -> list[str]:
    """The attributes of a subject; none of one that is malformed."""
    kenmerken, gelezen = [""], 0
    for stuk in _STUK.finditer(subject):
        gelezen += len(stuk[0])
        if stuk[1]:
            kenmerken.append("")
        else:
            kenmerken[-1] += stuk[0]
    return kenmerken if gelezen == len(subject) else []
