"""Guards the names of fpdf2 that `chalicelib/pdf/stream.py` uses without their being documented."""

from io import BytesIO

from fpdf import FPDF
from fpdf.fonts import TTFFont
from pypdf import PdfReader

from chalicelib.pdf.fonts import FAMILY, files
from chalicelib.pdf.layout import NAME, VALUE, Text
from chalicelib.pdf.stream import TextWriter

TEXTS: list[Text] = [
    (20.0, 30.0, "Şükrü (Žižek)", VALUE),
    (40.0, 45.5, "Đorđević \\ € 12", NAME),
    (20.0, 60.0, "nog een regel", VALUE),
]


def sheet() -> FPDF:
    pdf = FPDF(format="A4")
    for style, path in files(text for _, _, text, _ in TEXTS).items():
        pdf.add_font(FAMILY, style, path)
    pdf.add_page()
    return pdf


def what_stands_where(pdf: FPDF) -> list[tuple[str, int, int, str, float]]:
    """Text, place, font and size, as another program reads them."""
    found = []

    def visit(text: str, matrix: list[float], place: list[float], font: dict[str, str] | None, size: float) -> None:
        if text.strip() and font:
            x, y = place[4] * matrix[0] + matrix[4], place[5] * matrix[3] + matrix[5]
            found.append((text.strip(), round(x), round(y), font["/BaseFont"], size))

    PdfReader(BytesIO(bytes(pdf.output()))).pages[0].extract_text(visitor_text=visit)
    return found


def test_our_texts_stand_where_fpdf2_would_put_them() -> None:
    ours, theirs = sheet(), sheet()
    TextWriter(ours).write(TEXTS)
    for x, y, text, style in TEXTS:
        theirs.set_font(FAMILY, "B" if style.bold else "", style.size)
        theirs.text(x, y, text)
    found = what_stands_where(ours)
    assert [text for text, *_ in found] == [text for _, _, text, _ in TEXTS]
    assert found == what_stands_where(theirs)


def test_fpdf2_still_has_the_names_that_we_use() -> None:
    pdf = sheet()
    font = pdf.fonts[FAMILY]
    assert isinstance(font, TTFFont)
    assert font.i == 1
    assert font.subset.pick(ord("Ž")) is not None
    assert isinstance(pdf.pages[1].contents, bytearray)
    assert font.ttfont.recalcBBoxes is True
    pdf.output()  # closes the fonts
