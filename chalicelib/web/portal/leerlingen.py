"""Pupils: the record that the portal puts (api.md, leerlingen)."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.domain import teksten
from chalicelib.domain.rechten import Recht
from chalicelib.errors import Invalid
from chalicelib.flows import leerlingen
from chalicelib.flows.leerlingen import Record, record_etag
from chalicelib.gegevensset.bijlagen import bijlagemeldingen
from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.web import uit
from chalicelib.web.accept import eerste, kies
from chalicelib.web.deur import JSON, MAX_BODY, XML, Vraag, lees_body, route
from chalicelib.web.kaarten import meldingen, plain
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import VEEL, Kort, Vorm


class Portaal(Vorm):
    """Screen data that the standard lacks (15.41): feeds screens and filters only."""

    status: Kort | None = None
    leerjaar: Kort | None = None
    groep: Kort | None = None
    toetsen: Annotated[list[dict[str, str | int | bool | None]], VEEL] = Field(default_factory=list)
    plannen: Annotated[list[dict[str, str | int | bool | None]], VEEL] = Field(default_factory=list)


class RecordVorm(Vorm):
    """A pupil's record as JSON: the dossier under the standard, and `portaal` beside it."""

    dossier: dict[str, Any]
    portaal: Portaal = Portaal()


class LeerlingUit(Vorm):
    """What putting a record gives back."""

    leerling_id: str
    naam: str
    standaardversie: str
    meldingen: list[uit.MeldingUit]


@route(
    "PUT",
    "/leerlingen/{leerlingId}",
    "De gegevens van een leerling aanleveren",
    recht=Recht.RECORD_SCHRIJVEN,
    body=None,
    soorten=(JSON, XML),
    antwoorden={200: LeerlingUit, 201: LeerlingUit},
    etag=True,
    fouten=(
        "LEERLING_ID_ONGELDIG",
        "PGN_ONGELDIG",
        "PGN_IN_GEBRUIK",
        "XML_DTD",
        "XML_ONLEESBAAR",
        "NAAMRUIMTE_ONBEKEND",
        "WORTEL_ONBEKEND",
        "STANDAARDVERSIE_ONBEKEND",
        "IF_MATCH_ONTBREEKT",
        "INTUSSEN_GEWIJZIGD",
    ),
    ongeldig=("DOSSIER_ONGELDIG",),
    voorbeeld_body=RecordVorm,
)
def zet(vraag: Vraag) -> Antwoord:
    """JSON `{dossier, portaal}` or an OSO dossier in XML. If-Match only for a pupil that exists."""
    xml = "xml" in vraag.koppen.get("content-type", JSON)
    record = _uit_xml(vraag.ruw) if xml else _uit_json(vraag)
    if_match = vraag.koppen.get("if-match", "").strip() or None
    dossier, nieuw, vervallen = leerlingen.zet_record(vraag.werk, vraag.leerling_id, record, if_match)
    body = LeerlingUit(
        leerling_id=dossier.leerling_id,
        naam=dossier.naam,
        standaardversie=record.versie,
        meldingen=meldingen([*vervallen, *bijlagemeldingen(record.dossier, standaard(record.versie))]),
    )
    koppen = {"ETag": record_etag(dossier)}
    if nieuw:
        koppen["Location"] = f"/v1/leerlingen/{dossier.leerling_id}"
    return Antwoord(plain(body), 201 if nieuw else 200, koppen)


@route(
    "GET",
    "/leerlingen/{leerlingId}",
    "De gegevens zoals aangeleverd",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: {"record": RecordVorm}},
    etag=True,
    fouten=("INHOUD_WEG",),
)
def haal(vraag: Vraag) -> Antwoord:
    """What was put, lossless: JSON, or XML by Accept. The reading is logged (15.17)."""
    dossier, record = leerlingen.lees_record(vraag.werk, vraag.leerling_id)
    koppen, accept = {"ETag": record_etag(dossier), "Vary": "Accept"}, vraag.koppen.get("accept", "")
    if kies(accept, (JSON, XML)) == JSON:
        return Antwoord({"dossier": record.dossier, "portaal": record.portaal}, koppen=koppen)
    xml = b'<?xml version="1.0" encoding="UTF-8"?>\n' + encode(record.dossier, record.versie)
    if eerste(accept) == XML:
        return Antwoord(xml, koppen=koppen, soort=XML)
    return Antwoord(xml.decode(), koppen=koppen, soort="text/xml; charset=utf-8")  # as text: Chalice refuses bytes here


@route(
    "DELETE",
    "/leerlingen/{leerlingId}",
    "Een leerling uit de dienst verwijderen",
    recht=Recht.RECORD_BEHEREN,
    antwoorden={204: None},
    if_match=True,
    fouten=("BEWAREN_OPGELEGD",),
)
def verwijder(vraag: Vraag) -> Antwoord:
    """From this moment nobody can ask for the pupil; what was kept goes with the clean-up."""
    leerlingen.verwijder(vraag.werk, vraag.leerling_id, vraag.if_match)
    return Antwoord(None, 204)


def _uit_xml(ruw: bytes) -> Record:
    gegevens = decode(ruw, MAX_BODY)
    return Record(gegevens.versie, gegevens.dossier)


def _uit_json(vraag: Vraag) -> Record:
    vorm: Any = lees_body(RecordVorm, vraag.ruw)
    metadata = vorm.dossier.get("metadata")
    versie = metadata.get("standaardversie") if isinstance(metadata, dict) else None
    versie = versie or vraag.werk.stores.school(vraag.school).standaardversie
    if versie not in VERSIES:
        pad = "/dossier/metadata/standaardversie"
        raise Invalid("STANDAARDVERSIE_ONBEKEND", meldingen=[teksten.melding("STANDAARDVERSIE_ONBEKEND", pad=pad)])
    return Record(versie, vorm.dossier, vorm.portaal.model_dump(by_alias=True, exclude_unset=True))
