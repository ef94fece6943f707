"""Import a received dossier: a plan, one act, and the way back (R95, R101-R104, 15.21).

The record of the pupil is put as a portal would put it; the one before is kept, so that undoing is putting it back.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import Dossieraanvraag, Stand
from chalicelib.domain.dossier import Dossier, Herkomst
from chalicelib.domain.mutatielog import Actie, is_lezen
from chalicelib.errors import Invalid, Melding, Refused
from chalicelib.flows import Werk
from chalicelib.flows.bewaren import eis_vrij, leerling_bij
from chalicelib.flows.bij_nummer import vergeet_ontvangst
from chalicelib.flows.leerlingen import (
    RECORD,
    Record,
    aangevuld,
    begin_kaart,
    controleer_leerling_id,
    controleer_nieuwe_id,
    haal_record,
    met_eerdere_vraag,
    met_record,
    wijzers,
)
from chalicelib.flows.ontvangen import waarschuwingen
from chalicelib.flows.ophalen import XML
from chalicelib.gegevensset.codec import Gegevens, decode
from chalicelib.gegevensset.controle import controleer_waarden
from chalicelib.gegevensset.tabel import standaard
from chalicelib.gegevensset.vergelijken import Keus, Planregel, maak_plan, nieuw_record, pas_toe
from chalicelib.store import herhaal

_LIET_ZOALS_HET_WAS = frozenset(
    {
        Actie.LEERLING_BIJGEWERKT,
        Actie.GEGEVENS_GEEXPORTEERD,
        Actie.BEWAREN_OPGELEGD,
        Actie.BEWAREN_OPGEHEVEN,
        Actie.AANVRAAG_GEWEIGERD,
        Actie.NUMMER_GETOOND,
    }
)
"""Acts besides reading after which a pupil who was imported is as before. Of a record that was put again its hash says
whether it is; a hold is judged by itself."""


@dataclass(frozen=True)
class Importplan:
    """What importing would do: to which pupil (None: a new one), every field that is new or otherwise, and warnings."""

    leerling_id: str | None
    regels: tuple[Planregel, ...]
    meldingen: tuple[Melding, ...] = ()


def plan(werk: Werk, id_: str) -> Importplan:
    """The plan for a received dossier; reading it is logged."""

    def poging() -> Dossieraanvraag:
        aanvraag = _ontvangen(werk, id_)
        return werk.stores.commit(werk.mutatie(Actie.IMPORTPLAN_BEKEKEN, aanvraag.onderwerp), aanvraag, aanvraag)

    aanvraag = herhaal(poging)
    data, bestaand = werk.stores.inhoud.get(aanvraag.map or "", XML), _bestaand(werk, aanvraag)
    regels = _regels(werk, decode(data), bestaand)
    return Importplan(bestaand.leerling_id if bestaand else None, regels, waarschuwingen(data))


def importeer(werk: Werk, id_: str, leerling_id: str, keuzes: Mapping[str, Keus]) -> Dossier:
    """Do what the plan and the choices say, in one act; again with the same pupil is the same.

    Raises Refused: NIET_ONTVANGEN, LEERLING_ID_BESTAAT; Invalid("KEUS_KAN_NIET") for what cannot be taken over.
    """
    controleer_leerling_id(leerling_id)
    aanvraag = werk.stores.aanvraag(werk.school, id_)
    if aanvraag.status is Stand.GEIMPORTEERD and aanvraag.leerling_id == leerling_id:
        return werk.stores.dossier(werk.school, leerling_id)
    gegevens = _lees(werk, _ontvangen(werk, id_))

    def poging() -> Dossier:
        aanvraag = _ontvangen(werk, id_)
        bestaand = _bestaand(werk, aanvraag)
        if bestaand is None and werk.stores.find_dossier(werk.school, leerling_id):
            raise Refused("LEERLING_ID_BESTAAT", meldingen=[teksten.melding("LEERLING_ID_BESTAAT", pad="/leerlingId")])
        if bestaand is None:
            controleer_nieuwe_id(werk, leerling_id)
        elif bestaand.leerling_id != leerling_id:
            raise Refused("LEERLING_BESTAAT_AL", meldingen=[teksten.melding("LEERLING_BESTAAT_AL", pad="/leerlingId")])
        record = _nieuw_record(werk, gegevens, bestaand, keuzes)
        kaart = _met_herkomst(bestaand or begin_kaart(werk, leerling_id), aanvraag, gegevens)
        return _schrijf(werk, aanvraag, bestaand, kaart, record)

    return herhaal(poging)


def maak_ongedaan(werk: Werk, id_: str) -> Dossieraanvraag:
    """Put the record back as it was, or take the new pupil away, if nobody changed anything of it since.

    Raises Refused: NIET_GEIMPORTEERD, RECORD_GEWIJZIGD, LEERLING_BEWERKT, BEWAREN_OPGELEGD.
    """

    def poging() -> Dossieraanvraag:
        aanvraag = werk.stores.aanvraag(werk.school, id_)
        if aanvraag.status is not Stand.GEIMPORTEERD or aanvraag.leerling_id is None:
            raise Refused("NIET_GEIMPORTEERD", meldingen=[teksten.melding("NIET_GEIMPORTEERD")])
        dossier = werk.stores.dossier(werk.school, aanvraag.leerling_id)
        if dossier.record_hash != aanvraag.record_erna or (aanvraag.leerling_was_nieuw and dossier.versie):
            raise Refused("RECORD_GEWIJZIGD", meldingen=[teksten.melding("RECORD_GEWIJZIGD")])
        terug = replace(
            aanvraag,
            status=Stand.ONTVANGEN,
            geimporteerd_op=None,
            leerling_id=None if aanvraag.leerling_was_nieuw else aanvraag.leerling_id,
            leerling_was_nieuw=False,
            record_ervoor=None,
            record_erna=None,
            herkomst_erbij=None,
            version=aanvraag.version + 1,
        )
        if aanvraag.leerling_was_nieuw:
            eis_vrij(dossier)
            _eis_onbewerkt(werk, dossier, id_)
        _zet_terug(werk, aanvraag, dossier, terug)
        return werk.stores.aanvraag(werk.school, id_)

    return herhaal(poging)


def _eis_onbewerkt(werk: Werk, dossier: Dossier, id_: str) -> None:
    """Raise Refused("LEERLING_BEWERKT") when more was done with a new pupil than reading since this import."""
    for regel in werk.stores.logregels_na(dossier.onderwerp, datetime.min.replace(tzinfo=UTC)):
        if regel.actie == Actie.DOSSIER_GEIMPORTEERD.value and regel.details.get("aanvraag") == id_:
            return
        if not is_lezen(regel.actie) and regel.actie not in _LIET_ZOALS_HET_WAS:
            raise Refused("LEERLING_BEWERKT", meldingen=[teksten.melding("LEERLING_BEWERKT")])


def plaats_niet(werk: Werk, id_: str) -> Dossieraanvraag:
    """The pupil does not come: the received dossier is destroyed at once (ch. 16), the row stays.

    Raises Refused: NIET_ONTVANGEN, and BEWAREN_OPGELEGD while a hold lies on the pupil whom it is about.
    """

    def poging() -> Dossieraanvraag:
        aanvraag = _ontvangen(werk, id_)
        leerling_id = leerling_bij(werk.stores, aanvraag)
        if leerling_id and (dossier := werk.stores.find_dossier(werk.school, leerling_id)):
            eis_vrij(dossier)
        weg = replace(
            aanvraag,
            status=Stand.NIET_GEPLAATST,
            map=None,
            nummer="",
            nummer_gemaskeerd="",
            bijlagen=(),
            version=aanvraag.version + 1,
        )
        mutatie = werk.mutatie(Actie.NIET_GEPLAATST, aanvraag.onderwerp)
        return werk.stores.commit(mutatie, aanvraag, weg, *vergeet_ontvangst(werk.stores, aanvraag))

    weg = herhaal(poging)
    werk.stores.inhoud.vernietig(f"{werk.school}/aanvraag!{id_}/")
    return weg


def _ontvangen(werk: Werk, id_: str) -> Dossieraanvraag:
    aanvraag = werk.stores.aanvraag(werk.school, id_)
    if aanvraag.status is not Stand.ONTVANGEN or aanvraag.map is None:
        raise Refused("NIET_ONTVANGEN", meldingen=[teksten.melding("NIET_ONTVANGEN")])
    return aanvraag


def _lees(werk: Werk, aanvraag: Dossieraanvraag) -> Gegevens:
    return decode(werk.stores.inhoud.get(aanvraag.map or "", XML))


def _bestaand(werk: Werk, aanvraag: Dossieraanvraag) -> Dossier | None:
    """The own pupil that the request was about, if still here; or who has the number by now."""
    gevraagd = aanvraag.leerling_id and werk.stores.find_dossier(werk.school, aanvraag.leerling_id)
    if gevraagd:
        return gevraagd
    pgn = werk.stores.geheim.ontsleutel(werk.school, aanvraag.nummer, aanvraag.nummer_type)
    leerling_id = werk.stores.find_leerling(werk.school, pgn)
    return werk.stores.find_dossier(werk.school, leerling_id) if leerling_id else None


def _met_herkomst(kaart: Dossier, aanvraag: Dossieraanvraag, gegevens: Gegevens) -> Dossier:
    """A card that names no school of herkomst names the one that gave the dossier (R98)."""
    naam = aanvraag.schoolnaam or gegevens.dossier["huidigeschool"]["naam"]
    return kaart if kaart.herkomst else replace(kaart, herkomst=Herkomst(aanvraag.brin, naam))


def _regels(werk: Werk, gegevens: Gegevens, bestaand: Dossier | None) -> tuple[Planregel, ...]:
    if bestaand is None:
        return maak_plan(gegevens.dossier, None, standaard(gegevens.versie))
    eigen = haal_record(werk, bestaand)
    return maak_plan(gegevens.dossier, eigen.dossier, standaard(eigen.versie))


def _nieuw_record(werk: Werk, gegevens: Gegevens, bestaand: Dossier | None, keuzes: Mapping[str, Keus]) -> Record:
    regels = _regels(werk, gegevens, bestaand)
    kan_niet = {regel.pad for regel in regels if regel.voorstel is Keus.KAN_NIET}
    fout = [pad for pad, keus in keuzes.items() if keus is Keus.NEEM_OVER and pad in kan_niet]
    fout += [pad for pad in keuzes if pad not in {regel.pad for regel in regels}]
    if fout:
        raise Invalid("KEUS_KAN_NIET", meldingen=[teksten.melding("KEUS_KAN_NIET", pad=pad) for pad in fout])
    if bestaand is None:
        record = Record(gegevens.versie, nieuw_record(gegevens.dossier))
    else:
        eigen = haal_record(werk, bestaand)
        record = Record(eigen.versie, pas_toe(regels, eigen.dossier, keuzes), eigen.portaal)
    fouten = [m for m in controleer_waarden(aangevuld(record), record.versie) if m.is_fout]
    if fouten:
        raise Refused("DOSSIER_ONGELDIG", meldingen=fouten)
    return record


def _schrijf(
    werk: Werk, aanvraag: Dossieraanvraag, bestaand: Dossier | None, kaart: Dossier, record: Record
) -> Dossier:
    """The record, the card, the request and both log entries; the record that was there stays for undoing."""
    data = record.bytes()
    hash_ = hashlib.sha256(data).hexdigest()
    map_ = werk.stores.inhoud.nieuwe_map(werk.school, kaart.leerling_id)
    werk.stores.inhoud.put(map_, RECORD, data)
    sleutel, writes = wijzers(werk, bestaand, record.dossier, kaart.leerling_id)
    nieuw = met_eerdere_vraag(werk, bestaand, met_record(kaart, record, map_, hash_, sleutel))
    ervoor = (bestaand.record_map, bestaand.record_hash, bestaand.record_versie) if bestaand else None
    klaar = replace(
        aanvraag,
        status=Stand.GEIMPORTEERD,
        leerling_id=kaart.leerling_id,
        geimporteerd_op=werk.nu,
        leerling_was_nieuw=bestaand is None,
        record_ervoor=ervoor,
        record_erna=hash_,
        herkomst_erbij=None if bestaand and bestaand.herkomst else kaart.herkomst,
        version=aanvraag.version + 1,
    )
    mutatie = werk.mutatie(Actie.DOSSIER_GEIMPORTEERD, nieuw.onderwerp, aanvraag=aanvraag.id, recordHash=hash_)
    return werk.stores.commit(mutatie, bestaand, nieuw, *writes, werk.stores.bewaar(aanvraag, klaar))


def _zet_terug(werk: Werk, aanvraag: Dossieraanvraag, dossier: Dossier, terug: Dossieraanvraag) -> None:
    mutatie = werk.mutatie(Actie.IMPORT_ONGEDAAN, dossier.onderwerp, aanvraag=aanvraag.id)
    write = werk.stores.bewaar(aanvraag, terug)
    if aanvraag.record_ervoor is None:
        weg = [werk.stores.wijs_af(dossier.pgn_sleutel, dossier.leerling_id)] if dossier.pgn_sleutel else []
        werk.stores.verwijder(mutatie, dossier, *weg, write)
        return
    map_, hash_, versie = aanvraag.record_ervoor
    vorig = haal_record(werk, replace(dossier, record_map=map_))
    sleutel, writes = wijzers(werk, dossier, vorig.dossier, dossier.leerling_id)
    nieuw = met_record(dossier, replace(vorig, versie=versie), map_, hash_, sleutel)
    if aanvraag.herkomst_erbij == dossier.herkomst:
        nieuw = replace(nieuw, herkomst=None)
    werk.stores.commit(mutatie, dossier, nieuw, *writes, write)
