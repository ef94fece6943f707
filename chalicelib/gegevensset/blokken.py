"""The gegevensblokken of one dossier: which hold data, a copy without those not chosen, the statuses (R117-R120)."""

from collections.abc import Mapping, Set
from typing import Any

from chalicelib.domain.gegevensblok import Eis, Profiel, controleer_keuze
from chalicelib.gegevensset.tabel import Blok, Standaard

Waarden = dict[str, Any]

_STATUS = {
    (Eis.VERPLICHT, True): "VERPLICHT",
    (Eis.VERPLICHT, False): "VERPLICHT",
    (Eis.OPTIONEEL, True): "OPTIONEEL",
    (Eis.OPTIONEEL, False): "OPT-UIT",
    (Eis.VERBODEN, True): "VERBODEN",
    (Eis.VERBODEN, False): "VERBODEN",
}


def aanwezig(dossier: Waarden, standaard: Standaard) -> frozenset[str]:
    """The names of the blocks of which at least one element is there; an element without content counts."""
    return frozenset(blok.naam for blok in standaard.blokken if any(_heeft(dossier, pad) for pad in blok.paden))


def selecteer(dossier: Waarden, standaard: Standaard, gekozen: Set[str]) -> Waarden:
    """A copy without the data of the blocks that were not chosen; the original is left alone."""
    kopie: Waarden = dossier
    for blok in standaard.blokken:
        if blok.naam not in gekozen:
            kopie = _zonder_blok(kopie, blok)
    return dict(kopie) if kopie is dossier else kopie


def controleer_blokken(standaard: Standaard, profiel: Profiel, gekozen: Set[str]) -> None:
    """Raise Refused("BLOKKEN_ONJUIST"), naming each block as screens do, when the choice does not fit the profile."""
    controleer_keuze(eisen_van(standaard, profiel), gekozen, {blok.naam: blok.label for blok in standaard.blokken})


def eisen_van(standaard: Standaard, profiel: Profiel) -> dict[str, Eis]:
    """What the profile says of each block (R117)."""
    return {blok.naam: blok.eisen[profiel] for blok in standaard.blokken}


def statussen(standaard: Standaard, profiel: Profiel, gekozen: Set[str]) -> dict[str, str]:
    """The 16 values of `categorie_uitlevering`, in the order of the standard: `{"cat_metadata": "VERPLICHT", ...}`.

    An optional block that was chosen is OPTIONEEL, one that was not is OPT-UIT (R119, R120).
    """
    return {f"cat_{blok.naam}": _STATUS[blok.eisen[profiel], blok.naam in gekozen] for blok in standaard.blokken}


def opgenomen(dossier: Waarden, standaard: Standaard) -> tuple[str, ...]:
    """The blocks that were chosen, by the statuses in a dossier that was made."""
    status = dossier["metadata"]["categorie_uitlevering"]
    return tuple(b.naam for b in standaard.blokken if status[f"cat_{b.naam}"] in ("VERPLICHT", "OPTIONEEL"))


def _heeft(dossier: Mapping[str, Any], pad: tuple[str, ...]) -> bool:
    *boven, naam = pad
    plek: Any = dossier
    for stap in boven:
        plek = plek.get(stap, {})
    return naam in plek


def _zonder_blok(dossier: Waarden, blok: Blok) -> Waarden:
    for pad in blok.paden:
        dossier = _zonder(dossier, pad)
    return dossier


def _zonder(waarden: Waarden, pad: tuple[str, ...]) -> Waarden:
    """The same values without what stands at the path; a block that becomes empty by that goes too."""
    naam, *rest = pad
    if naam not in waarden:
        return waarden
    onder = _zonder(waarden[naam], tuple(rest)) if rest else {}
    if rest and (onder or not waarden[naam]):
        return {**waarden, naam: onder}
    return {sleutel: waarde for sleutel, waarde in waarden.items() if sleutel != naam}
