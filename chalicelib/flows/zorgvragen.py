"""Send a zorgvraag to a samenwerkingsverband, read it, send it again, remove it (ch. 9, R106-R116, 15.22-15.26, 15.34).

Create: content first, then the row, then a nudge; `zorgvraag_melden` does the rest. What is sent never changes (R112).
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.inzage import Inzage, controleer_inzage
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Brin
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.domain.zorgvraag import Zorgvraag, Zorgvraagstatus, sleutel_geldig_tot
from chalicelib.errors import Conflict, Melding, Refused
from chalicelib.flows import Werk
from chalicelib.flows.bewaren import eis_vrij
from chalicelib.flows.keuring import keur
from chalicelib.flows.keuze import eis_standaard, keuze_van
from chalicelib.flows.leerlingen import haal_record
from chalicelib.flows.scholen import overzicht
from chalicelib.flows.zorgvraag import PDF, XML, leg_vast, nudge
from chalicelib.gegevensset.blokken import controleer_blokken, opgenomen
from chalicelib.gegevensset.codec import Waarden, encode
from chalicelib.gegevensset.keuze import standaardkeuze
from chalicelib.gegevensset.leestekst import bevat_nummer, plekken_met_nummer
from chalicelib.gegevensset.samenstellen import (
    Samenstelling,
    inhoud_hash,
    kent_aandachtspunten,
    nummer_van,
    stel_samen,
)
from chalicelib.gegevensset.tabel import Standaard
from chalicelib.messages.berichten import Doel
from chalicelib.store import herhaal
from chalicelib.traffic_center import TrafficCenter

_SLEUTEL_GELDIG = timedelta(days=1)


@dataclass(frozen=True)
class Opdracht:
    """What an employee fills in on *Nieuwe zorgvraag (OSO)* (R108-R110)."""

    omschrijving: str = field(repr=False)
    aanleverpunt: str
    aandachtspunten: str | None = field(default=None, repr=False)
    profiel: Profiel | None = None
    blokken: tuple[str, ...] | None = None
    toelichting: str | None = None
    toelichting_vervangen: bool = False
    bijlagen: tuple[str, ...] = ()
    inzage: Inzage = field(default_factory=Inzage, repr=False)

    @property
    def delen(self) -> tuple[str, ...]:
        """For the fingerprint of an Idempotency-Key."""
        return tuple(repr(getattr(self, naam)) for naam in self.__dataclass_fields__)


def verstuur(
    werk: Werk,
    tc: TrafficCenter,
    leerling_id: str,
    opdracht: Opdracht,
    idempotency_key: str,
    id_: str,
    sleutel_dag: str = "08-01",
) -> tuple[Zorgvraag, tuple[Melding, ...]]:
    """Make, keep and send in one act (R111); afterwards nothing changes (R112). The same key gives the same zorgvraag.

    Raises Refused: AANLEVERPUNT_ONBEKEND, AANLEVERPUNT_ONTBREEKT, STANDAARDVERSIE_ANDERS, BLOKKEN_ONJUIST,
    TOELICHTING_BESTAAT_AL, NUMMER_IN_INHOUD, DOSSIER_ONGELDIG, DOSSIER_TE_GROOT; Invalid for a wrong inzage.
    """
    delen = ("zorgvraag", leerling_id, *opdracht.delen)
    if eerder := _eerder(werk, leerling_id, idempotency_key, delen):
        return eerder, ()
    zorgvraag, meldingen = _maak(werk, tc, leerling_id, opdracht, id_)
    zorgvraag = replace(zorgvraag, sleutel_tot=sleutel_geldig_tot(zorgvraag.gemaakt_op.date(), sleutel_dag))
    tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())

    def poging() -> Zorgvraag:
        if eerder := _eerder(werk, leerling_id, idempotency_key, delen):
            return eerder  # the same key, used at the same moment
        afdruk = werk.stores.geheim.vingerafdruk(*delen)
        sleutel = werk.stores.leg_sleutel_vast(werk.school, idempotency_key, afdruk, id_, tot)
        leg_vast(werk, Actie.ZORGVRAAG_VERZONDEN, None, zorgvraag, sleutel, inhoudHash=zorgvraag.inhoud_hash)
        return zorgvraag

    bewaard = herhaal(poging)
    if bewaard.id != id_:
        werk.stores.inhoud.vernietig(f"{zorgvraag.map}/")
        return bewaard, ()
    nudge(werk, bewaard)
    return bewaard, meldingen


def _eerder(werk: Werk, leerling_id: str, idempotency_key: str, delen: tuple[str, ...]) -> Zorgvraag | None:
    """What came of this Idempotency-Key before; what still waits is nudged again, for that may not have happened."""
    eerder = werk.stores.find_sleutel(werk.school, idempotency_key)
    if eerder is None:
        return None
    if eerder["vingerafdruk"] not in werk.stores.geheim.vingerafdrukken(*delen):
        raise Refused("SLEUTEL_HERGEBRUIKT")
    zorgvraag = werk.stores.zorgvraag(werk.school, leerling_id, eerder["id"])
    if zorgvraag.status is Zorgvraagstatus.VERZONDEN:
        nudge(werk, zorgvraag)
    return zorgvraag


def _maak(
    werk: Werk, tc: TrafficCenter, leerling_id: str, opdracht: Opdracht, id_: str
) -> tuple[Zorgvraag, tuple[Melding, ...]]:
    """The zorgvraag with its content written, its row not yet."""
    stores, school = werk.stores, werk.stores.school(werk.school)
    dossier = stores.dossier(werk.school, leerling_id)
    if school.aanleverpunt is None:
        raise Refused("AANLEVERPUNT_ONTBREEKT", meldingen=[teksten.melding("AANLEVERPUNT_ONTBREEKT")])
    profiel = opdracht.profiel or (Profiel.VOSWV if school.soort == "VO" else Profiel.POSWV)
    tabel, inhoud = _stel_samen(werk, dossier, school, profiel, opdracht)
    zorgvraag = Zorgvraag(
        id=id_,
        school=werk.school,
        leerling_id=leerling_id,
        omschrijving=opdracht.omschrijving,
        aanleverpunt=opdracht.aanleverpunt,
        aanleverpunt_naam=_naam_van_swv(tc, werk.school.brin, opdracht.aanleverpunt),
        profiel=profiel,
        standaardversie=tabel.versie,
        gemaakt_op=werk.nu,
        door=werk.door.naam,
        door_sub=werk.door.sub,
        map=stores.inhoud.nieuwe_map(werk.school, leerling_id),
        inhoud_hash=inhoud_hash(inhoud.dossier, tabel),
        verzend_hash="",
        bron_aanleverpunt=school.aanleverpunt.nummer,
        aandachtspunten=opdracht.aandachtspunten,
        blokken=opgenomen(inhoud.dossier, tabel),
        toelichting_document_id=opdracht.toelichting,
        bijlagen=opdracht.bijlagen,
    )
    loopt = teksten.melding("ZORGVRAAG_LOOPT", pad="/aanleverpunt", ernst="waarschuwing")
    andere = [loopt] if _loopt_al(werk, zorgvraag) else []
    zorgvraag, meldingen = _schrijf(werk, zorgvraag, inhoud, tabel)
    return zorgvraag, (*andere, *inhoud.meldingen, *meldingen)


def _loopt_al(werk: Werk, zorgvraag: Zorgvraag) -> bool:
    eerdere = werk.stores.zorgvragen(werk.school, zorgvraag.leerling_id)
    return any(z.loopt and z.aanleverpunt == zorgvraag.aanleverpunt for z in eerdere)


def _naam_van_swv(tc: TrafficCenter, brin: Brin, punt: str) -> str:
    """The SWV behind an aanleverpunt of the own BRIN, as the Traffic Center knows it (R106, R108)."""
    punten = overzicht(tc, brin, Doel.PAO)
    gevonden = next((p for p in punten if p.aanleverpunt.nummer == punt and p.doel is Doel.PAO), None)
    if gevonden is None:
        melding = teksten.melding("AANLEVERPUNT_ONBEKEND", pad="/aanleverpunt")
        raise Refused("AANLEVERPUNT_ONBEKEND", meldingen=[melding])
    return gevonden.naam or punt


def _stel_samen(
    werk: Werk, dossier: Dossier, school: School, profiel: Profiel, opdracht: Opdracht
) -> tuple[Standaard, Samenstelling]:
    """The content: the record under the matrix of the profile, with what was filled in for this zorgvraag alone."""
    tabel = eis_standaard(dossier, school)
    record = haal_record(werk, dossier).dossier
    inzage = controleer_inzage(opdracht.inzage, dossier.overzicht.geboortedatum, None, werk.nu.date())
    kaart = replace(dossier, invulling=_invulling(dossier, opdracht, inzage))
    blokken = _blokken(opdracht, tabel, profiel, record)
    controleer_blokken(tabel, profiel, frozenset(blokken))
    selectie = Selectie(
        profiel,
        blokken,
        bijlagen=opdracht.bijlagen,
        toelichting=opdracht.toelichting,
        toelichting_vervangen=opdracht.toelichting_vervangen,
    )
    keuze = keuze_van(werk, kaart, record, tabel, selectie)
    inhoud = stel_samen(record, tabel, kaart, school, profiel, keuze, werk.nu.date())
    _geen_nummer(record, inhoud.dossier, tabel, opdracht)
    return tabel, inhoud


def _blokken(opdracht: Opdracht, tabel: Standaard, profiel: Profiel, record: Waarden) -> tuple[str, ...]:
    """What was ticked, or the defaults (R109); inzage goes along when it is recorded (15.22-26)."""
    gekozen = standaardkeuze(tabel, profiel, record) if opdracht.blokken is None else frozenset(opdracht.blokken)
    return tuple(sorted(gekozen | ({"ouderinzage"} if opdracht.inzage.gegeven else set())))


def _invulling(dossier: Dossier, opdracht: Opdracht, inzage: Inzage) -> Invulling:
    """Of the card only the advice counts: aandachtspunten and inzage are those of this zorgvraag."""
    uitschrijving = replace(dossier.invulling.uitschrijving, datum=None)
    return Invulling(aandachtspunten=opdracht.aandachtspunten, inzage=inzage, uitschrijving=uitschrijving)


def _geen_nummer(record: Waarden, dossier: Waarden, tabel: Standaard, opdracht: Opdracht) -> None:
    """Refuse when the pupil's number stands in a text or in the readable text of an attachment (15.34)."""
    gevonden = nummer_van(record)
    if gevonden is None:
        return
    _, nummer = gevonden
    blijft = {"/omschrijving": opdracht.omschrijving}
    if not kent_aandachtspunten(tabel):  # else they stand in the dossier
        blijft["/aandachtspunten"] = opdracht.aandachtspunten or ""
    plekken = [pad for pad, tekst in blijft.items() if bevat_nummer(tekst, nummer)]
    plekken += plekken_met_nummer(dossier, tabel, nummer)
    if plekken:
        raise Refused("NUMMER_IN_INHOUD", meldingen=[teksten.melding("NUMMER_IN_INHOUD", pad=pad) for pad in plekken])


