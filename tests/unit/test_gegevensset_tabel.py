"""The tables of the data standard: complete, consistent, in Dutch, and enough for a version that is still to come."""

import re

import pytest

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.errors import Invalid
from chalicelib.gegevensset import tabel as module
from chalicelib.gegevensset.tabel import VERSIES, Element, Standaard, lees, standaard

PROFIELEN = ("POPO", "POVO", "VOVO", "BB-POPO", "POSWV", "VOSWV")
# the table of the manual, chapter 6 (R117): v verplicht, o optioneel, x verboden
MATRIX = """
metadata                v v v v v v
ouderinzage             v v v o o o
school                  v v v v v v
leerling                v v v v v v
oudersverzorgers        v v v o v v
vve                     o x x o o x
schoolloopbaan          v v v o v v
overstapadvies          v v v o o o
onderwijsondersteuning  o o o o v v
handelingsplannen       o o o o o o
verzuim                 o o o o o o
eindtoetsbo             o o o o x o
toetsresultaten         o o o o o o
cijferlijsten           o o o o o o
vombo                   x x o o x o
bijlagedocs             o o o o o o
"""
LETTERS = {"v": Eis.VERPLICHT, "o": Eis.OPTIONEEL, "x": Eis.VERBODEN}


def elements(version: str) -> list[Element]:
    return list(standaard(version).wortel.alle())


@pytest.mark.parametrize(("version", "total", "leaves", "lists"), [("2019.1", 550, 440, 33), ("2018.1", 632, 506, 38)])
def test_a_table_holds_every_declaration_of_its_version(version: str, total: int, leaves: int, lists: int) -> None:
    found = elements(version)
    assert len(found) == total
    assert sum(not element.is_blok for element in found) == leaves
    assert len(standaard(version).codelijsten) == lists
    assert {element.codelijst for element in found} - {None} == set(standaard(version).codelijsten)


@pytest.mark.parametrize("version", VERSIES)
def test_the_matrix_is_that_of_the_manual_r117_and_r118(version: str) -> None:
    for line in MATRIX.strip().splitlines():
        name, *letters = line.split()
        expected = {Profiel(profiel): LETTERS[letter] for profiel, letter in zip(PROFIELEN, letters, strict=True)}
        if version == "2018.1" and name == "onderwijsondersteuning":
            name = "zorgenbegeleiding"
            expected |= dict.fromkeys((Profiel.POPO, Profiel.POVO, Profiel.VOVO), Eis.VERPLICHT)
        expected[Profiel.BB_POVO] = expected[Profiel.BB_POPO]
        assert standaard(version).blok[name].eisen == expected, name


@pytest.mark.parametrize("version", VERSIES)
def test_the_statuses_of_the_metadata_are_the_blocks_in_the_same_order(version: str) -> None:
    table = standaard(version)
    statuses = table.wortel.bij_naam["metadata"].bij_naam["categorie_uitlevering"].kinderen
    assert [element.naam for element in statuses] == [f"cat_{blok.naam}" for blok in table.blokken]


@pytest.mark.parametrize("version", VERSIES)
def test_every_element_of_the_pupil_belongs_to_exactly_one_block(version: str) -> None:
    table = standaard(version)
    paths = [pad for blok in table.blokken for pad in blok.paden]
    assert len(paths) == len(set(paths))
    for pad in paths:
        place = table.wortel
        for step in pad:
            place = place.bij_naam[step]
    pupil = table.wortel.bij_naam["huidigeschool"].bij_naam["leerling"]
    assert {pad[2] for pad in paths if len(pad) > 2} == set(pupil.bij_naam)


def test_the_quoted_i_text_is_letter_for_letter_that_of_r44() -> None:
    blok = standaard("2019.1").blok["metadata"]
    assert blok.label == "Algemene dossiergegevens"
    assert blok.toelichting == "De overdracht soort, datum en pakketversie van het dossier"


@pytest.mark.parametrize("version", VERSIES)
def test_labels_are_dutch_words_and_meanings_are_one_sentence(version: str) -> None:
    for element in elements(version):
        assert element.label[0].isupper(), element.naam
        assert "_" not in element.label + element.betekenis, element.naam
        assert re.fullmatch(r"[A-Z].*\.", element.betekenis), element.naam
        longest = max(re.split(r"[ /-]", element.label), key=len)
        assert len(longest) <= 27, f"{element.naam}: {longest}"  # Toelaatbaarheidsverklaring is the longest word


@pytest.mark.parametrize(
    ("number", "code", "field", "text"),
    [
        (29, "overstapdossier", "overdrachtsoort", "Dossier wordt overgedragen aan een andere school"),
        (33, "LAS", "deeldossier", "Leerling administratie systeem"),
        (16, "POPO", "overstap", "van primair onderwijs naar andere school PO"),
        (37, "Ja", "akkoord", "Ouders/verzorgers zijn akkoord met de inhoud"),
        (37, "Ja", "toestemming", "Ouders/verzorgers geven toestemming voor overdracht"),
        (14, "1", "geslacht", "vrouw"),
        (2, "60", "advies", "60"),  # no source describes it: the code itself (15.44)
    ],
)
def test_codes_are_described_in_the_words_of_the_manual(number: int, code: str, field: str, text: str) -> None:
    assert standaard("2019.1").codelijsten[number].tekst(code, field) == text


def test_an_unknown_version_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="STANDAARDVERSIE_ONBEKEND"):
        standaard("2017.1")


@pytest.mark.parametrize("line", ["naam 1..1 tekst", "naam 1..1 onbekendtype | Label | Betekenis."])
def test_a_line_that_breaks_the_notation_is_not_taken_for_something_else(line: str) -> None:
    table = (module.__file__ or "").replace("tabel.py", "2019.1.tabel")
    with open(table, encoding="utf-8") as file:
        text = file.read()
    with pytest.raises((ValueError, KeyError)):
        lees(f"{text}  {line}\n")


def test_a_parsed_table_is_independent_of_the_one_before() -> None:
    first: Standaard = standaard("2019.1")
    assert standaard("2019.1") is first
    assert standaard("2018.1").namespace != first.namespace
