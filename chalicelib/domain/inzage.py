"""What the verzorgers and the pupil said of a dossier, and what makes that valid (R13, R14, R55, 15.8, 15.9)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from chalicelib.domain import teksten
from chalicelib.errors import Invalid


class Inzagewaarde(StrEnum):
    """R13: whether the verzorgers saw the version, and whether they agree."""

    NEE = "NEE"
    NIET_AKKOORD = "NIET_AKKOORD"
    JA = "JA"


INZAGE_TEKST = {
    Inzagewaarde.NEE: "Nee, geen inzage geweest",
    Inzagewaarde.NIET_AKKOORD: "Ja, maar niet akkoord",
    Inzagewaarde.JA: "Ja, inzage geweest",
}


_VERZORGER, _LEERLING = "VERZORGER", "LEERLING"


class Uitkomst(StrEnum):
    """What came of showing the dossier to one person (15.9)."""

    AKKOORD = "AKKOORD"
    NIET_AKKOORD = "NIET_AKKOORD"
    GEEN_REACTIE = "GEEN_REACTIE"
    NIET_BEREIKT = "NIET_BEREIKT"


@dataclass(frozen=True)
class Inzagebewijs:
    """Evidence for one person: who, how, when and with what outcome (15.9)."""

    wie: str
    wijze: str
    datum: date
    uitkomst: Uitkomst
    reden: str | None = None


@dataclass(frozen=True)
class Inzage:
    """What the verzorgers said of the current version (R13, R14, 15.9)."""

    waarde: Inzagewaarde = Inzagewaarde.NEE
    datum: date | None = None
    reden_niet_akkoord: str | None = None
    inzagen: tuple[Inzagebewijs, ...] = ()

    @property
    def gegeven(self) -> bool:
        return self.waarde is not Inzagewaarde.NEE

    @property
    def vastgelegd(self) -> bool:
        """Whether anything was recorded; under Nee that is evidence of trying (15.9)."""
        return self != Inzage()

    def met(self, waarde: Inzagewaarde) -> "Inzage":
        """The same value goes on as it is; another starts afresh, and the evidence per person stays."""
        return self if waarde is self.waarde else Inzage(waarde, inzagen=self.inzagen)

    def akkoord(self, geboortedatum: date | None) -> str:
        """The code of `inzage/akkoord` (code list 37): only "geen reactie" makes it Onbekend."""
        if self.waarde is Inzagewaarde.NIET_AKKOORD:
            return "Nee"
        uitkomsten = {bewijs.uitkomst for bewijs in _tellend(self, _wie(geboortedatum, self.datum))}
        return "Onbekend" if uitkomsten == {Uitkomst.GEEN_REACTIE} else "Ja"


def controleer_inzage(inzage: Inzage, geboortedatum: date | None, vanaf: date | None, vandaag: date) -> Inzage:
    """The inzage with its date filled in, not before `vanaf` and not in the future (15.8), and with what 15.9 asks.

    Raises Invalid naming every fault. For a zorgvraag there is no `vanaf`: it is seen before it is made. Under Nee
    only evidence may stand: of who was tried and not reached, or of a part of those who must see it.
    """
    gegeven, vroegst = inzage.gegeven, vanaf or date.min
    datum = (inzage.datum or vandaag) if gegeven else inzage.datum
    ja, niet_akkoord = inzage.waarde is Inzagewaarde.JA, inzage.waarde is Inzagewaarde.NIET_AKKOORD
    wie = _wie(geboortedatum, datum)
    gehoord = {bewijs.wie for bewijs in _gehoord(inzage)}
    bezwaar = any(bewijs.uitkomst is Uitkomst.NIET_AKKOORD for bewijs in _tellend(inzage, wie))
    ontbreekt = wie - gehoord if gegeven and gehoord else frozenset[str]()
    fouten = [
        teksten.melding(code, pad=f"/inzage/{veld}")
        for fout, code, veld in (
            (not gegeven and datum is not None, "INZAGE_WAARDE_NEE", "datum"),
            (not gegeven and inzage.reden_niet_akkoord is not None, "INZAGE_WAARDE_NEE", "redenNietAkkoord"),
            (gegeven and datum is not None and not vroegst <= datum <= vandaag, "INZAGEDATUM_ONGELDIG", "datum"),
            (any(not vroegst <= b.datum <= vandaag for b in inzage.inzagen), "INZAGEDATUM_ONGELDIG", "inzagen"),
            (
                niet_akkoord and not (inzage.reden_niet_akkoord or "").strip(),
                "REDEN_NIET_AKKOORD_ONTBREEKT",
                "redenNietAkkoord",
            ),
            (ja and bezwaar, "INZAGE_NIET_AKKOORD", "waarde"),
            (_LEERLING in ontbreekt, "INZAGE_LEERLING_ONTBREEKT", "inzagen"),
            (_VERZORGER in ontbreekt, "INZAGE_VERZORGER_ONTBREEKT", "inzagen"),
            (gegeven and bool(inzage.inzagen) and not gehoord, "INZAGE_NIEMAND", "inzagen"),
        )
        if fout
    ]
    if fouten:
        raise Invalid(fouten[0].code, fouten[0].tekst, fouten)
    return replace(inzage, datum=datum)


def _gehoord(inzage: Inzage) -> list[Inzagebewijs]:
    """The evidence of who saw or received it."""
    return [bewijs for bewijs in inzage.inzagen if bewijs.uitkomst is not Uitkomst.NIET_BEREIKT]


def _tellend(inzage: Inzage, wie: frozenset[str]) -> list[Inzagebewijs]:
    """Of those who saw or received it, whose judgement counts: from 18 that of the pupil instead (15.9)."""
    return [bewijs for bewijs in _gehoord(inzage) if wie != {_LEERLING} or bewijs.wie == _LEERLING]


def _wie(geboortedatum: date | None, op: date | None) -> frozenset[str]:
    """Who must see it: the verzorgers, from 16 the pupil too, from 18 instead (15.9). Of an unknown age: nobody."""
    if geboortedatum is None or op is None:
        return frozenset()
    jaren = op.year - geboortedatum.year - ((op.month, op.day) < (geboortedatum.month, geboortedatum.day))
    return frozenset({_VERZORGER} if jaren < 16 else {_VERZORGER, _LEERLING} if jaren < 18 else {_LEERLING})
