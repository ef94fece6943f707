"""What the client makes of answers and of silence: `send` is a function, as in production."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import (
    BERICHT_ONGELDIG,
    GESLAAGD,
    NIET_BEKEND,
    NIET_BESCHIKBAAR,
    RESULTATEN,
    SESSIE_AFWIJKEND,
    TECHNISCHE_FOUT,
)
from chalicelib.errors import OsoError, PeerError, Unavailable
from chalicelib.messages import PROFIELEN, protocolprofiel, soap
from chalicelib.messages import berichten as b
from chalicelib.messages.document import encode_document_response
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.sender import Send, is_openbaar
from chalicelib.traffic_center import TrafficCenter

P = protocolprofiel("18")
TC, PEER = "https://tc.example/", "https://las.example/oso"
SLEUTEL = zoeksleutel_provider(b"een sleutel voor de toetsen")
PGN = Pgn(PgnType.BSN, "662460613")
SESSIE = "0f0e0d0c-0b0a-4908-8706-050403020100"
KOPPEL = "5B2D0E54-2C1C-4B6E-9B61-0C6F1A7B9D10"
ADRESSEN = b.Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("1"))
AANVRAAG = b.DocumentRequest(ADRESSEN, PGN, None, Overdrachtsoort.OVERSTAPDOSSIER, SESSIE)
MOMENT = datetime(2019, 8, 5, 10, 20, tzinfo=UTC)
NOTIFICATIE = b.NotificatieRequest(ADRESSEN, KOPPEL, doel=b.Doel.PAO)

ROEPEN: dict[str, Callable[[TrafficCenter], object]] = {
    "open_sessie": lambda tc: tc.open_sessie(ADRESSEN, PGN, Overdrachtsoort.OVERSTAPDOSSIER),
    "controleer_sessie": lambda tc: tc.controleer_sessie(AANVRAAG),
    "meld_af": lambda tc: tc.meld_af(AANVRAAG, GESLAAGD),
    "registreer": lambda tc: tc.registreer(Brin("14SS"), Aanleverpunt("0"), PEER),
    "deregistreer": lambda tc: tc.deregistreer(Brin("14SS"), Aanleverpunt("0")),
    "overzicht": lambda tc: tc.overzicht(Brin("14SS")),
    "meld_notificatie": lambda tc: tc.meld_notificatie(ADRESSEN, b.Doel.OV, SESSIE),
    "meld_terugkoppeling": lambda tc: tc.meld_terugkoppeling(ADRESSEN, KOPPEL),
    "vraag_dossier": lambda tc: tc.vraag_dossier(PEER, AANVRAAG),
    "notificeer": lambda tc: tc.notificeer(PEER, NOTIFICATIE),
    "koppel_terug": lambda tc: tc.koppel_terug(PEER, b.TerugkoppelingRequest(ADRESSEN, KOPPEL, MOMENT, "een tekst")),
}
NAAR_TC = [naam for naam in ROEPEN if naam not in ("vraag_dossier", "notificeer", "koppel_terug")]


def tc_met(send: Send, profiel: Protocolprofiel = P) -> TrafficCenter:
    return TrafficCenter(send, profiel, SLEUTEL, TC)


def zegt(data: bytes, status: int = 200) -> Send:
    return lambda _url, _data: (status, data)


@pytest.mark.parametrize("naam", ROEPEN)
def test_each_call_goes_to_its_own_address_and_only_a_documentrequest_holds_the_number(naam: str) -> None:
    """Protocol 5: the pgn may not be sent to the Traffic Center."""
    gezien: list[tuple[str, bytes]] = []

    def send(url: str, data: bytes) -> tuple[int, bytes]:
        gezien.append((url, data))
        return 200, b""

    with pytest.raises(PeerError):
        ROEPEN[naam](tc_met(send))
    assert [url for url, _ in gezien] == [TC if naam in NAAR_TC else PEER]
    assert (PGN.nummer.encode() in gezien[0][1]) == (naam == "vraag_dossier")


@pytest.mark.parametrize("profiel", PROFIELEN.values(), ids=PROFIELEN)
def test_bron_and_doel_send_the_same_zoeksleutel_for_one_number(profiel: Protocolprofiel) -> None:
    """Protocol 5, determinism."""
    gezien: list[bytes] = []

    def send(_: str, data: bytes) -> tuple[int, bytes]:
        gezien.append(data)
        return 200, soap.encode(profiel, b.SessiecontroleResponse("PO"))

    tc = tc_met(send, profiel)
    with pytest.raises(PeerError):
        tc.open_sessie(ADRESSEN, PGN, Overdrachtsoort.OVERSTAPDOSSIER)
    tc.controleer_sessie(AANVRAAG)
    vraag, controle = (soap.decode(profiel, data) for data in gezien)
    assert isinstance(vraag, b.OverdrachtRequest)
    assert isinstance(controle, b.SessiecontroleRequest)
    assert vraag.zoeksleutel == controle.zoeksleutel == SLEUTEL(PGN)


@pytest.mark.parametrize("naam", ROEPEN)
@pytest.mark.parametrize("status", [200, 500])
def test_a_refusal_that_oso_names_is_an_answer(naam: str, status: int) -> None:
    for resultaat in RESULTATEN.values():
        if resultaat is not TECHNISCHE_FOUT:
            assert ROEPEN[naam](tc_met(zegt(soap.fault(P, resultaat, "Client"), status))) is resultaat


@pytest.mark.parametrize("naam", ROEPEN)
@pytest.mark.parametrize(
    ("data", "status", "soort"),
    [
        (b"<html/>", 200, PeerError),
        (b"", 200, PeerError),
        (b"", 301, PeerError),
        (b"", 404, PeerError),
        (b"", 500, Unavailable),
        (b"<html/>", 502, Unavailable),
        (b"", 503, Unavailable),
        (b"", 504, Unavailable),
        (b"", 429, Unavailable),
        (soap.fault(P, TECHNISCHE_FOUT, "Server"), 500, Unavailable),
        (soap.fault(P, TECHNISCHE_FOUT, "Client"), 500, PeerError),
        (soap.fault(P, NIET_BEKEND, "Server").replace(b"LeerlingNietBekend", b"java.lang.Oeps"), 500, Unavailable),
        (soap.fault(P, NIET_BEKEND, "Client").replace(b"LeerlingNietBekend", b"Leerling 662460613"), 500, PeerError),
        (soap.encode(P, AANVRAAG), 200, PeerError),
        (soap.encode(P, b.NotificatieResponse())[:-9], 200, PeerError),
        (soap.encode(protocolprofiel("22"), b.NotificatieResponse()), 200, PeerError),
    ],
)
def test_silence_can_be_retried_and_nonsense_cannot(naam: str, data: bytes, status: int, soort: type[OsoError]) -> None:
    with pytest.raises(soort) as fout:
        ROEPEN[naam](tc_met(zegt(data, status)))
    wie = "TRAFFIC_CENTER" if naam in NAAR_TC else "PEER"
    assert fout.value.code == f"{wie}_{'ONBEREIKBAAR' if soort is Unavailable else 'ANTWOORD'}"
    assert "662460613" not in str(fout.value)


def test_an_unanswered_call_says_who_did_not_answer() -> None:
    def send(_url: str, _data: bytes) -> tuple[int, bytes]:
        raise Unavailable("GEEN_ANTWOORD")

    for naam, roep in ROEPEN.items():
        with pytest.raises(Unavailable) as fout:
            roep(tc_met(send))
        assert fout.value.code == ("TRAFFIC_CENTER_ONBEREIKBAAR" if naam in NAAR_TC else "PEER_ONBEREIKBAAR")


def test_an_answer_about_another_session_is_no_answer() -> None:
    ander = SESSIE.replace("0f0e", "ffff")
    with pytest.raises(PeerError, match="andere sessie"):
        tc_met(zegt(soap.encode(P, b.SessiecontroleResponse("PO", ander)))).controleer_sessie(AANVRAAG)
    eigen = b.SessiecontroleResponse("PO", SESSIE)
    assert tc_met(zegt(soap.encode(P, eigen))).controleer_sessie(AANVRAAG) == eigen


def test_a_zorgvraag_without_a_koppelsleutel_in_the_answer_goes_no_further() -> None:
    """Protocol 2.4 step 2."""
    zonder = tc_met(zegt(soap.encode(P, b.MeldenNotificatieResponse(PEER))))
    assert zonder.meld_notificatie(ADRESSEN, b.Doel.OV, SESSIE) == b.MeldenNotificatieResponse(PEER)
    with pytest.raises(PeerError, match="geen koppelsleutel"):
        zonder.meld_notificatie(ADRESSEN, b.Doel.PAO)


def test_the_dossier_arrives_as_the_bytes_that_were_sent() -> None:
    dossier = "<dossier xmlns='urn:d'>é</dossier>".encode()
    assert tc_met(zegt(encode_document_response(P, dossier))).vraag_dossier(PEER, AANVRAAG) == dossier


@pytest.mark.parametrize("resultaat", [NIET_BESCHIKBAAR, SESSIE_AFWIJKEND, BERICHT_ONGELDIG], ids=str)
def test_a_refused_dossier_is_the_refusal(resultaat: object) -> None:
    assert isinstance(resultaat, type(GESLAAGD))
    tc = tc_met(zegt(soap.fault(P, resultaat, "Client"), 500))
    assert tc.vraag_dossier(PEER, replace(AANVRAAG, aanvraagdatum=MOMENT)) is resultaat


@pytest.mark.parametrize(
    ("adres", "openbaar"),
    [
        ("145.100.1.1", True),
        ("2001:610::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.5.4", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:145.100.1.1", True),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::1", False),
        ("64:ff9b:1::7f00:1", False),
        ("fec0::1", False),
        ("::127.0.0.1", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(adres: str, openbaar: bool) -> None:
    """Protocol 9b.11."""
    assert is_openbaar(adres) is openbaar
