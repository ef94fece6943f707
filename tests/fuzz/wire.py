"""The SOAP door: bytes to answer, in both generations, with a session and a dossier that is delivered."""

import base64
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Invalid
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages import berichten as b
from chalicelib.messages.document import decode_document_response
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.sender import https_sender
from chalicelib.traffic_center import TrafficCenter
from infra.local.gateway import Answer
from infra.local.portal_client import Portal, card_path, fill_card
from infra.local.stack import Stack
from tests.fuzz.doors import Doors, doors
from tests.fuzz.engine import Target
from tests.pupil import NOW, NUMBERS, record

_OVERSTAP = Overdrachtsoort.OVERSTAPDOSSIER
_ADRESSEN = b.Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0"))
_MARK = b"\n<!-- generatie 22 -->"
"""What the inputs for the second path end with: a comment behind the envelope, which XML allows."""


@contextmanager
def target() -> Iterator[Target]:
    """The door, with every message of the protocol as something to spoil, and one request that is delivered."""
    with doors() as open_:
        number = NUMBERS[0]
        _publish(open_.up, number)
        request = b.DocumentRequest(_ADRESSEN, Pgn(PgnType.BSN, number), None, _OVERSTAP, _session(open_.up, number))
        seeds = [data for profiel in PROFIELEN.values() for data in _messages(profiel, request)]
        door = _Door(open_)
        assert door.run(soap.encode(PROFIELEN["18"], request)) == "200 document"
        yield Target("soap", door.run, seeds, _words(seeds))


def _publish(up: Stack, number: str) -> None:
    """A dossier of 14SS00 that is ready for 99EF."""
    portal, path = Portal(up, "14SS00"), card_path("l-1")
    portal.ask("PUT", "/leerlingen/l-1", {"dossier": record(number)}, expect=201)
    fill_card(portal, "l-1", {"uitschrijving": {"datum": "2026-07-31", "vervolgschool": {"brin": "99EF"}}})
    portal.ask("POST", f"{path}/verzamelen", {"overdracht": "POPO"}, expect=200)
    fill_card(portal, "l-1", {"inzage": {"waarde": "JA"}})
    portal.ask("POST", f"{path}/klaarzetten", {}, expect=200)


def _session(up: Stack, number: str) -> str:
    send = https_sender(up.pki.ca, up.pki.cert("leverancier-a"), up.pki.key("leverancier-a"), sandbox=True)
    key = zoeksleutel_provider(base64.b64decode(up.center.zoeksleutel))
    center = TrafficCenter(send, PROFIELEN["18"], key, f"{up.center.adres}/tc/18")
    granted = center.open_sessie(replace(_ADRESSEN, bron_aanleverpunt=None), Pgn(PgnType.BSN, number), _OVERSTAP)
    assert not isinstance(granted, Resultaat), granted
    return granted.sessie_id


def _messages(profiel: Protocolprofiel, request: b.DocumentRequest) -> Iterator[bytes]:
    """The messages that a school's system may get, and some that it may not, in the form of one generation."""
    one = str(uuid.UUID(int=7))
    messages: tuple[b.Bericht, ...] = (
        request,
        request,
        request,
        replace(request, aanvraagdatum=NOW),
        replace(request, sessie_id=one),
        replace(request, pgn=None, koppelsleutel=one, overdrachtsoort=Overdrachtsoort.SWV),
        b.NotificatieRequest(_ADRESSEN, one),
        b.TerugkoppelingRequest(_ADRESSEN, one, NOW, "Een verzonnen terugkoppeling."),
        b.MeldenNotificatieRequest(_ADRESSEN, b.Doel.OV, one, NOW),
        b.OverdrachtRequest(_ADRESSEN, _OVERSTAP, None, one),
    )
    for message in messages:
        try:
            data = soap.encode(profiel, message)
        except Invalid:  # this generation has no such message
            continue
        yield data + (_MARK if profiel.naam == "22" else b"")


def _words(seeds: list[bytes]) -> list[bytes]:
    """Names and values of the messages, and what XML can hold besides."""
    parts = {part.strip(b"/ ") for data in seeds for part in data.replace(b">", b"<").split(b"<") if part.strip()}
    strange = (b"<![CDATA[x]]>", b"<!-- x -->", b"<?p q?>", b"<!DOCTYPE a>", b"&x;", b" xmlns=''", b" xmlns:a='urn:a'")
    values = (
        b'SOAP-ENV:mustUnderstand="1"',
        b"0001-01-01T00:00:00+14:00",
        *(number.encode() for number in NUMBERS[:3]),
    )
    return [*sorted(parts), *strange, *values]


class _Door:
    def __init__(self, open_: Doors) -> None:
        self._doors = open_

    def run(self, data: bytes) -> str:
        """One message. A fault is a right answer; a technical one is not, since nothing is broken here."""
        profiel = PROFIELEN["22" if data.endswith(_MARK) else "18"]
        answer = self._doors.wire(f"/oso/{profiel.naam}", data)
        return self._judge(profiel, answer)

    def _judge(self, profiel: Protocolprofiel, answer: Answer) -> str:
        if answer.status == 200:
            if b"documentResponse" in answer.body[:600]:
                assert decode_document_response(profiel, answer.body).startswith(b"<dossier")
                return "200 document"
            return f"200 {type(soap.decode(profiel, answer.body)).__name__}"
        assert answer.status in (413, 500), answer.status
        if answer.status == 413:
            return "413"
        fault = soap.decode_fault(profiel, answer.body)
        assert fault is not None, answer.body[:200]
        assert fault.kant != "Server", f"technical fault {self._doors.caught.code}"
        return f"500 {fault.kant} {fault.code} {self._doors.caught.code}"
