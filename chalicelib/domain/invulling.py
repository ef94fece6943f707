"""What an employee fills in on the card of an overstapdossier (R11-R27, R73, 15.10)."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chalicelib.domain.inzage import Inzage


class BinnenBrinDoel(StrEnum):
    """R73: for whom a dossier within the BRIN is set ready."""

    NEVENVESTIGING = "NEVENVESTIGING"
    REGIONAAL_PLATFORM = "REGIONAAL_PLATFORM"


class Toestemming(StrEnum):
    """15.10: whether the verzorgers agree with the transfer of what asks their consent."""

    JA = "JA"
    NEE = "NEE"
    ONBEKEND = "ONBEKEND"


@dataclass(frozen=True)
class Vervolgschool:
    """R24. `brin` has four or six characters."""

    brin: str
    naam: str | None = None


@dataclass(frozen=True)
class Uitschrijving:
    """Section Uitschrijving en vervolgonderwijs (R19-R27)."""

    datum: date | None = None
    reden: str | None = None
    toelichting: str | None = None
    advies_vo: str | None = None
    herzien_advies_vo: str | None = None
    motivatie_herzien_advies: str | None = None
    vervolgschool: Vervolgschool | None = None
    onderwijssoort: str | None = None
    niveau_na_tweede_jaar_vo: str | None = None
    doublure_voor_derde_jaar_vo: str | None = None

    @property
    def brin_vervolgschool(self) -> str | None:
        """Who may fetch; the name of a school opens and closes nothing (15.35)."""
        return self.vervolgschool.brin if self.vervolgschool else None

    @property
    def in_dossier(self) -> tuple[object, ...]:
        """The part that is content: changing it after collecting asks for a new collection (15.39)."""
        return (self.datum, self.advies_vo, self.herzien_advies_vo, self.motivatie_herzien_advies)


@dataclass(frozen=True)
class Invulling:
    """All that an employee fills in on the card (R11-R27)."""

    contact_nodig: bool = False
    binnen_brin: bool = False
    binnen_brin_doel: BinnenBrinDoel = BinnenBrinDoel.NEVENVESTIGING
    doel_aanleverpunt: str | None = None
    inzage: Inzage = field(default_factory=Inzage)
    aandachtspunten: str | None = None
    voorlopig_dossier: bool = False
    toestemming: Toestemming = Toestemming.ONBEKEND
    uitschrijving: Uitschrijving = field(default_factory=Uitschrijving)

    @property
    def naar_platform(self) -> bool:
        """Whether it goes to a regionaal platform, which needs the setting of R65."""
        return self.binnen_brin and self.binnen_brin_doel is BinnenBrinDoel.REGIONAAL_PLATFORM
