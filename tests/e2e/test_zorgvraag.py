"""A zorgvraag as a school and its samenwerkingsverband live it: real processes, own certificates (ch. 9, R106-R116)."""

import base64
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.resultaat import Resultaat
from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.gegevensset.controle import controleer
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages.berichten import Adressen, Bericht, TerugkoppelingRequest
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.sender import https_sender
from chalicelib.traffic_center import TrafficCenter
from infra.local.enrol import enrol
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack, stack
from infra.local.world import Options
from tests.e2e.client import HTTP, Client, problem
from tests.e2e.stand import Stand
from tests.e2e.walk import text_of
from tests.e2e.wire import Wire
from tests.pupil import NUMBERS

SUPPORT = {"diagnose": [{"code": ["HB"], "naam": "Verzonnen diagnose"}]}
ASKED: dict[str, Any] = {"omschrijving": "Hulp bij rekenen", "aandachtspunten": "Graag snel.", "aanleverpunt": "10"}
NUMBER = NUMBERS[4]
KEY = "5B2D0E54-2C1C-4B6E-9B61-0C6F1A7B9D10"


@pytest.fixture
def ib(client_of: Callable[[str], Client], pupil: str) -> Client:
    """The intern begeleider of 14SS00, with a pupil who needs support."""
    client = client_of("14SS00")
    client.put_pupil(pupil, NUMBER, onderwijsondersteuning=SUPPORT)
    return client.as_("intern_begeleider")


def path(pupil: str, *parts: str) -> str:
    return "/".join((f"/leerlingen/{pupil}/zorgvragen", *parts))


def send(client: Client, pupil: str, key: str = "", **fields: Any) -> Any:
    asked = {name: value for name, value in {**ASKED, **fields}.items() if value is not None}
    return client.ask("POST", path(pupil), asked, idempotency_key=key or uuid.uuid4().hex)


def sent(client: Client, pupil: str, **fields: Any) -> Any:
    answer = send(client, pupil, **fields)
    assert answer.status == 202, answer.data
    assert answer.headers["Location"] == f"/v1{path(pupil, answer.json()['id'])}"
    return answer.json()


def wait(client: Client, pupil: str, id_: str, *states: str) -> Any:
    end = time.monotonic() + 40
    while (found := client.get(path(pupil, id_)))["status"] not in states:
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def at_the_swv(swv: Stand, card: Any) -> Any:
    """What the SWV's system has of it."""
    (found,) = [one for one in swv.look()["zorgvragen"] if one["sha256"] == card["verzendHash"]]
    return found


def download(client: Client, where: str) -> bytes:
    return HTTP.request("GET", client.get(where)["url"]).data


def test_r106_r108_the_picker_shows_the_samenwerkingsverbanden_of_the_school(sandbox: Stack) -> None:
    """R106, R108: doel PaO in '18, SWV in '22; the portal may name either."""
    ib = Client(sandbox, "14SS00", ("intern_begeleider",))
    for doel in ("PaO", "SWV"):
        (swv,) = ib.get(f"/aanleverpunten?doel={doel}")["items"]
        assert f"{swv['nummer']}: {swv['naam']}" == "10: Samenwerkingsverband Verzonnen"


