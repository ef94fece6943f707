"""Zorgvragen of a pupil (ch. 9, R106-R116)."""

from datetime import date, timedelta
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import AwareDatetime, Field

from chalicelib.config import settings
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.inzage import Inzage
from chalicelib.domain.mogelijkheden import Mogelijkheid
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.rechten import Recht
from chalicelib.domain.teksten import melding
from chalicelib.domain.termijnen import lees_termijnen
from chalicelib.domain.zorgvraag import WACHT_OP, Zorgvraag, Zorgvraagstatus, reden
from chalicelib.errors import Refused
from chalicelib.flows import zorgvragen
from chalicelib.flows.leerlingen import log_lezen as log_kaart
from chalicelib.flows.zorgvraag import PDF, XML, lees, log_lezen
from chalicelib.web import uit, verbinding
from chalicelib.web.deur import MERGE_PATCH, Vraag, route
from chalicelib.web.kaarten import acties, meldingen, plain
from chalicelib.web.punten import lees_punt
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import (
    INZAGE_FOUTEN,
    WEINIG,
    Aandachtspunten,
    BlokKeuze,
    InzageVorm,
    Kort,
    LeegVorm,
    Punt,
    Vorm,
)

_PAD = "/leerlingen/{leerlingId}/zorgvragen"
_LINK_SECONDEN = 60
_GELIJK = (
    *("id", "omschrijving", "aandachtspunten", "blokken", "toelichting_document_id", "gemaakt_op"),
    *("gebruikt_aanleverpunt", "aanleverpunt", "profiel", "status", "notificatie_verstuurd"),
    *("terugkoppeling_ontvangen", "opgehaald_op", "inhoud_hash", "verzend_hash"),
)
"""What is shown of a zorgvraag as it is kept."""


class ZorgvraagVorm(Vorm):
    """*Nieuwe zorgvraag (OSO)* (R108-R110). `blokken` left out: those that its page shows ticked (R109)."""

    omschrijving: Kort
    aandachtspunten: Aandachtspunten | None = None
    aanleverpunt: Punt
    profiel: Literal["POSWV", "VOSWV"] | None = None
    blokken: Annotated[list[BlokKeuze | Kort], WEINIG] | None = None
    toelichting_document_id: Kort | None = None
    toelichting_vervangen: bool = False
    bijlagen: Annotated[list[Kort], WEINIG] = Field(default_factory=list)
    inzage: InzageVorm | None = None

    @property
    def swv_profiel(self) -> Profiel | None:
        """The profile as the domain knows it."""
        return Profiel(self.profiel) if self.profiel else None

    @property
    def gekozen_blokken(self) -> list[str]:
        """The blocks that are on: named as such, or ticked."""
        gegeven = self.blokken or []
        return [b.blok if isinstance(b, BlokKeuze) else b for b in gegeven if not isinstance(b, BlokKeuze) or b.gekozen]


class TerugkoppelingUit(Vorm):
    """One answer of the SWV (protocol 2.5)."""

    datum: AwareDatetime
    tekst: str


class ZorgvraagUit(Vorm):
    """A zorgvraag with its columns (R113) and what was sent: null after withdrawing, and of before this was kept."""

    id: str
    omschrijving: str
    aandachtspunten: str | None
    blokken: tuple[str, ...] | None
    toelichting_document_id: str | None
    bijlagen: tuple[str, ...] | None
    gemaakt_op: AwareDatetime
    gebruikt_aanleverpunt: str
    aanleverpunt: str
    profiel: Profiel
    status: Zorgvraagstatus
    notificatie_verstuurd: Literal["Ja", "Nee"]
    terugkoppeling_ontvangen: Literal["Ja", "Nee"]
    opgehaald_op: AwareDatetime | None
    wacht_op: str
    wat_nu: str
    reden: uit.ResultaatUit | None
    inhoud_hash: str
    verzend_hash: str
    geldig_tot: date
    terugkoppeling: list[TerugkoppelingUit] = Field(default_factory=list)
    acties: list[uit.ActieUit]
    meldingen: list[uit.MeldingUit] = Field(default_factory=list)


