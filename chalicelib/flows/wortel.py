"""Every night: the heads of all chains of the mutatielog in one signed root that nobody can take back (15.17).

Bounded in memory, whatever the number of pupils: one page of heads and one file of leaves at a time. A run may end
anywhere; the next goes on after the last file that was written. Reading heads costs one scan of the state table, in
which every chain has its head beside its subject; the mutatielog itself is not read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.wortel import Deel, Wortel
from chalicelib.store import Stores
from chalicelib.store.wortels import Wortels, koppen, lees_voortgang, verweesd_sinds, zet_voortgang

_PER_DEEL = 20_000
_PER_BLADZIJDE = 1_000


@dataclass(frozen=True)
class Uitkomst:
    """What a run did: the night it worked on, how many leaves there are so far, and whether the root is signed."""

    nacht: str
    bladen: int
    klaar: bool


def maak_wortel(
    stores: Stores,
    wortels: Wortels,
    klok: Callable[[], datetime],
    nog: Callable[[], bool] = lambda: True,
    per_deel: int = _PER_DEEL,
) -> Uitkomst:
    """Make the root of this night, or go on with the one that was begun, for as long as `nog` says."""
    nu = klok()
    stand = lees_voortgang(stores)
    if "begin" not in stand:
        if stand.get("laatste_nacht", "") >= nu.date().isoformat():
            return Uitkomst(stand["laatste_nacht"], stand["laatste_aantal"], klaar=True)
        stand |= {"nacht": nu.date().isoformat(), "begin": nu.isoformat(), "delen": [], "na": None}
        zet_voortgang(stores, stand)
    if not _lees_koppen(stores, wortels, stand, nog, per_deel):
        return Uitkomst(stand["nacht"], sum(aantal for _, aantal in stand["delen"]), klaar=False)
    wortel = Wortel(
        stand["nacht"],
        datetime.fromisoformat(stand["begin"]),
        klok(),
        tuple(Deel(sha, aantal) for sha, aantal in stand["delen"]),
        stand.get("laatste_hash", ""),
    )
    hash_ = wortels.onderteken(wortel)
    zet_voortgang(stores, {"laatste_nacht": wortel.nacht, "laatste_hash": hash_, "laatste_aantal": wortel.aantal})
    return Uitkomst(wortel.nacht, wortel.aantal, klaar=True)


def _lees_koppen(
    stores: Stores, wortels: Wortels, stand: dict[str, Any], nog: Callable[[], bool], per_deel: int
) -> bool:
    """Read on from where `stand` is, a file of leaves at a time; False when the time was up before the end."""
    bladen: list[bytes] = []
    na = stand.get("na")
    while not stand.get("gelezen"):
        if not nog():
            return False
        deze, na = koppen(stores, na, min(_PER_BLADZIJDE, per_deel))
        bladen += deze
        if na is None:
            bladen += verweesd_sinds(stores, datetime.fromisoformat(stand["begin"]))
        if na is None or len(bladen) >= per_deel:
            if bladen:
                deel = wortels.leg_deel_vast(stand["nacht"], bladen)
                stand["delen"].append([deel.sha256, deel.aantal])
            stand |= {"na": na, "gelezen": na is None}
            zet_voortgang(stores, stand)
            bladen = []
    return True
