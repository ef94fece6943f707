"""What filling in the card does to a version that was collected (15.2, 15.4, 15.39)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.invulling import Toestemming, Vervolgschool
from chalicelib.domain.inzage import Inzage
from tests.pupil import NOW, card
from tests.unit.cards import BB, DISAGREED, LEAVING, PLATFORM, change, collected, ready

KLAAR, VERZAMELD, NIET_KLAAR = Status.KLAAR, Status.VERZAMELD, Status.NIET_KLAAR
NOTES = "AANDACHTSPUNTEN_GEWIJZIGD"
AWAY = "UITSCHRIJVING_GEWIJZIGD"
ELSEWHERE = Vervolgschool("16VO")
# what changes, the state after it where it was KLAAR, whether the inzage stays, and what is said
CONSEQUENCES: list[tuple[str, dict[str, Any], Status, bool, list[str]]] = [
    ("nothing", {}, KLAAR, True, []),
    ("R31 contact", {"contact_nodig": True}, KLAAR, True, []),
    ("R31 provisional", {"voorlopig_dossier": True}, KLAAR, True, []),
    ("R31 consent", {"toestemming": Toestemming.JA}, KLAAR, True, []),
    ("15.39 reason", {"reden": "Verhuizing"}, KLAAR, True, []),
    ("15.39 explanation", {"toelichting": "Proef"}, KLAAR, True, []),
    ("15.39 kind of school", {"onderwijssoort": "HAVO"}, KLAAR, True, []),
    ("15.39 level", {"niveau_na_tweede_jaar_vo": "HAVO"}, KLAAR, True, []),
    ("15.39 date", {"datum": date(2026, 7, 30)}, NIET_KLAAR, False, [AWAY]),
    ("15.39 no date any more", {"datum": None}, NIET_KLAAR, False, [AWAY]),
    ("15.39 advies", {"advies_vo": "60"}, NIET_KLAAR, False, [AWAY]),
    ("15.39 herzien advies", {"herzien_advies_vo": "60"}, NIET_KLAAR, False, [AWAY]),
    ("15.39 motivation", {"motivatie_herzien_advies": "Proef"}, NIET_KLAAR, False, [AWAY]),
    ("15.39 vervolgschool", {"vervolgschool": ELSEWHERE}, VERZAMELD, True, ["VERVOLGSCHOOL_GEWIJZIGD"]),
    ("15.35 the name of the same vervolgschool", {"vervolgschool": Vervolgschool("99EF")}, KLAAR, True, []),
    ("15.39 no vervolgschool any more", {"vervolgschool": None}, VERZAMELD, True, ["VERVOLGSCHOOL_GEWIJZIGD"]),
    ("15.2 aandachtspunten", {"aandachtspunten": "Let op."}, VERZAMELD, False, [NOTES]),
    ("15.2 with inzage in the same act", {"aandachtspunten": "x", "inzage": DISAGREED}, VERZAMELD, False, [NOTES]),
    ("15.4 binnen brin", {"binnen_brin": True, "inzage": Inzage()}, NIET_KLAAR, False, ["BINNEN_BRIN_GEWIJZIGD"]),
    ("inzage taken back", {"inzage": Inzage()}, VERZAMELD, False, ["INZAGE_VERVALLEN"]),
    ("another aanleverpunt says nothing of an overstap", {"doel_aanleverpunt": "3"}, KLAAR, True, []),
]


@pytest.mark.parametrize(
    ("fields", "status", "stays", "codes"), [c[1:] for c in CONSEQUENCES], ids=[c[0] for c in CONSEQUENCES]
)
def test_filling_in_after_collecting_has_these_consequences(
    fields: dict[str, Any], status: Status, stays: bool, codes: list[str]
) -> None:
    before = ready()
    after, said = before.vul_in(change(before, **fields), NOW)
    assert after.status is status
    assert after.invulling.inzage.gegeven is stays
    assert [melding.code for melding in said] == codes
    assert all(melding.ernst == "waarschuwing" and melding.tekst and melding.wat_nu for melding in said)
    assert (after.version, after.versie) == (before.version + 1, before.versie)


@pytest.mark.parametrize(
    ("fields", "status", "stays", "codes"), [c[1:] for c in CONSEQUENCES], ids=[c[0] for c in CONSEQUENCES]
)
def test_a_dossier_that_is_collected_but_not_open_is_never_opened_by_filling_in(
    fields: dict[str, Any], status: Status, stays: bool, codes: list[str]
) -> None:
    before = replace(ready(), status=Status.VERZAMELD)
    after, _ = before.vul_in(change(before, **fields), NOW)
    assert after.status is (Status.VERZAMELD if status is Status.KLAAR else status)
    assert after.invulling.inzage.gegeven is stays


LAPSED, CLOSED = "De inzage is vervallen", "het dossier staat niet meer klaar"


@pytest.mark.parametrize("status", [KLAAR, VERZAMELD])
@pytest.mark.parametrize("was_seen", [True, False], ids=["seen before", "inzage in the same act"])
@pytest.mark.parametrize(
    "fields",
    [{"datum": date(2026, 7, 30)}, {"advies_vo": "60"}, {"aandachtspunten": "Let op."}, {"binnen_brin": True}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_change_says_that_the_inzage_lapsed_and_that_the_dossier_is_not_ready_any_more(
    fields: dict[str, Any], was_seen: bool, status: Status
) -> None:
    before = replace(ready(), status=status)
    if not was_seen:
        before = replace(before, status=VERZAMELD, invulling=replace(before.invulling, inzage=Inzage()))
    given = Inzage() if fields.get("binnen_brin") else DISAGREED
    after, said = before.vul_in(change(before, **fields, inzage=given), NOW)
    assert not after.invulling.inzage.gegeven
    if was_seen or given.gegeven:
        assert LAPSED in said[0].tekst
    assert (CLOSED in said[0].tekst) is (before.status is KLAAR)


def test_a_change_without_inzage_says_nothing_of_it() -> None:
    before = replace(ready(), status=VERZAMELD)
    before = replace(before, invulling=replace(before.invulling, inzage=Inzage()))
    _, said = before.vul_in(change(before, advies_vo="60"), NOW)
    assert "inzage" not in said[0].tekst
    _, said = ready(BB).vul_in(change(ready(BB), advies_vo="60"), NOW)
    assert said[0].tekst.endswith("na het verzamelen. Het dossier staat niet meer klaar.")


def test_before_collecting_nothing_follows_from_filling_in() -> None:
    before = card()
    for _, fields, *_ in CONSEQUENCES:
        if "inzage" not in fields:
            after, said = before.vul_in(change(before, **fields), NOW)
            assert (after.status, said) == (Status.NIET_KLAAR, ())


@pytest.mark.parametrize(
    ("before", "fields", "stays"),
    [
        (ready(), {}, True),
        (ready(), {"inzage": Inzage()}, False),
        (ready(BB, uitschrijving=LEAVING), {}, False),
    ],
    ids=["seen", "taken back in the same act", "binnen brin"],
)
def test_another_vervolgschool_says_that_the_inzage_stays_where_there_is_one(
    before: Dossier, fields: dict[str, Any], stays: bool
) -> None:
    after, said = before.vul_in(change(before, vervolgschool=ELSEWHERE, **fields), NOW)
    assert (after.status, said[0].code) == (VERZAMELD, "VERVOLGSCHOOL_GEWIJZIGD")
    assert said[0].tekst.endswith("De inzage blijft geldig." if stays else "staat daarom niet meer klaar.")


def test_aandachtspunten_that_do_not_travel_are_said_whatever_the_status() -> None:
    """15.2."""
    for before in (card(), collected(BB), replace(ready(), status=NIET_KLAAR)):
        after, said = before.vul_in(change(before, aandachtspunten="Let op."), NOW, aandachtspunten_reizen=False)
        assert [(melding.code, melding.pad) for melding in said] == [
            ("AANDACHTSPUNTEN_NIET_VERSTUURD", "/aandachtspunten")
        ]
        assert after.vul_in(change(after, aandachtspunten=None), NOW, aandachtspunten_reizen=False)[1] == ()
        assert after.vul_in(change(after, contact_nodig=True), NOW, aandachtspunten_reizen=False)[1] == ()


def test_aandachtspunten_that_do_not_travel_are_said_and_change_nothing() -> None:
    before = ready()
    after, said = before.vul_in(change(before, aandachtspunten="Let op."), NOW, aandachtspunten_reizen=False)
    assert (after.status, after.invulling.inzage) == (Status.KLAAR, before.invulling.inzage)
    assert [melding.code for melding in said] == ["AANDACHTSPUNTEN_NIET_VERSTUURD"]


@pytest.mark.parametrize(
    ("fields", "status", "codes"),
    [
        ({"doel_aanleverpunt": "3"}, VERZAMELD, ["DOEL_GEWIJZIGD"]),
        ({"binnen_brin_doel": PLATFORM}, VERZAMELD, ["DOEL_GEWIJZIGD"]),
        ({"aandachtspunten": "Let op."}, KLAAR, []),
        ({"vervolgschool": ELSEWHERE}, VERZAMELD, ["VERVOLGSCHOOL_GEWIJZIGD"]),
        ({"datum": None}, NIET_KLAAR, [AWAY]),
        ({"binnen_brin": False}, NIET_KLAAR, ["BINNEN_BRIN_GEWIJZIGD"]),
        ({"contact_nodig": True}, KLAAR, []),
    ],
)
def test_what_filling_in_does_binnen_brin(fields: dict[str, Any], status: Status, codes: list[str]) -> None:
    before = ready(BB)
    after, said = before.vul_in(change(before, **fields), NOW)
    assert (after.status, [melding.code for melding in said]) == (status, codes)