def test_r109_the_page_shows_every_block_with_its_text_and_its_tick(ib: Client, pupil: str) -> None:
    """R109: all ticked but Verzuim and Eindtoets, which is forbidden for PO; mandatory ones by the matrix."""
    blocks = ib.get(f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht=POSWV")["blokken"]
    by_name = {one["blok"]: one for one in blocks}
    assert all(one["label"] and one["toelichting"] for one in blocks)
    assert [one["label"] for one in blocks] == [
        "School",
        "Ouders/Verzorgers",
        "Toetsresultaten",
        "Bijlages",
        "Algemene dossiergegevens",
        "Overstapadvies",
        "Handelingsplannen",
        "Verzuim",
        "Schoolloopbaan",
        "Leerling",
        "VVE",
        "Onderwijsondersteuning",
        "Eindtoets",
    ]
    assert {name for name, one in by_name.items() if one["eis"] == "VERBODEN"} == {"eindtoetsbo"}
    assert {name for name, one in by_name.items() if not one["gekozen"]} == {"verzuim", "eindtoetsbo"}
    assert by_name["onderwijsondersteuning"]["eis"] == by_name["oudersverzorgers"]["eis"] == "VERPLICHT"


def test_what_goes_along_besides_because_the_record_holds_it_can_be_unticked(
    client_of: Callable[[str], Client], pupil: str
) -> None:
    """R41, R109."""
    ib = client_of("14SS00")
    report = {"cijferlijstTypelijst": [{"naam": "Rapport 1", "score": [{"waarde": "7.8"}]}], "jaargroep": "8"}
    ib.put_pupil(pupil, NUMBER, onderwijsondersteuning=SUPPORT, cijferlijstlijst={"cijferlijst": [report]})
    blocks = ib.get(f"/leerlingen/{pupil}/overstapdossier/selectie?overdracht=POSWV")["blokken"]
    assert [(one["blok"], one["gekozen"]) for one in blocks[12:]] == [("eindtoetsbo", False), ("cijferlijsten", True)]


def test_r107_r116_sent_fetched_by_itself_answered_and_read(ib: Client, pupil: str, swv: Stand, sandbox: Stack) -> None:
    """R107, R108, R110-R113, R115, R116: one act to send; the SWV's system does the rest without anybody there."""
    map_ = f"/leerlingen/{pupil}/map"
    note = ib.ask("POST", map_, {"soort": "NOTITIE", "tekst": "Een verzonnen notitie."}).json()["documentId"]
    made = sent(ib, pupil, bijlagen=[note], toelichtingDocumentId=note, inzage={"waarde": "JA"})
    assert (made["status"], made["notificatieVerstuurd"], made["terugkoppelingOntvangen"]) == (
        "VERZONDEN",
        "Nee",
        "Nee",
    )
    card = wait(ib, pupil, made["id"], "OPGEHAALD")
    assert (card["notificatieVerstuurd"], card["wachtOp"]) == ("Ja", "de terugkoppeling van het samenwerkingsverband")
    there = at_the_swv(swv, card)
    assert (there["bronBrin"], there["doelAanleverpunt"], there["resultaat"]) == ("14SS", "10", "SUCCESVOL_ONTVANGEN")
    data, pdf = (download(ib, path(pupil, made["id"], kind)) for kind in ("xml", "pdf"))
    report = controleer(data, "intended")
    assert (report.profiel, report.geldig) == ("POSWV", True)
    for part in (b"<overdrachtsoort>swv-dossier<", b"<aandachtspunten>Graag snel.<", b"<inzage>true</inzage>"):
        assert part in data
    assert data.count(b"<bestandsinhoud>") == 2, "the Toelichting and the bijlage"
    assert ASKED["omschrijving"].encode() not in data, "it stays with us"
    assert NUMBER not in data.decode() + text_of(pdf)

    swv.make("terugkoppeling", nr=there["nr"], tekst="Wij denken mee.")
    swv.make("terugkoppeling", nr=there["nr"], tekst="Wij denken mee.")
    card = ib.get(path(pupil, made["id"]))
    assert {one["tekst"] for one in card["terugkoppeling"]} == {"Wij denken mee."}
    assert (card["status"], card["terugkoppelingOntvangen"], card["wachtOp"]) == ("TERUGGEKOPPELD", "Ja", "")
    (row,) = ib.get(path(pupil))["items"]
    assert [row[name] for name in ("omschrijving", "gebruiktAanleverpunt", "notificatieVerstuurd")] == [
        "Hulp bij rekenen",
        "10: Samenwerkingsverband Verzonnen",
        "Ja",
    ]
    assert row["gemaaktOp"] == made["gemaaktOp"]
    log = ib.get(f"/leerlingen/{pupil}/overstapdossier/mutatielogs")["items"]
    acts = [one["code"] for one in log]
    for act in ("VERZONDEN", "SLEUTEL", "GENOTIFICEERD", "OPGEHAALD", "TERUGGEKOPPELD", "BEKEKEN"):
        assert f"ZORGVRAAG_{act}" in acts
    assert acts[-1] == "ZORGVRAGEN_BEKEKEN"  # 15.17: the list shows the omschrijving
    assert ib.get(f"/leerlingen/{pupil}/overstapdossier/mutatielogs/controle")["geldig"]
    texts = [one.read_text() for one in sandbox.logs] + [str(card), str(log)]
    assert not any("koppelsleutel" in text.lower() or NUMBER in text for text in texts)


TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
EVERY = ["metadata", "school", "leerling", "oudersverzorgers", "schoolloopbaan", "onderwijsondersteuning"]
BAD: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "no omschrijving": ({"omschrijving": None}, 422, "VELD_ONTBREEKT", "/omschrijving"),
    "an empty omschrijving": ({"omschrijving": ""}, 422, "VELD_ONJUIST", "/omschrijving"),
    "no aanleverpunt": ({"aanleverpunt": None}, 422, "VELD_ONTBREEKT", "/aanleverpunt"),
    "an unknown aanleverpunt": ({"aanleverpunt": "77"}, 409, "AANLEVERPUNT_ONBEKEND", "/aanleverpunt"),
    "an aanleverpunt of a school": ({"aanleverpunt": "0"}, 409, "AANLEVERPUNT_ONBEKEND", "/aanleverpunt"),
    "a mandatory block missing": ({"blokken": EVERY[:-1]}, 409, "BLOKKEN_ONJUIST", "/blokken/onderwijsondersteuning"),
    "a forbidden block": ({"blokken": [*EVERY, "eindtoetsbo"]}, 409, "BLOKKEN_ONJUIST", "/blokken/eindtoetsbo"),
    "an unknown block": ({"blokken": [*EVERY, "zat"]}, 409, "BLOKKEN_ONJUIST", "/blokken/zat"),
    "281 characters": ({"aandachtspunten": "x" * 281}, 422, "VELD_ONJUIST", "/aandachtspunten"),
    "a number in the omschrijving": ({"omschrijving": f"Over {NUMBER}"}, 409, "NUMMER_IN_INHOUD", "/omschrijving"),
    "a number in a text": (
        {"aandachtspunten": f"{NUMBER[:3]} {NUMBER[3:6]} {NUMBER[6:]}"},
        409,
        "NUMMER_IN_INHOUD",
        "/dossier/huidigeschool/leerling/overstapadvies/aandachtspunten",
    ),
    "inzage in the future": (
        {"inzage": {"waarde": "JA", "datum": TOMORROW}},
        422,
        "INZAGEDATUM_ONGELDIG",
        "/inzage/datum",
    ),
    "no reason for not agreeing": (
        {"inzage": {"waarde": "NIET_AKKOORD"}},
        422,
        "REDEN_NIET_AKKOORD_ONTBREEKT",
        "/inzage/redenNietAkkoord",
    ),
    "another profile": ({"profiel": "POPO"}, 422, "VELD_ONJUIST", "/profiel"),
    "a document that is not there": ({"bijlagen": ["weg"]}, 404, "DOCUMENT_NIET_GEVONDEN", ""),
    "a field that does not exist": ({"koppelsleutel": KEY}, 422, "ONBEKEND_VELD", "/koppelsleutel"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_gets_a_code_and_a_dutch_text_and_nothing_is_sent(
    ib: Client, pupil: str, center: Stand, what: str
) -> None:
    fields, status, code, where = BAD[what]
    before = center.count("meldenNotificatieRequest")
    found = problem(send(ib, pupil, **fields), status, code)
    if where:
        (melding,) = [one for one in found["meldingen"] if one["pad"] == where]
        assert melding["tekst"].endswith(".")
        assert melding["watNu"].endswith(".")
    assert NUMBER not in str(found)
    assert ib.get(path(pupil))["items"] == []
    assert center.count("meldenNotificatieRequest") == before


def test_a_record_without_support_is_refused_because_the_block_is_mandatory(ib: Client, pupil: str) -> None:
    """R115, R119: Onderwijsondersteuning must hold data."""
    client = ib.as_("administratie")
    client.put_pupil(f"{pupil}-leeg", NUMBERS[5])
    found = problem(send(ib, f"{pupil}-leeg"), 409, "DOSSIER_ONGELDIG")
    assert any("onderwijsondersteuning" in one["pad"] for one in found["meldingen"])


def test_r112_nothing_changes_after_sending(ib: Client, pupil: str, sandbox: Stack) -> None:
    """R112: 409 with "verstuur een nieuwe zorgvraag", whatever is to be changed; and the same key is the same one."""
    made = sent(ib, pupil, key="eens")
    for change in ({"aandachtspunten": "Anders."}, {}, {**ASKED, "omschrijving": "Iets anders"}):
        found = problem(ib.ask("PATCH", path(pupil, made["id"]), change), 409, "ZORGVRAAG_VERZONDEN")
        assert "Verstuur een nieuwe zorgvraag." in found["detail"]
    assert send(ib, pupil, key="eens").json()["id"] == made["id"]
    problem(send(ib, pupil, key="eens", omschrijving="Anders"), 409, "SLEUTEL_HERGEBRUIKT")
    wait(ib, pupil, made["id"], "OPGEHAALD")
    second = sent(ib, pupil)
    assert "ZORGVRAAG_LOOPT" in {one["code"] for one in second["meldingen"]}, "an open one at the same SWV"
    wait(ib, pupil, second["id"], "OPGEHAALD")


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("intern_begeleider", True),
        ("directie", True),
        *((role, False) for role in ("administratie", "beheerder", "auditor")),
    ],
)
def test_only_intern_begeleider_and_directie_have_to_do_with_zorgvragen(
    ib: Client, pupil: str, role: str, may: bool
) -> None:
    """15.28."""
    client = ib.as_(role)
    answers = [
        client.ask("GET", path(pupil)),
        send(client, pupil),
        client.ask("GET", path(pupil, "onbekend")),
        client.ask("DELETE", path(pupil, "onbekend")),
    ]
    assert [one.status for one in answers] == ([200, 202, 404, 404] if may else [403] * 4)
    if may:
        wait(ib, pupil, answers[1].json()["id"], "OPGEHAALD")


