"""The worker of a zorgvraag: announce it at the Traffic Center, tell the SWV (protocol 2.4 steps 2-3, 3.5, 3.6).

The koppelsleutel is kept before the SWV is told of it, so that at most one is ever told; the Traffic Center's calls
have no idempotency key, an orphan there expires (9b.12).
"""

from contextlib import suppress
from datetime import datetime, timedelta

from chalicelib.domain.mutatielog import Actie, Door
from chalicelib.domain.nummers import Aanleverpunt, Vestiging
from chalicelib.domain.resultaat import TECHNISCHE_FOUT, Resultaat
from chalicelib.domain.zorgvraag import Zorgvraag, Zorgvraagstatus
from chalicelib.errors import Conflict, NotFound, PeerError, Refused, Unavailable
from chalicelib.flows import Werk
from chalicelib.flows.zorgvraag import zet
from chalicelib.messages.berichten import Adressen, Doel, NotificatieRequest
from chalicelib.store import Nudge, Stores
from chalicelib.store.laatste_keer import begin_laatste_keer
from chalicelib.traffic_center import TrafficCenter

WEG = "WEG"


def meld(stores: Stores, tc: TrafficCenter, nudge: Nudge, nu: datetime, *, laatste_keer: bool = False) -> str:
    """Do what is left of sending one zorgvraag; returns its state. A late or double nudge changes nothing.

    Raises Unavailable when the other side did not answer; on the last try the zorgvraag ends as MISLUKT first. Should
    that try break off, the clock ends it (`geef_op`).
    """
    leerling_id, _, id_ = nudge.id.partition("/")
    try:
        zorgvraag = stores.zorgvraag(Vestiging(nudge.school), leerling_id, id_)
        if zorgvraag.status is not Zorgvraagstatus.VERZONDEN:
            return zorgvraag.status.value
        if stores.find_dossier(zorgvraag.school, leerling_id) is None:
            return _sluit(stores, zorgvraag)
        if laatste_keer:
            begin_laatste_keer(stores, zorgvraag, nu)
        return _verstuur(_werk(stores, zorgvraag, nu), tc, zorgvraag, laatste_keer=laatste_keer).status.value
    except NotFound:
        return WEG  # removed, or its pupil was, before or while we were at it


def geef_op(stores: Stores, nudge: Nudge, nu: datetime) -> str:
    """End a zorgvraag of which nothing will come any more as MISLUKT; returns the state that it is in."""
    leerling_id, _, id_ = nudge.id.partition("/")
    try:
        zorgvraag = stores.zorgvraag(Vestiging(nudge.school), leerling_id, id_)
        if stores.find_dossier(zorgvraag.school, leerling_id) is None:
            return _sluit(stores, zorgvraag)
        return _mislukt(_werk(stores, zorgvraag, nu), zorgvraag, TECHNISCHE_FOUT.code).status.value
    except NotFound:
        return WEG


def _sluit(stores: Stores, zorgvraag: Zorgvraag) -> str:
    """Its pupil was removed: nobody asks for it any more, and there is no chain to say so in. It waits for its term."""
    dicht = zorgvraag.zonder_leerling()
    if dicht is not zorgvraag:
        with suppress(Conflict):  # somebody else was at it; the clock comes again
            stores.transact(stores.bewaar_zorgvraag(zorgvraag, dicht))
    return WEG


def _werk(stores: Stores, zorgvraag: Zorgvraag, nu: datetime) -> Werk:
    return Werk(stores, Door(zorgvraag.school.code, zorgvraag.door_sub, zorgvraag.door), nu)


def _verstuur(werk: Werk, tc: TrafficCenter, zorgvraag: Zorgvraag, *, laatste_keer: bool) -> Zorgvraag:
    try:
        if zorgvraag.koppelsleutel is None:
            zorgvraag = _vraag_sleutel(werk, tc, zorgvraag)
        return _notificeer(werk, tc, zorgvraag) if zorgvraag.koppelsleutel else zorgvraag
    except (PeerError, Refused) as fout:
        return _mislukt(werk, zorgvraag, fout.code)
    except Unavailable as fout:
        if laatste_keer:
            _mislukt(werk, zorgvraag, fout.code)
        raise


def _mislukt(werk: Werk, zorgvraag: Zorgvraag, code: str) -> Zorgvraag:
    return zet(werk, Actie.ZORGVRAAG_MISLUKT, zorgvraag, lambda z: z.mislukt(code))


def _adressen(zorgvraag: Zorgvraag) -> Adressen:
    """Bron and doel are the same school: the SWV's aanleverpunt is made under the own BRIN (protocol 2.4)."""
    brin = zorgvraag.school.brin
    return Adressen(brin, Aanleverpunt(zorgvraag.bron_aanleverpunt), brin, Aanleverpunt(zorgvraag.aanleverpunt))


def _vraag_sleutel(werk: Werk, tc: TrafficCenter, zorgvraag: Zorgvraag) -> Zorgvraag:
    """The zorgvraag with its koppelsleutel: the one that was kept first, should somebody else ask at the same time."""
    antwoord = tc.meld_notificatie(_adressen(zorgvraag), Doel.PAO)
    if isinstance(antwoord, Resultaat):
        raise Refused(antwoord.code)
    sleutel = antwoord.koppelsleutel or ""
    geheim = werk.stores.geheim.versleutel_tekst(zorgvraag.school, sleutel)
    pointer = werk.stores.koppelpointer(sleutel)
    return zet(werk, Actie.ZORGVRAAG_SLEUTEL, zorgvraag, lambda z: z.met_sleutel(geheim, pointer, antwoord.url))


def _notificeer(werk: Werk, tc: TrafficCenter, zorgvraag: Zorgvraag) -> Zorgvraag:
    sleutel = werk.stores.geheim.ontsleutel_tekst(zorgvraag.school, zorgvraag.koppelsleutel or "")
    bericht = NotificatieRequest(_adressen(zorgvraag), sleutel, None, None, Doel.PAO)
    antwoord = tc.notificeer(zorgvraag.url or "", bericht)
    if isinstance(antwoord, Resultaat):
        raise Refused(antwoord.code)
    return zet(werk, Actie.ZORGVRAAG_GENOTIFICEERD, zorgvraag, lambda z: z.genotificeerd(werk.nu))


def nudge_open(stores: Stores, nu: datetime, ouder_dan: timedelta = timedelta(minutes=15)) -> int:
    """Nudge every zorgvraag that has been waiting too long: its nudge may be lost (house 4, Clock)."""
    rijen = stores.open_sinds("ZORGVRAAG", (nu - ouder_dan).isoformat())
    ids = ((row["pk"].removeprefix("SCHOOL#"), f"{row['leerling_id']}/{row['id']}") for row in rijen)
    stores.nudges.send_batch([Nudge("ZORGVRAAG", school, id_) for school, id_ in ids])
    return len(rijen)
