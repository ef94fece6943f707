"""The gegevensblokken of a dossier: what is there, what a choice leaves of it, and the statuses (R117-R120)."""

import copy
from pathlib import Path

import pytest

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.gegevensset.blokken import aanwezig, selecteer, statussen
from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.tabel import VERSIES, standaard
from tests.dossiers import OWN, full


@pytest.mark.parametrize("version", VERSIES)
@pytest.mark.parametrize("profiel", list(Profiel))
def test_a_full_dossier_holds_every_block_that_its_profile_allows(version: str, profiel: Profiel) -> None:
    table = standaard(version)
    allowed = {blok.naam for blok in table.blokken if blok.eisen[profiel] is not Eis.VERBODEN}
    found = aanwezig(decode(full(version, profiel.value)).dossier, table)
    assert found <= allowed
    assert allowed - found <= {"vombo", "eindtoetsbo"}  # binnen brin allows more than one school has


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_nothing_is_left_of_a_block_that_was_not_chosen(path: Path) -> None:
    gegevens = decode(path.read_bytes())
    table = standaard(gegevens.versie)
    before = copy.deepcopy(gegevens.dossier)
    for name in aanwezig(gegevens.dossier, table):
        rest = aanwezig(gegevens.dossier, table) - {name}
        assert aanwezig(selecteer(gegevens.dossier, table, rest), table) == rest
    assert gegevens.dossier == before  # the original is left alone


def test_plans_stay_where_only_the_support_around_them_is_left_out() -> None:
    table, values = standaard("2019.1"), decode(full()).dossier
    chosen = aanwezig(values, table) - {"onderwijsondersteuning"}
    assert list(selecteer(values, table, chosen)["huidigeschool"]["leerling"]["onderwijsondersteuning"]) == [
        "handelingsplan"
    ]
    neither = selecteer(values, table, chosen - {"handelingsplannen"})
    assert "onderwijsondersteuning" not in neither["huidigeschool"]["leerling"]


def test_a_block_that_was_empty_stays_as_it_was() -> None:
    table, values = standaard("2019.1"), decode(full()).dossier
    values["huidigeschool"]["leerling"]["onderwijsondersteuning"] = {}
    everything = frozenset(blok.naam for blok in table.blokken)
    assert selecteer(values, table, everything - {"vve"})["huidigeschool"]["leerling"]["onderwijsondersteuning"] == {}


@pytest.mark.parametrize("version", VERSIES)
def test_a_choice_with_its_statuses_is_a_valid_dossier(version: str) -> None:
    table, values = standaard(version), decode(full(version, "POVO")).dossier
    mandatory = frozenset(blok.naam for blok in table.blokken if blok.eisen[Profiel.POVO] is Eis.VERPLICHT)
    for chosen in (mandatory, mandatory | {"verzuim"}, mandatory | {"handelingsplannen", "toetsresultaten"}):
        rest = selecteer(values, table, chosen)
        rest["metadata"]["categorie_uitlevering"] = statussen(table, Profiel.POVO, chosen)
        assert controleer(encode(rest, version), "intended").meldingen == ()


def test_statuses_say_what_the_profile_demands_and_what_was_chosen() -> None:
    found = statussen(standaard("2019.1"), Profiel.POVO, {"verzuim"})
    assert list(found)[:3] == ["cat_metadata", "cat_ouderinzage", "cat_school"]
    assert len(found) == 16
    assert (found["cat_school"], found["cat_verzuim"], found["cat_toetsresultaten"], found["cat_vve"]) == (
        "VERPLICHT",
        "OPTIONEEL",
        "OPT-UIT",
        "VERBODEN",
    )
