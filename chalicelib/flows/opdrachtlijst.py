"""The list of a bulk act: one object with its pupils, in the order in which they were named."""

import json
from collections.abc import Iterable

from chalicelib.domain.opdracht import Opdracht, Taak
from chalicelib.errors import NotFound
from chalicelib.store import Stores
from chalicelib.store.items import dump, load

LIJST = "opdracht.json"


def als_bytes(taken: Iterable[Taak]) -> bytes:
    """The pupils as they are kept."""
    return json.dumps([dump(taak) for taak in taken], ensure_ascii=False, sort_keys=True).encode()


def lees_taken(stores: Stores, opdracht: Opdracht) -> tuple[Taak, ...]:
    """The pupils of an opdracht, in the order in which they were named."""
    return tuple(load(Taak, plain) for plain in json.loads(stores.inhoud.get(opdracht.map, LIJST)))


def taken_of_niets(stores: Stores, opdracht: Opdracht) -> tuple[Taak, ...]:
    """The same, and none where the list is gone."""
    try:
        return lees_taken(stores, opdracht)
    except NotFound:
        return ()


def vervang(stores: Stores, opdracht: Opdracht, taken: Iterable[Taak]) -> int:
    """Keep another list in its place, for good; how many versions of it went."""
    return stores.inhoud.vervang(opdracht.map, LIJST, als_bytes(taken))


def haal_nummers_weg(stores: Stores, opdracht: Opdracht) -> int:
    """Take the numbers out of a bulk question; how many there were. Its results need place and BRIN alone."""
    taken = taken_of_niets(stores, opdracht)
    met = sum(taak.met_nummer for taak in taken)
    if met:
        vervang(stores, opdracht, (taak.zonder_nummer() for taak in taken))
    return met
