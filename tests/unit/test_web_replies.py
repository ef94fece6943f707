"""Every refusal as a portal sees it: a status, a stable code, a Dutch text, and what to do now (api.md, Errors)."""

import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from chalicelib import errors
from chalicelib.domain.nummers import PgnType
from chalicelib.domain.teksten import TEKSTEN, melding
from chalicelib.errors import Conflict, Invalid, Melding, NotFound, OsoError, PeerError, Refused, Unavailable
from chalicelib.web.portal.aanvragen import DossieraanvraagVorm
from chalicelib.web.replies import TITEL, probleem, status_van, van_pydantic
from chalicelib.web.toegang import GeenToegang
from chalicelib.web.vormen import IntrekVorm, KaartWijziging
from tests.pupil import NUMBERS

ROOT = Path(errors.__file__).parent
_RAISED = re.compile(r'(?:raise|return) (Invalid|Refused|NotFound|Conflict|GeenToegang)\(\s*"([A-Z_0-9]+)"')
# what a portal can meet; the wire has its own table (domain/resultaat.py), and these never leave the process
_ROOMS = ("domain", "flows", "store", "web", "gegevensset")
_INSIDE = {"BOTSING", "NUDGE_ONLEESBAAR", "VESTIGING_ONGELDIG"}


def codes() -> list[tuple[str, str]]:
    """Every code that the product raises by name, with its kind."""
    found = {
        (kind, code)
        for room in _ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.name != "__main__.py"
        for kind, code in _RAISED.findall(path.read_text())
    }
    return sorted((kind, code) for kind, code in found if code not in _INSIDE)


@pytest.mark.parametrize(("kind", "code"), codes())
def test_every_code_that_is_raised_has_a_dutch_text_and_what_to_do(kind: str, code: str) -> None:
    tekst, wat_nu = TEKSTEN[code]
    assert tekst[0].isupper()
    assert tekst.endswith(".")
    assert wat_nu.endswith((".", "'"))


def test_the_search_for_codes_finds_them() -> None:
    assert {("Refused", "NIET_KLAAR"), ("Invalid", "XML_DTD"), ("GeenToegang", "ROL_ONVOLDOENDE")} <= set(codes())
    assert len(codes()) > 40


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid("VELD_ONJUIST"), 422),
        (Invalid("JSON_ONLEESBAAR"), 400),
        (Invalid("XML_ONLEESBAAR"), 400),
        (Invalid("TE_GROOT"), 413),
        (Invalid("INHOUDSTYPE_ONBEKEND"), 415),
        (Invalid("IF_MATCH_ONTBREEKT"), 428),
        (Invalid("METHODE_NIET_TOEGESTAAN"), 405),
        (GeenToegang("TOKEN_ONTBREEKT"), 401),
        (GeenToegang("TOKEN_ONGELDIG"), 401),
        (GeenToegang("SCHOOL_NIET_TOEGESTAAN"), 403),
        (GeenToegang("ROL_ONVOLDOENDE"), 403),
        (NotFound("NIET_GEVONDEN"), 404),
        (Refused("NIET_KLAAR"), 409),
        (Conflict("INTUSSEN_GEWIJZIGD"), 412),
        (PeerError("TRAFFIC_CENTER_ANTWOORD"), 502),
        (Unavailable("TRAFFIC_CENTER_ONBEREIKBAAR"), 503),
    ],
    ids=lambda value: value.code if isinstance(value, OsoError) else None,
)
def test_an_error_becomes_problem_json_with_the_status_of_its_kind(error: OsoError, status: int) -> None:
    answer = probleem(error)
    assert (answer.status, status_van(error), answer.soort) == (status, status, "application/problem+json")
    assert (answer.body["status"], answer.body["code"], answer.body["title"]) == (status, error.code, TITEL[status])
    assert answer.body["detail"]
    assert answer.koppen.get("WWW-Authenticate") == ("Bearer" if status == 401 else None)
    headers = answer.als_response().headers
    assert headers["API-Version"]
    assert headers["Cache-Control"] == "no-store"


def test_a_melding_has_all_its_parts() -> None:
    one = melding("VELD_ONJUIST", pad="/a", ernst="waarschuwing")
    (found,) = probleem(Invalid("VELD_ONJUIST", meldingen=[one])).body["meldingen"]
    assert found == {
        "code": "VELD_ONJUIST",
        "pad": "/a",
        "waarde": "",
        "toegestaan": "",
        "tekst": one.tekst,
        "watNu": one.wat_nu,
        "ernst": "waarschuwing",
    }


def refused(shape: type, body: object) -> Invalid:
    with pytest.raises(ValidationError) as caught:
        shape.model_validate_json(json.dumps(body), strict=True)  # type: ignore[attr-defined]  # every shape is a pydantic model
    return van_pydantic(caught.value)


def test_every_wrong_field_of_a_body_is_named_and_none_of_its_values_is_echoed() -> None:
    secret = "zeer-geheim-" + NUMBERS[0]
    error = refused(DossieraanvraagVorm, {"brin": secret, "pgnType": secret, "extra": secret})
    assert {(one.pad, one.code) for one in error.meldingen} == {
        ("/brin", "VELD_ONJUIST"),
        ("/pgnType", "VELD_ONJUIST"),
        ("/pgn", "VELD_ONTBREEKT"),
        ("/extra", "ONBEKEND_VELD"),
    }
    assert secret not in json.dumps(probleem(error).body)
    allowed = next(one.toegestaan for one in error.meldingen if one.pad == "/pgnType")
    assert all(kind.value in allowed for kind in PgnType)


def test_a_field_deep_in_a_body_is_named_by_its_path() -> None:
    error = refused(KaartWijziging, {"uitschrijving": {"vervolgschool": {"brin": "x"}}})
    assert [one.pad for one in error.meldingen] == ["/uitschrijving/vervolgschool/brin"]


@pytest.mark.parametrize("text", ["", "a\u0000b", "\ufffe", "x" * 4001])
def test_a_text_that_no_xml_can_hold_or_that_is_too_long_is_refused_at_the_door(text: str) -> None:
    assert [one.pad for one in refused(IntrekVorm, {"reden": text}).meldingen] == ["/reden"]


def test_no_repr_of_an_error_or_melding_shows_a_value() -> None:
    one = Melding("X", "tekst", pad="/a", waarde="zeer geheim")
    error = Invalid("X", "detail", [one])
    assert "zeer geheim" not in f"{error!r} {error} {one!r} {error.meldingen}"
