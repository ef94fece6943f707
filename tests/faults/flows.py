"""Every flow of the product as somebody goes through it: what there is before, and what they do.

What a flow leaves behind is not written here: it is what a run without faults leaves behind (`sweep.py`).
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chalicelib.domain.aanvraag import Stand
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.notificatie import Notificatiestatus, Richting
from chalicelib.domain.nummers import Aanleverpunt, Pgn, PgnType
from chalicelib.domain.opdracht import Bulksoort, Taak
from chalicelib.domain.termijnen import Termijnen
from chalicelib.flows import ophalen, zorgvragen
from chalicelib.flows.importeren import importeer, maak_ongedaan
from chalicelib.flows.klaarzetten import trek_in, zet_klaar
from chalicelib.flows.leerlingen import Record, haal_record, record_etag, zet_record
from chalicelib.flows.notificaties import mogelijk, verstuur
from chalicelib.flows.opdrachten import Bulkvraag, geef_opdracht
from chalicelib.flows.opruimen import ruim_op
from chalicelib.flows.verzamelen import kaart_etag, verzamel, vul_in
from chalicelib.messages.berichten import Adressen, DocumentRequest, OverdrachtRequest, OverdrachtResponse
from infra.local.register_rules import behandel
from infra.redrive import redrive
from tests.faults.town import BRON, KEY, LEAVING, OIN, PUPIL, requests_of
from tests.faults.town import ask as post_request
from tests.faults.world import DOEL, World, answered, drive, until
from tests.pupil import NOW, NUMBERS, record

NUMBER, OTHER = NUMBERS[0], NUMBERS[1]
OVERSTAP = Overdrachtsoort.OVERSTAPDOSSIER
ONCE_MORE = frozenset({"VERZONDEN", "AANVRAAG_GEWEIGERD"})
"""What is delivered at least once has an entry for each time (infra/decisions/logged-before-it-leaves.md)."""


Step = Callable[[World], object]


@dataclass(frozen=True)
class Flow:
    """One flow: what there is before, the acts in which a call may go wrong, and the acts that may be logged twice."""

    name: str
    before: tuple[Step, ...]
    acts: tuple[Step, ...]
    repeats: frozenset[str] = frozenset()


def card(world: World) -> Dossier | None:
    """The card of the pupil at 14SS00, as somebody sees it now."""
    return world.look().find_dossier(BRON, PUPIL)


def _card(world: World) -> Dossier:
    found = card(world)
    assert found is not None
    return found


# the dossier


def put(world: World) -> None:
    """The portal puts a pupil."""
    until(lambda: card(world), lambda: zet_record(world.work(), PUPIL, Record("2019.1", record(NUMBER)), None))


def put_again(world: World) -> None:
    """And puts it again, with another name and number."""
    changed = Record("2019.1", record(OTHER, roepnaam="Anders"))

    def done() -> bool:
        return _name(world) == "Anders"

    until(done, lambda: zet_record(world.work(), PUPIL, changed, record_etag(_card(world))))


def _name(world: World) -> str:
    found = haal_record(replace(world.work(), stores=world.look()), _card(world))
    return str(found.dossier["huidigeschool"]["leerling"]["roepnaam"])


def fill_in(world: World) -> None:
    """Write the pupil out, to 99EF."""

    def leave(world: World) -> object:
        return vul_in(world.work(), PUPIL, lambda old: replace(old, uitschrijving=LEAVING), kaart_etag(_card(world)))

    until(lambda: _card(world).invulling.uitschrijving == LEAVING, lambda: leave(world))


def collect(world: World) -> None:
    until(lambda: _card(world).versie, lambda: verzamel(world.work(), PUPIL, Profiel.POPO))


def record_inzage(world: World) -> None:
    """The parents saw it: the stored dossier is brought up to date (R31)."""

    def see() -> object:
        seen = Inzage(Inzagewaarde.JA)
        return vul_in(world.work(), PUPIL, lambda old: replace(old, inzage=seen), kaart_etag(_card(world)))

    until(lambda: _card(world).invulling.inzage.gegeven, see)


def set_ready(world: World) -> None:
    until(lambda: _card(world).status is Status.KLAAR, lambda: zet_klaar(world.work(), PUPIL))


def withdraw(world: World) -> None:
    until(lambda: _card(world).status is not Status.KLAAR, lambda: trek_in(world.work(), PUPIL, "Proef"))


COLLECTED = (put, fill_in, collect, record_inzage)
READY = (*COLLECTED, set_ready)


# bulk


def other_pupil(world: World) -> None:
    zet_record(world.work(), "l-2", Record("2019.1", record()), None)


def order(world: World) -> None:
    """Two pupils binnen brin and one that nobody has, in one order."""
    tasks = tuple(Taak(one) for one in (PUPIL, "onbekend", "l-2"))
    vraag = Bulkvraag(Bulksoort.BINNEN_BRIN, tasks, Profiel.BB_POPO)
    answered(lambda: geef_opdracht(world.work(), vraag, "opdracht", uuid.uuid4().hex))


def bulk(world: World) -> None:
    order(world)
    drive(world)


# asking and answering


def session(world: World) -> None:
    """The Traffic Center grants 99EF a session about the pupil."""
    asked = OverdrachtRequest(Adressen(BRON.brin, None, DOEL.brin, Aanleverpunt("0")), OVERSTAP, KEY(_pgn()))
    granted = behandel(world.town.register, asked, OIN)
    assert isinstance(granted, OverdrachtResponse)
    world.memory["session"] = granted.sessie_id


def _pgn() -> Pgn:
    return Pgn(PgnType.BSN, NUMBER)


def deliver(world: World) -> None:
    """Another supplier's system asks for the dossier, and again in the same session when nothing came."""
    addresses = Adressen(BRON.brin, Aanleverpunt("0"), DOEL.brin, Aanleverpunt("0"))
    message = DocumentRequest(addresses, _pgn(), None, OVERSTAP, world.memory["session"])
    assert isinstance(answered(lambda: world.town.deliver(message, world.seam)), bytes)


