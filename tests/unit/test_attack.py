"""What an attacker tried, in the rooms without I/O: each of these got through once."""

import time
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.config import Leverancier
from chalicelib.domain.invulling import Invulling, Uitschrijving
from chalicelib.domain.nummers import Aanleverpunt, Brin
from chalicelib.domain.termijnen import Termijnen, leerling_weg
from chalicelib.errors import Invalid, Melding
from chalicelib.flows.balie import Balie, Beller, naam_als_bediend
from chalicelib.gegevensset.bestandssoort import met_macros, soort_van
from chalicelib.gegevensset.controle import controleer_waarden
from chalicelib.gegevensset.meldingen import MEESTE
from chalicelib.gegevensset.samenstellen import naam_van, overzicht_van
from chalicelib.gegevensset.tabel import Element, standaard
from chalicelib.gegevensset.waarde import dag, past
from chalicelib.messages.berichten import Doel, OverzichtAanleverpunt
from chalicelib.web.portal.binnengekomen import BinnengekomenZoekVorm
from chalicelib.web.portal.leerlingen import RecordVorm
from chalicelib.web.portal.overzicht import HerkomstVorm
from chalicelib.web.replies import MEESTE_MELDINGEN, past_niet, probleem, van_pydantic
from chalicelib.web.vormen import KaartWijziging
from tests.pupil import NOW, card, record

# --- days at the edge of the calendar ---------------------------------------------------------------------------------


def _a_date() -> Element:
    leerling = standaard("2019.1").wortel.bij_naam["huidigeschool"].bij_naam["leerling"]
    return leerling.bij_naam["geboortedatum"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2015-03-07", date(2015, 3, 7)),
        ("2015-03-07Z", date(2015, 3, 7)),
        ("2015-03-07+14:00", date(2015, 3, 7)),
        ("0001-01-01", date.min),
        ("9999-12-31", date.max),
        ("12015-03-07", date.max),
        ("10000-02-29", date.max),
        ("-2015-03-07", date.min),
        ("-0001-12-31Z", date.min),
    ],
)
def test_every_day_that_the_schema_takes_is_a_day(text: str, day: date) -> None:
    assert past(text, _a_date())
    assert dag(text) == day


@given(st.from_regex(r"-?[0-9]{4,6}-(0[1-9]|1[0-2])-([012][0-9]|3[01])(Z|[+-]0[0-9]:30)?", fullmatch=True))
def test_no_day_that_the_schema_takes_stops_us(text: str) -> None:
    if past(text, _a_date()):
        assert date.min <= dag(text) <= date.max


def test_a_day_at_the_end_of_the_calendar_does_not_stop_the_clean_up_of_all_schools() -> None:
    kaart = card(Invulling(uitschrijving=Uitschrijving(datum=date(9999, 12, 31))))
    assert leerling_weg(kaart, Termijnen()) == date.max
    kaart = replace(kaart, invulling=Invulling(uitschrijving=Uitschrijving(datum=date(2024, 2, 29))))
    assert leerling_weg(kaart, Termijnen()) == date(2026, 3, 1)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31", "2200-01-01"])
def test_no_form_takes_a_day_at_the_edge_of_the_calendar(day: str) -> None:
    for form, body in (
        (KaartWijziging, {"uitschrijving": {"datum": day}}),
        (KaartWijziging, {"inzage": {"datum": day}}),
        (HerkomstVorm, {"onderwijsSinds": day}),
    ):
        with pytest.raises(ValidationError):
            form.model_validate(body)


@pytest.mark.parametrize("year", ["0000-0001", "9999-9999", "1899-1900"])
def test_no_school_year_is_outside_the_calendar(year: str) -> None:
    with pytest.raises(ValidationError):
        BinnengekomenZoekVorm.model_validate({"schooljaar": year})


# --- answers that would not fit, questions that cost too much ---------------------------------------------------------


def test_a_name_without_end_fits_a_card() -> None:
    values = record(achternaam="x" * 500_000, roepnaam="y" * 500_000)
    assert len(naam_van(values)) <= 300
    shown = overzicht_van(values, {})
    assert len(shown.achternaam or "") + len(shown.roepnaam or "") <= 600


def test_of_a_million_unknown_names_the_first_are_named_and_it_takes_no_time() -> None:
    values = record() | {f"onbekend{n}": "x" for n in range(100_000)}
    begin = time.monotonic()
    found = controleer_waarden(values, "2019.1")
    assert 0 < len(found) <= MEESTE
    assert time.monotonic() - begin < 5  # 7 s when each of them was compared with every known name


