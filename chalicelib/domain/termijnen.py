"""Terms: what may go along, and until when everything is kept (ch. 16). Pure: every date is an argument.

A function here gives the first day, or moment, on which something must be gone; None: it has no term yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag, Stand
from chalicelib.domain.dagen import eerstvolgende, is_dag
from chalicelib.domain.dossier import Dossier, Status, Versie
from chalicelib.domain.resultaat import NIET_BEKEND
from chalicelib.domain.zorgvraag import Zorgvraag

BACKUP = timedelta(days=35)
"""Point-in-time recovery of the tables reaches back so far; versions of objects go with the object itself."""
NIET_OPGEHAALD = timedelta(days=14)


@dataclass(frozen=True)
class Termijnen:
    """The table of ch. 16; each is a setting (`OSO_TERMIJNEN`, a JSON object of these names). A `_dag` is MM-DD."""

    leerling_jaren: int = 2
    vervangen_versie_dagen: int = 30
    upload_uren: int = 24
    nummer_maanden: int = 6
    nummer_onbekend_dagen: int = 30
    verzoek_jaren: int = 5
    geimporteerd_jaren: int = 2
    zorgvraag_jaren: int = 3
    mutatielog_jaren: int = 5
    opdracht_dagen: int = 365
    los_object_uren: int = 24
    binnen_brin_dag: str = "10-01"
    niet_geimporteerd_dag: str = "10-01"
    koppelsleutel_dag: str = "08-01"


def lees_termijnen(gegeven: Mapping[str, Any]) -> Termijnen:
    """The terms with these changed.

    Raises ValueError for an unknown name, for a number that is no whole number > 0 and for a day that is no MM-DD.
    """
    soort = {veld.name: type(veld.default) for veld in fields(Termijnen)}
    fout = sorted(naam for naam, waarde in gegeven.items() if not _past(soort.get(naam), waarde))
    if fout:
        raise ValueError(f"OSO_TERMIJNEN: {', '.join(fout)}")
    return Termijnen(**gegeven)


def _past(soort: type | None, waarde: object) -> bool:
    if isinstance(waarde, str):
        return soort is str and is_dag(waarde)
    return soort is int and type(waarde) is int and waarde >= 1


SOORTEN: Mapping[str, str] = {
    "leerling": "de bewaartermijn na uitschrijving of na het verzamelen binnen brin is verstreken",
    "versie": "vervangen en nooit verzonden, of van een leerling die er niet meer is",
    "document": "van een leerling die er niet meer is",
    "upload": "nooit bevestigd",
    "nummer": "de bewaartermijn van het nummer bij een aanvraag is verstreken",
    "naam": "van een leerling die er niet meer is",
    "aanvraag": "de bewaartermijn van de aanvraag zelf is verstreken",
    "ontvangen dossier": "de bewaartermijn na import is verstreken, of het is niet geïmporteerd",
    "zorgvraag": "de bewaartermijn na de terugkoppeling of verzending is verstreken",
    "koppelsleutel": "het seizoen waarvoor de sleutel gold is voorbij",
    "notificatie": "de bewaartermijn van de notificatie is verstreken",
    "opdracht": "de bewaartermijn van de opdracht is verstreken",
    "mutatielog": "de bewaartermijn na de laatste regel is verstreken",
    "export": "een export wordt een dag bewaard",
    "los object": "geen rij verwijst er nog naar",
}
"""Every kind of what is destroyed, and on what ground (ch. 16)."""


def _jaren_na(datum: date, jaren: int) -> date:
    """The same day so many years on; 29 February becomes 1 March, and beyond the calendar its last day."""
    if datum.year + jaren > date.max.year:
        return date.max
    try:
        return datum.replace(year=datum.year + jaren)
    except ValueError:
        return date(datum.year + jaren, 3, 1)


def _maanden_na(datum: date, maanden: int) -> date:
    """The same day so many months on, or the first of the next month where there is no such day."""
    jaar, maand = divmod(datum.year * 12 + datum.month - 1 + maanden, 12)
    try:
        return date(jaar, maand + 1, datum.day)
    except ValueError:  # no December: it has every day
        return date(jaar, maand + 2, 1)


def leerling_weg(kaart: Dossier, t: Termijnen) -> date | None:
    """Record, leerlingmap and versions: after the datum uitschrijving, binnen brin without one after the season.

    Of the card, else of the record: an empty field of the card says nothing (infra/decisions/card-over-record.md).
    """
    uit = kaart.invulling.uitschrijving.datum or kaart.overzicht.datum_uitschrijving
    if uit is not None:
        return _jaren_na(uit, t.leerling_jaren)
    if kaart.invulling.binnen_brin and kaart.versie is not None and kaart.versie.profiel.binnen_brin:
        return eerstvolgende(kaart.versie.verzameld_op.date(), t.binnen_brin_dag)
    return None


def niet_opgehaald(kaart: Dossier, nu: datetime) -> bool:
    """Set ready two weeks ago or longer, and not fetched since."""
    return _wacht(kaart) and kaart.klaargezet_op is not None and kaart.klaargezet_op <= nu - NIET_OPGEHAALD


def gemeld(kaart: Dossier) -> bool:
    """Whether the school was told so of what is set ready now."""
    klaar, gezegd = kaart.klaargezet_op, kaart.niet_opgehaald_op
    return _wacht(kaart) and klaar is not None and gezegd is not None and gezegd >= klaar


def _wacht(kaart: Dossier) -> bool:
    klaar, gehaald = kaart.klaargezet_op, kaart.verzonden_op
    return kaart.status is Status.KLAAR and klaar is not None and (gehaald is None or gehaald < klaar)


def vervangen_versies_weg(
    versies: Iterable[Versie], huidig: Versie | None, verzonden: frozenset[str], t: Termijnen
) -> dict[str, datetime]:
    """By map: when a version that another one replaced and that was never sent (`verzonden`: verzendHashes) goes."""
    return {
        oud.map: nieuw.verzameld_op + timedelta(days=t.vervangen_versie_dagen)
        for oud, nieuw in pairwise(versies)
        if oud.verzend_hash not in verzonden and (huidig is None or oud.map != huidig.map)
    }


def nummer_weg(verzoek: Binnengekomen, t: Termijnen) -> date:
    """When the number goes out of a request by another school."""
    if verzoek.resultaat == NIET_BEKEND.code:
        return verzoek.op.date() + timedelta(days=t.nummer_onbekend_dagen)
    return _maanden_na(verzoek.op.date(), t.nummer_maanden)


def rij_weg(op: datetime, t: Termijnen) -> date:
    """When the row of a request or notificatie goes."""
    return _jaren_na(op.date(), t.verzoek_jaren)


def inhoud_van_aanvraag_weg(aanvraag: Dossieraanvraag, t: Termijnen) -> date | None:
    """When the received dossier and the number of a request of our own go.

    Imported: so long after import. Not imported: 1 October. Without a dossier, the number as in a request by others.
    """
    if aanvraag.status is Stand.UITSTAAND:
        return None
    if aanvraag.status is Stand.GEIMPORTEERD and aanvraag.geimporteerd_op:
        return _jaren_na(aanvraag.geimporteerd_op.date(), t.geimporteerd_jaren)
    if aanvraag.ontvangen_op:
        return eerstvolgende(aanvraag.ontvangen_op.date(), t.niet_geimporteerd_dag)
    return _maanden_na(aanvraag.gevraagd_op.date(), t.nummer_maanden)


def zorgvraag_weg(zorgvraag: Zorgvraag, t: Termijnen) -> date:
    """After the last terugkoppeling, else after sending."""
    momenten = [terug.ontvangen_op for terug in zorgvraag.terugkoppelingen]
    return _jaren_na(max(momenten, default=zorgvraag.gemaakt_op).date(), t.zorgvraag_jaren)


def keten_weg(laatste: datetime, t: Termijnen) -> date:
    """When a chain of the mutatielog goes, given its last entry."""
    return _jaren_na(laatste.date(), t.mutatielog_jaren)


def toets_venster(datum: date) -> date:
    """The earliest afnamedatum of a toets in a POVO dossier that is made on `datum` (OVa.TR04, 15.31).

    The running school year and the two before it, and a school year starts on 1 August: until 31 July that
    is 1 August of three calendar years ago, from 1 August on of two.
    """
    jaren = 3 if datum < date(datum.year, 8, 1) else 2
    return date(datum.year - jaren, 8, 1)
