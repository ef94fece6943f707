"""What store tests do with a school of their own in one shared account."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.mutatielog import controleer_keten
from chalicelib.domain.nummers import Pgn, PgnType, Vestiging
from chalicelib.errors import OsoError
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.store import Stores
from tests.faults.town import work
from tests.pupil import NUMBERS, record

PGN = Pgn(PgnType.BSN, NUMBERS[0])


def put(stores: Stores, here: Vestiging, leerling_id: str = "l-1", number: str | None = NUMBERS[0]) -> Dossier:
    return zet_record(work(stores, here), leerling_id, Record("2019.1", record(number)), None)[0]


def chain(stores: Stores, dossier: Dossier) -> list[str]:
    entries = stores.logregels(dossier.onderwerp)
    assert controleer_keten(dossier.onderwerp, entries, dossier.kop) == ()
    return [entry.actie for entry in entries]


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Let threads do something at the same moment; an error of ours is an answer."""
    gate = threading.Barrier(count)

    def run(number: int) -> Any:
        gate.wait(20)
        try:
            return act(number)
        except OsoError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def contact(old: Invulling) -> Invulling:
    return replace(old, contact_nodig=not old.contact_nodig)
