"""Two schools and a Traffic Center in one process: the `send` of one is the SOAP door of the other (house 9)."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.config import Leverancier
from chalicelib.domain.aanvraag import Dossieraanvraag
from chalicelib.domain.dossier import Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie, Door, controleer_keten
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, Vestiging
from chalicelib.domain.resultaat import TECHNISCHE_FOUT, Resultaat
from chalicelib.errors import PeerError, Unavailable
from chalicelib.flows import Werk
from chalicelib.flows.balie import Balie, Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.klaarzetten import zet_klaar
from chalicelib.flows.leerlingen import Record, record_etag, zet_record
from chalicelib.flows.notificaties import ontvang
from chalicelib.flows.ophalen import haal_op, nudge_open
from chalicelib.flows.opvragen import Verzoek, vraag_op
from chalicelib.flows.verzamelen import kaart_etag, verzamel, vul_in
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages.berichten import DocumentRequest, Doel, NotificatieRequest, NotificatieResponse
from chalicelib.messages.document import encode_document_response
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.store import Nudge, Stores
from chalicelib.traffic_center import TrafficCenter
from infra.local.register import Punt, Register
from infra.local.register_rules import behandel
from tests.conftest import Provisioned
from tests.faults.seam import WRONG, Died, Seam, stores_of
from tests.pupil import NOW, SCHOOL, record

PROFIEL = PROFIELEN["18"]
KEY = zoeksleutel_provider(b"z" * 32)
OIN = "99999999000000000001"
CENTER, DOOR = "https://center.invalid", "https://bron.invalid"
BRON = SCHOOL.vestiging
PUPIL = "l-1"
LEAVING = Uitschrijving(datum=NOW.date() + timedelta(days=30), vervolgschool=Vervolgschool("99EF", "Het Schijnpad"))


def work(stores: Stores, school: Vestiging = BRON, now: datetime = NOW) -> Werk:
    return Werk(stores, Door(school.code, "proef-administratie", "Adriaan Administratie"), now)


@dataclass(frozen=True)
class Town:
    """The world around one account: the Traffic Center's register, and the processes that come and go."""

    aws: Provisioned
    register: Register

    def stores(self, seam: Seam | None = None, who: str = "") -> Stores:
        return stores_of(self.aws, seam, who)

    def settle(self, school: Vestiging, punt: str) -> None:
        """Enrol a school with one aanleverpunt, here and at the Traffic Center."""
        stores = self.stores()
        number = Aanleverpunt(punt)
        new = replace(SCHOOL, vestiging=school, aanleverpunten=(number,), version=1)
        claim = stores.claim_punt(school.brin.code, punt, school)
        stores.commit(work(stores, school).mutatie(Actie.SCHOOL_GEWIJZIGD, new.onderwerp), None, new, claim)
        point = Punt(school.brin, number, f"School {school}", Doel.OV, OIN, DOOR)
        self.register.punten[school.brin, number] = point

    def center(self, seam: Seam | None, who: str) -> TrafficCenter:
        """The line of one process to the Traffic Center and to the other school's door."""
        send = self._send(seam)
        return TrafficCenter(seam.send(send, who) if seam else send, PROFIEL, KEY, CENTER)

    def _send(self, seam: Seam | None) -> Callable[[str, bytes], tuple[int, bytes]]:
        def send(url: str, data: bytes) -> tuple[int, bytes]:
            message = soap.decode(PROFIEL, data)
            if url == DOOR:
                assert isinstance(message, DocumentRequest | NotificatieRequest)
                return self._door(message, seam)
            answer = behandel(self.register, message, OIN)
            if isinstance(answer, Resultaat):
                return 500, soap.fault(PROFIEL, answer, "Client")
            return 200, soap.encode(PROFIEL, answer)

        return send

    def _door(self, message: DocumentRequest | NotificatieRequest, seam: Seam | None) -> tuple[int, bytes]:
        """The wire process of the other school: when it dies the asker gets no answer, when it fails a Server fault."""
        try:
            answer = self.deliver(message, seam) if isinstance(message, DocumentRequest) else self.told(message, seam)
        except Died:
            raise Unavailable("GEEN_ANTWOORD") from None
        except WRONG:
            return 500, soap.fault(PROFIEL, TECHNISCHE_FOUT, "Server")
        if isinstance(answer, Resultaat):
            return 500, soap.fault(PROFIEL, answer, "Client")
        return 200, encode_document_response(PROFIEL, answer) if isinstance(answer, bytes) else soap.encode(
            PROFIEL, answer
        )

    def deliver(self, message: DocumentRequest, seam: Seam | None = None, fingerprint: str = "f") -> bytes | Resultaat:
        """What the wire process does with one documentRequest."""
        return beantwoord(self._desk(seam, "bron"), Beller("CN=test", OIN, fingerprint), message)

    def told(self, message: NotificatieRequest, seam: Seam | None = None) -> Resultaat | NotificatieResponse:
        """What the wire process of a school that asked before does with one notificatie."""
        return ontvang(self._desk(seam, "doel"), Beller("CN=test", OIN, "f"), message)

    def _desk(self, seam: Seam | None, who: str) -> Balie:
        center = self.center(seam, who)

        def overview(brin: str) -> tuple[Any, ...]:
            found = center.overzicht(Brin(brin))
            if isinstance(found, Resultaat):
                raise PeerError("TRAFFIC_CENTER_ANTWOORD", found.code)
            return found

        return Balie(self.stores(seam, who), center, (Leverancier("CN=test", OIN, None),), overview, NOW)

    # the queue and the clock

    def run_until_quiet(self, school: Vestiging) -> None:
        """Let SQS and the clock do their work, without faults, until nothing is left to do."""
        for _ in range(6):
            self.work_queue()
            stores = self.stores()
            if not any(row["status"] == "UITSTAAND" for row in requests_of(stores, school)):
                return
            nudge_open(stores, NOW + timedelta(minutes=20))
        raise AssertionError("never quiet")

    def work_queue(self, seam: Seam | None = None) -> None:
        """Give every message that waits to the worker; it is gone when the worker did not raise."""
        sqs, url = self.aws.client("sqs"), self.aws.names["OSO_QUEUE_AANVRAGEN"]
        while messages := self._receive(sqs, url):
            for message in messages:
                times = int(message["Attributes"]["ApproximateReceiveCount"])
                if self._worker(message["Body"], times, seam):
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                else:
                    again = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                    sqs.change_message_visibility(**again)
                    return

    def _receive(self, sqs: Any, url: str) -> list[Any]:
        asked = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "MessageSystemAttributeNames": ["All"]}
        return list(sqs.receive_message(QueueUrl=url, **asked).get("Messages", []))

    def _worker(self, body: str, times: int, seam: Seam | None) -> bool:
        try:
            stores, center = self.stores(seam, "doel"), self.center(seam, "doel")
            haal_op(stores, center, Nudge.parse(body), NOW, laatste_keer=times >= 5)
        except WRONG:
            return False
        return True


