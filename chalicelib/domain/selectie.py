"""What an employee chose to collect for a pupil, remembered per profile (R43, R46, R47, R47b)."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from chalicelib.domain.gegevensblok import Eis, Profiel

_TOETSEN = "toetsresultaten"
_ANDERE_NAAM = {"onderwijsondersteuning": "zorgenbegeleiding", "zorgenbegeleiding": "onderwijsondersteuning"}
"""One block, by its name in 2018.1 and since (R118): who left it out, left it out under both."""


@dataclass(frozen=True)
class Selectie:
    """The ticks for one profile. What was unticked is kept, so that new tests and plans are on by themselves (R43)."""

    profiel: Profiel
    blokken: tuple[str, ...] | None = None
    """The blocks that were on when it was saved; None: all as by default. A row of before knows this alone."""
    toetsen_uit: tuple[str, ...] = ()
    plannen_uit: tuple[str, ...] = ()
    bijlagen: tuple[str, ...] = ()
    toelichting: str | None = None
    toelichting_vervangen: bool = False
    blokken_aan: tuple[str, ...] = ()
    """Ticked though off by default."""
    blokken_uit: tuple[str, ...] = ()
    """Unticked though on by default."""

    def gekozen(self, eisen: Mapping[str, Eis], standaardkeuze: Set[str]) -> frozenset[str]:
        """The blocks that are on under these demands, whichever version of the standard they were chosen under.

        What is mandatory is on, what is forbidden or unknown here counts for nothing (R42, R118).
        """
        wil = self._wil(standaardkeuze)
        optioneel = {blok for blok, eis in eisen.items() if eis is Eis.OPTIONEEL}
        verplicht = {blok for blok, eis in eisen.items() if eis is Eis.VERPLICHT}
        return frozenset(verplicht | (optioneel & wil))

    def _wil(self, standaardkeuze: Set[str]) -> Set[str]:
        if self.blokken is None or self._anders:
            return (standaardkeuze - _onder_elke_naam(self.blokken_uit)) | _onder_elke_naam(self.blokken_aan)
        return _onder_elke_naam(self.blokken)

    @property
    def _anders(self) -> bool:
        return bool(self.blokken_aan or self.blokken_uit)

    def naast(self, standaardkeuze: Set[str]) -> "Selectie":
        """The same as it is kept: how its blocks differ from what is on by default."""
        if self.blokken is None:
            return self
        aan = tuple(sorted(set(self.blokken) - standaardkeuze))
        uit = tuple(sorted(standaardkeuze - set(self.blokken)))
        return replace(self, blokken=self.blokken if aan or uit else None, blokken_aan=aan, blokken_uit=uit)

    @property
    def documenten(self) -> bool:
        """Whether anything was chosen from the leerlingmap."""
        return bool(self.bijlagen or self.toelichting)

    def alle_toetsen(self) -> "Selectie":
        """The same, with every niet-methodetoets (R79)."""
        blokken = None if self.blokken is None else tuple(sorted({*self.blokken, _TOETSEN}))
        aan = (*self.blokken_aan, _TOETSEN) if self._anders else ()
        return replace(self, blokken=blokken, blokken_aan=aan, toetsen_uit=())

    def zonder_document(self, id_: str) -> "Selectie":
        """The same without a document of the leerlingmap."""
        bijlagen = tuple(een for een in self.bijlagen if een != id_)
        return replace(self.zonder_toelichting() if self.toelichting == id_ else self, bijlagen=bijlagen)

    def zonder_toelichting(self) -> "Selectie":
        """The same without a Toelichting from the leerlingmap."""
        return replace(self, toelichting=None, toelichting_vervangen=False)


def _onder_elke_naam(blokken: Iterable[str]) -> set[str]:
    return {naam for blok in blokken for naam in (blok, _ANDERE_NAAM.get(blok, blok))}
