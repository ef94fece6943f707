"""A pupil who is removed and put again under the same leerlingId is a new one: nothing of before shows."""

from datetime import timedelta

import pytest

from chalicelib.domain.mutatielog import controleer_keten
from chalicelib.domain.termijnen import Termijnen
from chalicelib.flows import avg, leerlingen
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.opruimen import ruim_op
from chalicelib.store import Stores, opruiming
from tests.conftest import Provisioned
from tests.contract.years import BEGIN, HERE, after, fill, objects, rows
from tests.faults.seam import stores_of
from tests.faults.town import work
from tests.pupil import NUMBERS, record

AGAIN = BEGIN + timedelta(hours=2)


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    """`weg` had versions, documents and zorgvragen; was removed, and is put again before the clean-up came by."""
    found = stores_of(aws)
    fill(found)
    leerlingen.verwijder(work(found, HERE, BEGIN), "weg", "*")
    assert found.zorgvragen(HERE, "weg")
    assert found.documenten(HERE, "weg")
    zet_record(work(found, HERE, AGAIN), "weg", Record("2019.1", record(NUMBERS[0])), None)
    return found


def zorgvragen_kept(stores: Stores) -> list[str]:
    return sorted(str(sk) for pk, sk in rows(stores) if pk == f"SCHOOL#{HERE}" and str(sk).startswith("ZORGVRAAG#weg"))


def test_nothing_of_before_shows_on_the_new_card(stores: Stores) -> None:
    card = stores.dossier(HERE, "weg")
    assert (card.versie, card.laatste_nummer) == (None, 3)
    assert stores.zorgvragen(HERE, "weg") == []
    assert stores.documenten(HERE, "weg") == []
    assert stores.versies(HERE, "weg") == []
    entries = stores.logregels(card.onderwerp)
    assert controleer_keten(card.onderwerp, entries, card.kop) == ()
    assert {"LEERLING_VERWIJDERD", "LEERLING_AANGEMAAKT"} <= {entry.actie for entry in entries}
    assert not [one for one in objects(stores) if "/weg/notitie" in one]
    proof = {row["soort"] for row in opruiming.bewijzen(stores, HERE)}
    assert {"versie", "document", "upload"} <= proof


def test_a_zorgvraag_of_before_keeps_its_own_term_and_opens_nothing(stores: Stores) -> None:
    assert len(zorgvragen_kept(stores)) == 2
    assert all("#weg!" in one for one in zorgvragen_kept(stores))
    ruim_op(stores, Termijnen(), after(years=2))
    assert len(zorgvragen_kept(stores)) == 2
    assert any("/weg/z-" in one for one in objects(stores))
    ruim_op(stores, Termijnen(), after(years=4))
    assert zorgvragen_kept(stores) == []
    assert not any("/weg/z-" in one for one in objects(stores))
    assert not [pk for pk, _ in rows(stores) if str(pk).startswith("KOPPEL#weg")]


def test_destruction_on_request_takes_what_was_set_aside_too(stores: Stores) -> None:
    avg.vernietig(work(stores, HERE, AGAIN), "weg", "Op verzoek")
    assert zorgvragen_kept(stores) == []
    assert not any("/weg/" in one for one in objects(stores))
