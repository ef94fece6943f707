"""The refusals of the wire door: who may speak at all, sessions, and the order of 15.6, over mutual TLS."""

from datetime import datetime, timedelta

import pytest
import urllib3

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.resultaat import NIET_BEKEND
from infra.local.stack import Stack
from tests.e2e.client import Client
from tests.e2e.wire import Wire, fault_code


@pytest.fixture(scope="module")
def wire(sandbox: Stack) -> Wire:
    """The system of 99EF, aanleverpunt 0."""
    return Wire(sandbox)


def received(bron: Client) -> int:
    count: int = bron.get("/dossieraanvragen/binnengekomen")["totaal"]
    return count


def test_without_a_certificate_the_handshake_is_refused(sandbox: Stack, wire: Wire) -> None:
    http = urllib3.PoolManager(ca_certs=sandbox.pki.ca, retries=False)
    with pytest.raises((urllib3.exceptions.SSLError, urllib3.exceptions.ProtocolError)):
        http.request("POST", sandbox.wire, body=wire.message("662460613"))


@pytest.mark.parametrize("certificate", ["vreemd", "verlopen"])
def test_a_certificate_of_a_stranger_or_an_expired_one_is_refused_in_the_handshake(
    sandbox: Stack, wire: Wire, certificate: str
) -> None:
    stranger = Wire(sandbox, certificate)
    with pytest.raises((urllib3.exceptions.SSLError, urllib3.exceptions.ProtocolError)):
        stranger.post(wire.message("662460613"))


