"""What an attacker tries at both doors, with a certificate or token that is good for something else."""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from urllib3.response import BaseHTTPResponse

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import Resultaat
from chalicelib.gegevensset.codec import encode
from chalicelib.messages.berichten import Adressen, OverdrachtResponse
from infra.local.enrol import enrol
from infra.local.stack import Stack, stack
from infra.local.world import Options
from tests.e2e.client import HTTP, Client, problem
from tests.e2e.wire import Wire, fault_code
from tests.pupil import NUMBERS, record


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A sandbox of its own, with the SWV at aanleverpunt 10 of 14SS."""
    with stack(tmp_path_factory.mktemp("attack"), Options(retry=1, parties=("swv",))) as up:
        enrol(up)
        yield up


@pytest.fixture(scope="module")
def bron(sandbox: Stack) -> Client:
    return Client(sandbox, "14SS00")


@pytest.fixture(scope="module")
def doel(sandbox: Stack) -> Client:
    return Client(sandbox, "99EF00")


@pytest.fixture(scope="module")
def _numbers() -> list[str]:
    return list(NUMBERS)


def in_time(ask: Callable[[], BaseHTTPResponse], seconds: float = 6) -> BaseHTTPResponse:
    """The answer, which must come before it could hurt anybody else."""
    begin = time.monotonic()
    answer = ask()
    assert time.monotonic() - begin < seconds
    return answer


def at_once(*acts: Callable[[], BaseHTTPResponse]) -> list[int]:
    """The statuses of acts that are done at the same moment, sorted."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(future.result().status for future in [pool.submit(act) for act in acts])


# --- the wire ---------------------------------------------------------------------------------------------------------


def _session(wire: Wire, number: str, kind: Overdrachtsoort) -> OverdrachtResponse:
    adressen = Adressen(Brin("14SS"), None, Brin(wire.doel_brin), Aanleverpunt(wire.doel_punt))
    granted = wire._center(wire.certificaat).open_sessie(adressen, Pgn(PgnType.BSN, number), kind)
    assert not isinstance(granted, Resultaat), granted
    return granted


@pytest.fixture
def within_brin(bron: Client, pupil: str, number: str) -> str:
    """The number of a pupil whose dossier is ready for the schools of the own BRIN."""
    bron.put_pupil(pupil, number)
    assert bron.fill_in(pupil, binnenBrin=True, binnenBrinDoel="NEVENVESTIGING").status == 200
    assert bron.act(pupil, "verzamelen", overdracht="BB-POPO").status == 200
    assert bron.act(pupil, "klaarzetten").status == 200
    return number


def test_an_swv_under_the_own_brin_gets_no_dossier_within_that_brin(
    sandbox: Stack, bron: Client, pupil: str, within_brin: str
) -> None:
    swv = Wire(sandbox, "swv", "14SS", "10")
    granted = _session(swv, within_brin, Overdrachtsoort.BINNENBRIN)  # the Traffic Center does not stop it
    for punt in granted.aanleverpunten:
        got = swv.ask(within_brin, granted.sessie_id, soort=Overdrachtsoort.BINNENBRIN, punt=punt.aanleverpunt.nummer)
        assert got == "CLIENTCERTIFICAAT_ONBEKEND"
    codes = [entry["code"] for entry in bron.get(f"/leerlingen/{pupil}/overstapdossier/mutatielogs")["items"]]
    assert "VERZONDEN" not in codes
    branch = Wire(sandbox, "leverancier-a", "14SS", "2")
    session = _session(branch, within_brin, Overdrachtsoort.BINNENBRIN).sessie_id
    assert isinstance(branch.ask(within_brin, session, soort=Overdrachtsoort.BINNENBRIN), bytes)


