"""Bulk acts: one order, a result per pupil, over SQS (R75-R81, 15.14, 15.15; infra/decisions).

The row of a pupil's result is the truth: it is written in the transaction of the act itself, so a message that comes
twice, or a worker that dies, changes nothing. A message names one pupil of one opdracht; few are in the queue at any
time, and each batch that is done feeds the next, so that one school never keeps another waiting.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Invulling, Inzage
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.opdracht import (
    VENSTER,
    Bulkresultaat,
    Bulksoort,
    Opdracht,
    Opdrachtstatus,
    Regel,
    Taak,
    Telling,
    zonder_inhoud,
)
from chalicelib.domain.school import School
from chalicelib.errors import Conflict, Invalid, Melding, NotFound, Refused
from chalicelib.flows import Mee, Werk
from chalicelib.flows.klaarzetten import verzamel_en_zet_klaar, zet_klaar
from chalicelib.flows.verzamelen import verzamel, vul_in
from chalicelib.store import Nudge, Stores, herhaal
from chalicelib.store.items import dump, load
from chalicelib.store.tabel import Write

_LIJST = "opdracht.json"
_SLEUTEL_GELDIG = timedelta(days=1)
AL_GEDAAN = "AL_GEDAAN"
WEG = "WEG"
_PLEK = re.compile(r"[0-9a-f]{32}\.[0-9]{1,4}", re.ASCII)
_OVERGESLAGEN = ("OVERSTAP_STAAT_KLAAR", "STAAT_AL_KLAAR")


@dataclass(frozen=True)
class Bulkvraag:
    """What an employee orders: which act, for which pupils, and for a collection the profile."""

    soort: Bulksoort
    taken: tuple[Taak, ...]
    profiel: Profiel | None = None

    def bytes(self) -> bytes:
        """The pupils as they are kept, and for the fingerprint of an Idempotency-Key."""
        return json.dumps([dump(taak) for taak in self.taken], ensure_ascii=False, sort_keys=True).encode()


def geef_opdracht(werk: Werk, vraag: Bulkvraag, idempotency_key: str, id_: str) -> Opdracht:
    """Keep the order and put its first pupils in the queue. The same key again gives the same opdracht.

    Raises Refused("SLEUTEL_HERGEBRUIKT").
    """
    stores, data = werk.stores, vraag.bytes()
    profiel = vraag.profiel.value if vraag.profiel else ""
    vingerafdruk = stores.geheim.vingerafdruk("opdracht", vraag.soort.value, profiel, data.decode())

    def poging() -> tuple[Opdracht, bool]:
        if eerder := stores.find_sleutel(werk.school, idempotency_key):
            if eerder["vingerafdruk"] != vingerafdruk:
                raise Refused("SLEUTEL_HERGEBRUIKT")
            return stores.opdracht(werk.school, eerder["id"]), False
        nieuw = Opdracht(
            id=id_,
            school=werk.school,
            soort=vraag.soort,
            totaal=len(vraag.taken),
            map=stores.inhoud.nieuwe_map(werk.school, f"opdracht-{id_}"),
            gevraagd_op=werk.nu,
            gevraagd_door=werk.door.naam,
            gevraagd_door_sub=werk.door.sub,
            profiel=vraag.profiel,
        )
        stores.inhoud.put(nieuw.map, _LIJST, data)
        tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())
        sleutel = stores.leg_sleutel_vast(werk.school, idempotency_key, vingerafdruk, id_, tot)
        details: dict[str, str | int] = {"soort": vraag.soort.value, "totaal": nieuw.totaal}
        details |= {"profiel": profiel} if profiel else {}
        return stores.commit(
            werk.mutatie(Actie.OPDRACHT_GEGEVEN, nieuw.onderwerp, **details), None, nieuw, sleutel
        ), True

    opdracht, nieuw = herhaal(poging)
    if nieuw:
        _stuur(stores, opdracht, range(min(VENSTER, opdracht.totaal)))
    return opdracht


def lees_taken(stores: Stores, opdracht: Opdracht) -> tuple[Taak, ...]:
    """The pupils of an opdracht, in the order in which they were named."""
    return tuple(load(Taak, plain) for plain in json.loads(stores.inhoud.get(opdracht.map, _LIJST)))


@dataclass(frozen=True)
class Opdrachtwerk:
    """What a batch of messages needs of one opdracht, read once for all of its pupils."""

    opdracht: Opdracht
    taken: dict[int, Taak] = field(repr=False)
    school: School = field(repr=False)
    kaarten: dict[str, Dossier] = field(repr=False)
    regels: dict[int, Regel]


@dataclass(frozen=True)
class Lijsten:
    """Opdrachten that this process has read before, with their pupils: neither ever changes."""

    bekend: dict[tuple[str, str], tuple[Opdracht, tuple[Taak, ...]]] = field(default_factory=dict, repr=False)
    meeste: int = 32

    def lees(self, stores: Stores, school: str, id_: str) -> tuple[Opdracht, tuple[Taak, ...]]:
        """The opdracht and its pupils, or NotFound."""
        if (school, id_) not in self.bekend:
            opdracht = stores.opdracht(Vestiging(school), id_)
            if len(self.bekend) >= self.meeste:
                self.bekend.clear()
            self.bekend[school, id_] = opdracht, lees_taken(stores, opdracht)
        return self.bekend[school, id_]


def lees_batch(stores: Stores, lijsten: Lijsten, nudges: Iterable[Nudge]) -> dict[tuple[str, str], Opdrachtwerk]:
    """Read what a batch of messages needs: one request per opdracht. One that is gone is left out."""
    gevraagd: dict[tuple[str, str], set[int]] = {}
    for nudge in filter(_leesbaar, nudges):
        id_, nummer = _delen(nudge)
        gevraagd.setdefault((nudge.school, id_), set()).add(nummer)
    gelezen = {}
    for (school, id_), nummers in gevraagd.items():
        try:
            opdracht, alle = lijsten.lees(stores, school, id_)
        except NotFound:
            continue
        taken = {nummer: alle[nummer] for nummer in sorted(nummers) if nummer < len(alle)}
        instellingen, kaarten, regels = stores.voor_opdracht(
            opdracht, {nummer: taak.leerling_id for nummer, taak in taken.items()}
        )
        gelezen[school, id_] = Opdrachtwerk(opdracht, taken, instellingen, kaarten, regels)
    return gelezen


def doe(
    stores: Stores,
    batch: dict[tuple[str, str], Opdrachtwerk],
    nudge: Nudge,
    nu: datetime,
    *,
    laatste_keer: bool = False,
) -> str:
    """Do one pupil of a bulk act; returns what came of it, or why there was nothing to do.

    On the last receive MISLUKT_TECHNISCH is written before anything is tried: if this pupil ends the process, the
    result is there. Raises Conflict when others kept changing this pupil: the message comes again.
    """
    id_, nummer = _delen(nudge)
    werk = batch.get((nudge.school, id_))
    taak = werk.taken.get(nummer) if werk else None
    if werk is None or taak is None:
        return WEG
    eerder = werk.regels.get(nummer)
    if eerder and eerder.vast:
        return AL_GEDAAN
    if laatste_keer and eerder is None:
        technisch = teksten.melding("MISLUKT_TECHNISCH")
        eerder = Regel(nummer, taak.leerling_id, Bulkresultaat.MISLUKT_TECHNISCH, nu, (technisch,))
        if not stores.probeer(stores.leg_regel_vast(werk.opdracht, eerder, None)):
            return AL_GEDAAN
        werk.regels[nummer] = eerder
    return _Leerling(stores, werk, taak, nummer, nu).doe()


class _Leerling:
    """One pupil's turn: how the flow of one pupil gets its card, and writes its result in the same transaction."""

    def __init__(self, stores: Stores, werk: Opdrachtwerk, taak: Taak, nummer: int, nu: datetime) -> None:
        self.stores, self.werk, self.taak, self.nummer, self.nu = stores, werk, taak, nummer, nu
        self.eerder = werk.regels.get(nummer)
        self.nieuw = self.regel(Bulkresultaat.WACHT, ())
        self.uit_batch = True

    def doe(self) -> str:
        opdracht = self.werk.opdracht
        mee = Mee(self.kaart, self.werk.school, self.ook, {"opdracht": opdracht.id})
        try:
            _DOE[opdracht.soort](Werk(self.stores, opdracht.door, self.nu, mee), opdracht, self.taak)
        except Conflict as botsing:
            if botsing.code != AL_GEDAAN:
                raise
            return AL_GEDAAN
        except (Refused, Invalid, NotFound) as fout:
            return self.doe() if self.kaart_was_oud() else self.niet_gelukt(fout)
        self.werk.regels[self.nummer] = self.nieuw
        return self.nieuw.resultaat.value

    def kaart(self, leerling_id: str) -> Dossier:
        """The card that was read with the batch; after a lost race the one that is there now."""
        if self.uit_batch:
            self.uit_batch = False
            if leerling_id not in self.werk.kaarten:
                raise NotFound("LEERLING_NIET_GEVONDEN")
            return self.werk.kaarten[leerling_id]
        self.eerder = self.stores.regels(self.werk.opdracht, [self.nummer]).get(self.nummer)
        if self.eerder and self.eerder.vast:
            raise Conflict(AL_GEDAAN)
        return self.stores.dossier(self.werk.opdracht.school, leerling_id)

    def kaart_was_oud(self) -> bool:
        """Whether a refusal was about a card that changed since the batch was read; then it is judged again, once."""
        gelezen = self.werk.kaarten.pop(self.taak.leerling_id, None)
        return gelezen is not None and gelezen != self.stores.find_dossier(gelezen.school, gelezen.leerling_id)

    def ook(self, meldingen: Iterable[Melding], weg: int) -> Sequence[Write]:
        """The result of this pupil, to be written with the act: only one of two workers can."""
        self.nieuw = self.regel(Bulkresultaat.GELUKT, meldingen, weg)
        return [self.stores.leg_regel_vast(self.werk.opdracht, self.nieuw, self.eerder)]

    def niet_gelukt(self, fout: Refused | Invalid | NotFound) -> str:
        """Keep why it was refused or skipped; nothing else was written."""
        resultaat = Bulkresultaat.OVERGESLAGEN if fout.code in _OVERGESLAGEN else Bulkresultaat.MISLUKT
        self.nieuw = self.regel(resultaat, fout.meldingen or [teksten.melding(fout.code)])
        geschreven = self.stores.probeer(self.stores.leg_regel_vast(self.werk.opdracht, self.nieuw, self.eerder))
        self.werk.regels[self.nummer] = self.nieuw
        return resultaat.value if geschreven else AL_GEDAAN

    def regel(self, resultaat: Bulkresultaat, meldingen: Iterable[Melding], weg: int = 0) -> Regel:
        return Regel(self.nummer, self.taak.leerling_id, resultaat, self.nu, zonder_inhoud(meldingen), weg)