@route(
    "POST",
    _PAD,
    "Een zorgvraag opslaan en verzenden",
    recht=Recht.ZORGVRAAG,
    body=ZorgvraagVorm,
    antwoorden={202: ZorgvraagUit},
    idempotent=True,
    fouten=(
        "INHOUD_WEG",
        "AANLEVERPUNT_ONBEKEND",
        "AANLEVERPUNT_ONGELDIG",
        "AANLEVERPUNT_ONTBREEKT",
        "BLOKKEN_ONJUIST",
        "DOSSIER_ONGELDIG",
        "NUMMER_IN_INHOUD",
        "STANDAARDVERSIE_ANDERS",
        *INZAGE_FOUTEN,
        "TOELICHTING_BESTAAT_AL",
        "DOCUMENT_NIET_GEVONDEN",
        "DOCUMENT_NIET_BESCHIKBAAR",
        "DOSSIER_TE_GROOT",
        "TRAFFIC_CENTER_WEIGERT",
        "SLEUTEL_HERGEBRUIKT",
        "TRAFFIC_CENTER_ONBEREIKBAAR",
    ),
)
def verstuur(vraag: Vraag) -> Antwoord:
    """R108-R111: afterwards nothing can be changed (R112)."""
    sleutel, vorm = vraag.idempotency_key, vraag.body
    opdracht = zorgvragen.Opdracht(
        omschrijving=vorm.omschrijving,
        aanleverpunt=lees_punt(vorm.aanleverpunt, vraag.school, "/aanleverpunt").nummer,
        aandachtspunten=vorm.aandachtspunten,
        profiel=vorm.swv_profiel,
        blokken=None if vorm.blokken is None else tuple(vorm.gekozen_blokken),
        toelichting=vorm.toelichting_document_id,
        toelichting_vervangen=vorm.toelichting_vervangen,
        bijlagen=tuple(vorm.bijlagen),
        inzage=vorm.inzage.als_geheel(Inzage()) if vorm.inzage else Inzage(),
    )
    sleutel_dag = lees_termijnen(settings().termijnen).koppelsleutel_dag
    zorgvraag, gevolgen = zorgvragen.verstuur(
        vraag.werk, verbinding.traffic_center(), vraag.leerling_id, opdracht, sleutel, uuid4().hex, sleutel_dag
    )
    body = _uit(vraag, zorgvraag)
    body.meldingen = meldingen(gevolgen)
    return Antwoord(plain(body), 202, {"Location": _pad(vraag, zorgvraag)})


@route("GET", _PAD, "De zorgvragen van een leerling", recht=Recht.ZORGVRAAG, antwoorden={200: {"items": ZorgvraagUit}})
def lijst(vraag: Vraag) -> Antwoord:
    """R113, newest first: what is waited for, and what to do when it stays out."""
    kaart = log_kaart(vraag.werk, vraag.leerling_id, Actie.ZORGVRAGEN_BEKEKEN)  # each shows its omschrijving (15.17)
    rijen = [plain(_uit(vraag, z, kaart)) for z in vraag.werk.stores.zorgvragen(vraag.school, vraag.leerling_id)]
    return Antwoord({"items": rijen, "volgende": None, "totaal": len(rijen)})


@route(
    "GET",
    f"{_PAD}/{{id}}",
    "Een zorgvraag met haar terugkoppeling",
    recht=Recht.ZORGVRAAG,
    antwoorden={200: ZorgvraagUit},
    fouten=(
        "INHOUD_WEG",
        "ZORGVRAAG_NIET_GEVONDEN",
    ),
)
def haal(vraag: Vraag) -> Antwoord:
    """The text of each terugkoppeling; the reading is logged. The koppelsleutel is never shown."""
    zorgvraag, teksten = lees(vraag.werk, vraag.leerling_id, vraag.pad["id"])
    body = _uit(vraag, zorgvraag)
    body.terugkoppeling = [TerugkoppelingUit(datum=datum, tekst=tekst) for datum, tekst in teksten]
    return Antwoord(plain(body))


@route(
    "PATCH",
    f"{_PAD}/{{id}}",
    "Een zorgvraag wijzigen kan niet",
    recht=Recht.ZORGVRAAG,
    voorbeeld_body=ZorgvraagVorm,
    soorten=(MERGE_PATCH, "application/json"),
    antwoorden={},
    fouten=("ZORGVRAAG_VERZONDEN", "ZORGVRAAG_NIET_GEVONDEN"),
)
def wijzig(vraag: Vraag) -> Antwoord:
    """R112: always 409, whatever was to be changed; whoever wants something else sends a new one."""
    vraag.werk.stores.zorgvraag(vraag.school, vraag.leerling_id, vraag.pad["id"])
    raise Refused("ZORGVRAAG_VERZONDEN", meldingen=[melding("ZORGVRAAG_VERZONDEN")])


@route(
    "POST",
    f"{_PAD}/{{id}}/opnieuw",
    "Een mislukte zorgvraag opnieuw verzenden",
    recht=Recht.ZORGVRAAG,
    body=LeegVorm,
    antwoorden={202: ZorgvraagUit},
    idempotent=True,
    fouten=("ZORGVRAAG_NIET_MISLUKT", "ZORGVRAAG_VERLOPEN", "ZORGVRAAG_NIET_GEVONDEN", "SLEUTEL_HERGEBRUIKT"),
)
def stuur_opnieuw(vraag: Vraag) -> Antwoord:
    """The same content, and the same koppelsleutel where there is one."""
    sleutel = vraag.idempotency_key
    zorgvraag = zorgvragen.stuur_opnieuw(vraag.werk, vraag.leerling_id, vraag.pad["id"], sleutel)
    return Antwoord(plain(_uit(vraag, zorgvraag)), 202, {"Location": _pad(vraag, zorgvraag)})