def test_a_session_is_of_no_use_for_anything_else_than_what_it_was_granted_for(
    sandbox: Stack, bron: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    wire, other = Wire(sandbox), next(one for one in NUMBERS if one != number)
    session = wire.session(number)
    assert wire.ask(other, session) == "SESSIE_AFWIJKEND"
    assert Wire(sandbox, doel_brin="16VO").ask(number, session) == "SESSIE_AFWIJKEND"
    assert Wire(sandbox, doel_punt="1").ask(number, session) == "ONBEKEND_AANLEVERPUNT"
    assert wire.ask(number, session, soort=Overdrachtsoort.BINNENBRIN) == "SESSIE_AFWIJKEND"
    message, wire_value = wire.message(number, session), b">overstapdossier<"
    assert message.count(wire_value) == 1, message
    assert fault_code(wire.post(message.replace(wire_value, b">swv-aanvraag<"))[1]) == "BERICHT_ONGELDIG"
    assert wire.ask(number, session, punt="10") == "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND"
    assert wire.ask(number, session, punt="2") == "LEERLING_NIET_BEKEND"  # of 14SS01, who does not know the pupil
    for certificate in ("leverancier-b", "swv", "testschool"):
        assert Wire(sandbox, certificate).ask(number, session) == "CLIENTCERTIFICAAT_ONBEKEND"
    assert isinstance(wire.ask(number, session), bytes)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_at_the_edge_of_the_calendar_gets_an_answer(
    sandbox: Stack, bron: Client, pupil: str, number: str, moment: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    wire = Wire(sandbox)
    end = b"</os:sessieId>"
    message = wire.message(number, wire.session(number))
    _, answer = wire.post(message.replace(end, end + f"<os:aanvraagdatum>{moment}</os:aanvraagdatum>".encode()))
    assert b"<dossier" in answer or fault_code(answer) == "LEERLINGINFO_NIET_BESCHIKBAAR"


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 20_000,
        b"<a " + b" ".join(b"a%d='1'" % n for n in range(6_000)) + b"/>",
        b"<a>" + b"x" * 9_000_000 + b"</a>",
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
        b"\0" * 60_000,
    ],
    ids=["deep", "attributes", "huge", "entities", "zeros"],
)
def test_a_message_made_to_hurt_costs_nothing(sandbox: Stack, data: bytes) -> None:
    begin = time.monotonic()
    status, _ = Wire(sandbox, "leverancier-b").post(data)
    assert status in (413, 500)
    assert time.monotonic() - begin < 3


# --- the portal: nothing gives a 5xx, nothing takes long --------------------------------------------------------------

_LONG = "a" * 2000


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", f"/leerlingen/{_LONG}", 422),
        ("PUT", f"/leerlingen/{_LONG}", 422),
        ("GET", f"/leerlingen/{_LONG}/overstapdossier", 422),
        ("GET", f"/leerlingen/l-1/map/{_LONG}", 404),
        ("GET", f"/dossieraanvragen/{_LONG}", 404),
        ("GET", f"/opdrachten/{_LONG}", 404),
        ("GET", f"/leerlingen/l-1/zorgvragen/{_LONG}", 404),
        ("GET", "/leerlingen/a%23b", 404),
        ("GET", "/leerlingen/a%0d%0aX-Kop:%201", 404),
        ("GET", "/leerlingen/%D9%A3", 404),
    ],
)
def test_a_path_that_no_key_can_have(doel: Client, verb: str, path: str, status: int) -> None:
    client = doel.as_("administratie", "directie", "intern_begeleider")
    answer = client.ask(verb, path, {"dossier": record()} if verb == "PUT" else None)
    problem(answer, status)
    assert "X-Kop" not in answer.headers


def test_a_list_of_pupils_made_to_be_compared_costs_nothing(doel: Client) -> None:
    many = [f"l-{n}" for n in range(40_000)]
    body = {"leerlingIds": many, "ookOverstap": many}
    ask = "/overstapdossiers/binnen-brin"
    answer = in_time(lambda: doel.ask("POST", ask, body, idempotency_key=uuid.uuid4().hex))
    problem(answer, 422, "AANTAL_LEERLINGEN")


