"""A note on a row that waits: its last try began. Should that break off, the clock ends it (flows/afmaken.py).

The note is not logged: it says nothing of anybody, and whatever comes of the try is.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.aanvraag import Dossieraanvraag
from chalicelib.domain.notificatie import Notificatie
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.errors import Conflict
from chalicelib.store import Stores
from chalicelib.store.rijen import to_row, zorgvraag_rij

_NAAM = "laatste_keer"
_AFGEBROKEN = timedelta(minutes=5)
"""Nobody is at work any more on a try that began so long ago: a worker has a minute."""


def begin_laatste_keer(stores: Stores, waarde: Dossieraanvraag | Notificatie | Zorgvraag, nu: datetime) -> None:
    """Note that the last try of this request, notificatie or zorgvraag begins now."""
    row = zorgvraag_rij(waarde) if isinstance(waarde, Zorgvraag) else to_row(waarde)
    laatste = {"version": waarde.version, "op": nu.isoformat()}
    with suppress(Conflict):  # somebody else took a step just now, and that one is no last try
        stores.transact(stores.state.set_if(row["pk"], row["sk"], {_NAAM: laatste}, version=waarde.version))


def brak_af(row: Mapping[str, Any], nu: datetime) -> bool:
    """Whether the last try of a row that still waits is long over.

    Not when it went a step further since: sent again by hand, or with the koppelsleutel that was still asked for.
    """
    laatste = row.get(_NAAM)
    if laatste is None or laatste["version"] != row["version"]:
        return False
    return nu - datetime.fromisoformat(laatste["op"]) > _AFGEBROKEN
