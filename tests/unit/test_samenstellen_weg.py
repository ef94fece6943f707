"""What may not travel: secret addresses and numbers, forbidden fields, old tests, blocks not chosen (15.31-15.33)."""

import copy
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.termijnen import toets_venster
from chalicelib.gegevensset.codec import encode
from tests.pupil import NUMBERS, Waarden, record, taken_on
from tests.unit.made import codes, made, pupil

HOME = {"soortadres": "gba", "straat": "Geheime Laan", "nummer": "1", "postcode": "9999ZZ", "plaats": "Nergens"}
SECRET = {"adresgeheim": "true", "adreslijst": {"adres": [HOME]}}


def parent(**elements: Any) -> Waarden:
    found: Waarden = record()["huidigeschool"]["leerling"]["verzorger"][0] | elements
    return found


@pytest.mark.parametrize("yes", ["true", "1"])
def test_a_secret_address_of_pupil_parent_or_doctor_stays_behind(yes: str) -> None:
    secret = SECRET | {"adresgeheim": yes}
    doctor = {"achternaam": "Proefarts", **secret}
    put = record(NUMBERS[0], verzorger=[parent(), parent(**secret)], huisarts=doctor, **secret)
    result = made(put)
    assert b"Geheime Laan" not in encode(result.dossier, "2019.1")  # 15.32
    assert "adreslijst" in pupil(result)["verzorger"][0]  # the other parent's is no secret
    places = [
        left_out.pad.rpartition("leerling/")[2] for left_out in result.weggelaten if left_out.code == "ADRES_GEHEIM"
    ]
    assert places == ["adreslijst", "huisarts/adreslijst", "verzorger[2]/adreslijst"]


def test_secret_phone_numbers_and_mail_addresses_are_replaced_wherever_they_stand() -> None:
    lines = [
        {"soort": "telefoon", "nummer": "000-5559991", "geheim": "true"},
        {"soort": "telefoon", "nummer": "000-5559992", "geheim": "false"},
        {"soort": "e-mail", "nummer": "geheim-adres@voorbeeld.example", "geheim": "1"},
    ]
    listed = {"communicatielijst": {"communicatie": lines}}
    put = record(NUMBERS[0], verzorger=[parent(**copy.deepcopy(listed))], **listed)
    result = made(put)
    data = encode(result.dossier, "2019.1")
    assert b"5559991" not in data
    assert b"geheim-adres" not in data
    assert data.count(b"5559992") == 2
    assert data.count(b"<nummer>9999999999</nummer>") == 2
    assert data.count(b"<nummer>geheim@geheim.geheim</nummer>") == 2
    assert codes(result)["NUMMER_GEHEIM"] == 4


@pytest.mark.parametrize(
    "elements",
    [
        {"geboorteplaats": "Verzonnendam"},
        {"nationaliteit": ["0001"]},
        {"geboortemaand": "2015-03"},
        {"postcode4adres": "9999"},
    ],
)
def test_a_forbidden_field_never_travels(elements: Waarden) -> None:
    result = made(record(NUMBERS[0], **elements))
    (name,) = elements
    assert name not in pupil(result)  # 15.33
    assert codes(result)["VELD_VERBODEN"] == 1


@pytest.mark.parametrize(
    ("on", "first"),
    [
        (date(2026, 6, 10), date(2023, 8, 1)),
        (date(2026, 7, 31), date(2023, 8, 1)),
        (date(2026, 8, 1), date(2024, 8, 1)),
        (date(2026, 12, 31), date(2024, 8, 1)),
        (date(2027, 1, 1), date(2024, 8, 1)),
    ],
)
def test_the_window_of_tests_is_this_school_year_and_the_two_before_it(on: date, first: date) -> None:
    assert toets_venster(on) == first  # OVa.TR04


def test_a_povo_dossier_leaves_old_tests_behind_and_counts_them() -> None:
    days = [date(2023, 7, 31), date(2020, 1, 1), date(2023, 8, 1), date(2026, 1, 1)]
    put = record(NUMBERS[0], toetslijst={"toets": [taken_on(day) for day in days]})
    for profiel in (Profiel.POVO, Profiel.BB_POVO):
        result = made(put, profiel)
        kept = [test["afname"]["afnamedatum"] for test in pupil(result)["toetslijst"]["toets"]]
        assert kept == ["2023-08-01", "2026-01-01"]
        (left_out,) = (one for one in result.weggelaten if one.code == "TOETS_TE_OUD")
        assert (left_out.aantal, left_out.reden) == (2, "2 toetsen van voor 01-08-2023 weggelaten.")
    assert len(pupil(made(put, Profiel.POPO))["toetslijst"]["toets"]) == 4
    old = record(NUMBERS[0], toetslijst={"toets": [taken_on(date(2020, 1, 1))]})
    assert "toetslijst" not in pupil(made(old, Profiel.POVO))


def test_a_block_that_was_not_chosen_stays_behind_and_is_named() -> None:
    put = record(NUMBERS[0], toetslijst={"toets": [taken_on(date(2026, 1, 1))]})
    result = made(put, without=frozenset({"toetsresultaten"}))
    assert "toetslijst" not in pupil(result)
    assert [(one.pad, one.code) for one in result.weggelaten] == [("/blokken/toetsresultaten", "BLOK_NIET_GEKOZEN")]
    status = result.dossier["metadata"]["categorie_uitlevering"]["cat_toetsresultaten"]
    assert status == "OPT-UIT"  # R119, R120
