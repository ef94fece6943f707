"""A school as this service knows it: one vestiging, its settings and its aanleverpunten (ch. 1, ch. 13)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.mutatielog import Kop
from chalicelib.domain.nummers import Aanleverpunt, Vestiging


@dataclass(frozen=True)
class Adres:
    """The visiting address of a school."""

    straat: str
    nummer: str
    postcode: str
    plaats: str
    toevoeging: str | None = None


@dataclass(frozen=True)
class Teststap:
    """One step of the testuitwisseling."""

    stap: str
    gelukt: bool
    tekst: str
    code: str | None = None


@dataclass(frozen=True)
class Testuitwisseling:
    """The last exchange with the test school (R1, 15.43)."""

    op: datetime
    gelukt: bool
    stappen: tuple[Teststap, ...] = ()


@dataclass(frozen=True)
class School:
    """One vestiging. `soort` as OSO writes it (BO, SBO, SO, VO …); `version` is the optimistic lock."""

    vestiging: Vestiging
    naam: str = ""
    soort: str | None = None
    adres: Adres | None = None
    telefoon: str | None = None
    email: str | None = None
    naam_directeur: str | None = None
    telefoon_directeur: str | None = None
    aangesloten_op_regionaal_initiatief: bool = False
    standaardversie: str = "2019.1"
    aanleverpunten: tuple[Aanleverpunt, ...] = ()
    testuitwisseling: Testuitwisseling | None = None
    version: int = 0
    kop: Kop = field(default_factory=Kop)

    @property
    def onderwerp(self) -> str:
        """The name of this school's own chain in the mutatielog."""
        return f"SCHOOL#{self.vestiging}"

    @property
    def aanleverpunt(self) -> Aanleverpunt | None:
        """The aanleverpunt that this school speaks from: the lowest one registered (R66)."""
        return min(self.aanleverpunten, key=lambda punt: (len(punt.nummer), punt.nummer), default=None)

    @property
    def directeur_bekend(self) -> bool:
        """Whether there is a name and a phone for "contact nodig" (R64); a row of before may hold spaces."""
        return all((tekst or "").strip() for tekst in (self.naam_directeur, self.telefoon_directeur))

    def wijzig(self, **velden: Any) -> "School":
        """The school with other settings, one version further."""
        return replace(self, **velden, version=self.version + 1)

    def registreer(self, punt: Aanleverpunt) -> "School":
        """The school with this aanleverpunt registered (R4); again is the same (15.1)."""
        return self.wijzig(aanleverpunten=tuple(sorted({*self.aanleverpunten, punt})))

    def meld_af(self, punt: Aanleverpunt) -> "School":
        """The school without this aanleverpunt (15.1)."""
        return self.wijzig(aanleverpunten=tuple(p for p in self.aanleverpunten if p != punt))
