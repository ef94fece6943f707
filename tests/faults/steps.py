"""What people and other systems do, step by step; each looks first whether it is done (`until`)."""

import uuid
from dataclasses import replace
from typing import Any

from chalicelib.domain.aanvraag import Stand
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.notificatie import Notificatiestatus, Richting
from chalicelib.domain.nummers import Aanleverpunt, Pgn, PgnType
from chalicelib.domain.opdracht import VENSTER, Bulksoort, Taak
from chalicelib.flows import zorgvragen
from chalicelib.flows.importeren import importeer, maak_ongedaan
from chalicelib.flows.klaarzetten import trek_in, zet_klaar
from chalicelib.flows.leerlingen import Record, haal_record, record_etag, zet_record
from chalicelib.flows.notificaties import mogelijk, verstuur
from chalicelib.flows.opdrachten import Bulkvraag, geef_opdracht
from chalicelib.flows.verzamelen import kaart_etag, verzamel, vul_in
from chalicelib.messages.berichten import Adressen, DocumentRequest, OverdrachtRequest, OverdrachtResponse
from infra.local.register_rules import behandel
from tests.faults.town import BRON, KEY, LEAVING, OIN, PUPIL, requests_of
from tests.faults.town import ask as post_request
from tests.faults.world import DOEL, World, answered, drive, until
from tests.pupil import NUMBERS, record

NUMBER, OTHER = NUMBERS[0], NUMBERS[1]
OVERSTAP = Overdrachtsoort.OVERSTAPDOSSIER


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


def full_bulk(world: World) -> None:
    """More pupils than are in the queue at once, so that each batch feeds the next; one of them is there."""
    tasks = tuple(Taak(one) for one in (*(f"onbekend-{n}" for n in range(VENSTER + 2)), PUPIL))
    vraag = Bulkvraag(Bulksoort.KLAARZETTEN, tasks)
    answered(lambda: geef_opdracht(world.work(), vraag, "opdracht", uuid.uuid4().hex))
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
