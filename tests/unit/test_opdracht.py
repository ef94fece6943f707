"""What is counted and said of a bulk act, who is skipped, and how a batch of messages is handled (15.14, 15.15)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.dossier import Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.opdracht import (
    Bulkresultaat,
    Bulksoort,
    Opdracht,
    Opdrachtstatus,
    Regel,
    Taak,
    Telling,
    Vraagtaak,
    opdracht_tekst,
    overstap_staat_klaar,
    tel,
    zonder_inhoud,
)
from chalicelib.domain.selectie import Selectie
from chalicelib.errors import Melding
from chalicelib.web.workers import _op_volgorde, _te_voeden
from tests.pupil import NOW, card

_ID = "0" * 32


def _opdracht(soort: Bulksoort, profiel: Profiel | None = None, op: datetime = NOW, totaal: int = 3) -> Opdracht:
    return Opdracht(_ID, Vestiging("14SS00"), soort, totaal, "map", op, "Voorbeeld Medewerker", "m-1", profiel)


@pytest.mark.parametrize(
    ("soort", "profiel", "telling", "tekst"),
    [
        (
            Bulksoort.BINNEN_BRIN,
            Profiel.BB_POPO,
            Telling(gelukt=2, mislukt=1),
            "2 dossier(s) klaargezet (alle niet-methodetoetsen zijn meegenomen)",
        ),
        (
            Bulksoort.BINNEN_BRIN,
            Profiel.BB_POVO,
            Telling(gelukt=3, weg=7),
            "3 dossier(s) klaargezet (alle niet-methodetoetsen zijn meegenomen), "
            "7 toetsen van voor 01-08-2023 weggelaten",
        ),
        (Bulksoort.VERZAMELEN, Profiel.POVO, Telling(gelukt=1, overgeslagen=2), "1 dossier(s) verzameld"),
        (Bulksoort.INZAGE, None, Telling(gelukt=3), "3 keer inzage vastgelegd"),
        (Bulksoort.KLAARZETTEN, None, Telling(mislukt=3), "0 dossier(s) klaargezet"),
        (Bulksoort.KLAARZETTEN, None, Telling(gelukt=2), "2 van de 3 leerlingen verwerkt"),
    ],
)
def test_the_text_at_the_top_is_that_of_r77_and_says_how_far_it_is_before(
    soort: Bulksoort, profiel: Profiel | None, telling: Telling, tekst: str
) -> None:
    assert opdracht_tekst(_opdracht(soort, profiel), telling) == tekst


def test_every_act_has_its_own_text_when_it_is_done() -> None:
    done = Telling(gelukt=3)
    texts = {opdracht_tekst(_opdracht(soort, Profiel.BB_POPO).gereed(done), done) for soort in Bulksoort}
    assert len(texts) == len(Bulksoort)


def test_an_inzagepakket_is_ready_only_when_it_was_made() -> None:
    done = Telling(gelukt=3)
    pakket = _opdracht(Bulksoort.INZAGEPAKKET)
    assert not pakket.klaar(done)
    assert pakket.gereed(done).klaar(done)
    assert _opdracht(Bulksoort.KLAARZETTEN).klaar(done)
    assert not _opdracht(Bulksoort.KLAARZETTEN).klaar(Telling(gelukt=2))


def test_results_are_counted_from_their_rows_and_a_technical_failure_is_a_failure() -> None:
    rows: list[dict[str, object]] = [
        {"resultaat": "GELUKT", "weg": 2},
        {"resultaat": "GELUKT"},
        {"resultaat": "MISLUKT"},
        {"resultaat": "MISLUKT_TECHNISCH"},
        {"resultaat": "OVERGESLAGEN"},
    ]
    assert tel(rows) == Telling(gelukt=2, mislukt=2, overgeslagen=1, weg=2)
    assert tel(rows).klaar == 5
    assert tel([]) == Telling()


def test_only_an_opdracht_whose_pupils_are_all_done_is_closed_with_its_count() -> None:
    opdracht = _opdracht(Bulksoort.KLAARZETTEN)
    closed = opdracht.gereed(Telling(gelukt=3))
    assert (opdracht.status, closed.status) == (Opdrachtstatus.LOOPT, Opdrachtstatus.GEREED)
    assert (closed.telling.gelukt, closed.version) == (3, 1)
    assert (opdracht.door.school, opdracht.door.sub, opdracht.door.naam) == ("14SS00", "m-1", "Voorbeeld Medewerker")


_SEEN = Inzage(Inzagewaarde.JA, NOW.date())


@pytest.mark.parametrize(
    ("invulling", "status", "skipped"),
    [
        (Invulling(), Status.NIET_KLAAR, False),
        (Invulling(), Status.VERZAMELD, False),
        (Invulling(), Status.KLAAR, True),
        (Invulling(inzage=_SEEN), Status.VERZAMELD, True),
        (Invulling(inzage=Inzage(Inzagewaarde.NIET_AKKOORD, NOW.date(), "reden")), Status.VERZAMELD, True),
        (Invulling(binnen_brin=True), Status.KLAAR, False),
        (Invulling(binnen_brin=True), Status.NIET_KLAAR, False),
    ],
)
def test_an_overstap_that_has_inzage_or_is_ready_is_skipped_and_nothing_else(
    invulling: Invulling, status: Status, skipped: bool
) -> None:
    assert overstap_staat_klaar(card(invulling, status=status)) is skipped


def test_bulk_takes_every_test_whatever_was_unticked() -> None:
    chosen = Selectie(Profiel.BB_POPO, ("school", "leerling"), toetsen_uit=("a-1",), plannen_uit=("b-1",))
    everything = chosen.alle_toetsen()
    assert everything.toetsen_uit == ()
    assert everything.blokken == ("leerling", "school", "toetsresultaten")
    assert everything.plannen_uit == ("b-1",)
    assert Selectie(Profiel.BB_POPO, toetsen_uit=("a-1",)).alle_toetsen() == Selectie(Profiel.BB_POPO)


def test_a_result_holds_no_value_of_a_record_and_twenty_meldingen_at_most() -> None:
    melding = Melding("OVa.LL01", "De datum klopt niet.", "/dossier", "2015-03-07", "vanaf 2015-03-07", "Pas aan.")
    kept = zonder_inhoud([melding] * 30)
    assert len(kept) == 20
    assert kept[0] == replace(melding, waarde="", toegestaan="")


def test_a_technical_failure_alone_may_be_tried_again() -> None:
    again = {result for result in Bulkresultaat if not Regel(0, "l-1", result, NOW).vast}
    assert again == {Bulkresultaat.MISLUKT_TECHNISCH, Bulkresultaat.WACHT}


def _record(nummer: int, keer: int) -> dict[str, Any]:
    body = f'{{"soort": "PUBLICATIE", "school": "14SS00", "id": "{_ID}.{nummer}"}}'
    return {"messageId": f"m{nummer}", "attributes": {"ApproximateReceiveCount": str(keer)}, "body": body}


def _order(*records: tuple[int, int]) -> list[str]:
    return [record["messageId"] for record in _op_volgorde([_record(*one) for one in records])]


def test_who_waited_behind_a_message_that_ended_the_worker_goes_before_it_the_next_time() -> None:
    assert _order((0, 1), (1, 1), (2, 1)) == ["m0", "m1", "m2"]
    assert _order((0, 2), (1, 2), (2, 2)) == ["m2", "m1", "m0"]
    assert _order((0, 3), (1, 1), (2, 2)) == ["m1", "m2", "m0"]


@pytest.mark.parametrize(
    ("keer", "uitkomst", "places"),
    [
        (1, "GELUKT", 1),
        (1, "MISLUKT", 1),
        (1, None, 1),  # failed: it gives its place up, so that a stuck pupil does not slow the others down
        (2, None, 0),  # failed again
        (2, "GELUKT", 1),
        (1, "AL_GEDAAN", 0),  # delivered twice
        (2, "AL_GEDAAN", 1),  # done before a worker died that had not fed the next yet
    ],
)
def test_a_message_frees_one_place_in_the_queue(keer: int, uitkomst: str | None, places: int) -> None:
    outcomes = {} if uitkomst is None else {"m0": uitkomst}
    assert _te_voeden([_record(0, keer)], outcomes)["14SS00", _ID] == places


def test_a_message_that_cannot_be_read_frees_nothing() -> None:
    assert not _te_voeden([{**_record(0, 1), "body": "geen bericht"}], {})


def test_a_number_goes_out_of_what_was_asked_and_nothing_else_does() -> None:
    asked = Taak("", vraag=Vraagtaak(3, "99EF", "versleuteld", "BSN", alleen_als_nieuwer=True))
    without = asked.zonder_nummer()
    assert (asked.met_nummer, without.met_nummer, Taak("l-1").met_nummer) == (True, False, False)
    assert without == Taak("", vraag=Vraagtaak(3, "99EF", "", "BSN", alleen_als_nieuwer=True))
    assert Taak("l-1", ook_overstap=True).zonder_nummer() == Taak("l-1", ook_overstap=True)
