"""The leerlingmap holds the PDF of each version as it is now, for as long as the version is kept (R49, R50, ch. 16)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.document import Document, Documentsoort
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.termijnen import Termijnen
from chalicelib.flows.klaarzetten import zet_klaar
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.opruimen import ruim_op
from chalicelib.flows.verzamelen import PDF, verzamel, vul_in
from chalicelib.store import Stores
from tests.conftest import Provisioned
from tests.contract.years import BEGIN
from tests.faults.seam import stores_of
from tests.faults.town import LEAVING, work
from tests.pupil import NUMBERS, SCHOOL, record


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    """A school with one pupil whose dossier was collected on the first day."""
    stores = stores_of(aws)
    who = work(stores, now=BEGIN)
    school = replace(SCHOOL, version=1)
    stores.commit(who.mutatie(Actie.SCHOOL_GEWIJZIGD, school.onderwerp), None, school)
    zet_record(who, "l-1", Record("2019.1", record(NUMBERS[0])), None)
    leaving = replace(LEAVING, datum=BEGIN.date() + timedelta(days=60))
    vul_in(who, "l-1", lambda old: replace(old, uitschrijving=leaving), "*")
    verzamel(who, "l-1", Profiel.POPO)
    return stores


def day(number: int) -> datetime:
    return BEGIN + timedelta(days=number)


def papers(stores: Stores) -> list[Document]:
    return [d for d in stores.documenten(SCHOOL.vestiging, "l-1") if d.soort is Documentsoort.DOSSIER]


def current(stores: Stores) -> bytes:
    versie = stores.dossier(SCHOOL.vestiging, "l-1").versie
    assert versie is not None
    return stores.inhoud.get(versie.map, PDF)


def test_after_inzage_the_map_has_the_pdf_that_is_set_ready_and_keeps_it(stores: Stores) -> None:
    later = work(stores, now=day(5))
    vul_in(later, "l-1", lambda old: replace(old, inzage=Inzage(Inzagewaarde.JA)), "*")
    zet_klaar(later, "l-1")
    ruim_op(stores, Termijnen(), day(45))
    (paper,) = papers(stores)
    assert stores.inhoud.get(paper.map, paper.object) == current(stores)
    assert paper.id.startswith("dossier-1-")


def test_a_version_made_by_aandachtspunten_comes_beside_the_one_before(stores: Stores) -> None:
    vul_in(work(stores, now=day(5)), "l-1", lambda old: replace(old, aandachtspunten="Verzonnen punt"), "*")
    old, new = sorted(papers(stores), key=lambda paper: paper.id)
    assert (old.id[:10], new.id[:10]) == ("dossier-1-", "dossier-2-")
    assert stores.inhoud.get(new.map, new.object) == current(stores)
    assert stores.inhoud.get(old.map, old.object) != current(stores)
