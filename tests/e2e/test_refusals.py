"""What bad input gets at the portal: status, stable code, Dutch text and field; and nothing is stored."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.stack import Stack
from tests.e2e.client import Client, problem
from tests.e2e.stored import BAD, NAMESPACE, stored, xml
from tests.pupil import EDUCATION_NUMBER, record

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
    "leerling_id",
    [
        *("662460613", EDUCATION_NUMBER, "l-662460613", "a" * 65, "a b", "a%2Fb", "é", ".."),
        *("97902378", "097.902.378", "097-902-378", "0979-02378"),
    ],
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
        (b"[" * 3000 + b"]" * 3000, 422),
        (b'{"dossier": ' + b'{"a":' * 100 + b"1" + b"}" * 101, 422),
        (b'{"dossier": {"a": "\\ud800"}}', 422),
        (b"\xff\xfe{}", 400),
        (b"null", 422),
        (b'"tekst"', 422),
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
