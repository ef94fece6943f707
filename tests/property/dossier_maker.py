"""Arbitrary valid dossiers, built from the table of a version: `make_dossier(standaard, profiel, rng)`.

First a random tree that the schema accepts (`tree_maker.py`); then it is made to obey the rules (`obey.py`).
"""

from random import Random

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.gegevensset.tabel import Standaard
from tests.property.obey import obey
from tests.property.tree_maker import Maker, Waarden


def chosen_blocks(standaard: Standaard, profiel: Profiel, rng: Random, fullness: float) -> frozenset[str]:
    """The mandatory blocks of the profile and a random choice of the optional ones."""
    return frozenset(
        blok.naam
        for blok in standaard.blokken
        if blok.eisen[profiel] is Eis.VERPLICHT
        or (blok.eisen[profiel] is Eis.OPTIONEEL and rng.random() < max(fullness, 0.6))
    )


def make_dossier(standaard: Standaard, profiel: Profiel, rng: Random, fullness: float = 0.4, most: int = 3) -> Waarden:
    """A dossier that `intended` accepts, as the values of the codec."""
    maker = Maker(standaard, profiel, rng, fullness, most)
    return obey(maker.block(standaard.wortel), maker, chosen_blocks(standaard, profiel, rng, fullness))
