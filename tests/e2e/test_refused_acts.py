"""Acts, saves and requests that the rules or the form of a request refuse, each with code, text and field."""

import json
import re
from typing import Any

import pytest

from infra.local.stack import Stack
from tests.e2e.client import Client, problem
from tests.e2e.stored import BAD, stored
from tests.pupil import record

# --- the form of a request --------------------------------------------------------------------------------------------


def test_an_address_or_method_that_is_not_there(bron: Client) -> None:
    problem(bron.ask("GET", "/bestaat-niet"), 404)
    answer = bron.ask("POST", "/school", {})
    problem(answer, 405)
    assert {"GET", "PATCH"} <= set(re.split(r",\s*", answer.headers["Allow"]))
    problem(bron.ask("GET", "/leerlingen?kleur=rood"), 422, "ONBEKEND_VELD")
    (found,) = problem(bron.ask("GET", "/leerlingen?limiet=101"), 422, "VELD_ONJUIST")["meldingen"]
    assert found["toegestaan"] == "een geheel getal van 1 tot en met 100"
    (found,) = problem(bron.ask("GET", "/leerlingen?statusOsoDossier=FOO"), 422, "VELD_ONJUIST")["meldingen"]
    assert found["toegestaan"] == "NIET_KLAAR, VERZAMELD of KLAAR"
    problem(bron.ask("GET", "/leerlingen?limiet=nul"), 422, "VELD_ONJUIST")
    problem(bron.ask("GET", "/leerlingen?na=verzonnen"), 422, "CURSOR_ONGELDIG")


def test_a_body_of_another_kind_is_415(bron: Client, pupil: str) -> None:
    answer = bron.ask("PUT", f"/leerlingen/{pupil}", raw=b"a,b", kind="text/csv")
    (found,) = problem(answer, 415, "INHOUDSTYPE_ONBEKEND")["meldingen"]
    assert (found["pad"], found["toegestaan"]) == ("Content-Type", "application/json of application/xml")
    assert answer.headers["X-Correlation-Id"]


def test_an_idempotency_key_that_is_too_long_is_not_called_absent(bron: Client) -> None:
    path, body = "/overstapdossiers/klaarzetten", {"leerlingIds": ["l-1"]}
    problem(bron.ask("POST", path, body), 422, "SLEUTEL_ONTBREEKT")
    (found,) = problem(bron.ask("POST", path, body, idempotency_key="k" * 300), 422, "VELD_ONJUIST")["meldingen"]
    assert found["pad"] == "Idempotency-Key"
    assert "255" in found["toegestaan"]


def test_a_body_that_is_json_and_no_object_is_a_wrong_value(bron: Client) -> None:
    answer = bron.as_("beheerder").ask("PATCH", "/school", raw=b"[1]", kind="application/json", if_match="*")
    (found,) = problem(answer, 422, "VELD_ONJUIST")["meldingen"]
    assert found["toegestaan"] == "een JSON-object"
    problem(
        bron.as_("beheerder").ask("PATCH", "/school", raw=b"[1", kind="application/json", if_match="*"),
        400,
        "JSON_ONLEESBAAR",
    )


@pytest.mark.parametrize(
    ("path", "field"),
    [("/leerlingen/zoeken", "pgn"), ("/dossieraanvragen/binnengekomen/zoeken", "identificatienummer")],
)
def test_a_number_that_is_none_is_named_by_its_field(bron: Client, path: str, field: str) -> None:
    (found,) = problem(bron.ask("POST", path, {field: "12"}), 422, "PGN_ONGELDIG")["meldingen"]
    assert found["pad"] == f"/{field}"


def test_an_aanleverpunt_that_is_not_there_is_looked_up_in_one_place(bron: Client) -> None:
    answer = bron.as_("beheerder").ask("PUT", "/school/aanleverpunten/77")
    (found,) = problem(answer, 409, "TRAFFIC_CENTER_WEIGERT")["meldingen"]
    assert (found["code"], found["watNu"]) == ("ONBEKEND_AANLEVERPUNT", "Controleer het nummer in Mijn OSO.")


