"""The rows of the state table, one table below: domain type -> keys; and back.

pk                                sk                what
SCHOOL#{vestiging}                SCHOOL            School
SCHOOL#{vestiging}                DOSSIER#{id}      Dossier, the card
SCHOOL#{vestiging}                VERSIE#{id}#…     Versie, each that was ever collected
SCHOOL#{vestiging}                MAP#{id}#{doc}    Document of the leerlingmap
SCHOOL#{vestiging}                UIT#{id}          Dossieraanvraag, our own request
SCHOOL#{vestiging}                OPDRACHT#{id}     Opdracht, a bulk act
OPDRACHT#{vestiging}#{id}         REGEL#{nummer}    Regel, what came of one pupil of it
OPDRACHT#{vestiging}#{id}         VOEDING           how many of its pupils were put in the queue since it began
SESSIE#{sessie}#{brin}#{punt}     VERZOEK           Binnengekomen, a request by another school; in lower case
HOUDER#{sessie}                   HOUDER            whose a session with us is (store/houder.py); in lower case
PGN#{vestiging}#{pepper}#{hmac}   DOSSIER           pointer: which pupil has this number
PGN#{vestiging}#{pepper}#{hmac}   VERZOEK#{id}      a request by another school, of before a pupil had this number here
SCHOOL#{vestiging}                NOTIFICATIE#{id}  Notificatie, sent or received
EIGENSESSIE#{sessie}              UIT               pointer: which request of our own had it; in lower case
SCHOOL#{vestiging}                ZORGVRAAG#{leerling}#{id}  Zorgvraag
KOPPEL#{hmac}                     ZORGVRAAG         pointer: which zorgvraag has this koppelsleutel
PUNT#{brin}                       {nummer}          pointer: which vestiging answers at this aanleverpunt
GEWEERD                           {oin of sha256}   a supplier or certificate that the operator turned away
TEMPO#{wie}                       {minuut}          how many requests were made in that minute (store/tempo.py)
SLEUTEL#{vestiging}#{hmac}        SLEUTEL           an Idempotency-Key and what came of it
ONTVANGST#{vestiging}#{hmac}      ONTVANGST#{brin}  when a dossier of this number was received from there
KETEN#{onderwerp}                 KETEN             a chain whose subject is gone; later its tombstone (ch. 16)
WEG#{hash}                        WEG               what the clean-up is destroying now (store/opruiming.py)
SCHOOL#{vestiging}                VERNIETIG…        proof of destruction, no content
OPRUIMEN                          PLAATS            where the clean-up is
WORTEL                            PLAATS            how far the root of this night is (store/wortels.py)

A pgn, a name or an address is never in a key.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, cast

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag, Stand
from chalicelib.domain.document import Document
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.notificatie import Notificatie, Notificatiestatus
from chalicelib.domain.opdracht import Opdracht, Opdrachtstatus
from chalicelib.domain.school import School
from chalicelib.domain.zorgvraag import Zorgvraag, Zorgvraagstatus
from chalicelib.store.items import dump, dump_deel

Onderwerp = School | Dossier | Dossieraanvraag | Binnengekomen | Opdracht | Notificatie
Sleutels = dict[str, str]


def _school(school: School) -> Sleutels:
    return {"pk": f"SCHOOL#{school.vestiging}", "sk": "SCHOOL"}


def _dossier(dossier: Dossier) -> Sleutels:
    return {"pk": f"SCHOOL#{dossier.school}", "sk": f"DOSSIER#{dossier.leerling_id}"}


def _aanvraag(aanvraag: Dossieraanvraag) -> Sleutels:
    op = aanvraag.gevraagd_op.isoformat()
    sleutels = {
        "pk": f"SCHOOL#{aanvraag.school}",
        "sk": f"UIT#{aanvraag.id}",
        "lijst_pk": f"UIT#{aanvraag.school}",
        "lijst_sk": f"{op}#{aanvraag.id}",
    }
    if aanvraag.status is Stand.UITSTAAND:
        sleutels |= {"open_soort": "OPEN#AANVRAAG", "open_since": op}
    return sleutels


def _verzoek(verzoek: Binnengekomen) -> Sleutels:
    return {
        **verzoek_sleutel(verzoek.sleutel or verzoek.sessie_id, verzoek.bron_brin, verzoek.bron_aanleverpunt),
        "lijst_pk": f"IN#{verzoek.school}",
        "lijst_sk": f"{verzoek.op.isoformat()}#{verzoek.id}",
    }


def _opdracht(opdracht: Opdracht) -> Sleutels:
    sleutels = {"pk": f"SCHOOL#{opdracht.school}", "sk": f"OPDRACHT#{opdracht.id}"}
    if opdracht.status is Opdrachtstatus.LOOPT:
        sleutels |= {"open_soort": "OPEN#OPDRACHT", "open_since": opdracht.gevraagd_op.isoformat()}
    return sleutels


def regel_sleutel(opdracht: Opdracht, nummer: int) -> tuple[str, str]:
    """Where the outcome of one pupil of an opdracht stands."""
    return opdracht.onderwerp, f"REGEL#{nummer:04d}"


def _notificatie(notificatie: Notificatie) -> Sleutels:
    op = notificatie.op.isoformat()
    sleutels = {
        "pk": f"SCHOOL#{notificatie.school}",
        "sk": f"NOTIFICATIE#{notificatie.id}",
        "lijst_pk": f"NOTIFICATIE#{notificatie.richting}#{notificatie.school}",
        "lijst_sk": f"{op}#{notificatie.id}",
    }
    if notificatie.status is Notificatiestatus.WACHT:
        sleutels |= {"open_soort": "OPEN#NOTIFICATIE", "open_since": op}
    return sleutels


def document_rij(document: Document) -> dict[str, Any]:
    """The row of a document of the leerlingmap; its acts stand in the chain of the pupil."""
    sleutels = {"pk": f"SCHOOL#{document.school}", "sk": f"MAP#{document.leerling_id}#{document.id}"}
    return {**sleutels, **dump(document)}


def zorgvraag_rij(zorgvraag: Zorgvraag) -> dict[str, Any]:
    """The row of a zorgvraag; its acts stand in the chain of the pupil."""
    rij: dict[str, Any] = dump(zorgvraag)
    rij |= {
        "pk": f"SCHOOL#{zorgvraag.school}",
        "sk": f"ZORGVRAAG#{zorgvraag.leerling_id}#{zorgvraag.id}",
        "version": zorgvraag.version,
    }
    if zorgvraag.status is Zorgvraagstatus.VERZONDEN:
        rij |= {"open_soort": "OPEN#ZORGVRAAG", "open_since": zorgvraag.gemaakt_op.isoformat()}
    return rij


def sessies(sessie_id: str) -> list[str]:
    """What a session may stand under: as it is written here, where rows of before are, and in lower case."""
    return list(dict.fromkeys([sessie_id, sessie_id.lower()]))


def verzoek_sleutel(sessie_id: str, brin: str, punt: str) -> Sleutels:
    """The natural idempotency key of a request: its session, as `sessies` gives it, and the aanleverpunt asked."""
    return {"pk": f"SESSIE#{sessie_id}#{brin}#{punt}", "sk": "VERZOEK"}


SLEUTELS: Mapping[type[Any], Callable[[Any], Sleutels]] = {
    School: _school,
    Dossier: _dossier,
    Dossieraanvraag: _aanvraag,
    Binnengekomen: _verzoek,
    Notificatie: _notificatie,
    Opdracht: _opdracht,
}


_ONDERWERP = {"DOSSIER": "DOSSIER", "UIT": "AANVRAAG", "NOTIFICATIE": "NOTIFICATIE", "OPDRACHT": "OPDRACHT"}


def onderwerp_van(row: Mapping[str, Any]) -> str | None:
    """The name of the chain that a row has the head of, from its keys alone where they say it; None: it has none."""
    soort, _, rest = row["pk"].partition("#")
    naam, _, id_ = row["sk"].partition("#")
    if soort == "KETEN":
        return str(row["onderwerp"])
    if soort == "SESSIE":
        return f"VERZOEK#{row['school']['code']}#{row['sessie_id']}.{row['bron_aanleverpunt']}"
    if soort != "SCHOOL":
        return None
    if naam == "SCHOOL":
        return f"SCHOOL#{rest}"
    return f"{_ONDERWERP[naam]}#{rest}#{id_}" if naam in _ONDERWERP else None


def to_row(waarde: Onderwerp) -> dict[str, Any]:
    """The row of a value: its keys, and all its fields."""
    row: dict[str, Any] = dump(waarde)
    row |= {"log_aantal": waarde.kop.aantal, "version": waarde.version}
    return row | SLEUTELS[type(waarde)](waarde)


def verschil(oud: Onderwerp, nieuw: Onderwerp) -> dict[str, Any]:
    """What of the row is another in `nieuw` than it was in `oud`, by attribute; None for what is no longer there.

    Only that is written: a card is thirty attributes, a delivery changes three of them, and what a newer release of
    this service keeps in the same row stays.
    """
    anders: dict[str, Any] = {"log_aantal": nieuw.kop.aantal, "version": nieuw.version}
    for naam in _velden(cast(Any, type(nieuw))):
        was, wordt = getattr(oud, naam), getattr(nieuw, naam)
        if was is not wordt and was != wordt:
            anders[naam] = dump_deel(wordt)
    sleutels = SLEUTELS[type(nieuw)]
    return anders | verschil_rij(sleutels(oud), sleutels(nieuw))


def verschil_rij(oud: Mapping[str, Any], nieuw: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a plain row that are others than they were; None for what is no longer there."""
    return {naam: nieuw.get(naam) for naam in {**oud, **nieuw} if oud.get(naam) != nieuw.get(naam)}


@lru_cache(maxsize=16)
def _velden(soort: type[Any]) -> tuple[str, ...]:
    return tuple(veld.name for veld in fields(soort))
