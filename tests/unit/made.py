"""A dossier made from the record, card and school of `tests.pupil`, and how to look into it."""

from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving
from chalicelib.gegevensset.keuze import Keuze, standaardkeuze
from chalicelib.gegevensset.samenstellen import (
    Samenstelling,
    stel_samen,
)
from chalicelib.gegevensset.tabel import standaard
from tests.pupil import NOW, NUMBERS, SCHOOL, Waarden, card, record

TABLE = standaard("2019.1")
TODAY = NOW.date()
LEAVING = Uitschrijving(datum=date(2026, 7, 31), advies_vo="40")
PDF = b"%PDF-1.7 verzonnen"


def filled(profiel: Profiel = Profiel.POPO, **fields: Any) -> Dossier:
    """A card that was filled in for a profile."""
    return card(replace(Invulling(binnen_brin=profiel.binnen_brin, uitschrijving=LEAVING), **fields))


def made(
    put: Waarden | None = None, profiel: Profiel = Profiel.POPO, kaart: Dossier | None = None, **without: frozenset[str]
) -> Samenstelling:
    put = record(NUMBERS[0]) if put is None else put
    blocks = standaardkeuze(TABLE, profiel, put) - without.get("without", frozenset())
    return stel_samen(put, TABLE, kaart or filled(profiel), SCHOOL, profiel, Keuze(blocks), TODAY)


def pupil(made_: Samenstelling) -> Waarden:
    found: Waarden = made_.dossier["huidigeschool"]["leerling"]
    return found


def codes(made_: Samenstelling) -> dict[str, int]:
    return {left_out.code: left_out.aantal for left_out in made_.weggelaten}
