"""Two installations that share nothing but a Traffic Center exchange both ways, in both generations."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.instances import instances
from infra.local.stack import Stack
from tests.e2e.client import HTTP, Client, problem
from tests.e2e.stand import Stand
from tests.e2e.wire import Wire, fault_code
from tests.pupil import NUMBERS


@pytest.fixture(scope="module", params=["18", "22"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Stack]]:
    began = time.monotonic()
    with instances(Path(tmp_path_factory.mktemp(f"twee-{request.param}")), request.param) as both:
        print(f"both up after {time.monotonic() - began:.1f} s")
        yield both


def _link(client: Client, path: str) -> bytes:
    return bytes(HTTP.request("GET", client.get(path)["url"]).data)


def _exchange(bron: Client, doel: Client, number: str) -> Any:
    """One pupil from record to import, from one installation to the other."""
    bron.put_pupil(f"l-{number[:3]}", number)
    bron.publish(f"l-{number[:3]}", doel.school[:4])
    received = doel.fetch(number, bron.school[:4])
    assert received["status"] == "ONTVANGEN", received
    sent = _link(bron, f"/leerlingen/l-{number[:3]}/overstapdossier/xml")
    assert sent == _link(doel, f"/dossieraanvragen/{received['id']}/xml")
    answer = doel.ask("POST", f"/dossieraanvragen/{received['id']}/importeren", {"leerlingId": "hier", "keuzes": {}})
    assert answer.status == 200, answer.data
    return received


def test_both_ways_and_each_shows_who_fetched(pair: tuple[Stack, Stack]) -> None:
    a, b = Client(pair[0], "14SS00"), Client(pair[1], "99EF00")
    _exchange(a, b, NUMBERS[0])
    _exchange(b, a, NUMBERS[1])
    for bron, brin in ((a, "99EF"), (b, "14SS")):
        rows = bron.get("/dossieraanvragen/binnengekomen")["items"]
        assert [(row["brinAanvragendeSchool"], row["resultaat"]) for row in rows if row["resultaat"]][:1] == [
            (brin, "SUCCESVOL_ONTVANGEN")
        ]
    sessions = Stand(pair[0].center.stand).sessions()
    assert {(one["bronBrin"], one["doelBrin"], one["toestand"]) for one in sessions} == {
        ("14SS", "99EF", "afgemeld"),
        ("99EF", "14SS", "afgemeld"),
    }


def test_a_refusal_and_its_notificatie_cross_over(pair: tuple[Stack, Stack]) -> None:
    a, b = Client(pair[0], "14SS00"), Client(pair[1], "99EF00")
    a.put_pupil("m-1", NUMBERS[2])
    a.fill_in("m-1", uitschrijving={"datum": "2026-07-31", "vervolgschool": {"brin": "99EF"}})
    refused = b.fetch(NUMBERS[2])
    assert refused["resultaat"]["code"] == "LEERLINGINFO_NIET_BESCHIKBAAR"
    a.publish("m-1")
    ready = a.act("m-1", "klaarzetten").json()
    ids = [one["aanvraagId"] for one in ready["notificatieMogelijk"]]
    sent = a.ask("POST", "/leerlingen/m-1/overstapdossier/notificaties", {"aanvraagIds": ids}, idempotency_key="n-1")
    assert sent.status == 202, sent.data
    end = time.monotonic() + 20
    while not (found := b.get("/notificaties")["items"]) and time.monotonic() < end:
        time.sleep(0.05)
    assert [one["aanvraagId"] for one in found] == [refused["id"]]
    assert b.fetch(NUMBERS[2])["status"] == "ONTVANGEN"


def test_nobody_speaks_for_the_school_of_the_other(pair: tuple[Stack, Stack]) -> None:
    first, second = pair
    problem(Client(first, "14SS00").ask("GET", "/dossieraanvragen/onbekend"), 404)
    headers = {"Authorization": f"Bearer {second.token('99EF00')}"}
    assert HTTP.request("GET", f"{first.portal}/v1/leerlingen", headers=headers).status == 401
    stranger = Wire(first, "leverancier-a")  # 99EF is of leverancier-b now
    session = "0f0e0d0c-0b0a-4908-8706-050403020100"
    status, answer = stranger.post(stranger.message(NUMBERS[0], session))
    assert status == 500
    if first.wire.endswith("/18"):
        assert fault_code(answer) == "SESSIE_ONBEKEND"
    else:
        assert b"BerichtOngeldig" in answer  # a message of the other generation at this door
