"""Profiles of a dossier, and what a profile demands of a block (ch. 10, R117-R120).

Which block is Verplicht, Optioneel or Verboden stands in the table of each version of the standard
(`chalicelib.gegevensset`); here are the words and the judgement.
"""

from collections.abc import Mapping, Set
from enum import StrEnum

from chalicelib.errors import Melding, Refused


class Overdrachtsoort(StrEnum):
    """The kinds of exchange, spelled as in the dossier (code list 29); the protocol profile knows the wire value."""

    OVERSTAPDOSSIER = "overstapdossier"
    BINNENBRIN = "overdrachtbinnenbrin"
    SWV = "swv-dossier"


class Profiel(StrEnum):
    """One spelling everywhere (ch. 15, last line)."""

    POPO = "POPO"
    POVO = "POVO"
    VOVO = "VOVO"
    BB_POPO = "BB-POPO"
    BB_POVO = "BB-POVO"
    POSWV = "POSWV"
    VOSWV = "VOSWV"

    @property
    def binnen_brin(self) -> bool:
        return self in (Profiel.BB_POPO, Profiel.BB_POVO)

    @property
    def zorgvraag(self) -> bool:
        return self in (Profiel.POSWV, Profiel.VOSWV)

    @property
    def overstap(self) -> str:
        """The code of `metadata/overstap` (code list 16)."""
        return self.value.removeprefix("BB-")

    @property
    def overdrachtsoort(self) -> Overdrachtsoort:
        """The code of `overdrachtsoort` in the dossier (code list 29)."""
        if self.binnen_brin:
            return Overdrachtsoort.BINNENBRIN
        return Overdrachtsoort.SWV if self.zorgvraag else Overdrachtsoort.OVERSTAPDOSSIER

    @property
    def schermtekst(self) -> str:
        """As screens say it: `overstap POPO`, `binnen brin POPO`."""
        return f"binnen brin {self.overstap}" if self.binnen_brin else f"overstap {self.overstap}"


OVERSTAPPEN = (Profiel.POPO, Profiel.POVO, Profiel.VOVO, Profiel.BB_POPO, Profiel.BB_POVO)


class Eis(StrEnum):
    """What a profile says of a block."""

    VERPLICHT = "VERPLICHT"
    OPTIONEEL = "OPTIONEEL"
    VERBODEN = "VERBODEN"


_WAT_NU = {
    "BLOK_ONBEKEND": "Haal de selectie opnieuw op.",
    "BLOK_VERPLICHT": "Kies dit blok.",
    "BLOK_VERBODEN": "Haal de keuze van dit blok weg.",
}


def controleer_keuze(eisen: Mapping[str, Eis], gekozen: Set[str], labels: Mapping[str, str]) -> None:
    """Raise Refused, naming every block that is missing, forbidden or unknown, if the choice is wrong (R42, R117).

    `labels` are the names that screens give to the blocks of `eisen`.
    """
    redenen = {
        **dict.fromkeys(gekozen - eisen.keys(), ("BLOK_ONBEKEND", "is geen gegevensblok van deze standaardversie")),
        **{
            blok: ("BLOK_VERPLICHT", "is verplicht en kan niet worden weggelaten")
            for blok, eis in eisen.items()
            if eis is Eis.VERPLICHT and blok not in gekozen
        },
        **{
            blok: ("BLOK_VERBODEN", "mag niet worden opgenomen")
            for blok, eis in eisen.items()
            if eis is Eis.VERBODEN and blok in gekozen
        },
    }
    if redenen:
        raise Refused(
            "BLOKKEN_ONJUIST",
            "De keuze van gegevensblokken past niet bij dit profiel.",
            [
                Melding(
                    code,
                    f"Het blok {labels.get(blok, blok)} {waarom}.",
                    pad=f"/blokken/{blok}",
                    wat_nu=_WAT_NU[code],
                )
                for blok, (code, waarom) in sorted(redenen.items())
            ],
        )
