"""The import plan of a received dossier beside the school's own record (15.21, R101, R102)."""

from copy import deepcopy
from typing import Any

import pytest

from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.tabel import Standaard, standaard
from chalicelib.gegevensset.vergelijken import LEERLING, Keus, maak_plan, nieuw_record, pas_toe
from tests.pupil import NUMBERS, record

TABLE, OLDER = standaard("2019.1"), standaard("2018.1")
PARENT = record()["huidigeschool"]["leerling"]["verzorger"][0]


def plan(received: Waarden, own: Waarden | None, table: Any = TABLE) -> dict[str, tuple[Keus, str, str]]:
    return {
        line.pad.removeprefix(LEERLING): (line.voorstel, line.eigen, line.ontvangen)
        for line in maak_plan(received, own, table)
    }


def pupil(dossier: Waarden) -> Waarden:
    found: Waarden = dossier["huidigeschool"]["leerling"]
    return found


def test_what_is_the_same_on_both_sides_is_no_line() -> None:
    lines = plan(record(NUMBERS[0]), record(NUMBERS[0]))
    assert [place for place, line in lines.items() if line[0] is not Keus.KAN_NIET] == []


def test_an_empty_field_is_taken_over_and_a_filled_one_kept() -> None:
    lines = plan(record(roepnaam="Hun", voorvoegsel="van"), record(roepnaam="Ons"))
    assert lines["/roepnaam"] == (Keus.BEHOUD, "Ons", "Hun")
    assert lines["/voorvoegsel"] == (Keus.NEEM_OVER, "", "van")


def test_a_value_is_shown_as_on_paper() -> None:
    """R127: words for codes, ja and nee, dates as dd-mm-jjjj; a number and an attachment never."""
    living = {"soortadres": "woon", "straat": "Proefstraat", "nummer": "1"}
    parent = {**PARENT, "achternaam": "Nieuw", "geslacht": "1", "overlijdensdatum": "2020-02-28", "overleden": "true"}
    received = record(
        geslacht="2", geboortedatum="2016-02-29", verzorger=[parent | {"adreslijst": {"adres": [living]}}]
    )
    lines = plan(received, record(geslacht="1", geboortedatum="2016-03-01"))
    assert lines["/geslacht"] == (Keus.BEHOUD, "vrouw", "man")
    assert lines["/geboortedatum"] == (Keus.BEHOUD, "01-03-2016", "29-02-2016")
    shown = lines["/verzorger[1]"][2]
    assert {"vrouw", "28-02-2020", "ja"} <= set(shown.split(", ")), shown
    assert not {"true", "false", "2020-02-28"} & set(shown.split(", ")), shown


@pytest.mark.parametrize("field", ["leerlingid", "datuminschrijving", "datumuitschrijving"])
def test_what_belongs_to_the_sender_cannot_be_taken_over(field: str) -> None:
    received, own = record(**{field: "2020-01-01"}), record(**{field: None})
    lines = {line.pad: line for line in maak_plan(received, own, TABLE)}
    assert lines[f"{LEERLING}/{field}"].voorstel is Keus.KAN_NIET
    kept = pas_toe(tuple(lines.values()), own, {f"{LEERLING}/{field}": Keus.NEEM_OVER})
    assert pupil(kept) == pupil(own)
    assert field not in pupil(nieuw_record(received))


def test_a_number_that_is_there_is_never_replaced_and_never_shown() -> None:
    lines = maak_plan(record(NUMBERS[0]), record(NUMBERS[1]), TABLE)
    (line,) = [line for line in lines if line.pad == f"{LEERLING}/bsn"]
    assert (line.voorstel, line.ontvangen, line.eigen) == (Keus.KAN_NIET, "…", "…")
    assert not [number for number in NUMBERS[:2] if number in repr(lines)]
    (fresh,) = [one for one in maak_plan(record(NUMBERS[0]), record(), TABLE) if one.pad == f"{LEERLING}/bsn"]
    assert (fresh.voorstel, fresh.ontvangen) == (Keus.NEEM_OVER, "…")


def test_what_the_own_standard_has_no_place_for_is_listed() -> None:
    received = record(onderwijsondersteuning={"toelichting_onderwijsbehoeften": {"document": []}})
    lines = plan(received, record(), OLDER)
    assert [line[0] for place, line in lines.items() if "onderwijsondersteuning" in place] == [Keus.KAN_NIET]


@pytest.mark.parametrize(
    ("theirs", "ours", "place", "fields"),
    [
        (TABLE, OLDER, "/overstapadvies", {"overstapadvies": {"advies": "11", "aandachtspunten": "Let op."}}),
        (OLDER, TABLE, "/verzorger[1]", {"verzorger": [PARENT | {"geboortedatum": "1990-01-01"}]}),
    ],
)
def test_a_part_is_taken_over_without_what_the_own_standard_has_no_place_for(
    theirs: Standaard, ours: Standaard, place: str, fields: Waarden
) -> None:
    received, own = record(**fields), record(verzorger=[], overstapadvies=None)
    received["metadata"] |= {"standaardversie": theirs.versie}
    lines = plan(received, own, ours)
    assert lines[place][0] is Keus.NEEM_OVER
    (inside,) = [line for line in lines if line.startswith(f"{place}/")]
    assert lines[inside][0] is Keus.KAN_NIET
    merged = pas_toe(maak_plan(received, own, ours), own, {})
    assert inside.rpartition("/")[2] not in str(pupil(merged)[place.strip("/[1]")])


