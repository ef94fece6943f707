"""The SOAP 1.1 envelope, and every message in it but the dossier: one walk over the profile's fields, both ways.

Reading is strict where a sender must be right (operation, namespace, values, missing, double and unknown elements of a
request) and mild where nothing depends on it: order, an empty optional element, elements of an answer we do not read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.domain.nummers import Brin
from chalicelib.domain.resultaat import BERICHT_ONGELDIG, RESULTATEN, Resultaat
from chalicelib.errors import Invalid, OsoError
from chalicelib.messages.berichten import Adressen, Bericht
from chalicelib.messages.profiel import Groep, Protocolprofiel, Soort, Veld, Vorm
from chalicelib.messages.reader import (
    ANTWOORD,
    VERZOEK,
    Grenzen,
    Klaar,
    Knoop,
    boom,
    hardened,
    ongeldig,
    scan,
    splits,
    telling,
)

ENVELOP = "http://schemas.xmlsoap.org/soap/envelope/"
_DELEN = {(ENVELOP, "Header"), (ENVELOP, "Body")}
_FAULT = (ENVELOP, "Fault")
_DIENST = "os"
_NIET_TEKST = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})

Kant = Literal["Client", "Server", "MustUnderstand", "VersionMismatch"]


class EnvelopGeweigerd(Invalid):
    """An envelope that SOAP 1.1 itself says to refuse, with the faultcode that it prescribes (4.2.3, 4.4)."""

    def __init__(self, kant: Kant, detail: str) -> None:
        super().__init__("BERICHT_ONGELDIG", detail)
        self.kant: Kant = kant


@dataclass(frozen=True)
class Fault:
    """A fault as received: who is to blame, the code on the wire, and our outcome where the code is known."""

    kant: str
    code: str
    resultaat: Resultaat | None


def open_envelope(data: bytes, grenzen: Grenzen = VERZOEK) -> Knoop:
    """The one element in the body of a SOAP 1.1 envelope. Raises Invalid for anything else (protocol 3)."""
    wortel = boom(data, grenzen)
    if wortel.naam != "Envelope":
        raise ongeldig("geen SOAP-envelop")
    if wortel.namespace != ENVELOP:
        raise EnvelopGeweigerd("VersionMismatch", "geen SOAP 1.1-envelop")
    delen = {(knoop.namespace, knoop.naam): knoop.kinderen for knoop in wortel.kinderen}
    body = delen.get((ENVELOP, "Body"))
    if body is None or len(wortel.kinderen) != len(delen) or not delen.keys() <= _DELEN:
        raise ongeldig("de envelop heeft niet precies één Body, met hooguit een Header")
    if any(_must_understand(kop) for kop in delen.get((ENVELOP, "Header"), ())):
        raise EnvelopGeweigerd("MustUnderstand", "een verplichte header die wij niet kennen")
    if len(body) != 1:
        raise ongeldig("de Body heeft niet precies één bericht")
    return body[0]


def _must_understand(kop: Knoop) -> bool:
    return any(
        splits(naam) == (ENVELOP, "mustUnderstand") and waarde.strip() in ("1", "true")
        for naam, waarde in kop.attributen.items()
    )


def decode(profiel: Protocolprofiel, data: bytes, grenzen: Grenzen = VERZOEK) -> Bericht:
    """The message in these bytes. Raises Invalid("BERICHT_ONGELDIG" | "TE_GROOT"), which quotes nothing of them."""
    return _bericht(profiel, open_envelope(data, grenzen))


def decode_antwoord(profiel: Protocolprofiel, data: bytes) -> "Bericht | Fault":
    """The answer in these bytes, or the fault. Raises Invalid as `decode` does."""
    knoop = open_envelope(data, ANTWOORD)
    return _fault(profiel, knoop) if (knoop.namespace, knoop.naam) == _FAULT else _bericht(profiel, knoop)


def _bericht(profiel: Protocolprofiel, knoop: Knoop) -> Bericht:
    if knoop.namespace != profiel.namespace:
        raise ongeldig(f"de naamruimte is niet die van generatie '{profiel.naam}")
    vorm = profiel.vorm_van(knoop.naam)
    bericht: Bericht = _lees_velden(profiel.namespace, vorm, knoop, vorm.is_antwoord)
    return bericht


def _lees_velden(namespace: str, vorm: Vorm | Groep, knoop: Knoop, mild: bool) -> Any:
    gevonden = _per_element(namespace, vorm.elementen, knoop, mild)
    waarden: dict[str, Any] = {}
    for veld in vorm.velden:
        knopen = gevonden.get(veld.element, ())
        if veld.lijst:
            waarden[veld.attribuut] = tuple(_lees(namespace, veld, kind, None, mild) for kind in knopen)
        elif len(knopen) > 1:
            raise ongeldig(f"element {veld.element} komt vaker voor")
        elif knopen:
            waarden[veld.attribuut] = _lees(namespace, veld, knopen[0], waarden.get(veld.brin), mild)
        elif veld.verplicht:
            raise ongeldig(f"element {veld.element} ontbreekt")
        else:
            waarden[veld.attribuut] = None
    return _bouw(vorm, waarden)


def _per_element(namespace: str, elementen: frozenset[str], knoop: Knoop, mild: bool) -> dict[str, list[Knoop]]:
    """The children by element name; an empty one counts as absent ("else left empty", protocol 1)."""
    gevonden: dict[str, list[Knoop]] = {}
    for kind in knoop.kinderen:
        if kind.namespace != namespace or kind.naam not in elementen:
            if not mild:
                raise ongeldig("onbekend element in het bericht")
        elif kind.kinderen or kind.tekst.strip():
            gevonden.setdefault(kind.naam, []).append(kind)
    if knoop.tekst.strip():
        raise ongeldig("tekst tussen de elementen")
    return gevonden


def _lees(namespace: str, veld: Veld, knoop: Knoop, brin: Brin | None, mild: bool) -> object:
    if isinstance(veld.soort, Groep):
        return _lees_velden(namespace, veld.soort, knoop, mild)
    if knoop.kinderen:
        raise ongeldig(f"element {veld.element} bevat andere elementen")
    try:
        return veld.soort.lees(knoop.tekst.strip(), brin)
    except Invalid:
        raise ongeldig(f"element {veld.element} heeft een ongeldige waarde") from None


def _bouw(vorm: Vorm | Groep, waarden: dict[str, Any]) -> Any:
    if not vorm.adres:
        return vorm.type(**waarden)
    adressen = Adressen(**{kort: waarden.pop(naam) for naam, kort in vorm.adres.items()})
    return vorm.type(**waarden, adressen=adressen)


def encode(profiel: Protocolprofiel, bericht: Bericht) -> bytes:
    """The message in an envelope, as UTF-8, elements in the order of the profile.

    Raises Invalid("BERICHT_ONBEKEND") where the generation has no such call, Invalid("BERICHT_ONGELDIG") where a
    mandatory field is empty.
    """
    vorm = profiel.vorm_voor(type(bericht))
    return envelop(profiel, _element(vorm.element, "".join(_schrijf_velden(vorm.velden, bericht))))


def envelop(profiel: Protocolprofiel, inhoud: str) -> bytes:
    """An envelope around what stands in its body, with the two prefixes declared."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOP}" xmlns:{_DIENST}="{profiel.namespace}">'
        f"<soapenv:Header/><soapenv:Body>{inhoud}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def _element(naam: str, inhoud: str) -> str:
    return f"<{_DIENST}:{naam}>{inhoud}</{_DIENST}:{naam}>"


