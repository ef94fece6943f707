"""What an employee chose to collect for a pupil, remembered per profile (R43, R46, R47, R47b)."""

from collections.abc import Set
from dataclasses import dataclass

from chalicelib.domain.gegevensblok import Profiel


@dataclass(frozen=True)
class Selectie:
    """The ticks for one profile. What was unticked is kept, so that new tests and plans are on by themselves (R43)."""

    profiel: Profiel
    blokken: tuple[str, ...] | None = None
    """The blocks that are on; None: nobody chose, the defaults hold."""
    toetsen_uit: tuple[str, ...] = ()
    plannen_uit: tuple[str, ...] = ()
    bijlagen: tuple[str, ...] = ()
    toelichting: str | None = None
    toelichting_vervangen: bool = False

    def gekozen(self, standaardkeuze: Set[str]) -> frozenset[str]:
        """The blocks that are on."""
        return frozenset(standaardkeuze if self.blokken is None else self.blokken)

    def alle_toetsen(self) -> "Selectie":
        """The same, with every niet-methodetoets (R79)."""
        return Selectie(
            self.profiel,
            None if self.blokken is None else tuple(sorted({*self.blokken, "toetsresultaten"})),
            (),
            self.plannen_uit,
            self.bijlagen,
            self.toelichting,
            self.toelichting_vervangen,
        )
