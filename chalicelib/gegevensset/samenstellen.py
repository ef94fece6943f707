"""Make a dossier: record + card + school + choice -> the content that leaves, and what was left out and why.

Pure: values in, values out, nothing of the record is changed. Sources: R31, R36, R51, 15.2, 15.10, 15.11,
15.31-15.34, 15.39, 15.40.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.domain import teksten
from chalicelib.domain.document import in_bestandsnaam
from chalicelib.domain.dossier import Dossier, Overzichtsgegevens
from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.domain.invulling import Invulling, Toestemming
from chalicelib.domain.school import School
from chalicelib.errors import Melding
from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.gegevensset.blokken import aanwezig, selecteer, statussen
from chalicelib.gegevensset.codec import Waarden, encode, kopie
from chalicelib.gegevensset.keuze import Keuze, laat_ongekozen_weg, voeg_documenten_toe
from chalicelib.gegevensset.tabel import Standaard
from chalicelib.gegevensset.voorrang import contact_wijkt_af, wijkt_af, zet_school
from chalicelib.gegevensset.waarde import dag as als_dag
from chalicelib.gegevensset.weglaten import VERBODEN, Weglating, leerling_van, oude_toetsen

PAKKETNAAM = "OSO-uitwisseldienst"
PAKKETVERSIE = "0.1.0"
EIGEN_PDF = "Dit dossier als PDF"
_LANGSTE_NAAM, _IN_BESTANDSNAAM = 300, 100

_CONTACT = ("contactnodig", "contactpersoon", "contacttelefoon", "contactemail")
_TOESTEMMING = {Toestemming.JA: "Ja", Toestemming.NEE: "Nee", Toestemming.ONBEKEND: "Onbekend"}


@dataclass(frozen=True)
class Samenstelling:
    """The content of a version, before our own PDF is added to it."""

    dossier: Waarden
    weggelaten: tuple[Weglating, ...]
    meldingen: tuple[Melding, ...]


def stel_samen(
    record: Waarden, tabel: Standaard, kaart: Dossier, school: School, profiel: Profiel, keuze: Keuze, op: date
) -> Samenstelling:
    """The content of a new version for `profiel`, made on `op`."""
    blokken = keuze.blokken
    dossier = kopie(selecteer(record, tabel, blokken))
    weggelaten = [
        Weglating(f"/blokken/{blok}", 1, *_waarom_geen_blok(tabel, profiel, blok))
        for blok in sorted(aanwezig(record, tabel) - blokken - {"ouderinzage"})
    ]
    weggelaten += oude_toetsen(dossier, profiel, op)  # first: who sends back the page unticks them too
    weggelaten += laat_ongekozen_weg(dossier, tabel, keuze)
    weggelaten += voeg_documenten_toe(dossier, tabel, keuze)
    dossier["metadata"] = _metadata(record, tabel, profiel, blokken, op)
    dossier["overdrachtsoort"] = profiel.overdrachtsoort.value
    meldingen = [*zet_school(dossier["huidigeschool"], school, tabel), *_zet_kaart(dossier, kaart, tabel, blokken)]
    for verwijder in VERBODEN:
        weggelaten += verwijder(dossier, profiel, op)
    _zet_zorg(dossier, tabel, profiel)
    _zet_inzage(dossier, kaart, profiel, blokken)
    if "overstapadvies" in blokken and not profiel.zorgvraag:  # of a zorgvraag the card says nothing
        advies = leerling_van(dossier).get("overstapadvies", {})
        meldingen += contact_wijkt_af(advies, _contact(kaart.invulling, school), tabel)
    _zet_contact(dossier, kaart.invulling, school, blokken)
    return Samenstelling(dossier, tuple(weggelaten), tuple(meldingen))


@dataclass(frozen=True)
class Aandacht:
    """Other aandachtspunten, which make a version on `op` (15.2); where the card has none, those of the record."""

    op: date
    van_record: str | None = None


def verwerk(dossier: Waarden, kaart: Dossier, school: School, aandacht: Aandacht | None = None) -> Waarden:
    """A collected dossier with inzage and contact, and where asked aandachtspunten, as the card has them now (R31)."""
    assert kaart.versie is not None
    nieuw = zonder_pdf(dossier, kaart.versie.blokken)
    blokken = kaart.versie.blokken
    if aandacht:
        nieuw["metadata"]["datum"] = aandacht.op.isoformat()
    if aandacht and (blokken := met_aandachtspunten(kaart)) != kaart.versie.blokken:
        nieuw["metadata"]["categorie_uitlevering"]["cat_overstapadvies"] = "OPTIONEEL"
    if aandacht and "overstapadvies" in blokken:
        advies = leerling_van(nieuw).setdefault("overstapadvies", {})
        _zet(advies, "aandachtspunten", kaart.invulling.aandachtspunten or aandacht.van_record)
    _zet_contact(nieuw, kaart.invulling, school, blokken)
    _zet_inzage(nieuw, kaart, kaart.versie.profiel, blokken)
    return nieuw


def met_aandachtspunten(kaart: Dossier) -> tuple[str, ...]:
    """The blocks of the collected version; a text forces Overstapadvies on (15.2)."""
    assert kaart.versie is not None
    erbij = {"overstapadvies"} if kaart.invulling.aandachtspunten else set[str]()
    return tuple(sorted({*kaart.versie.blokken, *erbij}))


def met_pdf(dossier: Waarden, pdf: bytes, naam: str) -> Waarden:
    """The dossier with its own PDF as the last bijlage (R51)."""
    nieuw = kopie(dossier)
    lijst = leerling_van(nieuw).setdefault("overigdocumentlijst", {"document": []})
    lijst["document"].append(maak_bijlage(naam, pdf, EIGEN_PDF))
    return nieuw


def zonder_pdf(dossier: Waarden, blokken: Collection[str]) -> Waarden:
    """The dossier of a version as it was before its own PDF was added: the last bijlage, if Bijlages was on (R51).

    Not recognised by its description: a record may hold the PDF of an earlier exchange under the same one.
    """
    nieuw = kopie(dossier)
    if "bijlagedocs" not in blokken:
        return nieuw
    leerling = leerling_van(nieuw)
    documenten = leerling["overigdocumentlijst"]["document"]
    documenten.pop()
    if not documenten:
        del leerling["overigdocumentlijst"]
    return nieuw


def pdf_naam(dossier: Waarden, op: date) -> str:
    """R51: `OSO-{BRIN}-{voornaam}-{achternaam}-{jjjj-mm-dd}.pdf`. It travels inside the dossier alone."""
    leerling = leerling_van(dossier)
    voornaam = leerling.get("roepnaam") or " ".join(leerling.get("voornaam", []))
    namen = (voornaam[:_IN_BESTANDSNAAM], leerling["achternaam"][:_IN_BESTANDSNAAM])
    delen = ("OSO", dossier["huidigeschool"]["brincode"], *namen, op.isoformat())
    return in_bestandsnaam("-".join(delen)) + ".pdf"


def inhoud_hash(dossier: Waarden, tabel: Standaard) -> str:
    """SHA-256 of what the parents see and judge, before our own PDF is added: without inzage and contact (15.40)."""
    kern = kopie(dossier)
    kern.pop("inzage", None)
    advies = leerling_van(kern).get("overstapadvies", {})
    for veld in _CONTACT:
        advies.pop(veld, None)
    return hashlib.sha256(encode(kern, tabel.versie)).hexdigest()


def naam_van(record: Waarden) -> str:
    """ "Roepnaam Achternaam", as in all texts of the manual (R10). The standard knows no longest name, a card does."""
    leerling = leerling_van(record)
    roepnaam = leerling.get("roepnaam") or next(iter(leerling.get("voornaam", [])), "")
    return " ".join(filter(None, (roepnaam, leerling.get("voorvoegsel"), leerling["achternaam"])))[:_LANGSTE_NAAM]


def nummer_van(record: Waarden) -> tuple[str, str] | None:
    """The element (`bsn` or `onderwijsnummer`) and the digits of the pupil's number, if the record has one."""
    leerling = leerling_van(record)
    return next(((veld, leerling[veld]) for veld in ("bsn", "onderwijsnummer") if veld in leerling), None)


