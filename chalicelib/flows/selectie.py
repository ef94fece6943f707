"""The page "Gegevens toevoegen aan het overstapdossier": what can be ticked, and the room for it (R40-R47b, 15.30)."""

import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.domain import teksten
from chalicelib.domain.document import Document
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.selectie import Selectie
from chalicelib.domain.termijnen import toets_venster
from chalicelib.errors import Invalid, Melding
from chalicelib.flows import Werk, eis_ongewijzigd
from chalicelib.flows.keuring import MAX_ANTWOORD
from chalicelib.flows.keuze import eis_standaard, houdbaar, keuze_van, mag_mee, weiger_toelichting
from chalicelib.flows.leerlingen import Record, haal_record
from chalicelib.flows.verzamelen import kaart_etag
from chalicelib.gegevensset.blokken import controleer_blokken
from chalicelib.gegevensset.codec import Waarden, encode
from chalicelib.gegevensset.keuze import heeft_toelichting, plannen_van, standaardkeuze, toetsen_van
from chalicelib.gegevensset.samenstellen import stel_samen
from chalicelib.gegevensset.tabel import Blok, Standaard
from chalicelib.store import herhaal

# Our own PDF travels too (R51) and is made only at collecting: room for a large one, as base64.
_RUIMTE_VOOR_PDF = 150_000

_ZORGVRAAG = (
    "school",
    "oudersverzorgers",
    "toetsresultaten",
    "bijlagedocs",
    "metadata",
    "overstapadvies",
    "handelingsplannen",
    "verzuim",
    "schoolloopbaan",
    "leerling",
    "vve",
    "onderwijsondersteuning",
    "zorgenbegeleiding",  # the same in 2018.1
    "eindtoetsbo",
)
"""The blocks of *Nieuwe zorgvraag (OSO)* (R109)."""


@dataclass(frozen=True)
class Keuzelijst:
    """All that the page shows for one pupil and profile."""

    dossier: Dossier
    selectie: Selectie
    blokken: tuple[tuple[Blok, Eis, bool], ...]
    toetsen: tuple[dict[str, Any], ...] = field(repr=False)
    plannen: tuple[dict[str, Any], ...] = field(repr=False)
    bijlagen: tuple[tuple[Document, bool], ...] = field(repr=False)
    gebruikt: int
    vervallen: tuple[Melding, ...]
    """Why something that was chosen is not shown as chosen any more."""


def toon(werk: Werk, leerling_id: str, profiel: Profiel) -> Keuzelijst:
    """The page as it is now. Raises Refused("STANDAARDVERSIE_ANDERS")."""
    dossier, school = werk.lees(leerling_id)
    tabel = eis_standaard(dossier, school)
    record = haal_record(werk, dossier)
    documenten = werk.stores.documenten(werk.school, leerling_id)
    selectie, vervallen = houdbaar(documenten, record.dossier, tabel, dossier.selectie(profiel))
    keuze = keuze_van(werk, dossier, record.dossier, tabel, selectie)
    samenstelling = stel_samen(record.dossier, tabel, dossier, school, profiel, keuze, werk.nu.date())
    return Keuzelijst(
        dossier=dossier,
        selectie=selectie,
        blokken=tuple(
            (blok, blok.eisen[profiel], blok.naam in keuze.blokken) for blok in _blokken(tabel, profiel, keuze.blokken)
        ),
        toetsen=tuple(_toetsen(werk, record, selectie, profiel)),
        plannen=tuple(_plannen(record, tabel, selectie)),
        bijlagen=tuple((document, document.id in selectie.bijlagen) for document in documenten if mag_mee(document)),
        gebruikt=len(json.dumps(encode(samenstelling.dossier, tabel.versie).decode())) + _RUIMTE_VOOR_PDF,
        vervallen=tuple(replace(melding, ernst="waarschuwing") for melding in vervallen),
    )


def _blokken(tabel: Standaard, profiel: Profiel, gekozen: Set[str]) -> list[Blok]:
    """The blocks of the page, in its order: that of the standard, and for a zorgvraag that of R109.

    What goes along besides, because the record has it, comes last: else nobody could untick it.
    """
    if not profiel.zorgvraag:
        return list(tabel.blokken)
    return [
        *(tabel.blok[naam] for naam in _ZORGVRAAG if naam in tabel.blok),
        *(blok for blok in tabel.blokken if blok.naam in gekozen - {*_ZORGVRAAG}),
    ]


def kies(werk: Werk, leerling_id: str, selectie: Selectie, if_match: str) -> Keuzelijst:
    """Remember the ticks for this pupil (R47b), checked against record, profile and map."""

    def poging() -> None:
        oud, school = werk.lees(leerling_id)
        eis_ongewijzigd(if_match, kaart_etag(oud))
        nieuw = oud.kies(_controleer(werk, oud, eis_standaard(oud, school), selectie))
        mutatie = werk.mutatie(Actie.SELECTIE_OPGESLAGEN, nieuw.onderwerp, profiel=selectie.profiel.value)
        werk.stores.commit(mutatie, oud, nieuw)

    herhaal(poging)
    return toon(werk, leerling_id, selectie.profiel)


def ruimte(gebruikt: int) -> dict[str, int]:
    """Room for the whole dossier in bytes, before anything is refused (15.30, 9b.8)."""
    return {"totaal": MAX_ANTWOORD, "gebruikt": gebruikt, "over": max(0, MAX_ANTWOORD - gebruikt)}


def _controleer(werk: Werk, dossier: Dossier, tabel: Standaard, selectie: Selectie) -> Selectie:
    """The choice as it is remembered, or why it cannot be."""
    record = haal_record(werk, dossier)
    if selectie.blokken is not None:
        controleer_blokken(tabel, selectie.profiel, frozenset(selectie.blokken))
    documenten = werk.stores.documenten(werk.school, dossier.leerling_id)
    mag = {document.id for document in documenten if mag_mee(document)}
    toelichting = [selectie.toelichting] if selectie.toelichting else []
    fout = [
        teksten.melding(code, pad=pad)
        for code, pad, gevraagd, aanwezig in (
            ("TOETS_ONBEKEND", "/toetsen", selectie.toetsen_uit, {merk for merk, _ in toetsen_van(record.dossier)}),
            ("PLAN_ONBEKEND", "/plannen", selectie.plannen_uit, {m for m, _ in plannen_van(record.dossier, tabel)}),
        )
        if not set(gevraagd) <= aanwezig
    ]
    if fout:
        raise Invalid(fout[0].code, fout[0].tekst, fout)
    documentvelden = (("/bijlagen", selectie.bijlagen), ("/toelichtingDocumentId", toelichting))
    weg = [teksten.melding("DOCUMENT_NIET_GEVONDEN", pad=pad) for pad, ids in documentvelden if not set(ids) <= mag]
    if weg:
        raise Invalid("DOCUMENT_NIET_GEVONDEN", meldingen=weg)
    eerder, _ = houdbaar(documenten, record.dossier, tabel, dossier.selectie(selectie.profiel))
    if toelichting and eerder.toelichting not in (None, *toelichting) and not selectie.toelichting_vervangen:
        raise weiger_toelichting("TOELICHTING_BESTAAT_AL")  # one at most, also of those that were chosen (15.30)
    keuze_van(werk, dossier, record.dossier, tabel, selectie)
    eigen = heeft_toelichting(record.dossier)  # else a replacement is done, and says nothing of a later one
    selectie = replace(selectie, toelichting_vervangen=selectie.toelichting_vervangen and eigen)
    return selectie.naast(standaardkeuze(tabel, selectie.profiel, record.dossier))


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
