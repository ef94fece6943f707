"""What a card says of itself on a screen: its status, what can be done with it and why not, what to mind (R15, R30)."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.rechten import Recht
from chalicelib.domain.school import School
from chalicelib.domain.termijnen import Termijnen, leerling_weg
from chalicelib.errors import Melding

_BIJNA = timedelta(days=30)


def status_tekst(dossier: Dossier) -> str:
    """The text of Status on the pupil page (ch. 3)."""
    if dossier.versie is None or not dossier.verzameld:
        return "Niet klaar voor verzenden"
    tekst = {Status.VERZAMELD: "Dossier verzameld", Status.KLAAR: "Klaar voor verzenden"}[dossier.status]
    return f"{tekst} ({dossier.versie.profiel.schermtekst})"


@dataclass(frozen=True)
class Mogelijkheid:
    """One act on a card: the right it asks, whether it can be done now, and if not, why (api.md, acties)."""

    naam: str
    recht: Recht
    waarom_niet: Melding | None = None

    @property
    def kan(self) -> bool:
        return self.waarom_niet is None

    def voor(self, rechten: Set[Recht]) -> "Mogelijkheid":
        """The same for somebody with these rights: what a role does not give is the first reason why not (15.28)."""
        return self if self.recht in rechten else replace(self, waarom_niet=teksten.melding("ROL_ONVOLDOENDE"))


def mogelijkheden(dossier: Dossier, school: School) -> tuple[Mogelijkheid, ...]:
    """What can be done with this card now (R30)."""
    past = dossier.record_versie == school.standaardversie
    verzamelen = None if past else teksten.melding("STANDAARDVERSIE_ANDERS")
    geen_versie = None if dossier.versie else teksten.melding("NIET_VERZAMELD")
    klaarzetten = next(iter(dossier.waarom_niet_klaarzetten(school)), None)
    intrekken = None if dossier.status is Status.KLAAR else teksten.niets_in_te_trekken()
    inzage = None if dossier.verzameld else teksten.melding(dossier.waarom_niet_verzameld)
    inzage = teksten.melding("INZAGE_NVT") if dossier.invulling.binnen_brin else inzage
    return (
        Mogelijkheid("opslaan", Recht.OVERSTAP_BEWERKEN),
        Mogelijkheid("verzamelen", Recht.OVERSTAP_BEWERKEN, verzamelen),
        Mogelijkheid("inzageVastleggen", Recht.OVERSTAP_BEWERKEN, inzage),
        Mogelijkheid("klaarzetten", Recht.KLAARZETTEN, klaarzetten),
        Mogelijkheid("intrekken", Recht.INTREKKEN, intrekken),
        Mogelijkheid("pdf", Recht.LEERLING_LEZEN, geen_versie),
        Mogelijkheid("xml", Recht.LEERLING_LEZEN, geen_versie),
    )


def waarschuwingen_bij_klaarzetten(
    dossier: Dossier, vandaag: date, aanmeldweek: tuple[int, int]
) -> tuple[Melding, ...]:
    """What does not block, but must be said: a POVO dossier before the aanmeldweek that is not provisional (15.11).

    Before the one of the running school year, for a pupil who is still here: who left has had the aanmeldweek.
    """
    datum = dossier.invulling.uitschrijving.datum
    vroeg = _in_schooljaar(vandaag.month, vandaag.day) < _in_schooljaar(*aanmeldweek)
    hier_nog = datum is None or datum > vandaag
    if dossier.profiel is Profiel.POVO and vroeg and hier_nog and not dossier.invulling.voorlopig_dossier:
        return (teksten.melding("VOORLOPIG_DOSSIER_NEE", pad="/voorlopigDossier", ernst="waarschuwing"),)
    return ()


def _in_schooljaar(maand: int, dag: int) -> tuple[int, int]:
    """A day as its place in a school year, which starts on 1 August."""
    return (maand - 8) % 12, dag


def waarschuwingen_bij_opslaan(dossier: Dossier, vandaag: date, termijnen: Termijnen) -> tuple[Melding, ...]:
    """What a datum uitschrijving of long ago, mistyped perhaps, does: the pupil is destroyed before long (ch. 16)."""
    uit, weg = dossier.invulling.uitschrijving.datum, leerling_weg(dossier, termijnen)
    if uit is None or weg is None or dossier.bewaren or weg > vandaag + _BIJNA:
        return ()
    return (teksten.bewaartermijn(uit, weg, vandaag),)
