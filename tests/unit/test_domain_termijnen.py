"""Until when everything is kept (ch. 16): the day on which it must be gone, at its edges."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain import termijnen as t
from chalicelib.domain.aanvraag import Dossieraanvraag, Stand
from chalicelib.domain.dagen import eerstvolgende
from chalicelib.domain.dossier import Dossier, Overzichtsgegevens, Status, Versie
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving
from tests.pupil import NOW, card

PLAIN = t.Termijnen()
DAY = timedelta(days=1)


def test_the_terms_are_those_of_chapter_16() -> None:
    assert {one.name: getattr(PLAIN, one.name) for one in fields(PLAIN)} == {
        "leerling_jaren": 2,
        "vervangen_versie_dagen": 30,
        "upload_uren": 24,
        "nummer_maanden": 6,
        "nummer_onbekend_dagen": 30,
        "verzoek_jaren": 5,
        "geimporteerd_jaren": 2,
        "zorgvraag_jaren": 3,
        "mutatielog_jaren": 5,
        "opdracht_dagen": 365,
        "los_object_uren": 24,
        "binnen_brin_dag": "10-01",
        "niet_geimporteerd_dag": "10-01",
        "koppelsleutel_dag": "08-01",
    }
    assert t.BACKUP == 35 * DAY
    assert t.NIET_OPGEHAALD == 14 * DAY


def test_a_term_can_be_set_but_only_to_a_whole_number_above_zero_and_only_one_that_exists() -> None:
    assert t.lees_termijnen({"leerling_jaren": 1}).leerling_jaren == 1
    wrong: tuple[dict[str, Any], ...] = ({"leerling_jaren": 0}, {"leerling_jaren": 1.5}, {"iets": 3})
    for given in (*wrong, {"upload_uren": True}):
        with pytest.raises(ValueError, match=f"OSO_TERMIJNEN: {next(iter(given))}"):
            t.lees_termijnen(given)


@pytest.mark.parametrize("name", ["binnen_brin_dag", "niet_geimporteerd_dag", "koppelsleutel_dag"])
def test_a_day_can_be_set_but_only_to_one_that_every_year_has(name: str) -> None:
    """Ch. 16: each is a setting."""
    assert getattr(t.lees_termijnen({name: "12-31"}), name) == "12-31"
    for wrong in ("02-29", "13-01", "00-10", "10-1", "10-01 ", "1 oktober", "", 1, None, ["10-01"]):
        with pytest.raises(ValueError, match=f"OSO_TERMIJNEN: {name}"):
            t.lees_termijnen({name: wrong})
    with pytest.raises(ValueError, match="OSO_TERMIJNEN: leerling_jaren"):
        t.lees_termijnen({"leerling_jaren": "10-01"})


def test_the_days_that_were_set_are_those_that_count() -> None:
    terms = t.lees_termijnen({"binnen_brin_dag": "09-01", "niet_geimporteerd_dag": "12-31"})
    inside = card(Invulling(binnen_brin=True), versie=_versie(1))
    assert t.leerling_weg(inside, terms) == date(2026, 9, 1)
    assert _asked(Stand.ONTVANGEN, terms, ontvangen_op=NOW) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("day", "months", "gone"),
    [
        (date(2026, 1, 31), 1, date(2026, 3, 1)),
        (date(2026, 1, 28), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 3, 1)),
        (date(2026, 12, 31), 6, date(2027, 7, 1)),
        (date(2026, 10, 31), 1, date(2026, 12, 1)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_months_on(day: date, months: int, gone: date) -> None:
    assert t._maanden_na(day, months) == gone


@pytest.mark.parametrize(
    ("day", "years", "gone"),
    [
        (date(2026, 6, 10), 2, date(2028, 6, 10)),
        (date(2024, 2, 29), 1, date(2025, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(9998, 6, 10), 1, date(9999, 6, 10)),
        (date(9998, 6, 10), 2, date.max),
    ],
)
def test_years_on(day: date, years: int, gone: date) -> None:
    assert t._jaren_na(day, years) == gone


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2026, 9, 30), date(2026, 10, 1)),
        (date(2026, 10, 1), date(2027, 10, 1)),
        (date(2026, 10, 2), date(2027, 10, 1)),
    ],
)
def test_the_season_ends_on_the_first_october_after(day: date, season: date) -> None:
    assert eerstvolgende(day, "10-01") == season


def _versie(nummer: int, profiel: Profiel = Profiel.BB_POPO, op: datetime = NOW) -> Versie:
    made: Any = {one.name: None for one in fields(Versie)}
    made |= {"nummer": nummer, "profiel": profiel, "verzameld_op": op, "verzend_hash": f"hash-{nummer}"}
    return Versie(**{**made, "map": f"map-{nummer}"})


def _gone(invulling: Invulling, versie: Versie | None = None) -> date | None:
    return t.leerling_weg(card(invulling, versie=versie), PLAIN)


def test_a_pupil_goes_two_years_after_leaving_and_binnen_brin_after_the_season() -> None:
    left = Invulling(uitschrijving=Uitschrijving(datum=date(2026, 7, 31)))
    assert _gone(left) == date(2028, 7, 31)
    inside = Invulling(binnen_brin=True)
    assert _gone(inside, _versie(1)) == date(2026, 10, 1)
    assert _gone(replace(left, binnen_brin=True), _versie(1)) == date(2028, 7, 31)
    for invulling, versie in ((inside, None), (Invulling(), _versie(1)), (inside, _versie(1, Profiel.POPO))):
        assert _gone(invulling, versie) is None


def test_an_empty_field_of_the_card_leaves_the_day_of_the_record() -> None:
    record = Overzichtsgegevens(datum_uitschrijving=date(2020, 7, 31))
    assert t.leerling_weg(card(overzicht=record), PLAIN) == date(2022, 7, 31)
    later = Invulling(uitschrijving=Uitschrijving(datum=date(2026, 7, 31)))
    assert t.leerling_weg(card(later, overzicht=record), PLAIN) == date(2028, 7, 31)
    inside = card(Invulling(binnen_brin=True), overzicht=record, versie=_versie(1))
    assert t.leerling_weg(inside, PLAIN) == date(2022, 7, 31)


def _ready(**fields_: Any) -> Dossier:
    return card(status=Status.KLAAR, klaargezet_op=NOW, **fields_)


@pytest.mark.parametrize(
    ("dossier", "later", "waits"),
    [
        (_ready(), 14 * DAY, True),
        (_ready(), 14 * DAY - timedelta(seconds=1), False),
        (_ready(verzonden_op=NOW - DAY), 15 * DAY, True),
        (_ready(verzonden_op=NOW), 15 * DAY, False),
        (_ready(verzonden_op=NOW + DAY), 15 * DAY, False),
        (replace(_ready(), status=Status.VERZAMELD), 15 * DAY, False),
        (card(status=Status.KLAAR), 15 * DAY, False),
    ],
)
def test_what_is_ready_waits_after_fourteen_days(dossier: Dossier, later: timedelta, waits: bool) -> None:
    assert t.niet_opgehaald(dossier, NOW + later) is waits


@pytest.mark.parametrize(
    ("dossier", "told"),
    [
        (_ready(niet_opgehaald_op=NOW), True),
        (_ready(niet_opgehaald_op=NOW + DAY), True),
        (_ready(niet_opgehaald_op=NOW - DAY), False),
        (_ready(), False),
        (_ready(niet_opgehaald_op=NOW, verzonden_op=NOW + DAY), False),
        (card(status=Status.KLAAR, niet_opgehaald_op=NOW), False),
    ],
)
def test_the_school_was_told_only_of_what_is_ready_now(dossier: Dossier, told: bool) -> None:
    assert t.gemeld(dossier) is told


def test_a_version_that_was_replaced_and_never_sent_goes_after_thirty_days() -> None:
    one, two, three = _versie(1), _versie(2, op=NOW + DAY), _versie(3, op=NOW + 2 * DAY)
    gone = {"map-1": NOW + 31 * DAY, "map-2": NOW + 32 * DAY}
    assert t.vervangen_versies_weg([one, two, three], three, frozenset(), PLAIN) == gone
    assert t.vervangen_versies_weg([one, two, three], None, frozenset(), PLAIN) == gone
    assert t.vervangen_versies_weg([one, two, three], three, frozenset({"hash-1"}), PLAIN).keys() == {"map-2"}
    assert t.vervangen_versies_weg([one, two, three], two, frozenset(), PLAIN).keys() == {"map-1"}
    assert t.vervangen_versies_weg([one], None, frozenset(), PLAIN) == {}


def _asked(status: Stand, terms: t.Termijnen = PLAIN, **fields_: Any) -> date | None:
    made: Any = {one.name: None for one in fields(Dossieraanvraag)}
    made |= {"status": status, "gevraagd_op": datetime(2026, 3, 1, 12, tzinfo=UTC), **fields_}
    return t.inhoud_van_aanvraag_weg(Dossieraanvraag(**made), terms)


def test_what_was_received_goes_after_import_or_after_the_season() -> None:
    moment = datetime(2026, 6, 10, 12, tzinfo=UTC)
    assert _asked(Stand.UITSTAAND, ontvangen_op=moment) is None
    assert _asked(Stand.GEIMPORTEERD, geimporteerd_op=moment, ontvangen_op=moment) == date(2028, 6, 10)
    assert _asked(Stand.GEIMPORTEERD, ontvangen_op=moment) == date(2026, 10, 1)
    assert _asked(Stand.ONTVANGEN, ontvangen_op=moment, geimporteerd_op=moment) == date(2026, 10, 1)
    assert _asked(Stand.NIET_GEPLAATST, ontvangen_op=moment) == date(2026, 10, 1)
    assert _asked(Stand.AFGEWEZEN) == date(2026, 9, 1)
