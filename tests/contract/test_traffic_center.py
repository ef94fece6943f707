"""The client against the real sandbox Traffic Center: a process of its own, mutual TLS, both generations."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import GESLAAGD, NIET_BEKEND, Resultaat
from chalicelib.errors import PeerError, Unavailable
from chalicelib.messages import berichten as b
from chalicelib.messages import protocolprofiel
from chalicelib.sender import https_sender
from chalicelib.traffic_center import TrafficCenter
from infra.local.pki import OIN, Pki, make_pki
from tests.contract.parties import ZOEKSLEUTEL, Partij, client, partijen, traffic_center

PGN = Pgn(PgnType.BSN, "662460613")
ANDER = Pgn(PgnType.BSN, "482782481")
BRON, DOEL = (Brin("14SS"), Aanleverpunt("0")), (Brin("99EF"), Aanleverpunt("0"))
ADRESSEN = b.Adressen(*BRON, *DOEL)
ZORG = b.Adressen(*BRON, Brin("14SS"), Aanleverpunt("10"))
SOORT = Overdrachtsoort.OVERSTAPDOSSIER
PUNTEN = [
    {"brin": "14SS", "nummer": "0", "naam": "A", "doel": "OV", "leverancier": OIN["leverancier-a"]},
    {"brin": "14SS", "nummer": "1", "naam": "A1", "doel": "OV", "leverancier": OIN["leverancier-a"]},
    {"brin": "99EF", "nummer": "0", "naam": "B", "doel": "OV", "leverancier": OIN["leverancier-b"], "sector": "VO"},
    {"brin": "14SS", "nummer": "10", "naam": "SWV", "doel": "PaO", "leverancier": OIN["swv"]},
    {"brin": "16VO", "nummer": "0", "naam": "niet geregistreerd", "doel": "OV", "leverancier": OIN["leverancier-b"]},
]
Wie = Callable[[str], TrafficCenter]


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def proces(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Partij]:
    """One Traffic Center for all tests, with every aanleverpunt registered but 16VO/0."""
    punten = [{**een, "url": f"https://127.0.0.1:1/{een['naam']}"} for een in PUNTEN[:-1]] + PUNTEN[-1:]
    with partijen() as children:
        yield traffic_center(children, pki, tmp_path_factory.mktemp("tc"), punten)


@pytest.fixture
def tc(proces: Partij) -> Partij:
    """The Traffic Center as it was when it started."""
    proces.doe("opnieuw")
    return proces


@pytest.fixture(params=["18", "22"])
def wie(request: pytest.FixtureRequest, pki: Pki, tc: Partij) -> Wie:
    """The client of one supplier."""
    return lambda naam: client(pki, tc, naam, request.param)


def sessie(doel: TrafficCenter, sleutel: Pgn | str = PGN, vraag: b.Adressen | None = None) -> b.DocumentRequest:
    """A granted session, as the documentRequest that the doel would send with it."""
    zorg = isinstance(sleutel, str)
    vol = vraag or (ZORG if zorg else ADRESSEN)
    soort = Overdrachtsoort.SWV if zorg else SOORT
    antwoord = doel.open_sessie(replace(vol, bron_aanleverpunt=None), sleutel, soort)
    assert isinstance(antwoord, b.OverdrachtResponse), antwoord
    pgn, koppelsleutel = (None, sleutel) if isinstance(sleutel, str) else (sleutel, None)
    return b.DocumentRequest(vol, pgn, koppelsleutel, soort, antwoord.sessie_id)


def code(antwoord: object) -> str:
    assert isinstance(antwoord, Resultaat), antwoord
    return antwoord.code


def test_a_session_lives_from_request_through_control_to_sign_off(wie: Wie, tc: Partij) -> None:
    doel, bron = wie("leverancier-b"), wie("leverancier-a")
    aanvraag = sessie(doel)
    antwoord = bron.controleer_sessie(aanvraag)
    assert isinstance(antwoord, b.SessiecontroleResponse)
    assert antwoord.sector == "VO"
    assert doel.meld_af(aanvraag, GESLAAGD) == b.AfmeldingResponse()
    assert [(een["toestand"], een["resultaat"], een["controles"]) for een in tc.stand()["sessies"]] == [
        ("afgemeld", "OverdrachtGeslaagd", 1)
    ]
    assert code(bron.controleer_sessie(aanvraag)) == "SESSIE_REEDS_AFGEMELD"
    assert code(doel.meld_af(aanvraag, GESLAAGD)) == "SESSIE_REEDS_AFGEMELD"


def test_the_answer_names_every_active_aanleverpunt_of_the_bron_or_the_one_asked_for(wie: Wie) -> None:
    doel = wie("leverancier-b")
    alle = doel.open_sessie(replace(ADRESSEN, bron_aanleverpunt=None), PGN, SOORT)
    een = doel.open_sessie(replace(ADRESSEN, bron_aanleverpunt=Aanleverpunt("1")), PGN, SOORT)
    assert isinstance(alle, b.OverdrachtResponse)
    assert isinstance(een, b.OverdrachtResponse)
    assert [punt.url[-2:] for punt in alle.aanleverpunten] == ["/A", "A1"]
    assert [punt.url[-2:] for punt in een.aanleverpunten] == ["A1"]


@pytest.mark.parametrize(
    ("wijziging", "verwacht"),
    [
        ({"pgn": ANDER}, "SESSIE_AFWIJKEND"),
        ({"overdrachtsoort": Overdrachtsoort.BINNENBRIN}, "SESSIE_AFWIJKEND"),
        ({"sessie_id": "00000000-0000-4000-8000-000000000000"}, "SESSIE_ONBEKEND"),
        ({"adressen": replace(ADRESSEN, doel_brin=Brin("16VO"))}, "SESSIE_AFWIJKEND"),
        ({"adressen": replace(ADRESSEN, doel_aanleverpunt=Aanleverpunt("7"))}, "ONBEKEND_AANLEVERPUNT"),
        ({"adressen": replace(ADRESSEN, bron_brin=Brin("00ZZ"))}, "VERSTREKKER_NIET_BEKEND"),
        (
            {"adressen": replace(ADRESSEN, bron_aanleverpunt=Aanleverpunt("5"))},
            "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND",
        ),
        ({"adressen": b.Adressen(*DOEL, *DOEL)}, "CLIENTCERTIFICAAT_ONBEKEND"),
    ],
)
def test_session_control_refuses_whatever_differs_from_the_session(
    wie: Wie, wijziging: Mapping[str, Any], verwacht: str
) -> None:
    aanvraag = sessie(wie("leverancier-b"))
    assert code(wie("leverancier-a").controleer_sessie(replace(aanvraag, **wijziging))) == verwacht
    assert isinstance(wie("leverancier-a").controleer_sessie(aanvraag), b.SessiecontroleResponse)


def test_an_expired_session_is_unknown_at_control_and_can_still_be_signed_off(wie: Wie, tc: Partij) -> None:
    aanvraag = sessie(wie("leverancier-b"))
    tc.doe("verloop")
    assert code(wie("leverancier-a").controleer_sessie(aanvraag)) == "SESSIE_ONBEKEND"
    assert wie("leverancier-b").meld_af(aanvraag, NIET_BEKEND) == b.AfmeldingResponse()


def test_binnen_brin_between_two_brins_is_granted_and_refused_at_session_control(wie: Wie) -> None:
    antwoord = wie("leverancier-b").open_sessie(
        replace(ADRESSEN, bron_aanleverpunt=None), PGN, Overdrachtsoort.BINNENBRIN
    )
    assert isinstance(antwoord, b.OverdrachtResponse)
    aanvraag = b.DocumentRequest(ADRESSEN, PGN, None, Overdrachtsoort.BINNENBRIN, antwoord.sessie_id)
    assert code(wie("leverancier-a").controleer_sessie(aanvraag)) == "GEEN_RELATIE_MET_DOEL"


def test_binnen_brin_within_one_brin_never_names_the_asking_aanleverpunt_itself(wie: Wie) -> None:
    binnen = b.Adressen(Brin("14SS"), None, Brin("14SS"), Aanleverpunt("1"))
    antwoord = wie("leverancier-a").open_sessie(binnen, PGN, Overdrachtsoort.BINNENBRIN)
    assert isinstance(antwoord, b.OverdrachtResponse)
    assert [punt.url[-2:] for punt in antwoord.aanleverpunten] == ["/A"]


@pytest.mark.parametrize(
    ("naam", "wijziging", "verwacht"),
    [
        ("leverancier-b", {"bron_brin": Brin("00ZZ")}, "VERSTREKKER_NIET_BEKEND"),
        ("leverancier-b", {"bron_brin": Brin("16VO")}, "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND"),
        ("leverancier-b", {"doel_aanleverpunt": Aanleverpunt("7")}, "AFNEMER_NIET_BEKEND"),
        ("leverancier-b", {"doel_brin": Brin("16VO")}, "AFNEMER_NIET_BEKEND"),
        ("leverancier-a", {}, "CLIENTCERTIFICAAT_ONBEKEND"),
        ("onbekend", {}, "CLIENTCERTIFICAAT_ONBEKEND"),
    ],
)
def test_no_session_without_a_known_doel_a_known_bron_and_the_right_certificate(
    wie: Wie, naam: str, wijziging: Mapping[str, Any], verwacht: str
) -> None:
    vraag = replace(ADRESSEN, bron_aanleverpunt=None, **wijziging)
    assert code(wie(naam).open_sessie(vraag, PGN, SOORT)) == verwacht


def test_a_zorgvraag_travels_by_koppelsleutel_from_notification_to_terugkoppeling(wie: Wie, tc: Partij) -> None:
    school, swv = wie("leverancier-a"), wie("swv")
    gemeld = school.meld_notificatie(ZORG, b.Doel.PAO)
    assert isinstance(gemeld, b.MeldenNotificatieResponse)
    assert gemeld.url.endswith("/SWV")
    assert gemeld.koppelsleutel is not None
    aanvraag = sessie(swv, gemeld.koppelsleutel)
    assert isinstance(school.controleer_sessie(aanvraag), b.SessiecontroleResponse)
    assert swv.meld_af(aanvraag, GESLAAGD) == b.AfmeldingResponse()
    terug = swv.meld_terugkoppeling(ZORG, gemeld.koppelsleutel)
    assert isinstance(terug, b.MeldenTerugkoppelingResponse)
    assert terug.url.endswith("/A")
    assert gemeld.koppelsleutel not in json.dumps(tc.stand())


def test_a_koppelsleutel_opens_nothing_for_another_pair_or_after_it_expired(wie: Wie, tc: Partij) -> None:
    gemeld = wie("leverancier-a").meld_notificatie(ZORG, b.Doel.PAO)
    assert isinstance(gemeld, b.MeldenNotificatieResponse)
    sleutel = gemeld.koppelsleutel or ""
    vraag = replace(ADRESSEN, bron_aanleverpunt=None)
    assert code(wie("leverancier-b").open_sessie(vraag, sleutel, Overdrachtsoort.SWV)) == "KOPPELSLEUTEL_ONBEKEND"
    anders = replace(ZORG, bron_aanleverpunt=Aanleverpunt("1"))
    assert code(wie("swv").meld_terugkoppeling(anders, sleutel)) == "KOPPELSLEUTEL_ONBEKEND"
    tc.doe("verloop", koppelsleutels=True)
    vraag = replace(ZORG, bron_aanleverpunt=None)
    assert code(wie("swv").open_sessie(vraag, sleutel, Overdrachtsoort.SWV)) == "KOPPELSLEUTEL_ONBEKEND"


def test_a_notification_to_a_school_needs_the_session_of_its_own_earlier_request(wie: Wie) -> None:
    aanvraag = sessie(wie("leverancier-b"))
    school = wie("leverancier-a")
    gemeld = school.meld_notificatie(ADRESSEN, b.Doel.OV, aanvraag.sessie_id)
    assert gemeld == b.MeldenNotificatieResponse("https://127.0.0.1:1/B")
    onbekend = school.meld_notificatie(ADRESSEN, b.Doel.OV, "00000000-0000-4000-8000-000000000000")
    assert code(onbekend) == "SESSIE_ONBEKEND"
    assert code(school.meld_notificatie(ZORG, b.Doel.OV, aanvraag.sessie_id)) == "ONBEKEND_AANLEVERPUNT"


def test_the_overview_filters_and_shows_active_aanleverpunten_only(wie: Wie) -> None:
    school = wie("leverancier-a")
    zorg = school.overzicht(Brin("14SS"), b.Doel.PAO)
    assert isinstance(zorg, tuple)
    assert [(punt.aanleverpunt.nummer, punt.naam, punt.leverancier) for punt in zorg] == [("10", "SWV", OIN["swv"])]
    assert school.overzicht(Brin("16VO")) == ()
    alle = school.overzicht()
    assert isinstance(alle, tuple)
    assert len(alle) == 4
    assert code(wie("onbekend").overzicht()) == "CLIENTCERTIFICAAT_ONBEKEND"


def test_an_aanleverpunt_is_registered_and_taken_out_of_use_by_its_own_supplier_only(pki: Pki, tc: Partij) -> None:
    onze = client(pki, tc, "leverancier-b")
    punt = (Brin("16VO"), Aanleverpunt("0"))
    assert code(client(pki, tc, "leverancier-a").registreer(*punt, "https://localhost/a")) == (
        "CLIENTCERTIFICAAT_ONBEKEND"
    )
    assert onze.registreer(*punt, "https://localhost/x") == b.RegistratieResponse()
    gevonden = onze.overzicht(punt[0])
    assert isinstance(gevonden, tuple)
    assert [een.url for een in gevonden] == ["https://localhost/x"]
    assert onze.deregistreer(*punt) == b.RegistratieResponse()
    assert onze.overzicht(punt[0]) == ()
    assert code(onze.registreer(Brin("16VO"), Aanleverpunt("3"), "https://localhost/x")) == "ONBEKEND_AANLEVERPUNT"


@pytest.mark.parametrize(
    ("storing", "verwacht"),
    [
        ({"wat": "500"}, "TRAFFIC_CENTER_ONBEREIKBAAR"),
        ({"wat": "verbreek"}, "TRAFFIC_CENTER_ONBEREIKBAAR"),
        ({"wat": "verlies"}, "TRAFFIC_CENTER_ONBEREIKBAAR"),
        ({"wat": "html"}, "TRAFFIC_CENTER_ANTWOORD"),
        ({"wat": "afgekapt"}, "TRAFFIC_CENTER_ANTWOORD"),
    ],
)
def test_a_failing_traffic_center_is_named_and_the_next_call_succeeds(
    pki: Pki, tc: Partij, storing: Mapping[str, Any], verwacht: str
) -> None:
    doel = client(pki, tc, "leverancier-b")
    tc.doe("storing", bericht="overdrachtRequest", **storing)
    with pytest.raises((Unavailable, PeerError), match=verwacht):
        sessie(doel)
    sessie(doel)
    granted = len(tc.stand()["sessies"])
    assert granted == (2 if storing["wat"] in ("verlies", "afgekapt") else 1)


def test_a_traffic_center_that_is_too_slow_did_not_answer(pki: Pki, tc: Partij) -> None:
    naam = "leverancier-b"
    haastig = https_sender(pki.ca, pki.cert(naam), pki.key(naam), sandbox=True, lezen=0.2)
    doel = TrafficCenter(haastig, protocolprofiel("18"), ZOEKSLEUTEL, f"{tc.adres}/tc/18")
    tc.doe("storing", bericht="overdrachtRequest", wat="traag", seconden=0.6)
    with pytest.raises(Unavailable, match="TRAFFIC_CENTER_ONBEREIKBAAR"):
        sessie(doel)


def test_an_answer_about_another_session_is_refused(pki: Pki, tc: Partij) -> None:
    aanvraag = sessie(client(pki, tc, "leverancier-b"))
    tc.doe("storing", bericht="sessiecontroleRequest", wat="andere")
    bron = client(pki, tc, "leverancier-a")
    with pytest.raises(PeerError, match="andere sessie"):
        bron.controleer_sessie(aanvraag)
    assert isinstance(bron.controleer_sessie(aanvraag), b.SessiecontroleResponse)


@pytest.mark.parametrize("naam", ["vreemd", "verlopen"])
def test_a_certificate_of_another_authority_or_out_of_date_is_refused_in_the_handshake(
    pki: Pki, tc: Partij, naam: str
) -> None:
    with pytest.raises(Unavailable, match="TRAFFIC_CENTER_ONBEREIKBAAR"):
        client(pki, tc, naam).overzicht()
    assert tc.stand()["tellers"] == {}


def test_neither_log_nor_control_page_shows_a_number_or_a_key(wie: Wie, tc: Partij) -> None:
    aanvraag = sessie(wie("leverancier-b"))
    wie("leverancier-a").controleer_sessie(aanvraag)
    tekst = json.dumps(tc.stand()) + tc.log.read_text()
    assert "sessiecontroleRequest" in tekst
    assert PGN.nummer not in tekst
    assert ZOEKSLEUTEL(PGN).waarde not in tekst