def test_a_refusal_fits_an_answer_however_much_is_wrong() -> None:
    body = {"dossier": {}, "portaal": {"toetsen": [{"x" * 4000: 1.5}] * 900}}
    with pytest.raises(ValidationError) as caught:
        RecordVorm.model_validate(body)
    fault = van_pydantic(caught.value)
    assert 0 < len(fault.meldingen) <= MEESTE_MELDINGEN
    assert max(len(melding.pad) for melding in fault.meldingen) <= 500


def test_no_refusal_carries_more_meldingen_than_an_answer_holds() -> None:
    many = [Melding("VELD_ONJUIST", "Tekst.", pad=f"/{n}") for n in range(50_000)]
    assert [m["pad"] for m in probleem(Invalid("VELD_ONJUIST", meldingen=many)).body["meldingen"]] == [
        f"/{n}" for n in range(MEESTE_MELDINGEN)
    ]


@pytest.mark.parametrize(
    ("body", "too_large"),
    [
        ("x" * 5_800_000, False),
        ("x" * 6_000_000, True),
        ('"' * 3_000_000, True),
        (b"x" * 4_300_000, False),
        (b"x" * 4_600_000, True),
    ],
)
def test_an_answer_is_measured_as_a_lambda_sends_it(body: str | bytes, too_large: bool) -> None:
    assert past_niet(body) is too_large


@pytest.mark.parametrize(
    "body",
    [
        {"inzage": {"inzagen": [{}] * 21}},
        {
            "inzage": {
                "inzagen": [{"wie": "VERZORGER", "wijze": "THUIS", "datum": "2026-01-01", "uitkomst": "AKKOORD"}] * 21
            }
        },
    ],
)
def test_a_list_that_would_not_fit_a_row_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KaartWijziging.model_validate(body)


# --- files that are two things at once --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "front", [b"<html><script>", b"MZ\x90\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"x"]
)
def test_what_begins_as_something_else_is_no_pdf(front: bytes) -> None:
    assert soort_van(front + b"%PDF-1.4 verzonnen") != "PDF"
    assert soort_van(b"\xef\xbb\xbf\r\n %PDF-1.4 verzonnen") == "PDF"


def _office(types: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", b"<x/>")
        archive.writestr("word/onschuldig.bin", b"macro")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("types", "macros"),
    [
        (
            b'<Types><Override PartName="/word/onschuldig.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
            True,
        ),
        (b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>', True),
        (b'<Types><Override ContentType="application/vnd.openxmlformats.document.main+xml"/></Types>', False),
    ],
)
def test_macros_are_found_whatever_their_file_is_called(types: bytes, macros: bool) -> None:
    data = _office(types)
    assert soort_van(data) == "DOCX"
    assert met_macros("DOCX", data) is macros


# --- who may ask from where -------------------------------------------------------------------------------------------

_SWV, _LAS = Beller("CN=CA", "3", "x"), Beller("CN=CA", "1", "x")
_OVERVIEW = (
    OverzichtAanleverpunt(Brin("14SS"), Aanleverpunt("0"), "De Proefballon", Doel.OV, None, "1"),
    OverzichtAanleverpunt(Brin("14SS"), Aanleverpunt("10"), "Het SWV", Doel.PAO, None, "3"),
)


def _desk(points: frozenset[str] | None = None) -> Balie:
    suppliers = tuple(Leverancier("CN=CA", oin, points) for oin in ("1", "3"))
    nothing = cast(Any, None)
    return Balie(nothing, nothing, suppliers, lambda _: _OVERVIEW, NOW)


@pytest.mark.parametrize("points", [None, frozenset({"14SS/0", "14SS/10"})])
@pytest.mark.parametrize(
    ("caller", "point", "purpose", "name"),
    [
        (_LAS, "0", Doel.OV, "De Proefballon"),
        (_LAS, "0", Doel.PAO, None),
        (_SWV, "10", Doel.PAO, "Het SWV"),
        (_SWV, "10", Doel.OV, None),
    ],
)
def test_an_aanleverpunt_of_an_swv_is_no_school_within_the_brin(
    points: frozenset[str] | None, caller: Beller, point: str, purpose: Doel, name: str | None
) -> None:
    assert naam_als_bediend(_desk(points), caller, "14SS", point, purpose) == name
