"""Messages at their bounds: what is just taken, what is just refused, and with which code (protocol 3, 9b.11)."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.errors import Invalid
from chalicelib.messages import berichten as b
from chalicelib.messages import protocolprofiel, soap
from chalicelib.messages.document import MAX_DOSSIER, encode_document_response
from chalicelib.messages.reader import ANTWOORD, VERZOEK, Grenzen, Klaar, boom, hardened, scan, telling
from chalicelib.messages.soorten import DATUMTIJD, INDEX, KENMERK, PGNFRAG, URL, in_brin, schrijfbaar
from chalicelib.messages.zoeksleutel import Zoeksleutel, kies_provider, lees_zoeksleutel, zoeksleutel_provider
from tests.unit.test_messages import ACHTTIEN, ADRESSEN, KOPPEL, PGN, SESSIE, TWEEENTWINTIG, ZOEK

OVERSTAP = Overdrachtsoort.OVERSTAPDOSSIER
KIB, MIB = 1024, 1024 * 1024
LEEG = encode_document_response(ACHTTIEN, b"<d/>")


def code_of(act: Callable[[], object]) -> str:
    """The code of the Invalid that this raises."""
    with pytest.raises(Invalid) as caught:
        act()
    return caught.value.code


def test_the_bounds() -> None:
    assert MAX_DOSSIER == 16 * MIB
    assert Grenzen(64 * KIB, diepte=12, elementen=500, tekst=64 * KIB) == VERZOEK
    assert Grenzen(4 * MIB, diepte=12, elementen=200_000, tekst=64 * KIB) == ANTWOORD
    assert Grenzen(1).elementen == 20_000


@pytest.mark.parametrize(
    "make",
    [
        lambda: b.OverdrachtRequest(ADRESSEN, OVERSTAP, None, None),
        lambda: b.OverdrachtRequest(ADRESSEN, OVERSTAP, ZOEK, KOPPEL),
        lambda: b.DocumentRequest(ADRESSEN, None, None, OVERSTAP, SESSIE),
        lambda: b.DocumentRequest(ADRESSEN, PGN, KOPPEL, OVERSTAP, SESSIE),
        lambda: b.DocumentRequest(ADRESSEN, PGN, None, Overdrachtsoort.SWV, SESSIE),
        lambda: b.DocumentRequest(ADRESSEN, None, KOPPEL, OVERSTAP, SESSIE),
        lambda: b.DocumentRequest(ADRESSEN, None, KOPPEL, Overdrachtsoort.BINNENBRIN, SESSIE),
        lambda: b.SessiecontroleRequest(ADRESSEN, OVERSTAP, None, None, sessie_id=SESSIE),
        lambda: b.NotificatieRequest(ADRESSEN, None, None),
        lambda: b.NotificatieRequest(ADRESSEN, KOPPEL, SESSIE),
        lambda: b.NotificatieRequest(ADRESSEN, KOPPEL, doel=b.Doel.OV),
        lambda: b.NotificatieRequest(ADRESSEN, None, SESSIE, doel=b.Doel.PAO),
        lambda: b.MeldenNotificatieRequest(ADRESSEN, b.Doel.PAO, SESSIE),
        lambda: b.MeldenNotificatieRequest(ADRESSEN, b.Doel.OV),
    ],
)
def test_a_message_with_the_wrong_keys_cannot_be_made(make: Callable[[], object]) -> None:
    assert code_of(make) == "BERICHT_ONGELDIG"


def test_unknown_generations_and_providers_have_a_code() -> None:
    assert code_of(lambda: protocolprofiel("17")) == "PROTOCOLPROFIEL_ONBEKEND"
    assert code_of(lambda: kies_provider("kennisnet", bytes(32))) == "PROVIDER_ONBEKEND"
    assert code_of(lambda: zoeksleutel_provider(bytes(15))) == "SLEUTEL_TE_KORT"
    assert kies_provider("sandbox", bytes(16))(PGN) == zoeksleutel_provider(bytes(16))(PGN)


def test_a_zoeksleutel_is_what_another_implementation_of_rfc_5869_makes() -> None:
    key = bytes(range(32))
    begin = hmac.digest(key, b"662460613", hashlib.sha256)
    expanded = HKDFExpand(SHA256(), 128, b"oso zoeksleutel").derive(begin)
    made = zoeksleutel_provider(key)(Pgn(PgnType.BSN, "662460613"))
    assert (made.waarde, made.pgnfrag) == (base64.b64encode(expanded).decode(), "0613")


@pytest.mark.parametrize(("octets", "taken"), [(15, False), (16, True), (1024, True), (1025, False)])
def test_a_zoeksleutel_has_a_length(octets: int, taken: bool) -> None:
    text = "A" * (octets // 3 * 4) + {0: "", 1: "AA==", 2: "AAA="}[octets % 3]
    if taken:
        assert lees_zoeksleutel(f" {text[:8]}\n{text[8:]}") == Zoeksleutel(text)
    else:
        assert code_of(lambda: lees_zoeksleutel(text)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize("text", ["A" * 22 + "==!", "!" + "A" * 22 + "==", "A" * 21 + "é==", "A" * 23])
def test_a_zoeksleutel_is_base64_and_nothing_beside(text: str) -> None:
    assert code_of(lambda: lees_zoeksleutel(text)) == "BERICHT_ONGELDIG"


def test_a_message_that_a_generation_does_not_have_is_not_written() -> None:
    assert code_of(lambda: soap.encode(TWEEENTWINTIG, b.RegistratieResponse())) == "BERICHT_ONBEKEND"


def test_two_addresses_are_one_whatever_the_brin_that_they_were_read_with() -> None:
    one = b.Aanleverpuntadres(Aanleverpunt("0"), "https://las.example/oso", Brin("14SS"))
    assert one == replace(one, brin=None) != replace(one, url="https://las.example/")


def test_an_address_has_at_most_two_thousand_characters() -> None:
    begin = "https://las.example/"
    assert URL.lees(begin + "a" * (2000 - len(begin)), None)
    assert code_of(lambda: URL.lees(begin + "a" * (2001 - len(begin)), None)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize("text", ["0000000700014SS0000", "0000000700014SS000000", "14SS", ""])
def test_a_routeringskenmerk_has_twenty_characters(text: str) -> None:
    assert code_of(lambda: KENMERK.lees(text, Brin("14SS"))) == "BERICHT_ONGELDIG"


def test_a_routeringskenmerk_is_the_index_of_its_own_brin_only() -> None:
    kenmerk = "0000000700014SS00010"
    assert KENMERK.lees(kenmerk, Brin("14SS")) == Aanleverpunt("10")
    assert KENMERK.lees(kenmerk, Brin("99EF")) == KENMERK.lees(kenmerk, None) == Aanleverpunt(kenmerk)
    for punt in (Aanleverpunt(kenmerk), Aanleverpunt("10")):
        assert in_brin(punt, Brin("14SS")) == Aanleverpunt("10")
    assert KENMERK.schrijf(Aanleverpunt("99999"), Brin("14SS")) == "0000000700014SS99999"
    assert KENMERK.schrijf(Aanleverpunt(kenmerk), None) == kenmerk
    for punt, brin in ((Aanleverpunt("100000"), Brin("14SS")), (Aanleverpunt("1"), None)):
        assert code_of(lambda punt=punt, brin=brin: KENMERK.schrijf(punt, brin)) == "BERICHT_ONGELDIG"  # type: ignore[misc] # bound now


def test_kinds_of_text_at_their_edges() -> None:
    assert INDEX.lees("999999", None) == Aanleverpunt("999999")
    for text in ("1000000", "00", "-1", "٣"):
        assert code_of(lambda text=text: INDEX.lees(text, None)) == "BERICHT_ONGELDIG"  # type: ignore[misc] # bound now
    assert PGNFRAG.lees("0613", None) == "0613"
    assert code_of(lambda: PGNFRAG.lees("06135", None)) == "BERICHT_ONGELDIG"
    assert code_of(lambda: schrijfbaar("\x0b")) == "BERICHT_ONGELDIG"
    assert schrijfbaar("\t\n\r é😀\ufffd") == "\t\n\r é😀\ufffd"
    assert DATUMTIJD.lees("2026-06-10T09:30:00.1234567Z", None) == datetime(2026, 6, 10, 9, 30, 0, 123456, UTC)
    for text in ("2026-06-10T09:30:00", "2026-13-10T09:30:00Z", "2026-06-10"):
        assert code_of(lambda text=text: DATUMTIJD.lees(text, None)) == "BERICHT_ONGELDIG"  # type: ignore[misc] # bound now
    assert code_of(lambda: DATUMTIJD.schrijf(datetime(2026, 6, 10), None)) == "BERICHT_ONGELDIG"  # noqa: DTZ001 - without a zone on purpose


# --- the reader -------------------------------------------------------------------------------------------------------


def nested(levels: int) -> bytes:
    return b"<a>" * levels + b"</a>" * levels


@pytest.mark.parametrize(("levels", "taken"), [(12, True), (13, False)])
def test_a_message_is_twelve_levels_deep_at_most(levels: int, taken: bool) -> None:
    if taken:
        assert boom(nested(levels), VERZOEK).naam == "a"
    else:
        assert code_of(lambda: boom(nested(levels), VERZOEK)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize(("elements", "taken"), [(500, True), (501, False)])
def test_a_message_has_five_hundred_elements_at_most(elements: int, taken: bool) -> None:
    data = b"<a>" + b"<b/>" * (elements - 1) + b"</a>"
    if taken:
        assert len(boom(data, VERZOEK).kinderen) == elements - 1
    else:
        assert code_of(lambda: boom(data, VERZOEK)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize(("size", "code"), [(64 * KIB, ""), (64 * KIB + 1, "TE_GROOT")])
def test_a_message_has_64_kibibytes_at_most(size: int, code: str) -> None:
    data = b"<a>" + b" " * (size - 7) + b"</a>"
    if code:
        assert code_of(lambda: boom(data, VERZOEK)) == code
    else:
        assert len(boom(data, VERZOEK).tekst) == size - 7


@pytest.mark.parametrize(("letters", "taken"), [(64 * KIB, True), (64 * KIB + 1, False)])
def test_an_element_has_so_much_text_at_most(letters: int, taken: bool) -> None:
    data = b"<a>" + b"x" * letters + b"</a>"
    if taken:
        assert len(boom(data, ANTWOORD).tekst) == letters
    else:
        assert code_of(lambda: boom(data, ANTWOORD)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize(
    "data", [b"<!DOCTYPE a><a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', b"<a><?b c?></a>", b"<?b c?><a/>", b"<a>", b""]
)
def test_what_no_message_may_hold(data: bytes) -> None:
    assert code_of(lambda: boom(data, VERZOEK)) == "BERICHT_ONGELDIG"


def test_looking_for_a_fault_counts_elements_too() -> None:
    head = b"<soapenv:Header>" + b"<x/>" * 500 + b"</soapenv:Header>"
    data = soap.fault(ACHTTIEN, RESULTATEN["LEERLING_NIET_BEKEND"], "Client").replace(b"<soapenv:Header/>", head)
    assert soap.is_fault(data)
    assert code_of(lambda: soap.is_fault(data, VERZOEK)) == "BERICHT_ONGELDIG"


def test_a_handler_can_stop_the_reading() -> None:
    parser, seen = hardened(), []
    begin, _ = telling(VERZOEK)

    def start(naam: str, _: dict[str, str]) -> None:
        seen.append((naam, begin()))
        if len(seen) == 2:
            raise Klaar

    parser.StartElementHandler = start
    scan(parser, b"<a><b/><c/> this is not XML", VERZOEK)
    assert seen == [("a", 1), ("b", 2)]


def test_keys_of_a_pupil_show_in_no_repr() -> None:
    sleutel, session = str(uuid.UUID(int=5)).upper(), str(uuid.UUID(int=6))
    made = (
        b.OverdrachtRequest(ADRESSEN, OVERSTAP, None, sleutel),
        b.DocumentRequest(ADRESSEN, None, sleutel, Overdrachtsoort.SWV, session),
        b.NotificatieRequest(ADRESSEN, sleutel),
        b.TerugkoppelingRequest(ADRESSEN, sleutel, datetime(2026, 6, 10, tzinfo=UTC), "GEHEIM"),
        b.OverdrachtRequest(ADRESSEN, OVERSTAP, replace(ZOEK, waarde="GEHEIM")),
    )
    assert not [text for text in map(repr, made) if sleutel in text or "GEHEIM" in text or "0613" in text]


def test_an_answer_may_hold_what_we_do_not_read_and_a_request_may_not() -> None:
    extra = b"<os:nieuw><os:diep/></os:nieuw></os:"
    answer = soap.encode(ACHTTIEN, b.SessiecontroleResponse("PO"))
    assert soap.decode(ACHTTIEN, answer.replace(b"</os:sessiecontroleR", extra + b"sessiecontroleR", 1)) == (
        b.SessiecontroleResponse("PO")
    )
    request = soap.encode(ACHTTIEN, b.MeldenTerugkoppelingRequest(ADRESSEN, KOPPEL))
    damaged = request.replace(b"</os:meldenT", extra + b"meldenT", 1)
    assert damaged != request
    assert code_of(lambda: soap.decode(ACHTTIEN, damaged)) == "BERICHT_ONGELDIG"


def test_the_code_of_a_fault_is_that_of_its_own_element() -> None:
    data = soap.fault(ACHTTIEN, RESULTATEN["LEERLING_NIET_BEKEND"], "Client")
    other = b"<detail><os:iets>TechnischeFout</os:iets>"
    found = soap.decode_fault(ACHTTIEN, data.replace(b"<detail>", other))
    assert found == soap.Fault("Client", "LeerlingNietBekend", RESULTATEN["LEERLING_NIET_BEKEND"])
    text = soap.fault(ACHTTIEN, RESULTATEN["LEERLING_NIET_BEKEND"], "Server").replace(b"os:resultaat", b"os:iets")
    assert soap.decode_fault(ACHTTIEN, text) == soap.Fault(
        "Server", "LeerlingNietBekend", RESULTATEN["LEERLING_NIET_BEKEND"]
    )
    assert soap.decode_fault(ACHTTIEN, text.replace(b"LeerlingNietBekend", b"Iets")) == soap.Fault("Server", "", None)
    assert soap.decode_fault(ACHTTIEN, text.replace(b":Server", b":Ander")) == soap.Fault(
        "", "LeerlingNietBekend", RESULTATEN["LEERLING_NIET_BEKEND"]
    )


def test_an_empty_optional_field_is_not_written_and_an_empty_mandatory_one_cannot_be() -> None:
    assert b"<os:url>" not in soap.encode(ACHTTIEN, b.RegistratieRequest(Brin("14SS"), Aanleverpunt("0"), ""))
    answer = b.OverzichtAanleverpunt(Brin("14SS"), Aanleverpunt("0"), "", b.Doel.OV)
    assert b"<os:naam>" not in soap.encode(ACHTTIEN, b.OverzichtAanleverpuntResponse((answer,)))
    assert code_of(lambda: soap.encode(ACHTTIEN, b.AfmeldingResponse(""))) == "BERICHT_ONGELDIG"
