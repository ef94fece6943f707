"""Every message both ways in both generations, the literal shapes of protocol chapter 3, and bad input."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import GESLAAGD, NIET_BEKEND, NIET_OPVRAAGBAAR, RESULTATEN
from chalicelib.errors import Invalid
from chalicelib.messages import PROFIELEN, protocolprofiel, soap
from chalicelib.messages import berichten as b
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.reader import Grenzen
from chalicelib.messages.zoeksleutel import zoeksleutel_provider

ACHTTIEN, TWEEENTWINTIG = protocolprofiel("18"), protocolprofiel("22")
SESSIE = "0f0e0d0c-0b0a-4908-8706-050403020100"
KOPPEL = "5B2D0E54-2C1C-4B6E-9B61-0C6F1A7B9D10"
MOMENT = datetime(2019, 8, 5, 10, 20, tzinfo=timezone(timedelta(hours=2)))
ADRESSEN = b.Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("1"))
PGN = Pgn(PgnType.BSN, "662460613")
ZOEK = zoeksleutel_provider(b"een sleutel voor de toetsen")(PGN)
OVERSTAP, SWV = Overdrachtsoort.OVERSTAPDOSSIER, Overdrachtsoort.SWV

BERICHTEN: tuple[b.Bericht, ...] = (
    b.OverdrachtRequest(ADRESSEN, OVERSTAP, ZOEK),
    b.OverdrachtRequest(replace(ADRESSEN, bron_aanleverpunt=None), SWV, None, KOPPEL),
    b.OverdrachtResponse(SESSIE, (b.Aanleverpuntadres(Aanleverpunt("0000000700014SS00000"), "https://las.example/o"),)),
    b.DocumentRequest(ADRESSEN, PGN, None, Overdrachtsoort.BINNENBRIN, SESSIE),
    b.DocumentRequest(ADRESSEN, None, KOPPEL, SWV, SESSIE),
    b.DocumentRequest(ADRESSEN, Pgn(PgnType.ONDERWIJSNUMMER, "101211151"), None, OVERSTAP, SESSIE, MOMENT),
    b.SessiecontroleRequest(ADRESSEN, OVERSTAP, ZOEK, sessie_id=SESSIE),
    b.SessiecontroleResponse("PO", SESSIE),
    b.SessiecontroleResponse("VO"),
    b.AfmeldingRequest(ADRESSEN, OVERSTAP, ZOEK, sessie_id=SESSIE, resultaat=NIET_OPVRAAGBAAR),
    b.AfmeldingResponse(),
    b.MeldenNotificatieRequest(ADRESSEN, b.Doel.OV, SESSIE, MOMENT),
    b.MeldenNotificatieRequest(ADRESSEN, b.Doel.PAO),
    b.MeldenNotificatieResponse("https://las.example/oso", KOPPEL),
    b.NotificatieRequest(ADRESSEN, None, SESSIE, MOMENT, b.Doel.OV),
    b.NotificatieRequest(ADRESSEN, KOPPEL, doel=b.Doel.PAO),
    b.NotificatieResponse(),
    b.MeldenTerugkoppelingRequest(ADRESSEN, KOPPEL),
    b.MeldenTerugkoppelingResponse("https://las.example:8443/oso?a=b"),
    b.TerugkoppelingRequest(ADRESSEN, KOPPEL, MOMENT, "Advies: <meer> rust & regelmaat 😀"),
    b.TerugkoppelingResponse(),
    b.RegistratieRequest(Brin("14SS"), Aanleverpunt("0"), "https://las.example/oso"),
    b.RegistratieRequest(Brin("14SS"), Aanleverpunt("0"), None),
    b.RegistratieResponse(),
    b.OverzichtAanleverpuntRequest(),
    b.OverzichtAanleverpuntRequest(Brin("14SS"), b.Doel.PAO, Aanleverpunt("10")),
    b.OverzichtAanleverpuntResponse(),
    b.OverzichtAanleverpuntResponse(
        (
            b.OverzichtAanleverpunt(Brin("14SS"), Aanleverpunt("10"), "SWV & co", b.Doel.PAO, "https://swv.example/"),
            b.OverzichtAanleverpunt(Brin("14SS"), Aanleverpunt("0"), None, b.Doel.OV, None, "99999999000000000001"),
        )
    ),
)


def kan(profiel: Protocolprofiel, bericht: b.Bericht) -> bool:
    """Whether this generation has the message as it stands: no registration in '22, no kenmerk in '18."""
    kenmerk = isinstance(bericht, b.OverdrachtResponse)
    return not (
        profiel is TWEEENTWINTIG and isinstance(bericht, b.RegistratieRequest | b.RegistratieResponse)
    ) and not (profiel is ACHTTIEN and kenmerk)


GEVALLEN = [(profiel, bericht) for profiel in PROFIELEN.values() for bericht in BERICHTEN if kan(profiel, bericht)]


def test_the_table_above_holds_every_message() -> None:
    assert {type(bericht) for bericht in BERICHTEN} == set(get_args(b.Bericht))


@pytest.mark.parametrize(("profiel", "bericht"), GEVALLEN, ids=lambda een: getattr(een, "naam", type(een).__name__))
def test_what_is_written_is_read_back(profiel: Protocolprofiel, bericht: b.Bericht) -> None:
    assert soap.decode(profiel, soap.encode(profiel, bericht)) == bericht


@pytest.mark.parametrize(("profiel", "bericht"), GEVALLEN, ids=lambda een: getattr(een, "naam", type(een).__name__))
def test_no_repr_shows_a_number_or_a_key(profiel: Protocolprofiel, bericht: b.Bericht) -> None:
    tekst = repr(bericht) + repr(soap.open_envelope(soap.encode(profiel, bericht)))
    assert not any(geheim in tekst for geheim in (PGN.nummer, "101211151", KOPPEL, ZOEK.waarde, "0613", "rust"))


def namen(profiel: Protocolprofiel, bericht: b.Bericht) -> list[str]:
    knoop = soap.open_envelope(soap.encode(profiel, bericht))
    assert knoop.namespace == profiel.namespace
    return [knoop.naam, *(kind.naam for kind in knoop.kinderen)]


@pytest.mark.parametrize(
    ("profiel", "bericht", "verwacht"),
    [
        (
            ACHTTIEN,
            BERICHTEN[6],
            "sessiecontroleRequest bronBrin bronAanleverpuntIndex doelBrin doelAanleverpuntIndex zoeksleutel "
            "overdrachtsoort sessieId",
        ),
        (
            TWEEENTWINTIG,
            BERICHTEN[6],
            "sessiecontroleRequest bronBrin bronRouteringsKenmerk doelBrin doelRouteringsKenmerk zoeksleutelPgnfrag "
            "overdrachtsoort sessieId",
        ),
        (
            ACHTTIEN,
            BERICHTEN[11],
            "meldenNotificatieRequest bronBrin bronAanleverpuntIndex doelBrin doelAanleverpuntIndex sessieId "
            "aanvraagdatum doel",
        ),
        (
            TWEEENTWINTIG,
            BERICHTEN[12],
            "meldenNotificatieRequest bronBrin bronRouteringsKenmerk doelBrin doelRouteringsKenmerk doel",
        ),
        (
            ACHTTIEN,
            BERICHTEN[15],
            "notificatieRequest bronBrin bronAanleverpuntIndex doelBrin doelAanleverpuntIndex koppelsleutel doel",
        ),
        (ACHTTIEN, BERICHTEN[16], "notificatieResponse resultaat"),
        (TWEEENTWINTIG, BERICHTEN[25], "overzichtAanleverpuntRequest brin doel routeringsKenmerk"),
    ],
)
def test_the_elements_and_order_that_the_sources_show_literally(
    profiel: Protocolprofiel, bericht: b.Bericht, verwacht: str
) -> None:
    """Protocol 3.3, 3.5, 3.6, 3.10."""
    assert namen(profiel, bericht) == verwacht.split()


def tekst_van(profiel: Protocolprofiel, bericht: b.Bericht, element: str) -> list[str]:
    return re.findall(f"<os:{element}>([^<]*)<", soap.encode(profiel, bericht).decode())


def test_the_values_that_the_sources_show_literally() -> None:
    """Protocol 3.6, 3.11."""
    assert tekst_van(ACHTTIEN, BERICHTEN[0], "overdrachtsoort") == ["overstapdossier"]
    assert tekst_van(ACHTTIEN, BERICHTEN[3], "overdrachtsoort") == ["overdrachtbinnenbrin"]
    assert tekst_van(ACHTTIEN, BERICHTEN[15], "doel") == ["PaO"]
    assert tekst_van(TWEEENTWINTIG, BERICHTEN[15], "doel") == ["SWV"]
    assert tekst_van(ACHTTIEN, BERICHTEN[16], "resultaat") == ["NotificatieOntvangen"]
    assert tekst_van(ACHTTIEN, BERICHTEN[5], "aanvraagdatum") == ["2019-08-05T10:20:00+02:00"]


def test_generation_22_names_an_aanleverpunt_by_a_routeringskenmerk_of_its_own_brin() -> None:
    """Protocol 1: `0000000700000YY00931`."""
    adressen = replace(ADRESSEN, bron_brin=Brin("00YY"), bron_aanleverpunt=Aanleverpunt("931"))
    vraag = b.SessiecontroleRequest(adressen, OVERSTAP, ZOEK, sessie_id=SESSIE)
    assert tekst_van(TWEEENTWINTIG, vraag, "bronRouteringsKenmerk") == ["0000000700000YY00931"]
    assert soap.decode(TWEEENTWINTIG, soap.encode(TWEEENTWINTIG, vraag)) == vraag


def test_a_routeringskenmerk_of_another_brin_is_never_taken_for_an_index_of_this_one() -> None:
    data = soap.encode(TWEEENTWINTIG, BERICHTEN[6]).replace(b"<os:bronBrin>14SS", b"<os:bronBrin>00ZZ")
    bericht = soap.decode(TWEEENTWINTIG, data)
    assert isinstance(bericht, b.SessiecontroleRequest)
    assert bericht.adressen.bron_aanleverpunt == Aanleverpunt("0000000700014SS00000")
    assert bericht.adressen.doel_aanleverpunt == Aanleverpunt("1")


def test_an_aanleverpunt_of_the_other_generation_is_not_written() -> None:
    adressen = replace(ADRESSEN, bron_aanleverpunt=Aanleverpunt("0000000700014SS00000"))
    with pytest.raises(Invalid, match="BERICHT_ONGELDIG"):
        soap.encode(ACHTTIEN, b.MeldenTerugkoppelingRequest(adressen, KOPPEL))


def test_a_terugkoppeling_is_written_with_the_swv_system_as_bron() -> None:
    """Protocol 2.5: the page on sending follows the direction of the message; our values do not."""
    assert tekst_van(ACHTTIEN, BERICHTEN[19], "bronBrin") == ["99EF"]
    assert tekst_van(ACHTTIEN, BERICHTEN[19], "doelAanleverpuntIndex") == ["0"]
    assert tekst_van(ACHTTIEN, BERICHTEN[17], "bronBrin") == ["14SS"]


def test_generation_22_has_no_registration_call() -> None:
    """Protocol 2.6."""
    with pytest.raises(Invalid, match="BERICHT_ONBEKEND"):
        soap.encode(TWEEENTWINTIG, BERICHTEN[21])


DOCUMENT = soap.encode(ACHTTIEN, BERICHTEN[5])


def test_order_wrapped_lines_and_empty_optional_elements_are_read() -> None:
    data = DOCUMENT.replace(b"<os:pgn>", b"<os:koppelsleutel> </os:koppelsleutel><os:pgn>\n  ")
    pgn = re.search(rb"<os:pgn>.*</os:pgn>", data, re.DOTALL)
    assert pgn is not None
    data = data.replace(pgn[0], b"").replace(b"<os:bronBrin>", pgn[0] + b"<os:bronBrin>")
    assert soap.decode(ACHTTIEN, data) == BERICHTEN[5]
    controle = soap.encode(ACHTTIEN, BERICHTEN[6])
    gevouwen = controle.replace(ZOEK.waarde.encode(), "\n".join(re.findall(".{1,64}", ZOEK.waarde)).encode())
    assert soap.decode(ACHTTIEN, gevouwen) == BERICHTEN[6]


def test_an_envelope_of_another_vendor_with_its_own_prefixes_encoding_and_comments_is_read() -> None:
    data = (
        '<?xml version="1.0" encoding="utf-16"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
        '<S:Header><x:spoor xmlns:x="urn:x" S:mustUnderstand="0">1</x:spoor></S:Header><S:Body><!-- c -->'
        f'<notificatieResponse xmlns="{ACHTTIEN.namespace}"><resultaat><![CDATA[NotificatieOntvangen]]></resultaat>'
        '<extra xmlns="urn:x">wij lezen dit niet</extra></notificatieResponse></S:Body></S:Envelope>'
    ).encode("utf-16")
    assert soap.decode(ACHTTIEN, data) == b.NotificatieResponse()


def vervangen(oud: str, nieuw: str) -> bytes:
    assert oud.encode() in DOCUMENT
    return DOCUMENT.replace(oud.encode(), nieuw.encode(), 1)


FOUT = {
    "empty": b"",
    "no xml": b"BSN 662460613",
    "html": b"<html><body>662460613</body></html>",
    "truncated": DOCUMENT[:-20],
    "something behind it": DOCUMENT + b"<x/>",
    "dtd": vervangen("<soapenv:Envelope", "<!DOCTYPE x><soapenv:Envelope"),
    "entity": vervangen("<soapenv:Envelope", '<!DOCTYPE x [<!ENTITY e "662460613">]><soapenv:Envelope'),
    "undeclared entity": vervangen("662460613" if b"662460613" in DOCUMENT else "101211151", "&e;"),
    "instruction": vervangen("<soapenv:Body>", "<?x 662460613?><soapenv:Body>"),
    "unknown encoding": vervangen('encoding="UTF-8"', 'encoding="x-klingon"'),
    "multi-byte encoding": vervangen('encoding="UTF-8"', 'encoding="gb2312"'),
    "wrong octets": vervangen("101211151", "10121").replace(b"10121", b"\xff\xfe"),
    "SOAP 1.2": vervangen("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope"),
    "no body": vervangen("<soapenv:Header/>", "").replace(b"soapenv:Body", b"soapenv:Header"),
    "two bodies": vervangen("</soapenv:Body>", "</soapenv:Body><soapenv:Body/>"),
    "strange part": vervangen("<soapenv:Header/>", "<soapenv:Voet/>"),
    "empty body": re.sub(rb"<os:documentRequest>.*</os:documentRequest>", b"", DOCUMENT),
    "two messages": vervangen("</os:documentRequest>", "</os:documentRequest><os:documentRequest/>"),
    "unknown operation": DOCUMENT.replace(b"documentRequest", b"wisAllesRequest"),
    "documentResponse": DOCUMENT.replace(b"documentRequest", b"documentResponse"),
    "other generation": vervangen("20180404", "20200910"),
    "other namespace": vervangen("kennisnet", "voorbeeld"),
    "unqualified field": vervangen("<os:pgn>101211151</os:pgn>", "<pgn>101211151</pgn>"),
    "unknown field": vervangen("<os:pgn>", "<os:bsn>662460613</os:bsn><os:pgn>"),
    "double field": vervangen("<os:bronBrin>", "<os:bronBrin>14SS</os:bronBrin><os:bronBrin>"),
    "missing field": vervangen("<os:bronBrin>14SS</os:bronBrin>", ""),
    "empty mandatory field": vervangen("14SS", " "),
    "element in a field": vervangen("14SS", "<os:x>14SS</os:x>"),
    "text between fields": vervangen("<os:bronBrin>", "662460613<os:bronBrin>"),
    "both keys": vervangen("<os:pgn>", f"<os:koppelsleutel>{KOPPEL}</os:koppelsleutel><os:pgn>"),
    "no key": vervangen("<os:pgn>101211151</os:pgn>", ""),
    "bad number": vervangen("101211151", "662460614"),
    "number with a letter": vervangen("101211151", "66246061a"),
    "other digits": vervangen("101211151", "٦٦٢٤٦٠٦١٣"),
    "bad brin": vervangen("14SS", "14ss"),
    "bad index": vervangen("Index>0<", "Index>-1<"),
    "index with a zero": vervangen("Index>0<", "Index>00<"),
    "bad session": vervangen(SESSIE, "662460613"),
    "bad kind": vervangen("overstapdossier", "662460613"),
    "moment without offset": vervangen("10:20:00+02:00", "10:20:00"),
    "moment that does not exist": vervangen("2019-08-05", "2019-02-31"),
    "too deep": vervangen("14SS", "<os:x>" * 20 + "</os:x>" * 20),
    "too many": vervangen("<os:pgn>", "<os:x/>" * 600 + "<os:pgn>"),
}


REDEN = {
    "html": "geen SOAP-envelop",
    "dtd": "een DTD",
    "entity": "een DTD",
    "instruction": "een verwerkingsinstructie",
    "SOAP 1.2": "geen SOAP 1.1",
    "no body": "precies één Body",
    "two bodies": "precies één Body",
    "strange part": "precies één Body",
    "empty body": "precies één bericht",
    "two messages": "precies één bericht",
    "unknown operation": "onbekende operatie",
    "documentResponse": "onbekende operatie",
    "other generation": "naamruimte",
    "other namespace": "naamruimte",
    "unqualified field": "onbekend element",
    "unknown field": "onbekend element",
    "double field": "bronBrin komt vaker voor",
    "missing field": "bronBrin ontbreekt",
    "empty mandatory field": "bronBrin ontbreekt",
    "element in a field": "bronBrin bevat andere",
    "text between fields": "tekst tussen",
    "both keys": "precies één van pgn en koppelsleutel",
    "no key": "precies één van pgn en koppelsleutel",
    "bad number": "element pgn",
    "number with a letter": "element pgn",
    "other digits": "element pgn",
    "bad brin": "element bronBrin",
    "bad index": "element bronAanleverpuntIndex",
    "index with a zero": "element bronAanleverpuntIndex",
    "bad session": "element sessieId",
    "bad kind": "element overdrachtsoort",
    "moment without offset": "element aanvraagdatum",
    "moment that does not exist": "element aanvraagdatum",
    "too deep": "te diep genest",
    "too many": "te veel elementen",
}


@pytest.mark.parametrize("naam", FOUT)
def test_a_malformed_request_is_invalid_for_its_own_reason_and_quotes_nothing(naam: str) -> None:
    with pytest.raises(Invalid) as fout:
        soap.decode(ACHTTIEN, FOUT[naam])
    assert fout.value.code == "BERICHT_ONGELDIG"
    assert REDEN.get(naam, "geen welgevormde XML") in fout.value.detail
    assert not re.search(r"[0-9]{5}", str(fout.value))
    assert fout.value.__cause__ is None
    assert fout.value.__context__ is None or fout.value.__suppress_context__


def test_a_request_above_the_bound_is_refused_before_it_is_read() -> None:
    with pytest.raises(Invalid) as fout:
        soap.decode(ACHTTIEN, b"<" * 65_537)
    assert fout.value.code == "TE_GROOT"


def test_the_text_of_one_element_is_bounded() -> None:
    data = soap.encode(ACHTTIEN, b.TerugkoppelingRequest(ADRESSEN, KOPPEL, MOMENT, "x" * 101))
    with pytest.raises(Invalid, match="te veel tekst"):
        soap.open_envelope(data, Grenzen(10_000, tekst=100))


@pytest.mark.parametrize("waarde", ["1", "true"])
def test_a_header_that_must_be_understood_gets_the_fault_that_soap_prescribes(waarde: str) -> None:
    kop = f'<soapenv:Header><x:a xmlns:x="urn:x" soapenv:mustUnderstand="{waarde}"/></soapenv:Header>'
    with pytest.raises(soap.EnvelopGeweigerd) as fout:
        soap.decode(ACHTTIEN, vervangen("<soapenv:Header/>", kop))
    assert b"<faultcode>soapenv:MustUnderstand</faultcode>" in soap.fault_bij(ACHTTIEN, fout.value)


def test_soap_1_2_gets_the_fault_that_soap_prescribes() -> None:
    with pytest.raises(soap.EnvelopGeweigerd) as fout:
        soap.decode(ACHTTIEN, FOUT["SOAP 1.2"])
    assert b"<faultcode>soapenv:VersionMismatch</faultcode>" in soap.fault_bij(ACHTTIEN, fout.value)


@pytest.mark.parametrize(
    "url", ["http://las.example/", "https://a@las.example/", "https://", "https://a b/", "ftp://x"]
)
def test_an_address_that_is_not_plain_https_is_never_read(url: str) -> None:
    """Protocol 9b.11."""
    data = soap.encode(ACHTTIEN, BERICHTEN[18]).replace(b"https://las.example:8443/oso?a=b", url.encode())
    with pytest.raises(Invalid, match="element url"):
        soap.decode(ACHTTIEN, data)


@pytest.mark.parametrize("profiel", PROFIELEN.values(), ids=PROFIELEN)
@pytest.mark.parametrize("resultaat", RESULTATEN.values(), ids=str)
def test_every_outcome_travels_as_a_fault(profiel: Protocolprofiel, resultaat: object) -> None:
    assert isinstance(resultaat, type(GESLAAGD))
    fault = soap.decode_fault(profiel, soap.fault(profiel, resultaat, "Server"))
    assert fault == soap.Fault("Server", resultaat.wire, resultaat)


def test_a_fault_is_recognised_by_its_faultstring_alone_and_an_unknown_code_is_not_repeated() -> None:
    data = soap.fault(ACHTTIEN, NIET_BEKEND, "Client")
    zonder = re.sub(rb"<detail>.*</detail>", b"", data)
    assert soap.decode_fault(ACHTTIEN, zonder) == soap.Fault("Client", "LeerlingNietBekend", NIET_BEKEND)
    vreemd = data.replace(b"LeerlingNietBekend", b"Leerling 662460613 bestaat niet")
    assert soap.decode_fault(ACHTTIEN, vreemd) == soap.Fault("Client", "", None)
    assert soap.decode_fault(ACHTTIEN, DOCUMENT) is None


def test_a_zoeksleutel_is_deterministic_has_128_octets_and_differs_per_key_and_number() -> None:
    """Protocol 9b.2."""
    maak, anders = zoeksleutel_provider(b"x" * 32), zoeksleutel_provider(b"y" * 32)
    assert maak(PGN) == maak(PGN)
    assert len(maak(PGN).waarde) == 172
    assert len({maak(PGN).waarde, anders(PGN).waarde, maak(Pgn(PgnType.BSN, "482782481")).waarde}) == 3
    assert maak(PGN).pgnfrag == "0613"
    assert not re.search(f"0613|{re.escape(maak(PGN).waarde)}", repr(maak(PGN)))
    with pytest.raises(Invalid, match="SLEUTEL_TE_KORT"):
        zoeksleutel_provider(b"kort")


def test_a_message_with_two_keys_or_none_cannot_be_made() -> None:
    """Protocol 2.1 step 2: zoeksleutel XOR koppelsleutel."""
    for zoek, koppel in ((ZOEK, KOPPEL), (None, None)):
        with pytest.raises(Invalid):
            b.OverdrachtRequest(ADRESSEN, OVERSTAP, zoek, koppel)
    with pytest.raises(Invalid):
        b.DocumentRequest(ADRESSEN, PGN, KOPPEL, SWV, SESSIE)
    with pytest.raises(Invalid):
        b.NotificatieRequest(ADRESSEN, KOPPEL, doel=b.Doel.OV)
    with pytest.raises(Invalid):
        b.MeldenNotificatieRequest(ADRESSEN, b.Doel.PAO, SESSIE)


def test_a_message_without_a_mandatory_field_is_not_written() -> None:
    """Protocol 3.3: all four addresses."""
    with pytest.raises(Invalid, match="bronAanleverpuntIndex ontbreekt"):
        soap.encode(ACHTTIEN, b.MeldenTerugkoppelingRequest(replace(ADRESSEN, bron_aanleverpunt=None), KOPPEL))


def test_a_moment_without_a_timezone_is_not_written() -> None:
    naive = datetime(2019, 8, 5, 10, 20)  # noqa: DTZ001 - the point of this test
    with pytest.raises(Invalid, match="tijdzone"):
        soap.encode(ACHTTIEN, b.DocumentRequest(ADRESSEN, PGN, None, OVERSTAP, SESSIE, naive))
    fijn = vervangen("10:20:00+02:00", "08:20:00.1234567Z")
    gelezen = soap.decode(ACHTTIEN, fijn)
    assert isinstance(gelezen, b.DocumentRequest)
    assert gelezen.aanvraagdatum == datetime(2019, 8, 5, 8, 20, 0, 123456, UTC)


def test_an_unknown_generation_is_invalid() -> None:
    with pytest.raises(Invalid, match="PROTOCOLPROFIEL_ONBEKEND"):
        protocolprofiel("17")


@pytest.mark.parametrize("profiel", PROFIELEN.values(), ids=PROFIELEN)
def test_who_sent_what_cannot_be_read_is_blamed(profiel: Protocolprofiel) -> None:
    assert b"<faultcode>soapenv:Client</faultcode>" in soap.fault_bij(profiel, Invalid("BERICHT_ONGELDIG", "stuk"))