@route(
    "DELETE",
    f"{_PAD}/{{id}}",
    "Een zorgvraag verwijderen of intrekken",
    recht=Recht.ZORGVRAAG,
    antwoorden={200: ZorgvraagUit, 204: None},
    fouten=("ZORGVRAAG_NIET_GEVONDEN", "BEWAREN_OPGELEGD"),
)
def verwijder(vraag: Vraag) -> Antwoord:
    """R114: 204 before anybody was told; afterwards 200 with the tombstone: its content is destroyed (15.22-26)."""
    rest = zorgvragen.verwijder(vraag.werk, vraag.leerling_id, vraag.pad["id"])
    return Antwoord(plain(_uit(vraag, rest))) if rest else Antwoord(None, 204)


@route(
    "GET",
    f"{_PAD}/{{id}}/xml",
    "Link naar de XML die is verzonden",
    recht=Recht.ZORGVRAAG,
    antwoorden={200: uit.LinkUit},
    fouten=("ZORGVRAAG_NIET_GEVONDEN", "ZORGVRAAG_INGETROKKEN"),
)
def haal_xml(vraag: Vraag) -> Antwoord:
    """Exactly the bytes that the SWV fetches. The link works for a minute and downloads."""
    return _link(vraag, XML)


@route(
    "GET",
    f"{_PAD}/{{id}}/pdf",
    "Link naar de PDF van de zorgvraag",
    recht=Recht.ZORGVRAAG,
    antwoorden={200: uit.LinkUit},
    fouten=("ZORGVRAAG_NIET_GEVONDEN", "ZORGVRAAG_INGETROKKEN"),
)
def haal_pdf(vraag: Vraag) -> Antwoord:
    """What was sent, to read. It stays with the school."""
    return _link(vraag, PDF)


def _link(vraag: Vraag, naam: str) -> Antwoord:
    """Log that content is read, then give a link to it. The file name holds our key, never a name or number."""
    zorgvraag = log_lezen(vraag.werk, vraag.leerling_id, vraag.pad["id"])
    if zorgvraag.status is Zorgvraagstatus.INGETROKKEN:
        raise Refused("ZORGVRAAG_INGETROKKEN", meldingen=[melding("ZORGVRAAG_INGETROKKEN")])
    bestand = f"OSO-{vraag.school.brin}-zorgvraag-{zorgvraag.id[:8]}.{naam.rpartition('.')[2]}"
    body = uit.LinkUit(
        url=vraag.werk.stores.inhoud.link(zorgvraag.map, naam, bestand, _LINK_SECONDEN),
        verloopt_op=vraag.werk.nu + timedelta(seconds=_LINK_SECONDEN),
        bestandsnaam=bestand,
    )
    return Antwoord(plain(body))


def _pad(vraag: Vraag, zorgvraag: Zorgvraag) -> str:
    return f"/v1/leerlingen/{vraag.leerling_id}/zorgvragen/{zorgvraag.id}"


def _uit(vraag: Vraag, zorgvraag: Zorgvraag, kaart: Dossier | None = None) -> ZorgvraagUit:
    kaart = kaart or vraag.werk.stores.dossier(vraag.school, vraag.leerling_id)
    wacht_op, wat_nu = WACHT_OP[zorgvraag.status]
    if zorgvraag.code:
        waarom, wat_nu = reden(zorgvraag.code)
    weg = None if zorgvraag.status is not Zorgvraagstatus.INGETROKKEN else melding("ZORGVRAAG_INGETROKKEN")
    return ZorgvraagUit(
        **{naam: getattr(zorgvraag, naam) for naam in _GELIJK},
        bijlagen=None if zorgvraag.blokken is None else zorgvraag.bijlagen,
        wacht_op=wacht_op,
        wat_nu=wat_nu,
        reden=uit.ResultaatUit(code=zorgvraag.code, tekst=waarom, wat_nu=wat_nu) if zorgvraag.code else None,
        geldig_tot=zorgvraag.geldig_tot,
        acties=acties(
            [
                Mogelijkheid("wijzigen", Recht.ZORGVRAAG, melding("ZORGVRAAG_VERZONDEN")),
                Mogelijkheid("opnieuw", Recht.ZORGVRAAG, zorgvragen.waarom_niet_opnieuw(vraag.werk, zorgvraag)),
                Mogelijkheid("verwijderen", Recht.ZORGVRAAG, zorgvragen.waarom_niet_verwijderen(kaart, zorgvraag)),
                Mogelijkheid("pdf", Recht.ZORGVRAAG, weg),
                Mogelijkheid("xml", Recht.ZORGVRAAG, weg),
            ],
            vraag.toegang.rechten,
        ),
    )