def _binnen_brin(werk: Werk, opdracht: Opdracht, taak: Taak) -> None:
    assert opdracht.profiel is not None
    verzamel_en_zet_klaar(werk, taak.leerling_id, opdracht.profiel, ook_overstap=taak.ook_overstap)


def _verzamel(werk: Werk, opdracht: Opdracht, taak: Taak) -> None:
    assert opdracht.profiel is not None
    verzamel(werk, taak.leerling_id, opdracht.profiel)


def _leg_inzage_vast(werk: Werk, opdracht: Opdracht, taak: Taak) -> None:
    assert taak.inzage is not None
    vul_in(werk, taak.leerling_id, _met_inzage(taak.inzage), "*")


def _met_inzage(inzage: Inzage) -> Callable[[Invulling], Invulling]:
    """The card with this inzage; evidence per person stays when none is given (15.9)."""

    def wijzig(oud: Invulling) -> Invulling:
        return replace(oud, inzage=replace(inzage, inzagen=inzage.inzagen or oud.inzage.inzagen))

    return wijzig


def _zet_klaar(werk: Werk, opdracht: Opdracht, taak: Taak) -> None:
    """Only what is collected, and never what is ready already (15.14)."""
    zet_klaar(werk, taak.leerling_id, nog_niet_klaar=True)