def test_a_certificate_that_is_not_on_the_list_gets_a_fault(
    sandbox: Stack, bron: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    before = received(bron)
    session = Wire(sandbox).session(number)
    assert Wire(sandbox, "onbekend").ask(number, session) == "CLIENTCERTIFICAAT_ONBEKEND"
    assert received(bron) == before


def test_a_supplier_that_does_not_serve_the_asking_school_gets_a_fault(
    sandbox: Stack, bron: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    before = received(bron)
    session = Wire(sandbox).session(number)
    assert Wire(sandbox, "leverancier-b").ask(number, session) == "CLIENTCERTIFICAAT_ONBEKEND"
    assert received(bron) == before


def test_a_certificate_named_in_a_header_counts_for_nothing(sandbox: Stack, wire: Wire) -> None:
    with urllib3.PoolManager(
        ca_certs=sandbox.pki.ca,
        cert_file=sandbox.pki.cert("onbekend"),
        key_file=sandbox.pki.key("onbekend"),
        retries=False,
    ) as http:
        headers = {
            "Content-Type": "text/xml",
            "X-Client-Cert": "serialNumber=99999999000000000001",
            "X-Amzn-Mtls-Clientcert-Subject": "serialNumber=99999999000000000001,CN=Test leverancier-a",
            "X-Forwarded-Client-Cert": 'Subject="serialNumber=99999999000000000001"',
        }
        answer = http.request("POST", sandbox.wire, body=wire.message("662460613"), headers=headers)
    assert fault_code(answer.data) == "CLIENTCERTIFICAAT_ONBEKEND"


def test_an_invalid_session_is_a_fault_with_the_code_of_the_traffic_center_and_leaves_no_row(
    sandbox: Stack, wire: Wire, bron: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    before = received(bron)
    other, closed = wire.session("101211151"), wire.session(number)
    wire.sign_off(number, closed, NIET_BEKEND)
    assert wire.ask(number, "0f0e0d0c-0b0a-4908-8706-050403020100") == "SESSIE_ONBEKEND"
    assert wire.ask(number, other) == "SESSIE_AFWIJKEND"
    assert wire.ask(number, closed) == "SESSIE_REEDS_AFGEMELD"
    assert wire.ask(number, wire.session(number), soort=Overdrachtsoort.BINNENBRIN) == "SESSIE_AFWIJKEND"
    assert Wire(sandbox, doel_brin="16VO").ask(number, wire.session(number)) == "SESSIE_AFWIJKEND"
    assert wire.ask(number, wire.session(number), punt="77") == "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND"
    assert received(bron) == before
    assert isinstance(wire.ask(number), bytes)  # with a good session it was there all the time
    assert received(bron) == before + 1


def test_the_session_of_one_supplier_is_of_no_use_to_another(sandbox: Stack, wire: Wire, number: str) -> None:
    session = wire.session(number)
    assert wire.ask(number, session) == "LEERLING_NIET_BEKEND"
    assert Wire(sandbox, "leverancier-b").ask(number, session) == "CLIENTCERTIFICAAT_ONBEKEND"
    assert wire.ask(number, session) == "LEERLING_NIET_BEKEND"


def test_the_refusals_come_in_the_order_of_15_6(wire: Wire, bron: Client, pupil: str, number: str) -> None:
    leaving = {"datum": "2026-07-31", "vervolgschool": {"brin": "16VO"}}
    found = [wire.ask(number)]
    bron.put_pupil(pupil, number)
    found.append(wire.ask(number))  # no vervolgschool
    bron.fill_in(pupil, uitschrijving=leaving)
    found.append(wire.ask(number))  # another vervolgschool
    bron.fill_in(pupil, uitschrijving={"datum": None, "vervolgschool": {"brin": "99EF"}})
    found.append(wire.ask(number))  # no datum uitschrijving
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31"})
    found.append(wire.ask(number))  # nothing collected
    bron.act(pupil, "verzamelen", overdracht="POPO")
    found.append(wire.ask(number))  # no inzage
    bron.fill_in(pupil, inzage={"waarde": "JA"})
    found.append(wire.ask(number))  # not set ready
    assert bron.act(pupil, "klaarzetten").status == 200
    delivered = wire.ask(number)
    assert isinstance(delivered, bytes)
    newer = datetime.now().astimezone() + timedelta(minutes=1)
    found.append(wire.ask(number, newer_than=newer))  # the asker has it already
    assert wire.ask(number, newer_than=newer - timedelta(days=1)) == delivered
    bron.act(pupil, "intrekken", reden="Proef")
    found.append(wire.ask(number))  # withdrawn
    assert found == [
        "LEERLING_NIET_BEKEND",
        "LEERLINGINFO_NIET_OPVRAAGBAAR",
        "LEERLINGINFO_NIET_OPVRAAGBAAR",
        "LEERLINGINFO_NIET_OPVRAAGBAAR",
        "LEERLINGINFO_NIET_BESCHIKBAAR",
        "LEERLINGINFO_NIET_OPVRAAGBAAR",
        "LEERLINGINFO_NIET_BESCHIKBAAR",
        "LEERLINGINFO_NIET_BESCHIKBAAR",
        "LEERLINGINFO_NIET_BESCHIKBAAR",
    ]
    rows = bron.get("/dossieraanvragen/binnengekomen?limiet=100")["items"]
    ours = [row for row in rows if row["nummer"].endswith(number[-3:])][: len(found) + 2]
    assert all(row["oplossing"] for row in ours if row["resultaat"] != "SUCCESVOL_ONTVANGEN")  # the one fix
    assert not any(number in str(row) for row in ours)


@pytest.mark.parametrize(
    "data",
    [
        b"geen xml",
        b"",
        b"<a/>",
        b'<!DOCTYPE x [<!ENTITY e "x">]><x>&e;</x>',
        b"\x00\xff\xfe",
        b"<" * 5000,
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    ],
)
def test_what_is_no_message_gets_a_client_fault(wire: Wire, data: bytes) -> None:
    status, answer = wire.post(data)
    assert status == 500
    assert b"Client" in answer
    assert fault_code(answer) == "BERICHT_ONGELDIG"


def test_a_message_in_another_namespace_or_with_a_bad_number_is_refused(wire: Wire) -> None:
    good = wire.message("662460613")
    for data in (
        good.replace(b"20180404", b"19990101"),
        good.replace(b"662460613", b"662460614"),
        good.replace(b"<os:pgn>", b"<os:pgn>0"),
    ):
        assert data != good
        _, answer = wire.post(data)
        assert fault_code(answer) == "BERICHT_ONGELDIG"
        assert b"66246061" not in answer
