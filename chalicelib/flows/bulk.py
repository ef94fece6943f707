"""One pupil of a bulk act: the same flow as for one pupil alone, with the result in the same transaction (15.15).

The row of a pupil's result is the truth: a message that comes twice, or a worker that dies, changes nothing. What comes
late is done only where nobody decided anything since: people do by hand what they see fail.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.inzage import Inzage
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.opdracht import Bulkresultaat, Bulksoort, Opdracht, Regel, Taak, zonder_inhoud
from chalicelib.domain.school import School
from chalicelib.errors import Conflict, Invalid, Melding, NotFound, Refused
from chalicelib.flows import Mee, Werk
from chalicelib.flows.klaarzetten import verzamel_en_zet_klaar, zet_klaar
from chalicelib.flows.opdrachtlijst import lees_taken
from chalicelib.flows.pakket import neem_op
from chalicelib.flows.verzamelen import verzamel, vul_in
from chalicelib.flows.vragenlijst import vraag_uit_lijst
from chalicelib.store import Nudge, Stores
from chalicelib.store.tabel import Write

AL_GEDAAN = "AL_GEDAAN"
WEG = "WEG"
_PLEK = re.compile(r"[0-9a-f]{32}\.[0-9]{1,4}", re.ASCII)
_OVERGESLAGEN = ("OVERSTAP_STAAT_KLAAR", "STAAT_AL_KLAAR", "GEWIJZIGD_NA_OPDRACHT")
_BIJTIJDS = timedelta(hours=1)
"""As long as an order of a thousand pupils may take; what comes later was in the way of something."""
_BESLUITEN = frozenset(
    {
        Actie.LEERLING_AANGEMAAKT,
        Actie.KAART_OPGESLAGEN,
        Actie.INZAGE_VASTGELEGD,
        Actie.VERZAMELD,
        Actie.KLAARGEZET,
        Actie.INGETROKKEN,
    }
)
"""What people decide about a dossier, which an order of before must not undo. A record that is put again is none."""
_WIJZIGT = (Bulksoort.BINNEN_BRIN, Bulksoort.VERZAMELEN, Bulksoort.INZAGE, Bulksoort.KLAARZETTEN)


@dataclass(frozen=True)
class Opdrachtwerk:
    """What a batch of messages needs of one opdracht, read once for all of its pupils."""

    opdracht: Opdracht
    taken: dict[int, Taak] = field(repr=False)
    school: School = field(repr=False)
    kaarten: dict[str, Dossier] = field(repr=False)
    regels: dict[int, Regel]


Sleutel = tuple[str, str]
"""A school and the id of an opdracht."""

Lijsten = dict[Sleutel, tuple[Opdracht, tuple[Taak, ...]]]
"""Opdrachten that a process has read before, with their pupils: what is used of them never changes."""

_MEESTE_LIJSTEN = 32


@dataclass(frozen=True)
class Batch:
    """Messages that came together: which pupils of which opdrachten, and what was read for them so far."""

    nummers: dict[Sleutel, set[int]]
    lijsten: Lijsten = field(repr=False)
    aanmeldweek: tuple[int, int]
    gelezen: dict[Sleutel, Opdrachtwerk | None] = field(default_factory=dict)

    @classmethod
    def van(cls, nudges: Iterable[Nudge], lijsten: Lijsten, aanmeldweek: tuple[int, int] = (3, 25)) -> "Batch":
        """The batch of these messages; one that cannot be read is left out, `doe` says so. `aanmeldweek`: 15.11."""
        nummers: dict[Sleutel, set[int]] = {}
        for nudge in filter(_leesbaar, nudges):
            id_, nummer = _delen(nudge)
            nummers.setdefault((nudge.school, id_), set()).add(nummer)
        return cls(nummers, lijsten, aanmeldweek)


def _lees(stores: Stores, batch: Batch, sleutel: Sleutel) -> Opdrachtwerk | None:
    """All that the batch needs of an opdracht, in one request the first time; None when it is gone."""
    if sleutel not in batch.gelezen:
        batch.gelezen[sleutel] = _lees_eerst(stores, batch, sleutel)
    return batch.gelezen[sleutel]


def _lees_eerst(stores: Stores, batch: Batch, sleutel: Sleutel) -> Opdrachtwerk | None:
    if sleutel not in batch.lijsten:
        if len(batch.lijsten) >= _MEESTE_LIJSTEN:
            batch.lijsten.clear()
        try:
            opdracht = stores.opdracht(Vestiging(sleutel[0]), sleutel[1])
            batch.lijsten[sleutel] = opdracht, lees_taken(stores, opdracht)
        except NotFound:
            return None
    opdracht, alle = batch.lijsten[sleutel]
    taken = {nummer: alle[nummer] for nummer in sorted(batch.nummers[sleutel]) if nummer < len(alle)}
    ids = {nummer: taak.leerling_id for nummer, taak in taken.items()}
    return Opdrachtwerk(opdracht, taken, *stores.voor_opdracht(opdracht, ids))


def doe(stores: Stores, batch: Batch, nudge: Nudge, nu: datetime, *, laatste_keer: bool = False) -> str:
    """Do one pupil of a bulk act; returns what came of it, or why there was nothing to do.

    On the last receive MISLUKT_TECHNISCH is written before anything is tried: if this pupil ends the process, the
    result is there. Raises Conflict when others kept changing this pupil: the message comes again.
    """
    id_, nummer = _delen(nudge)
    werk = _lees(stores, batch, (nudge.school, id_))
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
    return _Leerling(stores, werk, taak, nummer, nu).doe(batch.aanmeldweek)


class _Leerling:
    """One pupil's turn: how the flow of one pupil gets its card, and writes its result in the same transaction."""

    def __init__(self, stores: Stores, werk: Opdrachtwerk, taak: Taak, nummer: int, nu: datetime) -> None:
        self.stores, self.werk, self.taak, self.nummer, self.nu = stores, werk, taak, nummer, nu
        self.eerder = werk.regels.get(nummer)
        self.nieuw = self.regel(Bulkresultaat.WACHT, ())
        self.uit_batch = True

    def doe(self, aanmeldweek: tuple[int, int]) -> str:
        opdracht = self.werk.opdracht
        mee = Mee(self.kaart, self.werk.school, self.ook, {"opdracht": opdracht.id}, aanmeldweek)
        try:
            _DOE[opdracht.soort](Werk(self.stores, opdracht.door, self.nu, mee), opdracht, self.taak)
        except Conflict as botsing:
            if botsing.code != AL_GEDAAN:
                raise
            return AL_GEDAAN
        except (Refused, Invalid, NotFound) as fout:
            return self.doe(aanmeldweek) if self.kaart_was_oud() else self.niet_gelukt(fout)
        self.werk.regels[self.nummer] = self.nieuw
        return self.nieuw.resultaat.value

    def kaart(self, leerling_id: str) -> Dossier:
        """The card to act on. Raises Refused("GEWIJZIGD_NA_OPDRACHT") for a late act on what people decided since."""
        kaart = self.lees_kaart(leerling_id)
        gegeven = self.werk.opdracht.gevraagd_op
        laat = self.eerder is not None or self.nu - gegeven > _BIJTIJDS
        if laat and self.werk.opdracht.soort in _WIJZIGT:
            sinds = self.stores.logregels_na(kaart.onderwerp, gegeven)
            if any(regel.actie in _BESLUITEN for regel in sinds):
                raise Refused("GEWIJZIGD_NA_OPDRACHT")
        return kaart

    def lees_kaart(self, leerling_id: str) -> Dossier:
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
    """The card with this inzage; what was recorded under the same value stays where nothing is given (15.9)."""

    def wijzig(oud: Invulling) -> Invulling:
        begin = oud.inzage.met(inzage.waarde)
        gegeven = {naam: waarde for naam, waarde in vars(inzage).items() if waarde}
        return replace(oud, inzage=replace(begin, **gegeven))

    return wijzig


