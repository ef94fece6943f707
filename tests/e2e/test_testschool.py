"""The published scenarios of the OSO test school: fetched from it as doel, and played as bron (protocol 7.2, R1)."""

import base64
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.gegevensset.codec import decode, encode
from infra.local.scenarios import SCENARIOS, VERZAMELD, Scenario
from infra.local.stack import Stack
from tests.e2e.client import HTTP, Client, problem
from tests.e2e.stand import Stand
from tests.pupil import EDUCATION_NUMBER

DOSSIERS = Path(__file__).parents[1] / "dossiers"
PROFILES = ("POPO", "POVO", "VOVO")


def kind(number: str) -> str:
    return "ONDERWIJSNUMMER" if number == EDUCATION_NUMBER else "BSN"


def dossier_of(client: Client, request: Any) -> Any:
    """What was received, read again."""
    link = client.get(f"/dossieraanvragen/{request['id']}/xml")
    return decode(HTTP.request("GET", link["url"]).data)


# --- as doel ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SCENARIOS)
def test_every_published_scenario_as_doel(doel: Client, number: str) -> None:
    found, scenario = doel.fetch(number, "00YY", pgnType=kind(number)), SCENARIOS[number]
    if not isinstance(scenario, Scenario):
        assert (found["status"], found["resultaat"]["code"]) == ("AFGEWEZEN", scenario.code)
    elif scenario.bijzonder.isdigit():  # a generation of the standard that nobody reads any more
        assert (found["status"], found["resultaat"]["code"]) == ("AFGEWEZEN", "DOSSIER_ONGELDIG")
    else:
        assert (found["status"], found["profiel"]) == ("ONTVANGEN", scenario.profiel)
        assert len(found["bijlagen"]) >= (12 if scenario.bijzonder == "bijlagen" else 0)


def test_an_aanvraagdatum_before_the_verzameldatum_gives_the_newer_dossier(doel: Client) -> None:
    number = "388483763"
    plain = dossier_of(doel, doel.fetch(number, "00YY"))
    before = (VERZAMELD - timedelta(seconds=1)).isoformat()
    newer = dossier_of(doel, doel.fetch(number, "00YY", alleenAlsNieuwerDan=before))
    pupils = [one.dossier["huidigeschool"]["leerling"] for one in (plain, newer)]
    assert ["eindtoets_basisonderwijs" in pupil for pupil in pupils] == [False, True]
    not_newer = doel.fetch(number, "00YY", alleenAlsNieuwerDan=VERZAMELD.isoformat())
    assert not_newer["resultaat"]["code"] == "LEERLINGINFO_NIET_BESCHIKBAAR"


# --- the testuitwisseling ---------------------------------------------------------------------------------------------


def test_the_testuitwisseling_goes_step_by_step_and_its_result_is_kept(doel: Client, center: Stand) -> None:
    beheerder = doel.as_("beheerder")
    answer = beheerder.ask("POST", "/school/testuitwisseling", {})
    assert answer.status == 200, answer.data
    steps = answer.json()["stappen"]
    assert [(step["stap"], step["gelukt"]) for step in steps] == [
        ("sessie", True),
        ("opvragen", True),
        ("controle", True),
        ("afmelden", True),
    ]
    assert answer.json()["gelukt"]
    assert beheerder.get("/school/testuitwisseling") == answer.json()
    assert center.sessions()[-1]["resultaat"] == "OverdrachtGeslaagd"


@pytest.mark.parametrize(
    ("message", "trouble", "stops_at", "signed_off"),
    [
        ("documentRequest", "verbreek", "opvragen", "TechnischeFout"),
        ("documentRequest", "html", "opvragen", "TechnischeFout"),
        ("antwoord", "ongeldig", "controle", "DossierOngeldig"),
        ("antwoord", "ander", "controle", "DossierAndereLeerling"),
    ],
)
def test_a_testuitwisseling_that_goes_wrong_says_where_and_signs_its_session_off(
    doel: Client, client_of: Callable[[str], Client], center: Stand, test_school: Stand, message: str, trouble: str,
    stops_at: str, signed_off: str,
) -> None:  # fmt: skip
    if message == "antwoord":
        test_school.make("antwoord", soort=trouble)
        school = client_of("16VO00")  # asks for another number than that of the dossier that comes by mistake
    else:
        test_school.trouble(message, trouble)
        school = doel
    answer = school.as_("beheerder").ask("POST", "/school/testuitwisseling", {}).json()
    assert not answer["gelukt"]
    assert (answer["stappen"][-1]["stap"], answer["stappen"][-1]["gelukt"]) == (stops_at, False)
    assert answer["stappen"][-1]["code"]
    session = center.sessions()[-1]
    assert (session["toestand"], session["resultaat"]) == ("afgemeld", signed_off)


# --- as bron ----------------------------------------------------------------------------------------------------------


