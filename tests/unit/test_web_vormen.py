"""JSON Merge Patch on the card: what a body names is set, null gives the default, the rest stays (RFC 7396)."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.invulling import BinnenBrinDoel, Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagebewijs, Inzagewaarde, Uitkomst
from chalicelib.domain.school import Adres
from chalicelib.web.vormen import KaartWijziging, SchoolWijziging, voeg_samen
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
        ({"uitschrijving": {"vervolgschool": None}}, away(vervolgschool=None)),
        ({"uitschrijving": None}, replace(FULL, uitschrijving=Uitschrijving())),
        ({"inzage": None}, replace(FULL, inzage=Inzage())),
        ({"inzage": {}}, FULL),
        ({"inzage": {"redenNietAkkoord": "Anders"}}, seen(reden_niet_akkoord="Anders")),
        ({"inzage": {"waarde": "JA"}}, replace(FULL, inzage=Inzage(Inzagewaarde.JA, inzagen=(PROOF,)))),
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


def test_the_address_of_a_school_is_replaced_as_a_whole_and_null_empties_a_field() -> None:
    address = {"straat": "Elders", "nummer": "2", "postcode": "0002ZZ", "plaats": "Nergens"}
    body = SchoolWijziging.model_validate_json(json.dumps({"adres": address, "soort": None}))
    changed = voeg_samen(replace(SCHOOL, adres=Adres("Oud", "1", "0001ZZ", "Nergens", "bis")), body)
    assert changed.adres == Adres("Elders", "2", "0002ZZ", "Nergens")
    assert (changed.soort, changed.naam) == (None, SCHOOL.naam)
