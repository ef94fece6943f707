"""The page "Gegevens toevoegen aan het overstapdossier": what may be ticked, what goes (R40-R47)."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.domain.termijnen import toets_venster
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.tabel import standaard
from tests.e2e.client import Client, problem
from tests.e2e.walk import TO_PO, content
from tests.pupil import record, taken_on

ORDER = [
    "Algemene dossiergegevens",
    "Inzage",
    "School",
    "Leerling",
    "Ouders/Verzorgers",
    "VVE",
    "Schoolloopbaan",
    "Overstapadvies",
    "Onderwijsondersteuning",
    "Verzuim",
    "Eindtoets",
    "Toetsresultaten",
    "Handelingsplannen",
    "Cijferlijsten",
    "VO-MBO",
    "Bijlages",
]
LEAVING = {"datum": "2026-07-31", "adviesVo": "40", "vervolgschool": TO_PO}
TODAY = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
PLAN = {"startdatum": "2026-01-05", "isgerichtop": "lezen"}


def page(client: Client, pupil: str, profile: str = "POPO") -> Any:
    return client.get(f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht={profile}")


def choose(client: Client, pupil: str, body: Any, profile: str = "POPO") -> Any:
    path = f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht={profile}"
    return client.ask("PUT", path, body, if_match="*")


def pupil_in_xml(client: Client, pupil: str) -> Any:
    return decode(content(client, pupil, "xml")).dossier["huidigeschool"]["leerling"]


@pytest.fixture
def tested(bron: Client, pupil: str, number: str) -> str:
    """A pupil with a recent and an old test, and two plans; the portal says more of the first of each."""
    window = toets_venster(TODAY)
    tests = [taken_on(date(TODAY.year, 1, 15)), taken_on(date(window.year - 1, 3, 1))]
    elements = {
        "toetslijst": {"toets": tests},
        "onderwijsondersteuning": {"handelingsplan": [PLAN, {**PLAN, "einddatum": "2026-06-30"}]},
    }
    portal = {
        "toetsen": [{"hoofdvakgebied": "Rekenen", "RS": 17, "opmerking": "rustig"}],
        "plannen": [{"plancategorie": "Algemeen", "status": "Lopend"}],
    }
    answer = bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": record(number, **elements), "portaal": portal})
    assert answer.status == 201, answer.data
    bron.fill_in(pupil, uitschrijving=LEAVING)
    return pupil


@pytest.fixture(autouse=True)
def _gone(bron: Client, pupil: str, number: str) -> Any:
    """Whoever a test put with `ask` goes too."""
    yield
    bron.ask("DELETE", f"/leerlingen/{pupil}", if_match="*")


def test_the_blocks_stand_in_the_order_of_the_standard_with_label_text_and_requirement(
    bron: Client, pupil: str, number: str
) -> None:
    """R41, R43, R44, R117."""
    bron.put_pupil(pupil, number)
    table = standaard("2019.1")
    for profile in ("POPO", "POVO", "VOVO", "BB-POPO", "BB-POVO"):
        blocks = page(bron, pupil, profile)["blokken"]
        assert [one["label"] for one in blocks] == ORDER
        assert blocks[0]["toelichting"] == "De overdracht soort, datum en pakketversie van het dossier"  # R44
        assert all(one["toelichting"] for one in blocks)
        assert [one["eis"] for one in blocks] == [blok.eisen[Profiel(profile)].value for blok in table.blokken]
        off = {one["blok"] for one in blocks if not one["gekozen"]}
        never = {blok.naam for blok in table.blokken if blok.eisen[Profiel(profile)] is Eis.VERBODEN}
        not_offered = {"cijferlijsten", "vombo"} | ({"ouderinzage"} if profile.startswith("BB") else set())
        assert off == never | not_offered


@pytest.mark.parametrize(
    ("blok", "on", "code"),
    [
        ("oudersverzorgers", False, "BLOK_VERPLICHT"),  # R42
        ("vombo", True, "BLOK_VERBODEN"),
        ("verzonnen", True, "BLOK_ONBEKEND"),
    ],
)
def test_a_block_that_may_not_be_ticked_so_is_named_and_nothing_is_remembered(
    bron: Client, pupil: str, number: str, blok: str, on: bool, code: str
) -> None:
    bron.put_pupil(pupil, number)
    before = page(bron, pupil)
    blocks = [one for one in before["blokken"] if one["blok"] != blok] + [{"blok": blok, "gekozen": on}]
    answer = problem(choose(bron, pupil, {"blokken": blocks}), 409, "BLOKKEN_ONJUIST")
    assert [(m["code"], m["pad"]) for m in answer["meldingen"]] == [(code, f"/blokken/{blok}")]
    assert page(bron, pupil) == before


@pytest.mark.parametrize(
    ("body", "code", "pad"),
    [
        ({"toetsen": [{"id": "0000000000000000-1", "gekozen": False}]}, "TOETS_ONBEKEND", "/toetsen"),
        ({"plannen": [{"id": "0000000000000000-1", "gekozen": False}]}, "PLAN_ONBEKEND", "/plannen"),
        ({"bijlagen": ["verzonnen"]}, "DOCUMENT_NIET_GEVONDEN", "/bijlagen"),
        ({"toelichtingDocumentId": "verzonnen"}, "DOCUMENT_NIET_GEVONDEN", "/toelichtingDocumentId"),
    ],
)
def test_a_test_plan_or_document_that_does_not_exist_is_refused(
    bron: Client, tested: str, body: Any, code: str, pad: str
) -> None:
    answer = problem(choose(bron, tested, body), 422, code)
    assert [m["pad"] for m in answer["meldingen"]] == [pad]


def test_the_page_can_be_sent_back_as_it_came_and_the_ticks_are_remembered(bron: Client, tested: str) -> None:
    """R46, R47, R47b."""
    shown = page(bron, tested)
    first, second = shown["toetsen"]
    assert (first["kolommen"]["hoofdvakgebied"], first["kolommen"]["RS"]) == ("Rekenen", 17)
    assert first["kolommen"]["toetsnaam"] == second["kolommen"]["toetsnaam"] == "Verzonnen toets"
    assert shown["plannen"][0]["kolommen"]["status"] == "Lopend"
    assert shown["plannen"][0]["kolommen"]["startdatum"] == "2026-01-05"
    assert all(one["gekozen"] for one in (*shown["toetsen"], *shown["plannen"]))

    second["gekozen"] = shown["plannen"][1]["gekozen"] = False
    next(one for one in shown["blokken"] if one["blok"] == "verzuim")["gekozen"] = False
    assert choose(bron, tested, shown).status == 200
    again = page(bron, tested)
    assert [one["gekozen"] for one in again["toetsen"]] == [True, False]
    assert [one["gekozen"] for one in again["plannen"]] == [True, False]
    assert {one["blok"] for one in again["blokken"] if not one["gekozen"]} >= {"verzuim"}
    assert all(one["gekozen"] for one in page(bron, tested, "POVO")["plannen"]), "remembered per profile"

    made = bron.act(tested, "verzamelen", overdracht="POPO").json()
    assert ("NIET_GEKOZEN", 1) in [(one["code"], one["aantal"]) for one in made["weggelaten"]]
    leerling = pupil_in_xml(bron, tested)
    assert len(leerling["toetslijst"]["toets"]) == 1
    assert leerling["onderwijsondersteuning"]["handelingsplan"] == [PLAN]
    statuses = decode(content(bron, tested, "xml")).dossier["metadata"]["categorie_uitlevering"]
    assert (statuses["cat_verzuim"], statuses["cat_toetsresultaten"]) == ("OPT-UIT", "OPTIONEEL")  # R120


def test_povo_shows_which_tests_are_too_old_and_leaves_them_behind(bron: Client, tested: str) -> None:
    """15.31."""
    recent, old = page(bron, tested, "POVO")["toetsen"]
    assert (recent["magMee"], recent["gekozen"], recent["reden"]) == (True, True, None)
    assert (old["magMee"], old["gekozen"]) == (False, False)
    window = toets_venster(TODAY)
    assert old["reden"] == f"Afgenomen vóór {window:%d-%m-%Y}; mag niet mee in een dossier voor het VO."
    made = bron.act(tested, "verzamelen", overdracht="POVO").json()
    (left,) = [one for one in made["weggelaten"] if one["code"] == "TOETS_TE_OUD"]
    assert (left["aantal"], left["reden"]) == (1, f"1 toetsen van voor {window:%d-%m-%Y} weggelaten.")
    assert len(pupil_in_xml(bron, tested)["toetslijst"]["toets"]) == 1


def test_the_room_is_shown_before_anything_is_refused(bron: Client, tested: str) -> None:
    """15.30."""
    room = page(bron, tested)["ruimte"]
    assert room["totaal"] == room["gebruikt"] + room["over"]
    assert 0 < room["gebruikt"] < room["totaal"]


def test_somebody_else_was_first(bron: Client, tested: str) -> None:
    path = f"/leerlingen/{tested}/overstapdossier/selectie?overdracht=POPO"
    etag = bron.ask("GET", path).headers["ETag"]
    assert choose(bron, tested, {}).status == 200
    problem(bron.ask("PUT", path, {}, if_match=etag), 412, "INTUSSEN_GEWIJZIGD")
    problem(bron.ask("PUT", path, {}), 428, "IF_MATCH_ONTBREEKT")
