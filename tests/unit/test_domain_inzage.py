"""Inzage: who, when, with what outcome, and what is refused (R52-R57, 15.8, 15.9)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.inzage import Inzage, Inzagebewijs, Inzagewaarde, Uitkomst
from chalicelib.errors import Invalid, OsoError, Refused
from tests.pupil import NOW, card
from tests.unit.cards import TODAY, YES, change, collected

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
REFUSED = Inzagewaarde.NIET_AKKOORD


AGREES, AGAINST, MISSED = Uitkomst.AKKOORD, Uitkomst.NIET_AKKOORD, Uitkomst.NIET_BEREIKT
PUPIL = "LEERLING"


def proof(outcome: Uitkomst, who: str = "VERZORGER", day: date = TODAY) -> Inzagebewijs:
    return Inzagebewijs(who, "GESPREK", day, outcome)


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
        (seen(AGAINST), ["INZAGE_NIET_AKKOORD"]),
        (seen(AGREES, AGAINST), ["INZAGE_NIET_AKKOORD"]),  # two verzorgers who differ
        (Inzage(REFUSED, TODAY, "Proef", seen(AGREES, AGAINST).inzagen), []),
        (replace(YES, inzagen=(proof(AGREES, day=YESTERDAY),)), ["INZAGEDATUM_ONGELDIG"]),
        (replace(YES, inzagen=(proof(AGREES, day=TOMORROW),)), ["INZAGEDATUM_ONGELDIG"]),
        (Inzage(datum=TODAY), ["INZAGE_WAARDE_NEE"]),
        (Inzage(reden_niet_akkoord="Proef"), ["INZAGE_WAARDE_NEE"]),
        (Inzage(inzagen=(proof(MISSED, day=TOMORROW),)), ["INZAGEDATUM_ONGELDIG"]),
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


UNFIT = replace(collected(), status=Status.NIET_KLAAR)  # what was collected no longer fits the card
TRIED = Inzage(inzagen=(proof(MISSED),))


def test_what_was_tried_is_kept_under_nee_until_the_next_version() -> None:
    before = collected()
    after, said = before.vul_in(change(before, inzage=TRIED), NOW)
    assert (after.invulling.inzage, said) == (TRIED, ())  # 15.9, R31
    assert not after.invulling.inzage.gegeven
    assert after.verzamel(before.versie).invulling.inzage == Inzage()  # type: ignore[arg-type]  # it was collected
    other, said = after.vul_in(change(after, aandachtspunten="Let op"), NOW)
    assert other.invulling.inzage == Inzage()
    assert ["vervallen" in melding.tekst for melding in said] == [True]


CANNOT = [(card(), "NIET_VERZAMELD"), (UNFIT, "VERZAMEL_OPNIEUW"), (collected(Profiel.BB_POPO), "INZAGE_NVT")]


@pytest.mark.parametrize(("dossier", "code"), CANNOT)
@pytest.mark.parametrize("inzage", [YES, TRIED], ids=["seen", "tried"])
def test_inzage_without_a_version_or_binnen_brin_is_refused(dossier: Dossier, code: str, inzage: Inzage) -> None:
    with pytest.raises(Refused) as caught:
        dossier.vul_in(change(dossier, inzage=inzage), NOW)
    assert caught.value.code == code
    assert [melding.code for melding in caught.value.meldingen] == [code]


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
    assert inzage.akkoord(None) == akkoord  # 15.9


@pytest.mark.parametrize(("born", "akkoord"), [(date(2008, 6, 11), "Ja"), (date(2008, 6, 10), "Onbekend")])
def test_from_eighteen_on_the_judgement_of_the_pupil_counts_alone(born: date, akkoord: str) -> None:
    both = replace(YES, inzagen=(proof(AGREES), proof(Uitkomst.GEEN_REACTIE, PUPIL)))
    assert both.akkoord(born) == akkoord


PARENT_MISSING, PUPIL_MISSING = "INZAGE_VERZORGER_ONTBREEKT", "INZAGE_LEERLING_ONTBREEKT"


@pytest.mark.parametrize(
    ("born", "evidence", "code"),
    [
        (date(2010, 6, 11), [proof(AGREES, PUPIL)], PARENT_MISSING),
        (date(2010, 6, 10), [proof(AGREES, PUPIL)], PARENT_MISSING),
        (date(2010, 6, 10), [proof(AGREES, PUPIL), proof(MISSED)], PARENT_MISSING),
        (date(2010, 6, 10), [proof(MISSED, PUPIL), proof(AGREES)], PUPIL_MISSING),
        (date(2010, 6, 10), [proof(AGREES, PUPIL), proof(Uitkomst.GEEN_REACTIE)], None),
        (date(2008, 6, 11), [proof(AGREES, PUPIL)], PARENT_MISSING),
        (date(2008, 6, 10), [proof(AGREES, PUPIL)], None),
        (date(2008, 6, 10), [proof(AGREES, PUPIL), proof(AGAINST)], None),
        (date(2008, 6, 10), [proof(MISSED, PUPIL), proof(AGREES)], PUPIL_MISSING),
        (date(2008, 6, 10), [proof(AGAINST, PUPIL), proof(AGREES)], "INZAGE_NIET_AKKOORD"),
        (None, [proof(AGREES, PUPIL)], None),
    ],
)
def test_who_must_have_seen_or_received_it(born: date | None, evidence: list[Inzagebewijs], code: str | None) -> None:
    before = collected()
    before = replace(before, overzicht=replace(before.overzicht, geboortedatum=born))
    inzage = replace(YES, inzagen=tuple(evidence))
    if code is None:
        assert before.vul_in(change(before, inzage=inzage), NOW)[0].invulling.inzage == inzage
        return
    with pytest.raises(Invalid) as caught:
        before.vul_in(change(before, inzage=inzage), NOW)
    assert [melding.code for melding in caught.value.meldingen] == [code]


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


def test_no_error_of_the_card_shows_what_was_filled_in() -> None:
    before = collected()
    secret = "Zeer persoonlijke reden"
    for inzage in (Inzage(REFUSED, TOMORROW, secret), replace(seen(Uitkomst.NIET_BEREIKT), reden_niet_akkoord=secret)):
        with pytest.raises(OsoError) as caught:
            before.vul_in(change(before, inzage=inzage), NOW)
        assert secret not in f"{caught.value} {caught.value.meldingen!r}"
