"""What we owe a requester, and what we ask ourselves (ch. 7, ch. 8, 15.6, 15.35).

`beoordeel` is the whole answer side: pure, in the fixed order of 15.6. Each refusal carries the one fix
that the source school can make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.dossier import Dossier, Herkomst, Status
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.mutatielog import Kop
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.resultaat import Resultaat


@dataclass(frozen=True)
class Vraag:
    """The part of a documentRequest that the judgement needs."""

    bron_brin: str
    doel_brin: str
    doel_aanleverpunt: str
    soort: Overdrachtsoort
    aanvraagdatum: datetime | None = None
    platform: bool = False
    """Whether the asking system is a regionaal platform."""
    regionaal_uit: bool = False
    """Whether the school that is asked switched the setting of R65 off; looked at for a card for a platform alone."""


@dataclass(frozen=True)
class Oordeel:
    """The outcome, and for a refusal the one thing that the source school can do about it."""

    resultaat: Resultaat
    reden: str = ""
    oplossing: str = ""

    @property
    def geleverd(self) -> bool:
        return self.resultaat is uitkomst.GESLAAGD


_OPLOSSING: Mapping[str, tuple[Resultaat, str]] = {
    "ONBEKEND": (uitkomst.NIET_BEKEND, "Controleer of de leerling bij uw school hoort en lever de gegevens dan aan."),
    "ANDERE_SOORT": (uitkomst.NIET_OPVRAAGBAAR, "Controleer Binnen brin op de kaart van de leerling."),
    "ANDERE_SCHOOL": (uitkomst.NIET_OPVRAAGBAAR, "Controleer de vervolgschool op de kaart van de leerling."),
    "ANDER_AANLEVERPUNT": (uitkomst.NIET_OPVRAAGBAAR, "Controleer het doel-aanleverpunt op de kaart van de leerling."),
    "REGIONAAL_UIT": (
        uitkomst.NIET_OPVRAAGBAAR,
        "Zet de instelling Aangesloten op regionaal initiatief aan bij School > Info > Diverse instellingen.",
    ),
    "NIET_UITGESCHREVEN": (uitkomst.NIET_OPVRAAGBAAR, "Vul de datum uitschrijving in en verzamel het dossier."),
    "GEEN_INZAGE": (uitkomst.NIET_OPVRAAGBAAR, "Leg de inzage door de verzorgers vast en zet het dossier klaar."),
    "NIET_KLAARGEZET": (uitkomst.NIET_BESCHIKBAAR, "Verzamel het dossier en zet het klaar."),
    "NIET_NIEUWER": (uitkomst.NIET_BESCHIKBAAR, "Verzamel het dossier opnieuw als er nieuwe gegevens zijn."),
}

REDEN_TEKST = {
    "ONBEKEND": "Het gevraagde nummer is bij uw school niet bekend.",
    "ANDERE_SOORT": "De aanvraag is van een andere soort dan de kaart van de leerling toestaat.",
    "ANDERE_SCHOOL": "De vragende school is niet de vervolgschool op de kaart van de leerling.",
    "ANDER_AANLEVERPUNT": "De aanvraag komt van een ander aanleverpunt dan op de kaart van de leerling staat.",
    "REGIONAAL_UIT": "Uw school staat niet (meer) als aangesloten op een regionaal initiatief ingesteld.",
    "NIET_UITGESCHREVEN": "De datum uitschrijving van de leerling is niet ingevuld.",
    "GEEN_INZAGE": "De verzorgers hebben in de verzamelde versie nog geen inzage gehad.",
    "NIET_KLAARGEZET": "Er staat geen dossier van deze leerling klaar.",
    "NIET_NIEUWER": "De vragende school heeft al een even nieuw of nieuwer dossier.",
}


_BIJ_DE_BRON = {
    uitkomst.NIET_OPVRAAGBAAR.code: "De vragende school mag het dossier van deze leerling (nog) niet opvragen.",
    uitkomst.NIET_BESCHIKBAAR.code: "Er staat nu geen (nieuwer) dossier van deze leerling klaar.",
    uitkomst.NIET_BEKEND.code: "Het gevraagde nummer komt bij uw school niet voor.",
}


def tekst_bij_bron(resultaat: Resultaat) -> str:
    """The result of a request as the school that was asked reads it; the table speaks to the one that asks."""
    return _BIJ_DE_BRON.get(resultaat.code, resultaat.tekst)


def oplossing_van(reden: str | None) -> str | None:
    """The one fix that the source school can make, for the reason of a refusal (15.6)."""
    return _OPLOSSING[reden][1] if reden else None


def beoordeel(vraag: Vraag, dossier: Dossier | None) -> Oordeel:
    """Judge a request whose session is valid: deliver, or the first refusal that applies (15.6, 15.35)."""
    reden = "ONBEKEND" if dossier is None else _reden(vraag, dossier)
    if not reden:
        return Oordeel(uitkomst.GESLAAGD)
    resultaat, oplossing = _OPLOSSING[reden]
    return Oordeel(resultaat, reden, oplossing)


def _reden(vraag: Vraag, dossier: Dossier) -> str:
    binnen = vraag.soort is Overdrachtsoort.BINNENBRIN
    uit = dossier.invulling.uitschrijving
    school = uit.vervolgschool.brin[:4] if uit.vervolgschool else None
    punt = dossier.invulling.doel_aanleverpunt
    naar_platform = dossier.invulling.naar_platform
    overstap = not binnen
    for van_toepassing, reden in (
        (binnen != dossier.invulling.binnen_brin, "ANDERE_SOORT"),
        (binnen and vraag.doel_brin != vraag.bron_brin, "ANDERE_SCHOOL"),
        (overstap and vraag.doel_brin != school, "ANDERE_SCHOOL"),
        (binnen and punt is not None and vraag.doel_aanleverpunt != punt, "ANDER_AANLEVERPUNT"),
        (binnen and vraag.platform and not naar_platform, "ANDER_AANLEVERPUNT"),
        (naar_platform and vraag.regionaal_uit, "REGIONAAL_UIT"),
        (overstap and uit.datum is None, "NIET_UITGESCHREVEN"),
        (overstap and dossier.verzameld and not dossier.invulling.inzage.gegeven, "GEEN_INZAGE"),
        (dossier.status is not Status.KLAAR, "NIET_KLAARGEZET"),
        (_niet_nieuwer(vraag, dossier), "NIET_NIEUWER"),
    ):
        if van_toepassing:
            return reden
    return ""


def _niet_nieuwer(vraag: Vraag, dossier: Dossier) -> bool:
    if vraag.aanvraagdatum is None or dossier.versie is None:
        return False
    return vraag.aanvraagdatum >= dossier.versie.verzameld_op


_SOORT_TEKST = {
    Profiel.POPO: "Overstapdossier PO",
    Profiel.POVO: "Overstapdossier VO",
    Profiel.VOVO: "Overstapdossier VO",
}


def soort_tekst(soort: Overdrachtsoort, profiel: Profiel | None) -> str:
    """The column Soort of the overviews (15.42); without a known profile an overstap counts as PO."""
    if soort is Overdrachtsoort.BINNENBRIN:
        return "Binnen brin"
    if soort is Overdrachtsoort.SWV:
        return "Zorgvraag"
    return _SOORT_TEKST.get(profiel or Profiel.POPO, "Overstapdossier PO")


@dataclass(frozen=True)
class Binnengekomen:
    """A request by another school, kept also when the number is unknown (R128-R131)."""

    sessie_id: str
    school: Vestiging
    bron_brin: str
    bron_aanleverpunt: str
    doel_brin: str
    doel_aanleverpunt: str
    doel_naam: str
    soort: Overdrachtsoort
    op: datetime
    nummer: str
    nummer_gemaskeerd: str
    nummer_type: str
    certificaat: str
    vingerafdruk: str
    aanvraagdatum: datetime | None = None
    leerling_id: str | None = None
    leerling_naam: str | None = None
    profiel: Profiel | None = None
    resultaat: str | None = None
    reden: str | None = None
    versie: int | None = None
    verzameld_op: datetime | None = None
    version: int = 0
    kop: Kop = field(default_factory=Kop)
    sleutel: str = ""
    """The session in lower case, for it names one session in any case; "" in a row of before, which stands under the
    session as it was received."""

    @property
    def onderwerp(self) -> str:
        """The name of this request's own chain: used where there is no pupil to log it with."""
        return f"VERZOEK#{self.school}#{self.id}"

    @property
    def id(self) -> str:
        """Unique per session and per aanleverpunt that was asked (house 4)."""
        return f"{self.sessie_id}.{self.bron_aanleverpunt}"

    def beoordeeld(self, oordeel: Oordeel, dossier: Dossier | None, op: datetime) -> "Binnengekomen":
        """The request with its outcome; a repeat is judged again and replaces it."""
        versie = dossier.versie if dossier and oordeel.geleverd else None
        return replace(
            self,
            op=op,
            leerling_id=dossier.leerling_id if dossier else None,
            leerling_naam=dossier.naam if dossier else None,
            profiel=dossier.profiel if dossier else None,
            resultaat=oordeel.resultaat.code,
            reden=oordeel.reden or None,
            versie=versie.nummer if versie else None,
            verzameld_op=versie.verzameld_op if versie else None,
            version=self.version + 1,
        )


