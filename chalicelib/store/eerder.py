"""Requests by other schools for a number that nobody has here yet: who puts the pupil finds them by it (R69).

Under every pepper, so that the card finds them by the key of its own pointer.
"""

from datetime import UTC, date, datetime, time
from typing import cast

from chalicelib.domain.aanvraag import Binnengekomen
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.nummers import Pgn
from chalicelib.store import Stores
from chalicelib.store.items import to_attributes
from chalicelib.store.tabel import Write

_MEESTE = 50


def onthoud_verzoek(stores: Stores, verzoek: Binnengekomen, pgn: Pgn, tot: date) -> list[Write]:
    """The writes that say that this number was asked for, until `tot`."""
    verloopt = int(datetime.combine(tot, time(), UTC).timestamp())
    row = {"sk": f"VERZOEK#{verzoek.id}", "id": verzoek.id, "verloopt": verloopt}
    rijen = [{"pk": pk, **row} for pk in stores.geheim.zoeksleutels(verzoek.school, pgn)]
    return [cast(Write, {"Put": {"TableName": stores.state.naam, "Item": to_attributes(rij)}}) for rij in rijen]


def eerdere_verzoeken(stores: Stores, dossier: Dossier) -> list[str]:
    """Which requests came before this pupil was put: at most fifty."""
    sleutel = dossier.pgn_sleutel
    return [row["id"] for row in stores.state.query(sleutel, "VERZOEK#", limiet=_MEESTE).rijen] if sleutel else []
