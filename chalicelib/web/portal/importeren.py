"""Take a received dossier over: plan, apply, undo, close; and its attachments (R95, R101-R104, 15.21)."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.domain.rechten import Recht
from chalicelib.domain.teksten import melding
from chalicelib.errors import Invalid
from chalicelib.flows import bijlage, importeren
from chalicelib.gegevensset.vergelijken import Keus
from chalicelib.web import uit
from chalicelib.web.aanvraagkaarten import aanvraag_uit
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import meldingen, plain
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import LeegVorm, Vorm

_PAD = "/dossieraanvragen/{id}"
_LINK_SECONDEN = 60


class ImportVorm(Vorm):
    """To which pupil, and per field (by `pad`) what to do where it differs from the proposal (15.21)."""

    leerling_id: Annotated[str, StringConstraints(max_length=64)]
    keuzes: dict[str, Literal["NEEM_OVER", "BEHOUD"]] = Field(default_factory=dict)


class PlanregelUit(Vorm):
    """One field or part of a received dossier beside the own record (15.21)."""

    pad: str
    label: str
    ontvangen: str
    eigen: str
    voorstel: Keus
    reden: str


class ImportplanUit(Vorm):
    """What importing would do. `leerlingId` is null for a new pupil.

    `meldingen` warn of what the sender did against the standard (15.37); they keep nothing from being imported.
    """

    leerling_id: str | None
    regels: list[PlanregelUit]
    meldingen: list[uit.MeldingUit]


class GeimporteerdUit(Vorm):
    """What importing gives back."""

    leerling_id: str
    naam: str
    tekst: str


@route(
    "GET",
    f"{_PAD}/importplan",
    "Wat importeren zou doen",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: ImportplanUit},
    fouten=(
        "INHOUD_WEG",
        "NIET_ONTVANGEN",
    ),
)
def plan(vraag: Vraag) -> Antwoord:
    """15.21: field by field; persons are matched by evidence, nothing is overwritten unasked."""
    gemaakt = importeren.plan(vraag.werk, vraag.pad["id"])
    regels = [
        PlanregelUit(pad=r.pad, label=r.label, ontvangen=r.ontvangen, eigen=r.eigen, voorstel=r.voorstel, reden=r.reden)
        for r in gemaakt.regels
    ]
    uit_ = ImportplanUit(leerling_id=gemaakt.leerling_id, regels=regels, meldingen=meldingen(gemaakt.meldingen))
    return Antwoord(plain(uit_))


@route(
    "POST",
    f"{_PAD}/importeren",
    "Het ontvangen dossier importeren",
    recht=Recht.OPVRAGEN,
    body=ImportVorm,
    antwoorden={200: GeimporteerdUit},
    fouten=(
        "INHOUD_WEG",
        "NIET_ONTVANGEN",
        "LEERLING_ID_ONGELDIG",
        "LEERLING_ID_BESTAAT",
        "LEERLING_BESTAAT_AL",
        "PGN_IN_GEBRUIK",
        "KEUS_KAN_NIET",
    ),
)
def importeer(vraag: Vraag) -> Antwoord:
    """R95, R101: one act, logged, and undoable."""
    keuzes = {pad: Keus(keus) for pad, keus in vraag.body.keuzes.items()}
    dossier = importeren.importeer(vraag.werk, vraag.pad["id"], vraag.body.leerling_id, keuzes)
    tekst = f"Het dossier van {dossier.naam} is geïmporteerd."
    return Antwoord(plain(GeimporteerdUit(leerling_id=dossier.leerling_id, naam=dossier.naam, tekst=tekst)))


@route(
    "POST",
    f"{_PAD}/ongedaan-maken",
    "Het importeren ongedaan maken",
    recht=Recht.OPVRAGEN,
    body=LeegVorm,
    antwoorden={200: uit.DossieraanvraagUit},
    fouten=("NIET_GEIMPORTEERD", "RECORD_GEWIJZIGD", "LEERLING_BEWERKT", "BEWAREN_OPGELEGD"),
)
def maak_ongedaan(vraag: Vraag) -> Antwoord:
    """The record goes back to what it was; a pupil that importing made goes away again."""
    return Antwoord(plain(aanvraag_uit(importeren.maak_ongedaan(vraag.werk, vraag.pad["id"]), vraag.toegang.rechten)))


@route(
    "POST",
    f"{_PAD}/niet-geplaatst",
    "De leerling komt niet",
    recht=Recht.OPVRAGEN,
    body=LeegVorm,
    antwoorden={200: uit.DossieraanvraagUit},
    fouten=("NIET_ONTVANGEN", "BEWAREN_OPGELEGD"),
)
def plaats_niet(vraag: Vraag) -> Antwoord:
    """The received dossier is destroyed at once (ch. 16)."""
    return Antwoord(plain(aanvraag_uit(importeren.plaats_niet(vraag.werk, vraag.pad["id"]), vraag.toegang.rechten)))


@route(
    "GET",
    f"{_PAD}/bijlagen/{{n}}",
    "Link naar een bijlage van het ontvangen dossier",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.LinkUit},
    fouten=("BIJLAGE_NIET_GEVONDEN", "NOG_NIET_ONTVANGEN", "GEEN_DOSSIER_ONTVANGEN", "INHOUD_WEG", "VELD_ONJUIST"),
)
def haal_bijlage(vraag: Vraag) -> Antwoord:
    """Numbered as in `bijlagen`, from 1. One that cannot be unzipped is handed out as it came (15.30)."""
    tekst = vraag.pad["n"]
    if not (tekst.isascii() and tekst.isdigit() and len(tekst) < 5):
        raise Invalid("VELD_ONJUIST", meldingen=[melding("VELD_ONJUIST", pad="/n")])
    aanvraag, naam, soort = bijlage.haal_bijlage(vraag.werk, vraag.pad["id"], int(tekst))
    assert aanvraag.map is not None
    bestand = f"OSO-{aanvraag.brin}-aanvraag-{aanvraag.id[:8]}-bijlage-{int(tekst)}.{soort}"
    body = uit.LinkUit(
        url=vraag.werk.stores.inhoud.link(aanvraag.map, naam, bestand, _LINK_SECONDEN),
        verloopt_op=vraag.werk.nu + timedelta(seconds=_LINK_SECONDEN),
        bestandsnaam=bestand,
    )
    return Antwoord(plain(body))