def test_a_part_of_which_nothing_has_a_place_is_no_empty_part() -> None:
    lines = plan(record(overstapadvies={"aandachtspunten": "Let op."}), record(overstapadvies=None), OLDER)
    assert {place: line[0] for place, line in lines.items() if "advies" in place} == {
        "/overstapadvies/aandachtspunten": Keus.KAN_NIET
    }


def test_of_a_choice_the_own_field_stays_unless_somebody_chooses_the_other() -> None:
    received, own = record(geboortedatum="2016-02-29"), record(geboortedatum=None, geboortemaand="2016-02")
    lines = maak_plan(received, own, TABLE)
    (line,) = [line for line in lines if line.pad == f"{LEERLING}/geboortedatum"]
    assert line.voorstel is Keus.BEHOUD
    assert "geboortedatum" not in pupil(pas_toe(lines, own, {}))
    chosen = pupil(pas_toe(lines, own, {line.pad: Keus.NEEM_OVER}))
    assert (chosen["geboortedatum"], "geboortemaand" in chosen) == ("2016-02-29", False)


# --- persons ----------------------------------------------------------------------------------------------------------


def person(**fields: Any) -> Waarden:
    made = deepcopy(PARENT) | fields
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        ({"voornaam": ["Aagje"]}, {"voornaam": ["Aagje"]}, True),
        ({"voornaam": ["aagje "]}, {"voornaam": ["AAGJE", "Bo"]}, True),
        ({"voornaam": ["Aagje"]}, {"voornaam": ["Bram"]}, False),
        ({"achternaam": "Andersen"}, {}, False),
        ({"voorletters-1": "A."}, {"voorletters-1": "a"}, True),
        ({"voorletters-1": "A."}, {"voorletters-1": "B."}, False),
        ({"overleden": "false"}, {}, False),  # a family name alone is no evidence
        ({}, {}, True),  # nothing differs at all
        ({"voornaam": ["Aagje"], "geslacht": "1"}, {"voornaam": ["Aagje"], "geslacht": "2"}, False),
        ({"roepnaam": "Aag"}, {"voornaam": ["Aag"]}, True),
    ],
)
def test_persons_are_the_same_by_evidence(theirs: Waarden, ours: Waarden, same: bool) -> None:
    lines = plan(record(verzorger=[person(**theirs)]), record(verzorger=[person(**ours)]))
    added = lines.get("/verzorger[1]", (None,))[0] is Keus.NEEM_OVER
    assert added is not same


def test_the_order_of_persons_says_nothing() -> None:
    one, two = person(voornaam=["Aagje"], geslacht="2"), person(voornaam=["Bram"], geslacht="1")
    lines = plan(record(verzorger=[two, one]), record(verzorger=[one, two]))
    assert not [place for place in lines if "verzorger" in place]


def test_a_counterpart_is_used_once() -> None:
    twin = person(voornaam=["Aagje"])
    lines = plan(record(verzorger=[twin, twin]), record(verzorger=[twin]))
    assert lines["/verzorger[2]"][0] is Keus.NEEM_OVER


def test_a_field_of_a_person_goes_to_that_person() -> None:
    own = record(verzorger=[person(voornaam=["Aagje"]), person(voornaam=["Bram"])])
    received = record(verzorger=[person(voornaam=["Bram"], overlijdensdatum="2020-01-01")])
    merged = pas_toe(maak_plan(received, own, TABLE), own, {})
    assert [parent.get("overlijdensdatum") for parent in pupil(merged)["verzorger"]] == [None, "2020-01-01"]


# --- a new pupil ------------------------------------------------------------------------------------------------------


def test_a_new_record_is_without_the_senders_own_pdf_and_inzage_but_keeps_other_documents() -> None:
    documents = [
        {"bestandsnaam": "OSO-14SS-Fictief-Proef-2026-06-10.pdf", "bestandsinhoud": "AAAA"},
        {"bestandsnaam": "verslag.pdf", "bestandsinhoud": "BBBB"},
    ]
    received = record(overigdocumentlijst={"document": documents})
    received["inzage"] = {"voorlopigdossier": "false", "inzage": "true"}
    made = nieuw_record(received)
    assert pupil(made)["overigdocumentlijst"]["document"] == documents[1:]
    assert "inzage" not in made
    assert "inzage" in received  # a copy
    only = nieuw_record(record(overigdocumentlijst={"document": documents[:1]}))
    assert "overigdocumentlijst" not in pupil(only)


def test_attachments_are_compared_by_content_and_never_shown() -> None:
    document = {"bestandsnaam": "verslag.pdf", "bestandsinhoud": "QUJD"}
    renamed = document | {"bestandsnaam": "anders.pdf"}
    new = {"bestandsnaam": "nieuw.pdf", "bestandsinhoud": "REVG"}
    own = record(overigdocumentlijst={"document": [document]})
    lines = maak_plan(record(overigdocumentlijst={"document": [renamed, new]}), own, TABLE)
    added = [line.pad for line in lines if line.erbij]
    assert added == [f"{LEERLING}/overigdocumentlijst/document[2]"]
    assert "REVG" not in repr(lines)
    assert not [line for line in lines if "REVG" in line.ontvangen]
