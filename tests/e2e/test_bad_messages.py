"""What bad messages get at the wire's door: a fault with a code and the right status, never a trace."""

import uuid
from collections.abc import Callable

import pytest

from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages.berichten import AfmeldingResponse, RegistratieRequest
from infra.local.stack import Stack
from tests.e2e.client import Client
from tests.e2e.stand import Stand
from tests.e2e.wire import PROFIEL, Wire, fault_code
from tests.pupil import NUMBERS

NUMBER = NUMBERS[0]
Break = Callable[[bytes], bytes]


@pytest.fixture
def wire(sandbox: Stack) -> Wire:
    return Wire(sandbox)


def refused(wire: Wire, data: bytes) -> str:
    """The code of the fault, after what every fault must be."""
    status, answer = wire.post(data)
    assert status == 500
    for secret in (b"Traceback", b"lxml", b"botocore", b".py", NUMBER.encode()):
        assert secret not in answer
    return fault_code(answer)


@pytest.mark.parametrize(
    "broken",
    [
        lambda good: good[: len(good) // 2],
        lambda good: good[:-1],
        lambda good: good + b"<nog-een/>",
        lambda good: good.replace(b"documentRequest", b"geheimRequest"),
        lambda good: good.replace(b"documentRequest", b"overdrachtRequest"),
        lambda good: good.replace(b"20180404", b"20200910"),
        lambda good: good.replace(
            b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"
        ),
        lambda good: good.replace(b"<os:sessieId>", b"<os:sessieId>x"),
        lambda good: good.replace(b"<os:pgn>", b"<os:pgn>1"),
        lambda good: good.replace(b"<os:doelBrin>99EF", b"<os:doelBrin>99ef"),
        lambda good: good.replace(b"overstapdossier", b"iets-anders"),
        lambda good: good.replace(b"overstapdossier", b"swv-aanvraag"),  # with a number, which it never has
        lambda good: good.replace(b"</os:documentRequest>", b"<os:onbekend>1</os:onbekend></os:documentRequest>"),
        lambda good: good.replace(b"<os:pgn>", b"<os:pgn>" + NUMBER.encode() + b"</os:pgn><os:pgn>"),
        lambda good: good.replace(
            b"<soapenv:Header/>", b"<soapenv:Header>" + b"<a>" * 50 + b"</a>" * 50 + b"</soapenv:Header>"
        ),
        lambda good: good.replace(b"<soapenv:Header/>", b"<!-- " + b"x" * 70_000 + b" -->"),
        lambda good: good.decode().encode("utf-16"),
        lambda good: good.replace(b"UTF-8", b"EBCDIC-XX"),
        lambda good: b"<?xml version='1.0'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'>" + good.partition(b"?>")[2],
        lambda good: b"\x1f\x8b\x08\x00" + good,
    ],
)
def test_a_message_that_is_none_of_ours_is_a_client_fault(wire: Wire, broken: Break) -> None:
    good = wire.message(NUMBER, str(uuid.uuid4()))
    assert broken(good) != good
    if broken(good).startswith((b"\xff\xfe", b"\xfe\xff")):  # another encoding of the same message is no crime
        assert refused(wire, broken(good)) in ("BERICHT_ONGELDIG", "SESSIE_ONBEKEND")
    else:
        assert refused(wire, broken(good)) == "BERICHT_ONGELDIG"


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/related; type=text/xml"])
def test_a_message_as_another_kind_of_content_is_a_client_fault_too(wire: Wire, kind: str) -> None:
    status, answer = wire.post(wire.message(NUMBER, str(uuid.uuid4())), kind)
    assert (status, fault_code(answer)) == (500, "BERICHT_ONGELDIG")


def test_an_oversized_message_never_reaches_the_traffic_center(wire: Wire, center: Stand) -> None:
    before = center.count("sessiecontroleRequest")
    good = wire.message(NUMBER, str(uuid.uuid4()))
    big = good.replace(b"</os:documentRequest>", b" " * 5_000_000 + b"</os:documentRequest>")
    status, answer = wire.post(big)
    assert status in (413, 500)
    assert b"Traceback" not in answer
    assert center.count("sessiecontroleRequest") == before


def test_messages_that_are_not_for_a_school_are_refused(wire: Wire) -> None:
    for bericht in (
        RegistratieRequest(Brin("99EF"), Aanleverpunt("0"), "https://elders.invalid/"),
        AfmeldingResponse(),
    ):
        assert refused(wire, soap.encode(PROFIEL, bericht)) == "BERICHT_ONGELDIG"


def test_a_message_of_the_other_generation_at_this_door(wire: Wire, center: Stand) -> None:
    message = soap.encode(PROFIELEN["22"], wire.document_request(NUMBER, str(uuid.uuid4())))
    assert refused(wire, message) == "BERICHT_ONGELDIG"


def test_an_expired_session_is_refused(
    sandbox: Stack, wire: Wire, bron: Client, center: Stand, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    session = wire.session(number)
    center.make("verloop")
    assert wire.ask(number, session) == "SESSIE_ONBEKEND"
    assert isinstance(wire.ask(number), bytes)


def test_a_session_is_good_for_one_pupil_only(wire: Wire, bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    other = next(one for one in NUMBERS if one != number)
    session = wire.session(other)
    assert wire.ask(other, session) == "LEERLING_NIET_BEKEND"
    assert wire.ask(number, session) == "SESSIE_AFWIJKEND"


def test_an_aanleverpunt_of_somebody_else_gets_nothing(wire: Wire, number: str) -> None:
    session = wire.session(number)
    assert wire.ask(number, session, punt="2") == "LEERLING_NIET_BEKEND"  # of 14SS01: its own pupils alone
    assert wire.ask(number, session, brin="16VO") == "SESSIE_AFWIJKEND"
    assert wire.ask(number, session, punt="10") == "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND"


def test_a_url_that_may_not_be_called_fails_the_request_and_nothing_else(
    sandbox: Stack, doel: Client, center: Stand
) -> None:
    """Plain http and other schemes never pass the register's answer: it is no message (9b.11)."""
    supplier = "99999999000000000004"
    point = {"brin": "21XX", "nummer": "0", "naam": "Verzonnen", "doel": "OV", "leverancier": supplier}
    for url, code in (
        ("http://127.0.0.1/oso", "TECHNISCHE_FOUT"),
        ("file:///etc/passwd", "TECHNISCHE_FOUT"),
        (f"{sandbox.portal.replace('http', 'https')}/v1/gezondheid", "TECHNISCHE_FOUT"),
    ):
        center.make("aanleverpunt", **point, url=url)
        found = doel.fetch(NUMBERS[1], "21XX")
        assert (found["status"], found["resultaat"]["code"]) == ("MISLUKT", code)
