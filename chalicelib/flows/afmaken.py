"""What the clock ends: a request, notificatie or zorgvraag whose last try broke off (house 4, Clock).

Nobody wrote then what came of it, and its message lies among the dead. Nudged again it would break off again, for ever,
and the other side would be asked each time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.flows import notificaties, ophalen, zorgvraag_melden
from chalicelib.flows.apart import elk_apart
from chalicelib.store import Nudge, Stores
from chalicelib.store.laatste_keer import brak_af

_GEEF_OP: Mapping[str, Callable[[Stores, Nudge, datetime], str]] = {
    "AANVRAAG": ophalen.geef_op,
    "NOTIFICATIE": notificaties.geef_op,
    "ZORGVRAAG": zorgvraag_melden.geef_op,
}


def sluit_afgebroken(stores: Stores, nu: datetime) -> int:
    """End as MISLUKT what is still open after its last try; returns how many. Again changes nothing.

    Raises RijenOnleesbaar when all others were ended.
    """
    rijen = ((soort, row) for soort in _GEEF_OP for row in stores.open_sinds(soort, nu.isoformat()))

    def sluit(een: tuple[str, Mapping[str, Any]]) -> int:
        soort, row = een
        if not brak_af(row, nu):
            return 0
        _GEEF_OP[soort](stores, _nudge(soort, row), nu)
        return 1

    return elk_apart(rijen, sluit)


def _nudge(soort: str, row: Mapping[str, Any]) -> Nudge:
    id_ = f"{row['leerling_id']}/{row['id']}" if soort == "ZORGVRAAG" else row["id"]
    return Nudge(soort, row["pk"].removeprefix("SCHOOL#"), id_)
