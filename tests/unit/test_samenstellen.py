"""Making a dossier: card over record, what may not travel, the POVO window, and the hash of what parents see."""

import base64
import copy
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.domain.dossier import Dossier, Invulling, Inzage, Inzagewaarde, Toestemming, Uitschrijving, Versie
from chalicelib.domain.gegevensblok import OVERSTAPPEN, Profiel
from chalicelib.domain.termijnen import toets_venster
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.keuze import Keuze, standaardkeuze
from chalicelib.gegevensset.samenstellen import (
    Samenstelling,
    inhoud_hash,
    met_pdf,
    naam_van,
    nummer_van,
    pdf_naam,
    stel_samen,
    verwerk,
    zonder_pdf,
)
from chalicelib.gegevensset.tabel import standaard
from tests.pupil import NOW, NUMBERS, SCHOOL, Waarden, card, record, taken_on

TABLE = standaard("2019.1")
TODAY = NOW.date()
LEAVING = Uitschrijving(datum=date(2026, 7, 31), advies_vo="40")
PDF = b"%PDF-1.7 verzonnen"


def filled(profiel: Profiel = Profiel.POPO, **fields: Any) -> Dossier:
    """A card that was filled in for a profile."""
    return card(replace(Invulling(binnen_brin=profiel.binnen_brin, uitschrijving=LEAVING), **fields))


def made(
    put: Waarden | None = None, profiel: Profiel = Profiel.POPO, kaart: Dossier | None = None, **without: frozenset[str]
) -> Samenstelling:
    put = record(NUMBERS[0]) if put is None else put
    blocks = standaardkeuze(TABLE, profiel, put) - without.get("without", frozenset())
    return stel_samen(put, TABLE, kaart or filled(profiel), SCHOOL, profiel, Keuze(blocks), TODAY)


def pupil(made_: Samenstelling) -> Waarden:
    found: Waarden = made_.dossier["huidigeschool"]["leerling"]
    return found


def codes(made_: Samenstelling) -> dict[str, int]:
    return {left_out.code: left_out.aantal for left_out in made_.weggelaten}


# --- every profile ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profiel", OVERSTAPPEN)
def test_what_is_made_obeys_the_rules_as_written_once_the_parents_saw_it(profiel: Profiel) -> None:
    seen = Inzage() if profiel.binnen_brin else Inzage(Inzagewaarde.JA, TODAY)
    dossier = made(profiel=profiel, kaart=filled(profiel, inzage=seen)).dossier
    report = controleer(encode(dossier, "2019.1"), "intended")
    assert [(melding.code, melding.pad) for melding in report.meldingen if melding.is_fout] == []
    assert report.profiel == profiel.value


@pytest.mark.parametrize("profiel", OVERSTAPPEN)
def test_making_it_changes_nothing_of_the_record_and_gives_the_same_again(profiel: Profiel) -> None:
    put = record(NUMBERS[0], nationaliteit=["0001"], toetslijst={"toets": [taken_on(date(2019, 1, 1))]})
    before = copy.deepcopy(put)
    first, second = made(put, profiel), made(put, profiel)
    assert put == before
    assert first == second


# --- card over record, school over record (15.39) ---------------------------------------------------------------------


def test_the_card_wins_over_the_record_and_says_so() -> None:
    put = record(NUMBERS[0], datumuitschrijving="2026-01-01", overstapadvies={"advies": "20"})
    kaart = filled(uitschrijving=replace(LEAVING, herzien_advies_vo="60", motivatie_herzien_advies="Proef"))
    result = made(put, kaart=kaart)
    assert pupil(result)["datumuitschrijving"] == "2026-07-31"
    advice = pupil(result)["overstapadvies"]
    assert (advice["advies"], advice["herzienadvies"], advice["motivatie_herzienadvies"]) == ("40", "60", "Proef")
    different = {melding.pad for melding in result.meldingen if melding.code == "KAART_WIJKT_AF"}
    assert {
        "/dossier/huidigeschool/leerling/datumuitschrijving",
        "/dossier/huidigeschool/leerling/overstapadvies/advies",
    } <= different
    assert all(melding.ernst == "waarschuwing" for melding in result.meldingen)


def test_a_field_that_the_card_leaves_open_stays_as_the_record_has_it() -> None:
    put = record(NUMBERS[0], datumuitschrijving="2026-01-01", overstapadvies={"advies": "20"})
    result = made(put, kaart=filled(uitschrijving=Uitschrijving()))
    assert (pupil(result)["datumuitschrijving"], pupil(result)["overstapadvies"]["advies"]) == ("2026-01-01", "20")


def test_what_is_only_for_the_school_itself_never_enters_the_dossier() -> None:
    own = ("reden", "toelichting", "onderwijssoort", "niveau_na_tweede_jaar_vo", "doublure_voor_derde_jaar_vo")
    words: dict[str, Any] = {name: f"geheim-{name}" for name in own}
    kaart = filled(uitschrijving=replace(LEAVING, **words))
    assert b"geheim-" not in encode(made(kaart=kaart).dossier, "2019.1")  # R20, R21, R25-R27


