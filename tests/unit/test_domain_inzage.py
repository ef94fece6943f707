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


UNFIT = replace(collected(), status=Status.NIET_KLAAR)  # what was collected no longer fits the card
CANNOT = [(card(), "NIET_VERZAMELD"), (UNFIT, "VERZAMEL_OPNIEUW"), (collected(Profiel.BB_POPO), "INZAGE_NVT")]


@pytest.mark.parametrize(("dossier", "code"), CANNOT)
def test_inzage_without_a_version_or_binnen_brin_is_refused(dossier: Dossier, code: str) -> None:
    with pytest.raises(Refused) as caught:
        dossier.vul_in(change(dossier, inzage=YES), NOW)
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


def test_no_error_of_the_card_shows_what_was_filled_in() -> None:
    before = collected()
    secret = "Zeer persoonlijke reden"
    for inzage in (Inzage(REFUSED, TOMORROW, secret), replace(seen(Uitkomst.NIET_BEREIKT), reden_niet_akkoord=secret)):
        with pytest.raises(OsoError) as caught:
            before.vul_in(change(before, inzage=inzage), NOW)
        assert secret not in f"{caught.value} {caught.value.meldingen!r}"
