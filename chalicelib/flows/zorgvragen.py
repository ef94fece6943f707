"""Send a zorgvraag to a samenwerkingsverband, and what becomes of it (ch. 9, protocol 2.4, 2.5, 15.22-15.26, 15.34).

Create: content first, then the row, then a nudge. Worker: the koppelsleutel is kept before the SWV is told of it, so
that at most one is ever told; the Traffic Center's calls have no idempotency key, an orphan there expires (9b.12).
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Invulling, Inzage
from chalicelib.domain.gegevensblok import Eis, Profiel, controleer_keuze
from chalicelib.domain.mutatielog import Actie, Door
from chalicelib.domain.nummers import Aanleverpunt, Brin, Vestiging
from chalicelib.domain.resultaat import Resultaat
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.domain.zorgvraag import Zorgvraag, Zorgvraagstatus
from chalicelib.errors import Melding, NotFound, PeerError, Refused, Unavailable
from chalicelib.flows import Werk
from chalicelib.flows.keuring import MAX_ANTWOORD
from chalicelib.flows.leerlingen import haal_record
from chalicelib.flows.verzamelen import keuze_van
from chalicelib.gegevensset.codec import Waarden, encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.leestekst import plekken_met_nummer
from chalicelib.gegevensset.samenstellen import Samenstelling, inhoud_hash, nummer_van, stel_samen
from chalicelib.gegevensset.tabel import Standaard, standaard
from chalicelib.messages.berichten import Adressen, Doel, MeldenNotificatieResponse, NotificatieRequest
from chalicelib.store import Nudge, Stores, herhaal
from chalicelib.store.tabel import Write
from chalicelib.traffic_center import TrafficCenter

XML = "dossier.xml"
PDF = "dossier.pdf"
_SLEUTEL_GELDIG = timedelta(days=1)
_NIET_VANZELF = frozenset({"verzuim", "eindtoetsbo"})  # R109: all ticked but these two

Stap = Callable[[Zorgvraag], Zorgvraag]


@dataclass(frozen=True)
class Opdracht:
    """What an employee fills in on *Nieuwe zorgvraag (OSO)* (R108-R110)."""

    omschrijving: str
    aanleverpunt: str
    aandachtspunten: str | None = None
    profiel: Profiel | None = None
    blokken: tuple[str, ...] | None = None
    toelichting: str | None = None
    bijlagen: tuple[str, ...] = ()
    inzage: Inzage = field(default_factory=Inzage)

    @property
    def delen(self) -> tuple[str, ...]:
        """For the fingerprint of an Idempotency-Key."""
        return (repr(self),)


def verstuur(
    werk: Werk, tc: TrafficCenter, leerling_id: str, opdracht: Opdracht, idempotency_key: str, id_: str
) -> tuple[Zorgvraag, tuple[Melding, ...]]:
    """Make, keep and send in one act (R111); afterwards nothing changes (R112). The same key gives the same zorgvraag.

    Raises Refused: AANLEVERPUNT_ONBEKEND, BLOKKEN_ONJUIST, DOSSIER_ONGELDIG, NUMMER_IN_INHOUD, DOSSIER_TE_GROOT.
    """
    stores, school = werk.stores, werk.stores.school(werk.school)
    vingerafdruk = stores.geheim.vingerafdruk("zorgvraag", leerling_id, *opdracht.delen)
    if eerder := stores.find_sleutel(werk.school, idempotency_key):
        if eerder["vingerafdruk"] != vingerafdruk:
            raise Refused("SLEUTEL_HERGEBRUIKT")
        return stores.zorgvraag(werk.school, leerling_id, eerder["id"]), ()
    if school.aanleverpunt is None:
        raise Refused("AANLEVERPUNT_ONTBREEKT", meldingen=[teksten.melding("AANLEVERPUNT_ONTBREEKT")])
    dossier = stores.dossier(werk.school, leerling_id)
    naam = _naam_van_swv(tc, werk.school.brin, opdracht.aanleverpunt)
    profiel = opdracht.profiel or (Profiel.VOSWV if school.soort == "VO" else Profiel.POSWV)
    tabel, inhoud = _stel_samen(werk, dossier, school, profiel, opdracht)
    zorgvraag = Zorgvraag(
        id=id_,
        school=werk.school,
        leerling_id=leerling_id,
        omschrijving=opdracht.omschrijving,
        aanleverpunt=opdracht.aanleverpunt,
        aanleverpunt_naam=naam,
        profiel=profiel,
        standaardversie=tabel.versie,
        gemaakt_op=werk.nu,
        door=werk.door.naam,
        door_sub=werk.door.sub,
        map=stores.inhoud.nieuwe_map(werk.school, leerling_id),
        inhoud_hash=inhoud_hash(inhoud.dossier, tabel),
        verzend_hash="",
        bron_aanleverpunt=school.aanleverpunt.nummer,
    )
    zorgvraag, meldingen = _schrijf(werk, zorgvraag, inhoud, tabel)
    loopt = any(
        z.loopt and z.aanleverpunt == zorgvraag.aanleverpunt for z in stores.zorgvragen(werk.school, leerling_id)
    )
    tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())
    sleutel = stores.leg_sleutel_vast(werk.school, idempotency_key, vingerafdruk, id_, tot)
    _log(werk, Actie.ZORGVRAAG_VERZONDEN, None, zorgvraag, sleutel, inhoudHash=zorgvraag.inhoud_hash)
    stores.nudges.send(Nudge("ZORGVRAAG", werk.school.code, f"{leerling_id}/{id_}"))
    al = (teksten.melding("ZORGVRAAG_LOOPT", pad="/aanleverpunt", ernst="waarschuwing"),) if loopt else ()
    return zorgvraag, (*al, *inhoud.meldingen, *meldingen)


def _naam_van_swv(tc: TrafficCenter, brin: Brin, punt: str) -> str:
    """The SWV behind an aanleverpunt of the own BRIN, as the Traffic Center knows it (R106, R108)."""
    punten = tc.overzicht(brin, Doel.PAO)
    bekend = () if isinstance(punten, Resultaat) else punten
    gevonden = next((p for p in bekend if p.aanleverpunt.nummer == punt and p.doel is Doel.PAO), None)
    if gevonden is None:
        raise Refused(
            "AANLEVERPUNT_ONBEKEND", meldingen=[teksten.melding("AANLEVERPUNT_ONBEKEND", pad="/aanleverpunt")]
        )
    return gevonden.naam or punt


def standaardblokken(tabel: Standaard, profiel: Profiel) -> frozenset[str]:
    """The blocks that are ticked when nobody chose (R109); inzage goes along only when it is recorded."""
    return frozenset(
        blok.naam
        for blok in tabel.blokken
        if blok.eisen[profiel] is not Eis.VERBODEN and blok.naam not in _NIET_VANZELF | {"ouderinzage"}
    )


def _stel_samen(
    werk: Werk, dossier: Dossier, school: School, profiel: Profiel, opdracht: Opdracht
) -> tuple[Standaard, Samenstelling]:
    """The content: the record under the matrix of the profile, with what was filled in for this zorgvraag alone."""
    tabel = standaard(dossier.record_versie)
    record = haal_record(werk, dossier).dossier
    blokken = frozenset(opdracht.blokken) if opdracht.blokken is not None else standaardblokken(tabel, profiel)
    blokken |= {"ouderinzage"} if opdracht.inzage.gegeven else set()
    blokken |= {"overstapadvies"} if opdracht.aandachtspunten else set()
    controleer_keuze({blok.naam: blok.eisen[profiel] for blok in tabel.blokken}, blokken)
    selectie = Selectie(
        profiel,
        tuple(sorted(blokken)),
        bijlagen=opdracht.bijlagen,
        toelichting=opdracht.toelichting,
        toelichting_vervangen=True,
    )
    uitschrijving = dossier.invulling.uitschrijving
    eigen = Invulling(
        aandachtspunten=opdracht.aandachtspunten,
        inzage=opdracht.inzage,
        uitschrijving=replace(uitschrijving, datum=None),
    )
    kaart = replace(dossier, invulling=eigen)
    keuze = replace(keuze_van(werk, kaart, record, tabel, selectie), blokken=blokken)
    inhoud = stel_samen(record, tabel, kaart, school, profiel, keuze, werk.nu.date())
    _geen_nummer(record, inhoud.dossier, tabel)
    return tabel, inhoud


def _geen_nummer(record: Waarden, dossier: Waarden, tabel: Standaard) -> None:
    """Refuse when the pupil's number stands in a text or in the readable text of an attachment (15.34)."""
    nummer = nummer_van(record)
    plekken = plekken_met_nummer(dossier, tabel, nummer[1]) if nummer else []
    if plekken:
        raise Refused("NUMMER_IN_INHOUD", meldingen=[teksten.melding("NUMMER_IN_INHOUD", pad=pad) for pad in plekken])


