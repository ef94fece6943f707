"""What may not travel: each step takes it out of a dossier that is being made, and says so (15.31-15.33)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.domain import teksten
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.termijnen import toets_venster
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.waarde import dag

GEHEIME_TELEFOON = "9999999999"
GEHEIME_MAIL = "geheim@geheim.geheim"


@dataclass(frozen=True)
class Weglating:
    """Something of the record that does not travel: where, how many, and why in Dutch."""

    pad: str
    aantal: int
    code: str
    reden: str


def leerling_van(dossier: Waarden) -> Waarden:
    """The block of the pupil."""
    leerling: Waarden = dossier["huidigeschool"]["leerling"]
    return leerling


def _verboden_velden(dossier: Waarden, profiel: Profiel, op: date) -> Iterator[Weglating]:
    """OVa.LL03, LL07, LL10, LL11 (15.33); OVa.ZB02; OG.05."""
    leerling = leerling_van(dossier)
    plekken: tuple[tuple[Waarden, str, str], ...] = (
        (leerling, "", "geboortemaand"),
        (leerling, "", "postcode4adres"),
        (leerling, "", "geboorteplaats"),
        (leerling, "", "nationaliteit"),
        (leerling.get("zorg", {}), "zorg/", "vir"),
        (leerling.get("huisarts", {}), "huisarts/", "roepnaam"),
        (leerling.get("huisarts", {}), "huisarts/", "geslacht"),
    )
    for waarden, plek, veld in plekken:
        if veld in waarden:
            weg = waarden.pop(veld)
            yield _verboden(f"{plek}{veld}", len(weg) if isinstance(weg, list) else 1)


def _verboden(plek: str, aantal: int = 1) -> Weglating:
    pad = f"/dossier/huidigeschool/leerling/{plek}"
    return Weglating(pad, aantal, "VELD_VERBODEN", "Dit gegeven mag niet in een overstapdossier staan.")


def _geheime_adressen(dossier: Waarden, profiel: Profiel, op: date) -> Iterator[Weglating]:
    """OVa.LL06, LL09, OV03 and OG.05 for the huisarts (15.32)."""
    leerling = leerling_van(dossier)
    personen = [("", leerling), ("huisarts", leerling.get("huisarts", {}))]
    personen += [(f"verzorger[{n}]", verzorger) for n, verzorger in enumerate(leerling.get("verzorger", []), 1)]
    for plek, persoon in personen:
        if persoon.get("adresgeheim") not in ("true", "1"):
            continue
        if plek == "huisarts":
            del persoon["adresgeheim"]
            yield _verboden("huisarts/adresgeheim")
        for veld in ("adreslijst", "adresbuitenland"):
            if veld in persoon:
                del persoon[veld]
                pad = "/".join(filter(None, ("/dossier/huidigeschool/leerling", plek, veld)))
                yield Weglating(pad, 1, "ADRES_GEHEIM", "Het adres is geheim en reist niet mee.")


def _geheime_nummers(dossier: Waarden, profiel: Profiel, op: date) -> Iterator[Weglating]:
    """OVa.LL08, OV04: every communicatie in the file, wherever it stands (15.32)."""
    aantal = 0
    for communicatie in _communicaties(dossier):
        geheim = GEHEIME_TELEFOON if communicatie.get("soort") == "telefoon" else GEHEIME_MAIL
        if communicatie.get("geheim") in ("true", "1") and communicatie.get("nummer") != geheim:
            communicatie["nummer"] = geheim
            aantal += 1
    if aantal:
        yield Weglating("//communicatie/nummer", aantal, "NUMMER_GEHEIM", "Geheime nummers en adressen zijn vervangen.")


def _communicaties(waarde: Any) -> Iterator[Waarden]:
    if isinstance(waarde, list):
        for deel in waarde:
            yield from _communicaties(deel)
    elif isinstance(waarde, dict):
        for naam, deel in waarde.items():
            if naam == "communicatie":
                yield from deel
            else:
                yield from _communicaties(deel)


def oude_toetsen(dossier: Waarden, profiel: Profiel, op: date) -> Iterator[Weglating]:
    """OVa.TR04: a POVO dossier holds tests of this and the two previous school years only (15.31)."""
    leerling = leerling_van(dossier)
    toetsen = leerling.get("toetslijst", {}).get("toets", [])
    if profiel.overstap != "POVO" or not toetsen:
        return
    vanaf = toets_venster(op)
    blijft = [t for t in toetsen if dag(t["afname"]["afnamedatum"]) >= vanaf]
    if weg := len(toetsen) - len(blijft):
        leerling["toetslijst"] = {"toets": blijft}
        if not blijft:
            del leerling["toetslijst"]
        reden = f"{weg} toetsen van voor {teksten.datum_tekst(vanaf)} weggelaten."
        yield Weglating("/dossier/huidigeschool/leerling/toetslijst/toets", weg, "TOETS_TE_OUD", reden)


def _alleen_buiten_swv(dossier: Waarden, profiel: Profiel, op: date) -> Iterator[Weglating]:
    """PaO.LL12, PaO.OV05, PaO.ZB02: no number of the pupil, bank account or ZAT in a dossier for an SWV (15.34)."""
    if not profiel.zorgvraag:
        return
    leerling = leerling_van(dossier)
    plekken = [("", leerling, ("bsn", "onderwijsnummer")), ("zorg/", leerling.get("zorg", {}), ("zat",))]
    plekken += [
        (f"verzorger[{n}]/", verzorger, ("banknummer", "iban"))
        for n, verzorger in enumerate(leerling.get("verzorger", []), 1)
    ]
    for plek, waarden, velden in plekken:
        for veld in velden:
            if veld in waarden:
                del waarden[veld]
                pad = f"/dossier/huidigeschool/leerling/{plek}{veld}"
                yield Weglating(pad, 1, "VELD_VERBODEN", "Dit gegeven mag niet naar een samenwerkingsverband.")


VERBODEN: tuple[Callable[[Waarden, Profiel, date], Iterator[Weglating]], ...] = (
    _verboden_velden,
    _geheime_adressen,
    _geheime_nummers,
    _alleen_buiten_swv,
)
