"""Cards in every state, of the pupil of `tests.pupil`."""

from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.domain.dossier import Dossier, Versie
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import BinnenBrinDoel, Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from tests.pupil import NOW, SCHOOL, card

TODAY = NOW.date()
LEAVING = Uitschrijving(datum=date(2026, 7, 31), advies_vo="40", vervolgschool=Vervolgschool("99EF", "Het Schijnpad"))
YES = Inzage(Inzagewaarde.JA, TODAY)
PLATFORM = BinnenBrinDoel.REGIONAAL_PLATFORM


def version(profiel: Profiel = Profiel.POPO, number: int = 1) -> Versie:
    return Versie(number, profiel, "2019.1", "map", "i" * 64, "v" * 64, NOW, "r")


def collected(profiel: Profiel = Profiel.POPO, **filled: Any) -> Dossier:
    """A card of which a version was collected today."""
    invulling = Invulling(binnen_brin=profiel.binnen_brin, uitschrijving=LEAVING)
    return card(replace(invulling, **filled)).verzamel(version(profiel))


def ready(profiel: Profiel = Profiel.POPO, **filled: Any) -> Dossier:
    """A card that is open for fetching."""
    seen = {} if profiel.binnen_brin else {"inzage": YES}
    before = collected(profiel)
    filled_in, _ = before.vul_in(replace(before.invulling, **{**filled, **seen}), NOW)
    return filled_in.zet_klaar(SCHOOL, NOW)


def change(dossier: Dossier, **fields: Any) -> Invulling:
    """What stands on the card, with other values; those of uitschrijving by their own name."""
    away = {name: fields.pop(name) for name in tuple(fields) if name in Uitschrijving.__dataclass_fields__}
    return replace(dossier.invulling, **{**fields, "uitschrijving": replace(dossier.invulling.uitschrijving, **away)})


BB = Profiel.BB_POPO
PLATFORM = BinnenBrinDoel.REGIONAAL_PLATFORM
DISAGREED = Inzage(Inzagewaarde.NIET_AKKOORD, TODAY, "Proef")