def test_another_school_does_not_see_it(ib: Client, pupil: str) -> None:
    made = sent(ib, pupil)
    stranger = replace(ib, school="99EF00")
    for where in (path(pupil), path(pupil, made["id"]), path(pupil, made["id"], "xml")):
        problem(stranger.ask("GET", where), 404)
    wait(ib, pupil, made["id"], "OPGEHAALD")


def test_r114_removing_destroys_the_content_and_closes_the_door(ib: Client, pupil: str, swv: Stand) -> None:
    """R114, 15.22-26: a tombstone stays; the SWV can neither fetch nor answer any more."""
    made = sent(ib, pupil, aandachtspunten="Leest graag.")
    assert (made["aandachtspunten"], made["bijlagen"], made["toelichtingDocumentId"]) == ("Leest graag.", [], None)
    assert {"leerling", "onderwijsondersteuning", "overstapadvies"} <= set(made["blokken"])
    assert not {"verzuim", "eindtoetsbo", "ouderinzage"} & set(made["blokken"]), "not ticked, or forbidden"
    read = wait(ib, pupil, made["id"], "OPGEHAALD")
    posted = ("omschrijving", "aandachtspunten", "blokken", "toelichtingDocumentId", "bijlagen")
    assert [read[name] for name in posted] == [made[name] for name in posted]
    there = at_the_swv(swv, read)
    answer = ib.ask("DELETE", path(pupil, made["id"]))
    assert (answer.status, answer.json()["status"], answer.json()["omschrijving"]) == (200, "INGETROKKEN", "")
    assert [answer.json()[name] for name in posted[1:]] == [None] * 4
    problem(ib.ask("GET", path(pupil, made["id"], "xml")), 409, "ZORGVRAAG_INGETROKKEN")
    assert swv.make("ophalen", nr=there["nr"]) == "KOPPELSLEUTEL_ONBEKEND"
    assert swv.make("terugkoppeling", nr=there["nr"], tekst="Te laat.") == "KOPPELSLEUTEL_ONBEKEND"
    assert ib.ask("DELETE", path(pupil, made["id"])).status == 200
    problem(ib.ask("POST", path(pupil, made["id"], "opnieuw"), {}, idempotency_key="x"), 409, "ZORGVRAAG_NIET_MISLUKT")