def _schrijf(
    werk: Werk, zorgvraag: Zorgvraag, inhoud: Samenstelling, tabel: Standaard
) -> tuple[Zorgvraag, tuple[Melding, ...]]:
    """Check and put XML and PDF: bytes first, the row that points at them second."""
    from chalicelib.pdf import render  # 229 ms to import: only where a PDF is made

    data = encode(inhoud.dossier, tabel.versie)
    meldingen = keur(inhoud.dossier, data, later=frozenset())
    pdf = render(inhoud.dossier, tabel, inhoud_hash=zorgvraag.inhoud_hash, gemaakt_op=werk.nu.date())
    werk.stores.inhoud.put(zorgvraag.map, XML, data)
    werk.stores.inhoud.put(zorgvraag.map, PDF, pdf)
    return replace(zorgvraag, verzend_hash=hashlib.sha256(data).hexdigest()), meldingen


def stuur_opnieuw(werk: Werk, leerling_id: str, id_: str, idempotency_key: str) -> Zorgvraag:
    """Try a failed one again, with the same content and koppelsleutel.

    Raises Refused: ZORGVRAAG_NIET_MISLUKT, ZORGVRAAG_VERLOPEN, SLEUTEL_HERGEBRUIKT.
    """
    delen = ("zorgvraag opnieuw", leerling_id, id_)
    tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())

    def poging() -> Zorgvraag:
        zorgvraag = werk.stores.zorgvraag(werk.school, leerling_id, id_)
        if eerder := _eerder(werk, leerling_id, idempotency_key, delen):
            return eerder
        if reden := waarom_niet_opnieuw(werk, zorgvraag):
            raise Refused(reden.code, meldingen=[reden])
        afdruk = werk.stores.geheim.vingerafdruk(*delen)
        sleutel = werk.stores.leg_sleutel_vast(werk.school, idempotency_key, afdruk, id_, tot)
        nieuw = zorgvraag.opnieuw()
        leg_vast(werk, Actie.ZORGVRAAG_OPNIEUW, zorgvraag, nieuw, sleutel)
        return nieuw

    nieuw = herhaal(poging)
    nudge(werk, nieuw)
    return nieuw


