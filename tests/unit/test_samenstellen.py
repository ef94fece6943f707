"""Making a dossier: every profile, card and school over record, inzage and contact, and names (15.39)."""

import copy
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.domain.gegevensblok import OVERSTAPPEN, Profiel
from chalicelib.domain.invulling import Toestemming, Uitschrijving
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.keuze import Keuze, standaardkeuze
from chalicelib.gegevensset.samenstellen import (
    naam_van,
    nummer_van,
    pdf_naam,
    stel_samen,
)
from chalicelib.gegevensset.tabel import standaard
from tests.pupil import NUMBERS, SCHOOL, Waarden, record, taken_on
from tests.unit.made import LEAVING, TABLE, TODAY, filled, made, pupil

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


@pytest.mark.parametrize("profiel", OVERSTAPPEN)
@pytest.mark.parametrize("care", [{}, {"zorg": {"naamib": "Proef"}}])
def test_a_pupil_of_2018_without_any_care_has_that_block_empty(profiel: Profiel, care: Waarden) -> None:
    """R118: it is mandatory there, so it stands in the dossier; what the record has of it stays as it is."""
    table, seen = standaard("2018.1"), Inzage() if profiel.binnen_brin else Inzage(Inzagewaarde.JA, TODAY)
    put = record(NUMBERS[0], **care)
    put["metadata"]["standaardversie"] = "2018.1"
    choice = Keuze(standaardkeuze(table, profiel, put))
    result = stel_samen(put, table, filled(profiel, inzage=seen), SCHOOL, profiel, choice, TODAY)
    had = {name: pupil(result)[name] for name in ("zorg", "sefunctioneren") if name in pupil(result)}
    assert had == (care or ({} if profiel.binnen_brin else {"zorg": {}}))
    report = controleer(encode(result.dossier, "2018.1"), "intended")
    assert [(melding.code, melding.pad) for melding in report.meldingen if melding.is_fout] == []


# --- card over record, school over record (15.39) ---------------------------------------------------------------------


def test_the_card_wins_over_the_record_and_says_so() -> None:
    put = record(NUMBERS[0], datumuitschrijving="2026-01-01", overstapadvies={"advies": "20"})
    kaart = filled(uitschrijving=replace(LEAVING, herzien_advies_vo="60", motivatie_herzien_advies="Proef"))
    result = made(put, kaart=kaart)
    assert pupil(result)["datumuitschrijving"] == "2026-07-31"
    advice = pupil(result)["overstapadvies"]
    assert (advice["advies"], advice["herzienadvies"], advice["motivatie_herzienadvies"]) == ("40", "60", "Proef")
    different = {
        melding.pad.removeprefix("/dossier/huidigeschool"): (
            melding.tekst.split(":")[0],
            melding.waarde,
            melding.toegestaan,
        )
        for melding in result.meldingen
        if melding.code == "KAART_WIJKT_AF"
    }
    advice_of = {code: TABLE.codelijsten[2].tekst(code, "advies") for code in ("20", "40")}
    assert different == {
        "/naam": ("Naam", "School uit het record", "Basisschool De Proefballon"),
        "/leerling/datumuitschrijving": ("Datum uitschrijving", "01-01-2026", "31-07-2026"),
        "/leerling/overstapadvies/advies": ("Advies VO", advice_of["20"], advice_of["40"]),
    }
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


SOMEONE = {"contactpersoon": "Iemand", "contacttelefoon": "000-5551009", "contactemail": "a@b.nl"}
CONTACT = {"contactnodig": "true", **SOMEONE}
DIRECTOR = {"contactpersoon": "Directeur Voorbeeld", "contacttelefoon": "000-5551001"}


@pytest.mark.parametrize(
    ("put", "needed", "fields"),
    [
        (CONTACT, False, ["contactnodig"]),
        (CONTACT, True, ["contactpersoon", "contacttelefoon", "contactemail"]),
        ({"contactnodig": "1", **DIRECTOR}, True, []),
        ({"contactnodig": "0"}, True, ["contactnodig"]),
        ({"contactnodig": " 0 "}, False, []),
        ({}, True, []),
    ],
)
def test_contact_of_the_record_that_does_not_travel_is_said(
    put: dict[str, str], needed: bool, fields: list[str]
) -> None:
    school = replace(SCHOOL, email=None)
    blocks = Keuze(frozenset({"school", "leerling", "overstapadvies"}))
    kaart = filled(contact_nodig=needed)
    given = record(overstapadvies=put)
    result = stel_samen(given, TABLE, kaart, school, Profiel.POPO, blocks, TODAY)
    said = [m for m in result.meldingen if "contact" in m.pad]
    assert [(m.code, m.pad.rpartition("/")[2]) for m in said] == [("KAART_WIJKT_AF", name) for name in fields]
    assert [m.waarde for m in said] == [{"true": "ja", "0": "nee"}.get(put[name], put[name]) for name in fields]
    care = stel_samen(given, TABLE, kaart, school, Profiel.POSWV, blocks, TODAY)
    assert [m for m in care.meldingen if "contact" in m.pad] == []


@pytest.mark.parametrize(("versie", "text", "said"), [("2018.1", "x", 1), ("2018.1", None, 0), ("2019.1", "x", 0)])
def test_a_text_that_the_standard_has_no_field_for_is_said(versie: str, text: str | None, said: int) -> None:
    table = standaard(versie)
    blocks = Keuze(frozenset({"school", "leerling", "overstapadvies"}))
    result = stel_samen(record(), table, filled(aandachtspunten=text), SCHOOL, Profiel.POPO, blocks, TODAY)
    assert [m.code for m in result.meldingen].count("AANDACHTSPUNTEN_NIET_VERSTUURD") == said  # 15.2


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
