"""JSON Merge Patch on the card: what a body names is set, null gives the default, the rest stays (RFC 7396)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from chalicelib.config import settings
from chalicelib.domain.invulling import BinnenBrinDoel, Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagebewijs, Inzagewaarde, Uitkomst
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.school import Adres
from chalicelib.errors import Invalid
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.web.deur import ROUTES
from chalicelib.web.kaarten import school_uit
from chalicelib.web.openapi import document
from chalicelib.web.punten import lees_punt
from chalicelib.web.replies import van_pydantic
from chalicelib.web.samenvoegen import voeg_samen
from chalicelib.web.vormen import UITLEG, KaartWijziging, SchoolWijziging
from tests.pupil import NOW, SCHOOL

TODAY = NOW.date()
PROOF = Inzagebewijs("VERZORGER", "GESPREK", TODAY, Uitkomst.AKKOORD)
FULL = Invulling(
    contact_nodig=True,
    binnen_brin_doel=BinnenBrinDoel.REGIONAAL_PLATFORM,
    doel_aanleverpunt="3",
    inzage=Inzage(Inzagewaarde.NIET_AKKOORD, TODAY, "Proef", (PROOF,)),
    aandachtspunten="Let op.",
    uitschrijving=Uitschrijving(
        date(2026, 7, 31), "Verhuizing", advies_vo="40", vervolgschool=Vervolgschool("99EF", "X")
    ),
)


def patched(old: Invulling, body: Any) -> Invulling:
    return voeg_samen(old, KaartWijziging.model_validate_json(json.dumps(body), strict=True))


def away(**fields: Any) -> Invulling:
    return replace(FULL, uitschrijving=replace(FULL.uitschrijving, **fields))


def seen(**fields: Any) -> Invulling:
    return replace(FULL, inzage=replace(FULL.inzage, **fields))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, FULL),
        ({"contactNodig": False}, replace(FULL, contact_nodig=False)),
        ({"contactNodig": None}, replace(FULL, contact_nodig=False)),
        ({"aandachtspunten": None}, replace(FULL, aandachtspunten=None)),
        ({"binnenBrinDoel": None}, replace(FULL, binnen_brin_doel=BinnenBrinDoel.NEVENVESTIGING)),
        ({"uitschrijving": {}}, FULL),
        ({"uitschrijving": {"datum": "2026-08-01"}}, away(datum=date(2026, 8, 1))),
        ({"uitschrijving": {"datum": None, "reden": "Anders"}}, away(datum=None, reden="Anders")),
        ({"uitschrijving": {"vervolgschool": {"brin": "16VO"}}}, away(vervolgschool=Vervolgschool("16VO"))),
        ({"uitschrijving": {"vervolgschool": {"brin": "99EF00"}}}, away(vervolgschool=Vervolgschool("99EF00", "X"))),
        ({"uitschrijving": {"vervolgschool": {"naam": "Y"}}}, away(vervolgschool=Vervolgschool("99EF", "Y"))),
        ({"uitschrijving": {"vervolgschool": {"naam": None}}}, away(vervolgschool=Vervolgschool("99EF"))),
        (
            {"uitschrijving": {"vervolgschool": {"brin": "16VO", "naam": "Y"}}},
            away(vervolgschool=Vervolgschool("16VO", "Y")),
        ),
        ({"uitschrijving": {"vervolgschool": {}}}, FULL),
        ({"uitschrijving": {"vervolgschool": None}}, away(vervolgschool=None)),
        ({"uitschrijving": None}, replace(FULL, uitschrijving=Uitschrijving())),
        ({"inzage": None}, replace(FULL, inzage=Inzage())),
        ({"inzage": {}}, FULL),
        ({"inzage": {"redenNietAkkoord": "Anders"}}, seen(reden_niet_akkoord="Anders")),
        ({"inzage": {"waarde": "JA"}}, replace(FULL, inzage=Inzage(Inzagewaarde.JA, inzagen=(PROOF,)))),
        ({"inzage": {"waarde": "NIET_AKKOORD"}}, FULL),  # the same value starts nothing afresh
        ({"inzage": {"waarde": "NIET_AKKOORD", "datum": None}}, seen(datum=None)),
        ({"inzage": {"inzagen": None}}, seen(inzagen=())),
        ({"inzage": {"inzagen": []}}, seen(inzagen=())),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_a_merge_patch_of_the_card(body: Any, expected: Invulling) -> None:
    assert patched(FULL, body) == expected


def test_a_patch_changes_nothing_of_what_it_is_given() -> None:
    before = replace(FULL)
    patched(FULL, {"uitschrijving": {"datum": None}, "inzage": None})
    assert before == FULL


ADDRESS = Adres("Oud", "1", "0001ZZ", "Nergens", "bis")
WHOLE = {"straat": "Elders", "nummer": "2", "postcode": "0002ZZ", "plaats": "Overal"}


@pytest.mark.parametrize(
    ("old", "body", "expected"),
    [
        (ADDRESS, {"plaats": "Elders"}, replace(ADDRESS, plaats="Elders")),
        (ADDRESS, {"toevoeging": None}, replace(ADDRESS, toevoeging=None)),
        (ADDRESS, WHOLE, Adres("Elders", "2", "0002ZZ", "Overal", "bis")),
        (ADDRESS, {}, ADDRESS),
        (ADDRESS, None, None),
        (None, WHOLE, Adres("Elders", "2", "0002ZZ", "Overal")),
    ],
)
def test_a_merge_patch_of_the_address_of_a_school(old: Adres | None, body: Any, expected: Adres | None) -> None:
    change = SchoolWijziging.model_validate_json(json.dumps({"adres": body, "soort": None}))
    changed = voeg_samen(replace(SCHOOL, adres=old), change)
    assert changed == replace(SCHOOL, adres=expected, soort=None)


@pytest.mark.parametrize(
    ("old", "shape", "body", "places"),
    [
        (
            replace(SCHOOL, adres=None),
            SchoolWijziging,
            {"adres": {"straat": "A", "nummer": "1"}},
            ["postcode", "plaats"],
        ),
        (replace(SCHOOL, adres=ADDRESS), SchoolWijziging, {"adres": {"plaats": None}}, ["plaats"]),
        (Invulling(), KaartWijziging, {"uitschrijving": {"vervolgschool": {"naam": "X"}}}, ["vervolgschool/brin"]),
        (FULL, KaartWijziging, {"uitschrijving": {"vervolgschool": {"brin": None}}}, ["vervolgschool/brin"]),
    ],
)
def test_what_the_whole_lacks_after_a_merge_patch_is_named(
    old: Any, shape: type[BaseModel], body: Any, places: list[str]
) -> None:
    with pytest.raises(Invalid, match="VELD_ONTBREEKT") as caught:
        voeg_samen(old, shape.model_validate_json(json.dumps(body)))
    (within,) = body
    assert [one.pad for one in caught.value.meldingen] == [f"/{within}/{place}" for place in places]


def refusal(shape: type[BaseModel], body: Any) -> tuple[str, str, str]:
    with pytest.raises(ValidationError) as caught:
        shape.model_validate_json(json.dumps(body), strict=True)
    (found,) = van_pydantic(caught.value).meldingen
    return found.code, found.pad, found.toegestaan


@pytest.mark.parametrize("mail", ["geen mail", "a@b", "@", "x" * 180 + "@"])
def test_a_mail_address_that_collecting_would_refuse_is_refused_at_the_door(mail: str) -> None:
    assert refusal(SchoolWijziging, {"email": mail}) == ("VELD_ONJUIST", "/email", "naam@school.nl")


@pytest.mark.parametrize("name", ["telefoon", "telefoonDirecteur"])
def test_a_telephone_number_has_digits(name: str) -> None:
    assert refusal(SchoolWijziging, {name: "x"}) == ("VELD_ONJUIST", f"/{name}", "cijfers, zoals 010-0000000")
    for good in ("010-0000000", "+31 10 000 00 00", "(010) 000.0000", "112"):
        SchoolWijziging.model_validate_json(json.dumps({name: good}), strict=True)


def test_settings_that_were_saved_before_a_check_came_are_shown() -> None:
    saved = replace(SCHOOL, email="geen mail", telefoon="x", telefoon_directeur="?")
    assert school_uit(saved, frozenset()).email == "geen mail"


@pytest.mark.parametrize(("name", "element"), [("adviesVo", "advies"), ("herzienAdviesVo", "herzienadvies")])
def test_an_advies_is_a_code_of_the_list_of_the_standard(name: str, element: str) -> None:
    for version in VERSIES:
        table = standaard(version)
        field = table.wortel.bij_naam["huidigeschool"].bij_naam["leerling"].bij_naam["overstapadvies"].bij_naam[element]
        for code in table.codelijsten[field.codelijst or 0].codes:
            KaartWijziging.model_validate_json(json.dumps({"uitschrijving": {name: code}}), strict=True)
    code, pad, allowed = refusal(KaartWijziging, {"uitschrijving": {name: "99"}})
    assert (code, pad) == ("VELD_ONJUIST", f"/uitschrijving/{name}")
    assert {"01", "40", "80"} <= set(allowed.replace(" of ", ", ").split(", "))


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ({"aandachtspunten": "x" * 281}, "hoogstens 280 tekens"),
        ({"aandachtspunten": ""}, "niet leeg"),
        ({"aandachtspunten": 3}, "tekst"),
        ({"binnenBrinDoel": "FOO"}, "NEVENVESTIGING of REGIONAAL_PLATFORM"),
        ({"contactNodig": "ja"}, "true of false"),
        ({"uitschrijving": {"datum": "31-07-2026"}}, "een datum, jjjj-mm-dd"),
        ({"uitschrijving": {"datum": "1850-01-01"}}, "vanaf 1900-01-01"),
        ({"uitschrijving": {"vervolgschool": {"brin": "x"}}}, "een BRIN met of zonder vestiging, zoals 14SS00"),
        ({"inzage": {"inzagen": "x"}}, "een lijst"),
        ({"inzage": []}, "een object"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_wrong_value_is_told_what_may_stand_there_in_dutch(body: Any, allowed: str) -> None:
    code, _, told = refusal(KaartWijziging, body)
    assert (code, told) == ("VELD_ONJUIST", allowed)


def patterns(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(patterns, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
    return own | set().union(*map(patterns, schema.values()))


def test_every_pattern_that_a_body_asks_for_is_told_in_dutch() -> None:
    bodies = {shape.__name__ for route in ROUTES for shape in (route.body, route.voorbeeld_body) if shape}
    asked = {one for name in bodies for one in patterns(document()["components"]["schemas"][name])}
    assert len(asked) >= 3
    assert asked <= set(UITLEG)


@pytest.fixture(params=["18", "22"])
def generation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("OSO_PROFIEL", request.param)
    settings.cache_clear()
    yield request.param
    monkeypatch.undo()
    settings.cache_clear()


def test_an_aanleverpunt_is_read_as_the_generation_that_is_set_names_it(generation: str) -> None:
    """A routeringskenmerk of the own BRIN is its index, as everything from the wire is."""
    wrong, foreign = ["nul", "0000000700014SS0093"], "0000000700099EF00931"
    kenmerken = {"0000000700014SS00931": "931", foreign: foreign}
    good = {"0": "0", "931": "931"} | (kenmerken if generation == "22" else {})
    assert {one: lees_punt(one, Vestiging("14SS00"), "/nummer").nummer for one in good} == good
    for one in wrong if generation == "22" else [*wrong, *kenmerken]:
        with pytest.raises(Invalid, match="AANLEVERPUNT_ONGELDIG") as fout:
            lees_punt(one, Vestiging("14SS00"), "/nummer")
        assert [melding.pad for melding in fout.value.meldingen] == ["/nummer"]


@pytest.mark.parametrize("name", ["naam", "soort", "naamDirecteur"])
def test_a_name_of_the_school_has_no_spaces_around_it_and_is_never_spaces_alone(name: str) -> None:
    assert refusal(SchoolWijziging, {name: "  "}) == ("VELD_ONJUIST", f"/{name}", "niet leeg")
    body = SchoolWijziging.model_validate_json(json.dumps({name: " De Proef "}), strict=True)
    assert body.model_dump(by_alias=True)[name] == "De Proef"


def test_a_school_of_before_with_a_name_of_spaces_is_still_shown() -> None:
    shown = school_uit(replace(SCHOOL, naam_directeur=" ", naam="De Proef "), frozenset())
    assert (shown.naam_directeur, shown.naam) == (None, "De Proef")
