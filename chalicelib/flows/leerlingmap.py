"""The leerlingmap: files by presigned POST and judged by content, notes as PDF, PDFs of collections (R45, R47a, R49).

A link can write one upload key only. What is judged good is copied to a key that no link can write.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from chalicelib.domain import teksten
from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Dossier, Versie
from chalicelib.domain.mutatielog import Actie
from chalicelib.errors import NotFound, Refused
from chalicelib.flows import Werk
from chalicelib.flows.bewaren import eis_vrij
from chalicelib.gegevensset.bijlagen import GROOTSTE_EIGEN, bijlagefout, keur_bijlage
from chalicelib.store import herhaal
from chalicelib.store.tabel import Write

UPLOAD_SECONDEN = 300
_UPLOAD_WEG = timedelta(days=1)  # never confirmed: gone after 24 hours (ch. 16)
_BESTAND = "bestand"


@dataclass(frozen=True)
class Upload:
    """Where a browser may put one file, and what it must send along."""

    document: Document
    url: str
    velden: Mapping[str, str] = field(repr=False)


def begin_upload(werk: Werk, leerling_id: str, id_: str, naam: str, soort: str, omschrijving: str | None) -> Upload:
    """Make room for one file: 5 minutes, exactly this key, at most 3 MiB, of this kind. It counts once confirmed."""
    werk.stores.dossier(werk.school, leerling_id)
    document = Document(
        id=id_,
        school=werk.school,
        leerling_id=leerling_id,
        soort=Documentsoort.BESTAND,
        status=Documentstatus.WACHT_OP_UPLOAD,
        naam=naam,
        op=werk.nu,
        door=werk.door.naam,
        map=f"upload/{werk.school}/{leerling_id}/{id_}",
        object=_BESTAND,
        omschrijving=omschrijving,
        verloopt=int((werk.nu + _UPLOAD_WEG).timestamp()),
    )
    werk.stores.transact(werk.stores.leg_document_vast(document))
    url, velden = werk.stores.inhoud.uploadlink(document.map, _BESTAND, soort, GROOTSTE_EIGEN, UPLOAD_SECONDEN)
    return Upload(document, url, velden)


def bevestig(werk: Werk, leerling_id: str, id_: str) -> Document:
    """Judge what was uploaded, by content and not by name (15.30); good: it is in the map. Again is the same.

    Raises Refused("UPLOAD_ONTBREEKT") and Invalid with the code of what is wrong with the file.
    """
    document = werk.stores.document(werk.school, leerling_id, id_)
    if document.status is Documentstatus.BESCHIKBAAR:
        return document
    try:
        data = werk.stores.inhoud.get(document.map, document.object)
    except NotFound:
        raise Refused("UPLOAD_ONTBREEKT", meldingen=[teksten.melding("UPLOAD_ONTBREEKT")]) from None
    soort = keur_bijlage(document.naam, data)
    klaar = replace(_bewaar(werk, document, data), bestandssoort=soort)
    _leg_vast(werk, klaar, document)
    werk.stores.inhoud.verwijder(document.map, document.object)
    return klaar


def schrijf_notitie(werk: Werk, leerling_id: str, id_: str, tekst: str) -> Document:
    """A note becomes a PDF named after pupil and moment (R47a)."""
    from chalicelib.pdf import notitie  # 229 ms to import: only where a PDF is made

    dossier = werk.stores.dossier(werk.school, leerling_id)
    naam = f"Notities {dossier.naam} {teksten.moment_tekst(werk.nu)}.pdf"
    data = notitie(f"Notities {dossier.naam}", tekst, werk.nu.date())
    document = Document(
        id_,
        werk.school,
        leerling_id,
        Documentsoort.NOTITIE,
        Documentstatus.BESCHIKBAAR,
        naam,
        werk.nu,
        werk.door.naam,
        bestandssoort="PDF",
    )
    document = _bewaar(werk, document, data)
    _leg_vast(werk, document)
    return document


def verwijder(werk: Werk, leerling_id: str, id_: str) -> None:
    """Take a document out of the map and out of what was chosen. The PDF of a collection stays: evidence (R50).

    Raises Refused: DOCUMENT_IN_DOSSIER, and BEWAREN_OPGELEGD while a hold lies on the pupil.
    """
    document = werk.stores.document(werk.school, leerling_id, id_)
    if document.soort is Documentsoort.DOSSIER:
        raise Refused("DOCUMENT_IN_DOSSIER", meldingen=[teksten.melding("DOCUMENT_IN_DOSSIER")])

    def poging() -> None:
        dossier = werk.stores.dossier(werk.school, leerling_id)
        eis_vrij(dossier)
        mutatie = werk.mutatie(Actie.DOCUMENT_VERWIJDERD, dossier.onderwerp, document=id_)
        werk.stores.commit(mutatie, dossier, dossier.zonder_document(id_), werk.stores.verwijder_document(document))

    herhaal(poging)
    werk.stores.inhoud.verwijder(document.map, document.object)


def dossier_pdf(werk: Werk, dossier: Dossier, naam: str, grootte: int) -> Document:
    """The PDF of what was just collected, as a document of the map (R49, R51)."""
    assert dossier.versie is not None
    versie = dossier.versie
    return Document(
        id=pdf_id(versie),
        school=dossier.school,
        leerling_id=dossier.leerling_id,
        soort=Documentsoort.DOSSIER,
        status=Documentstatus.BESCHIKBAAR,
        naam=naam,
        op=werk.nu,
        door=werk.door.naam,
        map=versie.map,
        object="dossier.pdf",
        bestandssoort="PDF",
        grootte=grootte,
    )


def pdf_id(versie: Versie) -> str:
    """What the PDF of a version is called in the map of its pupil."""
    return f"dossier-{versie.nummer}-{versie.map[-32:][:8]}"


def vorige_pdf(werk: Werk, dossier: Dossier) -> tuple[Write, ...]:
    """The write that takes the PDF of the card's version out of the map, where it is: another takes its place."""
    assert dossier.versie is not None
    try:
        document = werk.stores.document(werk.school, dossier.leerling_id, pdf_id(dossier.versie))
    except NotFound:
        return ()
    return (werk.stores.verwijder_document(document),)


def _bewaar(werk: Werk, document: Document, data: bytes) -> Document:
    """Put the bytes under a key of their own, and say what they are."""
    map_ = werk.stores.inhoud.nieuwe_map(werk.school, document.leerling_id)
    werk.stores.inhoud.put(map_, _BESTAND, data)
    return replace(
        document,
        status=Documentstatus.BESCHIKBAAR,
        map=map_,
        object=_BESTAND,
        grootte=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        verloopt=None,
    )


def _leg_vast(werk: Werk, document: Document, oud: Document | None = None) -> None:
    def poging() -> None:
        dossier = werk.stores.dossier(werk.school, document.leerling_id)
        mutatie = werk.mutatie(
            Actie.DOCUMENT_TOEGEVOEGD, dossier.onderwerp, document=document.id, sha256=document.sha256 or ""
        )
        werk.stores.commit(mutatie, dossier, dossier, werk.stores.leg_document_vast(document, oud))

    herhaal(poging)


def controleer_naam(naam: str) -> None:
    """Raise Invalid("BIJLAGE_PAD") for a file name with a folder or a character that no file name may have."""
    if any(teken in naam for teken in '/\\:*?"<>|') or not naam.isprintable() or not naam.strip(". "):
        raise bijlagefout("BIJLAGE_PAD", "/naam")
