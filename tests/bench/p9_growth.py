"""P9: ten times the pupils in the table, the same school: what one pupil costs stays the same.

Two embedded AWS side by side, each with a school of `SCHOOL_SIZE` pupils of its own, one among `SMALL` pupils of all
schools and one among ten times as many; every way has its turn on both. What the service does is the same number of
calls, and never a scan.
"""

import resource
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any, cast

from chalicelib.config import Leverancier
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.invulling import Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.flows import overzicht
from chalicelib.flows.balie import Balie, Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.klaarzetten import zet_klaar
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.verzamelen import verzamel, vul_in
from chalicelib.messages.berichten import Adressen, DocumentRequest, SessiecontroleResponse
from chalicelib.store.items import from_attributes, to_attributes
from chalicelib.store.tabel import Tabel
from chalicelib.traffic_center import TrafficCenter
from tests.bench.embedded import Embedded, embedded
from tests.bench.measure import Goal, medians
from tests.pupil import NOW, NUMBERS, record

SCHOOL_SIZE = 40
SMALL = 100
TIMES = 10
ROUNDS = 9
PUPIL = "l-0"
_SESSIONS = count()

Way = Callable[[Embedded], object]


def run() -> Iterator[Goal | str]:
    """The goals of P9."""
    with embedded() as small, embedded() as large:
        for up, pupils in ((small, SMALL), (large, SMALL * TIMES)):
            fill(up, pupils)
            yield f"{rows(up):,} rows in the state table: {pupils} pupils, of whom {SCHOOL_SIZE} in the school"
        for what, way in WAYS.items():
            yield from growth(what, way, small, large)
        yield from memory(large)


def growth(what: str, way: Way, small: Embedded, large: Embedded) -> Iterator[Goal | str]:
    """CPU and calls of one way in the large table against the small one."""
    asked = {"small": calls(small, way), "large": calls(large, way)}
    times = medians({"small": lambda: way(small), "large": lambda: way(large)}, ROUNDS)
    yield f"{what}: {times['small']:.1f} and {times['large']:.1f} ms, {sum(asked['large'].values())} calls"
    yield Goal("P9", f"{what}, CPU with {TIMES}x the pupils", times["large"] / times["small"], 1.2, False)
    more = sum((asked["large"] - asked["small"]).values())
    yield Goal("P9", f"{what}, more calls with {TIMES}x the pupils", more, 0, False)
    yield Goal("P9", f"{what}, scans", sum(n for name, n in asked["large"].items() if name.endswith(".Scan")), 0, False)


def memory(up: Embedded) -> Iterator[Goal | str]:
    """The most that this process ever held: after fifty pupils as much as after ten."""
    held = []
    for times in (10, 40):
        for _ in range(times):
            publish(up)
        held.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    yield f"memory after 10 and 50 pupils more: {held[0] / 1024:.1f} and {held[1] / 1024:.1f} MiB"
    yield Goal("P9", "memory of a worker after 50 pupils against 10", held[1] / held[0], 1.2, False)


def calls(up: Embedded, way: Way) -> Counter[str]:
    """What one turn asks of AWS, after a first one that warms up."""
    way(up)
    up.requests.clear()
    way(up)
    return Counter(up.requests)


def publish(up: Embedded) -> None:
    """Collect, record the inzage, set ready."""
    verzamel(up.work, PUPIL, Profiel.POPO)
    vul_in(up.work, PUPIL, lambda old: replace(old, inzage=Inzage(Inzagewaarde.JA)), "*")
    zet_klaar(up.work, PUPIL)


class _Center:
    """A Traffic Center that finds every session valid."""

    def controleer_sessie(self, aanvraag: DocumentRequest) -> SessiecontroleResponse:
        return SessiecontroleResponse(aanvraag.sessie_id)


def deliver(up: Embedded) -> None:
    """Answer the vervolgschool."""
    adressen = Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0"))
    pgn, session = Pgn(PgnType.BSN, NUMBERS[0]), f"sessie-{next(_SESSIONS)}"
    request = DocumentRequest(adressen, pgn, None, Overdrachtsoort.OVERSTAPDOSSIER, session)
    supplier = Leverancier("CN=proef", "1", frozenset({"99EF/0"}))
    balie = Balie(up.stores, cast(TrafficCenter, _Center()), (supplier,), lambda _: (), NOW)
    assert isinstance(beantwoord(balie, Beller("CN=proef", "1", "vingerafdruk"), request), bytes)


def overview(up: Embedded) -> None:
    """A page of the overview, with a filter."""
    found = overzicht.zoek(up.work, overzicht.Filter(achternaam="proef"))
    assert len(found) >= 25


def waiting(up: Embedded) -> None:
    """The counts of the work that waits."""
    assert overzicht.werkvoorraad(up.work)


def requests(up: Embedded) -> None:
    """A page of the requests by other schools."""
    assert up.stores.lijst("IN", up.work.school, limiet=25, na=None).rijen


WAYS: dict[str, Way] = {
    "publish": publish,
    "deliver": deliver,
    "a page of the overview": overview,
    "the work that waits": waiting,
    "a page of the requests": requests,
}


def fill(up: Embedded, pupils: int) -> None:
    """A school of ours with one pupil that was written out, and pupils of other schools up to `pupils`."""
    for number in range(SCHOOL_SIZE):
        zet_record(up.work, f"l-{number}", Record("2019.1", record(NUMBERS[0] if number == 0 else None)), None)
    leaving = Uitschrijving(datum=date(2026, 7, 31), vervolgschool=Vervolgschool("99EF", "Het Schijnpad"))
    vul_in(up.work, PUPIL, lambda old: replace(old, uitschrijving=leaving), "*")
    up.stores.transact(up.stores.claim_punt("14SS", "0", up.work.school))
    publish(up)
    deliver(up)
    for table in (up.stores.state, up.stores.log):
        copies(table, pupils - SCHOOL_SIZE)


def copies(table: Tabel, pupils: int) -> None:
    """Every row of our one pupil again for each of so many others, at schools of the same size."""
    ours = [row for row in _all(table) if row["pk"].startswith(("SESSIE#", "PGN#")) or f"#{PUPIL}#" in _key(row)]
    made = [{"PutRequest": {"Item": to_attributes(_moved(row, number))}} for number in range(pupils) for row in ours]
    for start in range(0, len(made), 25):
        table.client.batch_write_item(RequestItems={table.naam: cast(Any, made[start : start + 25])})


def _key(row: dict[str, Any]) -> str:
    return f"{row['pk']}#{row['sk']}#"


def _moved(row: dict[str, Any], number: int) -> dict[str, Any]:
    """The same row of pupil `number` at another school."""
    school, keys = f"{20 + number // SCHOOL_SIZE % 70}ZZ{number // SCHOOL_SIZE // 70:02}", ("pk", "lijst_pk")
    moved = {name: value.replace("14SS00", school) if name in keys else value for name, value in row.items()}
    if isinstance(row["sk"], str):
        moved["sk"] = row["sk"].replace(PUPIL, f"l-{number}")
    if row["pk"].startswith(("SESSIE#", "PGN#")):
        moved["pk"] = f"{row['pk']}{number}"
    if row["pk"].startswith("DOSSIER#"):
        moved["pk"] = moved["pk"].replace(PUPIL, f"l-{number}")
    return moved


def _all(table: Tabel) -> Iterator[dict[str, Any]]:
    """Every row, by a scan of the bench's own."""
    for page in table.client.get_paginator("scan").paginate(TableName=table.naam):
        yield from map(from_attributes, page["Items"])


def rows(up: Embedded) -> int:
    return sum(1 for _ in _all(up.stores.state))
