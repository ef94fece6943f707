"""What setting ready asks, and what inzage is: each precondition and fault with code, text and field (R52-R66)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.web.klok import NEDERLAND
from infra.local.stack import stack
from infra.local.world import Options
from tests.e2e.client import Client, problem
from tests.e2e.walk import TO_PO, content, may, settings, text_of

LEAVING = {"datum": "2026-07-31", "adviesVo": "40", "vervolgschool": TO_PO}
DIRECTOR = {"naamDirecteur": "Directeur Voorbeeld 2", "telefoonDirecteur": "000-5551002"}


@pytest.fixture
def school(client_of: Callable[[str], Client], number: str, pupil: str) -> Iterator[Client]:
    """14SS01 with one pupil; its settings and aanleverpunt are put back afterwards."""
    client = client_of("14SS01")
    client.put_pupil(pupil, number)
    yield client
    settings(client, **DIRECTOR)
    client.as_("beheerder").ask("PUT", "/school/aanleverpunten/2")


def refusals(client: Client, pupil: str) -> list[tuple[str, str]]:
    """Code and field of all that keeps this pupil from being set ready; the first is the code of the refusal."""
    answer = problem(client.act(pupil, "klaarzetten"), 409)
    assert answer["code"] == answer["meldingen"][0]["code"] == may(client.card(pupil), "klaarzetten")
    for melding in answer["meldingen"]:
        assert melding["tekst"].endswith("."), melding
        assert melding["watNu"].endswith("."), melding
    return [(melding["code"], melding["pad"]) for melding in answer["meldingen"]]


def test_every_precondition_has_a_code_a_text_and_a_field(school: Client, pupil: str) -> None:
    """R60-R66, one after the other."""
    school.fill_in(pupil, contactNodig=True)
    settings(school, naamDirecteur=None, telefoonDirecteur=None)
    school.as_("beheerder").ask("DELETE", "/school/aanleverpunten/2")
    collected = ("NIET_VERZAMELD", "/status")
    day = ("DATUM_UITSCHRIJVING_ONTBREEKT", "/uitschrijving/datum")
    to = ("VERVOLGSCHOOL_ONTBREEKT", "/uitschrijving/vervolgschool")
    seen = ("INZAGE_ONTBREEKT", "/inzage/waarde")
    director = ("DIRECTEUR_ONTBREEKT", "/contactNodig")
    point = ("AANLEVERPUNT_ONTBREEKT", "/school/aanleverpunten")
    assert refusals(school, pupil) == [collected, day, to, director, point]
    school.fill_in(pupil, uitschrijving={"datum": "2026-07-31"})
    assert refusals(school, pupil) == [collected, to, director, point]
    school.fill_in(pupil, uitschrijving={"vervolgschool": TO_PO})
    assert refusals(school, pupil) == [collected, director, point]
    settings(school, **DIRECTOR)
    assert school.act(pupil, "verzamelen", overdracht="POPO").status == 200
    assert refusals(school, pupil) == [seen, point]
    school.fill_in(pupil, inzage={"waarde": "JA"})
    assert refusals(school, pupil) == [point]
    school.as_("beheerder").ask("PUT", "/school/aanleverpunten/2")
    assert school.act(pupil, "klaarzetten").status == 200


def test_povo_asks_the_advies_vo_before_anything_is_stored(school: Client, pupil: str) -> None:
    """R62, at collecting (rule OVa.OA02); the dry run says the same."""
    school.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": TO_PO})
    answer = problem(school.act(pupil, "verzamelen", overdracht="POVO"), 409, "ADVIES_VO_ONTBREEKT")
    assert [m["pad"] for m in answer["meldingen"]] == ["/uitschrijving/adviesVo"]
    dry = school.get(f"/leerlingen/{pupil}/overstapdossier/controle?overdracht=POVO")
    assert (dry["geldig"], [m["code"] for m in dry["meldingen"] if m["ernst"] == "fout"]) == (
        False,
        ["ADVIES_VO_ONTBREEKT"],
    )
    assert school.card(pupil)["versie"] is None


def test_contact_is_refused_for_a_stored_dossier_while_there_is_no_director(school: Client, pupil: str) -> None:
    """R64: what is stored names who is to be called, so it cannot say Ja without a name."""
    school.fill_in(pupil, uitschrijving=LEAVING)
    school.act(pupil, "verzamelen", overdracht="POPO")
    settings(school, telefoonDirecteur=None)
    answer = problem(school.fill_in(pupil, contactNodig=True), 409, "DIRECTEUR_ONTBREEKT")
    assert [m["pad"] for m in answer["meldingen"]] == ["/contactNodig"]
    assert school.card(pupil)["contactNodig"] is False


def test_contact_needed_is_in_xml_and_pdf_without_a_new_collection(school: Client, pupil: str) -> None:
    """R31, R86."""
    school.publish(pupil)
    before = school.card(pupil)
    after = school.fill_in(pupil, contactNodig=True).json()
    assert (after["status"], after["inhoudHash"], after["versie"]) == ("KLAAR", before["inhoudHash"], before["versie"])
    assert after["verzendHash"] != before["verzendHash"]
    data = content(school, pupil, "xml")
    assert b"<contactnodig>true</contactnodig><contactpersoon>Directeur Voorbeeld 2</contactpersoon>" in data
    assert "Directeur Voorbeeld 2" in text_of(content(school, pupil, "pdf"))


# --- inzage -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def collected(bron: Client, pupil: str, number: str) -> str:
    """A pupil of 14SS00 whose dossier was collected just now."""
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, uitschrijving=LEAVING)
    assert bron.act(pupil, "verzamelen", overdracht="POPO").status == 200
    return pupil


def proof(**fields: Any) -> dict[str, Any]:
    """Evidence for one person."""
    return {"wie": "VERZORGER", "wijze": "GESPREK", "datum": _day(0), "uitkomst": "AKKOORD"} | fields


def _day(days: int) -> str:
    return (datetime.now(NEDERLAND).date() + timedelta(days)).isoformat()


def test_inzage_cannot_be_recorded_before_collecting(bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    answer = problem(bron.fill_in(pupil, inzage={"waarde": "JA"}), 409, "NIET_VERZAMELD")
    assert answer["meldingen"][0]["pad"] == "/inzage/waarde"


@pytest.mark.parametrize(
    ("inzage", "code", "pad"),
    [
        (lambda: {"waarde": "JA", "datum": _day(1)}, "INZAGEDATUM_ONGELDIG", "/inzage/datum"),  # 15.8
        (lambda: {"waarde": "JA", "datum": _day(-1)}, "INZAGEDATUM_ONGELDIG", "/inzage/datum"),
        (lambda: {"waarde": "NIET_AKKOORD"}, "REDEN_NIET_AKKOORD_ONTBREEKT", "/inzage/redenNietAkkoord"),  # 15.9
        (
            lambda: {"waarde": "NIET_AKKOORD", "redenNietAkkoord": " "},
            "REDEN_NIET_AKKOORD_ONTBREEKT",
            "/inzage/redenNietAkkoord",
        ),
        (lambda: {"waarde": "JA", "inzagen": [proof(uitkomst="NIET_BEREIKT")]}, "INZAGE_NIEMAND", "/inzage/inzagen"),
        (lambda: {"waarde": "JA", "inzagen": [proof(datum=_day(-1))]}, "INZAGEDATUM_ONGELDIG", "/inzage/inzagen"),
        (
            lambda: {"waarde": "JA", "inzagen": [proof(), proof(uitkomst="NIET_AKKOORD")]},
            "INZAGE_NIET_AKKOORD",
            "/inzage/waarde",
        ),
        (lambda: {"waarde": "JA", "inzagen": [proof(wie="LEERLING")]}, "INZAGE_VERZORGER_ONTBREEKT", "/inzage/inzagen"),
        (lambda: {"datum": _day(0)}, "INZAGE_WAARDE_NEE", "/inzage/datum"),
    ],
)
def test_an_inzage_that_cannot_be_names_the_field(
    bron: Client, collected: str, inzage: Callable[[], dict[str, Any]], code: str, pad: str
) -> None:
    """Each is made when its test runs: a day later "today" is no day of its collecting any more."""
    answer = problem(bron.fill_in(collected, inzage=inzage()), 422, code)
    assert [m["pad"] for m in answer["meldingen"]] == [pad]
    assert bron.card(collected)["inzage"]["waarde"] == "NEE"


def test_a_try_that_failed_stays_with_the_card_and_travels_nowhere(bron: Client, collected: str) -> None:
    """15.9, R31: nobody saw it yet, and the school can show that it tried."""
    before, tried = bron.card(collected), proof(uitkomst="NIET_BEREIKT", reden=None)
    saved = bron.fill_in(collected, inzage={"inzagen": [tried]}).json()
    assert saved["inzage"] == {"waarde": "NEE", "datum": None, "redenNietAkkoord": None, "inzagen": [tried]}
    assert saved["verzendHash"] == before["verzendHash"]
    problem(bron.act(collected, "klaarzetten"), 409, "INZAGE_ONTBREEKT")
    assert bron.fill_in(collected, contactNodig=False).json()["inzage"]["inzagen"] == [tried]
    bron.act(collected, "verzamelen", overdracht="POPO")
    assert bron.card(collected)["inzage"]["inzagen"] == []  # R54


def test_niet_akkoord_does_not_block_and_travels_with_its_reason(bron: Client, collected: str) -> None:
    """15.9."""
    saved = bron.fill_in(collected, inzage={"waarde": "NIET_AKKOORD", "redenNietAkkoord": "Het advies is te laag."})
    assert saved.json()["inzageTekst"] == "Ja, maar niet akkoord"
    assert saved.json()["datumInzageTekst"] == f"{bron.stack.today():%d-%m-%Y}"
    assert bron.act(collected, "klaarzetten").status == 200
    expected = "<akkoord>Nee</akkoord><redennietakkoord>Het advies is te laag.</redennietakkoord>"
    assert expected.encode() in content(bron, collected, "xml")
    assert "Het advies is te laag." in text_of(content(bron, collected, "pdf"))


@pytest.mark.parametrize(
    ("outcomes", "akkoord"),
    [(["AKKOORD"], "Ja"), (["GEEN_REACTIE"], "Onbekend"), (["AKKOORD", "GEEN_REACTIE"], "Ja")],
)
def test_only_no_answer_makes_akkoord_onbekend(bron: Client, collected: str, outcomes: list[str], akkoord: str) -> None:
    inzagen = [proof(uitkomst=outcome) for outcome in outcomes]
    saved = bron.fill_in(collected, inzage={"waarde": "JA", "inzagen": inzagen}).json()
    assert [one["uitkomst"] for one in saved["inzage"]["inzagen"]] == outcomes
    assert f"<akkoord>{akkoord}</akkoord>".encode() in content(bron, collected, "xml")


@pytest.mark.parametrize(
    ("age", "who", "fits"),
    [
        (15, ["VERZORGER"], True),
        (16, ["VERZORGER"], False),
        (16, ["VERZORGER", "LEERLING"], True),
        (18, ["VERZORGER"], False),
        (18, ["LEERLING"], True),
    ],
)
def test_from_sixteen_the_pupil_too_and_from_eighteen_the_pupil_instead(
    bron: Client, pupil: str, number: str, age: int, who: list[str], fits: bool
) -> None:
    born = bron.stack.today().replace(day=1)
    born = born.replace(year=born.year - age)
    bron.put_pupil(pupil, number, geboortedatum=born.isoformat())
    bron.fill_in(pupil, uitschrijving=LEAVING)
    assert bron.act(pupil, "verzamelen", overdracht="POPO").status == 200
    saved = bron.fill_in(pupil, inzage={"waarde": "JA", "inzagen": [proof(wie=one) for one in who]})
    if fits:
        assert saved.status == 200, saved.data
    else:
        assert problem(saved, 422, "INZAGE_LEERLING_ONTBREEKT")["meldingen"][0]["pad"] == "/inzage/inzagen"


def test_aandachtspunten_after_inzage_are_new_content(bron: Client, collected: str) -> None:
    """15.2: a text is content, so the parents must see it; it stands in the dossier at once."""
    bron.fill_in(collected, inzage={"waarde": "JA"})
    before = bron.card(collected)
    saved = bron.fill_in(collected, aandachtspunten="Let op de bril.").json()
    assert [m["code"] for m in saved["meldingen"]] == ["AANDACHTSPUNTEN_GEWIJZIGD"]
    assert saved["datumInzageTekst"] == "Geen inzage verleend in de huidige versie"
    assert saved["inhoudHash"] != before["inhoudHash"]
    assert b"<aandachtspunten>Let op de bril.</aandachtspunten>" in content(bron, collected, "xml")
    problem(bron.act(collected, "klaarzetten"), 409, "INZAGE_ONTBREEKT")


def test_aandachtspunten_are_1_to_280_characters(bron: Client, collected: str) -> None:
    for text in ("", "x" * 281):
        answer = problem(bron.fill_in(collected, aandachtspunten=text), 422)
        assert [m["pad"] for m in answer["meldingen"]] == ["/aandachtspunten"]
    assert bron.fill_in(collected, aandachtspunten="x" * 280).status == 200


# --- before the aanmeldweek -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("provisional", "codes"), [(False, ["VOORLOPIG_DOSSIER_NEE"]), (True, [])])
def test_povo_before_the_aanmeldweek_warns_when_it_is_not_provisional(
    february: Client, pupil: str, number: str, provisional: bool, codes: list[str]
) -> None:
    """15.11: a warning, no refusal."""
    february.put_pupil(pupil, number)
    february.fill_in(pupil, voorlopigDossier=provisional)
    leaving = {"datum": "2027-07-31", "adviesVo": "40", "vervolgschool": {"brin": "16VO"}}
    february.fill_in(pupil, uitschrijving=leaving)
    february.act(pupil, "verzamelen", overdracht="POVO")
    february.fill_in(pupil, inzage={"waarde": "JA"})
    answer = february.act(pupil, "klaarzetten")
    assert answer.status == 200
    assert [(m["code"], m["ernst"]) for m in answer.json()["meldingen"]] == [(code, "waarschuwing") for code in codes]
    february.forget_pupils_made()


@pytest.fixture(scope="module")
def february(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The administratie of a school that is enrolled, in another sandbox whose clock says February."""
    klok = datetime(2027, 2, 15, 10, 0, tzinfo=UTC)
    with stack(Path(tmp_path_factory.mktemp("february")), Options(klok=klok, pollers=False)) as up:
        client = Client(up, "14SS00")
        adres = {"straat": "Verzonnenlaan", "nummer": "1", "postcode": "0001ZZ", "plaats": "Nergenshuizen"}
        settings(client, naam="Basisschool De Proefballon", soort="BO", adres=adres, telefoon="000-5550001")
        client.as_("beheerder").ask("PUT", "/school/aanleverpunten/0")
        yield client