def _schrijf(
    werk: Werk, zorgvraag: Zorgvraag, inhoud: Samenstelling, tabel: Standaard
) -> tuple[Zorgvraag, tuple[Melding, ...]]:
    """Check and put XML and PDF: bytes first, the row that points at them second."""
    from chalicelib.pdf import render  # 229 ms to import: only where a PDF is made

    data = encode(inhoud.dossier, tabel.versie)
    meldingen = controleer(data, "intended").meldingen
    fouten = [melding for melding in meldingen if melding.is_fout]
    if fouten:
        raise Refused("DOSSIER_ONGELDIG", meldingen=fouten)
    if len(json.dumps(data.decode())) > MAX_ANTWOORD:
        raise Refused("DOSSIER_TE_GROOT", meldingen=[teksten.melding("DOSSIER_TE_GROOT", pad="/bijlagen")])
    pdf = render(inhoud.dossier, tabel, inhoud_hash=zorgvraag.inhoud_hash, gemaakt_op=werk.nu.date())
    werk.stores.inhoud.put(zorgvraag.map, XML, data)
    werk.stores.inhoud.put(zorgvraag.map, PDF, pdf)
    return replace(zorgvraag, verzend_hash=hashlib.sha256(data).hexdigest()), meldingen


def meld(stores: Stores, tc: TrafficCenter, nudge: Nudge, nu: datetime, *, laatste_keer: bool = False) -> str:
    """Do what is left of sending one zorgvraag; returns its state. A late or double nudge changes nothing.

    Raises Unavailable when the other side did not answer; on the last try the zorgvraag ends as MISLUKT first.
    """
    leerling_id, _, id_ = nudge.id.partition("/")
    try:
        zorgvraag = stores.zorgvraag(Vestiging(nudge.school), leerling_id, id_)
    except NotFound:
        return "WEG"
    if zorgvraag.status is not Zorgvraagstatus.VERZONDEN or zorgvraag.notificatie_op:
        return zorgvraag.status.value
    werk = Werk(stores, Door(nudge.school, zorgvraag.door_sub, zorgvraag.door), nu)
    try:
        if zorgvraag.koppelsleutel is None:
            zorgvraag = _vraag_sleutel(werk, tc, zorgvraag)
        return _notificeer(werk, tc, zorgvraag)
    except (PeerError, Refused) as fout:
        return _mislukt(werk, zorgvraag, fout.code)
    except Unavailable as fout:
        if laatste_keer:
            _mislukt(werk, zorgvraag, fout.code)
        raise