def put_example(client: Client, leerling_id: str, profile: str, number: str, attachments: int = 0) -> None:
    """Put the example dossier of a profile under this number, with more attachments where wanted."""
    found = decode((DOSSIERS / f"2019.1_{profile}_vol.xml").read_bytes())
    pupil = found.dossier["huidigeschool"]["leerling"]
    pupil.pop("onderwijsnummer", None)
    pupil["bsn"] = number
    documents = pupil.setdefault("overigdocumentlijst", {}).setdefault("document", [])
    documents += [_attachment(count) for count in range(attachments)]
    answer = client.ask(
        "PUT", f"/leerlingen/{leerling_id}", raw=encode(found.dossier, found.versie), kind="application/xml"
    )
    assert answer.status == 201, answer.data
    client._made.append(leerling_id)


def _attachment(count: int) -> dict[str, str]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"Verzonnen verslag {count}.txt", f"Verzonnen regel {count}.\n" * 1000)
    name = f"Verzonnen verslag {count}.txt"
    return {"bestandsnaam": name, "bestandsinhoud": base64.b64encode(packed.getvalue()).decode()}


@pytest.mark.parametrize("profile", PROFILES)
def test_as_bron_a_full_dossier_of_each_profile_arrives_byte_for_byte(
    client_of: Callable[[str], Client], pupil: str, number: str, profile: str
) -> None:
    bron = client_of("16VO00" if profile == "VOVO" else "14SS00")
    doel = client_of("99EF00" if profile in ("POPO", "VOVO") else "16VO00")
    put_example(bron, pupil, profile, number)
    bron.publish(pupil, doel.school[:4], profile)
    received = doel.fetch(number, bron.school[:4])
    assert (received["status"], received["profiel"]) == ("ONTVANGEN", profile)
    sent = HTTP.request("GET", bron.get(f"/leerlingen/{pupil}/overstapdossier/xml")["url"]).data
    got = HTTP.request("GET", doel.get(f"/dossieraanvragen/{received['id']}/xml")["url"]).data
    assert sent == got


def test_as_bron_many_attachments(bron: Client, doel: Client, pupil: str, number: str) -> None:
    put_example(bron, pupil, "POPO", number, attachments=25)
    bron.publish(pupil)
    received = doel.fetch(number)
    names = [one["naam"] for one in received["bijlagen"]]
    assert {f"Verzonnen verslag {count}.txt" for count in range(25)} <= set(names)
    place = names.index("Verzonnen verslag 24.txt") + 1
    link = doel.get(f"/dossieraanvragen/{received['id']}/bijlagen/{place}")
    assert HTTP.request("GET", link["url"]).data == b"Verzonnen regel 24.\n" * 1000


def test_as_bron_binnen_brin_says_what_each_block_is(
    bron: Client, client_of: Callable[[str], Client], pupil: str, number: str
) -> None:
    put_example(bron, pupil, "BB-POPO", number)
    bron.fill_in(pupil, binnenBrin=True)
    bron.act(pupil, "verzamelen", overdracht="BB-POPO")
    assert bron.act(pupil, "klaarzetten").status == 200
    north = client_of("14SS01")
    received = north.fetch(number, "14SS")
    assert received["profiel"] == "BB-POPO"
    statuses = dossier_of(north, received).dossier["metadata"]["categorie_uitlevering"]
    assert statuses["cat_leerling"] == "VERPLICHT"
    assert set(statuses.values()) <= {"VERPLICHT", "OPTIONEEL", "OPT-UIT", "VERBODEN"}


def test_as_bron_both_refusals_and_the_aanvraagdatum(bron: Client, doel: Client, pupil: str, number: str) -> None:
    put_example(bron, pupil, "POPO", number)
    leaving = {"datum": "2026-07-31", "vervolgschool": {"brin": "99EF", "naam": "Het Schijnpad"}}
    bron.fill_in(pupil, uitschrijving=leaving)
    found = [doel.fetch(number)["resultaat"]["code"]]  # not set ready
    bron.act(pupil, "verzamelen", overdracht="POPO")
    found.append(doel.fetch(number)["resultaat"]["code"])  # no inzage
    assert found == ["LEERLINGINFO_NIET_BESCHIKBAAR", "LEERLINGINFO_NIET_OPVRAAGBAAR"]
    bron.publish(pupil)
    moment = bron.card(pupil)["laatstVerzameldOp"]
    not_newer = doel.fetch(number, alleenAlsNieuwerDan=moment)
    assert not_newer["resultaat"]["code"] == "LEERLINGINFO_NIET_BESCHIKBAAR"
    assert doel.fetch(number)["status"] == "ONTVANGEN"


def test_a_testuitwisseling_without_an_aanleverpunt_is_refused(sandbox: Stack) -> None:
    nobody = Client(sandbox, "00YY00", ("beheerder",))
    problem(nobody.ask("POST", "/school/testuitwisseling", {}), 409, "AANLEVERPUNT_ONTBREEKT")
