"""Both SOAP doors x every message that they answer x every case of a certificate (9b.7).

Whom TLS lets pass is judged in process (`indoors.py`), whom it stops at the real door.
"""

import base64
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages.berichten import (
    Adressen,
    Bericht,
    DocumentRequest,
    Doel,
    MeldenNotificatieResponse,
    NotificatieRequest,
    OverdrachtResponse,
    TerugkoppelingRequest,
)
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.sender import https_sender
from chalicelib.store.tabel import Tabel
from chalicelib.traffic_center import TrafficCenter
from chalicelib.web import verbinding
from infra.local.stack import Stack
from infra.weren import laat_toe, weer
from tests.e2e.indoors import Indoors, indoors
from tests.pupil import NOW, NUMBERS

DOORS = ("18", "22")
STRANGER = "CLIENTCERTIFICAAT_ONBEKEND"
STOPPED = (None, "verlopen", "vreemd")
"""Whom the handshake refuses: no certificate, an expired one, one of an authority that nobody trusts."""
SCHOOL, SWV = Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0")), Aanleverpunt("10")
CARE = Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("14SS"), SWV)


@dataclass(frozen=True)
class Said:
    """A message that nothing is wrong with, and whose certificate it takes."""

    message: Bericht
    right: str
    other: str
    """A listed supplier that does not serve the school of this message."""


def center(sandbox: Stack, certificate: str) -> TrafficCenter:
    pki = sandbox.pki
    send = https_sender(pki.ca, pki.cert(certificate), pki.key(certificate), sandbox=True)
    key = zoeksleutel_provider(base64.b64decode(sandbox.center.zoeksleutel))
    return TrafficCenter(send, PROFIELEN["18"], key, f"{sandbox.center.adres}/tc/18")


@pytest.fixture(scope="module")
def messages(sandbox: Stack) -> Mapping[str, Said]:
    """In sessions and with a koppelsleutel that the Traffic Center gave: only the certificate can be wrong."""
    pgn, soort = Pgn(PgnType.BSN, NUMBERS[-2]), Overdrachtsoort.OVERSTAPDOSSIER
    a, swv = center(sandbox, "leverancier-a"), center(sandbox, "swv")
    open_ = Adressen(SCHOOL.bron_brin, None, SCHOOL.doel_brin, SCHOOL.doel_aanleverpunt)
    granted = a.open_sessie(open_, pgn, soort)
    announced = a.meld_notificatie(CARE, Doel.PAO)
    assert isinstance(granted, OverdrachtResponse)
    assert isinstance(announced, MeldenNotificatieResponse)
    key = announced.koppelsleutel or ""
    fetch = swv.open_sessie(Adressen(CARE.bron_brin, None, CARE.doel_brin, SWV), key, Overdrachtsoort.SWV)
    assert isinstance(fetch, OverdrachtResponse)
    document = DocumentRequest(SCHOOL, pgn, None, soort, granted.sessie_id)
    care = DocumentRequest(CARE, None, key, Overdrachtsoort.SWV, fetch.sessie_id)
    told = NotificatieRequest(SCHOOL, None, granted.sessie_id, NOW.replace(microsecond=0), Doel.OV)
    answer = TerugkoppelingRequest(CARE, key, NOW.replace(microsecond=0), "Een verzonnen antwoord.")
    return {
        "documentRequest": Said(document, "leverancier-a", "leverancier-b"),
        "documentRequest by koppelsleutel": Said(care, "swv", "leverancier-a"),
        "notificatieRequest": Said(told, "leverancier-a", "leverancier-b"),
        "terugkoppelingRequest": Said(answer, "swv", "leverancier-a"),
    }


@pytest.fixture(scope="module")
def inside(sandbox: Stack) -> Iterator[Indoors]:
    with indoors(sandbox) as opened:
        yield opened


