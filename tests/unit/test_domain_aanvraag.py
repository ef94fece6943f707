"""What a requester gets: every refusal of 15.6 in its order, and who may ask (15.35)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.aanvraag import REDEN_TEKST, Dossieraanvraag, Stand, Vraag, beoordeel, oplossing_van, soort_tekst
from chalicelib.domain.dossier import (
    Dossier,
    Invulling,
    Inzage,
    Inzagewaarde,
    Status,
    Uitschrijving,
    Versie,
    Vervolgschool,
)
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.resultaat import GESLAAGD, RESULTATEN, van_wire
from tests.pupil import NOW, card

LEAVING = Uitschrijving(datum=date(2026, 7, 31), vervolgschool=Vervolgschool("99EF", "Het Schijnpad"))
SEEN = Inzage(Inzagewaarde.JA, NOW.date())
ASKED = Vraag("14SS", "99EF", "0", Overdrachtsoort.OVERSTAPDOSSIER)
WITHIN = Vraag("14SS", "14SS", "2", Overdrachtsoort.BINNENBRIN)


def version(profiel: Profiel = Profiel.POPO) -> Versie:
    return Versie(1, profiel, "2019.1", "map", "i" * 64, "v" * 64, NOW, "r")


def ready(**fields: Any) -> Dossier:
    """A dossier that 99EF may fetch, with other values for fields of the card or of what was filled in."""
    filled = {name: fields.pop(name) for name in tuple(fields) if name in Invulling.__dataclass_fields__}
    invulling = replace(Invulling(uitschrijving=LEAVING, inzage=SEEN), **filled)
    return card(invulling, **{"status": Status.KLAAR, "versie": version(), **fields})


def within(**fields: Any) -> Dossier:
    """A dossier that is ready for binnen brin."""
    defaults = {"binnen_brin": True, "uitschrijving": Uitschrijving(), "inzage": Inzage()}
    return ready(**{**defaults, "versie": version(Profiel.BB_POPO), **fields})


NOT_ASKABLE, NOT_THERE = "LEERLINGINFO_NIET_OPVRAAGBAAR", "LEERLINGINFO_NIET_BESCHIKBAAR"
NO_DATE = replace(LEAVING, datum=None)
ELSEWHERE = replace(LEAVING, vervolgschool=Vervolgschool("16VO"))
EARLIER, LATER = NOW - timedelta(seconds=1), NOW + timedelta(days=1)

CASES: list[tuple[str, Vraag, Dossier | None, str, str]] = [
    ("all is well", ASKED, ready(), "SUCCESVOL_ONTVANGEN", ""),
    ("unknown number", ASKED, None, "LEERLING_NIET_BEKEND", "ONBEKEND"),
    ("not akkoord does not block", ASKED, ready(inzage=replace(SEEN, waarde=Inzagewaarde.NIET_AKKOORD)), GESLAAGD.code, ""),
    ("vervolgschool with six characters", ASKED, ready(uitschrijving=replace(LEAVING, vervolgschool=Vervolgschool("99EF00"))), GESLAAGD.code, ""),
    ("another vervolgschool", ASKED, ready(uitschrijving=ELSEWHERE), NOT_ASKABLE, "ANDERE_SCHOOL"),
    ("no vervolgschool", ASKED, ready(uitschrijving=replace(LEAVING, vervolgschool=None)), NOT_ASKABLE, "ANDERE_SCHOOL"),
    ("no datum uitschrijving", ASKED, ready(uitschrijving=NO_DATE), NOT_ASKABLE, "NIET_UITGESCHREVEN"),
    ("another school comes before the date", ASKED, ready(uitschrijving=replace(ELSEWHERE, datum=None)), NOT_ASKABLE, "ANDERE_SCHOOL"),
    ("collected without inzage", ASKED, ready(inzage=Inzage(), status=Status.VERZAMELD), NOT_ASKABLE, "GEEN_INZAGE"),
    ("the date comes before the inzage", ASKED, ready(inzage=Inzage(), status=Status.VERZAMELD, uitschrijving=NO_DATE), NOT_ASKABLE, "NIET_UITGESCHREVEN"),
    ("nothing collected", ASKED, ready(inzage=Inzage(), status=Status.NIET_KLAAR, versie=None), NOT_THERE, "NIET_KLAARGEZET"),
    ("a version that no longer fits", ASKED, ready(inzage=Inzage(), status=Status.NIET_KLAAR), NOT_THERE, "NIET_KLAARGEZET"),
    ("collected, with inzage, not set ready", ASKED, ready(status=Status.VERZAMELD), NOT_THERE, "NIET_KLAARGEZET"),
    ("withdrawn", ASKED, ready(status=Status.VERZAMELD, reden_intrekken="Proef"), NOT_THERE, "NIET_KLAARGEZET"),
    ("asked for newer, and it is", replace(ASKED, aanvraagdatum=EARLIER), ready(), GESLAAGD.code, ""),
    ("asked for newer, of the same moment", replace(ASKED, aanvraagdatum=NOW), ready(), NOT_THERE, "NIET_NIEUWER"),
    ("asked for newer, and it is older", replace(ASKED, aanvraagdatum=LATER), ready(), NOT_THERE, "NIET_NIEUWER"),
    ("not ready comes before not newer", replace(ASKED, aanvraagdatum=LATER), ready(status=Status.VERZAMELD), NOT_THERE, "NIET_KLAARGEZET"),
    ("overstap asked as binnen brin", replace(WITHIN), ready(), NOT_ASKABLE, "ANDERE_SOORT"),
    ("binnen brin asked as overstap", ASKED, within(), NOT_ASKABLE, "ANDERE_SOORT"),
    ("binnen brin asked as overstap by the own brin", replace(ASKED, doel_brin="14SS"), within(), NOT_ASKABLE, "ANDERE_SOORT"),
    ("binnen brin needs no inzage and no date", WITHIN, within(), GESLAAGD.code, ""),
    ("binnen brin for another brin", replace(WITHIN, doel_brin="99EF"), within(), NOT_ASKABLE, "ANDERE_SCHOOL"),
    ("binnen brin for one aanleverpunt", WITHIN, within(doel_aanleverpunt="2"), GESLAAGD.code, ""),
    ("binnen brin from another aanleverpunt", WITHIN, within(doel_aanleverpunt="1"), NOT_ASKABLE, "ANDER_AANLEVERPUNT"),
    ("binnen brin not set ready", WITHIN, within(status=Status.VERZAMELD), NOT_THERE, "NIET_KLAARGEZET"),
    ("doelAanleverpunt says nothing of an overstap", ASKED, ready(doel_aanleverpunt="7"), GESLAAGD.code, ""),
]  # fmt: skip


@pytest.mark.parametrize(("vraag", "dossier", "code", "reden"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_request_is_judged_in_the_order_of_15_6(vraag: Vraag, dossier: Dossier | None, code: str, reden: str) -> None:
    oordeel = beoordeel(vraag, dossier)
    assert (oordeel.resultaat.code, oordeel.reden) == (code, reden)
    assert oordeel.geleverd is (code == "SUCCESVOL_ONTVANGEN")
    assert bool(oordeel.oplossing) is not oordeel.geleverd  # the one fix, for every refusal


def test_every_reason_has_a_text_and_a_fix() -> None:
    reasons = {case[4] for case in CASES} - {""}
    assert reasons == set(REDEN_TEKST)
    assert all(oplossing_van(reason) for reason in reasons)
    assert oplossing_van(None) is None


@pytest.mark.parametrize(
    ("soort", "profiel", "tekst"),
    [
        (Overdrachtsoort.OVERSTAPDOSSIER, Profiel.POPO, "Overstapdossier PO"),
        (Overdrachtsoort.OVERSTAPDOSSIER, None, "Overstapdossier PO"),
        (Overdrachtsoort.OVERSTAPDOSSIER, Profiel.POVO, "Overstapdossier VO"),
        (Overdrachtsoort.OVERSTAPDOSSIER, Profiel.VOVO, "Overstapdossier VO"),
        (Overdrachtsoort.BINNENBRIN, Profiel.BB_POVO, "Binnen brin"),
        (Overdrachtsoort.SWV, Profiel.POSWV, "Zorgvraag"),
    ],
)
def test_the_column_soort(soort: Overdrachtsoort, profiel: Profiel | None, tekst: str) -> None:
    assert soort_tekst(soort, profiel) == tekst  # 15.42


def test_every_result_has_a_wire_code_of_its_own_a_text_and_what_to_do() -> None:
    assert len({result.wire for result in RESULTATEN.values()}) == len(RESULTATEN)
    for result in RESULTATEN.values():
        assert van_wire(result.wire) is result
        assert result.tekst
        assert result.wat_nu.endswith(".")
    assert van_wire("NooitVanGehoord").code == "TECHNISCHE_FOUT"
    assert RESULTATEN["LEERLING_NIET_BEKEND"].wire == "LeerlingNietBekend"


def test_the_ranking_of_the_best_result() -> None:
    ranked = sorted((r for r in RESULTATEN.values() if r.rang), key=lambda r: -r.rang)
    assert [result.code for result in ranked][:4] == [
        "SUCCESVOL_ONTVANGEN",
        "LEERLINGINFO_NIET_OPVRAAGBAAR",
        "LEERLINGINFO_NIET_BESCHIKBAAR",
        "LEERLING_NIET_BEKEND",
    ]


def test_an_outcome_raises_the_version_and_keeps_the_rest() -> None:
    row = Dossieraanvraag(
        "a", Vestiging("99EF00"), "14SS", "geheim", "••••••613", "BSN", NOW, "Adriaan Administratie", "sub", version=3
    )
    done = row.klaar(Stand.AFGEWEZEN, RESULTATEN["LEERLING_NIET_BEKEND"])
    assert (done.status, done.resultaat, done.version) == (Stand.AFGEWEZEN, "LEERLING_NIET_BEKEND", 4)
    assert replace(done, status=row.status, resultaat=None, version=3) == row