def _wrong_records() -> dict[str, Any]:
    good = {"dossier": record()}
    return {
        "rows that are wrong": good | {"portaal": {"toetsen": [{"x" * 200: 1.5}] * 15_000}},
        "a name of megabytes": good | {"portaal": {"toetsen": [{"x" * 2_900_000: 1.5}]}},
        "names that nobody knows": {"dossier": record() | {f"onbekend{n}": "x" for n in range(100_000)}},
        "a list that is no list": {"dossier": record() | {"metadata": [{}] * 90_000}},
    }


@pytest.mark.parametrize("which", list(_wrong_records()))
def test_a_body_with_endless_faults_gets_an_answer_that_fits(doel: Client, pupil: str, which: str) -> None:
    answer = in_time(lambda: doel.ask("PUT", f"/leerlingen/{pupil}", _wrong_records()[which]))
    assert 0 < len(problem(answer, 422)["meldingen"]) <= 1000
    assert len(answer.data) < 1_000_000


@pytest.mark.parametrize(
    "elements",
    [
        {"geboortedatum": "12015-03-07"},
        {"geboortedatum": "-2015-03-07Z"},
        {"geboortedatum": "9999-12-31"},
        {"datuminschrijving": "10000-01-01"},
        {"achternaam": "x" * 600_000},
    ],
    ids=lambda elements: str(elements)[:40],
)
def test_a_record_that_is_strange_but_valid_goes_the_whole_way(
    sandbox: Stack, bron: Client, doel: Client, pupil: str, number: str, elements: dict[str, str]
) -> None:
    bron.put_pupil(pupil, number, **elements)
    bron.publish(pupil)
    received = doel.fetch(number)
    if received["status"] != "ONTVANGEN":  # refused for what it is, and the request has ended
        assert received["status"] == "AFGEWEZEN"
        return
    answer = doel.ask("POST", f"/dossieraanvragen/{received['id']}/importeren", {"leerlingId": pupil})
    assert answer.status == 200, answer.data
    doel._made.append(pupil)


def test_a_record_that_no_answer_can_hold_says_so(doel: Client, pupil: str) -> None:
    xml = encode(record(achternaam="NAAM"), "2019.1").replace(b"NAAM", b'"\\' * 1_900_000)
    assert doel.ask("PUT", f"/leerlingen/{pupil}", raw=xml, kind="application/xml").status == 201
    doel._made.append(pupil)
    problem(doel.ask("GET", f"/leerlingen/{pupil}"), 413, "TONEN_TE_GROOT")


@pytest.mark.parametrize("year", ["0000-0001", "9999-9999", "2026-2031", "2026-2026", "2026-2025"])
def test_a_school_year_that_does_not_exist(doel: Client, year: str) -> None:
    problem(doel.ask("POST", "/dossieraanvragen/binnengekomen/zoeken", {"schooljaar": year}), 422, "VELD_ONJUIST")


def test_a_number_put_in_a_correlation_id_reaches_no_log(sandbox: Stack, doel: Client, number: str) -> None:
    spaced = f"{number[:3]}-{number[3:6]}-{number[6:]}"
    for value in (f"bsn-{number}", number, spaced, f"aaa-{spaced}"):
        answer = doel.ask("GET", "/school", headers={"X-Correlation-Id": value})
        assert answer.headers["X-Correlation-Id"] != value
    plain = f"proef-{uuid.uuid4().hex[:8]}a"
    assert doel.ask("GET", "/school", headers={"X-Correlation-Id": plain}).headers["X-Correlation-Id"] == plain
    logs = "".join(log.read_text() for log in sandbox.logs)
    assert plain in logs
    assert number not in logs
    assert spaced not in logs