def _mislukt(werk: Werk, zorgvraag: Zorgvraag, code: str) -> str:
    return _stap(werk, Actie.ZORGVRAAG_MISLUKT, zorgvraag, lambda z: z.mislukt(code)).status.value


def _adressen(zorgvraag: Zorgvraag) -> Adressen:
    """Bron and doel are the same school: the SWV's aanleverpunt is made under the own BRIN (protocol 2.4)."""
    brin = zorgvraag.school.brin
    return Adressen(brin, Aanleverpunt(zorgvraag.bron_aanleverpunt), brin, Aanleverpunt(zorgvraag.aanleverpunt))


def _vraag_sleutel(werk: Werk, tc: TrafficCenter, zorgvraag: Zorgvraag) -> Zorgvraag:
    antwoord = tc.meld_notificatie(_adressen(zorgvraag), Doel.PAO)
    if not isinstance(antwoord, MeldenNotificatieResponse):
        raise Refused(antwoord.code)
    sleutel = antwoord.koppelsleutel or ""
    geheim = werk.stores.geheim.versleutel_tekst(zorgvraag.school, sleutel)
    pointer = werk.stores.koppelpointer(sleutel)
    return _stap(werk, Actie.ZORGVRAAG_SLEUTEL, zorgvraag, lambda z: z.met_sleutel(geheim, pointer, antwoord.url))


def _notificeer(werk: Werk, tc: TrafficCenter, zorgvraag: Zorgvraag) -> str:
    sleutel = werk.stores.geheim.ontsleutel_tekst(zorgvraag.school, zorgvraag.koppelsleutel or "")
    bericht = NotificatieRequest(_adressen(zorgvraag), sleutel, None, None, Doel.PAO)
    antwoord = tc.notificeer(zorgvraag.url or "", bericht)
    if isinstance(antwoord, Resultaat):
        raise Refused(antwoord.code)
    return _stap(werk, Actie.ZORGVRAAG_GENOTIFICEERD, zorgvraag, lambda z: z.genotificeerd(werk.nu)).status.value


def stuur_opnieuw(werk: Werk, leerling_id: str, id_: str, idempotency_key: str) -> Zorgvraag:
    """Try a failed one again, with the same content. Raises ZORGVRAAG_NIET_MISLUKT."""
    zorgvraag = werk.stores.zorgvraag(werk.school, leerling_id, id_)
    if eerder := werk.stores.find_sleutel(werk.school, idempotency_key):
        if eerder["id"] != id_:
            raise Refused("SLEUTEL_HERGEBRUIKT")
        return zorgvraag
    if zorgvraag.status is not Zorgvraagstatus.MISLUKT:
        raise Refused("ZORGVRAAG_NIET_MISLUKT", meldingen=[teksten.melding("ZORGVRAAG_NIET_MISLUKT")])
    tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())
    vingerafdruk = werk.stores.geheim.vingerafdruk("opnieuw", id_)
    sleutel = werk.stores.leg_sleutel_vast(werk.school, idempotency_key, vingerafdruk, id_, tot)
    nieuw = zorgvraag.opnieuw()
    _log(werk, Actie.ZORGVRAAG_OPNIEUW, zorgvraag, nieuw, sleutel)
    werk.stores.nudges.send(Nudge("ZORGVRAAG", werk.school.code, f"{leerling_id}/{id_}"))
    return nieuw


