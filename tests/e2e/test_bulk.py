"""Bulk as a school does it: one order, progress, a result per pupil with what to do now (R75-R81, 15.14, 15.15)."""

import time
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.local.bulk import Plan, queued, report, run
from infra.local.enrol import enrol
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack, stack
from infra.local.world import Options
from tests.e2e.client import HTTP, Client, problem
from tests.pupil import NUMBERS, taken_on

_ROUTES = ("binnen-brin", "verzamelen", "inzage", "klaarzetten")


def _post(client: Client, act: str, body: Any, key: str = "") -> Any:
    return client.ask("POST", f"/overstapdossiers/{act}", body, idempotency_key=key or uuid.uuid4().hex)


def _order(client: Client, act: str, body: Any) -> str:
    answer = _post(client, act, body)
    assert answer.status == 202, answer.data
    assert answer.headers["Location"] == f"/v1/opdrachten/{answer.json()['id']}"
    return str(answer.json()["id"])


def _done(client: Client, id_: str) -> Any:
    """Wait until it is done."""
    end = time.monotonic() + 30
    while (card := client.get(f"/opdrachten/{id_}"))["status"] == "LOOPT":
        assert time.monotonic() < end, card
        time.sleep(0.05)
    return card


def _results(client: Client, id_: str) -> dict[str, Any]:
    return {one["leerlingId"]: one for one in client.get(f"/opdrachten/{id_}/resultaten")["items"]}


def _codes(result: Any) -> tuple[str, list[str]]:
    return result["resultaat"], [melding["code"] for melding in result["meldingen"]]


def _untick_every_test(client: Client, leerling_id: str) -> None:
    path = f"/leerlingen/{leerling_id}/overstapdossier/selectie?overdracht=BB-POPO"
    chosen = client.get(path)
    for part in (*chosen["toetsen"], *(block for block in chosen["blokken"] if block["blok"] == "toetsresultaten")):
        part["gekozen"] = False
    ticks = {name: chosen[name] for name in ("blokken", "toetsen", "plannen")}
    assert client.ask("PUT", path, ticks, if_match="*").status == 200


@pytest.fixture
def school(bron: Client) -> Iterator[Client]:
    """14SS00; the pupils that a test put are taken away again."""
    yield bron
    bron.forget_pupils_made()


def test_binnen_brin_in_bulk_from_the_first_tick_to_the_text_at_the_top(school: Client, pupil: str) -> None:
    fresh, again, overstap, unknown = (f"{pupil}-{part}" for part in ("nieuw", "klaar", "overstap", "onbekend"))
    school.put_pupil(fresh)
    school.put_pupil(again, toetslijst={"toets": [taken_on(date(2025, 2, 1)), taken_on(date(2026, 2, 1))]})
    school.put_pupil(overstap, NUMBERS[10])
    school.publish(overstap)
    assert _done(school, _order(school, "binnen-brin", {"leerlingIds": [again]}))["gelukt"] == 1
    _untick_every_test(school, again)

    id_ = _order(school, "binnen-brin", {"leerlingIds": [fresh, again, overstap, unknown]})
    card = _done(school, id_)
    assert card == {
        "soort": "BINNEN_BRIN",
        "status": "GEREED",
        "totaal": 4,
        "gelukt": 2,
        "mislukt": 1,
        "overgeslagen": 1,
        "tekst": "2 dossier(s) klaargezet (alle niet-methodetoetsen zijn meegenomen)",
    }
    results = _results(school, id_)
    assert list(results) == [fresh, again, overstap, unknown]
    assert (results[fresh]["resultaat"], results[again]["resultaat"]) == ("GELUKT", "GELUKT")
    assert _codes(results[overstap]) == ("OVERGESLAGEN", ["OVERSTAP_STAAT_KLAAR"])
    assert _codes(results[unknown]) == ("MISLUKT", ["LEERLING_NIET_GEVONDEN"])
    assert all(melding["watNu"] for result in results.values() for melding in result["meldingen"])
    now = school.card(fresh)
    assert (now["binnenBrin"], now["inzageTekst"], now["status"]) == (True, "N.v.t. (binnen brin)", "KLAAR")
    assert school.card(again)["versie"] == 2
    link = school.get(f"/leerlingen/{again}/overstapdossier/xml")["url"]
    assert HTTP.request("GET", link).data.count(b"<toets>") == 2, "bulk takes every test, ticked or not (R79)"
    assert (school.card(overstap)["status"], school.card(overstap)["binnenBrin"]) == ("KLAAR", False)

    also = {"leerlingIds": [overstap], "ookOverstap": [overstap]}
    assert _done(school, _order(school, "binnen-brin", also))["gelukt"] == 1
    assert school.card(overstap)["overdracht"] == "BB-POPO"