def outcome(inside: Indoors, door: str, message: Bericht, certificate: str | None) -> str:
    """The code of the fault, or "" for an answer."""
    profiel = PROFIELEN[door]
    answer = inside.wire(f"/oso/{door}", soap.encode(profiel, message), certificate)
    fault = soap.decode_fault(profiel, answer.body) if answer.status == 500 else None
    return fault.resultaat.code if fault and fault.resultaat else ""


def test_every_message_at_both_doors_is_refused_under_every_wrong_certificate(
    sandbox: Stack, inside: Indoors, messages: Mapping[str, Said]
) -> None:
    """None, unlisted, of a supplier that serves another school, turned away without a deploy; and the right one."""
    table, wrong, count = Tabel(sandbox.aws.client("dynamodb"), sandbox.env["OSO_TABEL_STATE"]), [], 0
    for (what, said), door in itertools.product(messages.items(), DOORS):
        found = {
            case: outcome(inside, door, said.message, certificate)
            for case, certificate in (("none", None), ("unlisted", "onbekend"), ("other school's", said.other))
        }
        right = outcome(inside, door, said.message, said.right)
        for case, who in (("revoked supplier", _oin(sandbox, said.right)), ("revoked", _print(sandbox, said.right))):
            weer(table, who, "proef")
            verbinding.stores.cache_clear()  # what a process remembers for a minute at most
            found[case] = outcome(inside, door, said.message, said.right)
            laat_toe(table, who)
            verbinding.stores.cache_clear()
        again = outcome(inside, door, said.message, said.right)
        count += len(found)
        wrong += [(what, door, case, code) for case, code in found.items() if code != STRANGER]
        wrong += [(what, door, "right", code) for code in (right, again) if code == STRANGER]
    print(f"\n{len(DOORS)} doors x {len(messages)} messages x 5 certificates: {count} refused")
    assert wrong == []


@pytest.mark.parametrize("certificate", STOPPED)
@pytest.mark.parametrize("door", DOORS)
def test_whoever_has_no_certificate_of_our_authority_does_not_get_as_far_as_a_message(
    sandbox: Stack, messages: Mapping[str, Said], door: str, certificate: str | None
) -> None:
    data = soap.encode(PROFIELEN[door], messages["documentRequest"].message)
    with pytest.raises((urllib3.exceptions.SSLError, urllib3.exceptions.ProtocolError)):
        post(sandbox, door, data, certificate)


@pytest.mark.parametrize("door", DOORS)
def test_the_real_door_refuses_who_is_not_listed_and_answers_who_is(
    sandbox: Stack, messages: Mapping[str, Said], door: str
) -> None:
    said, profiel, codes = messages["documentRequest"], PROFIELEN[door], []
    for certificate in ("onbekend", said.right):
        fault = soap.decode_fault(profiel, post(sandbox, door, soap.encode(profiel, said.message), certificate))
        assert fault is not None
        assert fault.resultaat is not None
        codes.append(fault.resultaat.code)
    assert codes == [STRANGER, "LEERLING_NIET_BEKEND"]


def post(sandbox: Stack, door: str, data: bytes, certificate: str | None) -> bytes:
    """Send it over TLS, under this certificate."""
    pki, held = sandbox.pki, certificate
    cert, key = (pki.cert(held), pki.key(held)) if held else (None, None)
    with urllib3.PoolManager(ca_certs=pki.ca, cert_file=cert, key_file=key, retries=False) as http:
        url = f"{sandbox.wire.rpartition('/')[0]}/{door}"
        return http.request("POST", url, body=data, headers={"Content-Type": "text/xml"}).data


def _certificate(sandbox: Stack, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Path(sandbox.pki.cert(name)).read_bytes())


def _oin(sandbox: Stack, name: str) -> str:
    (found,) = _certificate(sandbox, name).subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)
    return str(found.value)


def _print(sandbox: Stack, name: str) -> str:
    return _certificate(sandbox, name).fingerprint(hashes.SHA256()).hex()