_DOE: dict[Bulksoort, Callable[[Werk, Opdracht, Taak], None]] = {
    Bulksoort.BINNEN_BRIN: _binnen_brin,
    Bulksoort.VERZAMELEN: _verzamel,
    Bulksoort.INZAGE: _leg_inzage_vast,
    Bulksoort.KLAARZETTEN: _zet_klaar,
}


def voed(stores: Stores, opdracht: Opdracht, aantal: int, nu: datetime) -> None:
    """After a batch: put the next `aantal` pupils in the queue, and close the opdracht when there are none left."""
    if not aantal:
        return
    volgende = stores.claim(opdracht, aantal, VENSTER)
    _stuur(stores, opdracht, volgende)
    if not volgende:
        rond_af(stores, opdracht, nu)


def rond_af(stores: Stores, opdracht: Opdracht, nu: datetime) -> Telling:
    """Close an opdracht whose pupils all have a result; again, or too early, changes nothing. Returns how far it is."""
    telling, _ = stores.stand(opdracht)

    def poging() -> None:
        oud = stores.opdracht(opdracht.school, opdracht.id)
        if oud.status is Opdrachtstatus.GEREED and oud.telling == telling:
            return
        werk = Werk(stores, oud.door, nu)
        details = {"gelukt": telling.gelukt, "mislukt": telling.mislukt, "overgeslagen": telling.overgeslagen}
        stores.commit(werk.mutatie(Actie.OPDRACHT_GEREED, oud.onderwerp, **details), oud, oud.gereed(telling))

    if telling.klaar >= opdracht.totaal:
        herhaal(poging)
    return telling