def test_destroying_a_pupils_data_takes_the_zorgvragen_along(ib: Client, pupil: str, swv: Stand) -> None:
    """AVG 17."""
    made = sent(ib, pupil)
    there = at_the_swv(swv, wait(ib, pupil, made["id"], "OPGEHAALD"))
    office = ib.as_("administratie")
    assert office.ask("DELETE", f"/leerlingen/{pupil}/gegevens", {"grond": "Verzoek van de ouders"}).status == 200
    assert swv.make("ophalen", nr=there["nr"]) == "KOPPELSLEUTEL_ONBEKEND"
    assert swv.make("terugkoppeling", nr=there["nr"], tekst="Te laat.") == "KOPPELSLEUTEL_ONBEKEND"


def test_a_door_that_is_down_is_tried_again_then_it_failed_with_a_reason_and_a_way_to_send_again(
    ib: Client, pupil: str, swv: Stand, center: Stand
) -> None:
    """Five receives over SQS, then MISLUKT; `opnieuw` uses the koppelsleutel that there is (9b.12)."""
    keys = center.look()["koppelsleutels"]
    swv.trouble("notificatieRequest", "verbreek", times=5)
    made = sent(ib, pupil)
    card = wait(ib, pupil, made["id"], "MISLUKT")
    assert card["reden"]["code"] == "PEER_ONBEREIKBAAR"
    assert card["reden"]["tekst"] == "Het systeem van het samenwerkingsverband is niet bereikbaar."
    assert "later opnieuw" in card["watNu"]
    (again,) = [one for one in card["acties"] if one["naam"] == "opnieuw"]
    assert again["kan"]
    answer = ib.ask("POST", path(pupil, made["id"], "opnieuw"), {}, idempotency_key=uuid.uuid4().hex)
    assert answer.status == 202, answer.data
    card = wait(ib, pupil, made["id"], "OPGEHAALD")
    assert (card["reden"], card["notificatieVerstuurd"]) == (None, "Ja")
    assert center.look()["koppelsleutels"] == keys + 1