def test_bb_povo_says_how_many_tests_were_too_old_and_the_log_says_who_ordered_it(school: Client, pupil: str) -> None:
    today = school.stack.today()
    old, recent = date(today.year - 5, 3, 1), date(today.year - 1, 10, 1)
    school.put_pupil(pupil, toetslijst={"toets": [taken_on(old), taken_on(old), taken_on(recent)]})
    id_ = _order(school, "binnen-brin", {"leerlingIds": [pupil], "overdracht": "BB-POVO"})
    first = today.year - (3 if today < date(today.year, 8, 1) else 2)
    assert _done(school, id_)["tekst"] == (
        "1 dossier(s) klaargezet (alle niet-methodetoetsen zijn meegenomen), "
        f"2 toetsen van voor 01-08-{first} weggelaten"
    )
    log = f"/leerlingen/{pupil}/overstapdossier/mutatielogs"
    entries = school.get(log)["items"]
    assert [entry["code"] for entry in entries][-2:] == ["VERZAMELD", "KLAARGEZET"]
    assert entries[-1]["details"]["opdracht"] == id_
    own = school.get(f"/opdrachten/{id_}/mutatielogs")["items"]
    assert [entry["code"] for entry in own] == ["OPDRACHT_GEGEVEN", "OPDRACHT_GEREED"]
    assert {entry["medewerker"] for entry in own} == {entries[-1]["medewerker"]} == {entries[-2]["medewerker"]}
    assert school.get(f"{log}/controle")["geldig"]


def test_an_overstap_goes_from_verzamelen_by_inzage_to_klaarzetten_in_bulk(school: Client, pupil: str) -> None:
    one, two, not_collected = f"{pupil}-a", f"{pupil}-b", f"{pupil}-c"
    leaving = {"datum": "2026-07-31", "vervolgschool": {"brin": "99EF", "naam": "Het Schijnpad"}}
    for id_, number in zip((one, two, not_collected), NUMBERS[10:], strict=False):
        school.put_pupil(id_, number)
        assert school.fill_in(id_, uitschrijving=leaving).status == 200
    card = _done(school, _order(school, "verzamelen", {"leerlingIds": [one, two], "overdracht": "POPO"}))
    assert (card["gelukt"], card["tekst"]) == (2, "2 dossier(s) verzameld")

    inzagen = [
        {"leerlingId": one, "waarde": "JA", "datum": school.stack.today().isoformat()},
        {"leerlingId": two, "waarde": "NIET_AKKOORD", "redenNietAkkoord": "geen toelichting"},
        {"leerlingId": not_collected, "waarde": "JA"},
    ]
    id_ = _order(school, "inzage", {"inzagen": inzagen})
    assert (_done(school, id_)["gelukt"], _done(school, id_)["mislukt"]) == (2, 1)
    assert _codes(_results(school, id_)[not_collected]) == ("MISLUKT", ["NIET_VERZAMELD"])
    assert school.card(two)["inzage"]["redenNietAkkoord"] == "geen toelichting"

    everyone = {"leerlingIds": [one, two, not_collected]}
    id_ = _order(school, "klaarzetten", everyone)
    assert _done(school, id_)["tekst"] == "2 dossier(s) klaargezet"
    result, codes = _codes(_results(school, id_)[not_collected])
    assert result == "MISLUKT"
    assert codes == ["NIET_VERZAMELD"]
    assert [school.card(id_)["versie"] for id_ in (one, two)] == [1, 1], "klaarzetten never collects again"
    id_ = _order(school, "klaarzetten", everyone)
    assert _done(school, id_)["overgeslagen"] == 2
    assert _codes(_results(school, id_)[one]) == ("OVERGESLAGEN", ["STAAT_AL_KLAAR"])


def test_an_inzagepakket_is_there_when_its_order_says_so(school: Client, pupil: str) -> None:
    collected, not_collected = f"{pupil}-a", f"{pupil}-b"
    for id_, number in zip((collected, not_collected), NUMBERS[10:], strict=False):
        school.put_pupil(id_, number)
    assert school.fill_in(collected, uitschrijving={"datum": "2026-07-31"}).status == 200
    assert school.act(collected, "verzamelen", overdracht="POPO").status == 200
    id_ = _order(school, "inzagepakket", {"leerlingIds": [collected, not_collected]})
    card = _done(school, id_)
    assert (card["gelukt"], card["tekst"]) == (1, "1 dossier(s) opgenomen in het inzagepakket")
    link = school.get(f"/opdrachten/{id_}/inzagepakket")["url"]
    assert HTTP.request("GET", link).data.startswith(b"%PDF")


def test_the_same_key_is_the_same_order_and_another_body_is_refused(school: Client, pupil: str) -> None:
    key = uuid.uuid4().hex
    body = {"leerlingIds": [pupil]}
    first, again = _post(school, "klaarzetten", body, key), _post(school, "klaarzetten", body, key)
    assert first.status == again.status == 202
    assert first.json() == again.json()
    problem(_post(school, "klaarzetten", {"leerlingIds": [f"{pupil}-x"]}, key), 409, "SLEUTEL_HERGEBRUIKT")
    problem(school.ask("POST", "/overstapdossiers/klaarzetten", body), 422, "SLEUTEL_ONTBREEKT")


