"""What a requester gets: every refusal of 15.6 in its order, and who may ask (15.35)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.aanvraag import REDEN_TEKST, Dossieraanvraag, Stand, Vraag, beoordeel, oplossing_van, soort_tekst
from chalicelib.domain.dossier import Dossier, Status, Versie
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.invulling import BinnenBrinDoel, Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.resultaat import RESULTATEN, van_wire
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


NO_DATE = replace(LEAVING, datum=None)
NOWHERE = replace(LEAVING, vervolgschool=None)
ELSEWHERE = replace(LEAVING, vervolgschool=Vervolgschool("16VO"))
SIX = replace(LEAVING, vervolgschool=Vervolgschool("99EF00"))
DISAGREED = replace(SEEN, waarde=Inzagewaarde.NIET_AKKOORD)
COLLECTED, CLOSED = Status.VERZAMELD, Status.NIET_KLAAR
PLATFORM, OFF = BinnenBrinDoel.REGIONAAL_PLATFORM, replace(WITHIN, regionaal_uit=True)
UNSEEN = ready(inzage=Inzage(), status=COLLECTED)

CODES = {
    "": "SUCCESVOL_ONTVANGEN",
    "ONBEKEND": "LEERLING_NIET_BEKEND",
    "ANDERE_SOORT": "LEERLINGINFO_NIET_OPVRAAGBAAR",
    "ANDERE_SCHOOL": "LEERLINGINFO_NIET_OPVRAAGBAAR",
    "ANDER_AANLEVERPUNT": "LEERLINGINFO_NIET_OPVRAAGBAAR",
    "REGIONAAL_UIT": "LEERLINGINFO_NIET_OPVRAAGBAAR",
    "NIET_UITGESCHREVEN": "LEERLINGINFO_NIET_OPVRAAGBAAR",
    "GEEN_INZAGE": "LEERLINGINFO_NIET_OPVRAAGBAAR",
    "NIET_KLAARGEZET": "LEERLINGINFO_NIET_BESCHIKBAAR",
    "NIET_NIEUWER": "LEERLINGINFO_NIET_BESCHIKBAAR",
}


def newer_than(moment: datetime) -> Vraag:
    return replace(ASKED, aanvraagdatum=moment)


CASES: list[tuple[str, Vraag, Dossier | None, str]] = [
    ("all is well", ASKED, ready(), ""),
    ("unknown number", ASKED, None, "ONBEKEND"),
    ("niet akkoord does not block", ASKED, ready(inzage=DISAGREED), ""),
    ("a vervolgschool of six characters", ASKED, ready(uitschrijving=SIX), ""),
    ("another vervolgschool", ASKED, ready(uitschrijving=ELSEWHERE), "ANDERE_SCHOOL"),
    ("no vervolgschool", ASKED, ready(uitschrijving=NOWHERE), "ANDERE_SCHOOL"),
    ("no datum uitschrijving", ASKED, ready(uitschrijving=NO_DATE), "NIET_UITGESCHREVEN"),
    ("the school before the date", ASKED, ready(uitschrijving=replace(ELSEWHERE, datum=None)), "ANDERE_SCHOOL"),
    ("collected without inzage", ASKED, UNSEEN, "GEEN_INZAGE"),
    ("the date before the inzage", ASKED, ready(inzage=Inzage(), uitschrijving=NO_DATE), "NIET_UITGESCHREVEN"),
    ("nothing collected", ASKED, ready(inzage=Inzage(), status=CLOSED, versie=None), "NIET_KLAARGEZET"),
    ("a version that no longer fits", ASKED, ready(inzage=Inzage(), status=CLOSED), "NIET_KLAARGEZET"),
    ("seen, not set ready", ASKED, ready(status=COLLECTED), "NIET_KLAARGEZET"),
    ("withdrawn", ASKED, ready(status=COLLECTED, reden_intrekken="Proef"), "NIET_KLAARGEZET"),
    ("newer than asked for", newer_than(NOW - timedelta(seconds=1)), ready(), ""),
    ("of the same moment", newer_than(NOW), ready(), "NIET_NIEUWER"),
    ("older than asked for", newer_than(NOW + timedelta(days=1)), ready(), "NIET_NIEUWER"),
    ("ready before newer", newer_than(NOW), ready(status=COLLECTED), "NIET_KLAARGEZET"),
    ("overstap asked as binnen brin", WITHIN, ready(), "ANDERE_SOORT"),
    ("binnen brin asked as overstap", ASKED, within(), "ANDERE_SOORT"),
    ("so by the own brin", replace(ASKED, doel_brin="14SS"), within(), "ANDERE_SOORT"),
    ("binnen brin needs no inzage and no date", WITHIN, within(), ""),
    ("binnen brin for another brin", replace(WITHIN, doel_brin="99EF"), within(), "ANDERE_SCHOOL"),
    ("binnen brin for one aanleverpunt", WITHIN, within(doel_aanleverpunt="2"), ""),
    ("binnen brin from another one", WITHIN, within(doel_aanleverpunt="1"), "ANDER_AANLEVERPUNT"),
    ("a platform while the setting is on", WITHIN, within(binnen_brin_doel=PLATFORM), ""),
    ("a platform while the setting is off", OFF, within(binnen_brin_doel=PLATFORM), "REGIONAAL_UIT"),
    ("the setting before ready", OFF, within(binnen_brin_doel=PLATFORM, status=COLLECTED), "REGIONAAL_UIT"),
    ("the setting says nothing of a nevenvestiging", OFF, within(), ""),
    ("binnen brin, not set ready", WITHIN, within(status=COLLECTED), "NIET_KLAARGEZET"),
    ("doelAanleverpunt says nothing of an overstap", ASKED, ready(doel_aanleverpunt="7"), ""),
]


@pytest.mark.parametrize(("vraag", "dossier", "reden"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_request_is_judged_in_the_order_of_15_6(vraag: Vraag, dossier: Dossier | None, reden: str) -> None:
    oordeel = beoordeel(vraag, dossier)
    assert (oordeel.reden, oordeel.resultaat.code) == (reden, CODES[reden])
    assert oordeel.geleverd is not bool(reden)
    assert bool(oordeel.oplossing) is bool(reden)  # the one fix, for every refusal


def test_every_reason_has_a_text_and_a_fix() -> None:
    reasons = {case[3] for case in CASES} - {""}
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
