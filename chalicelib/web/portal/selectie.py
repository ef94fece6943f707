"""The page "Gegevens toevoegen aan het overstapdossier" (R40-R47b)."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from chalicelib.domain.document import Documentsoort
from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.rechten import Recht
from chalicelib.domain.selectie import Selectie
from chalicelib.domain.teksten import melding
from chalicelib.errors import Invalid
from chalicelib.flows import selectie
from chalicelib.flows.leerlingen import log_lezen
from chalicelib.flows.verzamelen import kaart_etag
from chalicelib.web import uit
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import meldingen, plain
from chalicelib.web.portal.overstap import OVERDRACHT
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import VEEL, WEINIG, BlokKeuze, Kort, Mild, Overdracht, Vorm

_PAD = "/leerlingen/{leerlingId}/overstapdossier/selectie"
# For a zorgvraag the page shows the same (R109), but its ticks are sent with it and not remembered.
_VOOR_IEDER = replace(OVERDRACHT, schema={"type": "string", "enum": [profiel.value for profiel in Profiel]})


class DeelKeuze(Mild):
    """Whether a test or plan is on."""

    id: Kort
    gekozen: bool


class BijlageKeuze(Mild):
    """Whether a document of the leerlingmap goes along."""

    document_id: Kort
    gekozen: bool


class MeldingVorm(Mild):
    """A melding of GET that comes back."""


class SelectieVorm(Vorm):
    """The ticks for a pupil (R47b). A part left out keeps its default: everything on.

    `ruimte` and `meldingen` are only shown.
    """

    overdracht: Overdracht | None = None
    blokken: Annotated[list[BlokKeuze], WEINIG] | None = None
    toetsen: Annotated[list[DeelKeuze], VEEL] = Field(default_factory=list)
    plannen: Annotated[list[DeelKeuze], VEEL] = Field(default_factory=list)
    bijlagen: Annotated[list[BijlageKeuze | Kort], WEINIG] = Field(default_factory=list)
    toelichting_document_id: Kort | None = None
    toelichting_vervangen: bool = False
    ruimte: dict[str, int] | None = None
    meldingen: Annotated[list[MeldingVorm], WEINIG] = Field(default_factory=list)


class BlokUit(Vorm):
    """One block of the page (R41-R44)."""

    blok: str
    label: str
    toelichting: str
    eis: Eis
    gekozen: bool


class DeelUit(Vorm):
    """One test or plan with its columns (R46, R47)."""

    id: str
    gekozen: bool
    mag_mee: bool
    reden: str | None
    kolommen: dict[str, str | int | bool | None]


class BijlageKeuzeUit(Vorm):
    """A document of the leerlingmap that may go along."""

    document_id: str
    naam: str
    soort: Documentsoort
    grootte: int
    gekozen: bool


class RuimteUit(Vorm):
    """Room for the whole dossier, in bytes."""

    totaal: int
    gebruikt: int
    over: int


class SelectieUit(Vorm):
    """The page "Gegevens toevoegen aan het overstapdossier" (R40-R47b)."""

    overdracht: Profiel
    blokken: list[BlokUit]
    toetsen: list[DeelUit]
    plannen: list[DeelUit]
    bijlagen: list[BijlageKeuzeUit]
    toelichting_document_id: str | None
    toelichting_vervangen: bool
    ruimte: RuimteUit
    meldingen: list[uit.MeldingUit]


@route(
    "GET",
    _PAD,
    "Wat er mee kan, en wat er mee gaat",
    recht=Recht.LEERLING_LEZEN,
    query=(_VOOR_IEDER,),
    antwoorden={200: SelectieUit},
    etag=True,
    fouten=("INHOUD_WEG", "STANDAARDVERSIE_ANDERS"),
)
def haal(vraag: Vraag) -> Antwoord:
    """Blocks, tests, plans and documents with their ticks, and the room used and left before anything is refused.

    `meldingen` say what was chosen and no longer holds.
    """
    profiel = Profiel(vraag.query["overdracht"])
    lijst = selectie.toon(vraag.werk, vraag.leerling_id, profiel)
    log_lezen(vraag.werk, vraag.leerling_id, Actie.SELECTIE_BEKEKEN, profiel=profiel.value)  # tests with scores (15.17)
    return _antwoord(lijst)


@route(
    "PUT",
    _PAD,
    "De keuze bewaren",
    recht=Recht.OVERSTAP_BEWERKEN,
    body=SelectieVorm,
    query=(OVERDRACHT,),
    antwoorden={200: SelectieUit},
    etag=True,
    if_match=True,
    fouten=(
        "INHOUD_WEG",
        "STANDAARDVERSIE_ANDERS",
        "BLOKKEN_ONJUIST",
        "TOETS_ONBEKEND",
        "PLAN_ONBEKEND",
        "TOELICHTING_BESTAAT_AL",
        "TOELICHTING_BESTAAT_NIET",
    ),
    ongeldig=("DOCUMENT_NIET_GEVONDEN",),
)
def zet(vraag: Vraag) -> Antwoord:
    """R47b: remembered per pupil and profile. What GET gave may be sent back as it is, with other ticks.

    Another Toelichting than the one that was chosen takes its place only with `toelichtingVervangen` (15.30).
    """
    profiel = Profiel(vraag.query["overdracht"])
    vorm: SelectieVorm = vraag.body
    if vorm.overdracht not in (None, profiel.value):
        raise Invalid("VELD_ONJUIST", meldingen=[melding("VELD_ONJUIST", pad="/overdracht")])
    gekozen = Selectie(
        profiel=profiel,
        blokken=None if vorm.blokken is None else tuple(b.blok for b in vorm.blokken if b.gekozen),
        toetsen_uit=tuple(t.id for t in vorm.toetsen if not t.gekozen and t.id),
        plannen_uit=tuple(p.id for p in vorm.plannen if not p.gekozen),
        bijlagen=tuple(
            dict.fromkeys(
                b.document_id if isinstance(b, BijlageKeuze) else b
                for b in vorm.bijlagen
                if not isinstance(b, BijlageKeuze) or b.gekozen
            )
        ),
        toelichting=vorm.toelichting_document_id,
        toelichting_vervangen=vorm.toelichting_vervangen,
    )
    return _antwoord(selectie.kies(vraag.werk, vraag.leerling_id, gekozen, vraag.if_match))


def _antwoord(lijst: selectie.Keuzelijst) -> Antwoord:
    body = SelectieUit(
        overdracht=lijst.selectie.profiel,
        blokken=[
            BlokUit(blok=b.naam, label=b.label, toelichting=b.toelichting, eis=eis, gekozen=gekozen)
            for b, eis, gekozen in lijst.blokken
        ],
        toetsen=[DeelUit.model_validate(toets) for toets in lijst.toetsen],
        plannen=[DeelUit.model_validate(plan) for plan in lijst.plannen],
        bijlagen=[
            BijlageKeuzeUit(document_id=d.id, naam=d.naam, soort=d.soort, grootte=d.grootte, gekozen=gekozen)
            for d, gekozen in lijst.bijlagen
        ],
        toelichting_document_id=lijst.selectie.toelichting,
        toelichting_vervangen=lijst.selectie.toelichting_vervangen,
        ruimte=RuimteUit(**selectie.ruimte(lijst.gebruikt)),
        meldingen=meldingen(lijst.vervallen),
    )
    return Antwoord(plain(body), koppen={"ETag": kaart_etag(lijst.dossier)})
