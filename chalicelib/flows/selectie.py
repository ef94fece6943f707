"""The page "Gegevens toevoegen aan het overstapdossier": what can be ticked, and the room for it (R40-R47b, 15.30)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain import teksten
from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.selectie import Selectie
from chalicelib.domain.termijnen import toets_venster
from chalicelib.errors import Invalid, Refused
from chalicelib.flows import Werk, eis_ongewijzigd
from chalicelib.flows.keuring import MAX_ANTWOORD
from chalicelib.flows.leerlingen import Record, haal_record
from chalicelib.flows.verzamelen import kaart_etag, keuze_van
from chalicelib.gegevensset.blokken import controleer_blokken
from chalicelib.gegevensset.codec import Waarden, encode
from chalicelib.gegevensset.keuze import plannen_van, standaardkeuze, toetsen_van
from chalicelib.gegevensset.samenstellen import stel_samen
from chalicelib.gegevensset.tabel import Blok, Standaard, standaard
from chalicelib.store import herhaal

# Our own PDF travels too (R51) and is made only at collecting: room for a large one, as base64.
_RUIMTE_VOOR_PDF = 150_000


@dataclass(frozen=True)
class Keuzelijst:
    """All that the page shows for one pupil and profile."""

    dossier: Dossier
    selectie: Selectie
    blokken: tuple[tuple[Blok, Eis, bool], ...]
    toetsen: tuple[dict[str, Any], ...] = field(repr=False)
    plannen: tuple[dict[str, Any], ...] = field(repr=False)
    bijlagen: tuple[tuple[Document, bool], ...] = field(repr=False)
    gebruikt: int = 0


def toon(werk: Werk, leerling_id: str, profiel: Profiel) -> Keuzelijst:
    """The page as it is now. Raises Refused("STANDAARDVERSIE_ANDERS")."""
    dossier = werk.stores.dossier(werk.school, leerling_id)
    school = werk.stores.school(werk.school)
    if dossier.record_versie != school.standaardversie:
        raise Refused("STANDAARDVERSIE_ANDERS", meldingen=[teksten.melding("STANDAARDVERSIE_ANDERS")])
    tabel = standaard(school.standaardversie)
    record = haal_record(werk, dossier)
    selectie = dossier.selectie(profiel)
    keuze = keuze_van(werk, dossier, record.dossier, tabel, selectie)
    samenstelling = stel_samen(record.dossier, tabel, dossier, school, profiel, keuze, werk.nu.date())
    documenten = werk.stores.documenten(werk.school, leerling_id)
    return Keuzelijst(
        dossier=dossier,
        selectie=selectie,
        blokken=tuple((blok, blok.eisen[profiel], blok.naam in keuze.blokken) for blok in tabel.blokken),
        toetsen=tuple(_toetsen(werk, record, selectie, profiel)),
        plannen=tuple(_plannen(record, tabel, selectie)),
        bijlagen=tuple((document, document.id in selectie.bijlagen) for document in documenten if _mag_mee(document)),
        gebruikt=len(json.dumps(encode(samenstelling.dossier, tabel.versie).decode())) + _RUIMTE_VOOR_PDF,
    )


def kies(werk: Werk, leerling_id: str, selectie: Selectie, if_match: str) -> Keuzelijst:
    """Remember the ticks for this pupil (R47b), checked against record, profile and map."""

    def poging() -> None:
        oud = werk.stores.dossier(werk.school, leerling_id)
        eis_ongewijzigd(if_match, kaart_etag(oud))
        _controleer(werk, oud, selectie)
        nieuw = oud.kies(selectie)
        mutatie = werk.mutatie(Actie.SELECTIE_OPGESLAGEN, nieuw.onderwerp, profiel=selectie.profiel.value)
        werk.stores.commit(mutatie, oud, nieuw)

    herhaal(poging)
    return toon(werk, leerling_id, selectie.profiel)


def ruimte(gebruikt: int) -> dict[str, int]:
    """Room for the whole dossier in bytes, before anything is refused (15.30, 9b.8)."""
    return {"totaal": MAX_ANTWOORD, "gebruikt": gebruikt, "over": max(0, MAX_ANTWOORD - gebruikt)}


def _controleer(werk: Werk, dossier: Dossier, selectie: Selectie) -> None:
    record = haal_record(werk, dossier)
    tabel = standaard(dossier.record_versie)
    gekozen = selectie.gekozen(standaardkeuze(tabel, selectie.profiel, record.dossier))
    controleer_blokken(tabel, selectie.profiel, gekozen)
    mag = {d.id for d in werk.stores.documenten(werk.school, dossier.leerling_id) if _mag_mee(d)}
    toelichting = [selectie.toelichting] if selectie.toelichting else []
    fout = [
        teksten.melding(code, pad=pad)
        for code, pad, gevraagd, aanwezig in (
            ("TOETS_ONBEKEND", "/toetsen", selectie.toetsen_uit, {merk for merk, _ in toetsen_van(record.dossier)}),
            ("PLAN_ONBEKEND", "/plannen", selectie.plannen_uit, {m for m, _ in plannen_van(record.dossier, tabel)}),
            ("DOCUMENT_NIET_GEVONDEN", "/bijlagen", selectie.bijlagen, mag),
            ("DOCUMENT_NIET_GEVONDEN", "/toelichtingDocumentId", toelichting, mag),
        )
        if not set(gevraagd) <= aanwezig
    ]
    if fout:
        raise Invalid(fout[0].code, fout[0].tekst, fout)
    keuze_van(werk, dossier, record.dossier, tabel, selectie)


def _mag_mee(document: Document) -> bool:
    """Files and notes that were judged; the PDF of a collection travels by itself (R51)."""
    return document.soort is not Documentsoort.DOSSIER and document.status is Documentstatus.BESCHIKBAAR


def _toetsen(werk: Werk, record: Record, selectie: Selectie, profiel: Profiel) -> Iterable[dict[str, Any]]:
    """Each test with the columns of R46 from `portaal` where it has them, and whether the POVO window lets it go."""
    vanaf = toets_venster(werk.nu.date()) if profiel.overstap == "POVO" else None
    kolommen = record.portaal.get("toetsen", [])
    for plek, (merk, toets) in enumerate(toetsen_van(record.dossier)):
        datum = toets["afname"]["afnamedatum"].strip()[:10]
        te_oud = vanaf is not None and datum < vanaf.isoformat()
        eigen = {"datum": datum, **_van_toets(toets)}
        reden = (
            f"Afgenomen vóór {teksten.datum_tekst(vanaf)}; mag niet mee in een dossier voor het VO." if vanaf else ""
        )
        yield {
            "id": merk,
            "gekozen": merk not in selectie.toetsen_uit and not te_oud,
            "magMee": not te_oud,
            "reden": reden if te_oud else None,
            "kolommen": eigen | dict(_rij(kolommen, plek)),
        }


def _van_toets(toets: Waarden) -> dict[str, str]:
    identificatie = toets["toetsidentificatie"]
    velden = {"hoofdvakgebied": "leergebied", "toetsnaam": "toetsnaam", "toetsserie": "eldtoetscode"}
    return {kolom: identificatie[veld] for kolom, veld in velden.items() if veld in identificatie}


def _plannen(record: Record, tabel: Standaard, selectie: Selectie) -> Iterable[dict[str, Any]]:
    """Each plan with the columns of R47."""
    kolommen = record.portaal.get("plannen", [])
    for plek, (merk, plan) in enumerate(plannen_van(record.dossier, tabel)):
        eigen = {"startdatum": plan["startdatum"], "einddatum": plan.get("einddatum"), "gerichtOp": plan["isgerichtop"]}
        rij = {"id": merk, "gekozen": merk not in selectie.plannen_uit, "magMee": True, "reden": None}
        yield rij | {"kolommen": eigen | dict(_rij(kolommen, plek))}


def _rij(kolommen: list[Mapping[str, Any]], plek: int) -> Mapping[str, Any]:
    """The portal's own columns for the test or plan at the same place in the record."""
    return kolommen[plek] if plek < len(kolommen) else {}