def overzicht_van(record: Waarden, portaal: Mapping[str, Any]) -> Overzichtsgegevens:
    """What the overview shows of a record (R82, R83); a time zone behind a date is dropped."""
    leerling = leerling_van(record)

    def dag(veld: str) -> date | None:
        return als_dag(leerling[veld]) if veld in leerling else None

    return Overzichtsgegevens(
        roepnaam=leerling["roepnaam"][:_LANGSTE_NAAM] if "roepnaam" in leerling else None,
        achternaam=leerling["achternaam"][:_LANGSTE_NAAM],
        geboortedatum=dag("geboortedatum"),
        datum_inschrijving=dag("datuminschrijving"),
        status=portaal.get("status"),
        leerjaar=portaal.get("leerjaar"),
        groep=portaal.get("groep"),
        voorvoegsel=leerling["voorvoegsel"][:_LANGSTE_NAAM] if "voorvoegsel" in leerling else None,
        datum_uitschrijving=dag("datumuitschrijving"),
    )


def _zet(waarden: Waarden, naam: str, waarde: Any) -> None:
    """Set a value, or take the element out when there is none."""
    if waarde in (None, ""):
        waarden.pop(naam, None)
    else:
        waarden[naam] = waarde


def _waarom_geen_blok(tabel: Standaard, profiel: Profiel, blok: str) -> tuple[str, str]:
    if tabel.blok[blok].eisen[profiel] is Eis.VERBODEN:
        return "BLOK_VERBODEN", f"{tabel.blok[blok].label} mag niet in een dossier voor {profiel.schermtekst}."
    return "BLOK_NIET_GEKOZEN", f"{tabel.blok[blok].label} is niet gekozen."


