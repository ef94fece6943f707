"""Requests, bulk acts, notificaties, zorgvragen and the log, step by step: what each act changes and what stays."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag, Oordeel, Stand, Vraag, beoordeel, oplossing_van
from chalicelib.domain.dossier import (
    Dossier,
    Status,
)
from chalicelib.domain.gegevensblok import Eis, Overdrachtsoort, Profiel
from chalicelib.domain.invulling import BinnenBrinDoel, Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagebewijs, Inzagewaarde, Uitkomst, controleer_inzage
from chalicelib.domain.mutatielog import Actie, Door, Kop, Mutatie, schrijf_bij
from chalicelib.domain.notificatie import Notificatie, Notificatiestatus, Richting
from chalicelib.domain.opdracht import (
    MEESTE_LEERLINGEN,
    MEESTE_MELDINGEN,
    VENSTER,
    Bulkresultaat,
    Bulksoort,
    Opdracht,
    Regel,
    Telling,
    opdracht_tekst,
    tel,
)
from chalicelib.domain.resultaat import NIET_BEKEND
from chalicelib.domain.selectie import Selectie
from chalicelib.domain.termijnen import Termijnen, nummer_weg, rij_weg
from chalicelib.domain.zorgvraag import Zorgvraag, Zorgvraagstatus, reden
from chalicelib.errors import Invalid, Melding
from tests.pupil import NOW, SCHOOL, card
from tests.unit.test_domain_kaart import COLLECTED, LATER

# --- requests ---------------------------------------------------------------------------------------------------------


def _request(**fields: Any) -> Binnengekomen:
    made: Any = dict.fromkeys(Binnengekomen.__dataclass_fields__)
    return Binnengekomen(**{**made, "sessie_id": "s", "school": SCHOOL.vestiging, "bron_aanleverpunt": "0",
                            "version": 2, **fields})  # fmt: skip


def test_a_judged_request_remembers_pupil_and_version_only_as_far_as_they_are_known() -> None:
    given = _request().beoordeeld(Oordeel(uitkomst.GESLAAGD), COLLECTED, LATER)
    assert (given.leerling_id, given.leerling_naam, given.profiel) == ("l-1", COLLECTED.naam, Profiel.POPO)
    assert (given.versie, given.verzameld_op, given.reden, given.op, given.version) == (4, NOW, None, LATER, 3)
    assert given.resultaat == "SUCCESVOL_ONTVANGEN"
    refused = given.beoordeeld(Oordeel(uitkomst.NIET_BESCHIKBAAR, "NIET_NIEUWER"), COLLECTED, LATER)
    assert (refused.leerling_id, refused.profiel, refused.versie, refused.verzameld_op) == (
        "l-1", Profiel.POPO, None, None)  # fmt: skip
    assert refused.reden == "NIET_NIEUWER"
    unknown = given.beoordeeld(Oordeel(uitkomst.NIET_BEKEND, "ONBEKEND"), None, LATER)
    assert (unknown.leerling_id, unknown.leerling_naam, unknown.profiel, unknown.versie) == (None, None, None, None)
    assert (_request().id, _request().onderwerp) == ("s.0", "VERZOEK#14SS00#s.0")


def test_a_judgement_says_whether_it_delivers_and_what_to_do_about_it() -> None:
    assert Oordeel(uitkomst.GESLAAGD).geleverd
    assert not Oordeel(uitkomst.NIET_BEKEND).geleverd
    assert oplossing_van(None) is oplossing_van("") is None
    assert oplossing_van("NIET_KLAARGEZET") == "Verzamel het dossier en zet het klaar."
    vraag = Vraag("14SS", "99EF", "0", Overdrachtsoort.OVERSTAPDOSSIER)
    judged = beoordeel(vraag, None)
    assert (judged.resultaat, judged.reden) == (uitkomst.NIET_BEKEND, "ONBEKEND")
    assert judged.oplossing == oplossing_van("ONBEKEND")


def _ready(**fields: Any) -> Dossier:
    leaving = Uitschrijving(datum=NOW.date(), vervolgschool=Vervolgschool("99EF00"))
    filled = Invulling(uitschrijving=leaving, inzage=Inzage(Inzagewaarde.JA))
    return replace(COLLECTED, status=Status.KLAAR, invulling=replace(filled, **fields))


@pytest.mark.parametrize(
    ("fields", "asked", "reden"),
    [
        ({}, {}, ""),
        ({}, {"doel_brin": "16VO"}, "ANDERE_SCHOOL"),
        ({}, {"aanvraagdatum": NOW}, "NIET_NIEUWER"),
        ({}, {"aanvraagdatum": NOW - timedelta(seconds=1)}, ""),
        ({}, {"soort": Overdrachtsoort.BINNENBRIN}, "ANDERE_SOORT"),
        ({"binnen_brin": True}, {}, "ANDERE_SOORT"),
        ({"binnen_brin": True}, {"soort": Overdrachtsoort.BINNENBRIN}, "ANDERE_SCHOOL"),
        ({"binnen_brin": True}, {"soort": Overdrachtsoort.BINNENBRIN, "doel_brin": "14SS"}, ""),
        (
            {"binnen_brin": True, "doel_aanleverpunt": "2"},
            {"soort": Overdrachtsoort.BINNENBRIN, "doel_brin": "14SS"},
            "ANDER_AANLEVERPUNT",
        ),
        (
            {"binnen_brin": True, "doel_aanleverpunt": "2"},
            {"soort": Overdrachtsoort.BINNENBRIN, "doel_brin": "14SS", "doel_aanleverpunt": "2"},
            "",
        ),
        (
            {"binnen_brin": True},
            {"soort": Overdrachtsoort.BINNENBRIN, "doel_brin": "14SS", "platform": True},
            "ANDER_AANLEVERPUNT",
        ),
        (
            {"binnen_brin": True, "binnen_brin_doel": BinnenBrinDoel.REGIONAAL_PLATFORM},
            {"soort": Overdrachtsoort.BINNENBRIN, "doel_brin": "14SS", "platform": True},
            "",
        ),
        ({"uitschrijving": Uitschrijving(vervolgschool=Vervolgschool("99EF"))}, {}, "NIET_UITGESCHREVEN"),
        ({"uitschrijving": Uitschrijving(datum=NOW.date())}, {}, "ANDERE_SCHOOL"),
        ({"inzage": Inzage()}, {}, "GEEN_INZAGE"),
    ],
)
def test_why_a_request_is_refused(fields: dict[str, Any], asked: dict[str, Any], reden: str) -> None:
    vraag = replace(Vraag("14SS", "99EF", "0", Overdrachtsoort.OVERSTAPDOSSIER), **asked)
    assert beoordeel(vraag, _ready(**fields)).reden == reden


def test_a_request_of_our_own_gets_its_outcome_with_a_version_more() -> None:
    made: Any = dict.fromkeys(Dossieraanvraag.__dataclass_fields__)
    own = Dossieraanvraag(**{**made, "id": "a", "school": SCHOOL.vestiging, "version": 1})
    done = own.klaar(Stand.ONTVANGEN, uitkomst.GESLAAGD, map="m")
    assert (done.status, done.resultaat, done.version, done.map) == (Stand.ONTVANGEN, "SUCCESVOL_ONTVANGEN", 2, "m")
    assert own.onderwerp == "AANVRAAG#14SS00#a"


def test_the_rank_of_every_result() -> None:
    ranks = {one.code: one.rang for one in uitkomst.RESULTATEN.values() if one.rang}
    assert sorted(ranks.items(), key=lambda one: -one[1]) == _RANKS
    assert uitkomst.van_wire("LeerlingNietBekend") is uitkomst.NIET_BEKEND
    assert uitkomst.van_wire("Iets") is uitkomst.TECHNISCHE_FOUT
    assert str(uitkomst.NIET_BEKEND) == "LEERLING_NIET_BEKEND"


_RANKS = [
    ("SUCCESVOL_ONTVANGEN", 50),
    ("LEERLINGINFO_NIET_OPVRAAGBAAR", 40),
    ("LEERLINGINFO_NIET_BESCHIKBAAR", 30),
    ("LEERLING_NIET_BEKEND", 20),
    ("DOSSIER_ONGELDIG", 10),
    ("DOSSIER_ANDERE_LEERLING", 10),
    ("TECHNISCHE_FOUT", 5),
]


# --- bulk, notificatie, zorgvraag, log --------------------------------------------------------------------------------


def _opdracht(**fields: Any) -> Opdracht:
    plain: dict[str, Any] = {"id": "o", "school": SCHOOL.vestiging, "soort": Bulksoort.BINNEN_BRIN, "totaal": 3}
    who = {"map": "", "gevraagd_op": NOW, "gevraagd_door": "Adriaan", "gevraagd_door_sub": "sub"}
    return Opdracht(**{**plain, **who, **fields})


def test_an_opdracht_counts_and_ends() -> None:
    two, three = Telling(1, 1, 0), Telling(1, 1, 1, 5)
    assert (two.klaar, three.klaar) == (2, 3)
    assert (_opdracht().klaar(two), _opdracht().klaar(three)) == (False, True)
    done = _opdracht().gereed(three)
    assert (done.klaar(two), done.telling, done.version) == (True, three, 1)
    assert _opdracht().door == Door("14SS00", "sub", "Adriaan")
    assert _opdracht().onderwerp == "OPDRACHT#14SS00#o"
    rows: list[dict[str, object]] = [
        {"resultaat": "GELUKT", "weg": "2"},
        {"resultaat": "GELUKT"},
        {"resultaat": "OVERGESLAGEN", "weg": 1},
    ]
    assert tel([*rows, {"resultaat": "MISLUKT"}, {"resultaat": "MISLUKT_TECHNISCH"}]) == Telling(2, 2, 1, 3)
    assert [Regel(1, "l", one, NOW).vast for one in Bulkresultaat] == [True, True, True, False, False]
    text = opdracht_tekst(_opdracht(profiel=Profiel.BB_POVO), three)
    assert text.endswith("5 toetsen van voor 01-08-2023 weggelaten")
    assert "weggelaten" not in opdracht_tekst(_opdracht(profiel=Profiel.BB_POPO), three)


def test_a_notificatie_moves_on() -> None:
    made: Any = dict.fromkeys(Notificatie.__dataclass_fields__)
    one = Notificatie(**{**made, "id": "n", "school": SCHOOL.vestiging, "richting": Richting.UIT, "version": 1})
    told = one.naar(Notificatiestatus.MISLUKT, LATER, "WEG")
    assert (told.status, told.code, told.afgehandeld_op, told.version) == (Notificatiestatus.MISLUKT, "WEG", LATER, 2)
    assert one.onderwerp == "NOTIFICATIE#14SS00#n"
    again = told.weer(NOW)
    assert (again.status, again.op, again.afgehandeld_op) == (Notificatiestatus.ONTVANGEN, NOW, None)
    assert again.version == told.version + 1


def _zorgvraag(status: Zorgvraagstatus, **fields: Any) -> Zorgvraag:
    made: Any = dict.fromkeys(Zorgvraag.__dataclass_fields__)
    made |= {"status": status, "gemaakt_op": NOW, "terugkoppelingen": (), "version": 1}
    return Zorgvraag(**{**made, **fields})


@pytest.mark.parametrize(
    ("status", "told", "failed"),
    [
        (Zorgvraagstatus.VERZONDEN, Zorgvraagstatus.NOTIFICATIE_VERSTUURD, Zorgvraagstatus.MISLUKT),
        (Zorgvraagstatus.MISLUKT, Zorgvraagstatus.NOTIFICATIE_VERSTUURD, Zorgvraagstatus.MISLUKT),
        (Zorgvraagstatus.OPGEHAALD, Zorgvraagstatus.OPGEHAALD, Zorgvraagstatus.OPGEHAALD),
        (Zorgvraagstatus.INGETROKKEN, Zorgvraagstatus.INGETROKKEN, Zorgvraagstatus.INGETROKKEN),
    ],
)
def test_what_an_acknowledged_and_a_failed_notificatie_do(
    status: Zorgvraagstatus, told: Zorgvraagstatus, failed: Zorgvraagstatus
) -> None:
    one = _zorgvraag(status, code="WEG")
    assert (one.genotificeerd(LATER).status, one.genotificeerd(LATER).code) == (told, None)
    assert one.genotificeerd(LATER).notificatie_op == LATER
    assert one.genotificeerd(LATER).genotificeerd(NOW) == one.genotificeerd(LATER)
    assert one.mislukt("X").status is failed


def test_an_entry_of_the_log_hashes_as_it_always_did() -> None:
    door = Door("14SS00", "sub", "Zoë Voorbeeld")
    mutatie = Mutatie(
        Actie.VERZAMELD, "DOSSIER#14SS00#l-1", door, datetime(2026, 6, 10, 9, 30, tzinfo=UTC), {"b": 1, "a": "é"}
    )
    regel, kop = schrijf_bij(Kop(2, "vorige"), mutatie)
    written = {
        "actie": "VERZAMELD",
        "details": {"a": "é", "b": 1},
        "medewerker": "Zoë Voorbeeld",
        "onderwerp": "DOSSIER#14SS00#l-1",
        "op": "2026-06-10T09:30:00.000+00:00",
        "school": "14SS00",
        "sub": "sub",
        "volgnummer": 3,
        "vorige": "vorige",
    }
    text = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    assert regel.hash == hashlib.sha256(text.encode()).hexdigest()
    assert kop == Kop(3, regel.hash)


def test_a_melding_of_the_table_and_the_texts_of_asking() -> None:
    assert teksten.melding("VELD_ONJUIST") == Melding(
        "VELD_ONJUIST", *teksten.TEKSTEN["VELD_ONJUIST"][:1], wat_nu=teksten.TEKSTEN["VELD_ONJUIST"][1]
    )
    assert teksten.melding("VELD_ONJUIST", detail="Anders.", waarde="w", ernst="waarschuwing").tekst == "Anders."
    assert teksten.opvragen_titel("Fictief", "", "x") == "Overstapdossier van Fictief opvragen"
    assert teksten.opvragen_titel("Fictief", "99EF", None) == "Overstapdossier van Fictief opvragen bij (99EF)"
    assert teksten.opvragen_titel("Fictief", "99EF", "Pad") == "Overstapdossier van Fictief opvragen bij (99EF) Pad"
    assert teksten.opgevraagd(NOW) == "Laatst opgevraagd op 10-06-2026 09:30"
    assert teksten.ontvangen(NOW, None) == "Ontvangen op 10-06-2026 09:30"
    assert teksten.ontvangen(NOW, NOW.date()) == "Ontvangen op 10-06-2026 09:30 (laatst verzameld op 10-06-2026)"
    assert (
        teksten.klaargezet("Fictief", None, None)
        == "Het dossier van Fictief is klaargezet voor uitwisseling binnen de BRIN"
    )
    assert teksten.klaargezet("Fictief", "99EF", None) == "Het dossier van Fictief is klaargezet voor (99EF)"


def test_a_choice_with_every_test() -> None:
    chosen = Selectie(Profiel.BB_POPO, ("b",), ("t",), ("p",), ("f",), "doc", True)
    assert chosen.alle_toetsen() == replace(chosen, blokken=("b", "toetsresultaten"), toetsen_uit=())
    assert replace(chosen, blokken=None).alle_toetsen().blokken is None
    changed = replace(chosen, blokken_uit=("toetsresultaten", "u"))
    eisen = dict.fromkeys(("toetsresultaten", "u", "later"), Eis.OPTIONEEL)
    assert changed.gekozen(eisen, set(eisen)) == {"later"}
    assert changed.alle_toetsen().gekozen(eisen, set(eisen)) == {"toetsresultaten", "later"}


def test_the_blocks_that_are_on_by_what_was_chosen_and_what_is_demanded() -> None:
    """R42, R43, R118: the choice holds under whichever version of the standard it was made."""
    eisen = {"v": Eis.VERPLICHT, "a": Eis.OPTIONEEL, "b": Eis.OPTIONEEL, "c": Eis.OPTIONEEL, "x": Eis.VERBODEN}
    nobody, default = Selectie(Profiel.POPO), {"v", "a", "b"}
    assert nobody.gekozen(eisen, default) == default
    of_before = Selectie(Profiel.POPO, ("b", "x", "gone"))
    assert of_before.gekozen(eisen, default) == {"v", "b"}, "a row of before: what was not on was off"
    assert replace(of_before, blokken=()).gekozen(eisen, default) == {"v"}

    as_it_came = Selectie(Profiel.POPO, ("v", "a", "b")).naast(default)
    assert as_it_came == nobody
    assert nobody.naast(default) == nobody
    without = Selectie(Profiel.POPO, ("v", "b", "c")).naast(default)
    assert (without.blokken_aan, without.blokken_uit) == (("c",), ("a",))
    assert without.gekozen(eisen, default) == {"v", "b", "c"}
    later = eisen | {"d": Eis.OPTIONEEL, "a": Eis.VERPLICHT}
    assert without.gekozen(later, {*default, "d"}) == {"v", "a", "b", "c", "d"}


@pytest.mark.parametrize("chosen", [("a", "onderwijsondersteuning"), ("a", "zorgenbegeleiding")])
def test_a_block_is_the_same_under_its_name_in_2018_1(chosen: tuple[str, ...]) -> None:
    """R118."""
    for name in ("onderwijsondersteuning", "zorgenbegeleiding"):
        eisen = {"a": Eis.OPTIONEEL, name: Eis.OPTIONEEL}
        assert Selectie(Profiel.BB_POPO, chosen).gekozen(eisen, set(eisen)) == {"a", name}
        assert Selectie(Profiel.BB_POPO, ("a",)).naast({"a", chosen[1]}).gekozen(eisen, set(eisen)) == {"a"}


def test_a_choice_without_a_document() -> None:
    chosen = Selectie(Profiel.POPO, bijlagen=("x", "y"), toelichting="x", toelichting_vervangen=True)
    assert chosen.zonder_document("x") == Selectie(Profiel.POPO, bijlagen=("y",))
    assert chosen.zonder_document("y") == replace(chosen, bijlagen=("x",))
    assert (chosen.documenten, Selectie(Profiel.POPO).documenten) == (True, False)
    one = card(selecties=(chosen,), version=3)
    assert one.zonder_document("x").version == 4
    assert one.zonder_document("x").selecties == (Selectie(Profiel.POPO, bijlagen=("y",)),)
    assert one.zonder_document("z") is one


@pytest.mark.parametrize(
    ("code", "begins"),
    [
        ("PEER_ONBEREIKBAAR", "Het systeem van het samenwerkingsverband is niet bereikbaar."),
        ("PEER_ANTWOORD", "Het antwoord van het systeem van het samenwerkingsverband is niet leesbaar."),
        ("TRAFFIC_CENTER_ONBEREIKBAAR", "Het Traffic Center van OSO is niet bereikbaar."),
        ("ONBEKEND_AANLEVERPUNT", "Het aanleverpunt is bij het Traffic Center niet (meer) actief als samenwerk"),
        ("VERSTREKKER_AANLEVERPUNT_NIET_BEKEND", "Het aanleverpunt van uw school is niet (meer) actief"),
        ("BERICHT_ONGELDIG", "Het bericht is niet leesbaar"),
    ],
)
def test_a_failed_zorgvraag_says_what_is_wrong_in_words_about_an_swv(code: str, begins: str) -> None:
    text, what_now = reden(code)
    assert text.startswith(begins)
    assert "opnieuw" in what_now


def test_an_swv_may_act_on_a_zorgvraag_until_it_is_withdrawn_or_failed() -> None:
    running = [status.value for status in Zorgvraagstatus if _zorgvraag(status).loopt]
    assert running == ["VERZONDEN", "NOTIFICATIE_VERSTUURD", "OPGEHAALD", "TERUGGEKOPPELD"]


_AGAINST = (Inzagebewijs("VERZORGER", "GESPREK", NOW.date(), Uitkomst.NIET_AKKOORD),)


def test_each_fault_of_an_inzage_points_at_its_field() -> None:
    nobody = (Inzagebewijs("VERZORGER", "GESPREK", NOW.date() + timedelta(days=1), Uitkomst.NIET_BEREIKT),)
    seen = Inzage(Inzagewaarde.NIET_AKKOORD, NOW.date() + timedelta(days=1), None, nobody)
    with pytest.raises(Invalid) as caught:
        controleer_inzage(seen, date(2000, 1, 1), NOW.date(), NOW.date())
    assert [(one.code, one.pad) for one in caught.value.meldingen] == [
        ("INZAGEDATUM_ONGELDIG", "/inzage/datum"),
        ("INZAGEDATUM_ONGELDIG", "/inzage/inzagen"),
        ("REDEN_NIET_AKKOORD_ONTBREEKT", "/inzage/redenNietAkkoord"),
        ("INZAGE_NIEMAND", "/inzage/inzagen"),
    ]
    assert caught.value.code == "INZAGEDATUM_ONGELDIG"
    with pytest.raises(Invalid) as caught:
        controleer_inzage(Inzage(datum=NOW.date(), reden_niet_akkoord="Proef"), None, None, NOW.date())
    assert [(one.code, one.pad) for one in caught.value.meldingen] == [
        ("INZAGE_WAARDE_NEE", "/inzage/datum"),
        ("INZAGE_WAARDE_NEE", "/inzage/redenNietAkkoord"),
    ]
    with pytest.raises(Invalid) as caught:
        controleer_inzage(Inzage(Inzagewaarde.JA, inzagen=_AGAINST), None, None, NOW.date())
    assert [(one.code, one.pad) for one in caught.value.meldingen] == [("INZAGE_NIET_AKKOORD", "/inzage/waarde")]


def test_the_sizes_of_bulk() -> None:
    assert (MEESTE_LEERLINGEN, MEESTE_MELDINGEN, VENSTER) == (1000, 20, 20)


@pytest.mark.parametrize(
    ("received", "code", "gone"),
    [
        (datetime(2026, 3, 31, 9, tzinfo=UTC), None, date(2026, 10, 1)),  # September has no 31st
        (datetime(2026, 8, 29, 9, tzinfo=UTC), None, date(2027, 3, 1)),
        (datetime(2027, 8, 29, 9, tzinfo=UTC), None, date(2028, 2, 29)),
        (datetime(2026, 6, 30, 9, tzinfo=UTC), None, date(2026, 12, 30)),
        (datetime(2026, 7, 1, 9, tzinfo=UTC), None, date(2027, 1, 1)),
        (datetime(2026, 7, 1, 9, tzinfo=UTC), NIET_BEKEND.code, date(2026, 7, 31)),
    ],
)
def test_a_number_goes_from_a_request_after_half_a_year_and_an_unknown_one_after_a_month(
    received: datetime, code: str | None, gone: date
) -> None:
    """Ch. 16."""
    assert nummer_weg(_request(op=received, resultaat=code), Termijnen()) == gone


def test_the_row_of_a_request_goes_after_five_years() -> None:
    assert rij_weg(datetime(2028, 2, 29, 9, tzinfo=UTC), Termijnen()) == date(2033, 3, 1)
