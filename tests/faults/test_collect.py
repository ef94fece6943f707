"""Whatever call of collecting and setting ready goes wrong, however: the person presses again, and all is well."""

import itertools

import pytest

from chalicelib.domain.nummers import Pgn, PgnType, Vestiging
from chalicelib.flows.verzamelen import PDF, XML
from chalicelib.store import Stores
from tests.faults.seam import Seam, Way, sweep
from tests.faults.town import PUPIL, Town, intact, objects_of, publish
from tests.pupil import NUMBERS

_SCHOOLS = (Vestiging(f"{number // 100:02d}PB{number % 100:02d}") for number in itertools.count(1))
DONE = ["LEERLING_AANGEMAAKT", "KAART_OPGESLAGEN", "VERZAMELD", "INZAGE_VASTGELEGD", "KLAARGEZET"]


def newcomer(town: Town) -> Vestiging:
    """A school that nobody used before."""
    school = next(_SCHOOLS)
    town.settle(school, school.vestigingscode.lstrip("0"))
    return school


def end_state(town: Town, school: Vestiging) -> tuple[object, ...]:
    """What is left when it is done; every box that a row points at must be there."""
    stores = town.stores()
    card = stores.dossier(school, PUPIL)
    acts = intact(stores, card.onderwerp, card.kop)
    assert card.versie is not None
    versions = stores.versies(school, PUPIL)
    for one in (card.versie, *versions):
        assert {XML, PDF} <= objects_of(stores, one.map)
    documents = stores.documenten(school, PUPIL)
    for document in documents:
        assert document.object in objects_of(stores, document.map)
    assert "record.json" in objects_of(stores, card.record_map)
    assert stores.find_leerling(school, Pgn(PgnType.BSN, NUMBERS[0])) == PUPIL
    return acts, card.status, card.version, card.laatste_nummer, len(versions), len(documents)


def test_no_fault_of_collecting_leaves_anything_lost_or_done_twice(town: Town) -> None:
    calm, school = Seam(), newcomer(town)
    publish(town, school, NUMBERS[0], calm)
    expected = end_state(town, school)
    assert expected[0] == DONE
    cases = 0
    for at, way in sweep(calm.names):
        school, what = newcomer(town), (at, way, calm.names[at - 1])
        assert publish(town, school, NUMBERS[0], Seam(at, way)) == 1, what
        assert end_state(town, school) == expected, what
        cases += 1
    print(f"\ncollect: {len(calm.names)} calls, {cases} cases")
    assert cases >= 2 * len(calm.names) > 30


def test_a_fault_that_does_not_pass_is_noticed(town: Town) -> None:
    """A sweep in which nothing really goes wrong would be green too."""
    with pytest.raises(AssertionError, match="keeps going wrong"):
        publish(_Cursed(town.aws, town.register), newcomer(town), NUMBERS[0])


class _Cursed(Town):
    """A town in which the first call of every process of the portal fails."""

    def stores(self, seam: Seam | None = None, who: str = "") -> Stores:
        return super().stores(Seam(1, Way.FAILS) if who else None, who)
