"""A school, a samenwerkingsverband and a Traffic Center in one process, for the fault sweeps of the zorgvraag.

The SWV is as `infra/local/swv.py`, without threads: it accepts each koppelsleutel once, fetches by itself, and answers
once; its user tries again what was not acknowledged (protocol 2.4, 2.5).
"""

import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.config import Leverancier
from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Vestiging
from chalicelib.domain.resultaat import GESLAAGD, TECHNISCHE_FOUT, Resultaat
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.errors import PeerError, Unavailable
from chalicelib.flows import zorgvraag_beantwoorden, zorgvragen
from chalicelib.flows.balie import Balie, Beller
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.zorgvraag_melden import meld, nudge_open
from chalicelib.messages import berichten as b
from chalicelib.messages import soap
from chalicelib.messages.document import encode_document_response
from chalicelib.store import Nudge, Stores
from chalicelib.traffic_center import TrafficCenter
from infra.local.register import Punt
from infra.local.register_rules import behandel
from tests.faults.seam import WRONG, Died, Seam
from tests.faults.town import CENTER, DOOR, KEY, OIN, PROFIEL, PUPIL, Town, work
from tests.pupil import NOW, NUMBERS, record

SWV_OIN, SWV_DOOR, SWV_PUNT = "99999999000000000003", "https://swv.invalid", "900"
NUMBER = NUMBERS[3]
ANSWER = "Wij komen op school langs."
_SCHOOLS = (Vestiging(f"{number // 90:02d}ZV{number % 90 + 1:02d}") for number in itertools.count(1))
_SUPPORT = {"diagnose": [{"code": ["HB"], "naam": "Verzonnen diagnose"}]}


@dataclass
class Swv:
    """What one school's samenwerkingsverband has: koppelsleutels it was told, what it fetched, whether it answered."""

    told: list[tuple[str, b.Adressen]] = field(default_factory=list)
    notifications: int = 0
    fetched: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    down: bool = False

    def notify(self, message: b.NotificatieRequest) -> b.NotificatieResponse:
        """The same koppelsleutel again is acted upon once."""
        self.notifications += 1
        key = message.koppelsleutel or ""
        if key not in {known for known, _ in self.told}:
            self.told.append((key, message.adressen))
        return b.NotificatieResponse()


