"""Who acts on one school at the same time: employees, queue workers and systems on the wire, each a thread.

Each act is a process of its own with its own stores; before every call to AWS it waits for a moment that its seed
chooses, so that every interleaving comes along. What was asked and what was told is kept with its times.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar

from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Door
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, Vestiging
from chalicelib.domain.opdracht import Bulksoort, Taak
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import OsoError
from chalicelib.flows import Werk
from chalicelib.flows.klaarzetten import trek_in, zet_klaar
from chalicelib.flows.leerlingen import Record, verwijder, zet_record
from chalicelib.flows.opdrachten import Bulkvraag, geef_opdracht
from chalicelib.flows.scholen import wijzig
from chalicelib.flows.verzamelen import verzamel, vul_in
from chalicelib.gegevensset.codec import decode
from chalicelib.messages.berichten import Adressen, DocumentRequest, OverdrachtRequest, OverdrachtResponse
from chalicelib.store import Stores
from chalicelib.web.workers import publiceer
from infra.local.register_rules import behandel
from tests.faults.seam import Seam, Way
from tests.faults.town import KEY, OIN, PUPIL, Town
from tests.history.model import Act, Answer
from tests.history.search import Done
from tests.pupil import NOW, NUMBERS, record

T = TypeVar("T")
CARD, NUMBER, SETTINGS = "card", "number", "settings"
DOSSIER, SHARED = NUMBERS[0], NUMBERS[1]
OVERSTAP = Overdrachtsoort.OVERSTAPDOSSIER
_WAITS = (0, 0, 0.001, 0.005, 0.02)


class Unsteady(Seam):
    """A seam at which nothing goes wrong, but each call waits for a moment first."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self.rng = rng

    def call(self, name: str, act: Callable[[], T], errors: Mapping[Way, Exception | T]) -> T:
        """Wait, then do it."""
        time.sleep(self.rng.choice(_WAITS))
        return super().call(name, act, errors)


@dataclass
class School:
    """One school of one run, and everything that was done at it and told, per subject.

    `quiet`: its employees are done; `over`: everybody is.
    """

    town: Town
    vestiging: Vestiging
    punt: str
    history: dict[str, list[Done]] = field(default_factory=lambda: {CARD: [], NUMBER: [], SETTINGS: []})
    lock: threading.Lock = field(default_factory=threading.Lock)
    quiet: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def write_down(self, subject: str, done: Done) -> None:
        with self.lock:
            self.history[subject].append(done)


@dataclass
class Actor:
    """Somebody with a seed: what they do next, and what they saw last of card and settings."""

    school: School
    name: str
    rng: Random
    etags: dict[str, int] = field(default_factory=dict)

    def stores(self) -> Stores:
        return self.school.town.stores(Unsteady(self.rng), self.name)

    def work(self) -> Werk:
        return Werk(self.stores(), Door(self.school.vestiging.code, self.name, self.name), NOW)

    def do(self, subject: str, act: Act) -> Answer:
        """One act, from asking to answer; OsoError is an answer too."""
        began = time.monotonic()
        try:
            answer = _DO[subject, act.word](self, act)
        except OsoError as told:
            answer = (told.code,)
        self.school.write_down(subject, Done(self.name, act, began, time.monotonic(), answer))
        return answer

    def seen(self, subject: str) -> int:
        """The ETag that was seen last; nobody saves what they never saw."""
        if subject not in self.etags:
            self.look(subject)
        return self.etags[subject]

    def look(self, subject: str) -> None:
        self.etags[subject] = int(str(self.do(subject, Act("look"))[0]))


def _look(who: Actor, act: Act) -> Answer:
    now = who.stores().dossier(who.school.vestiging, PUPIL)
    return (
        now.version,
        now.invulling.uitschrijving.toelichting or "",
        now.laatste_nummer,
        now.verzameld,
        now.invulling.inzage.gegeven,
        now.status == "KLAAR",
    )


def _save(who: Actor, act: Act) -> Answer:
    def change(old: Any) -> Any:
        return replace(old, uitschrijving=replace(old.uitschrijving, toelichting=act.text))

    return "ok", vul_in(who.work(), PUPIL, change, f'"{act.seen}"')[0].version


def _show(who: Actor, act: Act) -> Answer:
    return "ok", vul_in(who.work(), PUPIL, lambda old: replace(old, inzage=Inzage(Inzagewaarde.JA)), f'"{act.seen}"')[
        0
    ].version


def _collect(who: Actor, act: Act) -> Answer:
    versie = verzamel(who.work(), PUPIL, Profiel.POPO).dossier.versie
    assert versie is not None
    return "ok", versie.nummer


