"""What the clock ends: a request, notificatie or zorgvraag whose last try broke off (house 4, Clock).

Nobody wrote then what came of it, and its message lies among the dead. Nudged again it would break off again, for ever,
and the other side would be asked each time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.flows import notificaties, ophalen, zorgvraag_melden
from chalicelib.store import Nudge, Stores

_AFGEBROKEN = timedelta(minutes=5)
"""Nobody is at work any more on a try that began so long ago: a worker has a minute."""

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
            if _brak_af(row, nu):
                geef_op(stores, _nudge(soort, row), nu)
                aantal += 1
    return aantal


def _brak_af(row: Mapping[str, Any], nu: datetime) -> bool:
    """Not when it went a step further since: sent again by hand, or with the koppelsleutel that was still asked for."""
    laatste = row.get("laatste_keer")
    if laatste is None or laatste["version"] != row["version"]:
        return False
    return nu - datetime.fromisoformat(laatste["op"]) > _AFGEBROKEN


def _nudge(soort: str, row: Mapping[str, Any]) -> Nudge:
    id_ = f"{row['leerling_id']}/{row['id']}" if soort == "ZORGVRAAG" else row["id"]
    return Nudge(soort, row["pk"].removeprefix("SCHOOL#"), id_)
