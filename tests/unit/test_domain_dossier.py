"""The card: preconditions of klaarzetten, what filling in does to a version, and inzage (ch. 2-4, 15.2-15.9, 15.39)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.dossier import (
    BinnenBrinDoel,
    Dossier,
    Invulling,
    Inzage,
    Inzagebewijs,
    Inzagewaarde,
    Status,
    Toestemming,
    Uitkomst,
    Uitschrijving,
    Versie,
    Vervolgschool,
    mogelijkheden,
    status_tekst,
)
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.errors import Invalid, OsoError, Refused
from tests.pupil import NOW, SCHOOL, card

TODAY = NOW.date()
LEAVING = Uitschrijving(datum=date(2026, 7, 31), advies_vo="40", vervolgschool=Vervolgschool("99EF", "Het Schijnpad"))
YES = Inzage(Inzagewaarde.JA, TODAY)
PLATFORM = BinnenBrinDoel.REGIONAAL_PLATFORM


def version(profiel: Profiel = Profiel.POPO, number: int = 1) -> Versie:
    return Versie(number, profiel, "2019.1", "map", "i" * 64, "v" * 64, NOW, "r")


def collected(profiel: Profiel = Profiel.POPO, **filled: Any) -> Dossier:
    """A card of which a version was collected today."""
    invulling = Invulling(binnen_brin=profiel.binnen_brin, uitschrijving=LEAVING)
    return card(replace(invulling, **filled)).verzamel(version(profiel))


def ready(profiel: Profiel = Profiel.POPO, **filled: Any) -> Dossier:
    """A card that is open for fetching."""
    seen = {} if profiel.binnen_brin else {"inzage": YES}
    before = collected(profiel)
    filled_in, _ = before.vul_in(replace(before.invulling, **{**filled, **seen}), NOW)
    return filled_in.zet_klaar(SCHOOL, NOW)


def change(dossier: Dossier, **fields: Any) -> Invulling:
    """What stands on the card, with other values; those of uitschrijving by their own name."""
    away = {name: fields.pop(name) for name in tuple(fields) if name in Uitschrijving.__dataclass_fields__}
    return replace(dossier.invulling, **{**fields, "uitschrijving": replace(dossier.invulling.uitschrijving, **away)})


# --- setting ready (R60-R66) ------------------------------------------------------------------------------------------

NO_POINT = replace(SCHOOL, aanleverpunten=())
NO_NAME, NO_PHONE = replace(SCHOOL, naam_directeur=None), replace(SCHOOL, telefoon_directeur=None)
JOINED = replace(SCHOOL, aangesloten_op_regionaal_initiatief=True)
NO_DATE, NOWHERE = replace(LEAVING, datum=None), replace(LEAVING, vervolgschool=None)
DISAGREED = Inzage(Inzagewaarde.NIET_AKKOORD, TODAY, "Proef")
BB = Profiel.BB_POPO
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


# --- what filling in does to a version (15.2, 15.4, 15.8, 15.9, 15.39) ------------------------------------------------

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


def test_before_collecting_nothing_follows_from_filling_in() -> None:
    before = card()
    for _, fields, *_ in CONSEQUENCES:
        if "inzage" not in fields:
            after, said = before.vul_in(change(before, **fields), NOW)
            assert (after.status, said) == (Status.NIET_KLAAR, ())


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


# --- inzage -----------------------------------------------------------------------------------------------------------

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
REFUSED = Inzagewaarde.NIET_AKKOORD


def proof(outcome: Uitkomst, who: str = "VERZORGER") -> Inzagebewijs:
    return Inzagebewijs(who, "GESPREK", TODAY, outcome)


def seen(*outcomes: Uitkomst) -> Inzage:
    return replace(YES, inzagen=tuple(map(proof, outcomes)))


@pytest.mark.parametrize(
    ("inzage", "codes"),
    [
        (YES, []),
        (replace(YES, datum=None), []),
        (replace(YES, datum=YESTERDAY), ["INZAGEDATUM_ONGELDIG"]),  # before the collection
        (replace(YES, datum=TOMORROW), ["INZAGEDATUM_ONGELDIG"]),
        (Inzage(REFUSED, TODAY), ["REDEN_NIET_AKKOORD_ONTBREEKT"]),
        (Inzage(REFUSED, TODAY, "  "), ["REDEN_NIET_AKKOORD_ONTBREEKT"]),
        (Inzage(REFUSED, TODAY, "geen toelichting"), []),
        (Inzage(REFUSED, TOMORROW), ["INZAGEDATUM_ONGELDIG", "REDEN_NIET_AKKOORD_ONTBREEKT"]),
        (seen(Uitkomst.NIET_BEREIKT), ["INZAGE_NIEMAND"]),
        (seen(Uitkomst.NIET_BEREIKT, Uitkomst.GEEN_REACTIE), []),
        (seen(Uitkomst.AKKOORD), []),
    ],
)
def test_inzage_is_checked_and_every_fault_is_named(inzage: Inzage, codes: list[str]) -> None:
    before = collected()
    if not codes:
        after, _ = before.vul_in(change(before, inzage=inzage), NOW)
        assert after.invulling.inzage == replace(inzage, datum=TODAY)  # R55: today when it was left open
        return
    with pytest.raises(Invalid) as caught:
        before.vul_in(change(before, inzage=inzage), NOW)
    assert [melding.code for melding in caught.value.meldingen] == codes


def test_a_typed_date_between_collecting_and_today_is_kept() -> None:
    before = collected()
    later = NOW + timedelta(days=3)
    after, _ = before.vul_in(change(before, inzage=replace(YES, datum=TOMORROW)), later)
    assert after.invulling.inzage.datum == TOMORROW  # 15.8


@pytest.mark.parametrize(("dossier", "code"), [(card(), "NIET_VERZAMELD"), (collected(Profiel.BB_POPO), "INZAGE_NVT")])
def test_inzage_without_a_version_or_binnen_brin_is_refused(dossier: Dossier, code: str) -> None:
    with pytest.raises(Refused) as caught:
        dossier.vul_in(change(dossier, inzage=YES), NOW)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("inzage", "akkoord"),
    [
        (YES, "Ja"),
        (Inzage(REFUSED, TODAY, "Proef"), "Nee"),
        (replace(seen(Uitkomst.AKKOORD), waarde=REFUSED), "Nee"),
        (seen(Uitkomst.AKKOORD), "Ja"),
        (seen(Uitkomst.GEEN_REACTIE), "Onbekend"),
        (seen(Uitkomst.GEEN_REACTIE, Uitkomst.NIET_BEREIKT), "Onbekend"),
        (seen(Uitkomst.GEEN_REACTIE, Uitkomst.AKKOORD), "Ja"),
    ],
)
def test_akkoord_as_it_travels(inzage: Inzage, akkoord: str) -> None:
    assert inzage.akkoord == akkoord  # 15.9


@pytest.mark.parametrize(("born", "needed"), [(date(2010, 6, 11), False), (date(2010, 6, 10), True), (None, False)])
def test_from_sixteen_on_the_pupil_saw_it_too(born: date | None, needed: bool) -> None:
    before = collected()
    before = replace(before, overzicht=replace(before.overzicht, geboortedatum=born))
    parents = change(before, inzage=seen(Uitkomst.AKKOORD))
    both = change(before, inzage=replace(YES, inzagen=(proof(Uitkomst.AKKOORD), proof(Uitkomst.AKKOORD, "LEERLING"))))
    before.vul_in(both, NOW)
    before.vul_in(change(before, inzage=YES), NOW)  # without evidence per person nothing is asked
    if needed:
        with pytest.raises(Invalid, match="INZAGE_LEERLING_ONTBREEKT"):
            before.vul_in(parents, NOW)
    else:
        before.vul_in(parents, NOW)


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
        naam="Anders", overzicht=before.overzicht, map_="m", hash_="nieuw", versie="2019.1", pgn_sleutel=None
    )
    assert (after.status, after.versie, after.invulling) == (before.status, before.versie, before.invulling)  # R36
    assert after.gewijzigd_sinds_verzamelen
    assert not replace(before, record_hash="r").gewijzigd_sinds_verzamelen


def test_no_error_of_the_card_shows_what_was_filled_in() -> None:
    before = collected()
    secret = "Zeer persoonlijke reden"
    for inzage in (Inzage(REFUSED, TOMORROW, secret), replace(seen(Uitkomst.NIET_BEREIKT), reden_niet_akkoord=secret)):
        with pytest.raises(OsoError) as caught:
            before.vul_in(change(before, inzage=inzage), NOW)
        assert secret not in f"{caught.value} {caught.value.meldingen!r}"


def test_another_number_closes_a_dossier_that_was_collected_under_the_old_one() -> None:
    before = replace(ready(), pgn_sleutel="PGN#old")
    put: dict[str, Any] = {
        "naam": "x",
        "overzicht": before.overzicht,
        "map_": "m",
        "hash_": "h",
        "versie": "2019.1",
    }
    assert before.neem_record_over(**put, pgn_sleutel="PGN#old").status is Status.KLAAR
    assert before.neem_record_over(**put, pgn_sleutel="PGN#new").status is Status.NIET_KLAAR
