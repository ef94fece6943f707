"""The wire side of a zorgvraag: the SWV fetches it by koppelsleutel, and answers (protocol 2.4 steps 5-7, 2.5)."""

import hashlib

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.mutatielog import Actie, Door
from chalicelib.domain.resultaat import Resultaat
from chalicelib.domain.zorgvraag import MEESTE_TERUGKOPPELINGEN, Terugkoppeling, Zorgvraag
from chalicelib.flows import Werk
from chalicelib.flows.balie import Balie, Beller, leverancier_van, naam_als_bediend
from chalicelib.flows.zorgvraag import XML, Stap, zet
from chalicelib.messages.berichten import Adressen, DocumentRequest, Doel, TerugkoppelingRequest, TerugkoppelingResponse
from chalicelib.store import houder

_ONBEKEND = uitkomst.RESULTATEN["KOPPELSLEUTEL_ONBEKEND"]
_TE_VEEL = uitkomst.RESULTATEN["TERUGKOPPELING_TE_VEEL"]
TE_LANG = 100_000
"""Characters of one terugkoppeling; its fields are inferred, so this bound is ours (protocol 3.8)."""


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
    naam = naam_als_bediend(balie, beller, adressen.doel_brin.code, adressen.doel_aanleverpunt.nummer, Doel.PAO)
    if naam is None:
        return uitkomst.CERTIFICAAT_ONBEKEND
    wie = (beller.vingerafdruk, "koppelsleutel", (aanvraag.koppelsleutel or "").upper())
    if not balie.stores.probeer(houder.neem(balie.stores, aanvraag.sessie_id, balie.nu, *wie)):
        return uitkomst.SESSIE_AFWIJKEND
    return _lever(balie, beller, aanvraag, naam)


def _lever(balie: Balie, beller: Beller, aanvraag: DocumentRequest, naam: str) -> bytes | Resultaat:
    zorgvraag = _zoek(balie, aanvraag.adressen, aanvraag.koppelsleutel or "")
    if zorgvraag is None:
        return _ONBEKEND
    data = balie.stores.inhoud.get(zorgvraag.map, XML)

    def stap(nu: Zorgvraag) -> Zorgvraag:
        return nu.opgehaald(balie.nu) if nu.geldig(balie.nu.date()) else nu

    details = {"sessie": aanvraag.sessie_id, "verzendHash": zorgvraag.verzend_hash}
    nieuw = _zet(balie, beller, naam, Actie.ZORGVRAAG_OPGEHAALD, zorgvraag, stap, **details)
    return data if nieuw.geldig(balie.nu.date()) else _ONBEKEND  # withdrawn at this very moment: nothing leaves


def ontvang(balie: Balie, beller: Beller, bericht: TerugkoppelingRequest) -> TerugkoppelingResponse | Resultaat:
    """Keep the answer of the SWV, readable for the school (2.5 step 3); the same answer twice is once."""
    adressen = bericht.adressen
    if not (adressen.bron_brin and adressen.doel_brin and adressen.doel_aanleverpunt) or len(bericht.tekst) > TE_LANG:
        return uitkomst.BERICHT_ONGELDIG
    gevonden = _zoek_beide_kanten(balie, beller, bericht)
    if isinstance(gevonden, Resultaat):
        return gevonden
    zorgvraag, naam = gevonden
    hash_ = hashlib.sha256(f"{bericht.datum.isoformat()}\0{bericht.tekst}".encode()).hexdigest()
    terug = Terugkoppeling(bericht.datum, balie.nu, f"terugkoppeling-{hash_[:32]}.txt", hash_)
    if any(eerder.sha256 == hash_ for eerder in zorgvraag.terugkoppelingen):
        return TerugkoppelingResponse()
    if len(zorgvraag.terugkoppelingen) >= MEESTE_TERUGKOPPELINGEN:
        return _TE_VEEL
    balie.stores.inhoud.put(zorgvraag.map, terug.object, bericht.tekst.encode())

    def stap(nu: Zorgvraag) -> Zorgvraag:
        return nu.teruggekoppeld(terug) if nu.geldig(balie.nu.date()) else nu

    nieuw = _zet(balie, beller, naam, Actie.ZORGVRAAG_TERUGGEKOPPELD, zorgvraag, stap)
    if terug.sha256 in {een.sha256 for een in nieuw.terugkoppelingen}:
        return TerugkoppelingResponse()
    # Withdrawn, or filled up, at this very moment. The wire may take away what it wrote itself; the clean-up removes
    # every version.
    balie.stores.inhoud.verwijder(zorgvraag.map, terug.object)
    return _TE_VEEL if nieuw.geldig(balie.nu.date()) else _ONBEKEND


def _zoek_beide_kanten(
    balie: Balie, beller: Beller, bericht: TerugkoppelingRequest
) -> tuple[Zorgvraag, str] | Resultaat:
    """The zorgvraag and the name of the SWV, whichever of both the message calls the source.

    The sources contradict each other (2.5): the profile reads one way, the koppelsleutel says when it is the other.
    """
    fout = uitkomst.CERTIFICAAT_ONBEKEND
    for adressen in (bericht.adressen, bericht.adressen.omgekeerd):
        brin, punt = adressen.doel_brin, adressen.doel_aanleverpunt
        naam = naam_als_bediend(balie, beller, brin.code, punt.nummer, Doel.PAO) if brin and punt else None
        if naam is None:
            continue
        if zorgvraag := _zoek(balie, adressen, bericht.koppelsleutel):
            return zorgvraag, naam
        fout = _ONBEKEND
    return fout


def _zoek(balie: Balie, adressen: Adressen, koppelsleutel: str) -> Zorgvraag | None:
    """The zorgvraag behind the key, if it is of this pair, still valid, not withdrawn, and its pupil is here."""
    zorgvraag = balie.stores.find_koppelsleutel(koppelsleutel)
    if zorgvraag is None or not zorgvraag.geldig(balie.nu.date()) or not _zelfde_paar(zorgvraag, adressen):
        return None
    return zorgvraag if balie.stores.find_dossier(zorgvraag.school, zorgvraag.leerling_id) else None


def _zelfde_paar(zorgvraag: Zorgvraag, adressen: Adressen) -> bool:
    """The combination that was registered: bron, koppelsleutel, doel (2.5 step 2); both under the school's own BRIN."""
    brin = zorgvraag.school.brin
    bron = adressen.bron_aanleverpunt
    return (
        (adressen.bron_brin, adressen.doel_brin) == (brin, brin)
        and str(adressen.doel_aanleverpunt) == zorgvraag.aanleverpunt
        and (bron is None or bron.nummer == zorgvraag.bron_aanleverpunt)
    )


def _zet(
    balie: Balie, beller: Beller, naam: str, actie: Actie, zorgvraag: Zorgvraag, stap: Stap, **details: str
) -> Zorgvraag:
    """A step that the SWV took, in its name."""
    door = Door(zorgvraag.school.brin.code, f"oin:{beller.oin}", f"{naam} (aanleverpunt {zorgvraag.aanleverpunt})")
    return zet(Werk(balie.stores, door, balie.nu), actie, zorgvraag, stap, **details)
