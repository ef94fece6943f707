"""What is kept of a pupil by number alone, because it came before the pupil was put here (AVG 15 and 17, ch. 16).

A dossier that was asked for and received, a refusal, a request by another school, the moment of a receipt: none of
them names a leerlingId, and each is about whoever has that number now.
"""

from collections.abc import Iterable, Set
from typing import Any

from chalicelib.domain.aanvraag import Dossieraanvraag
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.nummers import Pgn, Vestiging
from chalicelib.errors import NotFound
from chalicelib.flows import Werk
from chalicelib.flows.leerlingen import PGN_VELDEN, haal_record
from chalicelib.gegevensset.weglaten import leerling_van
from chalicelib.store import Stores
from chalicelib.store.tabel import Write


def nummers_van(werk: Werk, kaart: Dossier) -> frozenset[Pgn]:
    """The numbers in a pupil's record; none where the record is gone."""
    try:
        leerling = leerling_van(haal_record(werk, kaart).dossier)
    except NotFound:
        return frozenset()
    return frozenset(Pgn(type_, leerling[veld]) for veld, type_ in PGN_VELDEN.items() if veld in leerling)


def losse_aanvragen(werk: Werk, rijen: Iterable[dict[str, Any]], pgns: Set[Pgn]) -> list[dict[str, Any]]:
    """Of our own requests, those that name no pupil and asked for one of these numbers."""
    los = [rij for rij in rijen if not rij.get("leerling_id") and rij.get("nummer")]
    van_hem = werk.stores.geheim.welke(werk.school, [(rij["nummer"], rij["nummer_type"]) for rij in los], pgns)
    return [rij for rij, is_het in zip(los, van_hem, strict=True) if is_het]


def vingerafdrukken(stores: Stores, pgns: Iterable[Pgn]) -> set[str]:
    """What the number of a request by another school may be known by, under every pepper."""
    return {afdruk for pgn in pgns for afdruk in stores.geheim.vingerafdrukken("pgn", pgn.type.value, pgn.nummer)}


def ontvangsten(stores: Stores, school: Vestiging, pgns: Iterable[Pgn]) -> list[dict[str, Any]]:
    """The rows that remember when a dossier was received for these numbers."""
    partities = [pk for pgn in pgns for pk in stores.ontvangst_partities(school, pgn)]
    return [rij for pk in partities for rij in stores.state.alles(pk)]


def vergeet_ontvangst(stores: Stores, aanvraag: Dossieraanvraag) -> list[Write]:
    """The writes that take away when a dossier was last received for the number of this request: it is here no more."""
    school = aanvraag.school
    pgns = [stores.geheim.ontsleutel(school, aanvraag.nummer, aanvraag.nummer_type)] if aanvraag.nummer else []
    rijen = ontvangsten(stores, school, pgns)
    return [stores.state.delete_if(rij["pk"], rij["sk"], gevraagd_op=rij["gevraagd_op"]) for rij in rijen]