def of_the_swv(sandbox: Stack, certificate: str = "swv", profiel: Protocolprofiel = PROFIELEN["18"]) -> TrafficCenter:
    """The SWV's line, with a certificate of our choice."""
    pki, center = sandbox.pki, sandbox.center
    line = https_sender(pki.ca, pki.cert(certificate), pki.key(certificate), sandbox=True)
    key = zoeksleutel_provider(base64.b64decode(center.zoeksleutel))
    return TrafficCenter(line, profiel, key, f"{center.adres}/tc/{profiel.naam}")


def feedback(punt: str = "10", text: str = "Tekst.", key: str = KEY) -> TerugkoppelingRequest:
    addresses = Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("14SS"), Aanleverpunt(punt))
    return TerugkoppelingRequest(addresses, key, datetime.now(UTC).replace(microsecond=0), text)


@pytest.mark.parametrize(
    ("message", "certificate", "code"),
    [
        (feedback(), "swv", "KOPPELSLEUTEL_ONBEKEND"),
        (feedback(text="x" * 100_001), "swv", "BERICHT_ONGELDIG"),
        (feedback(), "leverancier-b", "CLIENTCERTIFICAAT_ONBEKEND"),
        (feedback(punt="11"), "swv", "CLIENTCERTIFICAAT_ONBEKEND"),
    ],
    ids=["an unknown koppelsleutel", "too large", "another certificate", "another aanleverpunt"],
)
def test_a_terugkoppeling_that_is_not_one_is_refused(
    sandbox: Stack, message: Bericht, certificate: str, code: str
) -> None:
    assert isinstance(message, TerugkoppelingRequest)
    answer = of_the_swv(sandbox, certificate).koppel_terug(sandbox.wire, message)
    assert isinstance(answer, Resultaat)
    assert answer.code == code


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_a_message_is_read_in_the_encoding_that_it_says_it_has(sandbox: Stack, encoding: str) -> None:
    message = soap.encode(PROFIELEN["18"], feedback(text="Reünie: André krijgt extra hulp")).decode()
    data = message.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
    assert b"KoppelsleutelOnbekend" in Wire(sandbox, "swv").post(data)[1]  # read and judged