def _metadata(record: Waarden, tabel: Standaard, profiel: Profiel, keuze: Set[str], op: date) -> Waarden:
    deel = record.get("metadata", {}).get("deeldossier")
    return {
        "deeldossier": deel if deel in ("LAS", "LASLVS") else "LAS",
        "pakketnaam": PAKKETNAAM,
        "pakketversie": PAKKETVERSIE,
        "datum": op.isoformat(),
        "standaardversie": tabel.versie,
        "validatieversie": tabel.validatieversie,
        "categorie_uitlevering": statussen(tabel, profiel, keuze),
        "overstap": profiel.overstap,
    }


def kent_aandachtspunten(tabel: Standaard) -> bool:
    """Whether this version of the standard has the field (15.2: not in 2018.1)."""
    leerling = tabel.wortel.bij_naam["huidigeschool"].bij_naam["leerling"]
    return "aandachtspunten" in leerling.bij_naam["overstapadvies"].bij_naam


def _zet_kaart(dossier: Waarden, kaart: Dossier, tabel: Standaard, blokken: Collection[str]) -> Iterator[Melding]:
    """The card over the record; a field that the card leaves open stays as the record has it (15.39)."""
    leerling = leerling_van(dossier)
    uit = kaart.invulling.uitschrijving
    velden: list[tuple[Waarden, str, str | None]] = [
        (leerling, "datumuitschrijving", uit.datum.isoformat() if uit.datum else None)
    ]
    if "overstapadvies" in blokken:
        advies = leerling.setdefault("overstapadvies", {})
        velden += [
            (advies, "advies", uit.advies_vo),
            (advies, "herzienadvies", uit.herzien_advies_vo),
            (advies, "motivatie_herzienadvies", uit.motivatie_herzien_advies),
        ]
        if kent_aandachtspunten(tabel):
            velden.append((advies, "aandachtspunten", kaart.invulling.aandachtspunten))
    if kaart.invulling.aandachtspunten and not kent_aandachtspunten(tabel):
        yield teksten.niet_verstuurd()
    for waarden, veld, waarde in velden:
        if waarde is None:
            continue
        if waarden.get(veld, waarde) != waarde:
            plaats = (veld,) if waarden is leerling else ("overstapadvies", veld)
            waar = "Aandachtspunten" if veld == "aandachtspunten" else "Uitschrijving en vervolgonderwijs"
            yield wijkt_af(tabel, ("huidigeschool", "leerling", *plaats), waarden[veld], waarde, waar)
        waarden[veld] = waarde
    leerling.setdefault("leerlingid", kaart.leerling_id)


def _zet_zorg(dossier: Waarden, tabel: Standaard, profiel: Profiel) -> None:
    """Zorg & Begeleiding is mandatory in an overstapdossier of 2018.1 (R118): without any care it is there, and empty.

    A zorgvraag without it says nothing, and is refused instead (R117).
    """
    blok = tabel.blok.get("zorgenbegeleiding")
    verplicht = blok is not None and blok.eisen[profiel] is Eis.VERPLICHT and not profiel.zorgvraag
    if verplicht and "zorgenbegeleiding" not in aanwezig(dossier, tabel):
        leerling_van(dossier)["zorg"] = {}


def _zet_contact(dossier: Waarden, invulling: Invulling, school: School, blokken: Collection[str]) -> None:
    """Contact nodig with the director's name and phone (R64, R86): part of the block Overstapadvies."""
    if "overstapadvies" not in blokken:
        return
    advies, contact = leerling_van(dossier).setdefault("overstapadvies", {}), _contact(invulling, school)
    for veld in _CONTACT:
        _zet(advies, veld, contact.get(veld))


def _contact(invulling: Invulling, school: School) -> dict[str, str | None]:
    """The contact fields as card and school have them, which is how they travel (R86)."""
    if not invulling.contact_nodig:
        return {"contactnodig": "false"}
    wie = (school.naam_directeur, school.telefoon_directeur, school.email)
    return dict(zip(_CONTACT, ("true", *wie), strict=True))


def _zet_inzage(dossier: Waarden, kaart: Dossier, profiel: Profiel, keuze: Collection[str]) -> None:
    """The block Ouderinzage as the card has it now (R31, 15.9-15.11)."""
    dossier.pop("inzage", None)
    if "ouderinzage" not in keuze:
        return
    invulling, inzage = kaart.invulling, kaart.invulling.inzage
    blok = {"voorlopigdossier": "true" if invulling.voorlopig_dossier else "false"}
    blok["inzage"] = "true" if inzage.gegeven else "false"
    if inzage.gegeven and inzage.datum:
        akkoord = inzage.akkoord(kaart.overzicht.geboortedatum)
        blok |= {"inzagedatum": inzage.datum.isoformat(), "akkoord": akkoord}
        _zet(blok, "redennietakkoord", inzage.reden_niet_akkoord if akkoord == "Nee" else None)
    if profiel is Profiel.VOVO:
        blok["toestemming"] = _TOESTEMMING[invulling.toestemming]
    dossier["inzage"] = blok
