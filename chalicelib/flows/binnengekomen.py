"""OSO dossieraanvragen: which pupils other schools asked for, and with what result (ch. 12, R128-R132)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date

from chalicelib.domain.aanvraag import Binnengekomen
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Pgn
from chalicelib.domain.resultaat import GESLAAGD
from chalicelib.errors import NotFound
from chalicelib.flows import Werk
from chalicelib.store import herhaal
from chalicelib.store.items import load


@dataclass(frozen=True)
class Filter:
    """R129. What is None does not filter. `verstrekkingfout`: whether the asker did not get a dossier."""

    van: date | None = None
    tot: date | None = None
    brin: str | None = None
    leerling: str | None = None
    type: str | None = None
    pgn: Pgn | None = None
    verstrekkingfout: bool | None = None


def zoek(werk: Werk, filter_: Filter) -> list[Binnengekomen]:
    """The requests that pass, newest first."""
    return sorted((v for v in _alle(werk) if _past(werk, v, filter_)), key=plaats, reverse=True)


def plaats(verzoek: Binnengekomen) -> tuple[str, str]:
    """Where a request stands in that order."""
    return verzoek.op.astimezone(UTC).isoformat(timespec="microseconds"), verzoek.id


def toon_nummer(werk: Werk, id_: str) -> Pgn:
    """The number behind a request, by an explicit act that is logged (R132)."""

    def poging() -> Pgn:
        verzoek = next((v for v in _alle(werk) if v.id == id_), None)
        if verzoek is None or not verzoek.nummer:
            raise NotFound("NIET_GEVONDEN")
        dossier = werk.stores.find_dossier(werk.school, verzoek.leerling_id) if verzoek.leerling_id else None
        mutatie = werk.mutatie(Actie.NUMMER_GETOOND, (dossier or verzoek).onderwerp, verzoek=verzoek.id)
        if dossier:
            werk.stores.commit(mutatie, dossier, dossier)
        else:
            werk.stores.commit(mutatie, verzoek, verzoek)
        return werk.stores.geheim.ontsleutel(werk.school, verzoek.nummer, verzoek.nummer_type)

    return herhaal(poging)


def _alle(werk: Werk) -> Iterator[Binnengekomen]:
    for row in werk.stores.state.alles(f"IN#{werk.school}", index="lijst"):
        yield load(Binnengekomen, row)


def _past(werk: Werk, verzoek: Binnengekomen, f: Filter) -> bool:
    dag = verzoek.op.date()
    fout = verzoek.resultaat != GESLAAGD.code
    afdrukken = werk.stores.geheim.vingerafdrukken("pgn", f.pgn.type.value, f.pgn.nummer) if f.pgn else None
    return (
        (f.van is None or dag >= f.van)
        and (f.tot is None or dag <= f.tot)
        and (f.brin is None or verzoek.doel_brin == f.brin)
        and (f.leerling is None or f.leerling.casefold() in (verzoek.leerling_naam or "").casefold())
        and (f.type is None or verzoek.nummer_type == f.type)
        and (afdrukken is None or verzoek.vingerafdruk in afdrukken)
        and (f.verstrekkingfout is None or fout == f.verstrekkingfout)
    )
