"""What the clock ends: a request, notificatie or zorgvraag whose last try broke off (house 4, Clock).

Nobody wrote then what came of it, and its message lies among the dead. Nudged again it would break off again, for ever,
and the other side would be asked each time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.flows import notificaties, ophalen, zorgvraag_melden
from chalicelib.store import Nudge, Stores
from chalicelib.store.laatste_keer import brak_af

_GEEF_OP: Mapping[str, Callable[[Stores, Nudge, datetime], str]] = {
    "AANVRAAG": ophalen.geef_op,
    "NOTIFICATIE": notificaties.geef_op,
    "ZORGVRAAG": zorgvraag_melden.geef_op,
}


def sluit_afgebroken(stores: Stores, nu: datetime) -> int:
    """End as MISLUKT what is still open after its last try; returns how many. Again changes nothing."""
    aantal = 0
    for soort, geef_op in _GEEF_OP.items():
        for row in stores.open_sinds(soort, nu.isoformat()):
            if brak_af(row, nu):
                geef_op(stores, _nudge(soort, row), nu)
                aantal += 1
    return aantal


def _nudge(soort: str, row: Mapping[str, Any]) -> Nudge:
    id_ = f"{row['leerling_id']}/{row['id']}" if soort == "ZORGVRAAG" else row["id"]
    return Nudge(soort, row["pk"].removeprefix("SCHOOL#"), id_)