def _ready(who: Actor, act: Act) -> Answer:
    zet_klaar(who.work(), PUPIL)
    return ("ok",)


def _withdraw(who: Actor, act: Act) -> Answer:
    trek_in(who.work(), PUPIL, "Proef")
    return ("ok",)


def _bulk(who: Actor, act: Act) -> Answer:
    """Order it, and wait until a worker did it."""
    vraag = Bulkvraag(Bulksoort.KLAARZETTEN, (Taak(PUPIL),))
    order = geef_opdracht(who.work(), vraag, act.text, f"{who.rng.getrandbits(128):032x}")
    while True:
        result = who.stores().regels(order, [0]).get(0)
        if result is not None:
            return ("ok",) if result.resultaat == "GELUKT" else (result.meldingen[0].code,)
        time.sleep(0.02)


def _fetch(who: Actor, act: Act) -> Answer:
    """Another supplier's system, in a session of its own; which version it got stands with its request."""
    school, pgn = who.school, Pgn(PgnType.BSN, DOSSIER)
    asked = Adressen(school.vestiging.brin, Aanleverpunt(school.punt), Brin("99EF"), Aanleverpunt("0"))
    granted = behandel(school.town.register, OverdrachtRequest(asked, OVERSTAP, KEY(pgn)), OIN)
    assert isinstance(granted, OverdrachtResponse)
    answer = school.town.deliver(
        DocumentRequest(asked, pgn, None, OVERSTAP, granted.sessie_id), Unsteady(who.rng), fingerprint=who.name
    )
    if isinstance(answer, Resultaat):
        return (answer.code,)
    assert decode(answer).dossier["inzage"]["inzage"] == "true", "nobody was shown what left"
    request = school.town.stores().find_verzoek(granted.sessie_id, school.vestiging.brin.code, school.punt)
    assert request is not None
    return "ok", request.versie


def _who(who: Actor, act: Act) -> Answer:
    return (who.stores().find_leerling(who.school.vestiging, Pgn(PgnType.BSN, SHARED)) or "",)


def _put(who: Actor, act: Act) -> Answer:
    zet_record(who.work(), act.text, Record("2019.1", record(SHARED)), None)
    return ("ok",)


def _remove(who: Actor, act: Act) -> Answer:
    verwijder(who.work(), act.text, "*")
    return ("ok",)


def _look_at_settings(who: Actor, act: Act) -> Answer:
    now = who.stores().school(who.school.vestiging)
    return now.version, now.telefoon or ""


def _save_settings(who: Actor, act: Act) -> Answer:
    def change(old: Any) -> Any:
        return replace(old, telefoon=act.text, version=old.version + 1)

    wijzig(who.work(), change, f'"{act.seen}"')
    return ("ok",)


_DO: dict[tuple[str, str], Callable[[Actor, Act], Answer]] = {
    (CARD, "look"): _look,
    (CARD, "save"): _save,
    (CARD, "show"): _show,
    (CARD, "collect"): _collect,
    (CARD, "ready"): _ready,
    (CARD, "bulk"): _bulk,
    (CARD, "withdraw"): _withdraw,
    (CARD, "fetch"): _fetch,
    (NUMBER, "who"): _who,
    (NUMBER, "put"): _put,
    (NUMBER, "remove"): _remove,
    (SETTINGS, "look"): _look_at_settings,
    (SETTINGS, "save"): _save_settings,
}


def worker(who: Actor) -> None:
    """A queue worker: takes what waits, does it, and now and then does a message twice; until all others are done."""
    aws = who.school.town.aws
    sqs, url = aws.client("sqs"), aws.names["OSO_QUEUE_PUBLICATIES"]
    while not who.school.over.is_set():
        asked: Any = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "MessageSystemAttributeNames": ["All"]}
        messages = sqs.receive_message(QueueUrl=url, **asked).get("Messages", [])
        records = [
            {
                "messageId": one["MessageId"],
                "body": one["Body"],
                "attributes": one["Attributes"],
                "eventSourceARN": "arn:aws:sqs:eu-west-1:0:publicaties",
            }
            for one in messages
        ]
        failed: set[str] = set()
        for _ in range(who.rng.choice((1, 2)) if records else 0):
            answer = publiceer(who.stores(), records, {}, nu=lambda: NOW)
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for one in messages:
            place = {"QueueUrl": url, "ReceiptHandle": one["ReceiptHandle"]}
            if one["MessageId"] in failed:
                sqs.change_message_visibility(**place, VisibilityTimeout=0)
            else:
                sqs.delete_message(**place)
        if not messages:
            time.sleep(0.02)