def ask(world: World) -> None:
    """99EF asks in the portal; then its worker asks the school."""
    answered(lambda: post_request(world.stores(), DOEL, NUMBER))
    drive(world)


def _request(world: World) -> Any:
    ((row),) = requests_of(world.look(), DOEL)
    return world.look().aanvraag(DOEL, row["id"])


def receive(world: World) -> None:
    ask(world)
    assert _request(world).status is Stand.ONTVANGEN


def take_over(world: World) -> None:
    """Import what was received, as a new pupil."""
    id_ = _request(world).id
    until(
        lambda: _request(world).status is Stand.GEIMPORTEERD,
        lambda: importeer(world.work(DOEL), id_, "nieuw", {}),
    )


def undo(world: World) -> None:
    id_ = _request(world).id
    until(lambda: _request(world).status is Stand.ONTVANGEN, lambda: maak_ongedaan(world.work(DOEL), id_))


def forgotten(world: World) -> None:
    """A request whose message got lost."""
    post_request(world.stores(), DOEL, NUMBER)
    drop_messages(world)


def drop_messages(world: World) -> None:
    sqs = world.town.aws.client("sqs")
    for name in ("OSO_QUEUE_AANVRAGEN", "OSO_QUEUE_PUBLICATIES", "OSO_QUEUE_ZORGVRAGEN"):
        sqs.purge_queue(QueueUrl=world.town.aws.names[name])


def nudge(world: World) -> None:
    """The clock finds it; should its process end half way, it is there again ten minutes later."""
    answered(lambda: ophalen.nudge_open(world.stores("clock"), NOW + timedelta(minutes=20)))
    drive(world)


def tell(world: World) -> None:
    """Tell the school that asked before that the dossier is ready again; what failed is sent again (protocol 2.3)."""
    (known,) = mogelijk(replace(world.work(), stores=world.look()), _card(world))

    def send() -> None:
        key = uuid.uuid4().hex
        answered(lambda: verstuur(world.work(), PUPIL, [known.id], key, uuid.uuid4().hex[1:]))
        drive(world)

    until(lambda: not _told(world) or _told(world)[-1] != "MISLUKT", send)


