"""What other systems answer us: a dossier in any encoding, a fault, the Traffic Center. Bytes to a value or Invalid."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chalicelib.domain.nummers import Aanleverpunt
from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.errors import Invalid
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages import berichten as b
from chalicelib.messages.document import decode_document_response, encode_document_response
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.reader import ANTWOORD
from tests.fuzz.engine import Target, must
from tests.pupil import NUMBERS

_DOSSIER = f"<dossier xmlns='urn:d'><leerling a='b'>Zoë {NUMBERS[0]}</leerling><x/></dossier>".encode()
_PREFIXED = b"<o:dossier><o:leerling/></o:dossier>"
_WORDS = (
    *(b"<!-- x -->", b"<?p q?>", b"<![CDATA[x]]>", b"<x xmlns=''/>", b"<os:x/>", b"&#65;", b"utf-16", b"iso-8859-1"),
    *(b"us-ascii", b"utf-7", b"<soapenv:Header>x</soapenv:Header>", b" xmlns:o='urn:o'", b" ", b"OverdrachtGeslaagd"),
)


@contextmanager
def target() -> Iterator[Target]:
    """Seeds: a dossier in four encodings and with a prefix declared around it, faults, and every kind of answer."""
    yield Target("answer", run, [data for profiel in PROFIELEN.values() for data in _seeds(profiel)], _WORDS)


def _seeds(profiel: Protocolprofiel) -> Iterator[bytes]:
    plain = encode_document_response(profiel, _DOSSIER)
    yield plain
    for name in ("utf-16", "iso-8859-1", "windows-1252"):
        yield plain.decode().replace("UTF-8", name).encode(name)
    yield encode_document_response(profiel, _PREFIXED).replace(b"<soapenv:Body>", b"<soapenv:Body xmlns:o='urn:o'>")
    yield soap.fault(profiel, RESULTATEN["LEERLING_NIET_BEKEND"], "Client")
    points = (b.Aanleverpuntadres(Aanleverpunt("0"), "https://las.example/oso"),) if profiel.naam == "18" else ()
    for answer in (
        b.OverdrachtResponse("0f0e0d0c-0b0a-4908-8706-050403020100", points),
        b.SessiecontroleResponse("PO"),
        b.AfmeldingResponse(),
        b.NotificatieResponse(),
        b.MeldenNotificatieResponse("https://las.example/oso", None),
        b.TerugkoppelingResponse(),
        b.OverzichtAanleverpuntResponse(),
    ):
        yield soap.encode(profiel, answer)


def run(data: bytes) -> str:
    """The same bytes as a dossier, as a fault and as any other answer, in both generations."""
    return " ".join(
        _outcome(read)
        for profiel in PROFIELEN.values()
        for read in (  # each lambda is called before the next profiel
            lambda profiel=profiel: decode_document_response(profiel, data),
            lambda profiel=profiel: soap.decode_fault(profiel, data),
            lambda profiel=profiel: soap.decode(profiel, data, ANTWOORD),
        )
    )


def _outcome(read: Callable[[], object]) -> str:
    try:
        found = read()
    except Invalid as fault:
        must(fault.code in ("BERICHT_ONGELDIG", "TE_GROOT"), fault.code)
        must(not any(number in str(fault) for number in NUMBERS), "a number in the text of an exception")
        return fault.code
    must(not isinstance(found, bytes) or found.startswith(b"<"), "what was read is no element")
    return type(found).__name__
