"""The leerlingmap of a pupil (R45, R47a, R49)."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import AwareDatetime, StringConstraints

from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.rechten import Recht
from chalicelib.domain.teksten import melding
from chalicelib.errors import Invalid, Refused
from chalicelib.flows import leerlingmap
from chalicelib.flows.leerlingen import log_lezen
from chalicelib.web import uit
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import plain
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Kort, Vorm, Xml, als

_PAD = "/leerlingen/{leerlingId}/map"
_LINK_SECONDEN = 60
_BIJLAGE_FOUTEN = ("BIJLAGE_SOORT", "BIJLAGE_NAAM", "BIJLAGE_MACRO", "BIJLAGE_TE_GROOT", "BIJLAGE_LEEG", "BIJLAGE_PAD")


class MapVorm(Vorm):
    """A file to upload (`naam`, `inhoudstype`) or a note (`tekst`) for the leerlingmap."""

    soort: Literal["BESTAND", "NOTITIE"]
    naam: Kort | None = None
    inhoudstype: Annotated[
        str, als(r"^[a-z]+/[a-z0-9.+-]+$", "een MIME-type, zoals application/pdf"), StringConstraints(max_length=100)
    ] = "application/octet-stream"
    omschrijving: Kort | None = None
    tekst: Annotated[str, Xml, StringConstraints(max_length=20000)] | None = None


class DocumentUit(Vorm):
    """One document of the leerlingmap."""

    document_id: str
    soort: Documentsoort
    status: Documentstatus
    naam: str
    omschrijving: str | None
    bestandssoort: str | None
    grootte: int
    sha256: str | None
    toegevoegd_op: AwareDatetime
    toegevoegd_door: str


class UploadUit(Vorm):
    """Where a file may be put: a form with `velden` and the file as field `file`."""

    document_id: str
    url: str
    velden: dict[str, str]
    verloopt_op: AwareDatetime


@route("GET", _PAD, "De leerlingmap", recht=Recht.LEERLING_LEZEN, antwoorden={200: {"items": DocumentUit}})
def lijst(vraag: Vraag) -> Antwoord:
    """Files, notes and the PDFs of what was collected."""
    vraag.werk.stores.dossier(vraag.school, vraag.leerling_id)
    rijen = [plain(_uit(d)) for d in vraag.werk.stores.documenten(vraag.school, vraag.leerling_id)]
    return Antwoord({"items": rijen, "volgende": None, "totaal": len(rijen)})


@route(
    "POST",
    _PAD,
    "Een bestand of notitie toevoegen",
    recht=Recht.OVERSTAP_BEWERKEN,
    body=MapVorm,
    antwoorden={201: DocumentUit, 202: UploadUit},
    fouten=("VELD_ONTBREEKT", "BIJLAGE_PAD"),
)
def voeg_toe(vraag: Vraag) -> Antwoord:
    """201: the note is in the map as a PDF. 202: put the file with the form (5 minutes), then confirm it."""
    vorm: MapVorm = vraag.body
    id_ = uuid4().hex
    if vorm.soort == "NOTITIE":
        document = leerlingmap.schrijf_notitie(vraag.werk, vraag.leerling_id, id_, _eis(vorm.tekst, "tekst"))
        return Antwoord(plain(_uit(document)), 201, {"Location": f"/v1/leerlingen/{vraag.leerling_id}/map/{id_}"})
    naam = _eis(vorm.naam, "naam")
    leerlingmap.controleer_naam(naam)
    upload = leerlingmap.begin_upload(vraag.werk, vraag.leerling_id, id_, naam, vorm.inhoudstype, vorm.omschrijving)
    body = UploadUit(
        document_id=id_,
        url=upload.url,
        velden=dict(upload.velden),
        verloopt_op=vraag.werk.nu + timedelta(seconds=leerlingmap.UPLOAD_SECONDEN),
    )
    return Antwoord(plain(body), 202, {"Location": f"/v1/leerlingen/{vraag.leerling_id}/map/{id_}"})


@route(
    "POST",
    f"{_PAD}/{{documentId}}/bevestigen",
    "Een geüpload bestand laten keuren",
    recht=Recht.OVERSTAP_BEWERKEN,
    antwoorden={200: DocumentUit},
    fouten=("DOCUMENT_NIET_GEVONDEN", "UPLOAD_ONTBREEKT", *_BIJLAGE_FOUTEN),
)
def bevestig(vraag: Vraag) -> Antwoord:
    """15.30: judged by content, not by name."""
    return Antwoord(plain(_uit(leerlingmap.bevestig(vraag.werk, vraag.leerling_id, vraag.pad["documentId"]))))


@route(
    "GET",
    f"{_PAD}/{{documentId}}",
    "Link naar een document",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.LinkUit},
    fouten=("DOCUMENT_NIET_GEVONDEN", "DOCUMENT_NIET_BESCHIKBAAR"),
)
def haal(vraag: Vraag) -> Antwoord:
    """The link works for a minute; its file name is the id. What was not judged yet is handed to nobody (15.30)."""
    stores, id_ = vraag.werk.stores, vraag.pad["documentId"]
    document = stores.document(vraag.school, vraag.leerling_id, id_)
    if document.status is not Documentstatus.BESCHIKBAAR:
        raise Refused("DOCUMENT_NIET_BESCHIKBAAR", meldingen=[melding("DOCUMENT_NIET_BESCHIKBAAR")])
    log_lezen(vraag.werk, vraag.leerling_id, Actie.DOCUMENT_BEKEKEN, document=id_)
    bestand = f"OSO-{document.id[:16]}.{(document.bestandssoort or 'bin').lower()}"
    body = uit.LinkUit(
        url=stores.inhoud.link(document.map, document.object, bestand, _LINK_SECONDEN),
        verloopt_op=vraag.werk.nu + timedelta(seconds=_LINK_SECONDEN),
        bestandsnaam=bestand,
    )
    return Antwoord(plain(body))


@route(
    "DELETE",
    f"{_PAD}/{{documentId}}",
    "Een document verwijderen",
    recht=Recht.OVERSTAP_BEWERKEN,
    antwoorden={204: None},
    fouten=("DOCUMENT_NIET_GEVONDEN", "DOCUMENT_IN_DOSSIER", "BEWAREN_OPGELEGD"),
)
def verwijder(vraag: Vraag) -> Antwoord:
    """A version that holds it keeps it: versions never change (R36)."""
    leerlingmap.verwijder(vraag.werk, vraag.leerling_id, vraag.pad["documentId"])
    return Antwoord(None, 204)


def _eis(waarde: str | None, veld: str) -> str:
    if waarde is None:
        raise Invalid("VELD_ONTBREEKT", meldingen=[melding("VELD_ONTBREEKT", pad=f"/{veld}")])
    return waarde


def _uit(document: Document) -> DocumentUit:
    return DocumentUit(
        document_id=document.id,
        soort=document.soort,
        status=document.status,
        naam=document.naam,
        omschrijving=document.omschrijving,
        bestandssoort=document.bestandssoort,
        grootte=document.grootte,
        sha256=document.sha256,
        toegevoegd_op=document.op,
        toegevoegd_door=document.door,
    )
