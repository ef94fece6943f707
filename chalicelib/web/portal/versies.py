"""Versions of a dossier, and all that is kept of a pupil (R36, 15.40; AVG 15, 17)."""

from datetime import timedelta
from typing import Literal

from pydantic import AwareDatetime

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.rechten import Recht
from chalicelib.domain.teksten import melding
from chalicelib.errors import Invalid
from chalicelib.flows import avg, versies
from chalicelib.web import uit
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import plain
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Kort, Vorm

_PAD = "/leerlingen/{leerlingId}/overstapdossier/versies"
_EXPORT_SECONDEN = 300


class VernietigVorm(Vorm):
    """Why all data of a pupil go (AVG 17)."""

    grond: Kort


class VerzondenUit(Vorm):
    """When and to which BRIN a version was sent."""

    op: str
    brin: str


class VersieUit(Vorm):
    """One version (15.40)."""

    versie: int
    overdracht: Profiel
    standaardversie: str
    verzameld_op: AwareDatetime
    inhoud_hash: str
    verzend_hash: str
    huidig: bool
    gezien_op: list[str]
    verzonden_aan: list[VerzondenUit]


class VerschilUit(Vorm):
    """One field that differs."""

    pad: str
    soort: Literal["TOEGEVOEGD", "VERWIJDERD", "GEWIJZIGD"]
    oud: str | None
    nieuw: str | None


class VernietigingUit(Vorm):
    """Proof of destruction; no content."""

    leerling_id: str
    aantallen: dict[str, int]
    op: AwareDatetime
    grond: str
    backups_tot: AwareDatetime
    log_aantal: int
    log_hash: str


@route("GET", _PAD, "De versies van het dossier", recht=Recht.LEERLING_LEZEN, antwoorden={200: {"items": VersieUit}})
def lijst(vraag: Vraag) -> Antwoord:
    """Newest first: hashes, when it was seen, to whom it was sent. A number may come more than once (R31)."""
    rijen = [
        VersieUit(
            versie=staat.versie.nummer,
            overdracht=staat.versie.profiel,
            standaardversie=staat.versie.standaardversie,
            verzameld_op=staat.versie.verzameld_op,
            inhoud_hash=staat.versie.inhoud_hash,
            verzend_hash=staat.versie.verzend_hash,
            huidig=staat.huidig,
            gezien_op=list(staat.gezien_op),
            verzonden_aan=[VerzondenUit(op=op, brin=brin) for op, brin in staat.verzonden_aan],
        )
        for staat in versies.lijst(vraag.werk, vraag.leerling_id)
    ]
    return Antwoord({"items": [plain(rij) for rij in rijen], "volgende": None, "totaal": len(rijen)})


@route(
    "GET",
    f"{_PAD}/{{a}}/verschil/{{b}}",
    "Het verschil tussen twee versies",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: {"items": VerschilUit}},
    fouten=(
        "INHOUD_WEG",
        "VERSIE_NIET_GEVONDEN",
    ),
)
def verschil(vraag: Vraag) -> Antwoord:
    """Field by field; numbers and attachments are never shown.

    Saving contact, inzage or aandachtspunten brings a version up to date under the same number; of those the newest
    counts here.
    """
    gevonden = versies.verschil(vraag.werk, vraag.leerling_id, _nummer(vraag, "a"), _nummer(vraag, "b"))
    rijen = [plain(VerschilUit.model_validate(v, from_attributes=True)) for v in gevonden]
    return Antwoord({"items": rijen, "volgende": None, "totaal": len(rijen)})


@route(
    "GET",
    "/leerlingen/{leerlingId}/export",
    "Alles wat van een leerling bewaard wordt",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.LinkUit},
)
def exporteer(vraag: Vraag) -> Antwoord:
    """AVG 15: one ZIP with record, card, versions, leerlingmap, requests and mutatielog; a link of 5 minutes.

    Zorgvragen are in it for who may see them; else a text says that they are left out.
    """
    map_ = avg.exporteer(vraag.werk, vraag.leerling_id, zorgvragen=Recht.ZORGVRAAG in vraag.toegang.rechten)
    bestand = f"OSO-gegevens-{vraag.leerling_id}.zip"
    body = uit.LinkUit(
        url=vraag.werk.stores.inhoud.link(map_, avg.EXPORT, bestand, _EXPORT_SECONDEN),
        verloopt_op=vraag.werk.nu + timedelta(seconds=_EXPORT_SECONDEN),
        bestandsnaam=bestand,
    )
    return Antwoord(plain(body))


@route(
    "DELETE",
    "/leerlingen/{leerlingId}/gegevens",
    "Alle gegevens van een leerling vernietigen",
    recht=Recht.RECORD_BEHEREN,
    body=VernietigVorm,
    antwoorden={200: VernietigingUit},
    fouten=("BEWAREN_OPGELEGD",),
)
def vernietig(vraag: Vraag) -> Antwoord:
    """AVG 17: destroyed for good; the answer is the proof, without content."""
    bewijs = avg.vernietig(vraag.werk, vraag.leerling_id, vraag.body.grond)
    body = VernietigingUit(
        leerling_id=bewijs.leerling_id,
        aantallen=dict(bewijs.aantallen),
        op=bewijs.op,
        grond=bewijs.grond,
        backups_tot=bewijs.backups_tot,
        log_aantal=bewijs.log_aantal,
        log_hash=bewijs.log_hash,
    )
    return Antwoord(plain(body))


def _nummer(vraag: Vraag, naam: str) -> int:
    tekst = vraag.pad[naam]
    if not (tekst.isascii() and tekst.isdigit() and len(tekst) < 7):
        raise Invalid("VELD_ONJUIST", meldingen=[melding("VELD_ONJUIST", pad=f"/{naam}")])
    return int(tekst)
