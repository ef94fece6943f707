"""What a card says of itself on a screen: its status, what can be done with it and why not, what to mind (R15, R30)."""

from dataclasses import dataclass
from datetime import date

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.school import School
from chalicelib.errors import Melding


def status_tekst(dossier: Dossier) -> str:
    """The text of Status on the pupil page (ch. 3)."""
    if dossier.versie is None or not dossier.verzameld:
        return "Niet klaar voor verzenden"
    tekst = {Status.VERZAMELD: "Dossier verzameld", Status.KLAAR: "Klaar voor verzenden"}[dossier.status]
    return f"{tekst} ({dossier.versie.profiel.schermtekst})"


@dataclass(frozen=True)
class Mogelijkheid:
    """One act on a card: whether it can be done now, and if not, the first reason why (api.md, acties)."""

    naam: str
    waarom_niet: Melding | None = None

    @property
    def kan(self) -> bool:
        return self.waarom_niet is None


def mogelijkheden(dossier: Dossier, school: School) -> tuple[Mogelijkheid, ...]:
    """What can be done with this card now (R30)."""
    geen_versie = None if dossier.versie else teksten.melding("NIET_VERZAMELD")
    klaarzetten = next(iter(dossier.waarom_niet_klaarzetten(school)), None)
    intrekken = None if dossier.status is Status.KLAAR else teksten.niets_in_te_trekken()
    inzage = None if dossier.verzameld else teksten.melding(dossier.waarom_niet_verzameld)
    inzage = teksten.melding("INZAGE_NVT") if dossier.invulling.binnen_brin else inzage
    return (
        Mogelijkheid("opslaan"),
        Mogelijkheid("verzamelen"),
        Mogelijkheid("inzageVastleggen", inzage),
        Mogelijkheid("klaarzetten", klaarzetten),
        Mogelijkheid("intrekken", intrekken),
        Mogelijkheid("pdf", geen_versie),
        Mogelijkheid("xml", geen_versie),
    )


def waarschuwingen_bij_klaarzetten(
    dossier: Dossier, vandaag: date, aanmeldweek: tuple[int, int]
) -> tuple[Melding, ...]:
    """What does not block, but must be said: a POVO dossier before the aanmeldweek that is not provisional (15.11)."""
    vroeg = (1, 1) <= (vandaag.month, vandaag.day) < aanmeldweek
    if dossier.profiel is Profiel.POVO and vroeg and not dossier.invulling.voorlopig_dossier:
        return (teksten.melding("VOORLOPIG_DOSSIER_NEE", pad="/voorlopigDossier", ernst="waarschuwing"),)
    return ()
