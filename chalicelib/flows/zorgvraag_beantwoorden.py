"""The wire side of a zorgvraag: the SWV fetches it by koppelsleutel, and answers (protocol 2.4 steps 5-7, 2.5)."""

import hashlib

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.mutatielog import Actie, Door
from chalicelib.domain.resultaat import Resultaat
from chalicelib.domain.zorgvraag import Terugkoppeling, Zorgvraag, Zorgvraagstatus, sleutel_geldig_tot
from chalicelib.flows import Werk
from chalicelib.flows.balie import Balie, Beller, leverancier_van, naam_als_bediend
from chalicelib.messages.berichten import Adressen, DocumentRequest, TerugkoppelingRequest, TerugkoppelingResponse
from chalicelib.store import herhaal

XML = "dossier.xml"
_ONBEKEND = uitkomst.RESULTATEN["KOPPELSLEUTEL_ONBEKEND"]
_TE_LANG = 100_000


def beantwoord(balie: Balie, beller: Beller, aanvraag: DocumentRequest) -> bytes | Resultaat:
    """The stored bytes of the zorgvraag, or the refusal; the same fixed order as for an overstap (9b.3)."""
    if leverancier_van(balie, beller) is None:
        return uitkomst.CERTIFICAAT_ONBEKEND
    adressen = aanvraag.adressen
    if not (adressen.bron_brin and adressen.bron_aanleverpunt and adressen.doel_brin and adressen.doel_aanleverpunt):
        return uitkomst.BERICHT_ONGELDIG
    if balie.stores.find_vestiging(adressen.bron_brin.code, adressen.bron_aanleverpunt.nummer) is None:
        return uitkomst.RESULTATEN["VERSTREKKER_AANLEVERPUNT_NIET_BEKEND"]
    sessie = balie.tc.controleer_sessie(aanvraag)
    if isinstance(sessie, Resultaat):
        return sessie
    naam = naam_als_bediend(balie, beller, adressen.doel_brin.code, adressen.doel_aanleverpunt.nummer)
    if naam is None:
        return uitkomst.CERTIFICAAT_ONBEKEND
    return herhaal(lambda: _lever(balie, beller, adressen, aanvraag.koppelsleutel or "", naam))


def _lever(balie: Balie, beller: Beller, adressen: Adressen, koppelsleutel: str, naam: str) -> bytes | Resultaat:
    zorgvraag = _zoek(balie, adressen, koppelsleutel)
    if zorgvraag is None:
        return _ONBEKEND
    data = balie.stores.inhoud.get(zorgvraag.map, XML)
    _stap(balie, beller, naam, Actie.ZORGVRAAG_OPGEHAALD, zorgvraag, zorgvraag.opgehaald(balie.nu))
    return data


def ontvang(balie: Balie, beller: Beller, bericht: TerugkoppelingRequest) -> TerugkoppelingResponse | Resultaat:
    """Keep the answer of the SWV, readable for the school (2.5 step 3); the same answer twice is once."""
    adressen = bericht.adressen
    if not (adressen.bron_brin and adressen.doel_brin and adressen.doel_aanleverpunt) or len(bericht.tekst) > _TE_LANG:
        return uitkomst.BERICHT_ONGELDIG
    naam = naam_als_bediend(balie, beller, adressen.doel_brin.code, adressen.doel_aanleverpunt.nummer)
    if naam is None:
        return uitkomst.CERTIFICAAT_ONBEKEND

    def poging() -> TerugkoppelingResponse | Resultaat:
        zorgvraag = _zoek(balie, adressen, bericht.koppelsleutel)
        if zorgvraag is None:
            return _ONBEKEND
        hash_ = hashlib.sha256(f"{bericht.datum.isoformat()}\0{bericht.tekst}".encode()).hexdigest()
        if any(eerder.sha256 == hash_ for eerder in zorgvraag.terugkoppelingen):
            return TerugkoppelingResponse()
        naam_object = f"terugkoppeling-{hash_[:32]}.txt"
        balie.stores.inhoud.put(zorgvraag.map, naam_object, bericht.tekst.encode())
        nieuw = zorgvraag.teruggekoppeld(Terugkoppeling(bericht.datum, balie.nu, naam_object, hash_))
        _stap(balie, beller, naam, Actie.ZORGVRAAG_TERUGGEKOPPELD, zorgvraag, nieuw)
        return TerugkoppelingResponse()

    return herhaal(poging)


def _zoek(balie: Balie, adressen: Adressen, koppelsleutel: str) -> Zorgvraag | None:
    """The zorgvraag behind the key, if it is of this pair, still valid and not withdrawn."""
    zorgvraag = balie.stores.find_koppelsleutel(koppelsleutel)
    if zorgvraag is None or zorgvraag.status is Zorgvraagstatus.INGETROKKEN or not zorgvraag.map:
        return None
    paar = (str(adressen.bron_brin), str(adressen.doel_aanleverpunt))
    if paar != (zorgvraag.school.brin.code, zorgvraag.aanleverpunt):
        return None
    return zorgvraag if balie.nu.date() < sleutel_geldig_tot(zorgvraag.gemaakt_op.date()) else None


def _stap(balie: Balie, beller: Beller, naam: str, actie: Actie, oud: Zorgvraag, nieuw: Zorgvraag) -> None:
    stores = balie.stores
    werk = Werk(
        stores, Door(oud.school.brin.code, f"oin:{beller.oin}", f"{naam} (aanleverpunt {oud.aanleverpunt})"), balie.nu
    )
    dossier = stores.dossier(oud.school, oud.leerling_id)
    mutatie = werk.mutatie(actie, dossier.onderwerp, zorgvraag=oud.id, aanleverpunt=oud.aanleverpunt)
    stores.commit(mutatie, dossier, dossier, stores.bewaar_zorgvraag(oud, nieuw))