def _schrijf_velden(velden: Iterable[Veld], bericht: object) -> Iterable[str]:
    for veld in velden:
        waarde = veld.waarde(bericht)
        if waarde is None or waarde == "":
            if veld.verplicht:
                raise ongeldig(f"element {veld.element} ontbreekt")
            continue
        brin = veld.brin_waarde(bericht)
        for een in waarde if veld.lijst else (waarde,):
            yield _element(veld.element, _schrijf(veld.soort, een, brin))


def _schrijf(soort: Soort | Groep, waarde: Any, brin: Brin | None) -> str:
    if isinstance(soort, Groep):
        return "".join(_schrijf_velden(soort.velden, waarde))
    return soort.schrijf(waarde, brin).translate(_NIET_TEKST)


def fault(profiel: Protocolprofiel, resultaat: Resultaat, kant: Kant) -> bytes:
    """A SOAP 1.1 fault, for HTTP status 500: the code in faultstring and in a detail element (inferred, 4.3)."""
    detail = f"<detail>{_element(profiel.fout, resultaat.wire)}</detail>"
    return envelop(
        profiel,
        f"<soapenv:Fault><faultcode>soapenv:{kant}</faultcode><faultstring>{resultaat.wire}</faultstring>{detail}"
        "</soapenv:Fault>",
    )


def fault_bij(profiel: Protocolprofiel, fout: OsoError) -> bytes:
    """The fault for an unreadable request: blames the sender, with the faultcode that SOAP prescribes."""
    return fault(profiel, BERICHT_ONGELDIG, fout.kant if isinstance(fout, EnvelopGeweigerd) else "Client")


def is_fault(data: bytes, grenzen: Grenzen = ANTWOORD) -> bool:
    """Whether the body starts with a fault. Reads no further than its first element. Raises Invalid."""
    parser = hardened()
    begin, einde = telling(grenzen)
    gezien: list[tuple[str, str]] = []

    def start(naam: str, _: dict[str, str]) -> None:
        begin()
        gezien.append(splits(naam))
        if gezien[-1] == _FAULT or (len(gezien) > 1 and gezien[-2] == (ENVELOP, "Body")):
            raise Klaar

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: einde()
    scan(parser, data, grenzen)
    return gezien[-1:] == [_FAULT]


def decode_fault(profiel: Protocolprofiel, data: bytes, grenzen: Grenzen = ANTWOORD) -> Fault | None:
    """The fault in an answer, or None when it holds no fault. Raises Invalid when it cannot be read.

    The code is taken from the detail element of the profile, else from faultstring when that is a known code.
    """
    return _fault(profiel, open_envelope(data, ANTWOORD)) if is_fault(data, grenzen) else None


def _fault(profiel: Protocolprofiel, knoop: Knoop) -> Fault:
    delen = {kind.naam: kind for kind in knoop.kinderen}
    leeg = Knoop("", "", {})
    kant = delen.get("faultcode", leeg).tekst.strip().rpartition(":")[2].partition(".")[0]
    detail = [kind.tekst.strip() for kind in delen.get("detail", leeg).kinderen if kind.naam == profiel.fout]
    kandidaten = [*detail, delen.get("faultstring", leeg).tekst.strip()]
    bekend = {resultaat.wire: resultaat for resultaat in RESULTATEN.values()}
    code = next((tekst for tekst in kandidaten if tekst in bekend), "")
    return Fault(kant if kant in ("Client", "Server") else "", code, bekend.get(code))
