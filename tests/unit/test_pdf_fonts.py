"""The letters: widths, cuts, line breaks, and what is embedded."""

import math
from io import BytesIO
from typing import Any

import pytest
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.ttLib import TTFont
from fpdf import FPDF
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader

from chalicelib.pdf.fonts import FAMILY, FOLDER, REPLACEMENT, WIDTHS, clean, files, wrap
from tests.unit.pdf_example import dossier, leerling, pdf

_TEXTS = st.text(st.sampled_from("ab Žđ W-/@.\n'") | st.characters(codec="utf-8"), max_size=120)


@pytest.mark.parametrize(("bold", "style"), [(False, ""), (True, "B")])
def test_the_widths_are_those_of_the_font(bold: bool, style: str) -> None:
    """Else a line could run out of its column: fpdf2 measures with the font itself, we with `widths.json`."""
    sheet = FPDF()
    sheet.add_font(FAMILY, style, files(["Ж"])[style])
    sheet.set_font(FAMILY, style, 1000)
    wrong = [
        char for char, width in WIDTHS[bold].items() if not math.isclose(sheet.get_string_width(char) * sheet.k, width)
    ]
    sheet.output()  # closes the font
    assert not wrong
    assert len(WIDTHS[bold]) > 1300


@pytest.mark.parametrize("cut", ["Regular-base", "Bold-base", "Regular-full", "Bold-full"])
def test_each_cut_has_the_characters_that_we_count_on(cut: str) -> None:
    with TTFont(FOLDER / f"NotoSans-{cut}.ttf") as font:
        there = {chr(point) for point in font.getBestCmap()}
    counted = {char for char in WIDTHS[False] if cut in files([char])[""].stem or cut in files([char])["B"].stem}
    assert counted <= there


def test_the_fonts_stay_small_and_carry_their_licence() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 265_000
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "OFL.txt").read_text(encoding="utf-8")


def test_only_a_document_with_rare_characters_opens_the_full_cut() -> None:
    assert files(["Şükrü Žižek-Đorđević", "€ 12,50 – “ja”"])[""].name == "NotoSans-Regular-base.ttf"
    assert files(["Nguyễn"])["B"].name == "NotoSans-Bold-full.ttf"


@given(_TEXTS)
def test_a_cleaned_text_holds_only_what_can_be_printed(found: str) -> None:
    cleaned = clean(found)
    assert set(cleaned) <= {*WIDTHS[False], "\n"}
    assert clean(cleaned) == cleaned


def test_what_cannot_be_printed_is_replaced_in_sight() -> None:
    assert clean("漢a\x07\tb\r\nc\u200bd\xade") == f"{REPLACEMENT}a{REPLACEMENT} b\ncde"


@given(_TEXTS, st.integers(1200, 9000), st.booleans())
@example(";0M", 1200, False)
def test_lines_lose_nothing_and_fit(found: str, limit: int, bold: bool) -> None:
    cleaned = clean(found)
    lines = wrap(cleaned, limit, bold)
    assert "".join(lines).replace(" ", "") == cleaned.replace("\n", "").replace(" ", "")
    assert all(sum(map(WIDTHS[bold].__getitem__, line)) <= limit or len(line) == 1 for line in lines)


def test_a_long_address_breaks_after_a_sign() -> None:
    assert wrap("een.lange.naam@een.lange.school", 9000, bold=False) == ["een.lange.naam@", "een.lange.school"]


@pytest.mark.parametrize("name", ["Žižek", "Nguyễn"])
def test_the_embedded_fonts_have_right_boxes(name: str) -> None:
    """Guards `TTFFont.ttfont.recalcBBoxes = False` in draw.py: fpdf2 calls that module internal.

    If a release of fpdf2 stops reading it this still holds and only time is lost; if boxes go wrong, this fails.
    """
    waarden = dossier()
    leerling(waarden)["achternaam"] = name
    fonts: Any = PdfReader(BytesIO(pdf(waarden))).pages[0]["/Resources"]
    for font in fonts["/Font"].values():
        embedded = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]["/FontFile2"].get_data()
        ttfont = TTFont(BytesIO(embedded))
        assert 40 < len(ttfont.getGlyphOrder()) < 200
        for glyph, shape in ttfont.getGlyphSet().items():
            pen = ControlBoundsPen(ttfont.getGlyphSet())
            shape.draw(pen)
            stored = ttfont["glyf"][glyph]
            if pen.bounds:
                assert (stored.xMin, stored.yMin, stored.xMax, stored.yMax) == pen.bounds