def waarom_niet_opnieuw(werk: Werk, zorgvraag: Zorgvraag) -> Melding | None:
    """Why it cannot be sent again; None when it can."""
    if zorgvraag.status is not Zorgvraagstatus.MISLUKT:
        return teksten.melding("ZORGVRAAG_NIET_MISLUKT")
    return None if zorgvraag.geldig(werk.nu.date()) else teksten.melding("ZORGVRAAG_VERLOPEN")


def verwijder(werk: Werk, leerling_id: str, id_: str) -> Zorgvraag | None:
    """Before the notification it goes without a trace but the log; afterwards its content goes, a tombstone stays.

    With a koppelsleutel the SWV may have been told, whatever we heard of it: that counts as afterwards. It is withdrawn
    first, so that nobody can fetch any more, and only while no hold lies on the pupil; doing it again finishes what was
    interrupted. Raises Refused("BEWAREN_OPGELEGD").
    """
    stores = werk.stores

    def poging() -> tuple[Zorgvraag, bool]:
        oud, kaart = stores.zorgvraag(werk.school, leerling_id, id_), stores.dossier(werk.school, leerling_id)
        eis_vrij(kaart)
        nieuw = oud.ingetrokken(werk.nu)
        if nieuw is not oud:
            leg_vast(werk, Actie.ZORGVRAAG_VERWIJDERD, oud, nieuw, kaart=kaart)
            return nieuw, not oud.verteld
        # an earlier try broke off, or it is a tombstone: after its last day it cannot be seen whether there was a key
        te_zien = oud.pointer is None and werk.nu.date() < oud.geldig_tot
        return oud, te_zien and not oud.verteld

    rest, nooit_gemeld = herhaal(poging)
    stores.inhoud.vernietig(f"{rest.map}/")
    if not nooit_gemeld:
        return rest
    with suppress(Conflict):  # the same act, at the same moment, was first
        stores.transact(stores.verwijder_zorgvraag(rest))
    return None


def waarom_niet_verwijderen(kaart: Dossier, zorgvraag: Zorgvraag) -> Melding | None:
    """Why it cannot be removed; None when it can."""
    if zorgvraag.status is Zorgvraagstatus.INGETROKKEN:
        return teksten.melding("ZORGVRAAG_INGETROKKEN")
    return teksten.melding("BEWAREN_OPGELEGD") if kaart.bewaren else None