def requests_of(stores: Stores, school: Vestiging) -> list[dict[str, Any]]:
    """The own requests of a school, as rows."""
    return list(stores.state.alles(f"SCHOOL#{school}", "UIT#"))


def ask(stores: Stores, school: Vestiging, number: str, key: str = "sleutel") -> Dossieraanvraag:
    """What the portal's process does with one POST."""
    question = Verzoek(BRON.brin, Pgn(PgnType.BSN, number))
    return vraag_op(work(stores, school), question, key, uuid.uuid4().hex)


def publish(town: Town, school: Vestiging, number: str, seam: Seam | None = None) -> int:
    """A person at a screen: does the next thing that the card shows as not done, and again when that went wrong.

    Returns how often something went wrong. Each act is a process of its own.
    """
    wrong = 0
    while True:
        stores = town.stores()  # what the person sees: a fresh look, without faults
        card = stores.find_dossier(school, PUPIL)
        step = _next_step(card)
        if step is None:
            return wrong
        assert wrong < 3, "it keeps going wrong"
        try:
            step(work(town.stores(seam, "portal"), school), number, card)
        except WRONG:
            wrong += 1


Step = Callable[[Werk, str, Any], object]


def _next_step(card: Any) -> Step | None:
    if card is None:
        return _put
    if card.invulling.uitschrijving != LEAVING:
        return _fill_in
    if card.versie is None:
        return _collect
    if not card.invulling.inzage.gegeven:
        return _record_inzage
    return _set_ready if card.status is not Status.KLAAR else None


def _put(werk: Werk, number: str, card: Any) -> object:
    return zet_record(werk, PUPIL, Record("2019.1", record(number)), record_etag(card) if card else None)


def _fill_in(werk: Werk, number: str, card: Any) -> object:
    def change(old: Invulling) -> Invulling:
        return replace(old, uitschrijving=LEAVING)

    return vul_in(werk, PUPIL, change, kaart_etag(card))


def _collect(werk: Werk, number: str, card: Any) -> object:
    return verzamel(werk, PUPIL, Profiel.POPO)


def _record_inzage(werk: Werk, number: str, card: Any) -> object:
    def change(old: Invulling) -> Invulling:
        return replace(old, inzage=Inzage(Inzagewaarde.JA))

    return vul_in(werk, PUPIL, change, kaart_etag(card))


def _set_ready(werk: Werk, number: str, card: Any) -> object:
    return zet_klaar(werk, PUPIL)


def intact(stores: Stores, onderwerp: str, kop: Any) -> list[str]:
    """The acts of a chain, after checking that it is what was written."""
    entries = stores.logregels(onderwerp)
    assert controleer_keten(onderwerp, entries, kop) == ()
    return [entry.actie for entry in entries]


def try_until_done(act: Callable[[], Any], times: int = 3) -> Any:
    """A client that asks again with the same key when it got no answer."""
    for _ in range(times - 1):
        with suppress(*WRONG):
            return act()
    return act()
