"""Notificaties: a separate, conscious act after klaarzetten, per earlier request; a failure rolls nothing back (9b.5).

One attempt per act (protocol 2.3; inferred from 2.5): a failed one stays failed and can be sent again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain import teksten, termijnen
from chalicelib.domain.aanvraag import Binnengekomen
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.mutatielog import Actie, Door
from chalicelib.domain.notificatie import Notificatie, Notificatiestatus, Richting
from chalicelib.domain.nummers import Aanleverpunt, Brin, Vestiging
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Invalid, NotFound, PeerError, Refused, Unavailable
from chalicelib.flows import Werk
from chalicelib.flows.balie import Balie, Beller, naam_als_bediend
from chalicelib.messages.berichten import (
    Adressen,
    Doel,
    MeldenNotificatieResponse,
    NotificatieRequest,
    NotificatieResponse,
)
from chalicelib.store import Nudge, Stores, herhaal
from chalicelib.store.eerder import eerdere_verzoeken
from chalicelib.store.laatste_keer import begin_laatste_keer
from chalicelib.traffic_center import TrafficCenter

_VERZOEKEN = {Actie.VERZONDEN.value, Actie.AANVRAAG_GEWEIGERD.value}
_SLEUTEL_GELDIG = timedelta(days=1)


def mogelijk(werk: Werk, dossier: Dossier) -> list[Binnengekomen]:
    """Who may be told: the last request per aanleverpunt of the school that the dossier is ready for (R69, 2.3)."""
    if dossier.status is not Status.KLAAR:
        return []
    laatste: dict[tuple[str, str], Binnengekomen] = {}
    regels = [regel for regel in werk.stores.logregels(dossier.onderwerp) if regel.actie in _VERZOEKEN]
    ids = [*eerdere_verzoeken(werk.stores, dossier), *(str(regel.details["verzoek"]) for regel in regels)]
    for verzoek_id in dict.fromkeys(ids):  # one asks again in its session
        sessie, _, punt = verzoek_id.rpartition(".")
        verzoek = werk.stores.find_verzoek(sessie, dossier.school.brin.code, punt)
        if verzoek and _bewaard(werk, verzoek) and _past(dossier, verzoek):
            laatste[verzoek.doel_brin, verzoek.doel_aanleverpunt] = verzoek
    return list(laatste.values())


def _bewaard(werk: Werk, verzoek: Binnengekomen) -> bool:
    """A request serves for notificaties for six months (protocol 7), or as long as a board keeps its number."""
    return bool(verzoek.nummer) and werk.nu.date() < termijnen.nummer_weg(verzoek, termijnen.Termijnen())


def _past(dossier: Dossier, verzoek: Binnengekomen) -> bool:
    """Only the school that may fetch it now: nobody else is told that there is a dossier."""
    if dossier.invulling.binnen_brin:
        punt = dossier.invulling.doel_aanleverpunt
        return verzoek.soort is Overdrachtsoort.BINNENBRIN and punt in (None, verzoek.doel_aanleverpunt)
    school = dossier.invulling.uitschrijving.vervolgschool
    overstap = verzoek.soort is Overdrachtsoort.OVERSTAPDOSSIER
    return overstap and school is not None and school.brin[:4] == verzoek.doel_brin


def verstuur(
    werk: Werk, leerling_id: str, aanvraag_ids: Sequence[str], idempotency_key: str, id_: str
) -> list[Notificatie]:
    """Send, or send again. Raises Refused("NIET_KLAAR"), and Invalid("AANVRAAG_ONBEKEND") for who may not be told."""
    stores = werk.stores
    delen = ("notificatie", leerling_id, *aanvraag_ids)

    def poging() -> tuple[list[Notificatie], bool]:
        if eerder := stores.find_sleutel(werk.school, idempotency_key):
            if eerder["vingerafdruk"] not in stores.geheim.vingerafdrukken(*delen):
                raise Refused("SLEUTEL_HERGEBRUIKT")
            return [stores.notificatie(werk.school, f"{eerder['id']}{n}") for n in range(len(aanvraag_ids))], False
        dossier = stores.dossier(werk.school, leerling_id)
        if dossier.status is not Status.KLAAR:
            raise Refused("NIET_KLAAR", meldingen=[teksten.melding("NIET_KLAAR")])
        kan = {verzoek.id: verzoek for verzoek in mogelijk(werk, dossier)}
        onbekend = [n for n, aanvraag_id in enumerate(aanvraag_ids) if aanvraag_id not in kan]
        if onbekend:
            fouten = [teksten.melding("AANVRAAG_ONBEKEND", pad=f"/aanvraagIds/{n}") for n in onbekend]
            raise Invalid("AANVRAAG_ONBEKEND", fouten[0].tekst, fouten)
        nieuw = [_nieuw(werk, dossier, kan[aanvraag_id], f"{id_}{n}") for n, aanvraag_id in enumerate(aanvraag_ids)]
        tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())
        sleutel = stores.leg_sleutel_vast(werk.school, idempotency_key, stores.geheim.vingerafdruk(*delen), id_, tot)
        mutatie = werk.mutatie(Actie.NOTIFICATIE_GEVRAAGD, dossier.onderwerp, aantal=len(nieuw))
        stores.commit(mutatie, dossier, dossier, sleutel, *(stores.bewaar(None, een) for een in nieuw))
        return nieuw, True

    notificaties, eerste_keer = herhaal(poging)
    if eerste_keer:  # a second nudge could be a second attempt; should this one be lost, the clock sends it again
        stores.nudges.send_batch([Nudge("NOTIFICATIE", werk.school.code, een.id) for een in notificaties])
    return notificaties


def _nieuw(werk: Werk, dossier: Dossier, verzoek: Binnengekomen, id_: str) -> Notificatie:
    return Notificatie(
        id=id_,
        school=werk.school,
        richting=Richting.UIT,
        status=Notificatiestatus.WACHT,
        sessie_id=verzoek.sessie_id,
        bron_brin=verzoek.bron_brin,
        bron_aanleverpunt=verzoek.bron_aanleverpunt,
        doel_brin=verzoek.doel_brin,
        doel_aanleverpunt=verzoek.doel_aanleverpunt,
        andere_school=verzoek.doel_naam,
        op=werk.nu,
        door=werk.door.naam,
        door_sub=werk.door.sub,
        aanvraagdatum=verzoek.op,
        leerling_id=dossier.leerling_id,
        verzoek=verzoek.id,
    )


def bezorg(stores: Stores, tc: TrafficCenter, nudge: Nudge, nu: datetime, *, laatste_keer: bool = False) -> str:
    """Announce it at the Traffic Center and tell the school, once; returns the state. Twice changes nothing."""
    try:
        rij = stores.notificatie(Vestiging(nudge.school), nudge.id)
    except NotFound:
        return "WEG"
    if rij.status is not Notificatiestatus.WACHT:
        return rij.status.value
    if laatste_keer:
        begin_laatste_keer(stores, rij, nu)
    try:
        antwoord = _meld(tc, rij)
        code = antwoord.code if isinstance(antwoord, Resultaat) else None
    except (Unavailable, PeerError) as fout:
        code = fout.code
    status = Notificatiestatus.MISLUKT if code else Notificatiestatus.BEVESTIGD
    return _rond_af(_werk(stores, rij, nu), rij, status, code)


def geef_op(stores: Stores, nudge: Nudge, nu: datetime) -> str:
    """End a notificatie of which nothing will come any more as MISLUKT; returns the state that it is in."""
    rij = stores.notificatie(Vestiging(nudge.school), nudge.id)
    return _rond_af(_werk(stores, rij, nu), rij, Notificatiestatus.MISLUKT, uitkomst.TECHNISCHE_FOUT.code)


def _werk(stores: Stores, rij: Notificatie, nu: datetime) -> Werk:
    return Werk(stores, Door(rij.school.code, rij.door_sub, rij.door), nu)


def _meld(tc: TrafficCenter, rij: Notificatie) -> object:
    adressen = Adressen(
        Brin(rij.bron_brin),
        Aanleverpunt(rij.bron_aanleverpunt),
        Brin(rij.doel_brin),
        Aanleverpunt(rij.doel_aanleverpunt),
    )
    gemeld = tc.meld_notificatie(adressen, Doel.OV, rij.sessie_id, rij.aanvraagdatum)
    if not isinstance(gemeld, MeldenNotificatieResponse):
        return gemeld
    bericht = NotificatieRequest(adressen, None, rij.sessie_id, rij.aanvraagdatum, Doel.OV)
    return tc.notificeer(gemeld.url, bericht)


def _rond_af(werk: Werk, rij: Notificatie, status: Notificatiestatus, code: str | None) -> str:
    def poging() -> str:
        nu = werk.stores.notificatie(rij.school, rij.id)
        if nu.status is not Notificatiestatus.WACHT:
            return nu.status.value
        nieuw = nu.naar(status, werk.nu, code)
        actie = Actie.NOTIFICATIE_BEVESTIGD if status is Notificatiestatus.BEVESTIGD else Actie.NOTIFICATIE_MISLUKT
        dossier = werk.stores.find_dossier(rij.school, rij.leerling_id or "")
        details = {"brin": rij.doel_brin, "aanleverpunt": rij.doel_aanleverpunt} | ({"code": code} if code else {})
        if dossier:
            mutatie = werk.mutatie(actie, dossier.onderwerp, **details)
            werk.stores.commit(mutatie, dossier, dossier, werk.stores.bewaar(nu, nieuw))
        else:
            werk.stores.commit(werk.mutatie(actie, nieuw.onderwerp, **details), nu, nieuw)
        return nieuw.status.value

    return herhaal(poging)


def ontvang(balie: Balie, beller: Beller, bericht: NotificatieRequest) -> Resultaat | NotificatieResponse:
    """Keep a notificatie of a school that we asked before, so that its user sees it (2.3 step 3).

    Only for a session of our own, from a system that speaks for the school that it was about.
    """
    stores, adressen, sessie = balie.stores, bericht.adressen, bericht.sessie_id or ""
    if not (adressen.bron_brin and adressen.bron_aanleverpunt and adressen.doel_brin and adressen.doel_aanleverpunt):
        return uitkomst.BERICHT_ONGELDIG
    naam = naam_als_bediend(balie, beller, adressen.bron_brin.code, adressen.bron_aanleverpunt.nummer)
    if naam is None:
        return uitkomst.CERTIFICAAT_ONBEKEND
    aanvraag = stores.find_eigen_sessie(sessie)
    if aanvraag is None or adressen.bron_brin.code != aanvraag.brin or adressen.doel_brin != aanvraag.school.brin:
        return uitkomst.RESULTATEN["SESSIE_ONBEKEND"]
    if stores.find_vestiging(adressen.doel_brin.code, adressen.doel_aanleverpunt.nummer) != aanvraag.school:
        return uitkomst.ONBEKEND_AANLEVERPUNT
    ids = _ids_van(stores, bericht, adressen.bron_aanleverpunt)
    rij = Notificatie(
        id=ids[0],
        school=aanvraag.school,
        richting=Richting.IN,
        status=Notificatiestatus.ONTVANGEN,
        sessie_id=sessie,
        bron_brin=adressen.bron_brin.code,
        bron_aanleverpunt=adressen.bron_aanleverpunt.nummer,
        doel_brin=adressen.doel_brin.code,
        doel_aanleverpunt=adressen.doel_aanleverpunt.nummer,
        andere_school=naam,
        op=balie.nu,
        aanvraag=aanvraag.id,
        aanvraagdatum=bericht.aanvraagdatum,
    )
    werk = Werk(stores, Door(rij.bron_brin, f"oin:{beller.oin}", naam), balie.nu)
    return herhaal(lambda: _bewaar(werk, rij, ids))


def _ids_van(stores: Stores, bericht: NotificatieRequest, punt: Aanleverpunt) -> list[str]:
    """What a notificatie of this aanleverpunt about this request may be kept under, the name of now first."""
    sessie = bericht.sessie_id or ""
    moment = bericht.aanvraagdatum.isoformat() if bericht.aanvraagdatum else ""
    afdrukken = [
        afdruk
        for een in (sessie.lower(), *{sessie} - {sessie.lower()})  # one of before was named after it as received
        for afdruk in stores.geheim.vingerafdrukken("notificatie-in", een, punt.nummer, moment)
    ]
    return [afdruk.rpartition(".")[2][:32] for afdruk in afdrukken]


def _bewaar(werk: Werk, rij: Notificatie, ids: Sequence[str]) -> Resultaat | NotificatieResponse:
    """One row per request: the same message at one moment is once, a later one says that it is ready again (2.3)."""
    stores = werk.stores
    eerder = next(filter(None, (stores.find_notificatie(rij.school, id_) for id_ in ids)), None)
    ongelezen = eerder is not None and eerder.status is Notificatiestatus.ONTVANGEN
    if eerder and eerder.op >= werk.nu:
        return NotificatieResponse()
    telling = stores.tel_notificatie(rij.sessie_id)
    if telling is None:  # who has not read the last one still sees that it is ready
        return NotificatieResponse() if ongelezen else uitkomst.RESULTATEN["NOTIFICATIE_TE_VEEL"]
    nieuw = eerder.weer(werk.nu) if eerder else rij
    stores.commit(
        werk.mutatie(Actie.NOTIFICATIE_ONTVANGEN, nieuw.onderwerp, brin=rij.bron_brin), eerder, nieuw, telling
    )
    return NotificatieResponse()


def van_leerling(werk: Werk, dossier: Dossier) -> list[Notificatie]:
    """The notificaties that were sent about a pupil, newest first."""
    alle = werk.stores.notificaties(werk.school, Richting.UIT)
    return [een for een in alle if een.leerling_id == dossier.leerling_id]


def met_leerling(werk: Werk, alle: Sequence[Notificatie]) -> list[Notificatie]:
    """Received notificaties, each with the pupil of ours that its request is about by now (R71)."""
    pk = f"SCHOOL#{werk.school}"
    sleutels = list(dict.fromkeys((pk, f"UIT#{een.aanvraag}") for een in alle))
    delen = [werk.stores.state.lees(sleutels[begin : begin + 100]) for begin in range(0, len(sleutels), 100)]
    leerling = {row["id"]: row.get("leerling_id") for deel in delen for row in deel.values()}
    return [replace(een, leerling_id=leerling.get(een.aanvraag)) for een in alle]


def lees(werk: Werk, id_: str) -> Notificatie:
    """Mark a received notificatie as read; again is the same."""

    def poging() -> Notificatie:
        rij = werk.stores.notificatie(werk.school, id_)
        if rij.status is not Notificatiestatus.ONTVANGEN:
            return rij
        nieuw = rij.naar(Notificatiestatus.GELEZEN, werk.nu)
        return werk.stores.commit(werk.mutatie(Actie.NOTIFICATIE_GELEZEN, rij.onderwerp), rij, nieuw)

    return herhaal(poging)