def test_the_whole_story_in_generation_22(tmp_path: Path) -> None:
    """R106-R116 with routeringskenmerken, and doel SWV on the wire."""
    with stack(tmp_path, Options(retry=1, profiel="22", parties=("swv",))) as up:
        enrol(up, [school for school in SCHOLEN if school.vestiging == "14SS00"])
        office = Client(up, "14SS00")
        office.put_pupil("l-1", NUMBER, onderwijsondersteuning=SUPPORT)
        ib, swv = office.as_("intern_begeleider"), Stand(up.parties["swv"])
        kenmerken = {"0000000700014SS00010": "10", "0000000700099EF00010": "0000000700099EF00010"}
        for kenmerk, kept in kenmerken.items():  # of the own BRIN it is the index, as the wire has it
            body = {"doelAanleverpunt": kenmerk}
            card = office.ask("PATCH", "/leerlingen/l-1/overstapdossier", body, if_match="*").json()
            assert card["doelAanleverpunt"] == kept
        made = sent(ib, "l-1", aanleverpunt="0000000700014SS00010")
        assert made["aanleverpunt"] == "10"
        there = at_the_swv(swv, wait(ib, "l-1", made["id"], "OPGEHAALD"))
        assert (there["generatie"], there["doelAanleverpunt"]) == ("22", "10")
        assert swv.make("terugkoppeling", nr=there["nr"], tekst="Wij denken mee.") == "TerugkoppelingOntvangen"
        card = ib.get(path("l-1", made["id"]))
        assert [one["tekst"] for one in card["terugkoppeling"]] == ["Wij denken mee."]
        assert ib.ask("DELETE", path("l-1", made["id"])).json()["status"] == "INGETROKKEN"
        assert swv.make("ophalen", nr=there["nr"]) == "KOPPELSLEUTEL_ONBEKEND"


def test_a_number_in_an_attachment_is_refused_for_an_swv_and_only_a_warning_for_an_overstap(
    ib: Client, pupil: str
) -> None:
    """15.34."""
    other, number = f"{pupil}-brief", NUMBERS[6]
    letter = maak_bijlage("brief.txt", f"Over leerling {number}.".encode())
    ib.put_pupil(other, number, onderwijsondersteuning=SUPPORT, overigdocumentlijst={"document": [letter]})
    place = "/dossier/huidigeschool/leerling/overigdocumentlijst/document[1]/bestandsinhoud"
    found = problem(send(ib, other), 409, "NUMMER_IN_INHOUD")
    assert [one["pad"] for one in found["meldingen"]] == [place]
    assert ib.get(path(other))["items"] == []
    collected = ib.act(other, "verzamelen", overdracht="POPO").json()
    assert [one["pad"] for one in collected["meldingen"] if one["code"] == "NUMMER_IN_BIJLAGE"] == [place]