@dataclass(frozen=True)
class Village:
    """One case: a school that nobody used before with one pupil, and its SWV, around a town that all cases share."""

    town: Town
    school: Vestiging
    swv: Swv = field(default_factory=Swv)
    seam: Seam | None = None

    @classmethod
    def make(cls, town: Town, seam: Seam | None = None) -> "Village":
        school = next(_SCHOOLS)
        town.settle(school, str(int(school.vestigingscode)))
        made = cls(town, school, seam=seam).with_swv()
        made.put_pupil()
        drain(town)  # what a case that failed left behind is no part of this one
        return made

    def with_swv(self) -> "Village":
        """The same, its SWV known at the Traffic Center."""
        point = Punt(self.school.brin, Aanleverpunt(SWV_PUNT), "SWV Proef", b.Doel.PAO, SWV_OIN, SWV_DOOR)
        self.town.register.punten[self.school.brin, point.nummer] = point
        return self

    def put_pupil(self) -> None:
        """A pupil with something to say in a zorgvraag."""
        data = Record("2019.1", record(NUMBER, onderwijsondersteuning=_SUPPORT))
        zet_record(work(self.town.stores(), self.school), PUPIL, data, None)

    def calm(self) -> "Village":
        """The same, with nothing going wrong any more."""
        return replace(self, seam=None)

    # the school's processes: each act is a process of its own

    def stores(self, who: str) -> Stores:
        return self.town.stores(self.seam, who)

    def center(self, who: str, oin: str = OIN) -> TrafficCenter:
        def send(url: str, data: bytes) -> tuple[int, bytes]:
            message = soap.decode(PROFIEL, data)
            if url == CENTER:
                return _answer(behandel(self.town.register, message, oin))
            return self._door(message) if url == DOOR else self._swv_door(message)

        return TrafficCenter(self.seam.send(send, who) if self.seam else send, PROFIEL, KEY, CENTER)

    def send(self, key: str = "sleutel") -> Zorgvraag:
        """POST at the portal."""
        order = zorgvragen.Opdracht("Hulp bij rekenen", SWV_PUNT, aandachtspunten="Graag snel.")
        who = work(self.stores("portal"), self.school)
        return zorgvragen.verstuur(who, self.center("portal"), PUPIL, order, key, uuid.uuid4().hex)[0]

    def send_again(self, id_: str, key: str = "opnieuw") -> Zorgvraag:
        return zorgvragen.stuur_opnieuw(work(self.stores("portal"), self.school), PUPIL, id_, key)

    def remove(self, id_: str) -> Zorgvraag | None:
        return zorgvragen.verwijder(work(self.stores("portal"), self.school), PUPIL, id_)

    def work_queue(self) -> None:
        """Give every message that waits to the worker; it is gone when the worker did not raise."""
        sqs, url = self.town.aws.client("sqs"), self.town.aws.names["OSO_QUEUE_ZORGVRAGEN"]
        asked: dict[str, Any] = {
            "MaxNumberOfMessages": 10,
            "WaitTimeSeconds": 0,
            "MessageSystemAttributeNames": ["All"],
        }
        while messages := sqs.receive_message(QueueUrl=url, **asked).get("Messages", []):
            for message in messages:
                handle = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
                times = int(message["Attributes"]["ApproximateReceiveCount"])
                if not self.worker(Nudge.parse(message["Body"]), times):
                    sqs.change_message_visibility(**handle, VisibilityTimeout=0)
                    return
                sqs.delete_message(**handle)

    def worker(self, nudge: Nudge, times: int = 1) -> bool:
        try:
            meld(self.stores("worker"), self.center("worker"), nudge, NOW, laatste_keer=times >= 5)
        except WRONG:
            return False
        return True

    def clock(self) -> None:
        nudge_open(self.town.stores(), NOW + timedelta(minutes=20))

    def wire(self, message: b.Bericht, now: datetime = NOW, certificate: str = "swv") -> bytes | b.Bericht | Resultaat:
        """What the wire process does with one message of the SWV."""
        center = self.center("wire")

        def overview(brin: str) -> tuple[Any, ...]:
            found = center.overzicht(Brin(brin))
            if isinstance(found, Resultaat):
                raise PeerError("TRAFFIC_CENTER_ANTWOORD", found.code)
            return found

        desk = Balie(self.stores("wire"), center, (Leverancier("CN=test", SWV_OIN, None),), overview, now)
        caller = Beller("CN=test", SWV_OIN, certificate)
        if isinstance(message, b.DocumentRequest):
            return zorgvraag_beantwoorden.beantwoord(desk, caller, message)
        assert isinstance(message, b.TerugkoppelingRequest)
        return zorgvraag_beantwoorden.ontvang(desk, caller, message)

    def _door(self, message: b.Bericht) -> tuple[int, bytes]:
        """When the wire process dies nobody answers, when it fails there is a Server fault."""
        try:
            return _answer(self.wire(message))
        except Died:
            raise Unavailable("GEEN_ANTWOORD") from None
        except WRONG:
            return 500, soap.fault(PROFIEL, TECHNISCHE_FOUT, "Server")

    # the SWV's side

    def _swv_door(self, message: b.Bericht) -> tuple[int, bytes]:
        if self.swv.down:
            raise Unavailable("GEEN_ANTWOORD")
        assert isinstance(message, b.NotificatieRequest)
        return _answer(self.swv.notify(message))

    def swv_fetches(self) -> None:
        """Everything it was told of and has not fetched, each in a session that is always signed off."""
        for key, addresses in self.swv.told:
            if key not in self.swv.fetched:
                with suppress(*WRONG):
                    self._fetch(key, addresses)

    def _fetch(self, key: str, addresses: b.Adressen) -> None:
        center = self.center("swv", SWV_OIN)
        session = center.open_sessie(replace(addresses, bron_aanleverpunt=None), key, Overdrachtsoort.SWV)
        assert not isinstance(session, Resultaat)
        asked = b.DocumentRequest(addresses, None, key, Overdrachtsoort.SWV, session.sessie_id)
        answer: bytes | Resultaat = TECHNISCHE_FOUT
        try:
            answer = center.vraag_dossier(session.aanleverpunten[0].url, asked)
        finally:
            center.meld_af(asked, GESLAAGD if isinstance(answer, bytes) else answer)
        if isinstance(answer, bytes):
            self.swv.fetched[key] = answer
        else:
            self.swv.refused[key] = answer.code

    def swv_answers(self) -> None:
        """A terugkoppeling on everything fetched, until it is acknowledged; always the same one."""
        for key, addresses in self.swv.told:
            if key in self.swv.fetched and key not in self.swv.answered:
                with suppress(*WRONG):
                    center = self.center("swv", SWV_OIN)
                    announced = center.meld_terugkoppeling(addresses, key)
                    assert not isinstance(announced, Resultaat)
                    message = b.TerugkoppelingRequest(addresses, key, NOW.replace(microsecond=0), ANSWER)
                    if not isinstance(center.koppel_terug(announced.url, message), Resultaat):
                        self.swv.answered.add(key)

    def live(self, rounds: int = 6) -> None:
        """Let queue, clock and SWV do their work until nothing is left to do."""
        for _ in range(rounds):
            self.work_queue()
            self.swv_fetches()
            self.swv_answers()
            if self.swv.told and self.swv.answered == {key for key, _ in self.swv.told}:
                break
            self.clock()
        self.work_queue()

    # what is left

    def issued(self) -> list[str]:
        """The koppelsleutels that the Traffic Center made for this school."""
        keys = self.town.register.koppelsleutels.items()
        bron = (self.school.brin, str(int(self.school.vestigingscode)))
        return [key for key, made in keys if (made.bron_brin, str(made.bron_aanleverpunt)) == bron]

    def kept(self) -> list[str]:
        """Those of them that we know again."""
        return [key for key in self.issued() if self.town.stores().find_koppelsleutel(key) is not None]

    def objects(self, folder: str) -> Iterator[str]:
        inhoud = self.town.stores().inhoud
        found = inhoud.client.list_objects_v2(Bucket=inhoud.bucket, Prefix=f"{folder}/")
        return (one["Key"].removeprefix(f"{folder}/") for one in found.get("Contents", []))


def drain(town: Town) -> None:
    """Throw away what waits, also in the dead letter queue, where an operator looks."""
    sqs = town.aws.client("sqs")
    for name in ("oso-sandbox-zorgvragen", "oso-sandbox-zorgvragen-dood"):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages", []):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _answer(outcome: bytes | b.Bericht | Resultaat) -> tuple[int, bytes]:
    if isinstance(outcome, Resultaat):
        return 500, soap.fault(PROFIEL, outcome, "Client")
    if isinstance(outcome, bytes):
        return 200, encode_document_response(PROFIEL, outcome)
    return 200, soap.encode(PROFIEL, outcome)


def press(act: Callable[[], Any], times: int = 3) -> Any:
    """A person, or a client with the same key, that tries again when there was no answer."""
    for _ in range(times - 1):
        with suppress(*WRONG):
            return act()
    return act()