def _told(world: World) -> list[str]:
    rows = world.look().notificaties(BRON, Richting.UIT)
    return [row.status.value for row in sorted(rows, key=lambda row: row.status is not Notificatiestatus.MISLUKT)]


# zorgvraag


def put_for_zorgvraag(world: World) -> None:
    world.village.put_pupil()


def send_zorgvraag(world: World) -> None:
    """From the button to where the SWV has fetched it."""
    answered(lambda: world.village.send())
    drive(world)
    world.village.swv_fetches()
    world.memory["swv fetches"] = True


def swv_answers(world: World) -> None:
    world.village.swv_answers()
    world.memory["swv answers"] = True


def remove_zorgvraag(world: World) -> None:
    """The school takes it back after the SWV was told."""

    (sent,) = world.look().zorgvragen(BRON, PUPIL)

    def gone() -> bool:
        (found,) = world.look().zorgvragen(BRON, PUPIL)
        return found.status == "INGETROKKEN" and not list(world.village.objects(sent.map))

    until(gone, lambda: zorgvragen.verwijder(world.work(), PUPIL, sent.id))


# the clean-up and the operator


def clean_up(world: World) -> None:
    """Twelve years later, night after night, until there is nothing left to do."""
    for night in range(1, 5):
        later = NOW.replace(year=NOW.year + 12) + timedelta(days=night)
        answered(lambda at=later: ruim_op(world.stores("clock"), Termijnen(), at))  # type: ignore[misc]


def fail_for_good(world: World) -> None:
    """A bulk act whose worker died five times: its messages lie in the dead letter queue."""
    order(world)
    sqs, url = world.town.aws.client("sqs"), world.town.aws.names["OSO_QUEUE_PUBLICATIES"]
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages"):
        for one in found:
            sqs.send_message(QueueUrl=f"{url}-dood", MessageBody=one["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])


def put_back(world: World) -> None:
    """The operator puts the dead letters back, and again those that are still there."""
    url = world.town.aws.names["OSO_QUEUE_PUBLICATIES"]
    until(lambda: _nobody_is_dead(world, f"{url}-dood"), lambda: _redrive(world, url))
    drive(world)


def _redrive(world: World, url: str) -> None:
    sqs = world.stores("operator").nudges.client
    redrive(sqs, url, 100, doe=True)


def _nobody_is_dead(world: World, url: str) -> bool:
    """What somebody who died had in hand comes back after two minutes; here at once."""
    sqs = world.town.aws.client("sqs")
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {told["ApproximateNumberOfMessages"], told["ApproximateNumberOfMessagesNotVisible"]} == {"0"}


FLOWS = (
    Flow("opslaan", (), (put, put_again)),
    Flow("verzamelen", (put, fill_in), (collect, record_inzage)),
    Flow("klaarzetten", COLLECTED, (set_ready,)),
    Flow("intrekken", READY, (withdraw,)),
    Flow("bulk", (put, other_pupil), (bulk,)),
    Flow("answer", (*READY, session), (deliver,), ONCE_MORE),
    Flow("ask", READY, (ask,), ONCE_MORE),
    Flow("import", (*READY, receive), (take_over,)),
    Flow("undo", (*READY, receive, take_over), (undo,)),
    Flow("zorgvraag", (put_for_zorgvraag,), (send_zorgvraag,), frozenset({"ZORGVRAAG_OPGEHAALD"})),
    Flow("terugkoppeling", (put_for_zorgvraag, send_zorgvraag), (swv_answers,)),
    Flow("zorgvraag-weg", (put_for_zorgvraag, send_zorgvraag), (remove_zorgvraag,)),
    Flow("notificatie", (*READY, receive), (tell,), frozenset({"NOTIFICATIE_GEVRAAGD"})),
    Flow("afmaken", (*READY, forgotten), (nudge,), ONCE_MORE),
    Flow("opruimen", (*READY, receive, take_over), (clean_up,)),
    Flow("redrive", (put, other_pupil, fail_for_good), (put_back,)),
)
