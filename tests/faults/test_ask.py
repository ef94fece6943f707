"""A nudge that is late, double or had by several workers at once changes nothing: the row is the truth."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.domain.nummers import Vestiging
from chalicelib.flows.afmaken import sluit_afgebroken
from chalicelib.flows.ophalen import XML, haal_op
from chalicelib.store import Nudge
from chalicelib.traffic_center import TrafficCenter
from tests.faults.seam import Seam
from tests.faults.town import BRON, CENTER, KEY, PROFIEL, PUPIL, Town, ask, intact, publish, requests_of, try_until_done
from tests.pupil import NOW, NUMBERS

_NUMBERS = itertools.count(1)
NUMBER = NUMBERS[0]


@pytest.fixture(scope="module", autouse=True)
def _published(town: Town) -> None:
    publish(town, BRON, NUMBER)


def askers(town: Town) -> Vestiging:
    """An asking school that nobody used before, of the BRIN that the dossier is ready for."""
    number = next(_NUMBERS)
    school = Vestiging(f"99EF{number:02d}")
    town.settle(school, str(number))
    return school


def exchange(town: Town, school: Vestiging, seam: Seam | None = None) -> None:
    """A client asks until it has an answer, then queue and clock do the rest."""
    try_until_done(lambda: ask(town.stores(seam, "portal"), school, NUMBER))
    town.work_queue(seam)
    town.run_until_quiet(school)


def end_state(town: Town, school: Vestiging) -> tuple[object, ...]:
    """What is left: one request, received once, the very bytes that were set ready."""
    stores = town.stores()
    (row,) = requests_of(stores, school)
    request = stores.aanvraag(school, row["id"])
    acts = intact(stores, request.onderwerp, request.kop)
    source = stores.dossier(BRON, PUPIL)
    assert source.versie is not None
    assert request.map is not None
    assert stores.inhoud.get(request.map, XML) == stores.inhoud.get(source.versie.map, "dossier.xml")
    assert request.verzend_hash == source.versie.verzend_hash
    return acts, request.status, request.resultaat, "open_since" in row


def test_a_late_or_double_nudge_asks_nobody_and_changes_nothing(town: Town) -> None:
    school = askers(town)
    exchange(town, school)
    before = requests_of(town.stores(), school)
    late = Nudge("AANVRAAG", school.code, before[0]["id"])
    for nudge, outcome in ((late, "ONTVANGEN"), (Nudge("AANVRAAG", school.code, "nooit-geweest"), "WEG")):
        seam = Seam()
        assert haal_op(town.stores(seam, "doel"), town.center(seam, "doel"), nudge, NOW) == outcome
        assert seam.names == ["doel get_item SCHOOL"]
    assert requests_of(town.stores(), school) == before


def test_two_workers_with_the_same_nudge_at_once_close_the_row_once(town: Town) -> None:
    school = askers(town)
    asked = ask(town.stores(), school, NUMBER)
    gate = threading.Barrier(3)

    def worker(_: int) -> str:
        gate.wait(20)
        return haal_op(town.stores(), town.center(None, "doel"), Nudge("AANVRAAG", school.code, asked.id), NOW)

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(worker, range(3))) == {"ONTVANGEN"}
    town.run_until_quiet(school)
    assert end_state(town, school)[0] == ["DOSSIER_OPGEVRAAGD", "DOSSIER_ONTVANGEN"]


def test_what_breaks_its_worker_at_the_last_try_too_is_ended_by_the_clock_and_asked_no_more(town: Town) -> None:
    school, asked = askers(town), []
    id_ = ask(town.stores(), school, NUMBER).id
    nudge, stores = Nudge("AANVRAAG", school.code, id_), town.stores()

    def break_off(url: str, data: bytes) -> tuple[int, bytes]:
        asked.append(url)
        raise MemoryError

    broken = TrafficCenter(break_off, PROFIEL, KEY, CENTER)
    for _ in range(4):
        with pytest.raises(MemoryError):
            haal_op(stores, broken, nudge, NOW)
    assert sluit_afgebroken(stores, NOW + timedelta(days=1)) == 0, "the queue gives it once more"
    with pytest.raises(MemoryError):
        haal_op(stores, broken, nudge, NOW, laatste_keer=True)
    assert sluit_afgebroken(stores, NOW + timedelta(minutes=1)) == 0, "somebody may still be at it"
    assert sluit_afgebroken(stores, NOW + timedelta(minutes=10)) == 1
    (row,) = requests_of(stores, school)
    request = stores.aanvraag(school, id_)
    assert (request.status, request.resultaat, "open_soort" in row) == ("MISLUKT", "TECHNISCHE_FOUT", False)
    assert intact(stores, request.onderwerp, request.kop) == ["DOSSIER_OPGEVRAAGD", "OPVRAGING_MISLUKT"]
    assert sluit_afgebroken(stores, NOW + timedelta(days=1)) == 0
    assert haal_op(stores, broken, nudge, NOW) == "MISLUKT"
    assert len(asked) == 5
