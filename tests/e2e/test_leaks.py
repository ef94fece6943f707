"""`make leaks`: nothing of a pupil stands where it does not belong, and the search would find it if it did."""

import hashlib
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from infra.local.evidence import Evidence, gather
from infra.local.exceptions import texts
from infra.local.leaks import DOSSIERS, example_pupils, plant, report
from infra.local.nummers import NUMMERS
from infra.local.portal_client import number_of
from infra.local.scenario import run
from infra.local.search import Needle, Place, find, needles, needles_of, numbers
from infra.local.stack import stack
from infra.local.world import Options

PUPILS = [data for data in example_pupils(DOSSIERS) if number_of(data)][-3:]
WANTED = (*needles(PUPILS), *needles_of(NUMMERS))
PLACES = {
    "logboeken",
    "metrieken",
    "teksten van uitzonderingen",
    "gevraagde URL's",
    "verstrekte URL's",
    "sleutels in DynamoDB",
    "regels van het mutatielog",
    "rijen in DynamoDB (alleen nummers)",
    "sleutels in S3",
    "metadata in S3",
    "wachtrijberichten",
    "kopregels van antwoorden",
    "weigeringen (problem+json)",
    "weigeringen op de SOAP-deur",
    "antwoorden aan een andere school",
    "stand van het Traffic Center",
}


@pytest.fixture(scope="module")
def evidence() -> Iterator[Evidence]:
    with stack(None, Options(retry=1, pollers=False, parties=("swv",))) as running:
        yield run(running, PUPILS)


@pytest.fixture(scope="module")
def places(evidence: Evidence) -> list[Place]:
    return [*gather(evidence), *texts(PUPILS)]


def test_nothing_of_a_pupil_is_found_anywhere(places: list[Place], capsys: pytest.CaptureFixture[str]) -> None:
    assert report(places, WANTED) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.endswith(", 0 found\n")


def test_every_place_was_really_searched(places: list[Place]) -> None:
    assert {place.name for place in places} >= PLACES
    assert len(WANTED) > 50
    logs = {place.where: len(place.text) for place in places if place.name == "logboeken"}
    assert min(logs[f"{part}.log"] for part in ("portal", "wire", "pollers", "traffic-center")) > 500


def test_the_run_held_success_refusals_and_a_message_in_a_dead_letter_queue(evidence: Evidence) -> None:
    codes = {answer.code for answer in (*evidence.trace, *evidence.hostile, *evidence.others)}
    assert {"", "LEERLING_BESTAAT_AL", "PGN_ONGELDIG", "XML_DTD", "JSON_ONLEESBAAR", "ROL_ONVOLDOENDE"} <= codes
    assert {"TOKEN_ONGELDIG", "SCHOOL_NIET_TOEGESTAAN", "LEERLING_NIET_GEVONDEN"} <= codes
    assert any("-dood " in where for where in evidence.messages)


def test_the_run_held_every_kind_of_message_and_act(evidence: Evidence) -> None:
    kinds = {json.loads(json.loads(body)[0])["soort"] for body in evidence.messages.values()}
    assert kinds >= {"AANVRAAG", "PUBLICATIE", "ZORGVRAAG"}
    done = {
        (answer.verb, re.sub(r".*/v1|(?<=/)[0-9a-f]{32}", "", answer.url)): answer.status
        for answer in evidence.trace
        if answer.status < 300
    }
    for act in (
        ("POST", "/overstapdossiers/klaarzetten"),
        ("POST", "/overstapdossiers/inzagepakket"),
        ("POST", "/dossieraanvragen/bulk"),
        ("POST", "/dossieraanvragen//importeren"),
        ("POST", "/dossieraanvragen//ongedaan-maken"),
        ("POST", "/dossieraanvragen//niet-geplaatst"),
    ):
        assert act in done, act
    assert any(verb == "POST" and url.endswith("/notificaties") for verb, url in done)
    answered = [answer for answer in evidence.trace if "/zorgvragen/" in answer.url and answer.status == 200]
    assert "TERUGGEKOPPELD" in {answer.json.get("status") for answer in answered if answer.verb == "GET"}


@pytest.mark.parametrize("name", sorted(PLACES))
def test_a_number_in_any_place_is_found(places: list[Place], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    one = next(place for place in places if place.name == name)
    number = numbers(WANTED)[0].value
    spoiled = Place(one.name, one.where, f"{one.text} {number}", one.numbers_only)
    assert report([spoiled], WANTED) == 1
    told = capsys.readouterr().err
    assert f"GEVONDEN in {name}" in told
    assert number not in told


def test_a_number_planted_in_a_log_is_found(evidence: Evidence, capsys: pytest.CaptureFixture[str]) -> None:
    plant(evidence, numbers(WANTED)[0])
    assert report(gather(evidence), WANTED) == 1
    assert "GEVONDEN in logboeken, portal.log" in capsys.readouterr().err


ZOE = Needle("voornaam", "zoë")


@pytest.mark.parametrize("text", ["van Zoë.", quote("Zoë"), r'{"naam": "Zo\u00eb"}', "ZOË"])
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert find([ZOE], text) == [ZOE]


def test_a_short_name_inside_another_word_is_no_find_and_neither_is_the_name_of_a_school() -> None:
    assert find([ZOE], "xzoëx") == []
    assert find([Needle("achternaam", "voorbeeld")], "Voorbeeld College") == []
    assert find([Needle("achternaam", "voorbeeld")], "Voorbeeld College, Voorbeeld") != []


def test_a_bare_hash_of_a_number_counts_as_the_number() -> None:
    number = numbers(WANTED)[0].value
    assert [str(one) for one in find(WANTED, hashlib.sha256(number.encode()).hexdigest())]