def test_a_change_needs_the_etag_of_what_was_read(bron: Client, pupil: str) -> None:
    bron.put_pupil(pupil)
    path = f"/leerlingen/{pupil}/overstapdossier"
    etag = bron.ask("GET", path).headers["ETag"]
    problem(bron.ask("PATCH", path, {"contactNodig": False}), 428, "IF_MATCH_ONTBREEKT")
    first = bron.ask("PATCH", path, {"contactNodig": False}, if_match=etag)
    assert first.status == 200
    assert first.json()["tekst"] == (
        "Wijzigingen zijn opgeslagen en gewijzigde contact- en inzage-instellingen zijn verwerkt in de dossierinhoud."
    )  # R31
    problem(bron.ask("PATCH", path, {"contactNodig": False}, if_match=etag), 412, "INTUSSEN_GEWIJZIGD")
    assert bron.ask("PATCH", path, {"contactNodig": False}, if_match=first.headers["ETag"]).status == 200
    problem(bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": record()}), 428, "IF_MATCH_ONTBREEKT")
    problem(bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": record()}, if_match=etag), 412, "INTUSSEN_GEWIJZIGD")
    problem(bron.ask("DELETE", f"/leerlingen/{pupil}"), 428, "IF_MATCH_ONTBREEKT")
    problem(bron.ask("DELETE", f"/leerlingen/{pupil}", if_match='"weg"'), 412, "INTUSSEN_GEWIJZIGD")


def test_any_of_the_etags_that_a_change_names_will_do(bron: Client, pupil: str) -> None:
    """RFC 9110, 13.1.1."""
    bron.put_pupil(pupil)
    whole, card = f"/leerlingen/{pupil}", f"/leerlingen/{pupil}/overstapdossier"
    for client, verb, path, body in (
        (bron, "PATCH", card, {"contactNodig": False}),
        (bron, "PUT", f"{card}/selectie?overdracht=POPO", {}),
        (bron, "PATCH", f"{whole}/voorgeschiedenis", {"schoolnaam": "Elders"}),
        (bron.as_("beheerder"), "PATCH", "/school", {}),
        (bron, "PUT", whole, {"dossier": record()}),
        (bron, "DELETE", whole, None),
    ):
        etag = bron.ask("GET", path).headers["ETag"]
        for wrong in ('"weg"', f"W/{etag}", f'"weg",W/{etag}', '*, "weg"', etag.strip('"')):
            problem(client.ask(verb, path, body, if_match=wrong), 412, "INTUSSEN_GEWIJZIGD")
        answer = client.ask(verb, path, body, if_match=f'"weg" ,{etag}, "ook weg"')
        assert answer.status in (200, 204), (verb, path, answer.data)


@pytest.mark.parametrize(
    ("body", "pad"),
    [
        ({"kleur": "rood"}, "/kleur"),
        ({"contactNodig": "ja"}, "/contactNodig"),
        ({"inzage": {"waarde": "MISSCHIEN"}}, "/inzage/waarde"),
        ({"aandachtspunten": "x" * 281}, "/aandachtspunten"),
        ({"aandachtspunten": "a\u0000b"}, "/aandachtspunten"),
        ({"doelAanleverpunt": "-1"}, "/doelAanleverpunt"),
        ({"uitschrijving": {"datum": "31-07-2026"}}, "/uitschrijving/datum"),
        ({"uitschrijving": {"datum": "2026-02-30"}}, "/uitschrijving/datum"),
        ({"uitschrijving": {"adviesVo": "veertig"}}, "/uitschrijving/adviesVo"),
        ({"uitschrijving": {"vervolgschool": {"brin": "99ef"}}}, "/uitschrijving/vervolgschool/brin"),
        ({"uitschrijving": {"vervolgschool": {}}}, "/uitschrijving/vervolgschool/brin"),
        ({"status": "KLAAR"}, "/status"),
        ({"versie": 3}, "/versie"),
    ],
)
def test_a_card_with_a_wrong_field_names_it_and_stays_as_it_was(bron: Client, pupil: str, body: Any, pad: str) -> None:
    bron.put_pupil(pupil)
    before = bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier")
    answer = problem(bron.fill_in(pupil, **body), 422)
    assert pad in [melding["pad"] for melding in answer["meldingen"]]
    assert bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier").data == before.data


# --- acts that the rules refuse ---------------------------------------------------------------------------------------


def test_setting_ready_names_every_precondition_that_is_not_met_one_after_the_other(
    bron: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)

    def refused() -> list[str]:
        answer = problem(bron.act(pupil, "klaarzetten"), 409)
        assert answer["code"] == answer["meldingen"][0]["code"]
        assert all(melding["tekst"] and melding["watNu"] for melding in answer["meldingen"])
        act = next(act for act in bron.card(pupil)["acties"] if act["naam"] == "klaarzetten")
        assert (act["kan"], act["waaromNiet"]["code"]) == (False, answer["code"])
        return [melding["code"] for melding in answer["meldingen"]]

    assert refused() == ["NIET_VERZAMELD", "DATUM_UITSCHRIJVING_ONTBREEKT", "VERVOLGSCHOOL_ONTBREEKT"]
    bron.act(pupil, "verzamelen", overdracht="POPO")
    assert refused() == ["DATUM_UITSCHRIJVING_ONTBREEKT", "VERVOLGSCHOOL_ONTBREEKT", "INZAGE_ONTBREEKT"]
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31"})  # content: collect again (15.39)
    bron.act(pupil, "verzamelen", overdracht="POPO")
    assert refused() == ["VERVOLGSCHOOL_ONTBREEKT", "INZAGE_ONTBREEKT"]
    bron.fill_in(pupil, uitschrijving={"vervolgschool": {"brin": "99EF", "naam": "Het Schijnpad"}})
    assert refused() == ["INZAGE_ONTBREEKT"]
    bron.fill_in(pupil, inzage={"waarde": "JA"})
    assert bron.act(pupil, "klaarzetten").status == 200


def test_acts_that_do_not_fit_the_card_are_409(bron: Client, pupil: str) -> None:
    bron.put_pupil(pupil)
    problem(bron.act(pupil, "intrekken", reden="Proef"), 409, "NIET_KLAAR")
    problem(bron.act(pupil, "verzamelen", overdracht="BB-POPO"), 409, "PROFIEL_PAST_NIET")
    problem(bron.act(pupil, "verzamelen", overdracht="POSWV"), 422)
    problem(bron.fill_in(pupil, inzage={"waarde": "JA"}), 409, "NIET_VERZAMELD")
    problem(bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier/pdf"), 409, "NIET_VERZAMELD")
    problem(bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier/xml"), 409, "NIET_VERZAMELD")
    problem(bron.act(pupil, "intrekken"), 422, "VELD_ONTBREEKT")


def test_povo_without_advies_is_refused_by_the_rule_that_asks_for_it(bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    answer = problem(bron.act(pupil, "verzamelen", overdracht="POVO"), 409)
    assert "advies" in json.dumps(answer["meldingen"]).lower()


def test_a_request_with_a_bad_number_or_field_is_refused_before_anything_is_sent(sandbox: Stack, bron: Client) -> None:
    before = stored(sandbox)
    answer = bron.request(BAD, "99EF")
    found = problem(answer, 422, "PGN_ONGELDIG")
    assert "elfproef" in found["meldingen"][0]["tekst"]
    assert found["meldingen"][0]["pad"] == "/pgn"
    assert BAD not in answer.data.decode()
    problem(bron.request("662460613", "99ef"), 422, "VELD_ONJUIST")
    problem(bron.request("662460613", "99EF", pgnType="PASPOORT"), 422, "VELD_ONJUIST")
    problem(bron.request("662460613", "99EF", kleur="rood"), 422, "ONBEKEND_VELD")
    body = {"brin": "99EF", "pgnType": "BSN", "pgn": "662460613"}
    problem(bron.ask("POST", "/dossieraanvragen", body), 422, "SLEUTEL_ONTBREEKT")
    assert stored(sandbox) == before


def test_asking_for_a_pupil_who_is_here_already_is_refused_with_the_text_of_the_manual(
    bron: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    answer = problem(bron.request(number, "99EF"), 409, "LEERLING_BESTAAT_AL")
    assert answer["meldingen"][0]["tekst"] == "Er bestaat al een leerling op deze school met het ingevoerde bsn."
    assert answer["meldingen"][0]["watNu"] == (
        "U kunt het huidige dossier inzien en eventueel opnieuw opvragen via 'School/OSO/Overstapdossiers opvragen'."
    )  # R93


def test_an_idempotency_key_gives_the_same_request_once_and_another_body_409(doel: Client, number: str) -> None:
    first = doel.request(number, key="sleutel-een")
    again = doel.request(number, key="sleutel-een")
    assert (first.status, again.status) == (202, 202)
    assert first.json() == again.json()
    problem(doel.request(number, brin="16VO", key="sleutel-een"), 409, "SLEUTEL_HERGEBRUIKT")
    assert doel.outcome(first.json()["id"])["resultaat"]["code"] == "LEERLING_NIET_BEKEND"


def test_a_refusal_of_the_traffic_center_shows_its_code_and_text(bron: Client) -> None:
    answer = problem(bron.as_("beheerder").ask("PUT", "/school/aanleverpunten/77"), 409, "TRAFFIC_CENTER_WEIGERT")
    assert answer["meldingen"][0]["code"] == "ONBEKEND_AANLEVERPUNT"
    assert answer["meldingen"][0]["tekst"]
    problem(bron.as_("beheerder").ask("PUT", "/school/aanleverpunten/x"), 422, "AANLEVERPUNT_ONGELDIG")
    problem(bron.as_("beheerder").ask("PUT", "/school/aanleverpunten/2"), 409, "AANLEVERPUNT_VAN_ANDER")
    problem(bron.as_("beheerder").ask("DELETE", "/school/aanleverpunten/77"), 404)