class Stand(StrEnum):
    """The states of a request of our own (api.md, dossieraanvraag)."""

    UITSTAAND = "UITSTAAND"
    ONTVANGEN = "ONTVANGEN"
    AFGEWEZEN = "AFGEWEZEN"
    MISLUKT = "MISLUKT"
    GEIMPORTEERD = "GEIMPORTEERD"
    NIET_GEPLAATST = "NIET_GEPLAATST"


_AFGEHANDELD = {
    Stand.GEIMPORTEERD: "U hoeft niets te doen: het dossier is geïmporteerd.",
    Stand.NIET_GEPLAATST: "U hoeft niets te doen: het dossier is vernietigd, omdat de leerling niet is geplaatst.",
}


@dataclass(frozen=True)
class Dossieraanvraag:
    """A request of our own for a pupil at another school. `nummer` is encrypted."""

    id: str
    school: Vestiging
    brin: str
    nummer: str
    nummer_gemaskeerd: str
    nummer_type: str
    gevraagd_op: datetime
    gevraagd_door: str
    gevraagd_door_sub: str
    alleen_als_nieuwer_dan: datetime | None = None
    leerling_id: str | None = None
    schoolnaam: str | None = None
    status: Stand = Stand.UITSTAAND
    resultaat: str | None = None
    sessie_id: str | None = None
    ontvangen_op: datetime | None = None
    verzameld_op: date | None = None
    verzend_hash: str | None = None
    map: str | None = None
    profiel: Profiel | None = None
    bijlagen: tuple[tuple[str, str], ...] = ()
    """Name and kind of every attachment, the Toelichting onderwijsbehoeften first (R100)."""
    toelichtingen: int = 0
    geimporteerd_op: datetime | None = None
    leerling_was_nieuw: bool = False
    record_ervoor: tuple[str, str, str] | None = None
    record_erna: str | None = None
    herkomst_erbij: Herkomst | None = None
    """The school of herkomst that importing gave a pupil who had none."""
    version: int = 0
    kop: Kop = field(default_factory=Kop)

    @property
    def onderwerp(self) -> str:
        """The name of this request's chain in the mutatielog."""
        return f"AANVRAAG#{self.school}#{self.id}"

    @property
    def waarom_geen_inhoud(self) -> str | None:
        """The code of why there is nothing to read: not yet, never, or no more; None when there is."""
        if self.map is not None:
            return None
        if self.status is Stand.UITSTAAND:
            return "NOG_NIET_ONTVANGEN"
        return "INHOUD_WEG" if self.ontvangen_op else "GEEN_DOSSIER_ONTVANGEN"

    @property
    def waarom_niet_opnieuw(self) -> str | None:
        """The code of why it cannot be asked again (15.19): its answer still comes, or its number is gone (ch. 16)."""
        if self.status is Stand.UITSTAAND:
            return "NOG_NIET_ONTVANGEN"
        return None if self.nummer else "NUMMER_WEG"

    @property
    def uitkomst(self) -> Resultaat | None:
        """The result with what there is to do now: of a dossier that was dealt with nothing any more (15.19)."""
        if self.resultaat is None:
            return None
        resultaat = uitkomst.RESULTATEN[self.resultaat]
        return replace(resultaat, wat_nu=_AFGEHANDELD.get(self.status, resultaat.wat_nu))

    def klaar(self, status: Stand, resultaat: Resultaat, **velden: Any) -> "Dossieraanvraag":
        """The request with its outcome; only an open one can get it."""
        return replace(self, status=status, resultaat=resultaat.code, version=self.version + 1, **velden)
