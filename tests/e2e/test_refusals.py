"""What bad input gets at the portal: status, stable code, Dutch text and field; and nothing is stored (issue 2)."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.gegevensset.codec import encode
from infra.local.stack import Stack
from tests.e2e.client import Client, problem
from tests.pupil import EDUCATION_NUMBER, record

BAD = "662460614"
NAMESPACE = b"http://www.edustandaard.nl/oso_gegevensset/2019/dossier"


def stored(sandbox: Stack) -> tuple[int, int, int]:
    """How many rows, log entries and objects there are."""
    dynamodb, s3 = sandbox.aws.client("dynamodb"), sandbox.aws.client("s3")
    rows, entries = (
        dynamodb.scan(TableName=sandbox.env[name], Select="COUNT")["Count"]
        for name in ("OSO_TABEL_STATE", "OSO_TABEL_MUTATIELOG")
    )
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=sandbox.env["OSO_BUCKET"])
    return rows, entries, sum(page["KeyCount"] for page in pages)


def xml(number: str | None = None) -> bytes:
    return encode(record(number), "2019.1")


# --- the record -------------------------------------------------------------------------------------------------------


def test_a_record_with_unknown_missing_and_malformed_fields_names_every_one(bron: Client, pupil: str) -> None:
    body = record(geboortedatum="31-02-2015", verzonnen="x", achternaam=None)
    answer = problem(bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": body}), 422, "DOSSIER_ONGELDIG")
    fields = {melding["pad"].rpartition("/")[2] for melding in answer["meldingen"]}
    assert {"geboortedatum", "verzonnen", "achternaam"} <= fields
    assert all(melding["tekst"] and melding["watNu"] for melding in answer["meldingen"])


@pytest.mark.parametrize(
    ("body", "pad"),
    [
        ({}, "/dossier"),
        ({"dossier": {}, "extra": 1}, "/extra"),
        ({"dossier": []}, "/dossier"),
        ({"dossier": {}, "portaal": {"groep": 8}}, "/portaal/groep"),
        ({"dossier": {}, "portaal": {"kleur": "rood"}}, "/portaal/kleur"),
    ],
)
def test_a_body_of_another_form_names_the_field(bron: Client, pupil: str, body: Any, pad: str) -> None:
    answer = problem(bron.ask("PUT", f"/leerlingen/{pupil}", body), 422)
    assert pad in [melding["pad"] for melding in answer["meldingen"]]


@pytest.mark.parametrize(
    ("elements", "which"),
    [
        ({"bsn": BAD}, "elfproef"),
        ({"onderwijsnummer": "201211151"}, "begint met een 1"),
        ({"onderwijsnummer": "101211152"}, "onderwijsnummer"),
        ({"bsn": "000000000"}, "nullen"),
    ],
)
def test_a_number_that_fails_its_check_says_which_one_and_is_never_echoed(
    sandbox: Stack, bron: Client, pupil: str, elements: Mapping[str, str], which: str
) -> None:
    before = stored(sandbox)
    answer = bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": record(**elements)})
    problem(answer, 422, "PGN_ONGELDIG")
    assert which in answer.data.decode()
    (number,) = elements.values()
    assert number not in answer.data.decode()
    assert stored(sandbox) == before
    assert not any(re.search(rf"(?<!\d){number}(?!\d)", log.read_text()) for log in sandbox.logs)


@pytest.mark.parametrize("number", ["12345", "6624606130", "66246061a", "６６２４６０６１３", " 662460613", ""])
def test_a_number_of_another_form_is_refused_and_not_echoed(bron: Client, pupil: str, number: str) -> None:
    answer = bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": record(bsn=number)})
    assert problem(answer, 422)["code"] in ("PGN_ONGELDIG", "DOSSIER_ONGELDIG")
    assert not number.strip() or number.strip() not in json.loads(answer.data)["detail"]


@pytest.mark.parametrize(
    "leerling_id", ["662460613", EDUCATION_NUMBER, "l-662460613", "a" * 65, "a b", "a%2Fb", "é", ".."]
)
def test_a_key_that_is_a_number_of_a_person_or_malformed_is_refused(bron: Client, leerling_id: str) -> None:
    answer = bron.ask("PUT", f"/leerlingen/{leerling_id}", {"dossier": record()})
    if answer.status == 404:  # with a slash, or gone after normalising: no such address
        assert leerling_id in ("a%2Fb", "..")
    else:
        problem(answer, 422, "LEERLING_ID_ONGELDIG")
        assert "662460613" not in answer.data.decode()


_DTD = b'<!DOCTYPE dossier SYSTEM "http://127.0.0.1:9/x.dtd">'
_ENTITY = b'<!DOCTYPE dossier [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (_DTD + xml(), 422, "XML_DTD"),
        (_ENTITY + xml().replace(b"Fictief", b"&b;"), 422, "XML_DTD"),
        (
            b'<!DOCTYPE dossier [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml().replace(b"Fictief", b"&a;"),
            422,
            "XML_DTD",
        ),
        (xml().replace(b"Fictief", b"&onbekend;"), 400, "XML_ONLEESBAAR"),
        (xml().replace(b"/2019/", b"/1999/"), 422, "NAAMRUIMTE_ONBEKEND"),
        (xml().replace(b' xmlns="' + NAMESPACE + b'"', b""), 422, "NAAMRUIMTE_ONBEKEND"),
        (xml() + b" " * (4 * 1024 * 1024), 413, "TE_GROOT"),
        (xml() + b" " * (11 * 1024 * 1024), 413, "TE_GROOT"),
        (xml()[:-20], 400, "XML_ONLEESBAAR"),
        (b"", 400, "XML_ONLEESBAAR"),
        (b"<dossier", 400, "XML_ONLEESBAAR"),
        (xml().replace(b"<achternaam>", b"<verzonnen/><achternaam>"), 422, "DOSSIER_ONGELDIG"),
        (xml(BAD), 422, "PGN_ONGELDIG"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_xml_that_cannot_be_taken_is_refused_and_nothing_is_stored(
    sandbox: Stack, bron: Client, pupil: str, data: bytes, status: int, code: str
) -> None:
    before = stored(sandbox)
    problem(bron.ask("PUT", f"/leerlingen/{pupil}", raw=data, kind="application/xml"), status, code)
    assert stored(sandbox) == before
    problem(bron.ask("GET", f"/leerlingen/{pupil}"), 404)


def test_a_record_that_is_good_does_store_so_that_the_counts_above_mean_something(
    sandbox: Stack, bron: Client, pupil: str
) -> None:
    rows, entries, objects = stored(sandbox)
    assert bron.ask("PUT", f"/leerlingen/{pupil}", raw=xml(), kind="application/xml").status == 201
    assert stored(sandbox) == (rows + 1, entries + 1, objects + 1)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"geen json", 400),
        (b'{"dossier": {"a": 1, "a": 2}}', 422),
        (b'{"dossier": NaN}', 422),
        (b"[" * 3000, 422),
        (b'{"dossier": ' + b'{"a":' * 100 + b"1" + b"}" * 101, 422),
        (b'{"dossier": {"a": "\\ud800"}}', 422),
        (b"\xff\xfe{}", 400),
        (b"null", 400),
        (b'"tekst"', 400),
    ],
)
def test_what_is_no_json_or_json_with_tricks_is_refused_and_nothing_is_stored(
    sandbox: Stack, bron: Client, pupil: str, data: bytes, status: int
) -> None:
    before = stored(sandbox)
    problem(bron.ask("PUT", f"/leerlingen/{pupil}", raw=data), status)
    assert stored(sandbox) == before


def test_a_second_pupil_with_the_same_number_is_409(bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    answer = bron.ask("PUT", f"/leerlingen/{pupil}-b", {"dossier": record(number)})
    problem(answer, 409, "PGN_IN_GEBRUIK")
    assert number not in answer.data.decode()
    problem(bron.ask("GET", f"/leerlingen/{pupil}-b"), 404)


def test_a_pupil_that_was_removed_can_be_put_again_and_its_log_goes_on(bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    assert bron.ask("DELETE", f"/leerlingen/{pupil}", if_match="*").status == 204
    problem(bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier"), 404, "LEERLING_NIET_GEVONDEN")
    bron.put_pupil(pupil, number)
    path = f"/leerlingen/{pupil}/overstapdossier/mutatielogs"
    assert [entry["code"] for entry in bron.get(path)["items"]] == [
        "LEERLING_AANGEMAAKT",
        "LEERLING_VERWIJDERD",
        "LEERLING_AANGEMAAKT",
    ]
    assert bron.get(f"{path}/controle")["geldig"]


# --- the form of a request --------------------------------------------------------------------------------------------


def test_an_address_or_method_that_is_not_there(bron: Client) -> None:
    problem(bron.ask("GET", "/bestaat-niet"), 404)
    answer = bron.ask("POST", "/school", {})
    problem(answer, 405)
    assert {"GET", "PATCH"} <= set(re.split(r",\s*", answer.headers["Allow"]))
    problem(bron.ask("GET", "/leerlingen?kleur=rood"), 422, "ONBEKEND_VELD")
    problem(bron.ask("GET", "/leerlingen?limiet=101"), 422, "VELD_ONJUIST")
    problem(bron.ask("GET", "/leerlingen?limiet=nul"), 422, "VELD_ONJUIST")
    problem(bron.ask("GET", "/leerlingen?na=verzonnen"), 422, "CURSOR_ONGELDIG")


def test_a_body_of_another_kind_is_415(bron: Client, pupil: str) -> None:
    problem(bron.ask("PUT", f"/leerlingen/{pupil}", raw=b"a,b", kind="text/csv"), 415, "INHOUDSTYPE_ONBEKEND")


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