def test_the_settings_of_the_school_win_over_the_record() -> None:
    result = made()
    school = result.dossier["huidigeschool"]
    assert (school["naam"], school["brincode"], school["vestigingscode"]) == (
        "Basisschool De Proefballon",
        "14SS",
        "00",
    )
    assert school["adreslijst"]["adres"][0]["straat"] == "Verzonnenlaan"
    assert [melding.pad for melding in result.meldingen] == ["/dossier/huidigeschool/naam"]
    empty = replace(SCHOOL, naam="", adres=None, soort=None)
    kept = stel_samen(record(), TABLE, filled(), empty, Profiel.POPO, Keuze(frozenset({"school", "leerling"})), TODAY)
    assert kept.dossier["huidigeschool"]["naam"] == "School uit het record"


def test_metadata_say_who_made_it_when_and_for_what() -> None:
    metadata = made(profiel=Profiel.BB_POVO, kaart=filled(Profiel.BB_POVO)).dossier["metadata"]
    assert (metadata["datum"], metadata["overstap"], metadata["deeldossier"]) == ("2026-06-10", "POVO", "LAS")
    assert (metadata["standaardversie"], metadata["validatieversie"]) == ("2019.1", "2019.1.1")
    assert made(profiel=Profiel.BB_POVO).dossier["overdrachtsoort"] == "overdrachtbinnenbrin"


def test_contact_is_that_of_the_director_and_only_when_asked_for() -> None:
    advice = pupil(made(kaart=filled(contact_nodig=True)))["overstapadvies"]
    assert advice["contactnodig"] == "true"
    assert (advice["contactpersoon"], advice["contacttelefoon"]) == ("Directeur Voorbeeld", "000-5551001")  # R64, R86
    put = record(NUMBERS[0], overstapadvies={"contactnodig": "true", "contactpersoon": "Iemand uit het record"})
    advice = pupil(made(put))["overstapadvies"]
    assert advice["contactnodig"] == "false"
    assert "contactpersoon" not in advice


@pytest.mark.parametrize(
    ("profiel", "fields", "block"),
    [
        (Profiel.POPO, {}, {"voorlopigdossier": "false", "inzage": "false"}),
        (Profiel.POPO, {"voorlopig_dossier": True}, {"voorlopigdossier": "true", "inzage": "false"}),
        (
            Profiel.POPO,
            {"inzage": Inzage(Inzagewaarde.JA, TODAY)},
            {"voorlopigdossier": "false", "inzage": "true", "inzagedatum": "2026-06-10", "akkoord": "Ja"},
        ),
        (
            Profiel.POVO,
            {"inzage": Inzage(Inzagewaarde.NIET_AKKOORD, TODAY, "Wij zien het anders.")},
            {
                "voorlopigdossier": "false",
                "inzage": "true",
                "inzagedatum": "2026-06-10",
                "akkoord": "Nee",
                "redennietakkoord": "Wij zien het anders.",
            },
        ),
        (
            Profiel.VOVO,
            {"toestemming": Toestemming.NEE},
            {"voorlopigdossier": "false", "inzage": "false", "toestemming": "Nee"},
        ),
        (Profiel.POPO, {"toestemming": Toestemming.NEE}, {"voorlopigdossier": "false", "inzage": "false"}),
        (Profiel.BB_POPO, {}, None),
    ],
)
def test_the_block_ouderinzage_is_that_of_the_card(profiel: Profiel, fields: Any, block: Any) -> None:
    put = record(NUMBERS[0]) | {"inzage": {"voorlopigdossier": "true", "inzage": "true", "akkoord": "Ja"}}
    assert made(put, profiel, filled(profiel, **fields)).dossier.get("inzage") == block  # 15.9-15.11, R57


# --- what may not travel ----------------------------------------------------------------------------------------------

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


# --- two hashes (15.40) -----------------------------------------------------------------------------------------------

BLOCKS = tuple(sorted(standaardkeuze(TABLE, Profiel.POPO, record())))
VERSION = Versie(1, Profiel.POPO, "2019.1", "map", "i", "v", NOW, "r", BLOCKS)
R31_CHANGES = [
    {"inzage": Inzage(Inzagewaarde.JA, TODAY)},
    {"inzage": Inzage(Inzagewaarde.NIET_AKKOORD, TODAY, "Proef")},
    {"contact_nodig": True},
    {"voorlopig_dossier": True},
    {"contact_nodig": True, "inzage": Inzage(Inzagewaarde.JA, TODAY), "toestemming": Toestemming.JA},
]


def as_sent(dossier: Waarden) -> Waarden:
    return met_pdf(dossier, PDF, "OSO-14SS-proef.pdf")