def _zet_klaar(werk: Werk, opdracht: Opdracht, taak: Taak) -> None:
    """Only what is collected, and never what is ready already (15.14)."""
    zet_klaar(werk, taak.leerling_id, nog_niet_klaar=True)


def _neem_op(werk: Werk, opdracht: Opdracht, taak: Taak) -> None:
    neem_op(werk, taak.leerling_id)


def _vraag_op(werk: Werk, opdracht: Opdracht, taak: Taak) -> None:
    assert taak.vraag is not None
    vraag_uit_lijst(werk, opdracht, taak.vraag)


_DOE: dict[Bulksoort, Callable[[Werk, Opdracht, Taak], None]] = {
    Bulksoort.BINNEN_BRIN: _binnen_brin,
    Bulksoort.VERZAMELEN: _verzamel,
    Bulksoort.INZAGE: _leg_inzage_vast,
    Bulksoort.KLAARZETTEN: _zet_klaar,
    Bulksoort.INZAGEPAKKET: _neem_op,
    Bulksoort.OPVRAGEN: _vraag_op,
}


def _leesbaar(nudge: Nudge) -> bool:
    return _PLEK.fullmatch(nudge.id) is not None


def _delen(nudge: Nudge) -> tuple[str, int]:
    """The opdracht and the place of the pupil in it, or Invalid("NUDGE_ONLEESBAAR")."""
    if not _leesbaar(nudge):
        raise Invalid("NUDGE_ONLEESBAAR")
    id_, _, nummer = nudge.id.partition(".")
    return id_, int(nummer)