def test_what_is_claimed_in_a_header_counts_for_nothing(sandbox: Stack, bron: Client, doel: Client, pupil: str) -> None:
    bron.put_pupil(pupil)
    headers = {
        "X-HTTP-Method-Override": "DELETE",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "14ss00.example",
        "X-Amzn-Mtls-Clientcert-Subject": "CN=x",
        "X-School": "14SS00",
    }
    problem(doel.ask("GET", f"/leerlingen/{pupil}", headers=headers), 404)
    assert bron.ask("GET", f"/leerlingen/{pupil}", headers=headers).status == 200
    wire = HTTP.request(
        "POST", f"{sandbox.portal}/oso/18", body=b"<a/>", headers=headers | {"Content-Type": "text/xml"}
    )
    assert wire.status == 404  # the wire's door is another domain
    bron.forget_pupils_made()


# --- files ------------------------------------------------------------------------------------------------------------


def test_what_was_not_judged_is_handed_to_nobody(bron: Client, pupil: str) -> None:
    bron.put_pupil(pupil)
    path = f"/leerlingen/{pupil}/map"
    place = bron.ask("POST", path, {"soort": "BESTAND", "naam": "a.pdf", "inhoudstype": "text/html"}).json()
    html = b"<html><script>alert(1)</script>%PDF-1.4"

    def send(data: bytes, **other: str) -> int:
        fields = {**place["velden"], **other, "file": ("a.pdf", data)}
        return HTTP.request("POST", place["url"], fields=fields, encode_multipart=True).status

    key = place["velden"]["key"]
    assert send(html, key=key.replace(pupil, "iemand-anders")) == 403
    assert send(html, key=key.removeprefix("upload/")) == 403
    assert send(html, **{"Content-Type": "application/pdf"}) == 403
    assert send(b"x" * (3 * 1024 * 1024 + 1)) == 400
    assert send(html) == 204
    problem(bron.ask("GET", f"{path}/{place['documentId']}"), 409, "DOCUMENT_NIET_BESCHIKBAAR")
    problem(bron.ask("POST", f"{path}/{place['documentId']}/bevestigen"), 422, "BIJLAGE_NAAM")
    problem(bron.ask("GET", f"{path}/{place['documentId']}"), 409, "DOCUMENT_NIET_BESCHIKBAAR")
    assert send(b"%PDF-1.4 verzonnen") == 204
    assert bron.ask("POST", f"{path}/{place['documentId']}/bevestigen").status == 200
    link = bron.get(f"{path}/{place['documentId']}")["url"]
    assert send(html) == 204  # the form still works, but what was judged is out of its reach
    answer = HTTP.request("GET", link)
    assert answer.data == b"%PDF-1.4 verzonnen"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    bron.forget_pupils_made()


# --- two at once ------------------------------------------------------------------------------------------------------


def test_of_two_imports_at_once_one_counts(bron: Client, doel: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    id_ = doel.fetch(number)["id"]
    names = [f"{pupil}-{letter}" for letter in "abcd"]

    def take(name: str) -> Callable[[], BaseHTTPResponse]:
        return lambda: doel.ask("POST", f"/dossieraanvragen/{id_}/importeren", {"leerlingId": name})

    doel._made.extend(names)
    assert at_once(*map(take, names)) == [200, 409, 409, 409]
    assert sum(doel.ask("GET", f"/leerlingen/{name}").status == 200 for name in names) == 1


def test_what_is_set_ready_is_what_was_seen_whatever_happens_at_the_same_moment(
    sandbox: Stack, bron: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    assert bron.act(pupil, "intrekken", reden="Proef").status == 200
    moves: list[Callable[[], BaseHTTPResponse]] = [
        lambda: bron.act(pupil, "klaarzetten"),
        lambda: bron.act(pupil, "verzamelen", overdracht="POPO"),
        lambda: bron.fill_in(pupil, uitschrijving={"adviesVo": "60"}),
        lambda: bron.act(pupil, "klaarzetten"),
    ]
    for _ in range(3):
        assert all(status in (200, 409, 412) for status in at_once(*moves))
        card = bron.card(pupil)
        assert card["status"] != "KLAAR" or card["inzage"]["waarde"] == "JA"
    assert bron.get(f"/leerlingen/{pupil}/overstapdossier/mutatielogs/controle")["geldig"]
