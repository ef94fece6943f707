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
    def akkoord(self) -> str:
        """The code of `inzage/akkoord` (code list 37): only "geen reactie" makes it Onbekend."""
        if self.waarde is Inzagewaarde.NIET_AKKOORD:
            return "Nee"
        gehoord = [bewijs for bewijs in self.inzagen if bewijs.uitkomst is not Uitkomst.NIET_BEREIKT]
        if gehoord and all(bewijs.uitkomst is Uitkomst.GEEN_REACTIE for bewijs in gehoord):
            return "Onbekend"
        return "Ja"


def controleer_inzage(inzage: Inzage, geboortedatum: date | None, vanaf: date | None, vandaag: date) -> Inzage:
    """The inzage with its date filled in, not before `vanaf` and not in the future (15.8), and with what 15.9 asks.

    Raises Invalid naming every fault. For a zorgvraag there is no `vanaf`: it is seen before it is made.
    """
    if not inzage.gegeven:
        return Inzage()
    datum = inzage.datum or vandaag
    later = any(bewijs.datum > vandaag for bewijs in inzage.inzagen)
    fouten = [
        teksten.melding(code, pad=pad)
        for fout, code, pad in (
            (not (vanaf or date.min) <= datum <= vandaag, "INZAGEDATUM_ONGELDIG", "/inzage/datum"),
            (later, "INZAGEDATUM_ONGELDIG", "/inzage/inzagen"),
            (
                inzage.waarde is Inzagewaarde.NIET_AKKOORD and not (inzage.reden_niet_akkoord or "").strip(),
                "REDEN_NIET_AKKOORD_ONTBREEKT",
                "/inzage/redenNietAkkoord",
            ),
            (
                not _leerling_zelf(inzage, geboortedatum, vandaag),
                "INZAGE_LEERLING_ONTBREEKT",
                "/inzage/inzagen",
            ),
            (
                bool(inzage.inzagen) and all(b.uitkomst is Uitkomst.NIET_BEREIKT for b in inzage.inzagen),
                "INZAGE_NIEMAND",
                "/inzage/inzagen",
            ),
        )
        if fout
    ]
    if fouten:
        raise Invalid(fouten[0].code, fouten[0].tekst, fouten)
    return replace(inzage, datum=datum)


def _leerling_zelf(inzage: Inzage, geboortedatum: date | None, vandaag: date) -> bool:
    """Where evidence is kept: from 16 the pupil saw it too, from 18 instead of the verzorgers (15.9)."""
    if not inzage.inzagen or geboortedatum is None:
        return True
    zestien = (geboortedatum.year + 16, geboortedatum.month, geboortedatum.day)
    if (vandaag.year, vandaag.month, vandaag.day) < zestien:
        return True
    return any(bewijs.wie == "LEERLING" for bewijs in inzage.inzagen)