@pytest.mark.parametrize("fields", R31_CHANGES, ids=lambda fields: "+".join(fields))
def test_a_change_of_r31_keeps_the_hash_and_changes_the_bytes(fields: dict[str, Any]) -> None:
    before = made().dossier
    after = verwerk(as_sent(before), replace(filled(**fields), versie=VERSION), SCHOOL, aandachtspunten=False)
    assert inhoud_hash(after, TABLE) == inhoud_hash(before, TABLE)
    assert encode(as_sent(after), "2019.1") != encode(as_sent(before), "2019.1")


def test_the_same_card_processed_again_gives_the_same_bytes() -> None:
    first = as_sent(made().dossier)
    again = as_sent(verwerk(first, replace(filled(), versie=VERSION), SCHOOL, aandachtspunten=False))
    assert encode(again, "2019.1") == encode(first, "2019.1")


def test_changing_back_gives_the_bytes_of_before() -> None:
    first = as_sent(made().dossier)
    now = first
    for contact in (True, False):
        kaart = replace(filled(contact_nodig=contact), versie=VERSION)
        now = as_sent(verwerk(now, kaart, SCHOOL, aandachtspunten=False))
    assert encode(now, "2019.1") == encode(first, "2019.1")


def test_aandachtspunten_are_content() -> None:
    before = made().dossier
    kaart = replace(filled(aandachtspunten="Let op."), versie=VERSION)
    after = verwerk(as_sent(before), kaart, SCHOOL, aandachtspunten=True)
    assert pupil(Samenstelling(after, (), ()))["overstapadvies"]["aandachtspunten"] == "Let op."
    assert inhoud_hash(after, TABLE) != inhoud_hash(before, TABLE)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every text in nested values."""
    if isinstance(value, dict):
        return [one for name, part in value.items() for one in leaves(part, (*path, name))]
    if isinstance(value, list):
        return [one for number, part in enumerate(value) for one in leaves(part, (*path, number))]
    return [path]


def changed(dossier: Waarden, path: tuple[Any, ...]) -> Waarden:
    """A copy with another text at a path."""
    made_ = copy.deepcopy(dossier)
    place: Any = made_
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] += "x"
    return made_


def test_any_other_change_gives_another_hash() -> None:
    document = {"bestandsnaam": "proef.txt", "omschrijving": "Een bijlage", "bestandsinhoud": "UEs="}
    put = record(
        NUMBERS[0],
        toetslijst={"toets": [taken_on(date(2026, 1, 1))]},
        overigdocumentlijst={"document": [document]},
    )
    dossier = made(put, kaart=filled(contact_nodig=True)).dossier
    whole = inhoud_hash(dossier, TABLE)
    silent = {path for path in leaves(dossier) if inhoud_hash(changed(dossier, path), TABLE) == whole}
    advice = ("huidigeschool", "leerling", "overstapadvies")
    contact = {(*advice, name) for name in ("contactnodig", "contactpersoon", "contacttelefoon", "contactemail")}
    assert silent == {path for path in leaves(dossier) if path[0] == "inzage"} | contact


def test_only_the_last_bijlage_is_our_own_pdf_and_only_where_bijlages_was_on() -> None:
    received = as_sent(made().dossier)  # the record may hold the PDF of an earlier exchange
    dossier = as_sent(received)
    assert zonder_pdf(dossier, VERSION.blokken) == received
    assert zonder_pdf(received, ()) == received
    assert "overigdocumentlijst" not in pupil(Samenstelling(zonder_pdf(received, VERSION.blokken), (), ()))


def test_our_own_pdf_travels_as_the_last_bijlage_in_a_zip() -> None:
    (document,) = as_sent(made().dossier)["huidigeschool"]["leerling"]["overigdocumentlijst"]["document"]
    assert base64.b64decode(document["bestandsinhoud"]).startswith(b"PK")
    assert document["bestandsnaam"] == "OSO-14SS-proef.pdf"


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elements", "name"),
    [
        ({}, "Fictief Proefleerling"),
        ({"voorvoegsel": "van de"}, "Fictief van de Proefleerling"),
        ({"roepnaam": None, "voornaam": ["Eerste", "Tweede"]}, "Eerste Proefleerling"),
        ({"roepnaam": None, "voornaam": None}, "Proefleerling"),
    ],
)
def test_the_name_in_the_texts_of_the_manual(elements: Waarden, name: str) -> None:
    assert naam_van(record(**elements)) == name


def test_the_file_name_of_the_pdf_is_that_of_the_manual_without_what_a_file_system_forbids() -> None:
    dossier = made(record(roepnaam='A/b:"c"', achternaam="Proef*leerling?")).dossier
    assert pdf_naam(dossier, TODAY) == "OSO-14SS-Abc-Proefleerling-2026-06-10.pdf"  # R51


@pytest.mark.parametrize("field", ["bsn", "onderwijsnummer"])
def test_the_number_is_found_by_its_kind(field: str) -> None:
    assert nummer_van(record(**{field: "101211151"})) == (field, "101211151")
    assert nummer_van(record()) is None


def test_the_profiles_differ_in_what_they_take() -> None:
    made_ = [encode(made(profiel=profiel).dossier, "2019.1") for profiel in OVERSTAPPEN]
    assert all(one != two for one, two in pairwise(made_))
