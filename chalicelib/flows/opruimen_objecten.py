"""Objects that no row points at: a crash between bytes and row, an earlier record, a removed document, an export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.domain.nummers import Vestiging
from chalicelib.store.opruiming import Object, Weg

if TYPE_CHECKING:
    from chalicelib.flows.opruimen import Schoonmaak

_EXPORT = "export"


class _Los(NamedTuple):
    """A map that goes, and the key of the last object before its owner."""

    soort: str
    eigenaar: str
    map: str
    ervoor: str | None


def beoordeel(werk: Schoonmaak, objecten: Iterable[Object]) -> tuple[bool, str | None]:
    """Look at the objects of one page, map by map; what is younger than a day may still get its row.

    Whether there was time for all of them, and the key up to which there was.
    """
    tot: str | None = None
    for school, van_school in groupby(objecten, key=_school):
        op_tijd, tot, los = _zoek_los(werk, school, list(van_school), tot) if school else (True, tot, [])
        ervoor = _records_ervoor(werk, school) if any(een.soort != _EXPORT for een in los) else frozenset[str]()
        for keer, een in enumerate(los):
            if keer and not werk.nog():  # one at least: a run that finds and does nothing would do so every night
                return False, een.ervoor
            with werk.apart(een.map, "OBJECT"):
                kaart = werk.kaart(Vestiging(school), een.eigenaar)  # again: an undone import is the other way round
                if een.map not in ervoor | {kaart and kaart.record_map}:
                    werk.vernietig(Weg(een.soort, Vestiging(school), een.map, (f"{een.map}/",)))
        if not op_tijd:
            return False, tot
    return True, tot


def _zoek_los(
    werk: Schoonmaak, school: str, objecten: Sequence[Object], tot: str | None
) -> tuple[bool, str | None, list[_Los]]:
    """Owner by owner of one school: the maps that no row of the owner itself points at."""
    los: list[_Los] = []
    for naam, groep in groupby(objecten, key=_naam):
        if not werk.nog():
            return False, tot, los
        van_hem = list(groep)
        with werk.apart(f"{school}/{naam}", "OBJECT"):
            los += [_Los(soort, naam, map_, tot) for soort, map_ in _los_van(werk, Vestiging(school), naam, van_hem)]
        tot = van_hem[-1].sleutel
    return True, tot, los


def _los_van(werk: Schoonmaak, school: Vestiging, naam: str, objecten: Sequence[Object]) -> list[tuple[str, str]]:
    oud = [
        map_
        for map_, deze in groupby(objecten, key=_map)
        if werk.voorbij(
            max(een.op for een in deze).astimezone(werk.nu.tzinfo) + timedelta(hours=werk.t.los_object_uren)
        )
    ]
    soort, _, id_ = naam.partition("!")
    if not oud:
        return []
    if soort == _EXPORT:
        return [] if werk.vastgehouden(school, id_) else [(_EXPORT, map_) for map_ in oud]
    in_gebruik = _in_gebruik(werk, school, naam)
    return [] if in_gebruik is None else [("los object", map_) for map_ in oud if map_ not in in_gebruik]


def _map(een: Object) -> str:
    return een.sleutel.rpartition("/")[0]


def _delen(een: Object) -> tuple[str, str]:
    """School and owner of an object; two empty words for what belongs to no school, and stays."""
    delen = een.sleutel.removeprefix("upload/").split("/")
    return (delen[0], delen[1]) if len(delen) == 4 and len(delen[0]) == 6 else ("", "")


def _school(een: Object) -> str:
    return _delen(een)[0]


def _naam(een: Object) -> str:
    return _delen(een)[1]


def _in_gebruik(werk: Schoonmaak, school: Vestiging, eigenaar: str) -> set[str] | None:
    """Every map that a row points at, of a pupil, a request of our own or an opdracht with this name.

    None: a legal hold lies on the pupil whose they are, so nothing goes.
    """
    state, pk = werk.stores.state, f"SCHOOL#{school}"
    rijen: list[dict[str, Any]] = [
        rij
        for begin in (f"VERSIE#{eigenaar}#", f"MAP#{eigenaar}#", f"ZORGVRAAG#{eigenaar}#", f"ZORGVRAAG#{eigenaar}!")
        for rij in state.alles(pk, begin, velden=("map",))
    ]
    soort, _, id_ = eigenaar.partition("!")
    ander = {"aanvraag": "UIT", "opdracht": "OPDRACHT"}.get(soort)
    if ander and (rij := state.find(pk, f"{ander}#{id_}")):
        if werk.vastgehouden(school, rij.get("leerling_id")):
            return None
        rijen.append(rij)
    mappen = {rij["map"] for rij in rijen if rij.get("map")}
    if kaart := werk.kaart(school, eigenaar):
        if kaart.bewaren:
            return None
        mappen |= {kaart.record_map} | ({kaart.versie.map} if kaart.versie else set())
    return mappen


def _records_ervoor(werk: Schoonmaak, school: str) -> frozenset[str]:
    """The records of before an import, of all pupils of a school: read once, and after the cards were.

    An import moves a record from the card to its request, so whoever reads in this order sees it in one of both.
    """
    rijen = werk.stores.state.alles(f"SCHOOL#{school}", "UIT#", velden=("record_ervoor",))
    return frozenset(rij["record_ervoor"][0] for rij in rijen if rij.get("record_ervoor"))
