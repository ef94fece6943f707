"""Saving the card or record after collecting: what the stored dossier has and the school is told (R31, 15.2, 15.39)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.document import Document, Documentsoort
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.termijnen import Termijnen
from chalicelib.errors import Invalid, Refused
from chalicelib.flows.klaarzetten import zet_klaar
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.opruimen import ruim_op
from chalicelib.flows.verzamelen import PDF, lees_versie, verzamel, vul_in
from chalicelib.gegevensset.codec import decode
from chalicelib.store import Stores
from tests.conftest import Provisioned
from tests.contract.years import BEGIN
from tests.faults.seam import stores_of
from tests.faults.town import LEAVING, work
from tests.pupil import NUMBERS, SCHOOL, Waarden, record

LATER = BEGIN + timedelta(days=5)
OWN, TYPED = "Punt uit het record", "Verzonnen punt"
RECORD = record(NUMBERS[0], overstapadvies={"aandachtspunten": OWN})


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    """A school with one pupil whose dossier was collected, with the aandachtspunten of the record."""
    stores = stores_of(aws)
    who = work(stores, now=BEGIN)
    school = replace(SCHOOL, version=1)
    stores.commit(who.mutatie(Actie.SCHOOL_GEWIJZIGD, school.onderwerp), None, school)
    zet_record(who, "l-1", Record("2019.1", RECORD), None)
    save(stores, uitschrijving=replace(LEAVING, datum=BEGIN.date() + timedelta(days=60)))
    verzamel(who, "l-1", Profiel.POPO)
    return stores


def save(stores: Stores, **fields: Any) -> Dossier:
    return vul_in(work(stores, now=LATER), "l-1", lambda old: replace(old, **fields), "*")[0]


def stored(stores: Stores, card: Dossier) -> Waarden:
    return decode(lees_versie(work(stores), card)).dossier


def notes(stores: Stores, card: Dossier) -> Any:
    return stored(stores, card)["huidigeschool"]["leerling"]["overstapadvies"].get("aandachtspunten")


def test_a_version_made_by_aandachtspunten_is_of_the_moment_that_it_was_made(stores: Stores) -> None:
    """15.2, R14, R16, 15.6, 15.8."""
    card = save(stores, aandachtspunten=TYPED)
    assert card.versie is not None
    assert (card.versie.nummer, card.versie.verzameld_op) == (2, LATER)
    made = stored(stores, card)
    assert made["metadata"]["datum"] == LATER.date().isoformat()
    (paper,) = made["huidigeschool"]["leerling"]["overigdocumentlijst"]["document"]
    assert paper["bestandsnaam"].endswith(f"{LATER.date().isoformat()}.pdf")
    with pytest.raises(Invalid, match="INZAGEDATUM_ONGELDIG"):
        save(stores, inzage=Inzage(Inzagewaarde.JA, BEGIN.date()))


def test_a_contact_of_r31_keeps_the_moment_of_collecting(stores: Stores) -> None:
    card = save(stores, contact_nodig=True)
    assert card.versie is not None
    assert (card.versie.nummer, card.versie.verzameld_op) == (1, BEGIN)
    assert stored(stores, card)["metadata"]["datum"] == BEGIN.date().isoformat()


def test_without_a_text_on_the_card_that_of_the_record_counts_again(stores: Stores) -> None:
    """15.39: an empty field of the card says nothing, at saving as at collecting."""
    assert notes(stores, save(stores, aandachtspunten=TYPED)) == TYPED
    emptied = save(stores, aandachtspunten=None)
    assert notes(stores, emptied) == OWN
    assert notes(stores, verzamel(work(stores, now=LATER), "l-1", Profiel.POPO).dossier) == OWN


def test_a_director_that_the_settings_lost_keeps_only_the_dossier_from_being_rewritten(stores: Stores) -> None:
    """R64, ch. 3: saving what touches no stored dossier asks nothing of the school."""
    save(stores, contact_nodig=True)
    who, school = work(stores), stores.school(SCHOOL.vestiging)
    bare = school.wijzig(naam_directeur=" ")
    stores.commit(who.mutatie(Actie.SCHOOL_GEWIJZIGD, bare.onderwerp), school, bare)
    card = stores.dossier(SCHOOL.vestiging, "l-1")
    assert save(stores, uitschrijving=replace(card.invulling.uitschrijving, reden="Verhuizing")).versie == card.versie
    with pytest.raises(Refused, match="DIRECTEUR_ONTBREEKT"):
        save(stores, inzage=Inzage(Inzagewaarde.JA))


@pytest.mark.parametrize("number", [NUMBERS[1], None], ids=["another", "none"])
def test_a_record_with_another_number_says_that_the_dossier_is_not_ready_any_more(
    stores: Stores, number: str | None
) -> None:
    save(stores, inzage=Inzage(Inzagewaarde.JA))
    who = work(stores, now=LATER)
    zet_klaar(who, "l-1")
    assert zet_record(who, "l-1", Record("2019.1", record(NUMBERS[0], roepnaam="Anders")), "*").meldingen == ()
    put = zet_record(who, "l-1", Record("2019.1", record(number)), "*")
    assert (put.dossier.status, put.nieuw) == (Status.NIET_KLAAR, False)
    (said,) = put.meldingen
    assert (said.code, said.ernst) == ("VERZAMEL_OPNIEUW", "waarschuwing")
    assert said.tekst.endswith("De inzage is vervallen en het dossier staat niet meer klaar.")
    lines = [x for x in stores.logregels(put.dossier.onderwerp) if x.actie == Actie.LEERLING_BIJGEWERKT.value]
    assert [line.details["status"] for line in lines] == ["KLAAR", "NIET_KLAAR"]
    assert zet_record(who, "l-1", Record("2019.1", record(NUMBERS[0])), "*").meldingen == ()


def papers(stores: Stores) -> list[Document]:
    """The PDFs of versions in the leerlingmap, in the order of their versions."""
    found = [d for d in stores.documenten(SCHOOL.vestiging, "l-1") if d.soort is Documentsoort.DOSSIER]
    return sorted(found, key=lambda paper: paper.id)


def is_current(stores: Stores, paper: Document, card: Dossier) -> bool:
    assert card.versie is not None
    return stores.inhoud.get(paper.map, paper.object) == stores.inhoud.get(card.versie.map, PDF)


def test_after_inzage_the_map_has_the_pdf_that_is_set_ready_and_keeps_it(stores: Stores) -> None:
    """R49, R50, ch. 16."""
    card = save(stores, inzage=Inzage(Inzagewaarde.JA))
    zet_klaar(work(stores, now=LATER), "l-1")
    ruim_op(stores, Termijnen(), BEGIN + timedelta(days=45))
    (paper,) = papers(stores)
    assert paper.id.startswith("dossier-1-")
    assert is_current(stores, paper, card)


def test_the_pdf_of_a_version_made_by_aandachtspunten_comes_beside_the_one_before(stores: Stores) -> None:
    card = save(stores, aandachtspunten=TYPED)
    old, new = papers(stores)
    assert (old.id[:10], new.id[:10]) == ("dossier-1-", "dossier-2-")
    assert (is_current(stores, old, card), is_current(stores, new, card)) == (False, True)
