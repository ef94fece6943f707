"""Objects that no row points at: a crash between bytes and row, an earlier record, a removed document, an export."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from chalicelib.domain.nummers import Vestiging
from chalicelib.store.opruiming import Object, Weg

if TYPE_CHECKING:
    from chalicelib.flows.opruimen import Schoonmaak

_EXPORT = "export!"


def beoordeel(werk: Schoonmaak, objecten: Iterable[Object]) -> None:
    """Look at the objects of one page, map by map; what is younger than a day may still get its row."""
    for eigenaar, van_hem in groupby(objecten, key=_eigenaar):
        if eigenaar is None:
            continue
        school, naam = eigenaar
        in_gebruik = None if naam.startswith(_EXPORT) else _in_gebruik(werk, school, naam)
        for map_, deze in groupby(van_hem, key=_map):
            jongste = max(een.op for een in deze)
            oud = werk.voorbij(jongste.astimezone(werk.nu.tzinfo) + timedelta(hours=werk.t.los_object_uren))
            if oud and (in_gebruik is None or map_ not in in_gebruik):
                soort = "export" if in_gebruik is None else "los object"
                werk.vernietig(Weg(soort, Vestiging(school), map_, (f"{map_}/",)))


def _map(een: Object) -> str:
    return een.sleutel.rpartition("/")[0]


def _eigenaar(een: Object) -> tuple[str, str] | None:
    """School and owner of an object; None for what belongs to no school, and stays."""
    delen = een.sleutel.removeprefix("upload/").split("/")
    return (delen[0], delen[1]) if len(delen) == 4 and len(delen[0]) == 6 else None


def _in_gebruik(werk: Schoonmaak, school: str, eigenaar: str) -> set[str]:
    """Every map that a row points at, of a pupil, a request of our own or an opdracht with this name."""
    state, pk = werk.stores.state, f"SCHOOL#{school}"
    rijen: list[dict[str, Any]] = [
        rij
        for begin in (f"VERSIE#{eigenaar}#", f"MAP#{eigenaar}#", f"ZORGVRAAG#{eigenaar}#", f"ZORGVRAAG#{eigenaar}!")
        for rij in state.alles(pk, begin, velden=("map",))
    ]
    soort, _, id_ = eigenaar.partition("!")
    ander = {"aanvraag": "UIT", "opdracht": "OPDRACHT"}.get(soort)
    if ander and (rij := state.find(pk, f"{ander}#{id_}")):
        rijen.append(rij)
    mappen = {rij["map"] for rij in rijen if rij.get("map")}
    if kaart := werk.kaart(Vestiging(school), eigenaar):
        mappen |= {kaart.record_map} | ({kaart.versie.map} if kaart.versie else set())
    for aanvraag in state.alles(pk, "UIT#", velden=("leerling_id", "record_ervoor")):
        if aanvraag.get("leerling_id") == eigenaar and aanvraag.get("record_ervoor"):
            mappen.add(aanvraag["record_ervoor"][0])
    return mappen
