"""The page "Gegevens toevoegen aan het overstapdossier": what may be ticked, what goes (R40-R47)."""

from datetime import date
from typing import Any

import pytest

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.domain.termijnen import toets_venster
from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.tabel import standaard
from infra.local.stack import Stack
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
PLAN = {"startdatum": "2026-01-05", "isgerichtop": "lezen"}


def page(client: Client, pupil: str, profile: str = "POPO") -> Any:
    return client.get(f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht={profile}")


def choose(client: Client, pupil: str, body: Any, profile: str = "POPO") -> Any:
    path = f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht={profile}"
    return client.ask("PUT", path, body, if_match="*")


def note(client: Client, pupil: str, text: str = "Fijn gesprek gehad.") -> str:
    """A document in the leerlingmap."""
    return str(client.ask("POST", f"/leerlingen/{pupil}/map", {"soort": "NOTITIE", "tekst": text}).json()["documentId"])


def found(answer: Any) -> list[tuple[str, str, str]]:
    """What meldingen say, and where."""
    return [(one["code"], one["pad"], one["ernst"]) for one in answer["meldingen"] if one["code"] != "KAART_WIJKT_AF"]


def dry_run(client: Client, pupil: str, profile: str = "POPO") -> Any:
    return client.get(f"/leerlingen/{pupil}/overstapdossier/controle?overdracht={profile}")


def pupil_in_xml(client: Client, pupil: str) -> Any:
    return decode(content(client, pupil, "xml")).dossier["huidigeschool"]["leerling"]


@pytest.fixture
def tested(bron: Client, pupil: str, number: str) -> str:
    """A pupil with a recent and an old test, and two plans; the portal says more of the first of each."""
    today = bron.stack.today()
    window = toets_venster(today)
    tests = [taken_on(date(today.year, 1, 15)), taken_on(date(window.year - 1, 3, 1))]
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
    window = toets_venster(bron.stack.today())
    assert old["reden"] == f"Afgenomen vóór {window:%d-%m-%Y}; mag niet mee in een dossier voor het VO."
    made = bron.act(tested, "verzamelen", overdracht="POVO").json()
    (left,) = [one for one in made["weggelaten"] if one["code"] == "TOETS_TE_OUD"]
    assert (left["aantal"], left["reden"]) == (1, f"1 toetsen van voor {window:%d-%m-%Y} weggelaten.")
    assert len(pupil_in_xml(bron, tested)["toetslijst"]["toets"]) == 1
    choose(bron, tested, page(bron, tested, "POVO"), "POVO")  # as it was: too old is no choice of anybody
    assert bron.act(tested, "verzamelen", overdracht="POVO").json()["weggelaten"] == made["weggelaten"]


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


# --- what was chosen, when something else changed since ---------------------------------------------------------------


def test_a_document_that_is_taken_out_of_the_map_is_chosen_no_more(bron: Client, tested: str) -> None:
    """R47a: the page opens, and collecting goes on without it."""
    first, second = note(bron, tested, "een"), note(bron, tested, "twee")
    assert choose(bron, tested, {"bijlagen": [first, second], "toelichtingDocumentId": first}).status == 200
    assert bron.ask("DELETE", f"/leerlingen/{tested}/map/{first}").status == 204
    shown = page(bron, tested)
    assert [(one["documentId"], one["gekozen"]) for one in shown["bijlagen"]] == [(second, True)]
    assert (shown["toelichtingDocumentId"], shown["meldingen"]) == (None, [])
    assert dry_run(bron, tested)["geldig"]
    assert bron.act(tested, "verzamelen", overdracht="POPO").status == 200
    assert len(pupil_in_xml(bron, tested)["overigdocumentlijst"]["document"]) == 2  # and our own PDF


@pytest.mark.parametrize(
    ("body", "pad"),
    [(["bijlagen"], "/bijlagen"), (["toelichtingDocumentId"], "/toelichtingDocumentId")],
    ids=["a bijlage", "the toelichting"],
)
def test_a_document_that_is_gone_otherwise_is_named_and_the_page_mends_it(
    sandbox: Stack, bron: Client, tested: str, body: list[str], pad: str
) -> None:
    """A row of before, or one that a restore left behind: chosen, and not in the map."""
    gone = note(bron, tested)
    assert choose(bron, tested, {"bijlagen": [gone]} if body == ["bijlagen"] else {body[0]: gone}).status == 200
    key = {"pk": {"S": f"SCHOOL#{bron.school}"}, "sk": {"S": f"MAP#{tested}#{gone}"}}
    sandbox.aws.client("dynamodb").delete_item(TableName=sandbox.env["OSO_TABEL_STATE"], Key=key)

    refused = problem(bron.act(tested, "verzamelen", overdracht="POPO"), 409, "DOCUMENT_WEG")
    assert found(refused) == [("DOCUMENT_WEG", pad, "fout")]
    assert "Open Gegevens toevoegen" in refused["meldingen"][0]["watNu"]
    checked = dry_run(bron, tested)
    assert (checked["geldig"], found(checked)) == (False, [("DOCUMENT_WEG", pad, "fout")])
    shown = page(bron, tested)
    assert found(shown) == [("DOCUMENT_WEG", pad, "waarschuwing")]
    assert (shown["bijlagen"], shown["toelichtingDocumentId"]) == ([], None)
    assert choose(bron, tested, shown).status == 200
    assert page(bron, tested)["meldingen"] == []
    assert bron.act(tested, "verzamelen", overdracht="POPO").status == 200


def test_a_record_that_brings_a_toelichting_of_its_own_leaves_the_choice_open(
    bron: Client, tested: str, number: str
) -> None:
    """15.30: replace it or not, said on the page and at collecting."""
    chosen = note(bron, tested)
    assert choose(bron, tested, {"toelichtingDocumentId": chosen}).status == 200
    own = {"toelichting_onderwijsbehoeften": {"document": maak_bijlage("eigen.txt", b"van de school zelf\n")}}
    body = {"dossier": record(number, onderwijsondersteuning=own)}
    assert bron.ask("PUT", f"/leerlingen/{tested}", body, if_match="*").status == 200
    where = ("TOELICHTING_BESTAAT_AL", "/toelichtingDocumentId")
    assert found(problem(bron.act(tested, "verzamelen", overdracht="POPO"), 409, where[0])) == [(*where, "fout")]
    assert found(dry_run(bron, tested)) == [(*where, "fout")]
    shown = page(bron, tested)
    assert (found(shown), shown["toelichtingDocumentId"]) == ([(*where, "waarschuwing")], None)
    assert choose(bron, tested, {"toelichtingDocumentId": chosen, "toelichtingVervangen": True}).status == 200
    assert choose(bron, tested, page(bron, tested)).status == 200
    assert bron.act(tested, "verzamelen", overdracht="POPO").status == 200
    support = pupil_in_xml(bron, tested)["onderwijsondersteuning"]
    assert support["toelichting_onderwijsbehoeften"]["document"]["bestandsnaam"].startswith("Notities ")


def test_another_toelichting_takes_the_place_of_a_chosen_one_only_when_asked(bron: Client, tested: str) -> None:
    """15.30."""
    first, second = note(bron, tested, "een"), note(bron, tested, "twee")
    assert choose(bron, tested, {"toelichtingDocumentId": first}).status == 200
    shown = page(bron, tested)
    assert choose(bron, tested, shown).status == 200, "as it came"
    refused = problem(choose(bron, tested, {**shown, "toelichtingDocumentId": second}), 409, "TOELICHTING_BESTAAT_AL")
    assert [one["pad"] for one in refused["meldingen"]] == ["/toelichtingDocumentId"]
    assert page(bron, tested)["toelichtingDocumentId"] == first
    replaced = choose(bron, tested, {"toelichtingDocumentId": second, "toelichtingVervangen": True}).json()
    assert (replaced["toelichtingDocumentId"], replaced["toelichtingVervangen"]) == (second, False), "and that is done"
    assert choose(bron, tested, replaced).status == 200
    problem(choose(bron, tested, {**replaced, "toelichtingDocumentId": first}), 409, "TOELICHTING_BESTAAT_AL")
    assert choose(bron, tested, {**replaced, "toelichtingDocumentId": None}).status == 200
    assert page(bron, tested)["toelichtingDocumentId"] is None
    assert choose(bron, tested, {"toelichtingDocumentId": first}).status == 200


def test_a_document_that_is_named_twice_travels_once(bron: Client, tested: str) -> None:
    twice = note(bron, tested)
    body = {"bijlagen": [twice, {"documentId": twice, "gekozen": True}, twice]}
    assert choose(bron, tested, body).status == 200
    assert bron.act(tested, "verzamelen", overdracht="POPO").status == 200
    assert len(pupil_in_xml(bron, tested)["overigdocumentlijst"]["document"]) == 2  # and our own PDF


# --- the dry run ------------------------------------------------------------------------------------------------------


def test_the_dry_run_says_that_the_profile_does_not_fit_as_collecting_does(bron: Client, tested: str) -> None:
    checked = dry_run(bron, tested, "BB-POPO")
    refused = problem(bron.act(tested, "verzamelen", overdracht="BB-POPO"), 409, "PROFIEL_PAST_NIET")
    assert (checked["geldig"], found(checked)) == (False, found(refused))
    assert found(refused) == [("PROFIEL_PAST_NIET", "/overdracht", "fout")]


def test_what_will_keep_it_from_being_set_ready_is_said_before_the_parents_look(
    bron: Client, pupil: str, number: str
) -> None:
    """R38, R61: collecting succeeds, with a warning."""
    bron.put_pupil(pupil, number)
    missing = [
        ("DATUM_UITSCHRIJVING_ONTBREEKT", "/uitschrijving/datum", "waarschuwing"),
        ("VERVOLGSCHOOL_ONTBREEKT", "/uitschrijving/vervolgschool", "waarschuwing"),
    ]
    checked = dry_run(bron, pupil)
    assert (checked["geldig"], found(checked)) == (True, missing)
    collected = bron.act(pupil, "verzamelen", overdracht="POPO")
    assert (collected.status, found(collected.json())) == (200, missing)
    bron.fill_in(pupil, uitschrijving=LEAVING)
    assert found(bron.act(pupil, "verzamelen", overdracht="POPO").json()) == []
    bron.fill_in(pupil, binnenBrin=True, uitschrijving=None)
    assert found(bron.act(pupil, "verzamelen", overdracht="BB-POPO").json()) == []


def test_reading_the_page_and_the_dry_run_is_logged_and_changes_nothing(bron: Client, tested: str) -> None:
    """15.17: tests with their scores, and values in what is remarked."""
    card = f"/leerlingen/{tested}/overstapdossier"
    before = bron.ask("GET", card).headers["ETag"]
    for read in ("selectie", "controle"):
        assert bron.ask("GET", f"{card}/{read}?overdracht=POPO").status == 200
    entries = bron.get(f"{card}/mutatielogs")["items"][-2:]
    assert [(one["code"], one["details"]) for one in entries] == [
        ("SELECTIE_BEKEKEN", {"profiel": "POPO"}),
        ("CONTROLE_BEKEKEN", {"profiel": "POPO"}),
    ]
    assert bron.ask("GET", card).headers["ETag"] == before
