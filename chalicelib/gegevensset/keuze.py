"""What of a record was chosen: blocks, tests, plans, and documents of the leerlingmap (R43-R47a, 15.30, 15.31)."""

import hashlib
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.gegevensset.blokken import aanwezig
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.tabel import Standaard
from chalicelib.gegevensset.weglaten import Weglating, leerling_van


@dataclass(frozen=True)
class Keuze:
    """What to collect: the blocks, the tests and plans that stay behind (by `merk`), and documents from the map."""

    blokken: frozenset[str]
    toetsen_uit: frozenset[str] = frozenset()
    plannen_uit: frozenset[str] = frozenset()
    bijlagen: tuple[Waarden, ...] = field(default=(), repr=False)
    toelichting: Waarden | None = field(default=None, repr=False)


def standaardkeuze(tabel: Standaard, profiel: Profiel, record: Waarden) -> frozenset[str]:
    """The blocks that are ticked when nobody chose (R41, R43).

    All that the profile allows. Inzage does not exist binnen brin (R57), and a primary school has no
    Cijferlijsten and no VO-MBO to offer (R41): those are ticked only when the record holds them. A zorgvraag goes
    without Verzuim and Eindtoets (R109), and without Ouderinzage unless that is recorded (15.22-15.26).
    """
    vol = aanwezig(record, tabel)
    zelden = {"cijferlijsten", "vombo"} - vol
    if profiel.binnen_brin:
        zelden |= {"ouderinzage"}
    if profiel.zorgvraag:
        zelden |= {"ouderinzage", "verzuim", "eindtoetsbo"}
    return frozenset(b.naam for b in tabel.blokken if b.eisen[profiel] is not Eis.VERBODEN and b.naam not in zelden)


def toetsen_van(record: Waarden) -> list[tuple[str, Waarden]]:
    """The niet-methodetoetsen of a record, each with its `merk`."""
    return _met_merk(leerling_van(record).get("toetslijst", {}).get("toets", []))


def plannen_van(record: Waarden, tabel: Standaard) -> list[tuple[str, Waarden]]:
    """The handelingsplannen of a record, each with its `merk`."""
    houder, veld = _plannen(record, tabel)
    return _met_merk(houder.get(veld, []))


def _plannen(record: Waarden, tabel: Standaard) -> tuple[Waarden, str]:
    """Where the plans stand: inside onderwijsondersteuning since 2019.1, in a list of their own before."""
    *boven, veld = tabel.blok["handelingsplannen"].paden[0]
    houder: Waarden = record
    for naam in boven:
        houder = houder.get(naam, {})
    return (houder, veld) if veld == "handelingsplan" else (houder.get(veld, {}), "handelingsplan")


def _met_merk(delen: list[Waarden]) -> list[tuple[str, Waarden]]:
    """A name for each part that follows from its content alone, so that it survives another order."""
    gezien: dict[str, int] = {}
    uit = []
    for deel in delen:
        merk = hashlib.sha256(json.dumps(deel, sort_keys=True).encode()).hexdigest()[:16]
        gezien[merk] = gezien.get(merk, 0) + 1
        uit.append((f"{merk}-{gezien[merk]}", deel))
    return uit


def laat_ongekozen_weg(dossier: Waarden, tabel: Standaard, keuze: Keuze) -> Iterator[Weglating]:
    """Take out the tests and plans that were unticked (R46, R47)."""
    leerling = leerling_van(dossier)
    plannen, veld = _plannen(dossier, tabel)
    for houder, naam, uit, wat in (
        (leerling.get("toetslijst", {}), "toets", keuze.toetsen_uit, "toetsen"),
        (plannen, veld, keuze.plannen_uit, "plannen"),
    ):
        delen = houder.get(naam, [])
        blijft = [deel for merk, deel in _met_merk(delen) if merk not in uit]
        if weg := len(delen) - len(blijft):
            houder[naam] = blijft
            yield Weglating(f"/blokken/{wat}", weg, "NIET_GEKOZEN", f"{weg} {wat} niet gekozen.")
            if not blijft:
                _ruim_leeg_op(leerling, houder, naam)


def _ruim_leeg_op(leerling: Waarden, houder: Waarden, naam: str) -> None:
    """A list element must hold one or more: an empty one goes, with its wrapper."""
    del houder[naam]
    for lijst in ("toetslijst", "handelingsplanlijst"):
        if leerling.get(lijst) == {}:
            del leerling[lijst]


def voeg_documenten_toe(dossier: Waarden, tabel: Standaard, keuze: Keuze) -> Iterator[Weglating]:
    """Documents of the leerlingmap: bijlagen, and the one Toelichting onderwijsbehoeften (R45, R47a, 15.30).

    A document whose block is not ticked stays behind.
    """
    leerling = leerling_van(dossier)
    for blok, aantal in (("bijlagedocs", len(keuze.bijlagen)), ("onderwijsondersteuning", bool(keuze.toelichting))):
        if aantal and blok in tabel.blok and blok not in keuze.blokken:
            reden = f"{tabel.blok[blok].label} is niet gekozen."
            yield Weglating("/blokken/documenten", int(aantal), "BLOK_NIET_GEKOZEN", reden)
    if keuze.bijlagen and "bijlagedocs" in keuze.blokken:
        lijst = leerling.setdefault("overigdocumentlijst", {"document": []})
        lijst["document"].extend(deepcopy(list(keuze.bijlagen)))
    if keuze.toelichting and kent_toelichting(tabel) and "onderwijsondersteuning" in keuze.blokken:
        onderdeel = leerling.setdefault("onderwijsondersteuning", {})
        onderdeel["toelichting_onderwijsbehoeften"] = {"document": deepcopy(keuze.toelichting)}


def kent_toelichting(tabel: Standaard) -> bool:
    """Whether this version of the standard has Toelichting onderwijsbehoeften (since 2019.1)."""
    leerling = tabel.wortel.bij_naam["huidigeschool"].bij_naam["leerling"]
    return "onderwijsondersteuning" in leerling.bij_naam


def heeft_toelichting(record: Waarden) -> bool:
    """Whether the record brings a Toelichting onderwijsbehoeften of its own."""
    return "toelichting_onderwijsbehoeften" in leerling_van(record).get("onderwijsondersteuning", {})
