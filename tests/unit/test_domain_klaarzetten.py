"""Preconditions of klaarzetten, withdrawing and sending: the state machine of chapter 3 (R60-R66, 15.5)."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage
from chalicelib.domain.mogelijkheden import mogelijkheden, status_tekst
from chalicelib.errors import Refused
from tests.pupil import NOW, SCHOOL, card
from tests.unit.cards import BB, DISAGREED, LEAVING, PLATFORM, YES, collected, ready, version

# --- setting ready (R60-R66) ------------------------------------------------------------------------------------------

NO_POINT = replace(SCHOOL, aanleverpunten=())
NO_NAME, NO_PHONE = replace(SCHOOL, naam_directeur=None), replace(SCHOOL, telefoon_directeur=None)
JOINED = replace(SCHOOL, aangesloten_op_regionaal_initiatief=True)
NO_DATE, NOWHERE = replace(LEAVING, datum=None), replace(LEAVING, vervolgschool=None)
INSIDE = replace(LEAVING, vervolgschool=Vervolgschool("14SS01", "Oso Binne Brin 14SS01"))
NO_TARGET: dict[str, Any] = {"binnen_brin_doel": PLATFORM}
TO_PLATFORM = NO_TARGET | {"doel_aanleverpunt": "3"}


def with_inzage(profiel: Profiel = Profiel.POPO, **filled: Any) -> Dossier:
    inzage = filled.pop("inzage", YES)
    before = collected(profiel, **filled)
    return replace(before, invulling=replace(before.invulling, inzage=inzage))


NOTHING = ["NIET_VERZAMELD", "DATUM_UITSCHRIJVING_ONTBREEKT", "VERVOLGSCHOOL_ONTBREEKT"]
PRECONDITIONS = [
    ("all is well", with_inzage(), SCHOOL, []),
    ("R60-R61 an empty card", card(), SCHOOL, NOTHING),
    ("R60 not collected", card(Invulling(uitschrijving=LEAVING)), SCHOOL, ["NIET_VERZAMELD"]),
    ("R61 no date", with_inzage(uitschrijving=NO_DATE), SCHOOL, ["DATUM_UITSCHRIJVING_ONTBREEKT"]),
    ("R61 no school", with_inzage(uitschrijving=NOWHERE), SCHOOL, ["VERVOLGSCHOOL_ONTBREEKT"]),
    ("R39 own BRIN", with_inzage(uitschrijving=INSIDE), SCHOOL, ["VERVOLGSCHOOL_EIGEN_BRIN"]),
    ("R39 own BRIN, binnen brin", collected(BB, uitschrijving=INSIDE), SCHOOL, []),
    ("R63 no inzage", collected(), SCHOOL, ["INZAGE_ONTBREEKT"]),
    ("15.9 niet akkoord does not block", with_inzage(inzage=DISAGREED), SCHOOL, []),
    ("R64 contact without a name", with_inzage(contact_nodig=True), NO_NAME, ["DIRECTEUR_ONTBREEKT"]),
    ("R64 contact without a phone", with_inzage(contact_nodig=True), NO_PHONE, ["DIRECTEUR_ONTBREEKT"]),
    ("R64 contact with both", with_inzage(contact_nodig=True), SCHOOL, []),
    ("R64 no contact, no director", with_inzage(), NO_NAME, []),
    ("R65 platform without the setting", collected(BB, **TO_PLATFORM), SCHOOL, ["REGIONAAL_INITIATIEF_UIT"]),
    ("15.35 platform without aanleverpunt", collected(BB, **NO_TARGET), JOINED, ["DOEL_AANLEVERPUNT_ONTBREEKT"]),
    ("R65 platform with both", collected(BB, **TO_PLATFORM), JOINED, []),
    ("R65 platform says nothing of an overstap", with_inzage(**NO_TARGET), SCHOOL, []),
    ("R66 no aanleverpunt", with_inzage(), NO_POINT, ["AANLEVERPUNT_ONTBREEKT"]),
    ("R74 binnen brin needs no date, school, inzage", collected(BB, uitschrijving=Uitschrijving()), SCHOOL, []),
]


@pytest.mark.parametrize(
    ("dossier", "school", "codes"), [c[1:] for c in PRECONDITIONS], ids=[c[0] for c in PRECONDITIONS]
)
def test_setting_ready_names_every_precondition_that_is_not_met(
    dossier: Dossier, school: Any, codes: list[str]
) -> None:
    reasons = dossier.waarom_niet_klaarzetten(school)
    assert [reason.code for reason in reasons] == codes
    assert all(reason.tekst and reason.wat_nu and reason.pad for reason in reasons)
    act = next(one for one in mogelijkheden(dossier, school) if one.naam == "klaarzetten")
    assert (act.kan, act.waarom_niet) == (not codes, reasons[0] if reasons else None)
    if codes:
        with pytest.raises(Refused) as caught:
            dossier.zet_klaar(school, NOW)
        assert (caught.value.code, caught.value.meldingen) == (codes[0], reasons)
    else:
        opened = dossier.zet_klaar(school, NOW)
        assert (opened.status, opened.version) == (Status.KLAAR, dossier.version + 1)


# --- collecting, withdrawing, sending ---------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [card(Invulling(uitschrijving=LEAVING)), collected(), ready()])
def test_every_collection_makes_a_new_version_and_resets_the_inzage(before: Dossier) -> None:
    after = before.verzamel(version(number=7))
    assert (after.status, after.invulling.inzage) == (Status.VERZAMELD, Inzage())  # R54
    assert (after.laatste_nummer, after.version) == (7, before.version + 1)


@pytest.mark.parametrize(("profiel", "within"), [(Profiel.POPO, True), (Profiel.BB_POPO, False)])
def test_a_profile_that_does_not_fit_binnen_brin_is_refused(profiel: Profiel, within: bool) -> None:
    with pytest.raises(Refused, match="PROFIEL_PAST_NIET"):
        card(Invulling(binnen_brin=within)).verzamel(version(profiel))


def test_withdrawing_closes_it_with_a_reason_that_goes_when_it_opens_again() -> None:
    closed = ready().trek_in("Proef")
    assert (closed.status, closed.reden_intrekken) == (Status.VERZAMELD, "Proef")
    assert closed.invulling.inzage.gegeven
    assert closed.zet_klaar(SCHOOL, NOW).reden_intrekken is None
    for other in (card(), collected(), closed):
        with pytest.raises(Refused, match="NIET_KLAAR"):
            other.trek_in("Proef")


def test_sending_is_an_event_and_no_state() -> None:
    before = ready()
    after = before.verzonden(NOW)
    assert (after.status, after.version, after.verzonden_op) == (Status.KLAAR, before.version, NOW)
    for other in (card(), collected(), before.trek_in("Proef")):
        with pytest.raises(Refused, match="NIET_KLAAR"):
            other.verzonden(NOW)


@pytest.mark.parametrize(
    ("dossier", "tekst"),
    [
        (card(), "Niet klaar voor verzenden"),
        (collected(), "Dossier verzameld (overstap POPO)"),
        (collected(Profiel.POVO), "Dossier verzameld (overstap POVO)"),
        (collected(Profiel.BB_POPO), "Dossier verzameld (binnen brin POPO)"),
        (collected(Profiel.BB_POVO), "Dossier verzameld (binnen brin POVO)"),
        (ready(), "Klaar voor verzenden (overstap POPO)"),
        (ready(Profiel.BB_POVO), "Klaar voor verzenden (binnen brin POVO)"),
        (replace(ready(), status=Status.NIET_KLAAR), "Niet klaar voor verzenden"),
    ],
)
def test_the_text_of_status(dossier: Dossier, tekst: str) -> None:
    assert status_tekst(dossier) == tekst


def test_a_new_record_leaves_the_version_alone_and_says_that_it_changed() -> None:
    before = ready()
    after = before.neem_record_over(
        naam="Anders",
        overzicht=before.overzicht,
        map_="m",
        hash_="nieuw",
        gegevens_hash="ander",
        versie="2019.1",
        pgn_sleutel=None,
    )
    assert (after.status, after.versie, after.invulling) == (before.status, before.versie, before.invulling)  # R36
    assert after.gewijzigd_sinds_verzamelen
    assert not replace(before, record_hash="r").gewijzigd_sinds_verzamelen


def test_another_number_closes_a_dossier_that_was_collected_under_the_old_one() -> None:
    before = replace(ready(), pgn_sleutel="PGN#old")
    put: dict[str, Any] = {
        "naam": "x",
        "overzicht": before.overzicht,
        "map_": "m",
        "hash_": "h",
        "gegevens_hash": "g",
        "versie": "2019.1",
    }
    assert before.neem_record_over(**put, pgn_sleutel="PGN#old").status is Status.KLAAR
    assert before.neem_record_over(**put, pgn_sleutel="PGN#new").status is Status.NIET_KLAAR


def test_collecting_warns_only_of_what_the_school_can_still_fill_in_before_the_parents_look() -> None:
    """R38, R61: not of inzage, which comes later, nor of the director."""
    empty = collected(uitschrijving=Uitschrijving(), contact_nodig=True)
    told = empty.mist_voor_klaarzetten(NO_NAME)
    assert [(m.code, m.ernst) for m in told] == [
        ("DATUM_UITSCHRIJVING_ONTBREEKT", "waarschuwing"),
        ("VERVOLGSCHOOL_ONTBREEKT", "waarschuwing"),
    ]
    assert {m.ernst for m in empty.waarom_niet_klaarzetten(NO_NAME)} == {"fout"}