@pytest.mark.parametrize(
    ("act", "body", "code", "pad"),
    [
        ("binnen-brin", {}, "VELD_ONTBREEKT", "/leerlingIds"),
        ("binnen-brin", {"leerlingIds": []}, "AANTAL_LEERLINGEN", "/leerlingIds"),
        ("klaarzetten", {"leerlingIds": [f"l{n}" for n in range(1001)]}, "AANTAL_LEERLINGEN", "/leerlingIds"),
        ("klaarzetten", {"leerlingIds": ["a", "b", "a"]}, "LEERLING_DUBBEL", "/leerlingIds/2"),
        ("klaarzetten", {"leerlingIds": ["a", "662460613"]}, "LEERLING_ID_ONGELDIG", "/leerlingIds/1"),
        ("klaarzetten", {"leerlingIds": ["a b"]}, "LEERLING_ID_ONGELDIG", "/leerlingIds/0"),
        ("klaarzetten", {"leerlingIds": ["a"], "alles": True}, "ONBEKEND_VELD", "/alles"),
        ("binnen-brin", {"leerlingIds": ["a"], "ookOverstap": ["b"]}, "OOK_OVERSTAP_ONBEKEND", "/ookOverstap/0"),
        ("binnen-brin", {"leerlingIds": ["a"], "overdracht": "POPO"}, "VELD_ONJUIST", "/overdracht"),
        ("verzamelen", {"leerlingIds": ["a"]}, "VELD_ONTBREEKT", "/overdracht"),
        ("verzamelen", {"leerlingIds": ["a"], "overdracht": "BB-POPO"}, "VELD_ONJUIST", "/overdracht"),
        ("inzage", {"inzagen": []}, "AANTAL_LEERLINGEN", "/inzagen"),
        ("inzage", {"inzagen": [{"leerlingId": "a"}]}, "VELD_ONTBREEKT", "/inzagen/0/waarde"),
        ("inzage", {"inzagen": [{"leerlingId": "a", "waarde": "WEL"}]}, "VELD_ONJUIST", "/inzagen/0/waarde"),
        (
            "inzage",
            {"inzagen": [{"leerlingId": "a", "waarde": "JA"}, {"leerlingId": "a", "waarde": "NEE"}]},
            "LEERLING_DUBBEL",
            "/inzagen/1/leerlingId",
        ),
        (
            "inzage",
            {"inzagen": [{"leerlingId": "a", "waarde": "JA"}], "datum": "2026-01-01"},
            "ONBEKEND_VELD",
            "/datum",
        ),
    ],
)
def test_each_rule_of_the_body_names_its_field(bron: Client, act: str, body: Any, code: str, pad: str) -> None:
    found = problem(_post(bron, act, body), 422, code)
    assert pad in [melding["pad"] for melding in found["meldingen"]]


def test_a_beheerder_may_follow_an_order_and_sees_no_pupil_content(bron: Client, doel: Client, pupil: str) -> None:
    id_ = _order(bron, "klaarzetten", {"leerlingIds": [f"{pupil}-{n}" for n in range(3)]})
    _done(bron, id_)
    beheerder = bron.as_("beheerder")
    assert beheerder.get(f"/opdrachten/{id_}")["totaal"] == 3
    page = beheerder.get(f"/opdrachten/{id_}/resultaten?limiet=2")
    assert page["totaal"] == 3
    rest = beheerder.get(f"/opdrachten/{id_}/resultaten?limiet=2&na={page['volgende']}")
    assert [one["leerlingId"] for one in page["items"] + rest["items"]] == [f"{pupil}-{n}" for n in range(3)]
    assert rest["volgende"] is None
    assert set(page["items"][0]) == {"leerlingId", "resultaat", "meldingen"}
    for act in _ROUTES:
        problem(_post(beheerder, act, {"leerlingIds": [pupil]}), 403, "ROL_ONVOLDOENDE")
    problem(bron.as_("auditor").ask("GET", f"/opdrachten/{id_}"), 403, "ROL_ONVOLDOENDE")
    for path in ("", "/resultaten", "/mutatielogs"):
        problem(doel.ask("GET", f"/opdrachten/{id_}{path}"), 404, "NIET_GEVONDEN")


@pytest.fixture(scope="module")
def own_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Path]]:
    folder = tmp_path_factory.mktemp("bulk")
    with stack(folder, Options(pollers=False)) as up:
        enrol(up, [one for one in SCHOLEN if one.vestiging == "14SS00"])
        yield up, folder


def test_make_bulk_in_small_with_every_message_twice_and_one_poisoned_pupil(own_workers: tuple[Stack, Path]) -> None:
    up, folder = own_workers
    plan = Plan(n=16, workers=2, duplicate=True, poison=1)
    outcome = run(up, plan, folder)
    print(*report(plan, outcome), sep="\n")
    assert outcome.wrong == []
    assert (outcome.opdracht["gelukt"], outcome.opdracht["mislukt"]) == (15, 1)
    assert queued(up, "_DOOD") == 1
