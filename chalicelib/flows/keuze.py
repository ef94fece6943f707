"""What was chosen for a pupil, as it can be collected now: the map, the record and the setting may have changed since.

R43-R47a, 15.2, 15.30.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from chalicelib.domain import teksten
from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.errors import Melding, Refused
from chalicelib.flows import Werk
from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.gegevensset.blokken import eisen_van
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.keuze import Keuze, heeft_toelichting, kent_toelichting, standaardkeuze
from chalicelib.gegevensset.samenstellen import kent_aandachtspunten
from chalicelib.gegevensset.tabel import Standaard, standaard

_TOELICHTING = "/toelichtingDocumentId"


def eis_standaard(kaart: Dossier, school: School) -> Standaard:
    """The table of the standard that the school writes; Refused("STANDAARDVERSIE_ANDERS") for a record of another."""
    if kaart.record_versie != school.standaardversie:
        raise Refused("STANDAARDVERSIE_ANDERS", meldingen=[teksten.melding("STANDAARDVERSIE_ANDERS")])
    return standaard(school.standaardversie)


def mag_mee(document: Document) -> bool:
    """Files and notes that were judged; the PDF of a collection travels by itself (R51)."""
    return document.soort is not Documentsoort.DOSSIER and document.status is Documentstatus.BESCHIKBAAR


def houdbaar(
    documenten: Iterable[Document], record: Waarden, tabel: Standaard, selectie: Selectie
) -> tuple[Selectie, tuple[Melding, ...]]:
    """What of a remembered choice still holds, and why the rest does not. `documenten`: the leerlingmap."""
    mag = {document.id for document in documenten if mag_mee(document)}
    bijlagen = tuple(id_ for id_ in selectie.bijlagen if id_ in mag)
    weg = [("DOCUMENT_WEG", "/bijlagen")] if bijlagen != selectie.bijlagen else []
    codes = (
        ["DOCUMENT_WEG"] if selectie.toelichting not in (None, *mag) else _toelichting_botst(record, tabel, selectie)
    )
    rest = replace(selectie.zonder_toelichting() if codes else selectie, bijlagen=bijlagen)
    redenen = [*weg, *((code, _TOELICHTING) for code in codes)]
    return rest, tuple(teksten.melding(code, pad=pad) for code, pad in redenen)


def _toelichting_botst(record: Waarden, tabel: Standaard, selectie: Selectie) -> list[str]:
    """Why a chosen Toelichting cannot be: the standard has none, or the record brings its own (15.30)."""
    if selectie.toelichting is None:
        return []
    if not kent_toelichting(tabel):
        return ["TOELICHTING_BESTAAT_NIET"]
    return ["TOELICHTING_BESTAAT_AL"] if heeft_toelichting(record) and not selectie.toelichting_vervangen else []


def weiger_toelichting(code: str) -> Refused:
    """The refusal of a Toelichting, at its field."""
    return Refused(code, meldingen=[teksten.melding(code, pad=_TOELICHTING)])


def gekozen_blokken(tabel: Standaard, record: Waarden, selectie: Selectie) -> frozenset[str]:
    """The blocks that are on by a remembered choice, under this version of the standard."""
    profiel = selectie.profiel
    return selectie.gekozen(eisen_van(tabel, profiel), standaardkeuze(tabel, profiel, record))


def keuze_van(werk: Werk, dossier: Dossier, record: Waarden, tabel: Standaard, selectie: Selectie) -> Keuze:
    """What was ticked, with the documents that were chosen from the leerlingmap; a text forces its block on (15.2)."""
    for code in _toelichting_botst(record, tabel, selectie):
        raise weiger_toelichting(code)
    blokken = gekozen_blokken(tabel, record, selectie)
    if dossier.invulling.aandachtspunten and kent_aandachtspunten(tabel):
        blokken |= {"overstapadvies"}
    return Keuze(
        blokken=blokken,
        toetsen_uit=frozenset(selectie.toetsen_uit),
        plannen_uit=frozenset(selectie.plannen_uit),
        bijlagen=tuple(_bijlagen(werk, dossier, dict.fromkeys(selectie.bijlagen))),
        toelichting=next(_bijlagen(werk, dossier, [selectie.toelichting]), None) if selectie.toelichting else None,
    )


def _bijlagen(werk: Werk, dossier: Dossier, ids: Iterable[str]) -> Iterator[Waarden]:
    """Documents of the leerlingmap as they travel: base64 of a ZIP with one entry."""
    for id_ in ids:
        document = werk.stores.document(werk.school, dossier.leerling_id, id_)
        if document.status is not Documentstatus.BESCHIKBAAR:
            melding = teksten.melding("DOCUMENT_NIET_BESCHIKBAAR", pad="/bijlagen")
            raise Refused("DOCUMENT_NIET_BESCHIKBAAR", meldingen=[melding])
        data = werk.stores.inhoud.get(document.map, document.object)
        # the name of a note holds a colon (R47a), which no entry of a ZIP may have
        bijlage = maak_bijlage(document.naam.replace(":", "."), data, document.omschrijving or "")
        yield bijlage | {"bestandsnaam": document.naam}