def stand(stores: Stores, opdracht: Opdracht) -> Telling:
    """How far an opdracht is, counted now as long as it runs."""
    return opdracht.telling if opdracht.status is Opdrachtstatus.GEREED else stores.stand(opdracht)[0]


def nudge_open(stores: Stores, nu: datetime, ouder_dan: timedelta = timedelta(minutes=30)) -> int:
    """Go on with every opdracht in which nothing happened for so long: its messages may be lost. Returns how many.

    Longer than a message that keeps failing takes to reach the DLQ: four times the visibility of the queue.
    """
    voor = (nu - ouder_dan).isoformat()
    opdrachten = [load(Opdracht, row) for row in stores.open_sinds("OPDRACHT", voor)]
    return sum(_hervat(stores, opdracht, voor, nu) for opdracht in opdrachten)


def _hervat(stores: Stores, opdracht: Opdracht, voor: str, nu: datetime) -> bool:
    """Send again what was sent and has no result, and fill up with what was never sent."""
    telling, momenten = stores.stand(opdracht)
    if max(momenten.values(), default="") >= voor:
        return False
    if telling.klaar >= opdracht.totaal:
        rond_af(stores, opdracht, nu)
        return True
    zoek = [nummer for nummer in range(stores.geclaimd(opdracht, VENSTER)) if nummer not in momenten]
    _stuur(stores, opdracht, [*zoek, *stores.claim(opdracht, max(0, VENSTER - len(zoek)), VENSTER)])
    return True


def _stuur(stores: Stores, opdracht: Opdracht, nummers: Iterable[int]) -> None:
    school = opdracht.school.code
    stores.nudges.send_batch(Nudge("PUBLICATIE", school, f"{opdracht.id}.{nummer}") for nummer in nummers)


def _leesbaar(nudge: Nudge) -> bool:
    return _PLEK.fullmatch(nudge.id) is not None


def _delen(nudge: Nudge) -> tuple[str, int]:
    """The opdracht and the place of the pupil in it, or Invalid("NUDGE_ONLEESBAAR")."""
    if not _leesbaar(nudge):
        raise Invalid("NUDGE_ONLEESBAAR")
    id_, _, nummer = nudge.id.partition(".")
    return id_, int(nummer)
