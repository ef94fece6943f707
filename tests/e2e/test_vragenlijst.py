"""Asking for many dossiers in one act, and what a day of asking may come to (api.md, dossieraanvragen)."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from infra.local.enrol import enrol
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack, stack
from infra.local.world import Options
from tests.e2e.client import Client, problem
from tests.e2e.stand import Stand
from tests.pupil import EDUCATION_NUMBER

BULK = "/dossieraanvragen/bulk"
# numbers of the test school: two dossiers, a refusal, and one that it does not know
ROWS = [
    {"brin": "00YY", "pgnType": "BSN", "pgn": "482782481"},
    {"brin": "00YY", "pgnType": "ONDERWIJSNUMMER", "pgn": EDUCATION_NUMBER},
    {"brin": "00YY", "pgnType": "BSN", "pgn": "097902378"},
    {"brin": "00YY", "pgnType": "BSN", "pgn": "019907758"},
]


def order(client: Client, body: Any = None, *, csv: str = "", key: str = "", query: str = "") -> Any:
    key = key or uuid.uuid4().hex
    if csv:
        return client.ask("POST", BULK + query, raw=csv.encode(), kind="text/csv", idempotency_key=key)
    return client.ask("POST", BULK, body, idempotency_key=key)


def done(client: Client, answer: Any) -> list[Any]:
    """Wait for the opdracht and give its results; every row has its request."""
    assert answer.status == 202, answer.data
    path = answer.headers["Location"].removeprefix("/v1")
    end = time.monotonic() + 30
    while (card := client.get(path))["status"] == "LOOPT":
        assert time.monotonic() < end, card
        time.sleep(0.05)
    return list(client.get(f"{path}/resultaten?limiet=100")["items"])


def outcomes(client: Client, results: list[Any]) -> list[str]:
    assert [one["resultaat"] for one in results] == ["GELUKT"] * len(results), results
    return [client.outcome(one["aanvraagId"])["resultaat"]["code"] for one in results]


ANSWERS = ["SUCCESVOL_ONTVANGEN", "SUCCESVOL_ONTVANGEN", "LEERLINGINFO_NIET_BESCHIKBAAR", "LEERLING_NIET_BEKEND"]


def test_a_list_is_asked_row_by_row_and_each_row_leads_to_its_request(doel: Client) -> None:
    answer = order(doel, {"aanvragen": ROWS})
    results = done(doel, answer)
    assert [one["rij"] for one in results] == [0, 1, 2, 3]
    assert {one["leerlingId"] for one in results} == {None}
    assert outcomes(doel, results) == ANSWERS
    card = doel.get(f"/opdrachten/{answer.json()['id']}")
    assert (card["soort"], card["gelukt"]) == ("OPVRAGEN", 4)
    assert card["tekst"].startswith("4 dossier(s) opgevraagd")
    logged = doel.get(f"/dossieraanvragen/{results[0]['aanvraagId']}/mutatielogs")["items"]
    assert [one["code"] for one in logged] == ["DOSSIER_OPGEVRAAGD", "DOSSIER_ONTVANGEN"]
    assert logged[0]["details"]["opdracht"] == answer.json()["id"]


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("head", ["pgn,brin,pgnType", '"pgn","brin","pgnType"'])
def test_a_csv_does_the_same(doel: Client, separator: str, head: str) -> None:
    lines = [head, *(f"{row['pgn']},{row['brin']},{row['pgnType']}" for row in ROWS), ""]
    assert outcomes(doel, done(doel, order(doel, csv="\r\n".join(lines).replace(",", separator)))) == ANSWERS


def test_the_same_key_orders_once(doel: Client, center: Stand) -> None:
    key = uuid.uuid4().hex
    first, again = (order(doel, {"aanvragen": ROWS[2:]}, key=key) for _ in range(2))
    assert first.json() == again.json()
    problem(order(doel, {"aanvragen": ROWS[:1]}, key=key), 409, "SLEUTEL_HERGEBRUIKT")
    assert outcomes(doel, done(doel, first)) == ANSWERS[2:]
    problem(doel.ask("POST", BULK, {"aanvragen": ROWS}), 422, "SLEUTEL_ONTBREEKT")


def test_every_wrong_row_is_named_and_nothing_is_sent(doel: Client, center: Stand, pupil: str, number: str) -> None:
    doel.put_pupil(pupil, number)
    before = center.count("overdrachtRequest"), doel.get("/dossieraanvragen")["totaal"]
    rows = [
        ROWS[0],
        {"brin": "onzin", "pgnType": "BSN", "pgn": "662460614"},
        {"brin": "00YY", "pgnType": "SOFI", "pgn": "662460613"},
        ROWS[0],
        {"brin": "00YY", "pgnType": "BSN", "pgn": number},
    ]
    answer = order(doel, {"aanvragen": rows})
    found = [(m["code"], m["pad"]) for m in problem(answer, 422)["meldingen"]]
    assert found == [
        ("BRIN_ONGELDIG", "/aanvragen/1/brin"),
        ("PGN_ONGELDIG", "/aanvragen/1/pgn"),
        ("VELD_ONJUIST", "/aanvragen/2/pgnType"),
        ("VRAAG_DUBBEL", "/aanvragen/3/pgn"),
        ("LEERLING_BESTAAT_AL", "/aanvragen/4/pgn"),
    ]
    assert b"66246061" not in answer.data
    assert number.encode() not in answer.data
    assert (center.count("overdrachtRequest"), doel.get("/dossieraanvragen")["totaal"]) == before


@pytest.mark.parametrize(
    ("csv", "code"),
    [
        ("brin,pgn\n00YY,482782481", "CSV_ONLEESBAAR"),
        ("brin,pgnType,pgn\n00YY,BSN", "CSV_ONLEESBAAR"),
        ("brin,pgnType,pgn\n", "AANTAL_VRAGEN"),
        ("brin,pgnType,pgn\n" + "00YY,BSN,482782481\n" * 1001, "AANTAL_VRAGEN"),
        ("niets", "CSV_ONLEESBAAR"),
        (" \n", "CSV_ONLEESBAAR"),
        ('"brin,pgnType,pgn\n00YY,BSN,482782481', "CSV_ONLEESBAAR"),
        ("brin,pgnType,pgn\n00YY,BSN," + 140_000 * "1", "CSV_ONLEESBAAR"),
    ],
)
def test_a_csv_that_is_none_says_so(doel: Client, csv: str, code: str) -> None:
    problem(order(doel, csv=csv), 422, code)


@pytest.mark.parametrize(
    "body", [{}, {"aanvragen": []}, {"aanvragen": [{"brin": "00YY"}]}, {"aanvragen": ROWS, "x": 1}]
)
def test_a_body_of_another_form_is_refused(doel: Client, body: Any) -> None:
    problem(order(doel, body), 422)


def test_junes_second_round_brings_only_what_is_newer(
    bron: Client, client_of: Callable[[str], Client], pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil, "16VO", "POVO")
    vo = client_of("16VO00")
    rows = {"aanvragen": [{"brin": "14SS", "pgnType": "BSN", "pgn": number}], "alleenAlsNieuwer": True}
    assert outcomes(vo, done(vo, order(vo, rows))) == ["SUCCESVOL_ONTVANGEN"]
    assert outcomes(vo, done(vo, order(vo, rows))) == ["LEERLINGINFO_NIET_BESCHIKBAAR"]
    request = vo.get("/dossieraanvragen?limiet=2")["items"][1]
    vo.ask("POST", f"/dossieraanvragen/{request['id']}/importeren", {"leerlingId": pupil, "keuzes": {}})
    vo._made.append(pupil)
    bron.publish(pupil, "16VO", "POVO")
    csv = f"brin;pgnType;pgn\n14SS;BSN;{number}\n"
    assert outcomes(vo, done(vo, order(vo, csv=csv, query="?alleenAlsNieuwer=true"))) == ["SUCCESVOL_ONTVANGEN"]
    page = vo.get(f"/leerlingen/{pupil}/overstapdossier/opvragen")
    assert [one["status"] for one in page["aanvragen"]][:1] == ["ONTVANGEN"]  # of a pupil who is here by now


def test_only_what_is_newer_looks_at_the_school_that_is_asked(
    bron: Client, doel: Client, client_of: Callable[[str], Client], pupil: str, number: str
) -> None:
    vo = client_of("16VO00")
    for source in (bron, doel):
        source.put_pupil(pupil, number)
        source.publish(pupil, "16VO", "POVO")
    for brin in ("99EF", "14SS"):
        rows = {"aanvragen": [{"brin": brin, "pgnType": "BSN", "pgn": number}], "alleenAlsNieuwer": True}
        assert outcomes(vo, done(vo, order(vo, rows))) == ["SUCCESVOL_ONTVANGEN"]


def test_no_number_of_a_list_is_kept_readable(sandbox: Stack, doel: Client) -> None:
    answer = order(doel, {"aanvragen": ROWS})
    done(doel, answer)
    s3, bucket = sandbox.aws.client("s3"), sandbox.env["OSO_BUCKET"]
    for one in s3.list_objects_v2(Bucket=bucket, Prefix=f"99EF00/opdracht!{answer.json()['id']}")["Contents"]:
        kept = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode()
        assert not [row["pgn"] for row in ROWS if row["pgn"] in kept]


# --- the limit of a day -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def thrifty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """99EF00 in a sandbox where an employee may ask for three dossiers a day; its queues stand still."""
    few = Options(
        env={"OSO_VRAGEN_PER_DAG": "3"}, pollers=False, klok=datetime.fromisoformat("2026-06-10T23:00:00+02:00")
    )
    with stack(Path(tmp_path_factory.mktemp("zuinig")), few) as up:
        enrol(up, SCHOLEN)
        yield Client(up, "99EF00")


def test_an_employee_who_asked_enough_for_a_day_is_told_when_to_go_on(thrifty: Client) -> None:
    assert thrifty.request("482782481", "14SS", key="eerste").status == 202
    assert thrifty.request("482782481", "14SS", key="eerste").status == 202  # again is the same, and counts once
    problem(order(thrifty, {"aanvragen": ROWS}), 429, "TE_VEEL_AANVRAGEN")  # four more would be too many
    assert thrifty.get("/dossieraanvragen")["totaal"] == 1
    assert order(thrifty, {"aanvragen": ROWS[:2]}).status == 202
    refused = thrifty.request("613543439", "14SS")
    problem(refused, 429, "TE_VEEL_AANVRAGEN")
    assert 3000 < int(refused.headers["Retry-After"]) <= 3600  # until midnight in the Netherlands
    colleague = thrifty.as_("intern_begeleider")
    assert colleague.request("613543439", "14SS").status == 202
