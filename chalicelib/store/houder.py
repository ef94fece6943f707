"""Whose a session is: of the first certificate and pupil that used it, at whatever aanleverpunt (protocol 9b.7).

One row per session, with one fingerprint of session, certificate and pupil together: nobody is found by it.
"""

from datetime import datetime, timedelta

from chalicelib.store import Stores
from chalicelib.store.tabel import Write

_BEWAARD = timedelta(days=30)
"""No source says how long a session lives (protocol 5)."""


def neem(stores: Stores, sessie_id: str, nu: datetime, *wie: str) -> Write:
    """The write that takes a session: holds while it is nobody's, or already theirs."""
    afdrukken, tot = _afdrukken(stores, sessie_id, wie), int((nu + _BEWAARD).timestamp())
    row = {"pk": _pk(sessie_id), "sk": "HOUDER", "wie": afdrukken[0], "verloopt": tot}
    return stores.state.put_new_or(row, "wie", afdrukken)


def is_vrij(stores: Stores, sessie_id: str, *wie: str) -> bool:
    """Whether a session is nobody's, or theirs."""
    row = stores.state.find(_pk(sessie_id), "HOUDER")
    return row is None or row["wie"] in _afdrukken(stores, sessie_id, wie)


def _pk(sessie_id: str) -> str:
    return f"HOUDER#{sessie_id.lower()}"


def _afdrukken(stores: Stores, sessie_id: str, wie: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(stores.geheim.vingerafdrukken("houder", sessie_id.lower(), *wie))
