"""The reportlab peers of P3: the same rows with platypus tables, and by hand on a canvas."""

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from tests.bench.p3_pdf import FONTS, HEADS, ROWS, TESTS

for _style, _path in FONTS.items():
    pdfmetrics.registerFont(TTFont(f"Noto{_style}", str(_path)))
_VALUE = ParagraphStyle("value", fontName="Noto", fontSize=8)


def platypus() -> bytes:
    """Two platypus tables; values in paragraphs, so that they wrap."""
    buffer = BytesIO()
    rows = [(label, Paragraph(value, _VALUE)) for label, value in ROWS]
    tests = [HEADS, *((*cells[:2], Paragraph(cells[2], _VALUE), *cells[3:]) for cells in TESTS)]
    SimpleDocTemplate(buffer, pagesize=A4).build(
        [
            Table(rows, colWidths=(160, 300), style=[("FONT", (0, 0), (-1, -1), "Noto", 8)]),
            Table(tests, repeatRows=1, style=[("FONT", (0, 0), (-1, -1), "Noto", 8)]),
        ]
    )
    return buffer.getvalue()


def canvas() -> bytes:
    """Every text placed by hand, nothing wrapped: the least that can be done."""
    buffer = BytesIO()
    page = Canvas(buffer, pagesize=A4)
    y = 780.0
    for cells in [*ROWS, HEADS, *TESTS]:
        if y < 60:
            page.showPage()
            y = 780.0
        page.setFont("Noto", 8)
        for x, text in zip((57, 220, 300, 420, 490) if len(cells) > 2 else (57, 220), cells, strict=True):
            page.drawString(x, y, text)
        page.line(57, y - 4, 540, y - 4)
        y -= 17
    page.save()
    return buffer.getvalue()