def verwijder(werk: Werk, leerling_id: str, id_: str) -> Zorgvraag | None:
    """Before anybody was told it goes without a trace but the log; afterwards its content goes, a tombstone stays."""
    zorgvraag = werk.stores.zorgvraag(werk.school, leerling_id, id_)
    map_, onbekend = zorgvraag.map, zorgvraag.koppelsleutel is None
    if zorgvraag.status is Zorgvraagstatus.INGETROKKEN:
        return zorgvraag
    if onbekend:
        _log_weg(werk, zorgvraag)
    else:
        zorgvraag = _stap(werk, Actie.ZORGVRAAG_VERWIJDERD, zorgvraag, lambda z: z.ingetrokken(werk.nu))
    werk.stores.inhoud.vernietig(f"{map_}/")
    return None if onbekend else zorgvraag


def lees(werk: Werk, leerling_id: str, id_: str) -> tuple[Zorgvraag, list[tuple[datetime, str]]]:
    """A zorgvraag with the text of each terugkoppeling; reading it is logged (15.17)."""

    def poging() -> Zorgvraag:
        zorgvraag = werk.stores.zorgvraag(werk.school, leerling_id, id_)
        dossier = werk.stores.dossier(werk.school, leerling_id)
        werk.stores.commit(werk.mutatie(Actie.ZORGVRAAG_BEKEKEN, dossier.onderwerp, zorgvraag=id_), dossier, dossier)
        return zorgvraag

    zorgvraag = herhaal(poging)
    inhoud = werk.stores.inhoud
    return zorgvraag, [(t.datum, inhoud.get(zorgvraag.map, t.object).decode()) for t in zorgvraag.terugkoppelingen]


def nudge_open(stores: Stores, nu: datetime, ouder_dan: timedelta = timedelta(minutes=15)) -> int:
    """Nudge every zorgvraag that has been waiting too long: its nudge may be lost (house 4, Clock)."""
    rijen = stores.open_sinds("ZORGVRAAG", (nu - ouder_dan).isoformat())
    ids = ((row["pk"].removeprefix("SCHOOL#"), f"{row['leerling_id']}/{row['id']}") for row in rijen)
    stores.nudges.send_batch([Nudge("ZORGVRAAG", school, id_) for school, id_ in ids])
    return len(rijen)


def _stap(werk: Werk, actie: Actie, zorgvraag: Zorgvraag, stap: Stap, **details: str | int) -> Zorgvraag:
    """One step of a zorgvraag, logged in the chain of its pupil."""

    def poging() -> Zorgvraag:
        nu = werk.stores.zorgvraag(zorgvraag.school, zorgvraag.leerling_id, zorgvraag.id)
        nieuw = stap(nu)
        pointer = [werk.stores.wijs_koppelsleutel_aan(nieuw)] if nieuw.pointer and not nu.pointer else []
        _commit(werk, actie, nu, nieuw, pointer, details)
        return nieuw

    return herhaal(poging)


def _log(
    werk: Werk, actie: Actie, oud: Zorgvraag | None, nieuw: Zorgvraag, *writes: Write, **details: str | int
) -> None:
    herhaal(lambda: _commit(werk, actie, oud, nieuw, writes, details))


def _commit(
    werk: Werk,
    actie: Actie,
    oud: Zorgvraag | None,
    nieuw: Zorgvraag,
    writes: Iterable[Write],
    details: dict[str, str | int],
) -> None:
    dossier = werk.stores.dossier(nieuw.school, nieuw.leerling_id)
    alle = {"zorgvraag": nieuw.id, "aanleverpunt": nieuw.aanleverpunt} | ({"code": nieuw.code} if nieuw.code else {})
    mutatie = werk.mutatie(actie, dossier.onderwerp, **alle, **details)
    werk.stores.commit(mutatie, dossier, dossier, werk.stores.bewaar_zorgvraag(oud, nieuw), *writes)


def _log_weg(werk: Werk, zorgvraag: Zorgvraag) -> None:
    def poging() -> None:
        dossier = werk.stores.dossier(zorgvraag.school, zorgvraag.leerling_id)
        mutatie = werk.mutatie(Actie.ZORGVRAAG_VERWIJDERD, dossier.onderwerp, zorgvraag=zorgvraag.id)
        werk.stores.commit(mutatie, dossier, dossier, werk.stores.verwijder_zorgvraag(zorgvraag))

    herhaal(poging)
