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
from chalicelib.errors import Invalid
from chalicelib.messages import berichten as b
from chalicelib.messages import protocolprofiel, soap
from chalicelib.messages.document import MAX_DOSSIER, decode_document_response, encode_document_response
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


# --- the dossier in an answer -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dossier", [b"", b" <d/>", b"<?xml version='1.0'?><d/>", b"<!-- a --><d/>", b"\xef\xbb\xbf<d/>"]
)
def test_only_bytes_that_begin_with_the_dossier_are_sent(dossier: bytes) -> None:
    assert code_of(lambda: encode_document_response(ACHTTIEN, dossier)) == "DOSSIER_ONGELDIG"


@pytest.mark.parametrize("name", ["utf-8", "UTF-8", "utf8", "us-ascii", "ascii"])
def test_an_answer_in_these_encodings_keeps_the_very_bytes(name: str) -> None:
    dossier = b"<d a='1'  ></d >"
    data = encode_document_response(ACHTTIEN, dossier).replace(b'encoding="UTF-8"', f'encoding="{name}"'.encode())
    assert f'"{name}"'.encode() in data
    assert decode_document_response(ACHTTIEN, data) == dossier


@pytest.mark.parametrize("name", ["utf-16", "iso-8859-1"])
def test_an_answer_in_another_encoding_is_written_anew(name: str) -> None:
    text = encode_document_response(ACHTTIEN, "<d>é</d>".encode()).decode().replace("UTF-8", name)
    assert decode_document_response(ACHTTIEN, text.encode(name)) == _rewritten(b"<d>\xc3\xa9</d>", ACHTTIEN.namespace)


def test_comments_around_a_dossier_that_is_written_anew_are_passed_by() -> None:
    text = encode_document_response(ACHTTIEN, "<d>é</d>".encode()).decode().replace("UTF-8", "iso-8859-1")
    for place in ("<os:documentResponse>", "<soapenv:Body>"):
        data = text.replace(place, f"{place}<!-- een opmerking -->").encode("iso-8859-1")
        assert b">\xc3\xa9</d>" in decode_document_response(ACHTTIEN, data)


def test_utf_16_without_a_declaration_is_written_anew() -> None:
    text = LEEG.decode().partition("\n")[2]
    for codec, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        assert decode_document_response(ACHTTIEN, mark + text.encode(codec)) == _rewritten(b"<d/>", ACHTTIEN.namespace)


def _rewritten(dossier: bytes, namespace: str) -> bytes:
    around = f' xmlns:os="{namespace}" xmlns:soapenv="{soap.ENVELOP}"'.encode()
    declared = f' xmlns:soapenv="{soap.ENVELOP}" xmlns:os="{namespace}"'.encode()
    assert len(around) == len(declared)
    end = dossier.index(b">") - (dossier[dossier.index(b">") - 1 :][:1] == b"/")
    return dossier[:end] + declared + dossier[end:]


@pytest.mark.parametrize(("levels", "taken"), [(37, True), (38, False)])
def test_an_answer_is_forty_levels_deep_at_most(levels: int, taken: bool) -> None:
    dossier = nested(levels)
    data = encode_document_response(ACHTTIEN, dossier)
    if taken:
        assert decode_document_response(ACHTTIEN, data) == dossier
    else:
        assert code_of(lambda: decode_document_response(ACHTTIEN, data)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize(("elements", "taken"), [(199_996, True), (199_997, False)])
def test_an_answer_has_two_hundred_thousand_elements_at_most(elements: int, taken: bool) -> None:
    data = encode_document_response(ACHTTIEN, b"<d>" + b"<e/>" * (elements - 1) + b"</d>")  # four are around it
    if taken:
        assert decode_document_response(ACHTTIEN, data).startswith(b"<d><e/>")
    else:
        assert code_of(lambda: decode_document_response(ACHTTIEN, data)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize(("size", "code"), [(1000, ""), (1001, "TE_GROOT")])
def test_a_dossier_above_the_limit_is_refused(size: int, code: str) -> None:
    dossier = b"<d>" + b"x" * (size - 7) + b"</d>"
    data = encode_document_response(ACHTTIEN, dossier)
    if code:
        assert code_of(lambda: decode_document_response(ACHTTIEN, data, 1000)) == code
    else:
        assert decode_document_response(ACHTTIEN, data, 1000) == dossier


@pytest.mark.parametrize(
    "body",
    [
        b"<os:documentResponse/>",
        b"<os:documentResponse><d/><d/></os:documentResponse>",
        b"<os:documentResponse>tekst<d/></os:documentResponse>",
        b"<os:documentResponse><d/>tekst</os:documentResponse>",
        b"<os:ander><d/></os:ander>",
        b"<documentResponse><d/></documentResponse>",
        b"",
    ],
)
def test_what_is_no_answer_with_one_dossier_is_refused(body: bytes) -> None:
    data = soap.envelop(ACHTTIEN, "|").replace(b"|", body)
    assert code_of(lambda: decode_document_response(ACHTTIEN, data)) == "BERICHT_ONGELDIG"
    assert code_of(lambda: decode_document_response(TWEEENTWINTIG, LEEG)) == "BERICHT_ONGELDIG"


def test_what_stands_in_the_header_of_an_answer_is_passed_by() -> None:
    head = b"<soapenv:Header>tekst<os:documentResponse><x/><x/></os:documentResponse></soapenv:Header>"
    data = encode_document_response(ACHTTIEN, b"<d><e/></d>").replace(b"<soapenv:Header/>", head)
    assert decode_document_response(ACHTTIEN, data) == b"<d><e/></d>"


def test_keys_of_a_pupil_show_in_no_repr() -> None:
    sleutel, session = str(uuid.UUID(int=5)).upper(), str(uuid.UUID(int=6))
    made = (
        b.OverdrachtRequest(ADRESSEN, OVERSTAP, None, sleutel),
        b.DocumentRequest(ADRESSEN, None, sleutel, OVERSTAP, session),
        b.NotificatieRequest(ADRESSEN, sleutel),
        b.TerugkoppelingRequest(ADRESSEN, sleutel, datetime(2026, 6, 10, tzinfo=UTC), "GEHEIM"),
        b.OverdrachtRequest(ADRESSEN, OVERSTAP, replace(ZOEK, waarde="GEHEIM")),
    )
    assert not [text for text in map(repr, made) if sleutel in text or "GEHEIM" in text or "0613" in text]
